"""Numbers and rows as text: ``12.345us``, ``1.50 KB``, columns under their titles."""

from __future__ import annotations

from collections.abc import Sequence

_LONGEST_NAME = 55


def time(microseconds: float) -> str:
    """A time in the unit that suits it."""
    if microseconds >= 1e6:
        return f"{microseconds / 1e6:.3f}s"
    if microseconds >= 1e3:
        return f"{microseconds / 1e3:.3f}ms"
    return f"{microseconds:.3f}us"


def memory(number: int) -> str:
    """Bytes in the unit that suits them."""
    for power, unit in ((3, "GB"), (2, "MB"), (1, "KB")):
        if number >= 1024**power:
            return f"{number / 1024**power:.2f} {unit}"
    return f"{number} B"


def share(part: float, whole: float) -> str:
    """A part of the whole in per cent."""
    return f"{100 * part / whole:.2f}%" if whole else "--"


def aligned(titles: Sequence[str], rows: Sequence[Sequence[str]], last: str) -> str:
    """Columns between rules, names on the left and numbers on the right, and a line below."""
    cells = [[_cut(row[0]), *row[1:]] for row in rows]
    widths = [max(map(len, column)) for column in zip(titles, *cells, strict=True)]
    rule = "  ".join(["-" * width for width in widths])

    def line(row: Sequence[str]) -> str:
        padded = [row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]
        return "  ".join(padded).rstrip()

    return "\n".join([rule, line(titles), rule, *map(line, cells), rule, last])


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 3] + "..."
