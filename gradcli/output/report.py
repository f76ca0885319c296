"""An error as text: a GradcliError goes in, lines for a terminal come out, under the user's own text.

    error: these shapes do not broadcast: (3,) and (2,)
      mean((x + y) * 2)
            ~~^~~
      x is (3,), given by x=[1,2,3]; y is (2,), given by y=[1,2]
      hint: give both the same length

Each line says what it is (``ReportLine.kind``), so that colour can be added without reading the text again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gradcli.errors import GradcliError, Source, Span
from gradcli.output.position import anchor, line_and_column
from gradcli.output.width import char_width, shorten, visible, visible_text

INDENT = "  "
MOST_LINES = 5
LONGEST_SENTENCE = 400
NARROWEST = 20


class ReportLine(NamedTuple):
    """A line of a report; ``kind`` is message, place, source, underline, note or hint."""

    kind: str
    text: str


def report_text(
    error: GradcliError, severity: str = "error", *, width: int = 100, ascii: bool = False
) -> str:
    """The report as one text without a line feed at its end."""
    return "\n".join([line.text for line in report_lines(error, severity, width=width, ascii=ascii)])


def report_lines(
    error: GradcliError, severity: str = "error", *, width: int = 100, ascii: bool = False
) -> list[ReportLine]:
    """The report, line by line.

    Args:
        error: what happened; its span is shown if it knows its source.
        severity: the word before the message, ``error`` or ``warning``.
        width: the columns there are; a longer source line is cut to a window around the span. Sentences are
            left to the terminal to wrap, and cut only where they quote a name without end.
        ascii: whether to draw with ASCII alone; the user's own text stays as it is.
    """
    lines = [ReportLine("message", text) for text in _sentences(f"{severity}: {error.message}", ascii)]
    if error.source is not None and error.span is not None and error.source.text.strip():
        lines += _excerpt(error.source, error.span, max(width, NARROWEST) - len(INDENT), ascii)
    elif error.source is not None and (error.source.place or error.source.line):
        lines.append(ReportLine("place", INDENT + _place(error.source, ascii)))
    for note in error.notes:
        lines += [ReportLine("note", INDENT + text) for text in _sentences(note, ascii)]
    if error.hint:
        lines += [ReportLine("hint", INDENT + text) for text in _sentences(f"hint: {error.hint}", ascii)]
    return lines


def _place(source: Source, ascii: bool) -> str:
    """Where a text stands that has nothing to underline."""
    if not source.place:
        return f"line {source.line}"
    return visible_text(source.place, ascii) + (f":{source.line}" if source.line else "")


def _sentences(text: str, ascii: bool) -> list[str]:
    return [shorten(visible_text(line, ascii), LONGEST_SENTENCE, ascii) for line in text.split("\n")]


def _excerpt(source: Source, span: Span, width: int, ascii: bool) -> Iterator[ReportLine]:
    """The place if there is more than one line to be in, then the lines of the span with their underlines."""
    text = source.text
    start = anchor(text, span)
    end = max(start, min(span.end, len(text))) if span.end > span.start else start
    if text[start:end].isspace() and text[start:end].strip(" \t"):  # a line end has no width
        end = start
    line, column = line_and_column(text, span)
    if source.line:
        line += source.line - 1
    if source.place:
        yield ReportLine("place", f"{INDENT}{visible_text(source.place, ascii)}:{line}:{column}")
    elif source.line:
        yield ReportLine("place", f"{INDENT}line {line}, column {column}:")
    elif "\n" in text.rstrip():
        yield ReportLine("place", f"{INDENT}line {line}:")
    previous = None
    for row, (begin, content) in _touched(text, start, end, span.point):
        if previous is not None and row != previous + 1:
            yield ReportLine("source", INDENT + ("..." if ascii else "…"))
        previous = row
        marks = _marks(content, start - begin, end - begin, span.point, begin)
        for kind, shown in zip(("source", "underline"), _window(content, marks, width, ascii), strict=True):
            if shown or kind == "source":
                yield ReportLine(kind, (INDENT + shown).rstrip())


def _touched(
    text: str, start: int, end: int, point: tuple[int, int] | None
) -> Iterator[tuple[int, tuple[int, str]]]:
    """The lines from start to end, numbered from 0, each with its offset; of many, not all."""
    begin = text.rfind("\n", 0, start) + 1
    rows: list[tuple[int, str]] = []
    for content in text[begin : _line_end(text, max(start, end - 1))].split("\n"):
        rows.append((begin, content.removesuffix("\r")))
        begin += len(content) + 1
    kept = set(range(len(rows)))
    if len(rows) > MOST_LINES:
        middle = [row for row, (offset, _) in enumerate(rows) if point is not None and offset <= point[0]]
        kept = {0, 1, middle[-1] if middle else 2, len(rows) - 2, len(rows) - 1}
    for row in sorted(kept):
        yield row, rows[row]


def _line_end(text: str, offset: int) -> int:
    found = text.find("\n", offset)
    return len(text) if found < 0 else found


def _marks(content: str, start: int, end: int, point: tuple[int, int] | None, begin: int) -> dict[int, str]:
    """The mark under each character of a line, by its index; one past the end of the line is a place too."""
    if start >= end:
        return {min(start, len(content)): "^"}
    first, last = max(start, 0), min(end, len(content))
    while first < last and content[first].isspace():
        first += 1
    while first < last and content[last - 1].isspace():
        last -= 1
    if first >= last:  # an empty line among others, or a span of nothing but spaces
        return dict.fromkeys(range(start, end), "^") if start >= 0 and end <= len(content) else {}
    if point is None:
        return dict.fromkeys(range(first, last), "^")
    low, high = point[0] - begin, max(point[1], point[0] + 1) - begin
    return {index: "^" if low <= index < high else "~" for index in range(first, last)}


def _window(content: str, marks: dict[int, str], width: int, ascii: bool) -> tuple[str, str]:
    """A line and its underline; a line wider than the window is cut around what is marked."""
    cells = [visible(char, ascii) for char in content] + [" "]
    columns = [0]
    for cell in cells:
        columns.append(columns[-1] + char_width(cell))
    low, high = 0, len(content)
    if columns[high] > width and marks:
        room = width - (6 if ascii else 2)
        shown = list(marks)
        if columns[min(shown[-1] + 1, high)] - columns[shown[0]] > room:
            shown = [index for index, mark in marks.items() if mark == "^"] or shown
        low, high = _around(columns, shown[0], shown[-1] + 1, room)
    elif columns[high] > width:
        high = _fit(columns, 0, width - (3 if ascii else 1))
    ellipsis = "..." if ascii else "…"
    left = ellipsis if low > 0 else ""
    right = ellipsis if high < len(content) else ""
    under = "".join(
        [
            marks.get(index, " ") * (columns[index + 1] - columns[index])
            for index in range(low, min(high, len(content)) + (not right))
        ]
    ).rstrip()
    if marks and not under:  # a mark under a combining character alone, which has no column of its own
        under = " " * (columns[min(marks)] - columns[low]) + "^"
    return left + "".join(cells[low:high]) + right, " " * len(left) + under if under else ""


def _around(columns: list[int], first: int, last: int, room: int) -> tuple[int, int]:
    """The characters from and to which a window of so many columns shows the marked ones, in its middle."""
    length = len(columns) - 2
    last = min(last, length)
    spare = room - (columns[last] - columns[first])
    target = columns[first] - max(spare, 0) // 2
    target = max(0, min(target, columns[length] - room))
    low = first
    while low > 0 and columns[low - 1] >= target:
        low -= 1
    return low, _fit(columns, low, room)


def _fit(columns: list[int], low: int, room: int) -> int:
    """The end of the characters from ``low`` on that fit into so many columns."""
    high = low
    while high < len(columns) - 2 and columns[high + 1] - columns[low] <= room:
        high += 1
    return high
