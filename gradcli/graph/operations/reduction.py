"""Operations that reduce axes to one number each."""

from __future__ import annotations

from typing import Any

from gradcli.errors import ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.record import (
    AXIS,
    KEEPDIMS,
    REQUIRED,
    Sample,
    by_axes,
    define,
    number,
    reduced,
    restored,
    strong,
)
from gradcli.graph.shapes import Shape, Unknown

_AXES = (AXIS, KEEPDIMS)


def reduction_samples(name: str, domain: str = "") -> list[Sample]:
    """Calls that every reduction has."""
    return [
        (f"{name}(x)", {"x": f"2x3 {domain}"}),
        (f"{name}(x)", {"x": f"() {domain}"}),
        (f"{name}(x, axis=0)", {"x": f"2x3 {domain}"}),
        (f"{name}(x, axis=-1, keepdims=true)", {"x": f"2x3 {domain}"}),
        (f"{name}(x, axis=(0, 2))", {"x": f"2x3x2 {domain}"}),
    ]


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
    kernel="kernels.reduction.total",
    joined="numpy.add",
    doc="the sum over axes",
    analytic=True,
    scalar="scalars.identity",
    shape=reduced,
    parameters=_AXES,
    torch="SumBackward0",
    torch_of=by_axes("SumBackward0", "SumBackward1"),
    samples=[*reduction_samples("sum"), ("sum(x)", {"x": "0"}), ("sum(x, axis=0)", {"x": "0x3"})],
)
define(
    "mean",
    pullback=lambda g, y, x, axis, keepdims: restored(g, axis, keepdims) / count(x, axis),
    kernel="kernels.reduction.mean",
    doc="the mean over axes",
    analytic=True,
    scalar="scalars.identity",
    shape=reduced,
    parameters=_AXES,
    torch="MeanBackward0",
    torch_of=by_axes("MeanBackward0", "MeanBackward1"),
    samples=reduction_samples("mean"),
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
    joined="numpy.multiply",
    doc="the product over axes",
    analytic=True,
    scalar="scalars.identity",
    shape=reduced,
    parameters=_AXES,
    torch="ProdBackward0",
    torch_of=by_axes("ProdBackward0", "ProdBackward1"),
    samples=[
        *reduction_samples("prod"),
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
        joined=f"numpy.{_name}imum",
        kink=lambda x, axis, keepdims, name=_name: tied(
            x, getattr(ops, name)(x, axis=axis, keepdims=True), axis
        ),
        convention=f"elements that are {_name}imal together share the gradient of {_name} equally",
        doc=f"the {_name}imum over axes; ties share its gradient, where PyTorch takes one",
        scalar="scalars.identity",
        shape=_reduce_some(_name),
        parameters=_AXES,
        torch=f"{_name.capitalize()}Backward1",
        torch_of=by_axes(f"{_name.capitalize()}Backward1", f"{_name.capitalize()}Backward0"),
        aliases=f"a{_name}",
        samples=reduction_samples(_name),
    )


def _shares_written(node: Node) -> str:
    (axis,) = node.values
    return "softmax({0}, {axis})" if len(axis) == 1 else "exp({0} - logsumexp({0}, {axis}, true))"


define(
    # exp(x) / sum(exp(x)) over several axes: where that is an infinity over an infinity or 0/0, the
    # infinities share equally, which is one of the limits there.
    "shares",
    pullback=lambda g, y, x, axis: strong(g, y) - strong(ops.sum(strong(g, y), axis=axis, keepdims=True), y),
    kernel="kernels.reduction.shares",
    scalar="reduction_scalars.share",
    shape=lambda shape, axis: shape,
    parameters=(Parameter("axis", "axes", REQUIRED),),
    samples=[("grad(logsumexp(x), x)", {"x": "2x3"}), ("grad(sum(logsumexp(x, axis=0)), x)", {"x": "3x2"})],
    spelling="softmax",
    written=_shares_written,
    hidden=True,
)
define(
    "logsumexp",
    pullback=lambda g, y, x, axis, keepdims: strong(restored(g, axis, keepdims), ops.shares(x, axis=axis)),
    kernel="kernels.reduction.logsumexp",
    doc="log(sum(exp(x))), never overflowing",
    scalar="scalars.identity",
    shape=reduced,
    parameters=_AXES,
    torch="LogsumexpBackward0",
    samples=[*reduction_samples("logsumexp"), ("logsumexp(x)", {"x": "0"})],
    kink=lambda x, axis, keepdims: ops.isinf(ops.logsumexp(x, axis=axis, keepdims=True)),
    convention="equal infinities share the gradient of logsumexp, where PyTorch gives nan",
)
