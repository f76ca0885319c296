"""gradcli against the engines people would use instead: ``python -m tests.benchmarks [NAME ...]``.

Needs the extra ``bench``; a peer that is not installed has a row that says so. Answers are compared before a
time counts, and times are taken in turn, so that ratios hold where the machine's speed drifts.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches

from rich.console import Console

from tests.benchmarks import alone, report
from tests.benchmarks.case import Row
from tests.benchmarks.table import CASES, NAMES

ROUNDS = 15
WIDTH = 150
INTERRUPTED = 130


def main(words: Sequence[str] | None = None) -> int:
    """Measure what is asked for, or all of it; 1 if a row has failed, but not for want of a package."""
    options = _parser().parse_args(words)
    wanted = [place for place, case in enumerate(CASES) if not options.names or case.name in options.names]
    progress = Console(stderr=True)
    rows: list[Row] = []
    # Who interrupts a long run sees what there is.
    with suppress(KeyboardInterrupt):
        for place in wanted:
            case = CASES[place]
            with progress.status(f"{len(rows) + 1} of {len(wanted)}: {case.work} against {case.peer}"):
                rows.append(alone.row(case, place, options.rounds))
    if options.json:
        print(report.as_json(rows))
    elif options.markdown:
        print(report.markdown(rows))
    else:
        console = Console()
        # A pipe has no width of its own.
        console = console if console.is_terminal else Console(width=WIDTH)
        console.print(report.table(rows))
    if len(rows) < len(wanted):
        return INTERRUPTED
    return int(any(row.measured is None and not row.absent for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description=__doc__.split(":")[0] + ".")
    parser.add_argument(
        "names",
        nargs="*",
        type=_name,
        metavar="NAME",
        help=f"what to run: {', '.join(NAMES)}; all by default",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print figures as JSON, with all their digits")
    form.add_argument("--markdown", action="store_true", help="print the table as the README has it")
    parser.add_argument(
        "--rounds",
        type=_rounds,
        default=ROUNDS,
        metavar="N",
        help=f"pairs of rounds a row, {ROUNDS} by default",
    )
    return parser


def _name(word: str) -> str:
    if word not in NAMES:
        near = get_close_matches(word, NAMES, n=1)
        known = f"did you mean {near[0]}?" if near else f"there are {', '.join(NAMES)}"
        raise argparse.ArgumentTypeError(f"no benchmark has the name {word}: {known}")
    return word


def _rounds(word: str) -> int:
    if not word.isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"rounds are a whole number above 0, not {word}")
    return int(word)


if __name__ == "__main__":
    sys.exit(main())
