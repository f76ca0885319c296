"""Whole programs, their output piped: each in turn with the imports that no such tool can do without."""

from __future__ import annotations

import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.benchmarks.case import Measured, Side
from tests.benchmarks.timing import compare

GRADCLI = str(Path(sys.executable).with_name("gradcli"))

N = 1000
"""Numbers in the file that is read: few enough for the start to be what takes the time."""


def started(command: str, imports: str, rounds: int) -> Measured:
    """``gradcli`` with the words of a command, where ``v.npy`` is a vector, against the import alone."""
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder) / "v.npy", np.random.default_rng(0).uniform(-2, 2, N))
        ours = _process([GRADCLI, *shlex.split(command)], folder)
        return compare(ours, _process([sys.executable, "-c", f"import {imports}"], folder), rounds)


def _process(command: list[str], folder: str) -> Side:
    def call() -> None:
        subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=True)

    return Side(call, lambda _: [])
