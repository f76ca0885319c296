"""Kernels that put numbers on a diagonal."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.execute.memory.scratch import holds

Array = NDArray[Any]


@holds(0)
def diagonal_matrix(x: Array, offset: int = 0, rows: int | None = None, columns: int | None = None) -> Array:
    """Matrices with x on a diagonal, and zeros around it whatever x is."""
    x = np.asarray(x)
    size = x.shape[-1] + abs(offset)
    height, width = (size if rows is None else rows), (size if columns is None else columns)
    made = np.zeros((*x.shape[:-1], height, width), dtype=x.dtype)
    place = np.arange(x.shape[-1])
    made[..., place - min(offset, 0), place + max(offset, 0)] = x
    return made
