"""A step length along a direction that satisfies the strong Wolfe conditions.

Nocedal, Wright, "Numerical optimization" (2nd edition, 2006), algorithms 3.5 (bracket) and 3.6 (zoom), in the
form of minFunc (Schmidt 2005) that PyTorch ported. The constants, the guards and the order of comparisons are
theirs: with others a search ends at another point.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Point", "strong_wolfe"]

SUFFICIENT_DECREASE = 1e-4
CURVATURE = 0.9


class Point(NamedTuple):
    """A place on the line: the step that leads to it, the loss, the gradient, and the slope along the line.

    Numbers are NumPy's, so that a quotient by zero is nan, which every comparison below refuses.
    """

    step: np.floating[Any]
    loss: float
    gradient: NDArray[Any]
    slope: np.floating[Any]


def strong_wolfe(
    evaluate: Callable[[np.floating[Any]], Point],
    start: Point,
    first: np.floating[Any],
    widest: np.floating[Any],
    tolerance_change: float,
    limit: int,
) -> tuple[Point, int]:
    """A point where the loss has fallen enough and is flat enough, or else the best one seen.

    Args:
        evaluate: the point at a step.
        start: the point at step 0, where the slope is negative.
        first: the first step to try.
        widest: the largest component of the direction; a bracket times it is a change of a parameter.
        tolerance_change: the change of a parameter that is not worth a further evaluation.
        limit: how many evaluations may follow that of the first step.

    Returns:
        The point, and the number of evaluations.
    """
    bracket, spent = _bracket(evaluate, start, first, limit)
    low = _lower(bracket)
    stalled = False
    while len(bracket) == 2 and spent < limit:
        if abs(bracket[1].step - bracket[0].step) * widest < tolerance_change:
            break
        step, stalled = _inside(bracket, stalled)
        new = evaluate(step)
        spent += 1
        if _rose(new, start) or new.loss >= bracket[low].loss:
            bracket[1 - low] = new
            low = _lower(bracket)
        elif _flat(new, start):
            return new, spent + 1
        else:
            if new.slope * (bracket[1 - low].step - bracket[low].step) >= 0:
                bracket[1 - low] = bracket[low]
            bracket[low] = new
    return bracket[low], spent + 1


def _bracket(
    evaluate: Callable[[np.floating[Any]], Point], start: Point, first: np.floating[Any], limit: int
) -> tuple[list[Point], int]:
    """Two points with an acceptable one between them, or that one alone; and how many followed the first."""
    before, new, spent = start, evaluate(first), 0
    while spent < limit:
        if _rose(new, start) or (spent > 1 and new.loss >= before.loss):
            return [before, new], spent
        if _flat(new, start):
            return [new], spent
        if new.slope >= 0:
            return [before, new], spent
        nearest = new.step + 0.01 * (new.step - before.step)
        step = _minimum_of_cubic(before, new, nearest, new.step * 10)
        before, new = new, evaluate(step)
        spent += 1
    return [start, new], spent


def _rose(new: Point, start: Point) -> bool:
    """Whether the loss is above the line of sufficient decrease (Armijo)."""
    return bool(new.loss > start.loss + SUFFICIENT_DECREASE * new.step * start.slope)


def _flat(new: Point, start: Point) -> bool:
    """Whether the slope has become small against the first one (strong curvature condition)."""
    return bool(abs(new.slope) <= -CURVATURE * start.slope)


def _lower(bracket: list[Point]) -> int:
    return 0 if bracket[0].loss <= bracket[-1].loss else 1


def _inside(bracket: list[Point], stalled: bool) -> tuple[np.floating[Any], bool]:
    """The next step to try in a bracket, and whether it is close to an end.

    Close to an end twice in a row, or outside, it is moved inwards by a tenth of the width.
    """
    left, right = sorted(point.step for point in bracket)
    step = _minimum_of_cubic(bracket[0], bracket[1], left, right)
    margin = 0.1 * (right - left)
    if not min(right - step, step - left) < margin:
        return step, False
    if stalled or step >= right or step <= left:
        return (right - margin if abs(step - right) < abs(step - left) else left + margin), False
    return step, True


def _minimum_of_cubic(
    one: Point, other: Point, lowest: np.floating[Any], highest: np.floating[Any]
) -> np.floating[Any]:
    """Where the cubic through two losses and slopes is least, kept in bounds (Nocedal, Wright, 3.59)."""
    left, right = (one, other) if one.step <= other.step else (other, one)
    d1 = left.slope + right.slope - 3 * (left.loss - right.loss) / (left.step - right.step)
    square = d1**2 - left.slope * right.slope
    # PyTorch goes on with an infinite one, to steps of nan.
    if not 0 <= square < np.inf:
        return (lowest + highest) / 2.0
    d2 = np.sqrt(square)
    width = right.step - left.step
    step = right.step - width * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2))
    return min(max(step, lowest), highest)
