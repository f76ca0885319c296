"""Roots of squares, which overflow at 1e155 and have no slope at 0."""

from __future__ import annotations

import math
from collections.abc import Callable

from gradcli.graph.forms.building import count_of
from gradcli.graph.forms.recognise import View, number_of, operands, square, terms
from gradcli.graph.forms.record import form
from gradcli.graph.node import CONSTANT, Node, constant, ops

# Beyond it half an even exponent is not told from its neighbours.
_EXACT = 2.0**52


@form("sqrt(x^2) as abs(x)", "sqrt", "pow")
def _root_of_square(view: View, node: Node) -> Node | None:
    return _rooted(view, node, lambda inner: _absolute(square(view, inner)))


@form("sqrt(sum(x^2)) as norm(x)", "sqrt", "pow")
def _norm(view: View, node: Node) -> Node | None:
    def length(inner: Node) -> Node | None:
        inner = view.see(inner)
        if inner.op.name == "vecdot" and view.same(*inner.args):
            return ops.norm2(inner.args[0], axis=-1)
        x = square(view, inner.args[0]) if inner.op.name in ("sum", "mean") else None
        if x is None:
            return None
        norm = ops.norm2(x, **inner.parameters)
        return norm if inner.op.name == "sum" else norm / ops.sqrt(count_of(inner))

    return _rooted(view, node, length)


@form("sqrt(a^2 + b^2) as hypot(a, b)", "sqrt", "pow")
def _hypot(view: View, node: Node) -> Node | None:
    def length(inner: Node) -> Node | None:
        parts = terms(view, inner)
        sides = [side for one in parts if (side := _side(view, one)) is not None]
        if len(parts) < 2 or len(sides) < len(parts) or all(one.op is CONSTANT for one in sides):
            return None
        return ops.hypot(*sides) if len(sides) == 2 else ops.length(*sides)

    return _rooted(view, node, length)


@form("sqrt(x^4) as x^2", "sqrt", "pow")
def _root_of_even_power(view: View, node: Node) -> Node | None:
    def halved(inner: Node) -> Node | None:
        pair = operands(view, inner, "pow")
        power = None if pair is None else number_of(view, pair[1])
        if pair is None or power is None or power % 2 or not 4 <= power < _EXACT:
            return None
        return (pair[0] if power % 4 == 0 else ops.abs(pair[0])) ** (power / 2)

    return _rooted(view, node, halved)


def _absolute(x: Node | None) -> Node | None:
    return None if x is None else ops.abs(x)


def _side(view: View, node: Node) -> Node | None:
    """What a term is the square of: ``x`` of ``x^2``, ``2*x`` of ``4*x^2``, 3 of 9."""
    side = square(view, node)
    if side is not None:
        return side
    for factor, rest in _both_ways(operands(view, node, "mul")):
        root, side = _root(view, factor), square(view, rest)
        if root is not None and side is not None:
            return root * side
    return _root(view, node)


def _both_ways(pair: tuple[Node, ...] | None) -> list[tuple[Node, Node]]:
    return [] if pair is None else [(pair[0], pair[1]), (pair[1], pair[0])]


def _root(view: View, node: Node) -> Node | None:
    """The square root of a positive constant."""
    value = number_of(view, node)
    return None if value is None or not 0 < value < math.inf else constant(math.sqrt(value))


def _rooted(view: View, node: Node, length: Callable[[Node], Node | None]) -> Node | None:
    """A square root, or 1 over one, that is written as a function or as a power."""
    power = 0.5 if node.op.name == "sqrt" else number_of(view, node.args[1])
    if power not in (0.5, -0.5):
        return None
    found = length(node.args[0])
    return found if found is None or power == 0.5 else 1 / found
