"""Functions of one number, applied to every element."""

from __future__ import annotations

import math

from gradcli.graph.node import Node, ops
from gradcli.graph.operations.record import define, number, strong

define(
    "abs",
    pullback=lambda g, y, x: strong(g, ops.sign(x)),
    kernel="numpy.abs",
    kink=lambda x: ops.eq(x, 0),
    convention="the gradient of abs at 0 is 0",
    scalar="operator.abs",
    torch="AbsBackward0",
    domain="nonzero",
)
define(
    "sign",
    kernel="numpy.sign",
    kink=lambda x: ops.eq(x, 0),
    convention="sign jumps at 0, and its gradient is 0",
    scalar="scalars.sign",
    torch="SignBackward0",
    domain="nonzero",
)
define(
    "square",
    pullback=lambda g, y, x: strong(g, 2 * x),
    kernel="numpy.square",
    analytic=True,
    scalar="scalars.square",
    torch="PowBackward0",
)
define(
    "sqrt",
    pullback=lambda g, y, x: strong(g, 0.5 / y),
    kernel="numpy.sqrt",
    analytic=True,
    kink=lambda x: ops.eq(x, 0),
    convention="the gradient of sqrt at 0 is inf",
    scalar="scalars.sqrt",
    torch="SqrtBackward0",
    domain="positive",
)
define(
    "reciprocal",
    pullback=lambda g, y, x: strong(g, -y * y),
    kernel="numpy.reciprocal",
    analytic=True,
    scalar="scalars.reciprocal",
    torch="ReciprocalBackward0",
    domain="nonzero",
)


def _whole(x: Node) -> Node:
    return ops.eq(x, ops.floor(x))


def _whole_but_zero(x: Node) -> Node:
    return ops.logical_and(_whole(x), ops.ne(x, 0))


for _name in ("floor", "ceil", "trunc"):
    define(
        _name,
        kernel=f"numpy.{_name}",
        # The truncation rests at 0, between -1 and 1.
        kink=_whole_but_zero if _name == "trunc" else _whole,
        convention=f"{_name} jumps at whole numbers, and its gradient is 0",
        scalar=f"scalars.{_name}",
        torch=f"{_name.capitalize()}Backward0",
        domain="fraction",
    )
define(
    "round",
    kernel="numpy.round",
    doc="the nearest whole number, the even one of two",
    kink=lambda x: ops.eq(x - ops.floor(x), 0.5),
    convention="round jumps half-way between whole numbers, and its gradient is 0",
    scalar="scalars.round",
    torch="RoundBackward0",
    domain="fraction",
)

# Exponentials and logarithms.

define(
    "exp",
    pullback=lambda g, y, x: strong(g, y),
    kernel="numpy.exp",
    analytic=True,
    scalar="scalars.exp",
    torch="ExpBackward0",
)
define(
    "expm1",
    # y + 1 would lose every digit for large negative x.
    pullback=lambda g, y, x: strong(g, ops.exp(x)),
    kernel="numpy.expm1",
    analytic=True,
    scalar="scalars.expm1",
    torch="Expm1Backward0",
)
define(
    "log",
    pullback=lambda g, y, x: strong(g, 1 / x),
    kernel="numpy.log",
    analytic=True,
    scalar="scalars.log",
    torch="LogBackward0",
    aliases="ln",
    domain="positive",
)
define(
    "log2",
    pullback=lambda g, y, x: strong(g, 1 / (x * math.log(2))),
    kernel="numpy.log2",
    analytic=True,
    scalar="scalars.log2",
    torch="Log2Backward0",
    domain="positive",
)
define(
    "log10",
    pullback=lambda g, y, x: strong(g, 1 / (x * math.log(10))),
    kernel="numpy.log10",
    analytic=True,
    scalar="scalars.log10",
    torch="Log10Backward0",
    domain="positive",
)
define(
    "log1p",
    pullback=lambda g, y, x: strong(g, 1 / (x + 1)),
    kernel="numpy.log1p",
    analytic=True,
    scalar="scalars.log1p",
    torch="Log1PBackward0",
    domain="positive",
)

# Trigonometry.

define(
    "sin",
    pullback=lambda g, y, x: strong(g, ops.cos(x)),
    kernel="numpy.sin",
    analytic=True,
    scalar="scalars.sin",
    torch="SinBackward0",
)
define(
    "cos",
    pullback=lambda g, y, x: strong(g, -ops.sin(x)),
    kernel="numpy.cos",
    analytic=True,
    scalar="scalars.cos",
    torch="CosBackward0",
)
define(
    "tan",
    pullback=lambda g, y, x: strong(g, y * y + 1),
    kernel="numpy.tan",
    analytic=True,
    scalar="scalars.tan",
    torch="TanBackward0",
    domain="unit",
)
define(
    "asin",
    # Not 1 - x * x, which loses digits next to 1.
    pullback=lambda g, y, x: strong(g, 1 / ops.sqrt((1 - x) * (1 + x))),
    kernel="numpy.arcsin",
    analytic=True,
    kink=lambda x: ops.eq(ops.abs(x), 1),
    convention="the gradient of asin at 1 and -1 is inf",
    scalar="scalars.asin",
    torch="AsinBackward0",
    aliases="arcsin",
    domain="unit",
)
define(
    "acos",
    pullback=lambda g, y, x: strong(g, -1 / ops.sqrt((1 - x) * (1 + x))),
    kernel="numpy.arccos",
    analytic=True,
    kink=lambda x: ops.eq(ops.abs(x), 1),
    convention="the gradient of acos at 1 and -1 is -inf",
    scalar="scalars.acos",
    torch="AcosBackward0",
    aliases="arccos",
    domain="unit",
)
define(
    "atan",
    pullback=lambda g, y, x: strong(g, 1 / (x * x + 1)),
    kernel="numpy.arctan",
    analytic=True,
    scalar="math.atan",
    torch="AtanBackward0",
    aliases="arctan",
)
define(
    "sinh",
    pullback=lambda g, y, x: strong(g, ops.cosh(x)),
    kernel="numpy.sinh",
    analytic=True,
    scalar="scalars.sinh",
    torch="SinhBackward0",
)
define(
    "cosh",
    pullback=lambda g, y, x: strong(g, ops.sinh(x)),
    kernel="numpy.cosh",
    analytic=True,
    scalar="scalars.cosh",
    torch="CoshBackward0",
)
define(
    "tanh",
    # Not 1 - y * y, which loses every digit far out; nor 1 / cosh(x)^2, whose derivatives underflow.
    pullback=lambda g, y, x: strong(g, 4 * ops.sigmoid(2 * x) * ops.sigmoid(-2 * x)),
    kernel="numpy.tanh",
    analytic=True,
    scalar="math.tanh",
    torch="TanhBackward0",
)
define(
    "erf",
    pullback=lambda g, y, x: strong(g, 2 / math.sqrt(math.pi) * ops.exp(-x * x)),
    kernel="scipy.special.erf",
    analytic=True,
    scalar="math.erf",
    torch="ErfBackward0",
)

# The bends and curves of machine learning.

define(
    "sigmoid",
    # y * (1 - y) would lose every digit for large x.
    pullback=lambda g, y, x: strong(g, y * ops.sigmoid(-x)),
    kernel="kernels.elementwise.sigmoid",
    doc="1 / (1 + exp(-x)), never overflowing",
    scalar="scalars.sigmoid",
    torch="SigmoidBackward0",
    aliases="expit",
)
define(
    "relu",
    pullback=lambda g, y, x: strong(g, number(ops.gt(x, 0))),
    kernel="kernels.elementwise.relu",
    doc="the larger of x and 0",
    kink=lambda x: ops.eq(x, 0),
    convention="the gradient of relu at 0 is 0",
    scalar="scalars.relu",
    torch="ReluBackward0",
    domain="nonzero",
)
define(
    "softplus",
    pullback=lambda g, y, x: strong(g, ops.sigmoid(x)),
    kernel="kernels.elementwise.softplus",
    doc="log(1 + exp(x)), never overflowing",
    scalar="scalars.softplus",
    torch="SoftplusBackward0",
)


def _inside(x: Node, lo: Node, hi: Node) -> Node:
    return ops.logical_and(ops.lt(lo, x), ops.lt(x, hi))


define(
    "clip",
    "x lo=-inf hi=inf",
    pullback=(
        # At a bound the gradient is 0, the smallest of those that fit there.
        lambda g, y, x, lo, hi: strong(g, number(_inside(x, lo, hi))),
        lambda g, y, x, lo, hi: strong(g, number(ops.logical_and(ops.lt(x, lo), ops.lt(lo, hi)))),
        lambda g, y, x, lo, hi: strong(g, number(ops.logical_or(ops.lt(hi, x), ops.lt(hi, lo)))),
    ),
    kernel="kernels.elementwise.clip",
    doc="x, or the bound that it is beyond",
    kink=lambda x, lo, hi: ops.logical_or(ops.eq(x, lo), ops.eq(x, hi)),
    convention="the gradient of clip at a bound is 0",
    scalar="scalars.clip",
    torch="ClampBackward1",
    aliases="clamp",
    samples=[
        ("clip(x, -0.5, 0.5)", {"x": "2x3 fraction"}),
        ("clip(x, lo, hi)", {"x": "2x3", "lo": "() low", "hi": "3 high"}),
        ("clip(x, hi=0.3)", {"x": "3"}),
        ("clip(x, 0.3)", {"x": "3"}),
    ],
)
define(
    "detach",
    kernel="kernels.elementwise.identity",
    doc="the same value, with the gradient 0",
    scalar="scalars.identity",
    takes="any",
    gives="same",
    aliases="stop_gradient",
)
define(
    "alias",
    pullback=lambda g, y, x: g,
    kernel="kernels.elementwise.identity",
    analytic=True,
    scalar="scalars.identity",
    takes="any",
    gives="same",
    spelling="{0}",
    hidden=True,
)
