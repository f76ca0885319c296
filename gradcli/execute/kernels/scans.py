"""Kernels that run along an axis; an axis of ``None`` is that of a scalar."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.execute.kernels import activations, elementwise
from gradcli.execute.memory.scratch import holds

Array = NDArray[Any]


@holds(0)
def cumsum(x: Array, axis: int | None) -> Array:
    """The sum so far, added up in doubles whatever the type."""
    return x if axis is None else np.cumsum(x, axis=axis, dtype=np.float64)


@holds(0)
def cumprod(x: Array, axis: int | None) -> Array:
    """The product so far."""
    return x if axis is None else np.cumprod(x, axis=axis, dtype=np.float64)


def logcumsumexp(x: Array, axis: int | None) -> Array:
    """The logarithm of the sum of exponentials so far."""
    if axis is None:
        return x
    return np.asarray(np.logaddexp.accumulate(np.asarray(x), axis=axis))


def cummax_values(x: Array, axis: int | None) -> Array:
    """The largest so far; from the first nan on, nan."""
    return x if axis is None else np.asarray(np.maximum.accumulate(np.asarray(x), axis=axis))


def cummin_values(x: Array, axis: int | None) -> Array:
    """The smallest so far; from the first nan on, nan."""
    return x if axis is None else np.asarray(np.minimum.accumulate(np.asarray(x), axis=axis))


def cummax_indices(x: Array, axis: int | None) -> Array:
    """Where the largest so far stands: of equal ones the last, of nans too."""
    return _newest_record(x, cummax_values(x, axis), axis)


def cummin_indices(x: Array, axis: int | None) -> Array:
    """Where the smallest so far stands: of equal ones the last, of nans too."""
    return _newest_record(x, cummin_values(x, axis), axis)


def _newest_record(x: Array, extreme: Array, axis: int | None) -> Array:
    if axis is None:
        return np.zeros_like(x)
    place = _places(x, axis)
    found = np.where(elementwise.ties(x, extreme), place, 0.0)
    return np.asarray(np.maximum.accumulate(found, axis=axis))


def _places(x: Array, axis: int) -> Array:
    return np.arange(np.shape(x)[axis], dtype=np.float64).reshape((-1,) + (1,) * (-axis - 1))


@holds(0)
def shifted(x: Array, axis: int, fill: float, back: bool) -> Array:
    """Every element one place on, or back; the place that is left gets the filling."""
    result = np.full_like(x, fill)
    after: list[Any] = [slice(None)] * (-axis - 1)
    here, there = slice(1, None), slice(None, -1)
    if back:
        here, there = there, here
    target, source = (..., here, *after), (..., there, *after)
    result[target] = x[source]
    return result


@holds(15)
def recurrence(b: Array, a: Array, axis: int, reverse: bool) -> Array:
    """y[k] = b[k] + a[k] y[k-1], or y[k] = b[k] + a[k+1] y[k+1]; zero times an infinity is zero."""
    b, a = np.broadcast_arrays(b, a)
    result = np.array(b, dtype=np.result_type(a, b))
    if result.ndim == 1 and result.size:
        result[:] = _of_numbers(b.tolist(), a.tolist(), reverse)
        return result
    rows, factors = np.moveaxis(result, axis, 0), np.moveaxis(a, axis, 0)
    size = len(rows)
    for k in range(size - 2, -1, -1) if reverse else range(1, size):
        before, factor = (k + 1, k + 1) if reverse else (k - 1, k)
        rows[k] += elementwise.strong(rows[before], factors[factor])
    return result


def _of_numbers(b: list[float], a: list[float], reverse: bool) -> list[float]:
    if reverse:
        return _of_numbers(b[::-1], [0.0, *a[:0:-1]], False)[::-1]
    found, last = [], 0.0
    for one, factor in zip(b, a, strict=True):
        # Of the first, last is zero: its factor does not count.
        last = one + (factor * last if last else 0.0)
        found.append(last)
    return found


@holds(3)
def newest(x: Array, before: Array, axis: int, kept: bool) -> Array:
    """The share of x in log(exp(before) + exp(x)), or what is kept of before."""
    apart = np.subtract(before, x) if kept else np.subtract(x, before)
    share = activations.sigmoid(apart)
    tied = np.isinf(x) & np.equal(x, before)
    if np.any(tied):
        count = np.where(
            np.greater(x, 0), np.cumsum(np.isposinf(x), axis=axis), np.cumsum(np.isneginf(x), axis=axis)
        )
        one = 1.0 / np.maximum(count, 1)
        share = np.where(tied, 1.0 - one if kept else one, share)
    return share
