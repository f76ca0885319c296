"""The slope of a function of one number at 0, by differences, with an estimate of its error.

Ridders' extrapolation (Advances in Engineering Software 4, 1982): quotients for steps that are
halved, extrapolated to step 0, the error estimated by what the last extrapolation changed. It is
tried from coarse steps to fine ones, since no step serves all functions: a coarse one leaves the
domain of ``log`` near 0, a fine one drowns in rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

Function = Callable[[float], float]

# Steps are powers of two, so that adding them to a number is exact as far as it can be.
FIRST_STEP = 2.0**-3
_FINER = 2.0**-5
_TRIES = 8
_HALVINGS = 4


class Slope(NamedTuple):
    """A slope and the estimated error of it."""

    value: float
    error: float


# An error estimate is an estimate: the truth lies within as many of it.
FACTOR = 8.0
UNKNOWN = Slope(math.nan, math.inf)


def central(function: Function, noise: float, good: Callable[[Slope], bool]) -> Slope:
    """The slope from both sides.

    Args:
        function: of one number, around 0; nan or infinite where it is not defined.
        noise: the rounding error of one of its values.
        good: whether a slope will do; otherwise finer steps are tried, and the surest one is taken.
    """

    def quotient(step: float) -> float:
        return (function(step) - function(-step)) / (2 * step)

    return _surest(quotient, 2, noise, good)


def one_sided(function: Function, noise: float, sign: float, good: Callable[[Slope], bool]) -> Slope:
    """The slope to the right (``sign`` 1) or to the left (-1) of 0."""
    here = function(0.0)

    def quotient(step: float) -> float:
        return (function(sign * step) - here) / (sign * step)

    return _surest(quotient, 1, noise, good)


def _surest(quotient: Function, order: int, noise: float, good: Callable[[Slope], bool]) -> Slope:
    tried = []
    for start in _starts():
        found = _extrapolated(quotient, start, order, noise)
        if good(found):
            return found
        tried.append(found)
    # Coarse steps over many waves of a sine look sure of themselves: finer ones know better.
    best = UNKNOWN
    finer: list[Slope] = []
    for found in reversed(tried):
        if found.error < best.error and all(_may_be_one(found, other) for other in finer):
            best = found
        if math.isfinite(found.error):
            finer.append(found)
    return best


def _may_be_one(a: Slope, b: Slope) -> bool:
    return abs(a.value - b.value) <= FACTOR * (a.error + b.error)


def _starts() -> Iterator[float]:
    step = FIRST_STEP
    for _ in range(_TRIES):
        yield step
        step *= _FINER


def _extrapolated(quotient: Function, start: float, order: int, noise: float) -> Slope:
    """One tableau; ``order`` is the power of the step that the first error term has."""
    steps = [start * 2.0**-k for k in range(_HALVINGS)]
    column = [quotient(step) for step in steps]
    if not all(map(math.isfinite, column)):
        return UNKNOWN
    rounding = [noise / step for step in steps]
    best = UNKNOWN
    for level in range(1, _HALVINGS):
        power = 2.0 ** (order * level)
        finer = [(power * fine - rough) / (power - 1) for rough, fine in pairwise(column)]
        # Each is weighed against both that it was made of; rounding grows little on the way.
        for place, value in enumerate(finer):
            changed = max(abs(value - column[place]), abs(value - column[place + 1]))
            error = max(changed, 2 * rounding[place + level])
            if error < best.error:
                best = Slope(value, error)
        column = finer
    return best
