"""Results for a pipe: a result goes in, lines without colour, boxes or a width limit come out.

    eval      3     or  1 2 3  or  1 2      a tuple of outputs: a line each, arrays in brackets
                                   3 4
    grad      value<TAB>14                  the same for a Jacobian, a Hessian (blocks named x,y) and products
              x<TAB>[2, 4, 6]
    --lines   14<TAB>[2, 4, 6]

A result is the mapping that `jsonform.dumps` takes: ``{"value": v, "grad": {"x": g}}``.
No text ends in a line feed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gradcli.output import sparse
from gradcli.output.numbers import format_number, format_row, format_value
from gradcli.output.values import Leaf, Result, is_sparse, shape_of, to_lists


def value_text(value: Leaf, precision: int | None = None) -> str:
    """A value alone: a number, a line of numbers, a line for each row, matrices apart by an empty line."""
    if isinstance(value, tuple):
        return "\n".join([format_value(part, precision) for part in value])
    rank = len(shape_of(value))
    if rank == 0:
        return format_number(to_lists(value), precision)
    rows = to_lists(value)
    if rank == 1:
        return " ".join(format_row(rows, precision))
    blocks = [rows]
    for _ in range(rank - 2):
        blocks = [part for block in blocks for part in block]
    return "\n\n".join("\n".join([" ".join(format_row(row, precision)) for row in block]) for block in blocks)


def fields(result: Result) -> Iterator[tuple[str, Leaf]]:
    """The leaves of a result with their names: ``value``, then each name, or ``x,y`` for a block."""
    for key, item in result.items():
        if key == "outputs":  # the number of outputs, which the fields themselves tell
            continue
        if isinstance(item, Mapping):
            yield from _named(item, "")
        else:
            yield key, item


def _named(parts: Mapping[str, object], prefix: str) -> Iterator[tuple[str, Leaf]]:
    """The leaves of a mapping by name, at most two names deep."""
    for name, item in parts.items():
        if isinstance(item, Mapping):
            yield from _named(item, f"{prefix}{name},")
        else:
            yield prefix + name, item  # type: ignore[misc]  # a leaf: the caller prepared the mapping


def named_text(result: Result, precision: int | None = None) -> str:
    """A line for each field: its name, a TAB, the value; several outputs stand side by side, with TABs."""
    return "\n".join([line for name, leaf in fields(result) for line in _lines(name, leaf, precision)])


def _lines(name: str, leaf: Leaf, precision: int | None) -> list[str]:
    if is_sparse(leaf):
        return sparse.named_lines(name, leaf, precision)
    if isinstance(leaf, tuple) and any(map(is_sparse, leaf)):
        parts = [_lines(f"{name}[{place}]", part, precision) for place, part in enumerate(leaf)]
        return [line for lines in parts for line in lines]
    return [f"{name}\t{_cells(leaf, precision)}"]


def line_text(result: Result, precision: int | None = None) -> str:
    """The whole result on one line, without names: the fields with TABs between them."""
    return "\t".join([_cells(leaf, precision) for _, leaf in fields(result)])


def _cells(leaf: Leaf, precision: int | None) -> str:
    if isinstance(leaf, tuple | list):
        return "\t".join([_cells(part, precision) for part in leaf])
    return sparse.one_line(leaf, precision) if is_sparse(leaf) else format_value(leaf, precision)
