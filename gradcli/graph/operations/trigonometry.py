"""Functions of an angle, hyperbolic functions, and their inverses."""

from __future__ import annotations

import math

from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.record import define, strong

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
    pullback=lambda g, y, x: strong(g, ops.rsqrt(ops.one_less_square(x))),
    kernel="numpy.arcsin",
    kink=lambda x: ops.eq(ops.abs(x), 1),
    convention="the gradient of asin at 1 and -1 is inf",
    analytic=True,
    scalar="scalars.asin",
    torch="AsinBackward0",
    aliases="arcsin",
    domain="unit",
)
define(
    "acos",
    pullback=lambda g, y, x: strong(g, -ops.rsqrt(ops.one_less_square(x))),
    kernel="numpy.arccos",
    kink=lambda x: ops.eq(ops.abs(x), 1),
    convention="the gradient of acos at 1 and -1 is -inf",
    analytic=True,
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
    pullback=lambda g, y, x: strong(g, 4 * ops.bell(2 * x)),
    kernel="numpy.tanh",
    analytic=True,
    scalar="math.tanh",
    torch="TanhBackward0",
)
define(
    "asinh",
    # Not the root of x * x + 1, which overflows.
    pullback=lambda g, y, x: strong(g, 1 / ops.hypot(x, 1)),
    kernel="numpy.arcsinh",
    scalar="math.asinh",
    torch="AsinhBackward0",
    aliases="arcsinh",
    analytic=True,
)
define(
    "acosh",
    pullback=lambda g, y, x: strong(g, ops.rsqrt(x - 1) * ops.rsqrt(x + 1)),
    kernel="numpy.arccosh",
    scalar="scalars.acosh",
    torch="AcoshBackward0",
    aliases="arccosh",
    domain="beyond_one",
    analytic=True,
)
define(
    "atanh",
    pullback=lambda g, y, x: strong(g, 1 / ops.one_less_square(x)),
    kernel="numpy.arctanh",
    scalar="scalars.atanh",
    torch="AtanhBackward0",
    aliases="arctanh",
    domain="unit",
    analytic=True,
)
define(
    # 1 - x^2 as a product, which keeps its digits next to 1, with the slope of the square, which keeps
    # them next to 0: the product's own slope is a difference that cancels there.
    "one_less_square",
    pullback=lambda g, y, x: strong(g, -2 * x),
    kernel="kernels.trigonometry.one_less_square",
    scalar="trigonometry_scalars.one_less_square",
    spelling="(1 - {0}) * (1 + {0})",
    hidden=True,
)

# Degrees, and the sine over its angle.

for _name, _factor, _scalar in (
    ("deg2rad", math.pi / 180, "math.radians"),
    ("rad2deg", 180 / math.pi, "math.degrees"),
):

    def _scaled(g: Node, y: Node, x: Node, factor: float = _factor) -> Node:
        return g * factor

    define(
        _name,
        pullback=_scaled,
        kernel=f"numpy.{_name}",
        scalar=_scalar,
        torch="Deg2RadBackward0" if _name == "deg2rad" else "Rad2DegBackward0",
        aliases="radians" if _name == "deg2rad" else "degrees",
    )

define(
    "sinc",
    pullback=lambda g, y, x: strong(g, ops.sinc_slope(x, order=1)),
    kernel="kernels.trigonometry.sinc",
    scalar="trigonometry_scalars.sinc",
    torch="SincBackward0",
)
define(
    # A derivative of sinc, of any order: a quotient of sines would be 0 / 0 at 0.
    "sinc_slope",
    pullback=lambda g, y, x, order: strong(g, ops.sinc_slope(x, order=order + 1)),
    kernel="kernels.trigonometry.sinc_slope",
    scalar="trigonometry_scalars.sinc_slope",
    parameters=(Parameter("order", "integer", 1),),
    spelling="diff(sinc({0}), {0}, {order})",
    hidden=True,
)
