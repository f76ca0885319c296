"""Functions of one number, downhill at 0, along which a line search looks for its step.

Each gives value and slope. Searches from steps far too short and far too long, and with few evaluations,
take every turn that a search can take.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

Curve = Callable[[float], tuple[float, float]]


def waves(size: float, often: float) -> Curve:
    """A parabola with waves on it: many minima, and slopes that mislead."""

    def curve(t: float) -> tuple[float, float]:
        return (
            size * math.sin(often * t) / often + (t - 2) ** 2,
            size * math.cos(often * t) + 2 * (t - 2),
        )

    return curve


# The second is the first test function of Moré and Thuente, "Line search algorithms with guaranteed
# sufficient decrease" (1994), with beta = 2.
CURVES: dict[str, Curve] = {
    "parabola": lambda t: ((t - 1) ** 2, 2 * (t - 1)),
    "moré thuente 1": lambda t: (-t / (t * t + 2), (t * t - 2) / (t * t + 2) ** 2),
    "narrow": lambda t: (math.cosh(5 * (t - 0.3)), 5 * math.sinh(5 * (t - 0.3))),
    "quartic": lambda t: ((t - 2) ** 4, 4 * (t - 2) ** 3),
    "sharp": lambda t: (math.hypot(t - 1, 0.001), (t - 1) / math.hypot(t - 1, 0.001)),
    "flat": lambda t: (t**3 / 3 - t / 1000, t**2 - 1 / 1000),
    "waves": waves(1.0, 8.0),
    "high waves": waves(3.5, 5.0),
    "long waves": waves(3.0, 1.5),
    "waves with a rise that is passed over": waves(2.6, 3.7),
    "waves with a minimum at the end of a bracket": waves(3.4, 7.2),
}
FIRST = (1e-6, 0.01, 0.03, 0.3, 0.5, 1.0, 1.7, 3.0, 6.5, 20.0)


def searches() -> Iterator[tuple[str, str, float, int]]:
    """What each is called, its curve, its first step and how many evaluations may follow that one."""
    for name in CURVES:
        for first in FIRST:
            for limit in (25, 3):
                yield f"{name} from {first}, {limit} more", name, first, limit
