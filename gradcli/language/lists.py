"""Lists in brackets as arrays: ``[[1, 2], [3, x]]``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from gradcli.errors import ShapeProblem, Span
from gradcli.graph.node import CONSTANT, Array, Kind, Node, constant
from gradcli.graph.shapes import agree, describe
from gradcli.language.meaning import Listing, Meaning

A = TypeVar("A", bound=Array)

_MOST_AXES = 64


def stacked(
    listing: Listing,
    as_array: Callable[[Meaning, Span], A],
    row: Callable[[Listing, list[A]], A],
) -> A:
    """Nested lists as one array, innermost first.

    Args:
        listing: the outermost list.
        as_array: means what is no list.
        row: makes one array of those of a list, all of one shape.

    Raises:
        ShapeProblem: two rows differ in shape, or there are too many axes.
    """
    order: list[Listing] = []
    pending = [listing]
    while pending:
        one = pending.pop()
        order.append(one)
        pending.extend([inner for inner in one.items if isinstance(inner, Listing)])
    made: dict[int, A] = {}
    for one in reversed(order):
        items = [
            made[id(inner)] if isinstance(inner, Listing) else as_array(inner, one.span)
            for inner in one.items
        ]
        for item in items[1:]:
            if not agree(item.shape, items[0].shape):
                raise _ragged(one, items[0], item)
        if items and items[0].ndim >= _MOST_AXES:
            raise ShapeProblem(f"an array can have at most {_MOST_AXES} axes", span=one.span)
        made[id(one)] = row(one, items)
    return made[id(listing)]


def row_of_constants(items: Sequence[Array]) -> Node | None:
    """The array of constants of one shape; ``None`` if one of them is no constant."""
    data: list[float] = []
    for item in items:
        if not isinstance(item, Node) or item.op is not CONSTANT:
            return None
        value = item.values[0]
        data.extend(value if isinstance(value, tuple) else (value,))
    kind: Kind = "bool" if all(item.kind == "bool" for item in items) else "float"
    return constant(tuple(data), (len(items), *items[0].shape), kind)


def _ragged(listing: Listing, first: Array, other: Array) -> ShapeProblem:
    """What to say of two elements of a list that do not have one shape."""
    if first.ndim == other.ndim == 1:
        message = (
            f"the rows of an array must agree: one has {first.shape[0]} elements, another {other.shape[0]}"
        )
    else:
        message = (
            f"the elements of an array must agree in shape: one is {describe(first.shape)}, "
            f"another {describe(other.shape)}"
        )
    return ShapeProblem(message, span=listing.span)
