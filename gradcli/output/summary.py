"""Arrays in little room: a value goes in, a few lines for a table or one short cell for a graph come out.

Only the elements that are shown are read, so the size of the array does not matter.
"""

from __future__ import annotations

from math import prod

from gradcli.output.numbers import format_number, format_row, format_value
from gradcli.output.values import Value, shape_of, to_lists

THRESHOLD = 1000
EDGE = 3


def summary_lines(
    value: Value, precision: int | None = 6, threshold: int = THRESHOLD, edge: int = EDGE
) -> list[str]:
    """A value over as many lines as it has rows, in brackets and with its columns aligned.

    As NumPy does, an array of more than ``threshold`` elements shows the first and last ``edge`` along an
    axis, ``[1, 2, 3, ..., 8, 9, 10]``; of more than two matrices it shows the first and the last.
    """
    shape = shape_of(value)
    if not shape or 0 in shape:
        return [format_value(value, precision)]
    long = prod(shape) > threshold
    if len(shape) == 1:
        return ["[" + ", ".join(_row(value, long, precision, edge)) + "]"]
    leading, blocks = shape[:-2], prod(shape[:-2])
    chosen = [0, blocks - 1] if long and blocks > 2 else range(blocks)
    lines: list[str] = []
    for block in chosen:
        index = _index(block, leading)
        opened, closed = _brackets(index, leading)
        matrix = _matrix(value[index], shape[-2], long, precision, edge)  # type: ignore[index]
        lines.append(" " * (len(leading) - opened) + "[" * opened + matrix[0])
        lines += [" " * len(leading) + line for line in matrix[1:]]
        lines[-1] += "]" * closed
        if block < blocks - 1:
            lines[-1] += ","
            lines += ["", " " * len(leading) + "...", ""] if len(chosen) < blocks else [""]
    return lines


def _index(block: int, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """The index of a matrix among all of an array, counted in the order in which they are written."""
    index: list[int] = []
    for size in reversed(sizes):
        block, place = divmod(block, size)
        index.append(place)
    return tuple(reversed(index))


def _brackets(index: tuple[int, ...], sizes: tuple[int, ...]) -> tuple[int, int]:
    """How many brackets open before the item at an index, and how many close after it."""
    opened = closed = 0
    while opened < len(sizes) and index[-1 - opened] == 0:
        opened += 1
    while closed < len(sizes) and index[-1 - closed] == sizes[-1 - closed] - 1:
        closed += 1
    return opened, closed


def _matrix(matrix: Value, height: int, long: bool, precision: int | None, edge: int) -> list[str]:
    """The lines of one matrix with its own brackets, its columns aligned to the right."""
    cut = long and height > 2 * edge
    places = [*range(edge), *range(height - edge, height)] if cut else range(height)
    rows = [_row(matrix[place], long, precision, edge) for place in places]  # type: ignore[index]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["[" + ", ".join(map(str.rjust, row, widths)) + "]" for row in rows]
    if cut:
        lines.insert(edge, "...")
    last = len(lines) - 1
    return [
        ("[" if place == 0 else " ") + line + ("]" if place == last else "" if line == "..." else ",")
        for place, line in enumerate(lines)
    ]


def _row(row: Value, long: bool, precision: int | None, edge: int) -> list[str]:
    """The numbers of one row, those in the middle of a long one left out."""
    if long and shape_of(row)[0] > 2 * edge:
        first, last = to_lists(row[:edge]), to_lists(row[-edge:])  # type: ignore[index]
        return [*format_row(first, precision), "...", *format_row(last, precision)]
    return format_row(to_lists(row), precision)


def cell_text(value: Value, precision: int | None = 4, columns: int = 24, *, ascii: bool = False) -> str:
    """A value in one short cell: ``3``, ``[1 2 3 …]``, ``[[1 2] [3 4]]``, or ``12-D array``.

    It is no wider than the columns where these have room for the first number.
    """
    shape = shape_of(value)
    if not shape or 0 in shape:
        return format_value(value, precision)
    if 2 * len(shape) > columns // 2:
        return f"{len(shape)}-D array"
    mark = " ..." if ascii else " …"
    text, depth, size = "", 0, prod(shape)
    for element in range(size):
        index = _index(element, shape)
        opened, closed = _brackets(index, shape)
        number = format_number(to_lists(value[index]), precision)  # type: ignore[index]
        piece = (" " if text else "") + "[" * opened + number + "]" * closed
        # What must still fit behind this piece: the mark, and a bracket for each one that stays open.
        rest = depth + opened - closed + (len(mark) if element < size - 1 else 0)
        if text and len(text) + len(piece) + rest > columns:
            return text + mark + "]" * depth
        text += piece
        depth += opened - closed
    return text
