"""Functions of two numbers or three, element by element."""

from __future__ import annotations

from gradcli.graph.node import Node, ops
from gradcli.graph.operations.record import define, number, strong

# The larger and the smaller.


def _tie_share(mine: Node, other: Node, g: Node, *, larger: bool) -> Node:
    return strong(g, ops.win_share(mine, other) if larger else ops.win_share(-mine, -other))


define(
    "maximum",
    "a b",
    pullback=(
        lambda g, y, a, b: _tie_share(a, b, g, larger=True),
        lambda g, y, a, b: _tie_share(b, a, g, larger=True),
    ),
    kernel="numpy.maximum",
    doc="the larger of two",
    kink=lambda a, b: ops.eq(a, b),
    convention="each side of a tie of maximum gets half of the gradient",
    scalar="scalars.maximum",
    torch="MaximumBackward0",
)
define(
    "minimum",
    "a b",
    pullback=(
        lambda g, y, a, b: _tie_share(a, b, g, larger=False),
        lambda g, y, a, b: _tie_share(b, a, g, larger=False),
    ),
    kernel="numpy.minimum",
    doc="the smaller of two",
    kink=lambda a, b: ops.eq(a, b),
    convention="each side of a tie of minimum gets half of the gradient",
    scalar="scalars.minimum",
    torch="MinimumBackward0",
)


def _cosine(side: Node, radius: Node) -> Node:
    # Flat at the origin, as every norm is: zero at the second order too, so the quotient is masked whole.
    flat = ops.eq(radius, 0)
    return ops.where(flat, 0, side / ops.where(flat, 1, radius))


def _turn(side: Node, a: Node, b: Node) -> Node:
    # Not by the squared radius, which over- and underflows.
    radius = ops.hypot(a, b)
    return _cosine(side, radius) / ops.where(ops.eq(radius, 0), 1, radius)


define(
    "hypot",
    "a b",
    pullback=(
        lambda g, y, a, b: strong(g, _cosine(a, y)),
        lambda g, y, a, b: strong(g, _cosine(b, y)),
    ),
    kernel="numpy.hypot",
    doc="the length of the vector (a, b)",
    kink=lambda a, b: ops.eq(ops.hypot(a, b), 0),
    convention="the gradient of hypot at (0, 0) is 0",
    scalar="math.hypot",
    torch="HypotBackward0",
    domain="nonzero nonzero",
    hides_nan=True,
)
define(
    # The length of a vector whose sides are apart: hypot of more than two, for hypot(hypot(a, b), c)
    # is flat at a = b = 0 to the second order, where this is not.
    "length",
    "sides*",
    pullback=lambda i, g, y, *sides: strong(g, _cosine(sides[i], y)),
    kernel="kernels.elementwise.length",
    scalar="math.hypot",
    domain="nonzero",
    samples=[("sqrt(x^2 + y^2 + z^2)", {"x": "3", "y": "2x1", "z": "()"})],
    written=lambda node: f"sqrt({' + '.join([f'{{{place}}}^2' for place in range(len(node.args))])})",
    kink=lambda *sides: ops.eq(ops.length(*sides), 0),
    convention="the gradient of a length at 0 is 0",
    hides_nan=True,
    hidden=True,
)
define(
    "atan2",
    "a b",
    pullback=(
        lambda g, y, a, b: strong(g, _turn(b, a, b)),
        lambda g, y, a, b: strong(g, -_turn(a, a, b)),
    ),
    kernel="numpy.arctan2",
    doc="the angle of the point (b, a), in radians",
    kink=lambda a, b: ops.logical_and(ops.eq(a, 0), ops.le(b, 0)),
    convention="the gradient of atan2 at (0, 0) is 0, and on its cut that of both sides",
    scalar="math.atan2",
    torch="Atan2Backward0",
    aliases="arctan2",
    domain="nonzero nonzero",
)
define(
    # 1 where a is larger, one half where both are equal; a nan loses to a number.
    "number_share",
    "a b",
    kernel="kernels.elementwise.number_share",
    scalar="scalars.number_share",
    spelling="where({0} == {1}, 0.5, {0} > {1} or isnan({1}))",
    hidden=True,
)
define(
    "fmax",
    "a b",
    pullback=(
        lambda g, y, a, b: strong(g, ops.number_share(a, b)),
        lambda g, y, a, b: strong(g, ops.number_share(b, a)),
    ),
    kernel="kernels.elementwise.fmax",
    scalar="scalars.fmax",
    torch="FmaxBackward0",
    hides_nan=True,
    kink=lambda a, b: ops.eq(a, b),
    convention="each side of a tie of fmax gets half of the gradient",
    doc="the larger of two, and not the one that is nan",
)
define(
    "fmin",
    "a b",
    pullback=(
        lambda g, y, a, b: strong(g, ops.number_share(-a, -b)),
        lambda g, y, a, b: strong(g, ops.number_share(-b, -a)),
    ),
    kernel="kernels.elementwise.fmin",
    scalar="scalars.fmin",
    torch="FminBackward0",
    hides_nan=True,
    kink=lambda a, b: ops.eq(a, b),
    convention="each side of a tie of fmin gets half of the gradient",
    doc="the smaller of two, and not the one that is nan",
)

# What is left over, and signs.


def _times(y: Node, a: Node, b: Node) -> Node:
    """How often b is taken from a. Not trunc(a / b): that quotient may be rounded up, where y is not."""
    return ops.round((a - ops.where(ops.eq(b, 0), 0, y)) / b)


define(
    "fmod",
    "a b",
    pullback=(lambda g, y, a, b: g, lambda g, y, a, b: strong(g, -_times(y, a, b))),
    kernel="numpy.fmod",
    scalar="scalars.fmod",
    torch="FmodBackward1",
    domain="fraction three",
    kink=lambda a, b: ops.logical_and(ops.eq(ops.fmod(a, b), 0), ops.ne(a, 0)),
    convention="fmod jumps where b goes into a; its gradient there is 1 by a, -(a / b) by b",
    doc="what b leaves of a, with the sign of a; counted exactly, where PyTorch rounds a / b",
)
define(
    "copysign",
    "a b",
    # At a = 0 it is a kink, as that of abs.
    pullback=(lambda g, y, a, b: strong(g, ops.sign(a) * ops.copysign(1, b)), None),
    kernel="numpy.copysign",
    scalar="math.copysign",
    torch="CopysignBackward0",
    domain="nonzero",
    kink=lambda a, b: ops.logical_or(ops.eq(a, 0), ops.eq(b, 0)),
    convention="the gradient of copysign by a is 0 at a = 0; by b it is 0, also at its jump",
    doc="the size of a with the sign of b",
)
define(
    "heaviside",
    "x values",
    pullback=(None, lambda g, y, x, values: strong(g, number(ops.eq(x, 0)))),
    kernel="numpy.heaviside",
    scalar="scalars.heaviside",
    domain="nonzero",
    hides_nan=True,
    samples=[("heaviside(x * (x > 0), y)", {"x": "5 nonzero", "y": "()"})],
    kink=lambda x, values: ops.eq(x, 0),
    convention="heaviside jumps at 0, and its gradient by x is 0",
    doc="0 below 0, 1 above, and values at 0",
)
define(
    "lerp",
    "a b w",
    pullback=(
        lambda g, y, a, b, w: strong(g, 1 - w),
        lambda g, y, a, b, w: strong(g, w),
        lambda g, y, a, b, w: strong(g, b - a),
    ),
    kernel="kernels.elementwise.lerp",
    scalar="scalars.lerp",
    torch="LerpBackward1",
    doc="from a at w = 0 to b at w = 1",
    analytic=True,
)
