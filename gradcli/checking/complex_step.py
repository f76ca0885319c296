"""The complex step: the imaginary part of f(x + ih v) is h times the slope, without any difference.

No digits cancel, so the step can be 1e-20 and the slope has full precision (W. Squire, G. Trapp,
Using complex variables to estimate derivatives of real functions, SIAM Review 40, 1998). It needs
operations that are analytic, on kernels that take complex numbers: the records say which are.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

from gradcli.checking.moving import Moving
from gradcli.errors import GradcliError

Array = Any

_STEP = 2.0**-66
# Where a product with the step would underflow.
_LARGER_STEP = 2.0**-40
_TINY = 1e-250


def obstacle(function: Moving) -> str:
    """The first operation on the way that is not analytic, by its name; nothing if there is none."""
    return next((node.op.spelled for node in function.active if not node.op.analytic), "")


def slope(function: Moving, weights: Sequence[Array], direction: Array) -> float | None:
    """The slope of the weighted sum of the outputs; ``None`` if a kernel refuses, nan at a branch point."""
    import numpy

    smallest = float(numpy.min(numpy.abs(direction), where=direction != 0, initial=math.inf))
    step = _STEP if smallest > _TINY else _LARGER_STEP
    found, other = (_imaginary(function, weights, direction, one) for one in (step, 1024 * step))
    if found is None or other is None:
        return None
    # At the edge of a domain, as of x^1.5 at 0, the answer hangs on the step; and where it underflows.
    return found if abs(found - other) <= 1e-9 * abs(found) else math.nan


def _imaginary(function: Moving, weights: Sequence[Array], direction: Array, step: float) -> float | None:
    import numpy

    try:
        with warnings.catch_warnings():
            # A kernel that drops the imaginary part says so in a warning.
            warnings.simplefilter("error")
            found = function.complex_plan.run(function.inputs(direction, 1j * step))
    except (GradcliError, TypeError, ValueError, Warning):
        return None
    total = sum(
        numpy.sum(numpy.where(w == 0, 0.0, w * numpy.imag(one) / step))
        for w, one in zip(weights, found, strict=True)
    )
    return float(total)
