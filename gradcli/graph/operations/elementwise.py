"""Functions of one number, applied to every element."""

from __future__ import annotations

import math

from gradcli.graph.node import Node, Parameter, is_constant, ops
from gradcli.graph.operations.record import define, strong

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
    "rsqrt",
    pullback=lambda g, y, x: strong(g, -0.5 * y**3),
    kernel="kernels.elementwise.rsqrt",
    scalar="scalars.rsqrt",
    torch="RsqrtBackward0",
    domain="positive",
    analytic=True,
)
define(
    # PyTorch has none, and x^(1/3) is no cube root of a negative number.
    "cbrt",
    pullback=lambda g, y, x: strong(g, y**-2 / 3),
    kernel="numpy.cbrt",
    scalar="math.cbrt",
    domain="nonzero",
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


def _halfway(x: Node, decimals: int) -> Node:
    # Read, not raised to: a power beyond the numbers is an infinity, and Python would refuse it.
    scaled = x if decimals == 0 else x * float(f"1e{decimals}")
    return ops.eq(scaled - ops.floor(scaled), 0.5)


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
    kernel="kernels.elementwise.round",
    doc="the nearest number of so many decimals, the even one of two",
    kink=_halfway,
    convention="round jumps half-way between what it rounds to, and its gradient is 0",
    scalar="scalars.round",
    parameters=(Parameter("decimals", "integer", 0),),
    torch="RoundBackward0",
    domain="fraction",
    samples=[("round(x, 1)", {"x": "2x3 off_grid"}), ("round(x, decimals=-1)", {"x": "()"})],
)
define(
    "frac",
    pullback=lambda g, y, x: g,
    kernel="kernels.elementwise.frac",
    scalar="scalars.frac",
    torch="FracBackward0",
    domain="fraction",
    kink=_whole_but_zero,
    convention="frac jumps at whole numbers, and its gradient is 1",
    doc="what stands behind the point, with the sign of x",
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
    "exp2",
    pullback=lambda g, y, x: strong(g, math.log(2) * y),
    kernel="numpy.exp2",
    scalar="scalars.exp2",
    torch="Exp2Backward0",
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
# Bounds, and what passes on.


def _inside(x: Node, lo: Node, hi: Node) -> Node:
    # A bound that was left out is infinite, and an infinite x does not lie at it.
    above, below = ops.lt(lo, x), ops.lt(x, hi)
    if is_constant(hi, math.inf):
        return above
    return below if is_constant(lo, -math.inf) else ops.logical_and(above, below)


define(
    "clip",
    "x lo=-inf hi=inf",
    pullback=(
        # At a bound the gradient is 0, the smallest of those that fit there.
        lambda g, y, x, lo, hi: ops.where(_inside(x, lo, hi), g, 0),
        lambda g, y, x, lo, hi: ops.where(ops.logical_and(ops.lt(x, lo), ops.lt(lo, hi)), g, 0),
        lambda g, y, x, lo, hi: ops.where(ops.logical_or(ops.lt(hi, x), ops.lt(hi, lo)), g, 0),
    ),
    kernel="kernels.elementwise.clip",
    doc="x, or the bound that it is beyond",
    kink=lambda x, lo, hi: ops.logical_or(ops.eq(x, lo), ops.eq(x, hi)),
    convention="the gradient of clip at a bound is 0, where PyTorch gives 1",
    scalar="scalars.clip",
    torch="ClampBackward1",
    exact="lo hi",
    aliases="clamp",
    samples=[
        ("clip(x, -0.5, 0.5)", {"x": "2x3 fraction"}),
        ("clip(x, lo, hi)", {"x": "2x3", "lo": "() low", "hi": "3 high"}),
        ("clip(x, hi=0.3)", {"x": "3"}),
        ("clip(x, 0.3)", {"x": "3"}),
    ],
)
define(
    "nan_to_num",
    pullback=lambda g, y, x, **_: ops.where(ops.isfinite(x), g, 0),
    kernel="kernels.elementwise.nan_to_num",
    scalar="scalars.nan_to_num",
    parameters=(
        Parameter("nan", "number", 0.0),
        Parameter("posinf", "number", None),
        Parameter("neginf", "number", None),
    ),
    torch="NanToNumBackward0",
    hides_nan=True,
    samples=[
        ("nan_to_num([nan, inf, -inf] + x, 7, posinf=2, neginf=-3) * x", {"x": "3"}),
        ("nan_to_num(x, nan=1)", {"x": "()"}),
    ],
    kink=lambda x, **_: ops.logical_not(ops.isfinite(x)),
    convention="where nan_to_num replaces x, its gradient is 0",
    doc="x, with numbers in the place of nan and the infinities",
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
