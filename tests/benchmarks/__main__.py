"""Start-up against its floor: ``python -m tests.benchmarks [ROUNDS]``.

Whole processes with their output piped, each pair run in turn, so that the ratio holds when
the machine's speed drifts. The floor is the import of the packages that no such tool can do without.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

GRADCLI = str(Path(sys.executable).parent / "gradcli")

PAIRS = [
    (["--help"], "import click", 1.4),
    (["grad", "x^2", "x=3", "--wrt", "x"], "import numpy, click", 1.3),
    (["eval", "sin(1)/3"], "import numpy, click", None),
    (["grad", "mean((x+2)*(x+2)*2)", "x=1,2,3"], "import numpy, click", None),
]


def seconds(command: list[str]) -> float:
    """How long one process takes."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return time.perf_counter() - start


def compare(ours: list[str], floor: list[str], rounds: int) -> tuple[float, float, float]:
    """The medians of both, and of their ratio pair by pair."""
    seconds(ours), seconds(floor)
    pairs = [(seconds(ours), seconds(floor)) for _ in range(rounds)]
    mine, theirs = zip(*pairs, strict=True)
    ratio = statistics.median([a / b for a, b in pairs])
    return statistics.median(mine), statistics.median(theirs), ratio


def main() -> None:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    table = Table("gradcli", "against python -c", "ours (ms)", "floor (ms)", "ratio", "bound")
    for arguments, floor, bound in PAIRS:
        mine, theirs, ratio = compare([GRADCLI, *arguments], [sys.executable, "-c", floor], rounds)
        shown = "" if bound is None else f"{bound}"
        table.add_row(
            " ".join(arguments), floor, f"{mine * 1e3:.0f}", f"{theirs * 1e3:.0f}", f"{ratio:.2f}", shown
        )
    Console().print(table)


if __name__ == "__main__":
    main()
