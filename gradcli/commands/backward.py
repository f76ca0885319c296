"""The backward graph as columns, for ``gradcli graph --backward``."""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.gradfn import Entry
from gradcli.graph.shapes import describe
from gradcli.output.picture import Column
from gradcli.output.summary import cell_text


def columns(entries: Sequence[Entry], precision: int, room: int, ascii: bool) -> list[Column]:
    """A cell of each column for each entry."""
    return [
        Column("", [f"{one.name} {one.leaf}".rstrip() for one in entries]),
        Column("shape", [_shapes(one, ascii) for one in entries]),
        Column("saved", [_saved(one, precision, room, ascii) for one in entries]),
        Column("next", [_next(one, entries) for one in entries]),
        Column("expression", [one.text for one in entries]),
    ]


def _shapes(entry: Entry, ascii: bool) -> str:
    shapes = [describe(shape) for shape in entry.shapes]
    if len(shapes) > 1 and len(set(shapes)) == 1:
        return f"{len(shapes)} {'x' if ascii else '×'} {shapes[0]}"
    return ", ".join(shapes)


def _saved(entry: Entry, precision: int, room: int, ascii: bool) -> str:
    values = {name: getattr(one, "array", one) for name, one in entry.saved.items()}
    return " ".join(
        [f"{name}={cell_text(one, precision, room, ascii=ascii)}" for name, one in values.items()]
    )


def _next(entry: Entry, entries: Sequence[Entry]) -> str:
    """Those that an edge leads to at another output than 0, as PyTorch lists them."""
    return ", ".join([f"({entries[place].name}, {number})" for place, number in entry.next if number])
