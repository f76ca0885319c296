"""Reductions, scans and orderings of a single number, on plain floats."""

from __future__ import annotations

from typing import Any


def position(x: float, **_: Any) -> float:
    """Where the one number stands."""
    return 0.0


def nonzero(x: float, **_: Any) -> bool:
    """Whether it counts as true; nan does."""
    return x != 0


def picked(x: float, *_: float, **__: Any) -> float:
    """The one element."""
    return x


def count_nonzero(x: float, **_: Any) -> float:
    """1 unless it is zero."""
    return 1.0 if x != 0 else 0.0


def share(x: float, **_: Any) -> float:
    """Its share of its own exponential; an infinity's too is the whole."""
    return 1.0 if x == x else x
