"""Losses of yes or no: of one probability, or of one score (logit), an element."""

from __future__ import annotations

import math

from gradcli.errors import ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.losses import REDUCTION, reduced, spread
from gradcli.graph.operations.record import REQUIRED, define, strong
from gradcli.graph.shapes import agree, broadcast, describe

# What PyTorch takes for the logarithm of 0, and for a 0 that it would divide by.
LOWEST, _LEAST = -100.0, 1e-12


def _is_zero(p: Node) -> Node:
    return ops.le(p, math.exp(LOWEST))


def _log(p: Node) -> Node:
    zero = _is_zero(p)
    return ops.where(zero, LOWEST, ops.log(ops.where(zero, 1, p)))


def _log_other(p: Node) -> Node:
    """log(1 - p)."""
    zero = _is_zero(1 - p)
    return ops.where(zero, LOWEST, ops.log1p(-ops.where(zero, 0, p)))


def _inverse(p: Node) -> Node:
    return 1 / ops.where(_is_zero(p), _LEAST, p)


def _checked(input: Node, target: Node) -> tuple[Node, Node]:
    # A gradient runs without the loss itself, and has to refuse what the loss refuses.
    return ops.probability(input, name="input"), ops.probability(target, name="target")


def _bce_by_input(g: Node, y: Node, input: Node, target: Node, *weight: Node, reduction: str) -> Node:
    p, t = _checked(input, target)
    # Two quotients, not (p - t) / (p * (1 - p)), which is 0 where p and t are both 1.
    slope = strong(1 - t, _inverse(1 - p)) - strong(t, _inverse(p))
    g = spread(g, input, reduction)
    return strong(strong(g, weight[0]) if weight else g, slope)


def _bce_by_target(g: Node, y: Node, input: Node, target: Node, *weight: Node, reduction: str) -> Node:
    p, _ = _checked(input, target)
    g = spread(g, input, reduction)
    return strong(strong(g, weight[0]) if weight else g, _log_other(p) - _log(p))


def _bce_by_weight(
    i: int, g: Node, y: Node, input: Node, target: Node, *weight: Node, reduction: str
) -> Node:
    p, t = _checked(input, target)
    return strong(spread(g, input, reduction), -(t * _log(p) + (1 - t) * _log_other(p)))


define(
    "probability",
    pullback=lambda g, y, x, name: g,
    kernel="kernels.losses.probability",
    shape=lambda shape, name: shape,
    parameters=(Parameter("name", "text", REQUIRED),),
    samples=[("grad(binary_cross_entropy(x, t), x)", {"x": "2 high", "t": "2 high"})],
    spelling="{0}",
    hidden=True,
)
define(
    "bce",
    "input target weight*",
    pullback=(_bce_by_input, _bce_by_target, _bce_by_weight),
    kernel="kernels.losses.bce",
    shape=reduced,
    parameters=(REDUCTION,),
    torch="BinaryCrossEntropyBackward0",
    samples=[("binary_cross_entropy(x, t)", {"x": "2 high", "t": "2 high"})],
    spelling="binary_cross_entropy",
    hidden=True,
)


def _scores_by_input(g: Node, y: Node, x: Node, t: Node, *weights: Node, reduction: str) -> Node:
    # Not sigmoid(x) - t, which is 0 far out on the right side.
    hit = t * ops.sigmoid(-x)
    slope = (1 - t) * ops.sigmoid(x) - (weights[1] * hit if weights[1:] else hit)
    g = spread(g, x, reduction)
    return strong(strong(g, weights[0]) if weights else g, slope)


def _scores_by_target(g: Node, y: Node, x: Node, t: Node, *weights: Node, reduction: str) -> Node:
    slope = weights[1] * ops.softplus(-x) - ops.softplus(x) if weights[1:] else -x
    g = spread(g, x, reduction)
    return strong(strong(g, weights[0]) if weights else g, slope)


def _scores_by_weight(i: int, g: Node, y: Node, x: Node, t: Node, *weights: Node, reduction: str) -> Node:
    hit = strong(t, ops.softplus(-x))
    g = spread(g, x, reduction)
    if i == 1:
        return strong(strong(g, weights[0]), hit)
    return strong(g, strong(1 - t, ops.softplus(x)) + (weights[1] * hit if weights[1:] else hit))


define(
    "bce_logits",
    "input target weights*",
    pullback=(_scores_by_input, _scores_by_target, _scores_by_weight),
    kernel="kernels.losses.bce_logits",
    shape=reduced,
    parameters=(REDUCTION,),
    torch="BinaryCrossEntropyWithLogitsBackward0",
    samples=[("binary_cross_entropy_with_logits(x, t)", {"x": "2", "t": "2 high"})],
    spelling="binary_cross_entropy_with_logits",
    hidden=True,
)


def _alike(name: str, input: Node, target: Node, weight: Node | None, what: str = "weight") -> None:
    if not agree(input.shape, target.shape):
        raise ShapeProblem(
            f"{name}() needs an input and a target of one shape: "
            f"got {describe(input.shape)} and {describe(target.shape)}"
        )
    if weight is not None and not agree(broadcast(input.shape, weight.shape), input.shape):
        raise ShapeProblem(
            f"{name}() needs a {what} that stretches to its input, {describe(input.shape)}: "
            f"got {describe(weight.shape)}"
        )


def _binary(input: Node, target: Node, weight: Node | None, reduction: str) -> Node:
    _alike("binary_cross_entropy", input, target, weight)
    arrays = [input, target] if weight is None else [input, target, weight]
    return ops.bce(*arrays, reduction=reduction)


def _binary_logits(
    input: Node, target: Node, weight: Node | None, pos_weight: Node | None, reduction: str
) -> Node:
    _alike("binary_cross_entropy_with_logits", input, target, weight)
    _alike("binary_cross_entropy_with_logits", input, target, pos_weight, "pos_weight")
    arrays: list[Node | float] = [input, target]
    if weight is not None or pos_weight is not None:
        arrays.append(1.0 if weight is None else weight)
    if pos_weight is not None:
        arrays.append(pos_weight)
    return ops.bce_logits(*arrays, reduction=reduction)


compose(
    "binary_cross_entropy",
    "input target weight=none",
    _binary,
    parameters=(REDUCTION,),
    samples=[
        ("binary_cross_entropy(x, t)", {"x": "2x2 high", "t": "2x2 high"}),
        ('binary_cross_entropy(x, t, w, reduction="none")', {"x": "2x2 high", "t": "2x2 high", "w": "2"}),
        ('binary_cross_entropy(x, t, reduction="sum")', {"x": "() high", "t": "() high"}),
        ("binary_cross_entropy(x, t, x)", {"x": "2 high", "t": "2 high"}),
    ],
    doc="of probabilities; log(0) counts as -100, as in PyTorch",
)
compose(
    "binary_cross_entropy_with_logits",
    "input target weight=none pos_weight=none",
    _binary_logits,
    parameters=(REDUCTION,),
    samples=[
        ("binary_cross_entropy_with_logits(x, t)", {"x": "2x2", "t": "2x2 high"}),
        ("binary_cross_entropy_with_logits(x, t, w, pos_weight=v)", {"x": "2", "t": "2", "w": "2", "v": "2"}),
        ('binary_cross_entropy_with_logits(x, t, w, reduction="sum")', {"x": "2x2", "t": "2x2", "w": "2"}),
        (
            'binary_cross_entropy_with_logits(x, t, reduction="none", pos_weight=v)',
            {"x": "2x2", "t": "2x2", "v": "2"},
        ),
        ("binary_cross_entropy_with_logits(x, t)", {"x": "()", "t": "()"}),
    ],
    doc="of scores, whose sigmoid is the probability; never overflowing",
)
