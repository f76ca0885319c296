"""Functions of one number, applied to every element."""

from __future__ import annotations

import math

from gradcli.graph.node import Node, ops
from gradcli.graph.operations.record import define, number, strong

define(
    "abs",
    pullback=lambda g, y, x: strong(g, ops.sign(x)),
    kernel="numpy.abs",
    scalar="operator.abs",
    torch="AbsBackward0",
    domain="nonzero",
)
define("sign", kernel="numpy.sign", scalar="scalars.sign", torch="SignBackward0", domain="nonzero")
define(
    "square",
    pullback=lambda g, y, x: strong(g, 2 * x),
    kernel="numpy.square",
    scalar="scalars.square",
    torch="PowBackward0",
)
define(
    "sqrt",
    pullback=lambda g, y, x: strong(g, 0.5 / y),
    kernel="numpy.sqrt",
    scalar="scalars.sqrt",
    torch="SqrtBackward0",
    domain="positive",
)
define(
    "reciprocal",
    pullback=lambda g, y, x: strong(g, -y * y),
    kernel="numpy.reciprocal",
    scalar="scalars.reciprocal",
    torch="ReciprocalBackward0",
    domain="nonzero",
)
for _name in ("floor", "ceil", "trunc"):
    define(
        _name,
        kernel=f"numpy.{_name}",
        scalar=f"scalars.{_name}",
        torch=f"{_name.capitalize()}Backward0",
        domain="fraction",
    )
define("round", kernel="numpy.round", scalar="scalars.round", torch="RoundBackward0", domain="fraction")

# Exponentials and logarithms.

define(
    "exp",
    pullback=lambda g, y, x: strong(g, y),
    kernel="numpy.exp",
    scalar="scalars.exp",
    torch="ExpBackward0",
)
define(
    "expm1",
    # y + 1 would lose every digit for large negative x.
    pullback=lambda g, y, x: strong(g, ops.exp(x)),
    kernel="numpy.expm1",
    scalar="scalars.expm1",
    torch="Expm1Backward0",
)
define(
    "log",
    pullback=lambda g, y, x: strong(g, 1 / x),
    kernel="numpy.log",
    scalar="scalars.log",
    torch="LogBackward0",
    aliases="ln",
    domain="positive",
)
define(
    "log2",
    pullback=lambda g, y, x: strong(g, 1 / (x * math.log(2))),
    kernel="numpy.log2",
    scalar="scalars.log2",
    torch="Log2Backward0",
    domain="positive",
)
define(
    "log10",
    pullback=lambda g, y, x: strong(g, 1 / (x * math.log(10))),
    kernel="numpy.log10",
    scalar="scalars.log10",
    torch="Log10Backward0",
    domain="positive",
)
define(
    "log1p",
    pullback=lambda g, y, x: strong(g, 1 / (x + 1)),
    kernel="numpy.log1p",
    scalar="scalars.log1p",
    torch="Log1PBackward0",
    domain="positive",
)

# Trigonometry.

define(
    "sin",
    pullback=lambda g, y, x: strong(g, ops.cos(x)),
    kernel="numpy.sin",
    scalar="scalars.sin",
    torch="SinBackward0",
)
define(
    "cos",
    pullback=lambda g, y, x: strong(g, -ops.sin(x)),
    kernel="numpy.cos",
    scalar="scalars.cos",
    torch="CosBackward0",
)
define(
    "tan",
    pullback=lambda g, y, x: strong(g, y * y + 1),
    kernel="numpy.tan",
    scalar="scalars.tan",
    torch="TanBackward0",
    domain="unit",
)
define(
    "asin",
    # Not 1 - x * x, which loses digits next to 1.
    pullback=lambda g, y, x: strong(g, 1 / ops.sqrt((1 - x) * (1 + x))),
    kernel="numpy.arcsin",
    scalar="scalars.asin",
    torch="AsinBackward0",
    aliases="arcsin",
    domain="unit",
)
define(
    "acos",
    pullback=lambda g, y, x: strong(g, -1 / ops.sqrt((1 - x) * (1 + x))),
    kernel="numpy.arccos",
    scalar="scalars.acos",
    torch="AcosBackward0",
    aliases="arccos",
    domain="unit",
)
define(
    "atan",
    pullback=lambda g, y, x: strong(g, 1 / (x * x + 1)),
    kernel="numpy.arctan",
    scalar="math.atan",
    torch="AtanBackward0",
    aliases="arctan",
)
define(
    "sinh",
    pullback=lambda g, y, x: strong(g, ops.cosh(x)),
    kernel="numpy.sinh",
    scalar="scalars.sinh",
    torch="SinhBackward0",
)
define(
    "cosh",
    pullback=lambda g, y, x: strong(g, ops.sinh(x)),
    kernel="numpy.cosh",
    scalar="scalars.cosh",
    torch="CoshBackward0",
)
define(
    "tanh",
    # Not 1 - y * y, which loses every digit far out; nor 1 / cosh(x)^2, whose derivatives underflow.
    pullback=lambda g, y, x: strong(g, 4 * ops.sigmoid(2 * x) * ops.sigmoid(-2 * x)),
    kernel="numpy.tanh",
    scalar="math.tanh",
    torch="TanhBackward0",
)
define(
    "erf",
    pullback=lambda g, y, x: strong(g, 2 / math.sqrt(math.pi) * ops.exp(-x * x)),
    kernel="scipy.special.erf",
    scalar="math.erf",
    torch="ErfBackward0",
)

# The bends and curves of machine learning.

define(
    "sigmoid",
    # y * (1 - y) would lose every digit for large x.
    pullback=lambda g, y, x: strong(g, y * ops.sigmoid(-x)),
    kernel="kernels.elementwise.sigmoid",
    scalar="scalars.sigmoid",
    torch="SigmoidBackward0",
    aliases="expit",
)
define(
    "relu",
    pullback=lambda g, y, x: strong(g, number(ops.gt(x, 0))),
    kernel="kernels.elementwise.relu",
    scalar="scalars.relu",
    torch="ReluBackward0",
    domain="nonzero",
)
define(
    "softplus",
    pullback=lambda g, y, x: strong(g, ops.sigmoid(x)),
    kernel="kernels.elementwise.softplus",
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
    scalar="scalars.identity",
    takes="any",
    gives="same",
    aliases="stop_gradient",
)
define(
    "alias",
    pullback=lambda g, y, x: g,
    kernel="kernels.elementwise.identity",
    scalar="scalars.identity",
    takes="any",
    gives="same",
    spelling="{0}",
    hidden=True,
)
