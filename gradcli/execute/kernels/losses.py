"""Kernels of losses: one number an element, and their mean or sum where it is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import EvaluationError
from gradcli.execute.kernels.elementwise import strong
from gradcli.execute.memory.scratch import holds
from gradcli.graph.operations.binary import LOWEST

Array = NDArray[Any]


def _reduced(each: Array, reduction: str) -> Array:
    if reduction == "none":
        return np.asarray(each)
    total = np.asarray(np.sum(each))
    return total if reduction == "sum" else np.asarray(np.divide(total, np.size(each)))


def squared_error(input: Array, target: Array, reduction: str) -> Array:
    """(input - target)^2."""
    return _reduced(np.square(np.subtract(input, target)), reduction)


@holds(4)
def huber(input: Array, target: Array, reduction: str, delta: float) -> Array:
    """A parabola up to delta, and the straight line that goes on from there."""
    apart = np.abs(np.subtract(input, target))
    near = np.minimum(apart, delta)
    return _reduced(near * (apart - 0.5 * near), reduction)


@holds(4)
def smooth_l1(input: Array, target: Array, reduction: str, beta: float) -> Array:
    """The same with slope 1: a Huber loss divided by its delta."""
    apart = np.abs(np.subtract(input, target))
    near = np.minimum(apart / beta, 1.0)
    return _reduced(near * (apart - 0.5 * beta * near), reduction)


def probability(x: Array, name: str) -> Array:
    """As it is, if it is a probability or a nan."""
    x = np.asarray(x)
    outside = (x < 0) | (x > 1)
    if outside.any():
        raise EvaluationError(
            f"binary_cross_entropy() needs probabilities from 0 to 1 as {name}: got {x[outside].flat[0]:g}",
            hint="for scores of any size there is binary_cross_entropy_with_logits()" * (name == "input"),
        )
    return x


@holds(4)
def bce(input: Array, target: Array, *weight: Array, reduction: str) -> Array:
    """-target * log(input) - (1 - target) * log(1 - input), with logarithms of at least -100."""
    p, t = probability(input, "input"), probability(target, "target")
    each = -(t * np.maximum(np.log(p), LOWEST) + (1 - t) * np.maximum(np.log1p(-p), LOWEST))
    return _reduced(each * weight[0] if weight else each, reduction)


@holds(4)
def bce_logits(input: Array, target: Array, *weights: Array, reduction: str) -> Array:
    """The same of sigmoid(input), which need not be computed; the second weight is that of the positives."""
    hit = strong(target, np.logaddexp(np.negative(input), 0.0))
    each = strong(np.subtract(1.0, target), np.logaddexp(input, 0.0)) + (
        weights[1] * hit if weights[1:] else hit
    )
    return _reduced(weights[0] * each if weights else each, reduction)


def _classes(target: Array, classes: int, ignore_index: int) -> tuple[Array, Array]:
    """Class indices, 0 where they are ignored, and where they are not."""
    target = np.asarray(target)
    kept = target != ignore_index
    index = np.where(kept, target, 0.0)
    right = (index == np.floor(index)) & (index >= 0) & (index < classes)
    wrong = target[kept & ~right]
    if wrong.size:
        known = f"whole numbers from 0 to {classes - 1}" if classes else "and there is none"
        raise EvaluationError(
            f"the target holds classes, {known}: got {wrong[0]:g}",
            hint="a class to leave out is the one of ignore_index",
        )
    return index.astype(np.intp), kept


def membership(target: Array, classes: int, axis: int, ignore_index: int) -> Array:
    """1 where the position along a new axis is the class, and 0 elsewhere and where it is ignored."""
    index, kept = _classes(target, classes, ignore_index)
    index, kept = np.expand_dims(index, axis), np.expand_dims(kept, axis)
    places = np.arange(classes).reshape(-1, *(1,) * (-axis - 1))
    return np.asarray((index == places) & kept, dtype=float)


def nll(input: Array, target: Array, *weight: Array, reduction: str, ignore_index: int) -> Array:
    """-input[target], times the weight of the class; the mean is divided by the weights' sum."""
    input = np.asarray(input)
    axis = min(1, input.ndim - 1)
    index, kept = _classes(target, input.shape[axis], ignore_index)
    if not input.shape[axis]:
        each = counted = np.zeros(index.shape)
    else:
        picked = np.squeeze(np.take_along_axis(input, np.expand_dims(index, axis), axis), axis)
        counted = np.where(kept, weight[0][index], 0.0) if weight else kept.astype(float)
        each = np.where(kept, -picked * counted, 0.0)
    if reduction == "mean":
        return np.asarray(np.divide(np.sum(each), np.sum(counted)))
    return _reduced(each, reduction)


def entropy_part(x: Array) -> Array:
    """-x * log(x), which is 0 at 0."""
    return np.where(np.equal(x, 0), 0.0, -np.asarray(x) * np.log(x))
