"""What learning adds: normalised exponentials."""

from __future__ import annotations

from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.record import Sample, define, strong

_AXIS = Parameter("axis", "axis", -1)


def _total(g: Node, axis: int) -> Node:
    return ops.sum(g, axis=axis, keepdims=True)


def _samples(name: str) -> list[Sample]:
    return [
        (f"{name}(x)", {"x": "3"}),
        (f"{name}(x, axis=0)", {"x": "2x3"}),
        (f"{name}(x, axis=-1)", {"x": "2x3"}),
    ]


define(
    "softmax",
    pullback=lambda g, y, x, axis: strong(g, y) - y * _total(strong(g, y), axis),
    kernel="kernels.reduction.softmax",
    doc="exp(x) / sum(exp(x)) along an axis",
    shape=lambda shape, axis: shape,
    parameters=(_AXIS,),
    torch="SoftmaxBackward0",
    samples=_samples("softmax"),
)
define(
    "log_softmax",
    pullback=lambda g, y, x, axis: g - ops.exp(y) * _total(g, axis),
    kernel="kernels.reduction.log_softmax",
    doc="the logarithm of softmax",
    shape=lambda shape, axis: shape,
    parameters=(_AXIS,),
    torch="LogSoftmaxBackward0",
    samples=_samples("log_softmax"),
)
