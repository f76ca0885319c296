"""What an operation does to index sets, read from its record.

    elementwise    as broadcasting stretches it
    moves          as its own kernel moves numbers that stand for places
    contracts      the axes of its letters
    axis           what shares a place on all other axes is taken together
    else           as its pullback spreads a cotangent: the transpose of the same matrix

So there is no second table, and where a rule tells nothing, every element counts. A result of ``None``
stands for every column in every row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from gradcli.execute import backends
from gradcli.graph import derive
from gradcli.graph.node import Node, variable
from gradcli.graph.shapes import Shape, elements
from gradcli.sparsity.pattern import (
    Indices,
    Pattern,
    chained,
    empty,
    merged,
    picked,
    stacked,
    transposed,
)

Known = Callable[[Node], object | None]
Spread = Callable[[Node, Node], Pattern | None]


def stretched(node: Node, arg: Node, pattern: Pattern, most: int) -> Pattern | None:
    """Each element as broadcasting places it."""
    if arg.shape == node.shape:
        return pattern
    return picked(pattern, _stretch(_places(arg.shape), node.shape), most)


def moved(node: Node, patterns: Mapping[int, Pattern], known: Known, most: int) -> Pattern | None:
    """Each element from where the kernel takes it.

    Args:
        node: of an operation that moves.
        patterns: those of its arguments, by position.
        known: the value of an argument that says where to, if it can be told.
        most: how many entries are of use.
    """
    places: dict[int, Indices] = {}
    others: dict[int, object] = {}
    parts: list[Pattern] = []
    width = next(iter(patterns.values())).width
    total = 0
    for position, arg in enumerate(node.args):
        if derive.has_rule(node, position):
            places[position] = np.asarray(total + _places(arg.shape))
            parts.append(patterns[position] if position in patterns else empty(elements(arg.shape), width))
            total += elements(arg.shape)
        elif (value := known(arg)) is not None:
            others[position] = value
        else:
            return None
    return picked(stacked(parts), _sources(node, places, others), most)


def _sources(node: Node, places: Mapping[int, Indices], others: Mapping[int, object]) -> Indices:
    """For each element of the result the number that it was moved from; -1 where it is none."""
    kernel = backends.function(node.op.kernel)
    found = []
    # What is filled in stays the same when the numbers are mirrored: it is no place.
    for sign, start in ((1.0, 0.0), (-1.0, -1.0)):
        arguments = {**others, **{position: start + sign * one for position, one in places.items()}}
        found.append(
            np.asarray(kernel(*[arguments[place] for place in sorted(arguments)], **node.parameters))
        )
    there, mirrored = found
    with np.errstate(invalid="ignore"):
        is_place = (there >= 0) & (there + mirrored == -1.0)
    return np.where(is_place, there, -1.0).astype(np.intp).reshape(-1)


def contracted(node: Node, position: int, pattern: Pattern, most: int) -> Pattern | None:
    """Axes whose letter the result does not have are taken together, the others go to theirs."""
    inputs, _, result = node.op.contracts.partition("->")
    letters = inputs.split(",")[position]
    shape = node.args[position].shape
    batch = shape[: len(shape) - len(letters)]
    sizes = dict(zip(letters, shape[len(batch) :], strict=True))
    kept = (*batch, *[sizes[letter] if letter in result else 1 for letter in letters])
    target = (*batch, *[sizes.get(letter, 1) for letter in result])
    return _grouped(node, shape, kept, target, pattern, most)


def along(node: Node, arg: Node, pattern: Pattern, most: int) -> Pattern | None:
    """Elements that differ on the axes of the operation alone are taken together.

    Raises:
        ValueError: the result's other axes are not those of the argument.
    """
    axis = node.parameters["axis"]
    axes = range(-arg.ndim, 0) if axis is None else (axis,) if isinstance(axis, int) else axis
    kept = tuple([1 if place in axes else size for place, size in enumerate(arg.shape, -arg.ndim)])
    target = kept
    if node.ndim == arg.ndim - len(axes):
        target = tuple([size for place, size in enumerate(kept, -arg.ndim) if place not in axes])
    return _grouped(node, arg.shape, kept, target, pattern, most)


def _grouped(
    node: Node, shape: Shape, kept: Shape, target: Shape, pattern: Pattern, most: int
) -> Pattern | None:
    groups = _places(kept)
    lines = _stretch(groups.reshape(_sizes(target)), node.shape)
    return picked(merged(pattern, _stretch(groups, shape), groups.size), lines, most)


def pulled_back(node: Node, position: int, pattern: Pattern, spread: Spread, most: int) -> Pattern | None:
    """As the cotangent of the result spreads over that of the argument."""
    g = variable("the cotangent", node.shape)
    back = derive.pulled(g, node, position)
    if back is None:
        return empty(elements(node.shape), pattern.width)
    relation = spread(back, g)
    return None if relation is None else chained(transposed(relation), pattern, most)


def _places(shape: Shape) -> Indices:
    """The number of each element."""
    return np.arange(elements(shape)).reshape(_sizes(shape))


def _sizes(shape: Shape) -> tuple[int, ...]:
    # A pattern is asked for where all of them are known.
    return tuple([elements((size,)) for size in shape])


def _stretch(places: Indices, shape: Shape) -> Indices:
    """Places as broadcasting stretches them to a shape, in a row."""
    return np.broadcast_to(places, _sizes(shape)).reshape(-1)
