"""Places in a text: an offset in characters goes in, a line and a column from 1 come out."""

from __future__ import annotations

from gradcli.errors import Span


def line_and_column(text: str, span: Span) -> tuple[int, int]:
    """The line and column, from 1, at which a span begins."""
    start = anchor(text, span)
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


def anchor(text: str, span: Span) -> int:
    """The offset at which a span begins, kept inside the text.

    The end of the input is the place after its last visible character, not an empty line further down.
    """
    start = max(0, min(span.start, len(text)))
    if span.end <= span.start and not text[start:].strip():
        return min(start, len(text.rstrip()))
    return start
