"""Losses of numbers and of probabilities, as torch.nn.functional has them.

Each has a reduction: every element's own loss, their sum, or their mean.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Node, Parameter, Rule, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import Sample, column, define, strong
from gradcli.graph.operations.reduction import count
from gradcli.graph.shapes import Shape, agree, broadcast, describe

REDUCTION = Parameter("reduction", "text", "mean", ("mean", "sum", "none"))
_DELTA = Parameter("delta", "number", 1.0)
_BETA = Parameter("beta", "number", 1.0)


def total(each: Node, reduction: str) -> Node:
    """Every element, their sum or their mean."""
    if reduction == "none":
        return each
    return ops.sum(each) if reduction == "sum" else ops.mean(each)


def reduced(*shapes: Shape, reduction: str, **_: Any) -> Shape:
    """The shape of a loss whose arguments broadcast."""
    each = broadcast(*shapes)
    return each if reduction == "none" else ()


def spread(g: Node, like: Node, reduction: str) -> Node:
    """The cotangent of every element, from that of the loss."""
    if reduction == "none":
        return g
    g = column(g, like.ndim)
    return g / count(like, tuple(range(-like.ndim, 0))) if reduction == "mean" else g


# Losses of a distance.


def _distance(slope: Callable[..., Node]) -> tuple[Rule, Rule]:
    """The rules of a loss of ``input - target``, from its slope by that difference."""

    def by_input(g: Node, y: Node, input: Node, target: Node, reduction: str, **given: float) -> Node:
        apart = input - target
        return strong(spread(g, apart, reduction), slope(apart, **given))

    def by_target(g: Node, y: Node, input: Node, target: Node, reduction: str, **given: float) -> Node:
        return -by_input(g, y, input, target, reduction, **given)

    return by_input, by_target


def _samples(name: str, *more: str, last: str = "") -> list[Sample]:
    texts = [name + "(x, y)", *[f"{name}(x, y, {one})" for one in ('reduction="sum"', *more)]]
    return [
        *[(text, {"x": "2x2", "y": "2x2"}) for text in texts],
        (f'{name}(x, y, reduction="none"{last})', {"x": "2x2", "y": "2"}),
        (f"{name}(x, y)", {"x": "()", "y": "()"}),
        (f'{name}(x, y, reduction="sum")', {"x": "0", "y": "0"}),
    ]


define(
    "squared_error",
    "input target",
    pullback=_distance(lambda apart: 2 * apart),
    kernel="kernels.losses.squared_error",
    shape=reduced,
    parameters=(REDUCTION,),
    torch="MseLossBackward0",
    samples=[("mse_loss(x, y)", {"x": "2x2", "y": "2x2"})],
    spelling="mse_loss",
    hidden=True,
    analytic=True,
)
define(
    "huber",
    "input target",
    pullback=_distance(lambda apart, delta: ops.clip(apart, -delta, delta)),
    kernel="kernels.losses.huber",
    shape=reduced,
    parameters=(REDUCTION, _DELTA),
    torch="HuberLossBackward0",
    samples=[("huber_loss(x, y)", {"x": "2x2", "y": "2x2"})],
    spelling="huber_loss",
    hidden=True,
)
define(
    "smooth_l1",
    "input target",
    pullback=_distance(lambda apart, beta: ops.clip(apart / beta, -1.0, 1.0)),
    kernel="kernels.losses.smooth_l1",
    shape=reduced,
    parameters=(REDUCTION, _BETA),
    torch="SmoothL1LossBackward0",
    samples=[("smooth_l1_loss(x, y)", {"x": "2x2", "y": "2x2"})],
    spelling="smooth_l1_loss",
    hidden=True,
)


def _weighted(name: str, each: Node, weight: Node, reduction: str, by_weight: bool = True) -> Node:
    if not agree(weight.shape, each.shape):
        raise ShapeProblem(
            f"{name}() needs a weight for each of its elements, {describe(each.shape)}: "
            f"got {describe(weight.shape)}"
        )
    product = each * weight
    if reduction == "mean" and by_weight:
        return ops.sum(product) / ops.sum(weight)
    return total(product, reduction)


def _mse_loss(input: Node, target: Node, weight: Node | None, reduction: str) -> Node:
    if weight is None:
        return ops.squared_error(input, target, reduction=reduction)
    return _weighted("mse_loss", ops.square(input - target), weight, reduction)


def _l1_loss(input: Node, target: Node, weight: Node | None, reduction: str) -> Node:
    each = ops.abs(input - target)
    return total(each, reduction) if weight is None else _weighted("l1_loss", each, weight, reduction)


def _huber_loss(input: Node, target: Node, weight: Node | None, reduction: str, delta: float) -> Node:
    if not delta > 0:
        raise CallProblem(f"huber_loss() needs a delta above 0, and got {delta:g}")
    if weight is None:
        return ops.huber(input, target, reduction=reduction, delta=delta)
    # Unlike the others PyTorch divides this mean by the number of elements.
    each = ops.huber(input, target, reduction="none", delta=delta)
    return _weighted("huber_loss", each, weight, reduction, by_weight=False)


def _smooth_l1_loss(input: Node, target: Node, reduction: str, beta: float) -> Node:
    if not beta >= 0:
        raise CallProblem(f"smooth_l1_loss() needs a beta that is not negative, and got {beta:g}")
    if beta == 0:
        return _l1_loss(input, target, None, reduction)
    return ops.smooth_l1(input, target, reduction=reduction, beta=beta)


def _with_weights(name: str) -> list[Sample]:
    shapes = {"x": "2", "y": "2", "w": "2 positive"}
    return [(f"{name}(x, y, {rest}weight=w)", shapes) for rest in ("", 'reduction="sum", ')]


compose(
    "mse_loss",
    "input target weight=none",
    _mse_loss,
    parameters=(REDUCTION,),
    samples=[*_samples("mse_loss"), *_with_weights("mse_loss")],
    form="input target reduction weight",
    doc="the squared distance, each or their mean or sum",
)
compose(
    "l1_loss",
    "input target weight=none",
    _l1_loss,
    parameters=(REDUCTION,),
    samples=[*_samples("l1_loss"), *_with_weights("l1_loss")],
    form="input target reduction weight",
    doc="the absolute distance, each or their mean or sum",
)
compose(
    "huber_loss",
    "input target weight=none",
    _huber_loss,
    parameters=(REDUCTION, _DELTA),
    samples=[*_samples("huber_loss", '"sum", 0.3', last=", delta=0.4"), *_with_weights("huber_loss")],
    form="input target reduction delta weight",
    doc="half the squared distance, and straight lines from delta on",
)
compose(
    "smooth_l1_loss",
    "input target",
    _smooth_l1_loss,
    parameters=(REDUCTION, _BETA),
    samples=_samples("smooth_l1_loss", "beta=0.3", "beta=0"),
    doc="huber_loss with delta = beta, over beta",
)

# The distance of two distributions.

define(
    "entropy_part",
    # -x log x; next to 0 its slope grows without bound, and so it is infinite there.
    pullback=lambda g, y, x: strong(g, -1 - ops.log(x)),
    kernel="kernels.losses.entropy_part",
    domain="positive",
    spelling="-xlogy({0}, {0})",
    hidden=True,
)


def _kl_div(input: Node, target: Node, reduction: str, log_target: bool) -> Node:
    p, log = (ops.exp(target), target) if log_target else (target, None)
    each = -ops.entropy_part(p) - p * input if log is None else p * (log - input)
    if reduction != "batchmean":
        return total(each, reduction)
    return ops.sum(each) / (count(input, (-input.ndim,)) if input.ndim else 1.0)


compose(
    "kl_div",
    "input target",
    _kl_div,
    parameters=(
        Parameter("reduction", "text", "mean", ("mean", "sum", "none", "batchmean")),
        Parameter("log_target", "flag", False),
    ),
    samples=[
        ("kl_div(x, y)", {"x": "2x2", "y": "2x2 positive"}),
        ('kl_div(x, y, "batchmean")', {"x": "3x2", "y": "2 positive"}),
        ('kl_div(x, y, reduction="none")', {"x": "2", "y": "2 positive"}),
        ('kl_div(x, y, reduction="sum", log_target=true)', {"x": "2x2", "y": "2x2"}),
        ('kl_div(x, y, "batchmean")', {"x": "()", "y": "() positive"}),
    ],
    doc="the distance of input, log-probabilities, from target, probabilities",
)
