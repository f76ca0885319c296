"""Ratios of exponentials, whose two sides overflow together."""

from __future__ import annotations

from gradcli.graph.forms.building import either, factors, lines_up, log_of_sum, negative, shares
from gradcli.graph.forms.recognise import (
    View,
    exponent,
    number_of,
    operand,
    operands,
    opposite,
    power_beside_one,
    square,
    terms,
)
from gradcli.graph.forms.record import form
from gradcli.graph.node import Node, ops


@form("1 / exp(x) as exp(-x)", "div", "reciprocal", "pow")
def _inverse(view: View, node: Node) -> Node | None:
    inner = _inverted(view, node)
    x = None if inner is None else exponent(view, inner)
    return None if x is None else ops.exp(negative(view, x))


@form("1 / (1 + exp(-x)) as sigmoid(x)", "div", "reciprocal", "pow")
def _sigmoid(view: View, node: Node) -> Node | None:
    inner = _inverted(view, node)
    u = None if inner is None else power_beside_one(view, inner)
    return None if u is None else ops.sigmoid(negative(view, u))


@form("exp(x) / (1 + exp(x)) as sigmoid(x)", "div")
def _sigmoid_of_ratio(view: View, node: Node) -> Node | None:
    w, u = exponent(view, node.args[0]), power_beside_one(view, node.args[1])
    return None if w is None or u is None or not view.same(w, u) else ops.sigmoid(u)


@form("exp(x) / (1 + exp(x))^2 as sigmoid(x)*sigmoid(-x)", "div")
def _slope_of_sigmoid(view: View, node: Node) -> Node | None:
    w, inner = exponent(view, node.args[0]), square(view, node.args[1])
    u = None if w is None or inner is None else power_beside_one(view, inner)
    if w is None or u is None or not view.same(w, u):
        return None
    return ops.sigmoid(u) * ops.sigmoid(negative(view, u))


@form("(exp(x) - 1) / (exp(x) + 1) as tanh(x / 2)", "div")
def _tanh_of_half(view: View, node: Node) -> Node | None:
    w, u = operand(view, node.args[0], "expm1"), power_beside_one(view, node.args[1])
    return None if w is None or u is None or not view.same(w, u) else ops.tanh(u / 2)


@form("(1 - exp(x)) / (1 + exp(x)) as tanh(-x / 2)", "div")
def _tanh_of_opposite_half(view: View, node: Node) -> Node | None:
    pair = operands(view, node.args[0], "sub")
    w = None if pair is None or number_of(view, pair[0]) != 0 else operand(view, pair[1], "expm1")
    u = power_beside_one(view, node.args[1])
    if w is None or u is None or not view.same(w, u):
        return None
    return ops.tanh(negative(view, u) / 2)


@form("(exp(x) - exp(-x)) / (exp(x) + exp(-x)) as tanh(x)", "div")
def _tanh(view: View, node: Node) -> Node | None:
    pair = operands(view, node.args[0], "mul")
    if pair is None or number_of(view, pair[0]) != 2 or (x := operand(view, pair[1], "sinh")) is None:
        return None
    both = _two_powers(view, node.args[1])
    if both is None or not opposite(view, *both):
        return None
    return ops.tanh(x) if any(view.same(x, one) for one in both) else None


@form("sinh(x) / cosh(x) as tanh(x)", "div")
def _tanh_of_ratio(view: View, node: Node) -> Node | None:
    a, b = operand(view, node.args[0], "sinh"), operand(view, node.args[1], "cosh")
    return None if a is None or b is None or not view.same(a, b) else ops.tanh(a)


@form("exp(x) / (exp(x) - 1) as -1 / expm1(-x)", "div")
def _pole(view: View, node: Node) -> Node | None:
    w, u = exponent(view, node.args[0]), operand(view, node.args[1], "expm1")
    if w is None or u is None or not view.same(w, u):
        return None
    above, below = (1.0, lambda x: -1 / ops.expm1(-x)), (-1.0, lambda x: ops.exp(x) / ops.expm1(x))
    return either(ops.gt(u, 0.0), u, above, below)


@form("exp(x) / sum(exp(x)) as softmax(x)", "div")
def _softmax(view: View, node: Node) -> Node | None:
    x, total = exponent(view, node.args[0]), view.see(node.args[1])
    if x is None or total.op.name != "sum" or (u := exponent(view, total.args[0])) is None:
        return None
    axis, keepdims = total.values
    return shares(x, axis) if view.same(x, u) and lines_up(u, axis, keepdims) else None


@form("exp(a) / (exp(a) + exp(b)) as sigmoid(a - b)", "div")
def _share_of_two(view: View, node: Node) -> Node | None:
    a = exponent(view, node.args[0])
    both = _two_powers(view, node.args[1])
    if a is None or both is None:
        return None
    for mine, other in (both, both[::-1]):
        if view.same(a, mine):
            return ops.sigmoid(a - other)
    return None


@form("exp(a) / exp(b) as exp(a - b)", "div")
def _quotient(view: View, node: Node) -> Node | None:
    a, b = exponent(view, node.args[0]), exponent(view, node.args[1])
    return None if a is None or b is None else ops.exp(a - b)


@form("exp(a) / (exp(b) + exp(c)) as exp(a - logaddexp(b, c))", "div")
def _share(view: View, node: Node) -> Node | None:
    a = exponent(view, node.args[0])
    total = None if a is None else log_of_sum(view, terms(view, node.args[1]))
    return None if a is None or total is None else ops.exp(a - total)


@form("sum(exp(x) * v) / sum(exp(x)) as sum(softmax(x) * v)", "div")
def _weighted(view: View, node: Node) -> Node | None:
    above, below = map(view.see, node.args)
    if above.op.name != "sum" or below.op.name != "sum" or above.values != below.values:
        return None
    u = exponent(view, below.args[0])
    for one, other in factors(view, above.args[0]):
        x = exponent(view, one)
        if x is not None and u is not None and view.same(x, u) and above.args[0].shape == x.shape:
            axis, keepdims = below.values
            return ops.sum(shares(x, axis) * other, axis=axis, keepdims=keepdims)
    return None


@form("(exp(x) @ v) / sum(exp(x)) as softmax(x) @ v", "div")
def _attention(view: View, node: Node) -> Node | None:
    above, below = map(view.see, node.args)
    if below.op.name != "sum" or above.op.name not in ("vecdot", "vecmat", "matvec", "matmat"):
        return None
    x, u = exponent(view, above.args[0]), exponent(view, below.args[0])
    axis, keepdims = below.values
    # A row of the result must stand over its own sum.
    fits = x is not None and (x.ndim == 1 or keepdims == (above.op.name == "matmat"))
    if x is None or u is None or not fits or axis != (-1,) or not view.same(x, u):
        return None
    weighted: Node = above.op(ops.softmax(x, axis=-1), above.args[1])
    return weighted if weighted.shape == node.shape else None


@form("v*exp(a) / (exp(a) + exp(b)) as v*sigmoid(a - b)", "div")
def _scaled(view: View, node: Node) -> Node | None:
    for one, other in factors(view, node.args[0]):
        if exponent(view, one) is not None:
            ratio = ops.div(one, node.args[1])
            for build in _RATIOS:
                made = build(view, ratio)
                if made is not None:
                    return other * made
    return None


_RATIOS = (_sigmoid_of_ratio, _slope_of_sigmoid, _pole, _softmax, _share_of_two, _quotient, _share)


@form("a / (1 + exp(x)) as a*sigmoid(-x)", "div")
def _scaled_sigmoid(view: View, node: Node) -> Node | None:
    u = power_beside_one(view, node.args[1])
    return None if u is None else node.args[0] * ops.sigmoid(negative(view, u))


def _inverted(view: View, node: Node) -> Node | None:
    """``x`` of ``1 / x``, ``reciprocal(x)`` or ``x^-1``."""
    if node.op.name == "div":
        return node.args[1] if number_of(view, node.args[0]) == 1 else None
    return node.args[0] if node.op.name == "reciprocal" or number_of(view, node.args[1]) == -1 else None


def _two_powers(view: View, node: Node) -> tuple[Node, Node] | None:
    """``a, b`` of ``exp(a) + exp(b)``."""
    pair = operands(view, node, "add")
    if pair is None:
        return None
    a, b = exponent(view, pair[0]), exponent(view, pair[1])
    return None if a is None or b is None else (a, b)
