"""A graph as lines of text: nodes with their cells go in, rails and aligned columns come out.

One row a node, consumers first; a shared node is drawn once and all rails to it come together.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple, TypeVar

from gradcli.output.rails import draw_rails
from gradcli.output.width import display_width, pad, shorten, visible_text

N = TypeVar("N", bound=Hashable)

_GAP = 2
_NARROWEST_TEXT = 8


class Column(NamedTuple):
    """A column of the picture: its title, and a cell for each row."""

    title: str
    cells: Sequence[str]


def picture(
    nodes: Sequence[N],
    children: Callable[[N], Sequence[N]],
    columns: Sequence[Column],
    *,
    width: int = 80,
    ascii: bool = False,
) -> list[str]:
    """Lay out a graph.

    Args:
        nodes: every consumer before what it consumes.
        children: what a node consumes, in order.
        columns: the cells beside the rails; the last one is cut to the width, the others are not.
        width: the columns to keep to, where the cells let it.
        ascii: whether to draw with ASCII alone.

    Returns:
        A line of titles, then a line for each node, without spaces at their ends.
    """
    rails = draw_rails(nodes, children, ascii=ascii)
    kept = [
        Column(column.title, [visible_text(cell, ascii) for cell in column.cells])
        for column in columns
        if any(column.cells)
    ]
    used = display_width(rails[0]) if rails else 0
    lines = [" " * used, *rails]
    for column in kept:
        cells = [column.title, *column.cells]
        if column is kept[-1] and len(kept) > 1:
            room = max(width - used - _GAP, _NARROWEST_TEXT)
            cells = [shorten(cell, room, ascii) for cell in cells]
        widest = max(map(display_width, cells))
        lines = [f"{line}{' ' * _GAP}{pad(cell, widest)}" for line, cell in zip(lines, cells, strict=True)]
        used += _GAP + widest
    return [line.rstrip() for line in lines]
