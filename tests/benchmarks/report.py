"""Rows as a table for a terminal, as JSON, and as the Markdown of the README."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rich.table import Table

from tests.benchmarks import machine
from tests.benchmarks.alone import THREADS
from tests.benchmarks.case import Case, Row

COLUMNS = ("work", "n", "peer", "ours", "theirs", "ratio", "asked", "met?")
_RIGHT = ("n", "ours", "theirs", "ratio", "asked")
_UNITS = {
    "s": ((1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")),
    "B": ((1e6, "MB"), (1e3, "kB"), (1, "B")),
}


def table(rows: Sequence[Row]) -> Table:
    """For a terminal."""
    shown = Table(caption=legend())
    for column in COLUMNS:
        shown.add_column(column, justify="right" if column in _RIGHT else "left")
    for row in rows:
        style = {True: "green", False: "red", None: None}[row.met] if row.measured else "yellow"
        shown.add_row(*_cells(row), style=style)
    return shown


def markdown(rows: Sequence[Row]) -> str:
    """For the README: the machine, and a table."""
    rule = ["---:" if column in _RIGHT else "---" for column in COLUMNS]
    lines = [COLUMNS, rule, *[[_escaped(cell) for cell in _cells(row)] for row in rows]]
    return "\n".join([legend(), "", *[f"| {' | '.join(line)} |" for line in lines]])


def as_json(rows: Sequence[Row]) -> str:
    """All figures with all digits; times in seconds, memory in bytes."""
    return json.dumps(
        {"machine": machine.described(), "threads": int(THREADS), "rows": list(map(_object, rows))}, indent=2
    )


def _object(row: Row) -> dict[str, Any]:
    case, measured = row.case, row.measured
    found: dict[str, Any] = {"name": case.name, "work": case.work, "n": case.n, "peer": case.peer}
    if case.asked.bound is not None:
        found["at_most" if case.asked.at_most else "at_least"] = case.asked.bound
    if measured is None:
        return {**found, "reason": row.reason}
    ours, theirs, unit = measured.ours, measured.theirs, measured.unit
    return {**found, "ours": ours, "theirs": theirs, "unit": unit, "ratio": row.ratio, "met": row.met}


def _cells(row: Row) -> list[str]:
    case, measured = row.case, row.measured
    figures = ["", "", ""]
    verdict = row.reason
    if measured is not None:
        figures = [
            _amount(measured.ours, measured.unit),
            _amount(measured.theirs, measured.unit),
            f"{row.ratio:.3g}",
        ]
        verdict = {True: "yes", False: "no", None: ""}[row.met]
    return [case.work, _size(case), case.peer, *figures, asked(case), verdict]


def asked(case: Case) -> str:
    """The bound of a case."""
    bound, at_most = case.asked
    return "" if bound is None else f"{'≤' if at_most else '≥'} {bound:g}"


def _size(case: Case) -> str:
    return "" if case.n is None else f"{case.n:,}"


def _amount(value: float, unit: str) -> str:
    """With three digits, in the largest unit that leaves one before the point."""
    scale, name = next((one for one in _UNITS[unit] if value >= one[0]), _UNITS[unit][-1])
    return f"{value / scale:.3g} {name}" if value < 999.5 * scale else f"{value / scale:.0f} {name}"


def _escaped(cell: str) -> str:
    return cell.replace("|", r"\|").replace("*", r"\*")


def legend() -> str:
    """What the figures are, and where they come from."""
    return (
        "Medians of rounds in turn, ours and the peer's in one process. The ratio says how many times as "
        "fast as the peer we are, or where ≤ is asked how many times the peer's cost ours is. "
        f"{THREADS} threads each, float64, {machine.described()}."
    )
