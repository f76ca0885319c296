"""Logarithms of exponentials, of sums of them, and of what is next to 1."""

from __future__ import annotations

import math

from gradcli.graph.forms.building import count_of, either, log_of_powers_sum, log_of_sum, minus, negative
from gradcli.graph.forms.recognise import (
    View,
    beside,
    exponent,
    number_of,
    operand,
    operands,
    power_beside_one,
    square,
    terms,
)
from gradcli.graph.forms.record import form
from gradcli.graph.node import Node, constant, ops

_LOG_2 = math.log(2)


@form("log(exp(x)) as x", "log")
def _log_of_exp(view: View, node: Node) -> Node | None:
    return exponent(view, node.args[0])


@form("log(sum(exp(x))) as logsumexp(x)", "log")
def _log_of_sum(view: View, node: Node) -> Node | None:
    return log_of_powers_sum(view, node.args[0])


@form("log(mean(exp(x))) as logsumexp(x) - log(size(x))", "log")
def _log_of_mean(view: View, node: Node) -> Node | None:
    mean = view.see(node.args[0])
    x = None if mean.op.name != "mean" else exponent(view, mean.args[0])
    return None if x is None else ops.logsumexp(x, **mean.parameters) - ops.log(count_of(mean))


@form("log(1 + exp(x)) as softplus(x)", "log")
def _softplus(view: View, node: Node) -> Node | None:
    u = power_beside_one(view, node.args[0])
    return None if u is None else ops.softplus(u)


@form("log(exp(a) + exp(b)) as logaddexp(a, b)", "log")
def _log_of_powers(view: View, node: Node) -> Node | None:
    return log_of_sum(view, terms(view, node.args[0]))


@form("log1p(exp(x)) as softplus(x)", "log1p")
def _log1p_of_powers(view: View, node: Node) -> Node | None:
    return log_of_sum(view, [constant(1.0), *terms(view, node.args[0])])


@form("log(sigmoid(x)) as -softplus(-x)", "log")
def _log_sigmoid(view: View, node: Node) -> Node | None:
    x = operand(view, node.args[0], "sigmoid")
    return None if x is None else minus(ops.softplus(negative(view, x)))


@form("log(softmax(x)) as log_softmax(x)", "log")
def _log_softmax(view: View, node: Node) -> Node | None:
    inner = view.see(node.args[0])
    return ops.log_softmax(*inner.args, **inner.parameters) if inner.op.name == "softmax" else None


@form("log(softmax(x)[i]) as log_softmax(x)[i]", "log")
def _log_softmax_part(view: View, node: Node) -> Node | None:
    part = view.see(node.args[0])
    if part.op.name not in ("index", "reshape"):
        return None
    inner = view.see(part.args[0])
    if inner.op.name != "softmax":
        return None
    whole = ops.log_softmax(*inner.args, **inner.parameters)
    return Node(part.op, (whole, *part.args[1:]), part.values, part.shape, part.kind)


@form("log(1 - exp(x)) as log(-expm1(x)) or log1p(-exp(x))", "log")
def _log_of_one_less(view: View, node: Node) -> Node | None:
    pair = operands(view, node.args[0], "sub")
    x = None if pair is None or number_of(view, pair[0]) != 0 else operand(view, pair[1], "expm1")
    return None if x is None else _log_one_less(x)


@form("log1p(-exp(x)) as log(-expm1(x)) or log1p(-exp(x))", "log1p")
def _log1p_of_less(view: View, node: Node) -> Node | None:
    inner = operand(view, node.args[0], "neg")
    x = None if inner is None else exponent(view, inner)
    return None if x is None else _log_one_less(x)


@form("log(exp(x) - 1) as x + log1p(-exp(-x))", "log")
def _log_of_one_more(view: View, node: Node) -> Node | None:
    x = operand(view, node.args[0], "expm1")
    if x is None:
        return None
    return either(
        ops.gt(x, 1.0),
        x,
        (1.0, lambda x: x + ops.log1p(-ops.exp(-x))),
        (1.0, lambda x: ops.log(ops.expm1(x))),
    )


@form("log(cosh(x)) as abs(x) + softplus(-2*abs(x)) - log(2)", "log")
def _log_cosh(view: View, node: Node) -> Node | None:
    x = operand(view, node.args[0], "cosh")
    if x is None:
        return None
    return either(
        ops.lt(ops.abs(x), 1.0),
        x,
        (0.0, lambda x: ops.log1p(2 * ops.square(ops.sinh(x / 2)))),
        (1.0, lambda x: ops.abs(x) + ops.softplus(-2 * ops.abs(x)) - _LOG_2),
    )


@form("log(x^2) as 2*log(abs(x))", "log")
def _log_of_square(view: View, node: Node) -> Node | None:
    x = square(view, node.args[0])
    return None if x is None else 2 * ops.log(ops.abs(x))


@form("log(1 + x) as log1p(x)", "log")
def _log1p(view: View, node: Node) -> Node | None:
    x = beside(view, node.args[0], 1.0)
    return None if x is None else ops.log1p(x)


@form("log(1 - x) as log1p(-x)", "log")
def _log1p_of_opposite(view: View, node: Node) -> Node | None:
    pair = operands(view, node.args[0], "sub")
    return None if pair is None or number_of(view, pair[0]) != 1 else ops.log1p(negative(view, pair[1]))


def _log_one_less(x: Node) -> Node:
    """``log(1 - exp(x))``: next to 0 the difference loses its digits, far below the exponential does.

    Mächler, Accurately computing log(1 - exp(-|a|)), 2012.
    """
    near, far = (-0.5, lambda x: ops.log(minus(ops.expm1(x)))), (-1.0, lambda x: ops.log1p(-ops.exp(x)))
    return either(ops.gt(x, -_LOG_2), x, near, far)
