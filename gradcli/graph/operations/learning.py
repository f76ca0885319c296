"""What learning adds: normalised exponentials, and layers made of products and of chance."""

from __future__ import annotations

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose, composites
from gradcli.graph.operations.record import SEED, Sample, define, strong
from gradcli.graph.shapes import agree, broadcast, describe

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
    pullback=lambda g, y, x, axis: strong(g, y) - strong(_total(strong(g, y), axis), y),
    kernel="kernels.reduction.softmax",
    doc="exp(x) / sum(exp(x)) along an axis",
    shape=lambda shape, axis: shape,
    parameters=(_AXIS,),
    torch="SoftmaxBackward0",
    samples=_samples("softmax"),
)
define(
    "log_softmax",
    pullback=lambda g, y, x, axis: g - strong(_total(g, axis), ops.exp(y)),
    kernel="kernels.reduction.log_softmax",
    doc="the logarithm of softmax",
    shape=lambda shape, axis: shape,
    parameters=(_AXIS,),
    torch="LogSoftmaxBackward0",
    samples=_samples("log_softmax"),
)


def _linear(x: Node, weight: Node, bias: Node | None) -> Node:
    if weight.ndim not in (1, 2) or x.ndim == 0 or not agree(x.shape[-1:], weight.shape[-1:]):
        raise ShapeProblem(
            f"linear() needs a weight of shape (outputs, features) or (features,) with the features of its "
            f"input, {describe(x.shape)}: got {describe(weight.shape)}"
        )
    y = composites.matmul(x, weight if weight.ndim == 1 else ops.transpose(weight))
    assert isinstance(y, Node)
    if bias is None:
        return y
    if not agree(broadcast(y.shape, bias.shape), y.shape):
        raise ShapeProblem(
            f"linear() needs a bias that stretches to its result, {describe(y.shape)}: "
            f"got {describe(bias.shape)}"
        )
    return y + bias


compose(
    "linear",
    "input weight bias=none",
    _linear,
    samples=[
        ("linear(x, w, b)", {"x": "2x3", "w": "2x3", "b": "2"}),
        ("linear(x, w)", {"x": "3", "w": "2x3"}),
        ("linear(x, w, b)", {"x": "2x1x2", "w": "3x2", "b": "()"}),
        ("linear(x, w)", {"x": "2x3", "w": "3"}),
        ("linear(x, w)", {"x": "0x2", "w": "3x2"}),
    ],
    doc="input @ weight.T + bias",
)

_CHANCE = Parameter("p", "number", 0.5)

define(
    "dropout_mask",
    "like",
    kernel="kernels.learning.dropout_mask",
    shape=lambda shape, **_: shape,
    parameters=(_CHANCE, SEED),
    takes="any",
    gives="float",
    samples=[("dropout(x)", {"x": "2x3"})],
    hidden=True,
)


def _dropout(x: Node, p: float, training: bool, seed: tuple[int, ...]) -> Node:
    if not 0 <= p <= 1:
        raise CallProblem(f"dropout() needs a probability from 0 to 1 for p, and got {p:g}")
    return x * ops.dropout_mask(x, p=p, seed=seed) if training else x


compose(
    "dropout",
    "input",
    _dropout,
    parameters=(_CHANCE, Parameter("training", "flag", True), SEED),
    samples=[
        ("dropout(x^3, 0.4)", {"x": "2x3"}),
        ("dropout(x, p=1)", {"x": "3"}),
        ("dropout(x, 0)", {"x": "()"}),
        ("dropout(x, training=false)", {"x": "0"}),
    ],
    doc="each element 0 with probability p, else divided by 1 - p; --seed chooses",
)
