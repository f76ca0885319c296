"""Kernels around the circle on plain floats."""

from __future__ import annotations

import math


def one_less_square(x: float) -> float:
    """1 - x^2, exact next to 1."""
    return (1 - x) * (1 + x)


def _turn(x: float) -> tuple[float, float]:
    """sin(pi x) and cos(pi x), from what is left of x after whole half turns: exact at whole numbers."""
    if not math.isfinite(x):
        return math.nan, math.nan
    whole = float(round(x))
    sign = 1.0 if whole % 2 == 0 else -1.0
    rest = math.pi * (x - whole)
    return sign * math.sin(rest), sign * math.cos(rest)


def sinc(x: float) -> float:
    """sin(pi x) / (pi x), and 1 at 0."""
    return 1.0 if abs(x) < 1e-150 else _turn(x)[0] / (math.pi * x)


def sinc_slope(x: float, order: int) -> float:
    """The derivative of sinc of an order from 1 on, as the array kernel has it."""
    u = math.pi * x
    sine, cosine = _turn(x)
    turns = (sine, cosine, -sine, -cosine)
    found = 0.0
    if abs(u) <= order + 1:
        for n in range(2 * order + 40, order, -1):
            found = (turns[n % 4] - u * found) / n
    else:
        found = sine / u
        for n in range(1, order + 1):
            found = (turns[n % 4] - n * found) / u
    return found * math.pi**order
