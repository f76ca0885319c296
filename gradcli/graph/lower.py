"""The same bits for less work: a graph over arrays in the operations that run best.

    1 / 1000         -> 0.001
    mean(x)          -> sum(x) / n
    x^2              -> x * x
    exp(stretch(s))  -> stretch(exp(s))
    stretch(s) * x   -> s * x               where x has the shape already
    stretch(s)[:, 0] -> stretch(s)          of a number, and any other part or shape of it
    sum(-x)          -> 0 - sum(x)          which is 0, and not -0, where x sums up to 0

Stretching (``broadcast_to``, and ``ones`` and ``zeros``) so moves towards the outputs, where it often
meets an array of its shape and is gone: what a scalar decides is computed once, and not for each element.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradcli.graph.node import CONSTANT, Node, Operation, constant, is_constant, ops, reachable
from gradcli.graph.operations.comparison import CHOICE
from gradcli.graph.shapes import elements, is_known

Fold = Callable[[Node], float | None]

_FILLED = {"ones": 1.0, "ones_like": 1.0, "zeros": 0.0, "zeros_like": 0.0}


def lower(outputs: Sequence[Node], fold: Fold, origins: dict[Node, Node] | None = None) -> list[Node]:
    """Rewrite a graph.

    Args:
        outputs: the nodes that are wanted.
        fold: computes a number of numbers; ``None`` where that is left to the run.
        origins: told for each new node the first one that it stands for.
    """
    lowered: dict[Node, Node] = {}
    for node in reachable(outputs):
        found = _lowered(node, tuple([lowered[arg] for arg in node.args]))
        if found.op is ops.broadcast_to:
            lowered[node] = _stretched(_folded(found.args[0], fold), found)
        else:
            lowered[node] = _folded(found, fold)
        if origins is not None and lowered[node].number > node.number:  # else it was there before
            origins.setdefault(lowered[node], node)
    return [lowered[output] for output in outputs]


def _folded(node: Node, fold: Fold) -> Node:
    if not node.args or node.shape or any(arg.op is not CONSTANT or arg.shape for arg in node.args):
        return node
    number = fold(node)
    return node if number is None else constant(number, kind=node.kind)


def _lowered(node: Node, args: tuple[Node, ...]) -> Node:
    if not is_known(node.shape):
        return _again(node, args)
    name = node.op.name
    if name in _FILLED:
        number = constant(_FILLED[name])
        return _stretched(number, node) if node.shape else number
    if node.op is ops.broadcast_to and args[0].op is ops.broadcast_to:
        return _stretched(args[0].args[0], node)
    if node.op.view and len(args) == 1 and args[0].op is ops.broadcast_to and not args[0].args[0].shape:
        return _stretched(args[0].args[0], node)
    if name == "sum" and args[0].op is ops.neg and elements(args[0].shape):
        return 0.0 - _again(node, args[0].args)
    if name == "mean" and is_known(args[0].shape):
        axis, keepdims = node.values
        (x,) = args
        return ops.sum(x, axis=axis, keepdims=keepdims) / float(elements([x.shape[one] for one in axis]))
    if name == "strong" and is_constant(args[0], 1.0) and args[1].shape == node.shape:
        return args[1]
    if name == "pow" and node.shape and args[1].op is CONSTANT:
        power = _power(args[0], args[1].values[0])
        if power is not None:
            return power
    return _narrowed(node, args)


def _power(a: Node, exponent: Any) -> Node | None:
    """A small whole power, multiplied as the kernel of ``pow`` multiplies it."""
    if exponent == 2.0:
        return a * a
    if exponent == 3.0:
        return a * a * a
    if exponent == 4.0:
        square = a * a
        return square * square
    return None


def _narrowed(node: Node, args: tuple[Node, ...]) -> Node:
    """An elementwise operation on what its arguments were before they were stretched."""
    stretched = [arg.op is ops.broadcast_to for arg in args]
    if not node.op.elementwise or node.op is CHOICE or not any(stretched):
        return _again(node, args)
    bases = tuple([arg.args[0] if wide else arg for arg, wide in zip(args, stretched, strict=True)])
    shape = node.op.shape(*[base.shape for base in bases], **node.parameters)
    found = Node(node.op, bases, node.values, shape, node.kind)
    return found if shape == node.shape else _stretched(found, node)


def _stretched(narrow: Node, like: Node) -> Node:
    stretch: Operation = ops.broadcast_to
    return Node(stretch, (narrow,), (like.shape,), like.shape, like.kind)


def _again(node: Node, args: tuple[Node, ...]) -> Node:
    return node if args == node.args else Node(node.op, args, node.values, node.shape, node.kind)
