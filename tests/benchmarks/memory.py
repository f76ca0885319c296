"""How far the resident memory of a process grows, at its peak, while it answers."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from tests.benchmarks.case import Measured, Work
from tests.benchmarks.engines import ours

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_RESET_PEAK = "5"

FEW = 3
"""Elements of the run before, which imports all that is needed."""


def grown(work: Work, n: int, rounds: int) -> Measured:
    """The growth against the bytes of what is given and what is asked for, which no one can do without.

    Memory grows once in the life of a process: there is one round.

    Raises:
        OSError: this is no Linux.
    """
    ours.gradient(work, work.inputs(FEW)).call()
    _CLEAR.write_text(_RESET_PEAK)
    before = _kilobytes("VmRSS")
    inputs = work.inputs(n)
    side = ours.gradient(work, inputs)
    answer = side.arrays(side.call())
    growth = 1024 * (_kilobytes("VmHWM") - before)
    needed = sum(np.asarray(one).nbytes for one in (*inputs.values(), *answer))
    return Measured(growth, needed, needed / growth, "B")


def _kilobytes(field: str) -> int:
    found = re.search(rf"{field}:\s+(\d+) kB", _STATUS.read_text())
    assert found
    return int(found[1])
