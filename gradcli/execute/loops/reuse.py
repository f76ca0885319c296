"""Arrays that were given away, used again once nobody has them.

Arrays of many megabytes come from the system one page after the other and go back as soon as they are free,
which takes as long as to fill them with numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from math import prod
from sys import getrefcount
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# Up to this size in bytes, memory that is free stays with the process: the bound of glibc's.
_LARGE = 1 << 25


def maker(shape: tuple[int, ...], dtype: np.dtype[Any], *, again: bool) -> Callable[[], Array]:
    """What makes arrays of a shape and a type, with any numbers in them.

    Args:
        shape: their shape.
        dtype: their type.
        again: whether a large one may stay, to be used again.
    """
    if again and prod(shape) * dtype.itemsize > _LARGE:
        return _Reused(shape, dtype)
    return partial(np.empty, shape, dtype)


class _Reused:
    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self._shape = shape
        self._dtype = dtype
        self._last: list[Array] = []

    def __call__(self) -> Array:
        array = None
        with suppress(IndexError):
            array = self._last.pop()  # which no other thread gets, then
        if array is None or getrefcount(array) > _ALONE:
            array = np.empty(self._shape, self._dtype)
        self._last[:] = [array]
        # Whoever has a view of it has it; what they do to the view's shape or flags is theirs.
        return array.view()


def _references() -> int:
    array = np.empty(0)
    return getrefcount(array)


# What is counted if a name in a function is all that there is; it depends on the version of Python.
_ALONE = _references()
