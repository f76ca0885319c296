"""Correlation of channels of signals or images, and its two transposes.

All three belong to one sum over batch n, group, channels o and c, places i and taps k:

    sum  x[n, c, i * stride + k * dilation - padding]  w[o, c, k]  g[n, o, i]

and each function here leaves out one of x, w and g. Axes before those named are batches and broadcast.
The sum over the taps is a product of matrices, made of so many taps at a time as fit into the cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.execute.memory.scratch import DOUBLE, holds
from gradcli.graph.operations.convolution import count_places

Array = NDArray[Any]
Sizes = tuple[int, ...]

# How many elements the shifted copies of an input may have together.
_ROOM = 1 << 20
_BYTES = DOUBLE * _ROOM


@holds(4, 2 * _BYTES)
def convolution(
    x: Array, w: Array, *bias: Array, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """``(..., N, C, size)`` and ``(..., O, C / groups, taps)`` to ``(..., N, O, places)``."""
    x, w = np.asarray(x), np.asarray(w)
    n = len(stride)
    taps = w.shape[-n:]
    moves = zip(x.shape[-n:], taps, stride, padding, dilation, strict=True)
    places = tuple(count_places(*move) for move in moves)
    weights = _grouped_weights(w, n, groups)
    padded = _grouped(_padded(x, padding), n, groups)
    lead = np.broadcast_shapes(x.shape[: -n - 2], w.shape[: -n - 2])
    outputs = w.shape[-n - 2]
    batch = (*lead, x.shape[-n - 2])
    result = np.zeros((*batch, groups, outputs // groups, prod(places)), np.result_type(x, w))
    for chunk in _chunks(taps, prod(padded.shape[: -n - 1]) * padded.shape[-n - 1] * prod(places)):
        columns = _columns(padded, chunk, places, stride, dilation)
        result += _taken(weights, chunk, taps)[..., None, :, :, :] @ columns
    y = result.reshape(*batch, outputs, *places)
    return y + np.reshape(bias[0], (outputs, *(1,) * n)) if bias else y


@holds(4, 2 * _BYTES)
def convolution_input(
    g: Array, w: Array, *, size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """``(..., N, O, places)`` and ``(..., O, C / groups, taps)`` to ``(..., N, C, size)``."""
    g, w = np.asarray(g), np.asarray(w)
    n = len(stride)
    taps, places = w.shape[-n:], g.shape[-n:]
    weights = np.swapaxes(_grouped_weights(w, n, groups), -1, -2)
    flat = _flat(g, n, groups)
    lead = np.broadcast_shapes(g.shape[: -n - 2], w.shape[: -n - 2])
    batch = (*lead, g.shape[-n - 2])
    channels = w.shape[-n - 1]
    wide = [one + 2 * p for one, p in zip(size, padding, strict=True)]
    result = np.zeros((*batch, groups, channels, *wide), np.result_type(g, w))
    for chunk in _chunks(taps, prod(batch) * groups * channels * prod(places)):
        rows = _taken_rows(weights, chunk, taps)
        columns = rows[..., None, :, :, :] @ flat
        columns = columns.reshape(*batch, groups, channels, len(chunk), *places)
        for place, tap in enumerate(chunk):
            result[_window(tap, places, stride, dilation)] += columns[_at(place, n)]
    inner: tuple[Any, ...] = tuple(slice(p, p + one) for p, one in zip(padding, size, strict=True))
    return result[(..., *inner)].reshape(*batch, groups * channels, *size)


@holds(4, 2 * _BYTES)
def convolution_weight(
    x: Array, g: Array, *, size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """``(..., N, C, size)`` and ``(..., N, O, places)`` to ``(..., O, C / groups, *size)``."""
    x, g = np.asarray(x), np.asarray(g)
    n = len(stride)
    places = g.shape[-n:]
    padded = _grouped(_padded(x, padding), n, groups)
    flat = _flat(g, n, groups)
    outputs, channels = flat.shape[-2], padded.shape[-n - 1]
    parts = []
    for chunk in _chunks(size, prod(padded.shape[: -n - 1]) * channels * prod(places)):
        columns = _columns(padded, chunk, places, stride, dilation)
        both = np.sum(flat @ np.swapaxes(columns, -1, -2), axis=-4)
        parts.append(both.reshape(*both.shape[:-1], channels, len(chunk)))
    lead = np.broadcast_shapes(x.shape[: -n - 2], g.shape[: -n - 2])
    found = np.concatenate(parts, axis=-1)
    return found.reshape(*lead, groups * outputs, channels, *size)


def _grouped(x: Array, n: int, groups: int) -> Array:
    """``(..., N, C, size)`` with the channels as ``groups, C / groups``."""
    channels = x.shape[-n - 1]
    return x.reshape(*x.shape[: -n - 1], groups, channels // groups, *x.shape[-n:])


def _flat(g: Array, n: int, groups: int) -> Array:
    """``(..., N, O, places)`` with the places in one axis."""
    outputs, *places = g.shape[-n - 1 :]
    return g.reshape(*g.shape[: -n - 1], groups, outputs // groups, prod(places))


def _grouped_weights(w: Array, n: int, groups: int) -> Array:
    """``(..., groups, O / groups, C / groups * taps)``."""
    outputs, channels, *taps = w.shape[-n - 2 :]
    return w.reshape(*w.shape[: -n - 2], groups, outputs // groups, channels * prod(taps))


def _padded(x: Array, padding: Sizes) -> Array:
    if not any(padding):
        return x
    lead = [(0, 0)] * (x.ndim - len(padding))
    return np.pad(x, [*lead, *[(one, one) for one in padding]])


def _chunks(taps: Sizes, elements: int) -> Iterator[list[Sizes]]:
    """The taps in order, so many at a time as there is room for."""
    every = list(product(*map(range, taps)))
    step = max(1, _ROOM // max(1, elements))
    return (every[start : start + step] for start in range(0, len(every), step))


def _window(tap: Sizes, places: Sizes, stride: Sizes, dilation: Sizes) -> tuple[Any, ...]:
    """The subscript of where one tap stands for all places."""
    slices = [
        slice(k * d, k * d + s * (size - 1) + 1, s)
        for k, d, s, size in zip(tap, dilation, stride, places, strict=True)
    ]
    return (..., *slices)


def _at(place: int, n: int) -> tuple[Any, ...]:
    """The subscript of one of the taps, in front of n axes of places."""
    return (..., place, *(slice(None),) * n)


def _columns(padded: Array, chunk: list[Sizes], places: Sizes, stride: Sizes, dilation: Sizes) -> Array:
    """``(..., N, groups, C / groups * taps, places)``: the input as each of these taps sees it."""
    n = len(places)
    lead = padded.shape[:-n]
    columns = np.empty((*lead, len(chunk), *places), padded.dtype)
    for place, tap in enumerate(chunk):
        columns[_at(place, n)] = padded[_window(tap, places, stride, dilation)]
    return columns.reshape(*lead[:-1], lead[-1] * len(chunk), prod(places))


def _taken(weights: Array, chunk: list[Sizes], taps: Sizes) -> Array:
    """The columns of the weights that belong to some of the taps."""
    if len(chunk) == prod(taps):
        return weights
    channels = weights.shape[-1] // prod(taps)
    every = weights.reshape(*weights.shape[:-1], channels, prod(taps))
    first = int(np.ravel_multi_index(chunk[0], taps))
    some = every[..., first : first + len(chunk)]
    return some.reshape(*weights.shape[:-1], channels * len(chunk))


def _taken_rows(weights: Array, chunk: list[Sizes], taps: Sizes) -> Array:
    return np.swapaxes(_taken(np.swapaxes(weights, -1, -2), chunk, taps), -1, -2)
