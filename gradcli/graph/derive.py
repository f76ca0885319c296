"""Derivatives, graph to graph.

Reverse mode is the one transformation; all others are made of it:

    vjp        cotangents of the outputs -> cotangents of the inputs
    jvp        the pullback of the pullback: what is linear in g is differentiated by g
    jacobian   a vjp whose cotangent is the identity, along one extra leading axis
    hessian    the Jacobian of the gradient

``None`` stands for a derivative that is zero because there is no path.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from functools import partial
from typing import TypeVar

from gradcli.errors import GradientProblem
from gradcli.graph.collector import paused
from gradcli.graph.node import Node, Operation, Rule, constant, ops, reachable
from gradcli.graph.regions import Region, Regions, depth
from gradcli.graph.shapes import Shape, describe, elements, is_known
from gradcli.graph.trail import Trail, guarded, zeros

K = TypeVar("K")


def vjp(
    outputs: Sequence[tuple[Node, Node]], wrt: Sequence[Node], trail: Trail | None = None
) -> list[Node | None]:
    """Pull cotangents back.

    Args:
        outputs: each output with its cotangent, of the output's shape behind any leading axes.
        wrt: the nodes to differentiate by, inputs or not.
        trail: told which node each new one comes from.

    Returns:
        For each of ``wrt`` its cotangent, of its shape behind the same leading axes.
    """
    nodes = reachable([output for output, _ in outputs])
    with paused(len(nodes)):
        return _pulled_back(outputs, nodes, wrt, trail)


def _pulled_back(
    outputs: Sequence[tuple[Node, Node]], nodes: Sequence[Node], wrt: Sequence[Node], trail: Trail | None
) -> list[Node | None]:
    # What is differentiated by stands outside every branch, also where only a branch uses it.
    regions = Regions(nodes, [*[output for output, _ in outputs], *wrt])
    branches = regions.any
    met = None if trail is None else trail.met
    active = dependents(nodes, wrt)
    # What comes back to a node, summed up: from its own region, and by the regions inside that.
    arrived: dict[Node, Node] = {}
    inside: dict[Node, dict[Region | None, Node]] = {}
    for output, cotangent in outputs:
        _add(arrived, output, cotangent)
    for node in reversed(nodes):
        if node not in active:
            continue
        if trail is not None:
            trail.begin(node)
        if branches and node in inside:
            arrived[node] = _gathered(arrived.get(node), inside.pop(node), regions[node], node)
        g = arrived.get(node)
        if g is None:
            continue
        args = node.args
        parameters = node.parameters
        rules = _rules(node.op, len(args))
        lead = g.shape[: len(g.shape) - len(node.shape)]
        for position, arg in enumerate(args):
            if arg not in active or (rule := rules[position]) is None:
                continue
            contribution = rule(g, node, *args, **parameters)
            if contribution.shape != lead + arg.shape:
                contribution = fitted(contribution, arg, lead)
            if branches and (region := regions.demanded(node, position)) is not regions[arg]:
                _add(inside.setdefault(arg, {}), region, contribution)
            else:
                _add(arrived, arg, contribution)
            if met is not None:
                met.append((arg, node, contribution, regions.demanded(node, position), regions[arg]))
    return [arrived.get(node) for node in wrt]


def dependents(nodes: Sequence[Node], wrt: Sequence[Node]) -> set[Node]:
    """``wrt``, and those of the nodes, given in creation order, that depend on one of them."""
    active = set(wrt)
    for node in nodes:
        if node.kind == "float" and not active.isdisjoint(node.args):
            active.add(node)
    return active


def _add(sums: dict[K, Node], key: K, contribution: Node) -> None:
    found = sums.get(key)
    sums[key] = contribution if found is None else ops.add(found, contribution)


def _gathered(
    own: Node | None, parts: dict[Region | None, Node], region: Region | None, target: Node
) -> Node:
    """The sum of what comes from a region and those inside it, guarded once where it leaves each."""
    if own is not None:
        parts[region] = own
    waiting = sorted(parts, key=depth)
    while (inner := waiting.pop()) is not region:
        assert inner is not None
        outer, cotangent = inner.parent, guarded(parts[inner], inner, target)
        if outer in parts:
            parts[outer] = parts[outer] + cotangent
        else:
            parts[outer] = cotangent
            insort(waiting, outer, key=depth)
    return parts[region]


def has_rule(node: Node, position: int) -> bool:
    """Whether a node has a derivative by one of its arguments at all."""
    rules = _rules(node.op, len(node.args))
    return bool(rules) and rules[position] is not None


def pulled(g: Node, node: Node, position: int) -> Node | None:
    """The cotangent of one argument, of its shape behind the leading axes of ``g``."""
    rules = _rules(node.op, len(node.args))
    if not rules or (rule := rules[position]) is None:
        return None
    found = rule(g, node, *node.args, **node.parameters)
    return fitted(found, node.args[position], g.shape[: g.ndim - node.ndim])


def _rules(op: Operation, count: int) -> Sequence[Rule | None]:
    """The rules of an operation by the position of an argument; that of the many is told which one it is."""
    if not op.variadic:
        return op.pullback
    *fixed, rule = op.pullback[: len(op.arguments)]
    others = range(count - len(fixed))
    return [*fixed, *[None if rule is None else partial(rule, place) for place in others]]


def fitted(cotangent: Node, target: Node, lead: Shape) -> Node:
    """Undo broadcasting: sum or stretch a cotangent to ``lead`` and the target's shape."""
    shape = lead + target.shape
    if cotangent.shape == shape:
        return cotangent
    if not is_known(cotangent.shape) or not is_known(shape):
        return ops.fit(cotangent, target, lead=len(lead))
    extra = cotangent.ndim - len(shape)
    if extra > 0:
        cotangent = ops.sum(cotangent, axis=tuple(range(-target.ndim - extra, -target.ndim)))
    stretched = tuple(
        [
            axis
            for axis in range(-min(cotangent.ndim, target.ndim), 0)
            if target.shape[axis] == 1 and cotangent.shape[axis] != 1
        ]
    )
    if stretched:
        cotangent = ops.sum(cotangent, axis=stretched, keepdims=True)
    return cotangent if cotangent.shape == shape else ops.broadcast_to(cotangent, shape=shape)


def gradient(output: Node, wrt: Sequence[Node], trail: Trail | None = None) -> list[Node | None]:
    """The gradient of a scalar by each of ``wrt``.

    Raises:
        GradientProblem: the output is no scalar.
    """
    if output.shape != ():
        raise GradientProblem(
            f"grad can be implicitly created only for scalar outputs: the output is {describe(output.shape)}"
        )
    return vjp([(output, constant(1.0))], wrt, trail)


def jvp(
    outputs: Sequence[Node], wrt: Sequence[Node], tangents: Sequence[Node], trail: Trail | None = None
) -> list[Node | None]:
    """Push tangents forward: the pullback, which is linear in its cotangent, pulled back itself."""
    # Nothing depends on their values, for the pullback is linear; their sizes may matter.
    free = [ops.zeros_like(output) for output in outputs]
    # All at once, so that what outputs share is pushed through once.
    pulled = vjp(list(zip(outputs, free, strict=True)), wrt, trail)
    pairs = [(back, v) for back, v in zip(pulled, tangents, strict=True) if back is not None]
    return vjp(pairs, free, trail)


def jvp_each(
    output: Node, wrt: Sequence[Node], tangents: Sequence[Node], trail: Trail | None = None
) -> list[Node | None]:
    """Push the tangent of each of ``wrt`` forward by itself; tangents may have leading axes."""
    free = ops.zeros_like(output)
    pulled = vjp([(output, free)], wrt, trail)
    return [
        None if back is None else vjp([(back, tangent)], [free], trail)[0]
        for back, tangent in zip(pulled, tangents, strict=True)
    ]


def prefers_forward(output: Shape, wrt: Sequence[Shape]) -> bool:
    """Whether a Jacobian is cheaper in forward mode: there are fewer inputs, of all names, than outputs.

    Reverse mode takes a row for each output, which serves all names at once.
    """
    return all(map(is_known, wrt)) and sum(map(elements, wrt)) < elements(output)


def jacobian(output: Node, wrt: Sequence[Node], trail: Trail | None = None) -> list[Node]:
    """The Jacobian: d output / d each of ``wrt``, of shape ``output.shape + wrt.shape``.

    Raises:
        GradientProblem: the output's size is known only when it runs.
    """
    if not is_known(output.shape):
        raise GradientProblem("the Jacobian of a masked array: its size is known only when it runs")
    if prefers_forward(output.shape, [x.shape for x in wrt]):
        pushed = jvp_each(output, wrt, [_identity(x.shape) for x in wrt], trail)
        found = [None if one is None else _columns_last(one, output) for one in pushed]
    else:
        found = vjp([(output, _identity(output.shape))], wrt, trail)
    shapes = [output.shape + x.shape for x in wrt]
    return [
        zeros(shape) if one is None else one if one.shape == shape else ops.reshape(one, shape=shape)
        for shape, one in zip(shapes, found, strict=True)
    ]


def _identity(shape: Shape) -> Node:
    """A row for each element of a shape, along one leading axis; for a scalar the number 1."""
    if not shape:
        return constant(1.0)
    size = elements(shape)
    return ops.reshape(ops.eye(n=size), shape=(size, *shape))


def _columns_last(pushed: Node, output: Node) -> Node:
    """What was pushed forward along a leading axis, with that axis last."""
    if pushed.ndim == output.ndim:
        return pushed
    return ops.transpose(pushed, axes=(*range(-output.ndim, 0), -output.ndim - 1))


def hessian(output: Node, wrt: Sequence[Node], trail: Trail | None = None) -> list[list[Node]]:
    """The second derivatives of a scalar: block ``[i][j]`` has shape ``wrt[i].shape + wrt[j].shape``.

    Raises:
        GradientProblem: the output is no scalar.
    """
    rows = []
    for x, first in zip(wrt, gradient(output, wrt, trail), strict=True):
        rows.append(jacobian(zeros(x.shape) if first is None else first, wrt, trail))
    return rows


def hvp(
    output: Node, wrt: Sequence[Node], tangents: Sequence[Node], trail: Trail | None = None
) -> list[Node | None]:
    """The Hessian of a scalar times a vector, without the matrix: the gradient of ``<gradient, v>``."""
    firsts = gradient(output, wrt, trail)
    pairs = [(first, v) for first, v in zip(firsts, tangents, strict=True) if first is not None]
    return vjp(pairs, wrt, trail)
