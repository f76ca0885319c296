"""Kernels of interpolation."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import EvaluationError

Array = NDArray[Any]


def segment(x: Array, knots: Array) -> Array:
    """How many knots are not beyond x: 0 before the first one."""
    knots = np.asarray(knots)
    if not np.all(knots[1:] > knots[:-1]):
        place = int(np.argmin(knots[1:] > knots[:-1]))
        raise EvaluationError(
            f"interp() needs xp to increase: {knots[place]:g} is followed by {knots[place + 1]:g}",
            hint="sort the points by their xp",
        )
    return np.asarray(np.searchsorted(knots, x, side="right").astype(float))
