"""Operations that take the elements before each element together: running sums, products and extremes.

Without an axis they run over the array read row by row, as NumPy's do; a scalar stays one. An axis of
``None`` in a node is that of a scalar.
"""

from __future__ import annotations

import math
from typing import Any

from gradcli.graph.node import Node, Parameter, as_node, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.ordering import ALONG, axis_along
from gradcli.graph.operations.record import Sample, as_given, define, strong
from gradcli.graph.shapes import Shape, broadcast


def _flattened(x: Node, axis: int | None) -> tuple[Node, int | None]:
    """What a scan runs over, and the axis counted from the end."""
    if axis is None and x.ndim > 1:
        return ops.reshape(x, shape=(-1,)), -1
    return x, axis_along(x.ndim, -1 if axis is None else axis)


def _scan_parameters(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    nodes[0], axis = _flattened(nodes[0], given.get("axis"))
    return {"axis": axis}


def _as_given(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    return {"fill": 0.0, "back": False, "reverse": False, "kept": False, **given}


def _same(shape: Shape, **_: Any) -> Shape:
    return shape


def _joint(a: Shape, b: Shape, **_: Any) -> Shape:
    return broadcast(a, b)


def _samples(form: str) -> list[Sample]:
    return [
        (form.format("x"), {"x": "4"}),
        (form.format("x"), {"x": "()"}),
        (form.format("x"), {"x": "2x2"}),
        (form.format("x, axis=0"), {"x": "3x2"}),
        (form.format("x, axis=1"), {"x": "2x3x2"}),
        (form.format("x"), {"x": "0"}),
    ]


def _turned(x: Node, axis: int) -> Node:
    return ops.index(x, spec=(("slice", None, None, -1), *[("all",)] * (-axis - 1)))


def _sum_rule(g: Node, y: Node, x: Node, axis: int | None) -> Node:
    return g if axis is None else _turned(ops.cumsum(_turned(g, axis), axis=axis), axis)


define(
    "cumsum",
    pullback=_sum_rule,
    kernel="kernels.scans.cumsum",
    scalar="scalars.identity",
    shape=_same,
    parameters=(ALONG,),
    prepare=_scan_parameters,
    torch="CumsumBackward0",
    samples=_samples("cumsum({})"),
    doc="the sum so far",
)
define(
    # The elements moved one place along an axis, the free place filled.
    "shifted",
    pullback=lambda g, y, x, axis, fill, back: ops.shifted(g, axis=axis, back=not back),
    kernel="kernels.scans.shifted",
    moves=True,
    shape=_same,
    parameters=(ALONG, Parameter("fill", "number", 0.0), Parameter("back", "flag", False)),
    prepare=_as_given,
    samples=[("grad(sum(cumprod(x)^2), x)", {"x": "3"})],
    hidden=True,
)


def _later(b: Node, a: Node, axis: int | None, reverse: bool) -> Node:
    """The adjoint of a recurrence, which is the recurrence that runs the other way."""
    return ops.recurrence(b, a, axis=axis, reverse=not reverse)


def _factor_rule(g: Node, y: Node, b: Node, a: Node, axis: int | None, reverse: bool) -> Node:
    pulled = _later(g, a, axis, reverse)
    if reverse:
        return strong(ops.shifted(pulled, axis=axis), y)
    return strong(pulled, ops.shifted(y, axis=axis))


define(
    # y[k] = b[k] + a[k] y[k-1], or reversed, y[k] = b[k] + a[k+1] y[k+1]; a[0] is never used. It is
    # linear in b, and it makes the derivatives of running products without a division, so they
    # are right next to zeros at every order.
    "recurrence",
    "b a",
    pullback=(
        lambda g, y, b, a, axis, reverse: _later(g, a, axis, reverse),
        _factor_rule,
    ),
    kernel="kernels.scans.recurrence",
    shape=_joint,
    parameters=(ALONG, Parameter("reverse", "flag", False)),
    prepare=_as_given,
    samples=[
        ("grad(sum(cumprod(x)^2), x)", {"x": "4"}),
        ("grad(sum(cumprod(x, axis=0)^2), x)", {"x": "3x2"}),
    ],
    hidden=True,
)


def _product_rule(g: Node, y: Node, x: Node, axis: int | None) -> Node:
    if axis is None:
        return g
    return strong(ops.recurrence(g, x, axis=axis, reverse=True), ops.shifted(y, axis=axis, fill=1.0))


define(
    "cumprod",
    pullback=_product_rule,
    kernel="kernels.scans.cumprod",
    scalar="scalars.identity",
    shape=_same,
    parameters=(ALONG,),
    prepare=_scan_parameters,
    torch="CumprodBackward0",
    samples=[*_samples("cumprod({})"), ("cumprod(x * [1, 0, 2, 0, 3])", {"x": "5"})],
    doc="the product so far; its gradient divides by nothing, so zeros do no harm",
)


def _newest_slope(y: Node, x: Node, before: Node, axis: int | None, kept: bool) -> Node:
    slope = y * ops.newest(x, before, axis=axis, kept=not kept)
    return -slope if kept else slope


define(
    # Of log(exp(before) + exp(x)), the share of x, or the share of before, which is kept. Where
    # both are the same infinity all elements so far have equal shares.
    "newest",
    "x before",
    pullback=(
        lambda g, y, x, before, axis, kept: strong(g, _newest_slope(y, x, before, axis, kept)),
        lambda g, y, x, before, axis, kept: -strong(g, _newest_slope(y, x, before, axis, kept)),
    ),
    kernel="kernels.scans.newest",
    shape=_joint,
    parameters=(ALONG, Parameter("kept", "flag", False)),
    prepare=_as_given,
    samples=[("grad(sum(logcumsumexp(x)^2), x)", {"x": "4"})],
    hidden=True,
)


def _exponential_rule(g: Node, y: Node, x: Node, axis: int | None) -> Node:
    if axis is None:
        return g
    before = ops.shifted(y, axis=axis, fill=-math.inf)
    kept = ops.newest(x, before, axis=axis, kept=True)
    return strong(ops.recurrence(g, kept, axis=axis, reverse=True), ops.newest(x, before, axis=axis))


define(
    "logcumsumexp",
    pullback=_exponential_rule,
    kernel="kernels.scans.logcumsumexp",
    scalar="scalars.identity",
    shape=_same,
    parameters=(ALONG,),
    prepare=_scan_parameters,
    torch="LogcumsumexpBackward0",
    samples=_samples("logcumsumexp({})"),
    kink=lambda x, axis: ops.isinf(ops.logcumsumexp(x, axis=axis)),
    convention="equal infinities so far share the gradient of logcumsumexp equally",
    doc="log(cumsum(exp(x))), never overflowing",
)


def _running(name: str) -> None:
    """Enter cummax or cummin: values, indices, and the function that gives both."""

    def rule(g: Node, y: Node, x: Node, axis: int | None) -> Node:
        return (
            g if axis is None else ops.strewn(g, getattr(ops, f"{name}_indices")(x, axis=axis), x, axis=axis)
        )

    def build(x: Node, axis: int | None) -> tuple[Node, Node]:
        x, axis = _flattened(x, axis)
        return getattr(ops, f"{name}_values")(x, axis=axis), getattr(ops, f"{name}_indices")(x, axis=axis)

    def kink(x: Node, axis: int | None) -> Node:
        if axis is None:
            return as_node(False)
        rest = (("all",),) * (-axis - 1)
        before = ops.index(getattr(ops, f"{name}_values")(x, axis=axis), spec=(("slice", 0, -1, 1), *rest))
        met = ops.eq(ops.index(x, spec=(("slice", 1, None, 1), *rest)), before)
        return ops.any(met, axis=axis, keepdims=True)

    define(
        f"{name}_values",
        pullback=rule,
        kernel=f"kernels.scans.{name}_values",
        scalar="scalars.identity",
        shape=_same,
        parameters=(ALONG,),
        prepare=as_given,
        torch=f"{name.capitalize()}Backward0",
        samples=_samples(name + "({})[0]"),
        spelling=f"{name}[0]",
        hidden=True,
        kink=kink,
        convention=f"of equal elements {name} takes the last",
    )
    define(
        # Of equal elements the last, as in PyTorch.
        f"{name}_indices",
        kernel=f"kernels.scans.{name}_indices",
        scalar="reduction_scalars.position",
        shape=_same,
        parameters=(ALONG,),
        prepare=as_given,
        samples=[
            (f"x * {name}(x)[1]", {"x": "4"}),
            (f"x * {name}(x)[1]", {"x": "()"}),
            (f"x * {name}(x, axis=0)[1]", {"x": "3x2"}),
        ],
        spelling=f"{name}[1]",
        hidden=True,
        gradless=True,
    )
    compose(
        name,
        "x",
        build,
        parameters=(ALONG,),
        samples=_samples(name + "({})[0]")[:1],
        doc=f"the {name[3:]}imum so far, and its index",
    )


_running("cummax")
_running("cummin")
