"""The same kernels written by hand: the floor of what NumPy can do.

Two threads take blocks in turn. A block and what is computed of it stay in the cache; every operation writes
into a buffer of its thread, and the results that the caller gets are the only new arrays.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from tests.benchmarks.case import Inputs, Side, Work
from tests.benchmarks.works.elementwise import AFFINE, SMOOTH

Array = Any
Kernel = Callable[..., float]
"""From a block of x the sum of a function. If there is a block for them, its slopes times the factor are
written there; all other arguments are buffers of the block's size."""

BUFFERS = 4


def _affine(x: Array, slope: Array, factor: float, t: Array, *_: Array) -> float:
    """``sum(2 (x+2)^2)``, whose slope is ``4 (x+2)``."""
    np.add(x, 2.0, out=t)
    # BLAS would wait for its own threads.
    total = 2.0 * float(np.einsum("i,i", t, t))
    if slope is not None:
        np.multiply(t, 4.0 * factor, out=slope)
    return total


def _smooth(x: Array, slope: Array, factor: float, e: Array, q: Array, t: Array, u: Array) -> float:
    """``sum(sin(x) e + log q)`` with ``e = exp(-x^2)`` and ``q = 1 + x^2``.

    Its slope is ``cos(x) e + 2x (1/q - sin(x) e)``.
    """
    np.multiply(x, x, out=q)
    np.negative(q, out=e)
    np.exp(e, out=e)
    np.add(q, 1.0, out=q)
    np.sin(x, out=t)
    np.multiply(t, e, out=t)
    if slope is not None:
        np.divide(1.0, q, out=u)
        np.subtract(u, t, out=u)
        np.multiply(u, x, out=u)
        np.multiply(u, 2.0, out=u)
        np.cos(x, out=slope)
        np.multiply(slope, e, out=slope)
        np.add(slope, u, out=slope)
        np.multiply(slope, factor, out=slope)
    np.log(q, out=q)
    np.add(t, q, out=t)
    return float(np.add.reduce(t))


KERNELS: dict[str, tuple[Kernel, int]] = {AFFINE.text: (_affine, 1 << 15), SMOOTH.text: (_smooth, 1 << 14)}
"""Each with its block: of those from 8192 to 131072 the fastest at ten million elements."""


def value(work: Work, inputs: Inputs) -> Side:
    """The value alone."""
    x = inputs["x"]
    return Side(lambda: [_mean(work, x, None)], list)


def gradient(work: Work, inputs: Inputs) -> Side:
    """Value and gradient, in one pass."""
    x = inputs["x"]

    def call() -> list[Any]:
        slope = np.empty_like(x)
        return [_mean(work, x, slope), slope]

    return Side(call, list)


def _mean(work: Work, x: Array, slope: Array | None) -> float:
    """The mean; the slopes, if there is room for them, are written there."""
    kernel, block = KERNELS[work.text]
    # Both threads draw from it, so that none waits for the other's half.
    starts = iter(range(0, len(x), block))

    def share() -> list[float]:
        buffers = _buffers(min(block, len(x)))
        sums = []
        for start in starts:
            part = slice(start, start + block)
            size = min(block, len(x) - start)
            out = None if slope is None else slope[part]
            sums.append(kernel(x[part], out, 1 / len(x), *buffers[:, :size]))
        return sums

    if len(x) <= block:
        return math.fsum(share()) / len(x)
    other = _HELPER.submit(share)
    return math.fsum([*share(), *other.result()]) / len(x)


def _buffers(size: int) -> Array:
    """Those that this thread had before, if they are long enough."""
    found = getattr(_kept, "buffers", None)
    if found is None or found.shape[1] < size:
        found = _kept.buffers = np.empty((BUFFERS, size))
    return found[:, :size]


_HELPER = ThreadPoolExecutor(1)
_kept = threading.local()
