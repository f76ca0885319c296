"""Lists in brackets as arrays: ``[[1, 2], [3, x]]``."""

from __future__ import annotations

from collections.abc import Callable

from gradcli.errors import ShapeProblem, Span
from gradcli.graph.node import CONSTANT, Node, constant, ops
from gradcli.graph.shapes import agree, describe
from gradcli.language.meaning import Listing, Meaning

_MOST_AXES = 64


def stacked(listing: Listing, as_array: Callable[[Meaning, Span], Node], spans: dict[Node, Span]) -> Node:
    """Nested lists as one array, innermost first.

    Args:
        listing: the outermost list.
        as_array: means what is no list.
        spans: told where each array comes from.

    Raises:
        ShapeProblem: two rows differ in shape, or there are too many axes.
    """
    order: list[Listing] = []
    pending = [listing]
    while pending:
        one = pending.pop()
        order.append(one)
        pending.extend([inner for inner in one.items if isinstance(inner, Listing)])
    made: dict[int, Node] = {}
    for one in reversed(order):
        items = [
            made[id(inner)] if isinstance(inner, Listing) else as_array(inner, one.span)
            for inner in one.items
        ]
        row = made[id(one)] = _row(one, items)
        spans.setdefault(row, one.span)
    return made[id(listing)]


def _row(listing: Listing, items: list[Node]) -> Node:
    if not items:
        return constant((), (0,))
    for node in items[1:]:
        if not agree(node.shape, items[0].shape):
            raise _ragged(listing, items[0], node)
    if items[0].ndim >= _MOST_AXES:
        raise ShapeProblem(f"an array can have at most {_MOST_AXES} axes", span=listing.span)
    if not all(node.op is CONSTANT for node in items):
        return ops.stack(*items, axis=0)
    data: list[float] = []
    for node in items:
        value = node.values[0]
        data.extend(value if isinstance(value, tuple) else (value,))
    kind = "bool" if all(node.kind == "bool" for node in items) else "float"
    return constant(tuple(data), (len(items), *items[0].shape), kind)  # type: ignore[arg-type]


def _ragged(listing: Listing, first: Node, other: Node) -> ShapeProblem:
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
