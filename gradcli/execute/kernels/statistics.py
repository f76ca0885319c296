"""Kernels for spreads and quantiles."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import EvaluationError
from gradcli.execute.kernels.reduction import count, mean, norm2
from gradcli.execute.memory.scratch import holds

Array = NDArray[Any]
Axes = tuple[int, ...]


def _centered(x: Array, axis: Axes) -> Array:
    """The distance from the mean: exactly zero where all are equal, though their mean may be rounded."""
    x = np.asarray(x)
    if not x.size or not axis:
        return x - x
    first = x[tuple(slice(1) if place - x.ndim in axis else slice(None) for place in range(x.ndim))]
    apart = x - first
    return np.asarray(apart - mean(apart, axis=axis, keepdims=True))


@holds(2.1)
def var(x: Array, axis: Axes, correction: float, keepdims: bool) -> Array:
    """The mean squared deviation; nan where there are too few elements."""
    degrees = _degrees(x, axis, correction)
    total = np.sum(np.square(_centered(x, axis)), axis=axis, keepdims=keepdims)
    return np.asarray(np.divide(total, degrees))


@holds(2.1)
def std(x: Array, axis: Axes, correction: float, keepdims: bool) -> Array:
    """The square root of the variance, also where a square leaves the numbers."""
    return np.asarray(norm2(_centered(x, axis), axis, keepdims) / np.sqrt(_degrees(x, axis, correction)))


def _degrees(x: Array, axis: Axes, correction: float) -> Any:
    return np.float64(max(count(x, axis) - correction, 0.0))


def _ordered(x: Array, axis: Axes) -> Array:
    """The elements of some axes in one last axis, sorted."""
    x = np.moveaxis(np.asarray(x), axis, range(-len(axis), 0))
    return np.sort(x.reshape(*x.shape[: x.ndim - len(axis)], int(np.prod(x.shape[x.ndim - len(axis) :]))))


def _middle(ordered: Array, upper: bool) -> Array:
    size = ordered.shape[-1]
    if not size:
        return np.full(ordered.shape[:-1], np.nan)
    last = ordered[..., -1]
    return np.asarray(np.where(np.isnan(last), np.nan, ordered[..., (size - (not upper)) // 2]))


@holds(1)
def middle(x: Array, axis: Axes, side: str) -> Array:
    """The lower or the upper of the two middle values; nan if there is one."""
    return _spread(_middle(_ordered(x, axis), side == "higher"), axis)


@holds(2)
def median(x: Array, axis: Axes, keepdims: bool) -> Array:
    """The mean of the two middle values; nan of no elements."""
    ordered = _ordered(x, axis)
    low, high = _middle(ordered, False), _middle(ordered, True)
    # Halved first, the sum of two large ones stays in range; a single middle is itself.
    found = np.where(np.equal(low, high), low, 0.5 * low + 0.5 * high)
    return _spread(found, axis) if keepdims else found


def _spread(found: Array, axis: Axes) -> Array:
    return np.expand_dims(found, axis) if axis else found


def rank(x: Array, q: Array, rounding: str) -> Array:
    """Where the quantiles stand in sorted rows; in a row with a nan, which is its last element, there."""
    q = np.asarray(q)
    inside = (q >= 0) & (q <= 1)
    if not np.all(inside):
        raise EvaluationError(f"quantile() needs a q between 0 and 1: got {float(q[~inside].flat[0]):g}")
    size = np.shape(x)[-1]
    if not size:
        raise EvaluationError("quantile() of no elements has no value", hint="it needs at least one element")
    round_ = {"floor": np.floor, "ceil": np.ceil, "round": np.rint}[rounding]
    place = np.asarray(round_(q * (size - 1)))
    return np.where(np.isnan(x[..., -1:]), size - 1.0, place)
