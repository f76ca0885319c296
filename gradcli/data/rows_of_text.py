"""Tables written as text: a text goes in, its numbers row by row come out.

Commas, tabs or spaces stand between the numbers; empty lines and comments (``#``) count for nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import NamedTuple

from gradcli.data.unreadable import numbers, unreadable

TRUTHS = {"true": True, "false": False}


class Table(NamedTuple):
    """The number of columns, and the numbers row by row in one list: a list for each would cost more."""

    width: int
    elements: list[float | bool]


def delimited(text: str, delimiter: str, name: str) -> Table:
    """The rows of a text with commas or tabs; a first row without a single number is a header."""
    return _checked(_cells(text, delimiter, name), name, header=True)


def spaced(text: str, name: str, header: bool = False) -> Table:
    """The rows of a text with spaces, or one number alone."""
    return _checked(_words(text), name, header)


def _cells(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows and the lines that they end on."""
    rows = csv.reader(text.splitlines(), delimiter=delimiter, skipinitialspace=True)
    try:
        for row in rows:
            if any(row) and not row[0].startswith("#"):
                yield rows.line_num, row
    except csv.Error as error:
        what = f"line {rows.line_num} is no row of a table: {error}"
        raise unreadable(name, what, "write numbers with commas between them") from None


def _words(text: str) -> Iterator[tuple[int, list[str]]]:
    for line, content in enumerate(text.splitlines(), 1):
        row = content.partition("#")[0].split()
        if row:
            yield line, row


def _checked(rows: Iterator[tuple[int, list[str]]], name: str, header: bool) -> Table:
    """The rows as numbers, all of one length."""
    elements: list[float | bool] = []
    first = width = 0
    for line, row in rows:
        if header:
            header = False
            if not any(map(_is_number, row)):
                continue
        try:
            elements += list(map(float, row))
        except ValueError:
            elements += [_number(cell, name, line, column) for column, cell in enumerate(row, 1)]
        if not first:
            first, width = line, len(row)
        elif len(row) != width:
            raise unreadable(
                name,
                f"line {line} has {numbers(len(row))}, line {first} has {width}",
                "give every row the same number of columns; a missing number is nan",
            )
    if not elements:
        raise unreadable(name, "there are no numbers in it", "write at least one number into it")
    return Table(width, elements)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return cell.strip().lower() in TRUTHS
    return True


def _number(cell: str, name: str, line: int, column: int) -> float | bool:
    """One cell, with an error that names its place."""
    try:
        return float(cell)
    except ValueError:
        word = cell.strip().lower()
    if word in TRUTHS:
        return TRUTHS[word]
    place = f"line {line}, column {column}"
    if not word:
        raise unreadable(name, f"{place} is empty", "write nan for a missing number")
    shown = cell if len(cell) <= 30 else cell[:29] + "…"
    hint = (
        "put commas between the numbers, and a point inside them" if ";" in cell else "write a number, or nan"
    )
    raise unreadable(name, f"{place}: '{shown}' is not a number", hint)
