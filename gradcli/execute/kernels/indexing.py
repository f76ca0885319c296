"""Kernels that pick elements and put them back; ``graph.operations.indexing`` has the form of a spec."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import EvaluationError
from gradcli.execute.memory.scratch import holds
from gradcli.graph.shapes import describe

Array = NDArray[Any]


def _key(spec: tuple[Any, ...], indices: tuple[Array, ...]) -> tuple[Any, ...]:
    key: list[Any] = [Ellipsis]
    for item in spec:
        if item[0] == "at":
            key.append(item[1])
        elif item[0] == "slice":
            key.append(slice(*item[1:]))
        elif item[0] == "all":
            key.append(slice(None))
        elif item[0] == "new":
            key.append(None)
        elif item[0] == "mask":
            key.append(np.asarray(indices[item[1]], dtype=bool))
        else:
            key.append(_whole(indices[item[1]]))
    return tuple(key)


def _whole(index: Array) -> Array:
    positions = np.asarray(index).real
    whole = positions.astype(np.intp)
    if not np.array_equal(whole, positions):
        wrong = positions[whole != positions].flat[0]
        if np.isfinite(wrong) and wrong == np.floor(wrong):
            raise EvaluationError(f"index {wrong:g} is out of range")
        raise EvaluationError(f"an index must be a whole number: got {wrong:g}")
    return whole


@holds(1)
def index(x: Array, *indices: Array, spec: tuple[Any, ...]) -> Array:
    """The elements that a subscript picks."""
    try:
        return np.asarray(np.asarray(x)[_key(spec, indices)])
    except IndexError as error:
        raise EvaluationError(_sentence(error)) from None


def _sentence(error: IndexError) -> str:
    """NumPy's sentence on an index, in our words; that on a mask tells both sizes."""
    if "boolean" not in str(error):
        return str(error).replace("out of bounds", "out of range")
    axis, *sizes = re.findall(r"\d+", str(error))
    return f"a mask needs the size of its axis: axis {axis} has {' and the mask '.join(sizes)}"


def _along(index: Array, shape: tuple[int, ...], axis: int) -> tuple[Array, ...]:
    """For each element of an index its place in an array of a shape."""
    positions = _whole(index)
    size = shape[axis]
    outside = positions[(positions < -size) | (positions >= size)]
    if outside.size:
        raise EvaluationError(
            f"index {outside.flat[0]} is out of range for axis {len(shape) + axis} with size {size}"
        )
    grid = list(np.ogrid[tuple([slice(one) for one in positions.shape])])
    grid[axis] = positions
    return tuple(grid)


@holds(1)
def gather(x: Array, index: Array, axis: int) -> Array:
    """For each element of the index the element of x at that position along an axis, all else being equal."""
    x = np.asarray(x)
    return np.asarray(x[_along(index, x.shape, axis)])


def gathered_back(x: Array, index: Array, shape: tuple[int, ...], axis: int) -> Array:
    """Zeros of a shape, with x added where gather picks."""
    x = np.asarray(x)
    result = np.zeros(shape, dtype=x.dtype)
    np.add.at(result, _along(index, shape, axis), x)
    return result


def scatter(x: Array, *indices: Array, shape: tuple[int, ...], spec: tuple[Any, ...], lead: int) -> Array:
    """Zeros of a shape, with x added where the subscript picks."""
    x = np.asarray(x)
    result = np.zeros((*x.shape[:lead], *shape), dtype=x.dtype)
    key = _key(spec, indices)
    try:
        if indices:
            np.add.at(result, key, x)
        else:
            result[key] = x
    except IndexError as error:
        # A gradient alone runs without the subscript itself.
        raise EvaluationError(_sentence(error)) from None
    except ValueError:
        # A vector for what a mask picks has its size checked only here.
        picked = describe(result[key].shape[lead:])
        raise EvaluationError(
            f"the sizes do not fit: {describe(x.shape[lead:])} for what is picked, {picked}"
        ) from None
    return result


def scatter_like(x: Array, like: Array, *indices: Array, spec: tuple[Any, ...], lead: int) -> Array:
    """The same, to the shape of like."""
    return scatter(x, *indices, shape=np.shape(like), spec=spec, lead=lead)
