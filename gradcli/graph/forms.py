"""The table of forms: formulas that overflow, or lose their digits, only because of how they are written.

A form is one record: what it is called, the operations that stand at its root, and a function that
answers with the node that computes it, or ``None`` where the root is something else. Forms of one
root are tried in the order of the table. A form sees what other forms have made of the arguments:
``log(1/(1+exp(-x)))`` comes here as ``log(sigmoid(x))``.

Every form must be the same function: its value and its derivatives of all orders may differ from what
was written by rounding alone, except where what was written overflows, underflows or loses its digits,
and at the corners of ``sqrt(x*x)``. A nan stays one, and shapes stay the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import NamedTuple

from gradcli.graph.node import Node, constant, ops
from gradcli.graph.operations.reduction import count
from gradcli.graph.recognise import (
    View,
    beside,
    exponent,
    number_of,
    operand,
    operands,
    opposite,
    power_beside_one,
    square,
    terms,
)
from gradcli.graph.shapes import elements, is_known

Build = Callable[[View, Node], Node | None]
Piece = tuple[float, Callable[[Node], Node]]

_LOG_2 = math.log(2)


class Form(NamedTuple):
    """A record of the table.

    Attributes:
        said: what it recognises and what it builds, ``"log(1 + x) as log1p(x)"``.
        roots: the operations that it may begin with.
        build: what computes a node better, or ``None``.
    """

    said: str
    roots: tuple[str, ...]
    build: Build

    @property
    def sentence(self) -> str:
        """What is done, for the user."""
        return self.said.replace(" as ", " is computed as ")


FORMS: dict[str, list[Form]] = {}


def form(said: str, *roots: str) -> Callable[[Build], Build]:
    """Enter a function into the table as what a form builds."""

    def enter(build: Build) -> Build:
        for root in roots:
            FORMS.setdefault(root, []).append(Form(said, roots, build))
        return build

    return enter


# Logarithms.


@form("log(exp(x)) as x", "log")
def _log_of_exp(view: View, node: Node) -> Node | None:
    return exponent(view, node.args[0])


@form("log(sum(exp(x))) as logsumexp(x)", "log")
def _log_of_sum(view: View, node: Node) -> Node | None:
    return _log_sum(view, node.args[0])


@form("log(mean(exp(x))) as logsumexp(x) - log(size(x))", "log")
def _log_of_mean(view: View, node: Node) -> Node | None:
    mean = view.see(node.args[0])
    x = None if mean.op.name != "mean" else exponent(view, mean.args[0])
    return None if x is None else ops.logsumexp(x, **mean.parameters) - ops.log(_count(mean))


@form("log(1 + exp(x)) as softplus(x)", "log")
def _softplus(view: View, node: Node) -> Node | None:
    u = power_beside_one(view, node.args[0])
    return None if u is None else ops.softplus(u)


@form("log(exp(a) + exp(b)) as logaddexp(a, b)", "log")
def _log_of_powers(view: View, node: Node) -> Node | None:
    return _log(view, terms(view, node.args[0]))


@form("log1p(exp(x)) as softplus(x)", "log1p")
def _log1p_of_powers(view: View, node: Node) -> Node | None:
    return _log(view, [constant(1.0), *terms(view, node.args[0])])


@form("log(sigmoid(x)) as -softplus(-x)", "log")
def _log_sigmoid(view: View, node: Node) -> Node | None:
    x = operand(view, node.args[0], "sigmoid")
    return None if x is None else _minus(ops.softplus(_opposite(view, x)))


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
    return _either(
        ops.gt(x, 1.0), x, (1.0, lambda x: x + ops.log1p(-ops.exp(-x))), (1.0, lambda x: ops.log(ops.expm1(x)))
    )


@form("log(cosh(x)) as abs(x) + softplus(-2*abs(x)) - log(2)", "log")
def _log_cosh(view: View, node: Node) -> Node | None:
    x = operand(view, node.args[0], "cosh")
    if x is None:
        return None
    return _either(
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
    return None if pair is None or number_of(view, pair[0]) != 1 else ops.log1p(_opposite(view, pair[1]))


# Exponentials beside 1, and beside each other.


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
    return None if x is None else _minus(ops.expm1(x))


@form("1 - sigmoid(x) as sigmoid(-x)", "sub")
def _one_less_sigmoid(view: View, node: Node) -> Node | None:
    x = operand(view, node.args[1], "sigmoid")
    return None if x is None or number_of(view, node.args[0]) != 1 else ops.sigmoid(_opposite(view, x))


@form("exp(x) - exp(-x) as 2*sinh(x)", "sub")
def _difference(view: View, node: Node) -> Node | None:
    a, b = exponent(view, node.args[0]), exponent(view, node.args[1])
    return None if a is None or b is None or not opposite(view, a, b) else 2 * ops.sinh(a)


@form("1 - tanh(x)^2 as 4*sigmoid(2*x)*sigmoid(-2*x)", "sub")
def _one_less_tanh(view: View, node: Node) -> Node | None:
    inner = square(view, node.args[1])
    x = None if inner is None or number_of(view, node.args[0]) != 1 else operand(view, inner, "tanh")
    return None if x is None else 4 * ops.sigmoid(2 * x) * ops.sigmoid(-2 * x)


# Ratios of exponentials.


@form("1 / (1 + exp(-x)) as sigmoid(x)", "div", "reciprocal", "pow")
def _sigmoid(view: View, node: Node) -> Node | None:
    if node.op.name == "pow" and number_of(view, node.args[1]) != -1:
        return None
    if node.op.name == "div" and number_of(view, node.args[0]) != 1:
        return None
    u = power_beside_one(view, node.args[1] if node.op.name == "div" else node.args[0])
    return None if u is None else ops.sigmoid(_opposite(view, u))


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
    return ops.sigmoid(u) * ops.sigmoid(_opposite(view, u))


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
    return ops.tanh(_opposite(view, u) / 2)


@form("(exp(x) - exp(-x)) / (exp(x) + exp(-x)) as tanh(x)", "div")
def _tanh(view: View, node: Node) -> Node | None:
    pair = operands(view, node.args[0], "mul")
    if pair is None or number_of(view, pair[0]) != 2 or (x := operand(view, pair[1], "sinh")) is None:
        return None
    powers = [exponent(view, one) for one in operands(view, node.args[1], "add") or ()]
    if len(powers) != 2 or powers[0] is None or powers[1] is None or not opposite(view, *powers):
        return None
    return ops.tanh(x) if view.same(x, powers[0]) or view.same(x, powers[1]) else None


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
    return _either(ops.gt(u, 0.0), u, above, below)


@form("exp(x) / sum(exp(x)) as softmax(x)", "div")
def _softmax(view: View, node: Node) -> Node | None:
    x, total = exponent(view, node.args[0]), view.see(node.args[1])
    if x is None or total.op.name != "sum" or (u := exponent(view, total.args[0])) is None:
        return None
    axis, keepdims = total.values
    return _shares(x, axis) if view.same(x, u) and _lines_up(u, axis, keepdims) else None


@form("exp(a) / (exp(a) + exp(b)) as sigmoid(a - b)", "div")
def _share_of_two(view: View, node: Node) -> Node | None:
    a = exponent(view, node.args[0])
    powers = [exponent(view, one) for one in operands(view, node.args[1], "add") or ()]
    if a is None or len(powers) != 2 or powers[0] is None or powers[1] is None:
        return None
    for mine, other in (powers, powers[::-1]):
        if mine is not None and other is not None and view.same(a, mine):
            return ops.sigmoid(a - other)
    return None


@form("exp(a) / exp(b) as exp(a - b)", "div")
def _quotient(view: View, node: Node) -> Node | None:
    a, b = exponent(view, node.args[0]), exponent(view, node.args[1])
    return None if a is None or b is None else ops.exp(a - b)


@form("exp(a) / (exp(b) + exp(c)) as exp(a - logaddexp(b, c))", "div")
def _share(view: View, node: Node) -> Node | None:
    a = exponent(view, node.args[0])
    total = None if a is None else _log(view, terms(view, node.args[1]))
    return None if a is None or total is None else ops.exp(a - total)


@form("sum(exp(x) * v) / sum(exp(x)) as sum(softmax(x) * v)", "div")
def _weighted(view: View, node: Node) -> Node | None:
    above, below = map(view.see, node.args)
    if above.op.name != "sum" or below.op.name != "sum" or above.values != below.values:
        return None
    u = exponent(view, below.args[0])
    for one, other in _factors(view, above.args[0]):
        x = exponent(view, one)
        if x is not None and u is not None and view.same(x, u) and above.args[0].shape == x.shape:
            axis, keepdims = below.values
            return ops.sum(_shares(x, axis) * other, axis=axis, keepdims=keepdims)
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
    for one, other in _factors(view, node.args[0]):
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
    return None if u is None else node.args[0] * ops.sigmoid(_opposite(view, u))


# Roots of squares.


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
        return norm if inner.op.name == "sum" else norm / ops.sqrt(_count(inner))

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


# What the forms are built of.


def _minus(x: Node) -> Node:
    """``-x``, but 0 and not -0 where x is 0, as the difference that was written gives."""
    return 0.0 - x


def _opposite(view: View, x: Node) -> Node:
    """``-x``, and ``x`` of ``-x``."""
    inner = operand(view, x, "neg")
    return -x if inner is None else inner


def _absolute(x: Node | None) -> Node | None:
    return None if x is None else ops.abs(x)


def _count(reduction: Node) -> Node | float:
    """How many elements a reduction takes together."""
    return count(reduction.args[0], reduction.values[0])


def _factors(view: View, product: Node) -> tuple[tuple[Node, Node], ...]:
    """The ways to read a node as one thing times another."""
    if (inner := operand(view, product, "neg")) is not None:
        return ((inner, constant(-1.0)),)
    pair = operands(view, product, "mul")
    return () if pair is None else ((pair[0], pair[1]), (pair[1], pair[0]))


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


def _log_sum(view: View, node: Node) -> Node | None:
    """The logarithm of a ``sum(exp(x))``."""
    node = view.see(node)
    x = exponent(view, node.args[0]) if node.op.name == "sum" else None
    return None if x is None else ops.logsumexp(x, **node.parameters)


def _log(view: View, parts: list[Node]) -> Node | None:
    """The logarithm of a sum of exponentials, of sums of them, and of positive constants."""
    number, found = 0.0, []
    for part in parts:
        value = number_of(view, part)
        log = None if value is not None else exponent(view, part) or _log_sum(view, part)
        if value is not None and 0 < value < math.inf:
            number += value
        elif log is not None:
            found.append(log)
        else:
            return None
    if not found:
        return None
    total = reduce(_logaddexp, found)
    if number == 1:
        return ops.softplus(total)
    return _logaddexp(total, constant(math.log(number))) if number else total


def _logaddexp(a: Node, b: Node) -> Node:
    """``log(exp(a) + exp(b))``: each branch is the whole function, so its derivatives hold at a tie too."""
    above = ops.where(ops.gt(a, b), a + ops.softplus(b - a), b + ops.softplus(a - b))
    # Where both are the same infinity their difference is nan.
    return ops.where(ops.logical_and(ops.eq(a, b), ops.isinf(a)), ops.maximum(a, b), above)


def _log_one_less(x: Node) -> Node:
    """``log(1 - exp(x))``: next to 0 the difference loses its digits, far below the exponential does.

    Mächler, Accurately computing log(1 - exp(-|a|)), 2012.
    """
    near, far = (-0.5, lambda x: ops.log(_minus(ops.expm1(x)))), (-1.0, lambda x: ops.log1p(-ops.exp(x)))
    return _either(ops.gt(x, -_LOG_2), x, near, far)


def _either(condition: Node, x: Node, taken: Piece, other: Piece) -> Node:
    """One of two formulas of x, each given where it does not hold a number that is harmless for it.

    Its slope out there may be inf, and an infinity times 0 at the second order would be nan.
    """
    left, right = ops.where(condition, x, taken[0]), ops.where(condition, other[0], x)
    return ops.where(condition, taken[1](left), other[1](right))


def _lines_up(x: Node, axis: tuple[int, ...], keepdims: bool) -> bool:
    """Whether the sums of x along axes stand beside what was summed when NumPy stretches them."""
    return keepdims or axis == tuple(range(-x.ndim, len(axis) - x.ndim))


def _shares(x: Node, axis: tuple[int, ...]) -> Node:
    """``exp(x) / sum(exp(x), axis, keepdims=true)``."""
    if len(axis) == 1:
        return ops.softmax(x, axis=axis[0])
    if axis and len(axis) == x.ndim and is_known(x.shape):
        flat = ops.reshape(x, shape=(elements(x.shape),))
        return ops.reshape(ops.softmax(flat, axis=-1), shape=x.shape)
    return ops.exp(x - ops.logsumexp(x, axis=axis, keepdims=True))
