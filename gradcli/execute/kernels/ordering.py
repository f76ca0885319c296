"""Kernels that put elements in order, and pick along an axis; an axis of ``None`` is that of a scalar."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import EvaluationError
from gradcli.execute.memory.scratch import holds

Array = NDArray[Any]


@holds(1)
def argmax(x: Array, axis: int | None, keepdims: bool) -> Array:
    """The position of the largest element, of the first nan if there is one."""
    return _position("argmax", x, axis, keepdims)


@holds(1)
def argmin(x: Array, axis: int | None, keepdims: bool) -> Array:
    """The position of the smallest element, of the first nan if there is one."""
    return _position("argmin", x, axis, keepdims)


def _position(name: str, x: Array, axis: int | None, keepdims: bool) -> Array:
    # Only a mask can leave nothing: other sizes were checked before.
    if not (np.size(x) if axis is None else np.shape(x)[axis]):
        raise EvaluationError(f"{name}() of no elements has no value", hint="it needs at least one element")
    find = np.argmax if name == "argmax" else np.argmin
    return np.asarray(find(np.asarray(x), axis=axis, keepdims=keepdims), dtype=np.float64)


@holds(0)
def sort(x: Array, axis: int | None, descending: bool, stable: bool = False) -> Array:
    """The elements in order; a nan is the largest."""
    if axis is None:
        return x
    ordered = np.sort(x, axis=axis)
    return np.flip(ordered, axis) if descending else ordered


@holds(1)
def order(x: Array, axis: int | None, descending: bool) -> Array:
    """The indices of that; equal elements stay in their order."""
    if axis is None:
        return np.zeros_like(x)
    if not descending:
        return np.argsort(x, axis=axis, kind="stable").astype(np.float64)
    # Backwards twice: once for the direction, once more so that equal elements keep theirs.
    backward = np.argsort(np.flip(x, axis), axis=axis, kind="stable")
    return np.flip(np.shape(x)[axis] - 1.0 - backward, axis)


@holds(3)
def topk_values(x: Array, k: int, axis: int | None, largest: bool) -> Array:
    """The k largest or smallest elements, best first."""
    if axis is None:
        return x
    return _first(sort(x, axis, largest), k, axis)


@holds(3)
def topk_indices(x: Array, k: int, axis: int | None, largest: bool) -> Array:
    """Where they stand."""
    if axis is None:
        return np.zeros_like(x)
    return _first(order(x, axis, largest), k, axis)


def _first(x: Array, k: int, axis: int) -> Array:
    size = np.shape(x)[axis]
    if k > size:
        raise EvaluationError(f"topk() cannot pick {k} elements: there are {size}")
    return np.asarray(np.asarray(x)[_at(slice(k), axis)])


def _at(part: slice, axis: int) -> tuple[Any, ...]:
    return (..., part, *[slice(None)] * (-axis - 1))


@holds(0)
def along(x: Array, indices: Array, axis: int | None) -> Array:
    """The elements at indices along an axis, behind leading axes that the indices lack."""
    if axis is None:
        return x
    return np.take_along_axis(np.asarray(x), _positions(indices, np.ndim(x)), axis)


@holds(3.1)
def strewn(x: Array, indices: Array, like: Array, axis: int | None) -> Array:
    """Zeros of the last axes of like, behind leading axes, with every element added to its index."""
    if axis is None:
        return x
    x = np.asarray(x)
    positions = _positions(indices, x.ndim)
    count = np.ndim(indices)
    shape = (*x.shape[: x.ndim - count], *np.shape(like)[np.ndim(like) - count :])
    result = np.zeros(shape, dtype=x.dtype)
    grid: list[Array] = list(np.ogrid[tuple(slice(size) for size in x.shape)])
    grid[axis] = positions
    np.add.at(result, tuple(grid), x)
    return result


def _positions(indices: Array, ndim: int) -> Array:
    whole = np.asarray(indices).astype(np.intp)
    return whole.reshape((1,) * (ndim - whole.ndim) + whole.shape)
