"""A row in a process of its own, so that no peer disturbs another.

``python -m tests.benchmarks.alone PLACE ROUNDS`` prints the figures of the case at a place of the table.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks.case import Case, Measured, Row

ROOT = Path(__file__).parents[2]
THREADS = "2"
LONGEST = 900
"""Seconds after which a row is given up."""


def row(case: Case, place: int, rounds: int) -> Row:
    """Run the case at a place of the table; whatever happens there is a row."""
    command = [sys.executable, "-m", __name__, str(place), str(rounds)]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Row(case, None, f"took longer than {LONGEST} seconds")
    if done.returncode:
        return Row(case, None, _ending(done))
    found = json.loads(done.stdout.splitlines()[-1])
    if "reason" in found:
        return Row(case, None, **found)
    return Row(case, Measured(**found))


def _environment() -> dict[str, str]:
    """As many threads for everyone, on the processor as it is, and nothing compiled twice."""
    kept = {name: value for name, value in os.environ.items() if name not in _UNSET}
    return kept | dict.fromkeys(_THREADS, THREADS) | {"JAX_PLATFORMS": "cpu"}


_UNSET = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "PYTHONDONTWRITEBYTECODE")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def _ending(done: subprocess.CompletedProcess[str]) -> str:
    """How a process ended that gave no answer."""
    if done.returncode < 0:
        return f"ended by {signal.Signals(-done.returncode).name}"
    said = done.stderr.strip().splitlines()
    return said[-1] if said else f"ended with {done.returncode}"


def figures(case: Case, rounds: int) -> dict[str, Any]:
    """The figures of a case, or why there are none."""
    try:
        return case.measure(rounds)._asdict()
    except ModuleNotFoundError as error:
        return {"reason": f"{error.name} is not installed", "absent": True}
    except Exception as error:
        said = str(error).strip().splitlines()
        return {"reason": f"{type(error).__name__}: {said[0] if said else 'no reason given'}"}


def main(place: int, rounds: int) -> None:
    """Print the figures of the case at a place of the table."""
    # XLA counts the processors that it may use, and starts a thread for each.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(THREADS)])
    from tests.benchmarks.table import CASES

    print(json.dumps(figures(CASES[place], rounds)))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
