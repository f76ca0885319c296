"""What the forms are built of."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce

from gradcli.graph.forms.recognise import View, exponent, number_of, operand, operands
from gradcli.graph.node import Node, constant, ops
from gradcli.graph.operations.reduction import count
from gradcli.graph.shapes import elements, is_known

Piece = tuple[float, Callable[[Node], Node]]


def minus(x: Node) -> Node:
    """``-x``, but 0 and not -0 where x is 0, as the difference that was written gives."""
    return 0.0 - x


def negative(view: View, x: Node) -> Node:
    """``-x``, and ``x`` of ``-x``."""
    inner = operand(view, x, "neg")
    return -x if inner is None else inner


def count_of(reduction: Node) -> Node | float:
    """How many elements a reduction takes together."""
    return count(reduction.args[0], reduction.values[0])


def factors(view: View, product: Node) -> tuple[tuple[Node, Node], ...]:
    """The ways to read a node as one thing times another."""
    if (inner := operand(view, product, "neg")) is not None:
        return ((inner, constant(-1.0)),)
    pair = operands(view, product, "mul")
    return () if pair is None else ((pair[0], pair[1]), (pair[1], pair[0]))


def either(condition: Node, x: Node, taken: Piece, other: Piece) -> Node:
    """One of two formulas of x, each given where it does not hold a number that is harmless for it.

    Its slope out there may be inf, and an infinity times 0 at the second order would be nan.
    """
    left, right = ops.where(condition, x, taken[0]), ops.where(condition, other[0], x)
    return ops.where(condition, taken[1](left), other[1](right))


def log_of_powers_sum(view: View, node: Node) -> Node | None:
    """The logarithm of a ``sum(exp(x))``."""
    node = view.see(node)
    x = exponent(view, node.args[0]) if node.op.name == "sum" else None
    return None if x is None else ops.logsumexp(x, **node.parameters)


def log_of_sum(view: View, parts: list[Node]) -> Node | None:
    """The logarithm of a sum of exponentials, of sums of them, and of positive constants."""
    number, found = 0.0, []
    for part in parts:
        value = number_of(view, part)
        log = None if value is not None else exponent(view, part) or log_of_powers_sum(view, part)
        if value is not None and 0 < value < math.inf:
            number += value
        elif log is not None:
            found.append(log)
        else:
            return None
    if not found:
        return None
    total = reduce(lambda a, b: ops.logaddexp(a, b), found)
    if number == 1:
        return ops.softplus(total)
    return ops.logaddexp(total, constant(math.log(number))) if number else total


def lines_up(x: Node, axis: tuple[int, ...], keepdims: bool) -> bool:
    """Whether the sums of x along axes stand beside what was summed when NumPy stretches them."""
    return keepdims or axis == tuple(range(-x.ndim, len(axis) - x.ndim))


def shares(x: Node, axis: tuple[int, ...]) -> Node:
    """``exp(x) / sum(exp(x), axis, keepdims=true)``."""
    if len(axis) == 1:
        return ops.softmax(x, axis=axis[0])
    if axis and len(axis) == x.ndim and is_known(x.shape):
        flat = ops.reshape(x, shape=(elements(x.shape),))
        return ops.reshape(ops.softmax(flat, axis=-1), shape=x.shape)
    return ops.exp(x - ops.logsumexp(x, axis=axis, keepdims=True))
