"""Spreads and quantiles."""

from __future__ import annotations

from gradcli.errors import ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import (
    AXIS,
    KEEPDIMS,
    by_axes,
    define,
    from_end,
    number,
    reduced,
    reduced_axes,
    restored,
    strong,
)
from gradcli.graph.operations.reduction import count, reduction_samples, tied
from gradcli.graph.shapes import Shape, describe, is_known

CORRECTION = Parameter("correction", "number", 1)


def _spread(x: Node, axis: tuple[int, ...]) -> Node:
    return x - ops.mean(x, axis=axis, keepdims=True)


def _degrees(x: Node, axis: tuple[int, ...], correction: float) -> Node | float:
    total = count(x, axis)
    if isinstance(total, Node):
        return ops.maximum(total - correction, 0)
    return max(total - correction, 0.0)


define(
    "var",
    pullback=lambda g, y, x, axis, correction, keepdims: strong(
        restored(g, axis, keepdims), 2 * _spread(x, axis) / _degrees(x, axis, correction)
    ),
    kernel="kernels.statistics.var",
    doc="the mean squared deviation, over n - correction",
    analytic=True,
    scalar="scalars.var",
    shape=reduced,
    parameters=(AXIS, CORRECTION, KEEPDIMS),
    torch="VarBackward0",
    samples=[
        *reduction_samples("var")[:1],
        *reduction_samples("var")[2:],
        ("var(x, correction=0)", {"x": "4"}),
        ("var(x, correction=0)", {"x": "()"}),
        ("var(x, unbiased=false)", {"x": "3"}),
    ],
)


def _deviation_rule(
    g: Node, y: Node, x: Node, axis: tuple[int, ...], correction: float, keepdims: bool
) -> Node:
    y = restored(y, axis, keepdims)
    flat = ops.eq(y, 0)
    slope = _spread(x, axis) / (_degrees(x, axis, correction) * ops.where(flat, 1, y))
    return strong(restored(g, axis, keepdims), ops.where(flat, 0, slope))


define(
    "std",
    pullback=_deviation_rule,
    kernel="kernels.statistics.std",
    doc="the square root of var",
    kink=lambda x, axis, correction, keepdims: ops.eq(
        ops.std(x, axis=axis, correction=correction, keepdims=True), 0
    ),
    convention="the gradient of std of equal numbers is 0",
    analytic=True,
    scalar="scalars.std",
    shape=reduced,
    parameters=(AXIS, CORRECTION, KEEPDIMS),
    torch="StdBackward0",
    samples=[
        *reduction_samples("std")[:1],
        *reduction_samples("std")[2:],
        ("std(x, correction=0)", {"x": "4"}),
        ("std(x, correction=0)", {"x": "()"}),
    ],
)


def _share(x: Node, y: Node, axis: tuple[int, ...]) -> Node:
    hit = number(ops.ties(x, y))
    return hit / ops.sum(hit, axis=axis, keepdims=True)


def _median_rule(g: Node, y: Node, x: Node, axis: tuple[int, ...], keepdims: bool) -> Node:
    lower = _share(x, ops.middle(x, axis=axis, side="lower"), axis)
    upper = _share(x, ops.middle(x, axis=axis, side="higher"), axis)
    return strong(restored(g, axis, keepdims), (lower + upper) / 2)


define(
    # The lower or the upper of the two middle values, which a median's derivative compares with.
    "middle",
    kernel="kernels.statistics.middle",
    scalar="scalars.identity",
    shape=lambda shape, axis, side: reduced(shape, axis, keepdims=True),
    parameters=(AXIS, Parameter("side", "text", "lower", ("lower", "higher"))),
    samples=[("grad(median(x), x)", {"x": "4"}), ("x * grad(median(x), x)", {"x": "3"})],
    spelling="quantile({0}, 0.5, {axis}, true, {side})",
    hidden=True,
)
define(
    "median",
    pullback=_median_rule,
    kernel="kernels.statistics.median",
    scalar="scalars.identity",
    shape=reduced,
    parameters=(AXIS, KEEPDIMS),
    torch="MedianBackward0",
    torch_of=by_axes("MedianBackward0", "MedianBackward1"),
    samples=[*reduction_samples("median"), ("median(x)", {"x": "4"}), ("median(x)", {"x": "0"})],
    kink=lambda x, axis, keepdims: ops.logical_or(
        *[tied(x, ops.middle(x, axis=axis, side=side), axis) for side in ("lower", "higher")]
    ),
    convention="elements that are a middle value together share its gradient equally",
    doc="the middle value; the mean of the two middle ones, where PyTorch takes the lower",
)


def _rank_shape(x: Shape, q: Shape, rounding: str) -> Shape:
    if x[-1] == 0:
        raise ShapeProblem("quantile() of no elements has no value", hint="it needs at least one element")
    return (*x[:-1], *q)


define(
    # Where the quantiles stand in sorted rows; a row that holds a nan answers with its place.
    "rank",
    "x q",
    kernel="kernels.statistics.rank",
    shape=_rank_shape,
    parameters=(Parameter("rounding", "text", "floor", ("floor", "ceil", "round")),),
    samples=[("quantile(x, 0.3)", {"x": "4"})],
    spelling="where(isnan({0}[..., -1:]), size({0}, -1) - 1, {rounding}({1} * (size({0}, -1) - 1)))",
    hidden=True,
)


def _row(x: Node, axis: tuple[int, ...]) -> Node:
    """The axes of a reduction as one, behind the others."""
    if len(axis) == x.ndim:
        return x if x.ndim == 1 else ops.reshape(x, shape=(-1,))
    rest = tuple([one for one in range(-x.ndim, 0) if one not in axis])
    moved = x if rest + axis == tuple(range(-x.ndim, 0)) else ops.transpose(x, axes=rest + axis)
    if len(axis) == 1:
        return moved
    if not axis:
        return ops.unsqueeze(moved, axis=-1)
    if not is_known(x.shape):
        raise ShapeProblem("quantile() of a masked array goes along one axis or all of them")
    return ops.reshape(moved, shape=(*moved.shape[: len(rest)], -1))


def _quantile(
    x: Node, q: Node, axis: int | tuple[int, ...] | None, keepdims: bool, interpolation: str
) -> Node:
    """The value below which a part q of the elements lies; several along a new first axis."""
    if q.ndim > 1:
        raise ShapeProblem(f"quantile() needs a number or a vector for q: got {describe(q.shape)}")
    axes = reduced_axes(axis, x.ndim)
    row = _row(x, axes)
    ordered = ops.sort(row, axis=-1)
    parts = q if q.ndim else ops.unsqueeze(q, axis=0)

    def at(rounding: str) -> tuple[Node, Node]:
        place = ops.rank(ordered, parts, rounding=rounding)
        return place, ops.along(ordered, place, axis=-1)

    if interpolation in ("lower", "higher", "nearest"):
        rounding = {"lower": "floor", "higher": "ceil", "nearest": "round"}[interpolation]
        found = at(rounding)[1]
    else:
        (place, below), last = at("floor"), count(row, (-1,)) - 1
        if interpolation == "midpoint":
            found = below + 0.5 * (at("ceil")[1] - below)
        else:
            # The next element, also where q falls on one: its slope by q is that to the right. As
            # a strong product it counts for nothing there, even if it is infinite.
            above = ops.along(ordered, ops.minimum(place + 1, last), axis=-1)
            found = below + strong(parts * last - place, above - below)
    if q.ndim:
        found = ops.transpose(found, axes=(-1, *range(-found.ndim, -1)))
    else:
        found = ops.squeeze(found, axis=-1)
    return ops.unsqueeze(found, axis=from_end(axes, x.ndim)) if keepdims and axes else found


compose(
    "quantile",
    "x q",
    _quantile,
    parameters=(
        AXIS,
        KEEPDIMS,
        Parameter("interpolation", "text", "linear", ("linear", "lower", "higher", "midpoint", "nearest")),
    ),
    samples=[
        ("quantile(x, 0.3)", {"x": "5"}),
        ("quantile(x, 0.3)", {"x": "2x3"}),
        ("quantile(x, 0.3)", {"x": "()"}),
        ("quantile(x, q)", {"x": "4", "q": "3 high"}),
        ("quantile(x, q, axis=0)", {"x": "4x2", "q": "() high"}),
        ("quantile(x, q, axis=(0, 2), keepdims=true)", {"x": "2x3x2", "q": "2 high"}),
        *[
            (f'quantile(x, [0.3, 0.9], axis=1, interpolation="{way}")', {"x": "2x4"})
            for way in ("lower", "higher", "midpoint", "nearest")
        ],
    ],
    doc="the value below which a part q of the elements lies; several along a new first axis",
)
