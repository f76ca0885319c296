"""How arrays of NumPy lie in memory."""

from __future__ import annotations

from typing import Any

import numpy as np


def owner(array: Any) -> Any:
    """The array whose memory a view is a part of."""
    while isinstance(array, np.ndarray) and isinstance(array.base, np.ndarray):
        array = array.base
    return array


def repeats(array: Any) -> bool:
    """Whether several elements are one place in memory, as in an expanded array."""
    return bool(array.size) and any(
        step == 0 and size > 1 for step, size in zip(array.strides, array.shape, strict=True)
    )
