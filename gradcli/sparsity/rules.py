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

from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.execute import backends
from gradcli.graph import derive
from gradcli.graph.node import Node, variable
from gradcli.graph.shapes import Shape, elements
from gradcli.sparsity.pattern import (
    Indices,
    Pattern,
    chained,
    empty,
    inverse,
    merged,
    picked,
    stacked,
    transposed,
    united,
)

Known = Callable[[Node], object | None]
Spread = Callable[[Node, Node], Pattern | None]
Parts = tuple[Pattern, ...]
"""Patterns of one node, whose union counts."""

# A place moves as the bits of a number: so far out, about 1e160, that a number which is filled in is none.
# If it were, there would be an entry too many, and none too few.
_FAR = 1555 << 52


def stretched(node: Node, arg: Node, parts: Parts, most: int) -> Parts | None:
    """Each element as broadcasting places it."""
    if arg.shape == node.shape:
        return parts
    return _picked(parts, _stretch(_places(arg.shape), node.shape), most)


def moved(node: Node, arguments: Mapping[int, Parts], known: Known, most: int) -> Parts | None:
    """Each element from where the kernel takes it.

    Args:
        node: of an operation that moves.
        arguments: the parts of its arguments, by position.
        known: the value of an argument that says where to, if it can be told.
        most: how many entries are of use.
    """
    places: dict[int, Indices] = {}
    others: dict[int, object] = {}
    total = 0
    for position, arg in enumerate(node.args):
        if position in arguments:
            places[position] = np.asarray(total + _places(arg.shape))
            total += elements(arg.shape)
        elif derive.has_rule(node, position):
            others[position] = np.zeros(_sizes(arg.shape))
        elif (value := known(arg)) is not None:
            others[position] = value
        else:
            return None
    nothing = [
        empty(elements(node.args[position].shape), parts[0].width) for position, parts in arguments.items()
    ]
    # The first parts of all arguments below each other, then the second ones.
    layers = zip_longest(*arguments.values())
    whole = [stacked([part or none for part, none in zip(layer, nothing, strict=True)]) for layer in layers]
    return _picked(whole, _sources(node, places, others, total), most)


def _sources(node: Node, places: Mapping[int, Indices], others: Mapping[int, object], total: int) -> Indices:
    """For each element of the result the number that it was moved from; -1 where it is none."""
    kernel = backends.function(node.op.kernel)

    def run(moving: Mapping[int, object]) -> NDArray[Any]:
        every = {**moving, **others}
        return np.asarray(kernel(*[every[place] for place in sorted(every)], **node.parameters)).reshape(-1)

    if node.op.view:
        return run(places)
    found = run({position: (_FAR + one).view(float) for position, one in places.items()}).view(np.intp) - _FAR
    found[(found < 0) | (found >= total)] = -1
    return found


def contracted(node: Node, position: int, parts: Parts, most: int) -> Parts | None:
    """Axes whose letter the result does not have are taken together, the others go to theirs."""
    inputs, _, result = node.op.contracts.partition("->")
    letters = inputs.split(",")[position]
    shape = node.args[position].shape
    batch = shape[: len(shape) - len(letters)]
    sizes = dict(zip(letters, shape[len(batch) :], strict=True))
    kept = (*batch, *[sizes[letter] if letter in result else 1 for letter in letters])
    target = (*batch, *[sizes.get(letter, 1) for letter in result])
    return _grouped(node, shape, kept, target, parts, most)


def along(node: Node, arg: Node, parts: Parts, most: int) -> Parts | None:
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
    return _grouped(node, arg.shape, kept, target, parts, most)


def _grouped(node: Node, shape: Shape, kept: Shape, target: Shape, parts: Parts, most: int) -> Parts | None:
    groups = _places(kept)
    lines = _stretch(groups.reshape(_sizes(target)), node.shape)
    return _picked([merged(united(parts), _stretch(groups, shape), groups.size)], lines, most)


def pulled_back(node: Node, position: int, parts: Parts, spread: Spread, most: int) -> Parts | None:
    """As the cotangent of the result spreads over that of the argument."""
    g = variable("the cotangent", node.shape)
    back = derive.pulled(g, node, position)
    if back is None:
        return (empty(elements(node.shape), parts[0].width),)
    relation = spread(back, g)
    if relation is None:
        return None
    source = inverse(relation)
    if source is not None:
        return _picked(parts, source, most)
    found = chained(transposed(relation), united(parts), most)
    return None if found is None else (found,)


def _picked(parts: Sequence[Pattern], source: Indices, most: int) -> Parts | None:
    found = [picked(part, source, most) for part in parts]
    whole = tuple([one for one in found if one is not None])
    return whole if len(whole) == len(found) else None


def _places(shape: Shape) -> Indices:
    """The number of each element."""
    return np.arange(elements(shape)).reshape(_sizes(shape))


def _sizes(shape: Shape) -> tuple[int, ...]:
    # A pattern is asked for where all of them are known.
    return tuple([elements((size,)) for size in shape])


def _stretch(places: Indices, shape: Shape) -> Indices:
    """Places as broadcasting stretches them to a shape, in a row."""
    return np.broadcast_to(places, _sizes(shape)).reshape(-1)
