"""Roots of squares, which overflow at 1e155 and have no slope at 0."""

from __future__ import annotations

import math
from collections.abc import Callable

from gradcli.graph.forms.building import count_of
from gradcli.graph.forms.recognise import View, number_of, operands, square
from gradcli.graph.forms.record import form
from gradcli.graph.node import Node, constant, ops


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
        pair = operands(view, inner, "add")
        if pair is None:
            return None
        a, b = (square(view, one) for one in pair)
        if a is None and b is None:
            return None
        a, b = a or _root(view, pair[0]), b or _root(view, pair[1])
        return None if a is None or b is None else ops.hypot(a, b)

    return _rooted(view, node, length)


def _absolute(x: Node | None) -> Node | None:
    return None if x is None else ops.abs(x)


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
