"""Operations that reduce axes to one number each."""

from __future__ import annotations

from typing import Any

from gradcli.errors import ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.record import (
    AXIS,
    KEEPDIMS,
    Sample,
    define,
    number,
    reduced,
    restored,
    strong,
)
from gradcli.graph.shapes import Shape, Unknown

CORRECTION = Parameter("correction", "number", 1)

_AXES = (AXIS, KEEPDIMS)


def _samples(name: str, domain: str = "") -> list[Sample]:
    return [
        (f"{name}(x)", {"x": f"2x3 {domain}"}),
        (f"{name}(x)", {"x": f"() {domain}"}),
        (f"{name}(x, axis=0)", {"x": f"2x3 {domain}"}),
        (f"{name}(x, axis=-1, keepdims=true)", {"x": f"2x3 {domain}"}),
        (f"{name}(x, axis=(0, 2))", {"x": f"2x3x2 {domain}"}),
    ]


def _reduce(shape: Shape, axis: tuple[int, ...], keepdims: bool, **_: Any) -> Shape:
    return reduced(shape, axis, keepdims)


def _reduce_some(name: str) -> Any:
    def rule(shape: Shape, axis: tuple[int, ...], keepdims: bool, **_: Any) -> Shape:
        if any(shape[one] == 0 for one in axis):
            raise ShapeProblem(f"{name}() of no elements has no value", hint="it needs at least one element")
        return reduced(shape, axis, keepdims)

    return rule


def count(x: Node, axis: tuple[int, ...]) -> Node | float:
    """How many elements a reduction takes together: a number, unless a mask decides."""
    product = 1
    for one in axis:
        size = x.shape[one]
        if isinstance(size, Unknown):
            return ops.count(x, axis=axis)
        product *= size
    return float(product)


define(
    "sum",
    pullback=lambda g, y, x, axis, keepdims: restored(g, axis, keepdims),
    kernel="numpy.sum",
    doc="the sum over axes",
    analytic=True,
    scalar="scalars.identity",
    shape=_reduce,
    parameters=_AXES,
    torch="SumBackward0",
    samples=[*_samples("sum"), ("sum(x)", {"x": "0"}), ("sum(x, axis=0)", {"x": "0x3"})],
)
define(
    "mean",
    pullback=lambda g, y, x, axis, keepdims: restored(g, axis, keepdims) / count(x, axis),
    kernel="kernels.reduction.mean",
    doc="the mean over axes",
    analytic=True,
    scalar="scalars.identity",
    shape=_reduce,
    parameters=_AXES,
    torch="MeanBackward0",
    samples=_samples("mean"),
)


def _others(x: Node) -> Node:
    """The product of the other elements along the last axis, for each element.

    A tree of pairwise products, so it is exact next to zeros and differentiable again.
    """
    size = x.shape[-1]
    if isinstance(size, Unknown):
        return ops.trimmed(_others(ops.padded(x, size=size.at_most, fill=1.0)), x)
    if size <= 1:
        return ops.ones_like(x)
    if size % 2:
        x = ops.concat(x, ops.ones_like(ops.index(x, spec=(("slice", 0, 1, 1),))), axis=-1)
    left = ops.index(x, spec=(("slice", 0, size + size % 2, 2),))
    right = ops.index(x, spec=(("slice", 1, size + size % 2, 2),))
    rest = _others(left * right)
    pairs = ops.stack(rest * right, rest * left, axis=-1)
    joined = ops.reshape(pairs, shape=(*x.shape[:-1], size + size % 2))
    return ops.index(joined, spec=(("slice", 0, size, 1),))


def _product_rule(g: Node, y: Node, x: Node, axis: tuple[int, ...], keepdims: bool) -> Node:
    others: Node | None = None
    for one in axis:
        order = (*[position for position in range(-x.ndim, 0) if position != one], one)
        back = tuple(order.index(position) - x.ndim for position in range(-x.ndim, 0))
        along = ops.transpose(_others(ops.transpose(x, axes=order)), axes=back)
        others = along if others is None else others * along
        x = ops.prod(x, axis=(one,), keepdims=True)
    return g if others is None else strong(restored(g, axis, keepdims), others)


define(
    "prod",
    pullback=_product_rule,
    kernel="numpy.prod",
    doc="the product over axes",
    analytic=True,
    scalar="scalars.identity",
    shape=_reduce,
    parameters=_AXES,
    torch="ProdBackward0",
    samples=[
        *_samples("prod"),
        ("prod(x * [1, 0, 2])", {"x": "3"}),
        ("prod(x * [0, 0, 2])", {"x": "3"}),
        ("prod(x)", {"x": "0"}),
        ("prod(x)", {"x": "7"}),
    ],
)


def _shared(g: Node, y: Node, x: Node, axis: tuple[int, ...], keepdims: bool) -> Node:
    hit = number(ops.ties(x, restored(y, axis, keepdims)))
    return strong(restored(g, axis, keepdims), hit / ops.sum(hit, axis=axis, keepdims=True))


def tied(x: Node, extreme: Node, axis: tuple[int, ...]) -> Node:
    """Where several elements along some axes are the extreme one, whose axes were kept."""
    hit = ops.ties(x, extreme)
    return ops.logical_and(hit, ops.gt(ops.sum(hit, axis=axis, keepdims=True), 1))


for _name in ("max", "min"):
    define(
        _name,
        pullback=_shared,
        kernel=f"kernels.reduction.{_name}imum",
        kink=lambda x, axis, keepdims, name=_name: tied(
            x, ops.records[name](x, axis=axis, keepdims=True), axis
        ),
        convention=f"elements that are {_name}imal together share the gradient of {_name} equally",
        doc=f"the {_name}imum over axes",
        scalar="scalars.identity",
        shape=_reduce_some(_name),
        parameters=_AXES,
        torch=f"{_name.capitalize()}Backward1",
        aliases=f"a{_name}",
        samples=_samples(_name),
    )


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
    kernel="kernels.reduction.var",
    doc="the mean squared deviation, over n - correction",
    analytic=True,
    scalar="scalars.var",
    shape=_reduce,
    parameters=(AXIS, CORRECTION, KEEPDIMS),
    torch="VarBackward0",
    samples=[
        *_samples("var")[:1],
        *_samples("var")[2:],
        ("var(x, correction=0)", {"x": "4"}),
        ("var(x, correction=0)", {"x": "()"}),
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
    kernel="kernels.reduction.std",
    doc="the square root of var",
    analytic=True,
    kink=lambda x, axis, correction, keepdims: ops.eq(
        ops.std(x, axis=axis, correction=correction, keepdims=True), 0
    ),
    convention="the gradient of std of equal numbers is 0",
    scalar="scalars.std",
    shape=_reduce,
    parameters=(AXIS, CORRECTION, KEEPDIMS),
    torch="StdBackward0",
    samples=[
        *_samples("std")[:1],
        *_samples("std")[2:],
        ("std(x, correction=0)", {"x": "4"}),
        ("std(x, correction=0)", {"x": "()"}),
    ],
)
define(
    "logsumexp",
    pullback=lambda g, y, x, axis, keepdims: strong(
        restored(g, axis, keepdims), ops.exp(x - restored(y, axis, keepdims))
    ),
    kernel="kernels.reduction.logsumexp",
    doc="log(sum(exp(x))), never overflowing",
    scalar="scalars.identity",
    shape=_reduce,
    parameters=_AXES,
    torch="LogsumexpBackward0",
    samples=_samples("logsumexp"),
)
