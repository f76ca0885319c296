"""Windows that slide over the last two axes: their mean, their largest element, and the transposes.

A window is a ``Frame``: sizes, steps and padding of each of the two axes. Axes before are batches.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.execute.memory.scratch import holds
from gradcli.graph.operations.pooling import window_count

Array = NDArray[Any]
Sizes = tuple[int, ...]


class Frame(NamedTuple):
    """Where windows stand: one entry an axis, and how many windows there are along it."""

    size: Sizes
    window: Sizes
    stride: Sizes
    padding: Sizes
    dilation: Sizes
    places: Sizes

    @property
    def wide(self) -> Sizes:
        """The sizes of what the windows cover together."""
        return tuple(
            (count - 1) * s + d * (k - 1) + 1
            for count, s, d, k in zip(self.places, self.stride, self.dilation, self.window, strict=True)
        )

    @property
    def inside(self) -> tuple[tuple[slice, slice], ...]:
        """For each axis where its elements stand among those covered, and which of them are covered."""
        reach = [
            max(0, min(size, wide - p))
            for size, wide, p in zip(self.size, self.wide, self.padding, strict=True)
        ]
        return tuple((slice(p, p + one), slice(one)) for p, one in zip(self.padding, reach, strict=True))

    def covered(self, x: Array, fill: float | bool) -> Array:
        """An array as the windows see it."""
        result = np.full((*x.shape[:-2], *self.wide), fill, x.dtype)
        (rows, from_rows), (columns, from_columns) = self.inside
        result[..., rows, columns] = x[..., from_rows, from_columns]
        return result

    def uncovered(self, x: Array) -> Array:
        """The transpose of covering with zeros."""
        result = np.zeros((*x.shape[:-2], *self.size), x.dtype)
        (rows, from_rows), (columns, from_columns) = self.inside
        result[..., from_rows, from_columns] = x[..., rows, columns]
        return result

    def step(self, axis: int, tap: int) -> slice:
        """Where one element of the windows stands for all of them, along an axis."""
        start = tap * self.dilation[axis]
        return slice(start, start + (self.places[axis] - 1) * self.stride[axis] + 1, self.stride[axis])

    def taps(self) -> Iterator[tuple[Any, ...]]:
        """The subscripts of each element of the windows."""
        for row, column in product(*map(range, self.window)):
            yield (..., self.step(0, row), self.step(1, column))


def _frame(
    size: Sizes, window: Sizes, stride: Sizes, padding: Sizes, ceil_mode: bool, dilation: Sizes = (1, 1)
) -> Frame:
    moves = zip(size, window, stride, padding, dilation, strict=True)
    places = tuple(window_count(*move, ceil_mode=ceil_mode) for move in moves)
    return Frame(size, window, stride, padding, dilation, places)


def _divisor(frame: Frame, count_include_pad: bool, divisor_override: int | None) -> Array:
    """How many elements each window counts; what lies beyond the padding is never counted."""
    if divisor_override is not None:
        return np.asarray(float(divisor_override))
    counts = []
    for size, k, s, p, places in zip(
        frame.size, frame.window, frame.stride, frame.padding, frame.places, strict=True
    ):
        start = np.arange(places) * s - p
        stop = np.minimum(start + k, size + p)
        inner = np.maximum(np.minimum(stop, size) - np.maximum(start, 0), 1)
        counts.append(stop - start if count_include_pad else inner)
    return np.asarray(np.multiply.outer(*counts), dtype=float)


@holds(3)
def avg_pool2d(
    x: Array,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Array:
    """The mean of each window; ``(..., H, W)`` to ``(..., places)``."""
    x = np.asarray(x)
    frame = _frame(x.shape[-2:], kernel_size, stride, padding, ceil_mode)
    seen = frame.covered(x, 0.0)
    rows = np.zeros((*x.shape[:-2], frame.places[0], frame.wide[1]), x.dtype)
    for tap in range(kernel_size[0]):
        rows += seen[..., frame.step(0, tap), :]
    total = np.zeros((*x.shape[:-2], *frame.places), x.dtype)
    for tap in range(kernel_size[1]):
        total += rows[..., frame.step(1, tap)]
    return np.asarray(total / _divisor(frame, count_include_pad, divisor_override))


@holds(3)
def avg_unpool2d(
    g: Array,
    size: Sizes,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Array:
    """The transpose of the mean of windows; ``(..., places)`` to ``(..., size)``."""
    frame = _frame(size, kernel_size, stride, padding, ceil_mode)
    share = np.asarray(g) / _divisor(frame, count_include_pad, divisor_override)
    rows = np.zeros((*share.shape[:-1], frame.wide[1]), share.dtype)
    for tap in range(kernel_size[1]):
        rows[..., frame.step(1, tap)] += share
    result = np.zeros((*share.shape[:-2], *frame.wide), share.dtype)
    for tap in range(kernel_size[0]):
        result[..., frame.step(0, tap), :] += rows
    return frame.uncovered(result)


@holds(3)
def max_pool2d(
    x: Array, kernel_size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil_mode: bool
) -> Array:
    """The largest element of each window; ``(..., H, W)`` to ``(..., places)``."""
    x = np.asarray(x)
    return _largest(_frame(x.shape[-2:], kernel_size, stride, padding, ceil_mode, dilation), x)


def _largest(frame: Frame, x: Array) -> Array:
    seen = frame.covered(x, -np.inf)
    found = np.full((*x.shape[:-2], *frame.places), -np.inf, x.dtype)
    for tap in frame.taps():
        np.maximum(found, seen[tap], out=found)
    return found


def _hits(frame: Frame, x: Array) -> list[Array]:
    """For each element of the windows, where it is the largest; a nan is equal to a nan."""
    top = _largest(frame, x)
    seen = frame.covered(x, -np.inf)
    real = frame.covered(np.ones(frame.size, bool), False)
    hollow = np.isnan(top)
    return [((seen[tap] == top) | (np.isnan(seen[tap]) & hollow)) & real[tap] for tap in frame.taps()]


def _shares(hits: list[Array]) -> Array:
    return np.asarray(np.maximum(np.sum(hits, axis=0), 1))


@holds(3)
def max_spread2d(
    g: Array, x: Array, kernel_size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil_mode: bool
) -> Array:
    """Each window's g on its largest elements, in equal shares; ``(..., places)`` to ``(..., H, W)``."""
    g, x = np.asarray(g), np.asarray(x)
    frame = _frame(x.shape[-2:], kernel_size, stride, padding, ceil_mode, dilation)
    hits = _hits(frame, x)
    share = g / _shares(hits)
    result = np.zeros((*share.shape[:-2], *frame.wide), share.dtype)
    for tap, hit in zip(frame.taps(), hits, strict=True):
        result[tap] += np.where(hit, share, 0.0)
    return frame.uncovered(result)


@holds(3)
def max_gather2d(
    c: Array, x: Array, kernel_size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil_mode: bool
) -> Array:
    """The mean of c over the largest elements of each window of x: the transpose of spreading."""
    c, x = np.asarray(c), np.asarray(x)
    frame = _frame(x.shape[-2:], kernel_size, stride, padding, ceil_mode, dilation)
    hits = _hits(frame, x)
    seen = frame.covered(c, 0.0)
    lead = np.broadcast_shapes(c.shape[:-2], x.shape[:-2])
    total = np.zeros((*lead, *frame.places), c.dtype)
    for tap, hit in zip(frame.taps(), hits, strict=True):
        total += np.where(hit, seen[tap], 0.0)
    return np.asarray(total / _shares(hits))
