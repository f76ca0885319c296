"""An automatic slope against a function of one number: agreement, disagreement, a kink, or noise."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from gradcli.checking.differences import FACTOR, FIRST_STEP, UNKNOWN, Slope, central, one_sided
from gradcli.checking.kinks import Found
from gradcli.checking.result import Row, Verdict

_EPSILON = 2.0**-52
# Worst first.
_ORDER: tuple[Verdict, ...] = ("disagrees", "not differentiable here", "undecided", "agrees", "skipped")


class Outcome(NamedTuple):
    """What came of one direction; slopes are for a step of the length of the direction."""

    verdict: Verdict
    slope: Slope
    difference: float
    note: str = ""
    kinks: Sequence[Found] = ()

    @property
    def weight(self) -> float:
        """How bad it is next to what rounding may do."""
        ratio = self.difference / self.slope.error if self.slope.error else math.inf
        return ratio if self.difference else 0.0


def judged(
    slope: float,
    size: float,
    function: Callable[[float], float],
    noise: float,
    met: Sequence[Found] = (),
) -> Outcome:
    """Compare an automatic slope with differences.

    Args:
        slope: the automatic one.
        size: the sum of the sizes of the products it is made of.
        function: of one number, around 0.
        noise: the rounding error of one of its values.
        met: the kinks that stand in its way at 0.
    """
    here = function(0.0)
    # The rounding error tells how large the numbers are that the slope is made of.
    natural = max(abs(slope) if math.isfinite(slope) else 0.0, abs(here), noise / _EPSILON)

    def sure(found: Slope) -> bool:
        return found.error <= 1e-7 * max(abs(slope), abs(found.value)) or found.error <= 1e-9 * natural

    def good(found: Slope) -> bool:
        return sure(found) and fits(slope, size, found)

    if not math.isfinite(here):
        return Outcome("undecided", UNKNOWN, math.nan, "the value is not finite, and has no slope")
    both = UNKNOWN if met else central(function, noise, good)
    if not met and fits(slope, size, both) and math.isfinite(slope):
        # Next to a zero of high order nothing is large but what the function comes to further away.
        away = 0.0 if slope else min(abs(function(FIRST_STEP)), abs(function(-FIRST_STEP)))
        known = both.error <= 1e-4 * max(natural, abs(both.value), away)
        note = "" if known else "the differences are too rough to tell"
        return Outcome("agrees" if known else "undecided", both, abs(slope - both.value), note)
    right = one_sided(function, noise, 1.0, sure)
    left = one_sided(function, noise, -1.0, sure)
    if met:
        return _at_kink(slope, size, left, right, met, natural)
    sides = [one for one in (left, right) if math.isfinite(one.error)]
    if not math.isfinite(both.error) and len(sides) == 1:
        return _from_one_side(slope, size, sides[0], natural)
    if not math.isfinite(both.error):
        return Outcome("undecided", both, math.nan, "there are no values near the point to compare with")
    if _bends(left, right) and _between(slope, left, right):
        said = f"the slopes to its left and right are {left.value:.6g} and {right.value:.6g}"
        return Outcome("not differentiable here", both, abs(slope - both.value), said)
    if both.error > 1e-3 * max(abs(both.value), abs(slope) if math.isfinite(slope) else 0.0, noise):
        return Outcome("undecided", both, abs(slope - both.value), "the differences are too rough to tell")
    return Outcome("disagrees", both, abs(slope - both.value))


def fits(slope: float, size: float, other: Slope) -> bool:
    """Whether a slope lies within the error of another one."""
    return abs(slope - other.value) <= tolerance(size, other)


def verdict_on(slope: float, size: float, other: Slope) -> Verdict:
    """Whether they agree, where there is no question of kinks."""
    return "agrees" if fits(slope, size, other) else "disagrees"


def tolerance(size: float, other: Slope) -> float:
    """How far apart two slopes may be that are the same."""
    return FACTOR * (other.error + 8 * _EPSILON * size)


def _at_kink(
    slope: float, size: float, left: Slope, right: Slope, met: Sequence[Found], natural: float
) -> Outcome:
    worst = max(left, right, key=lambda one: one.error)
    smooth = worst.error <= 1e-4 * max(natural, abs(worst.value)) and not _bends(left, right)
    if smooth and fits(slope, size, worst):
        return Outcome("agrees", worst, abs(slope - worst.value))
    if smooth and math.isnan(slope):
        # Both sides agree: it is smooth there, and no convention asks for a nan.
        return Outcome("disagrees", worst, math.nan, f"it is nan, and {worst.value:.6g} to either side")
    return Outcome("not differentiable here", worst, abs(slope - worst.value), "", met)


def _from_one_side(slope: float, size: float, side: Slope, natural: float) -> Outcome:
    difference = abs(slope - side.value)
    if side.error > 1e-3 * max(natural, abs(side.value)):
        return Outcome("undecided", side, difference, "the point is at the edge of the domain")
    if fits(slope, size, side):
        return Outcome("agrees", side, difference, "from the one side where there are values")
    return Outcome("disagrees", side, difference, "from the one side where there are values")


def _bends(left: Slope, right: Slope) -> bool:
    """Whether the slopes to the two sides differ, as far as they are known."""
    apart = abs(left.value - right.value)
    return not apart <= FACTOR * (left.error + right.error) + 1e-9 * max(abs(left.value), abs(right.value))


def _between(slope: float, left: Slope, right: Slope) -> bool:
    low, high = sorted((left.value, right.value))
    room = FACTOR * (left.error + right.error)
    return low - room <= slope <= high + room


def _representable(one: Outcome, length: float) -> Outcome:
    """A derivative below the smallest double is 0, and wrong by no more than that."""
    if one.verdict == "disagrees" and _per(one.difference, length) < sys.float_info.min:
        return one._replace(verdict="undecided", note="the derivative is too small for a double")
    return one


def _per(size: float, length: float) -> float:
    """For a step of length 1; a length may underflow."""
    return size / length if length else math.inf if size else 0.0


def row(name: str, method: str, outcomes: Iterable[tuple[Outcome, float]]) -> Row:
    """A row from the outcomes of several directions, each with the length of its direction."""
    found = [(_representable(one, length), length) for one, length in outcomes]
    verdict = min((one.verdict for one, _ in found), key=_ORDER.index)
    worst, length = max(
        ((one, length) for one, length in found if one.verdict == verdict), key=lambda pair: pair[0].weight
    )
    difference, error = (_per(size, length) for size in (worst.difference, worst.slope.error))
    if verdict == "not differentiable here" or not math.isfinite(difference + error):
        return Row(name, method, None, None, verdict, worst.note)
    return Row(name, method, difference, error, verdict, worst.note)
