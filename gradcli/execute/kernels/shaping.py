"""Kernels that make and rearrange arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.execute.memory.scratch import holds

Array = NDArray[Any]
Axes = tuple[int, ...]
Widths = tuple[tuple[int, int], ...]


@holds(0)
def reshape(x: Array, shape: tuple[Any, ...]) -> Array:
    """Another shape; a size that only the run knows is whatever is left."""
    return np.reshape(x, [size if isinstance(size, int) else -1 for size in shape])


@holds(0)
def transpose(x: Array, axes: Axes) -> Array:
    """The last axes permuted."""
    front = np.ndim(x) - len(axes)
    return np.transpose(x, (*range(front), *[front + len(axes) + axis for axis in axes]))


@holds(0)
def concat(*arrays: Array, axis: int) -> Array:
    """Arrays one after the other along an axis."""
    return np.concatenate([np.asarray(array) for array in arrays], axis=axis)


@holds(0)
def stack(*arrays: Array, axis: int) -> Array:
    """Arrays side by side along a new axis."""
    return np.stack([np.asarray(array) for array in arrays], axis=axis)


@holds(0)
def eye(n: int, m: int | None, k: int) -> Array:
    """Ones on a diagonal of a matrix of zeros."""
    return np.eye(n, m, k)


def arange(start: float, stop: float, step: float) -> Array:
    """From start up to stop, which is not reached."""
    return np.arange(start, stop, step, dtype=np.float64)


def linspace(start: Array, stop: Array, n: int) -> Array:
    """Evenly spaced from start to stop, both reached."""
    return np.linspace(start, stop, n)


@holds(0)
def pad(x: Array, width: Widths, mode: str, value: float) -> Array:
    """Larger at its edges, by a pair of widths for each axis."""
    x = np.asarray(x)
    if not x.ndim:
        return x
    return np.pad(x, width, mode, constant_values=value) if mode == "constant" else np.pad(x, width, mode)  # type: ignore[call-overload, no-any-return]


def folded(x: Array, shape: tuple[int, ...], width: Widths, mode: str) -> Array:
    """Zeros of a shape, with the elements of x added to what a padding copies them from."""
    x = np.asarray(x)
    result = np.zeros((*x.shape[: x.ndim - len(shape)], *shape), dtype=x.dtype)
    places = [
        np.pad(np.arange(size), pair, mode)  # type: ignore[call-overload]
        for size, pair in zip(shape, width, strict=True)
    ]
    np.add.at(result, (..., *np.ix_(*places)), x)
    return result


def padded(x: Array, size: int, fill: float) -> Array:
    """The last axis filled up to a size."""
    short = size - np.shape(x)[-1]
    return np.pad(x, [(0, 0)] * (np.ndim(x) - 1) + [(0, short)], constant_values=fill)


def trimmed(x: Array, like: Array) -> Array:
    """The last axis cut to that of like."""
    return np.asarray(np.asarray(x)[..., : np.shape(like)[-1]])
