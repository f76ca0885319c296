"""Differences that lose their digits: exponentials beside 1 and beside each other."""

from __future__ import annotations

from gradcli.graph.forms.building import minus, negative
from gradcli.graph.forms.recognise import View, beside, exponent, number_of, operand, opposite, square
from gradcli.graph.forms.record import form
from gradcli.graph.node import Node, ops


@form("exp(x) - 1 as expm1(x)", "sub", "add")
def _expm1(view: View, node: Node) -> Node | None:
    if node.op.name == "add":
        rest = beside(view, node, -1.0)
        return None if rest is None or (x := exponent(view, rest)) is None else ops.expm1(x)
    x = exponent(view, node.args[0])
    return None if x is None or number_of(view, node.args[1]) != 1 else ops.expm1(x)


@form("1 - exp(x) as -expm1(x)", "sub", "add")
def _one_less_exp(view: View, node: Node) -> Node | None:
    inner: Node | None = node.args[1] if number_of(view, node.args[0]) == 1 else None
    if node.op.name == "add":
        rest = beside(view, node, 1.0)
        inner = None if rest is None else operand(view, rest, "neg")
    x = None if inner is None else exponent(view, inner)
    return None if x is None else minus(ops.expm1(x))


@form("1 - sigmoid(x) as sigmoid(-x)", "sub")
def _one_less_sigmoid(view: View, node: Node) -> Node | None:
    x = operand(view, node.args[1], "sigmoid")
    return None if x is None or number_of(view, node.args[0]) != 1 else ops.sigmoid(negative(view, x))


@form("exp(x) - exp(-x) as 2*sinh(x)", "sub")
def _difference(view: View, node: Node) -> Node | None:
    a, b = exponent(view, node.args[0]), exponent(view, node.args[1])
    return None if a is None or b is None or not opposite(view, a, b) else 2 * ops.sinh(a)


@form("1 - tanh(x)^2 as 4*sigmoid(2*x)*sigmoid(-2*x)", "sub")
def _one_less_tanh(view: View, node: Node) -> Node | None:
    inner = square(view, node.args[1])
    x = None if inner is None or number_of(view, node.args[0]) != 1 else operand(view, inner, "tanh")
    return None if x is None else 4 * ops.sigmoid(2 * x) * ops.sigmoid(-2 * x)
