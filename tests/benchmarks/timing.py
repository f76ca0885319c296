"""Two sides in turn: they must agree, and then the median of the ratios of paired rounds counts.

The machine's speed drifts, and other programs run on it. A ratio of two rounds that follow one another does
not see that; a ratio of two medians does.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tests.benchmarks.case import Measured, Side

TOLERANCE = 1e-9
"""How far apart two answers may be, relative to the largest element: rounding of long sums, and no more."""

SHORTEST_ROUND = 0.02
"""Seconds that a round lasts at least, by repetition: what disturbs it takes some microseconds."""

LONGEST_ROW, FEWEST_ROUNDS = 30.0, 5
"""A row that has lasted so many seconds ends, once it has so many rounds."""


class DisagreementError(Exception):
    """The sides do not compute the same, so their times say nothing."""


def compare(ours: Side, theirs: Side, rounds: int) -> Measured:
    """Check that both agree, warm them up, and time them in turn.

    Raises:
        DisagreementError: they do not.
    """
    agree(ours, theirs)
    repeats = [_repeats(side) for side in (ours, theirs)]
    pairs: list[tuple[float, float]] = []
    end = time.perf_counter() + LONGEST_ROW
    while len(pairs) < rounds and (len(pairs) < FEWEST_ROUNDS or time.perf_counter() < end):
        pairs.append((seconds(ours, repeats[0]), seconds(theirs, repeats[1])))
    mine, others = zip(*pairs, strict=True)
    ratio = statistics.median([b / a for a, b in pairs])
    return Measured(statistics.median(mine), statistics.median(others), ratio)


def seconds(side: Side, repeats: int) -> float:
    """How long one call takes, on average over as many in a row."""
    calls = [_readied(side) for _ in range(repeats)]
    start = time.perf_counter()
    for call in calls:
        call()
    return (time.perf_counter() - start) / repeats


def _readied(side: Side) -> Callable[[], Any]:
    """The call alone, for a call may last less than another one around it."""
    return side.call if side.ready is None else partial(side.call, side.ready())


def _repeats(side: Side) -> int:
    """How many calls fill a round."""
    repeats = 1
    while (taken := seconds(side, repeats) * repeats) < SHORTEST_ROUND:
        # A first call may be the slowest of all: grow by steps.
        repeats = min(repeats * 8, int(repeats * 1.2 * SHORTEST_ROUND / taken) + 1)
    return repeats


def agree(ours: Side, theirs: Side) -> None:
    """Raise unless all parts of both answers are the same, to the tolerance."""
    mine, others = [list(map(_array, side.arrays(_readied(side)()))) for side in (ours, theirs)]
    if len(mine) != len(others):
        raise DisagreementError(f"we give {len(mine)} arrays, and they {len(others)}")
    for place, (a, b) in enumerate(zip(mine, others, strict=True)):
        if a.shape != b.shape:
            raise DisagreementError(f"part {place} is {a.shape} with us, and {b.shape} with them")
        if _is_sparse(a) != _is_sparse(b):
            a, b = _dense(a), _dense(b)
        apart = _largest(a - b) / max(_largest(b), np.finfo(float).tiny)
        if not apart <= TOLERANCE:
            raise DisagreementError(f"part {place} is {apart:.1e} of its largest element apart")


def _is_sparse(value: Any) -> bool:
    """Whether it is one of SciPy's matrices."""
    return hasattr(value, "tocsr")


def _array(value: Any) -> Any:
    return value if _is_sparse(value) else np.asarray(value, dtype=float)


def _dense(value: Any) -> Any:
    return value.toarray() if _is_sparse(value) else value


def _largest(array: Any) -> float:
    return float(np.max(np.abs(array.tocsr().data if _is_sparse(array) else array), initial=0.0))


def first_call(make: Callable[[], Side]) -> Side:
    """A side built afresh by every call: what is asked once pays for all that comes before it."""

    def call() -> tuple[Side, Any]:
        side = make()
        return side, _readied(side)()

    return Side(call, lambda found: found[0].arrays(found[1]))
