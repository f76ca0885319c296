"""Sparse matrices as text: a matrix goes in, its pattern and its non-zeros come out.

    in a pipe       x<TAB>3x3 with 2 entries    on a terminal    [2, .]
                    x[0,0]<TAB>2                                 [., 4]
                    x[1,1]<TAB>4

A matrix too large to be drawn is listed on a terminal, too.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.output.numbers import format_row
from gradcli.output.values import Sparse, to_lists

# A matrix of more rows or columns is listed, and of more entries the first and the last ones alone.
_DRAWN = 12
_LISTED = 6

_ZERO = {False: "·", True: "."}


def entries(
    matrix: Sparse, precision: int | None = None, part: slice = slice(None)
) -> Iterator[tuple[int, int, str]]:
    """The row, the column and the digits of each entry, or of some."""
    digits = format_row(to_lists(matrix.data[part]), precision)
    return zip(matrix.row[part].tolist(), matrix.col[part].tolist(), digits, strict=True)


def title(matrix: Sparse) -> str:
    """Its size, and how many entries it has."""
    height, width = matrix.shape
    (count,) = matrix.data.shape
    return f"{height}x{width} with {count} {'entry' if count == 1 else 'entries'}"


def named_lines(name: str, matrix: Sparse, precision: int | None = None) -> list[str]:
    """A line for the whole, then one for each entry."""
    found = [f"{name}[{row},{col}]\t{digits}" for row, col, digits in entries(matrix, precision)]
    return [f"{name}\t{title(matrix)}", *found]


def one_line(matrix: Sparse, precision: int | None = None) -> str:
    """All of it on one line."""
    height, width = matrix.shape
    found = [f"[{row},{col}] {digits}" for row, col, digits in entries(matrix, precision)]
    return " ".join([f"{height}x{width}", *found])


def csv_lines(matrix: Sparse, precision: int | None = None) -> str:
    """A line for each entry: row, column, value."""
    return "\n".join([f"{row},{col},{digits}" for row, col, digits in entries(matrix, precision)])


def drawn_lines(matrix: Sparse, precision: int | None, columns: int, *, ascii: bool = False) -> list[str]:
    """A small matrix with points for what is always zero; if it is large or too wide a list of entries."""
    if max(matrix.shape) > _DRAWN or 0 in matrix.shape:
        return _listed(matrix, precision)
    height, width = matrix.shape
    cells = [[_ZERO[ascii]] * width for _ in range(height)]
    for row, col, digits in entries(matrix, precision):
        cells[row][col] = digits
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    drawn = ["  ".join(map(str.rjust, line, widths)) for line in cells]
    return drawn if len(drawn[0]) <= columns else _listed(matrix, precision)


def _listed(matrix: Sparse, precision: int | None) -> list[str]:
    def lines(part: slice) -> list[str]:
        return [f"[{row},{col}]  {digits}" for row, col, digits in entries(matrix, precision, part)]

    if matrix.data.shape[0] <= 2 * _LISTED:
        return [title(matrix), *lines(slice(None))]
    return [title(matrix), *lines(slice(_LISTED)), "...", *lines(slice(-_LISTED, None))]
