"""Picking elements, and putting them back.

A subscript is a static ``spec``: one item for each of the last axes of the array,

    ("at", k)                one position
    ("slice", a, b, c)       a range, as Python's slice(a, b, c)
    ("all",)                 the whole axis
    ("new",)                 a new axis of size 1
    ("array", j)             the positions in index argument j
    ("mask", j, n)           where the boolean index argument j, of n axes, is true

and the arrays and masks it names are arguments like any other.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from gradcli.errors import ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.record import REQUIRED, define
from gradcli.graph.shapes import Shape, Size, Unknown, agree, broadcast, describe, elements, is_known

Item = tuple[Any, ...]
Spec = tuple[Item, ...]

_ARRAYS = ("array", "mask")
_ALL: Item = ("all",)
_REST: Item = ("rest",)


def subscript(x: Node, items: list[Item], indices: list[Node]) -> Node:
    """Index an array as NumPy does; ``("rest",)`` stands for an ellipsis.

    Raises:
        ShapeProblem: too many subscripts, a position out of range, a mask of another shape.
    """
    used = sum(_consumed(item) for item in items)
    ellipses = items.count(_REST)
    if ellipses > 1:
        raise ShapeProblem("only one '...' fits into a subscript")
    if used > x.ndim:
        raise ShapeProblem(
            f"too many subscripts: {used} for an array of {x.ndim} {'axis' if x.ndim == 1 else 'axes'}"
        )
    whole = [_ALL] * (x.ndim - used)
    place = items.index(_REST) if ellipses else len(items)
    # An ellipsis that stands for no axis still parts what stands around it.
    items = [*items[:place], *(whole or [_REST] * ellipses), *items[place + ellipses :]]
    x, items = _together(x, items)
    spec = _resolved(x, [item for item in items if item != _REST], indices)
    # Whole axes in front need no item: index lets the axes before its spec pass.
    while spec and spec[0] == _ALL:
        del spec[0]
    return ops.index(x, *indices, spec=tuple(spec))


def _consumed(item: Item) -> int:
    if item[0] == "mask":
        return int(item[2])
    return 0 if item[0] in ("new", "rest") else 1


def _resolved(x: Node, items: list[Item], indices: list[Node]) -> list[Item]:
    """Positions and slices checked against the sizes, and made positive where they are known."""
    result: list[Item] = []
    axis = 0
    for item in items:
        size = x.shape[axis] if axis < x.ndim else 0
        if item[0] == "at" and isinstance(size, int):
            if not -size <= item[1] < size:
                raise ShapeProblem(f"index {item[1]} is out of range for axis {axis} with size {size}")
            item = ("at", item[1] % size)
        elif item[0] == "slice" and item[3] == 0:
            raise ShapeProblem("the step of a slice cannot be 0")
        elif item[0] == "slice" and isinstance(size, int):
            start, stop, step = slice(*item[1:]).indices(size)
            if not range(start, stop, step):
                # Downwards from before the first: -1, read again, would be the last.
                start, stop, step = 0, 0, 1
            item = ("slice", start, None if stop < 0 else stop, step)
            if (start, stop, step) == (0, size, 1):
                item = _ALL
        elif item[0] == "mask":
            mask = indices[item[1]].shape
            if not agree(mask, x.shape[axis : axis + len(mask)]):
                raise ShapeProblem(
                    f"the mask is {describe(mask)}, and what it picks from is "
                    f"{describe(x.shape[axis : axis + len(mask)])}"
                )
        axis += _consumed(item)
        result.append(item)
    return result


def _together(x: Node, items: list[Item]) -> tuple[Node, list[Item]]:
    """Bring axes indexed by arrays to the front where they stand apart, as NumPy does.

    Left apart, the picked axes would move in front of leading axes that a batch adds.
    """
    arrays = [place for place, item in enumerate(items) if item[0] in _ARRAYS]
    if not arrays:
        return x, items
    if len(arrays) > 1 and any(items[place][0] == "mask" for place in arrays):
        raise ShapeProblem("a mask cannot be combined with another array in one subscript")
    # Next to an array a plain position counts as one; picked first, it only says where the others stand.
    counted = [place for place, item in enumerate(items) if item[0] in (*_ARRAYS, "at")]
    apart = counted[-1] - counted[0] >= len(counted)
    if len(counted) > len(arrays):
        positions = [item if item[0] == "at" else _ALL for item in items for _ in range(_consumed(item))]
        x = subscript(x, positions, [])
        items = [item for item in items if item[0] != "at"]
    if not apart:
        return x, items
    ends = list(accumulate(map(_consumed, items)))
    axes = [range(end - _consumed(item), end) for item, end in zip(items, ends, strict=True)]
    order = sorted(range(len(items)), key=lambda place: items[place][0] not in _ARRAYS)
    moved = ops.transpose(x, axes=tuple([axis - x.ndim for place in order for axis in axes[place]]))
    return moved, [items[place] for place in order]


def _indexed(shape: Shape, *indices: Shape, spec: Spec) -> Shape:
    covered = sum(_consumed(item) for item in spec)
    axis = len(shape) - covered
    result: list[Size] = list(shape[:axis])
    picked: list[Shape] = []
    place = 0
    for item in spec:
        if item[0] in _ARRAYS:
            if not picked:
                place = len(result)
            true = Unknown(elements(shape[axis : axis + _consumed(item)]))
            picked.append((true,) if item[0] == "mask" else indices[item[1]])
        elif item[0] == "slice":
            result.append(_slice_size(shape[axis], item))
        elif item[0] == "all":
            result.append(shape[axis])
        elif item[0] == "new":
            result.append(1)
        axis += _consumed(item)
    if picked:
        result[place:place] = broadcast(*picked)
    return tuple(result)


def _slice_size(size: Size, item: Item) -> Size:
    if isinstance(size, Unknown):
        return Unknown(size.at_most)
    return len(range(*slice(*item[1:]).indices(size)))


def _index_rule(g: Node, y: Node, x: Node, *indices: Node, spec: Spec) -> Node:
    lead = g.ndim - y.ndim
    covered = sum(_consumed(item) for item in spec)
    if not is_known(x.shape):
        return ops.scatter_like(g, x, *indices, spec=spec, lead=lead)
    # Axes in front of the spec pass through index untouched: they are leading axes here too.
    front = x.ndim - covered
    return ops.scatter(g, *indices, shape=x.shape[front:], spec=spec, lead=lead + front)


def _picking_name(node: Node) -> str:
    """PyTorch picks axis by axis; the node of the last one is what shows."""
    spec = node.parameters["spec"]
    if any(item[0] in _ARRAYS for item in spec):
        return "IndexBackward0"
    names = {"at": "SelectBackward0", "slice": "SliceBackward0", "new": "UnsqueezeBackward0"}
    return next((names[item[0]] for item in reversed(spec) if item[0] in names), "AliasBackward0")


_SPEC = Parameter("spec", "subscript", REQUIRED)

define(
    "index",
    "x indices*",
    pullback=(_index_rule, None),
    kernel="kernels.indexing.index",
    analytic=True,
    shape=_indexed,
    parameters=(_SPEC,),
    takes="any",
    gives="same",
    torch="IndexBackward0",
    torch_of=_picking_name,
    view=True,
    samples=[
        ("x[1]", {"x": "3"}),
        ("x[-1]", {"x": "3x2"}),
        ("x[1:]", {"x": "3x2"}),
        ("x[::-1]", {"x": "3"}),
        ("x[:, 0]", {"x": "2x3"}),
        ("x[..., None, 1]", {"x": "2x3"}),
        ("x[[0, 0, 2]]", {"x": "3"}),
        ("x[:, [0, 2]]", {"x": "2x3"}),
        ("x[[0, 1], [2, 0]]", {"x": "2x3"}),
        ("x[[0, 1], :, [1, 0]]", {"x": "2x3x2"}),
        ("x[0, :, [0, 2]]", {"x": "2x3x4"}),
        ("x[0, None, [0, 1]]", {"x": "2x3x2"}),
        ("sum(x[0, :, y > 0]^2)", {"x": "2x2x3", "y": "3"}),
        ("sum(x[y > 0, :, 1] * [[1], [2], [3]].T)", {"x": "2x3x2", "y": "2"}),
        ("sum(x[x > 0]^2)", {"x": "2x3"}),
        ("mean(x[x > 0])", {"x": "5"}),
        ("sum(x[x > 0][:-1])", {"x": "5 positive"}),
    ],
    spelling="{0}[{spec}]",
    hidden=True,
)
define(
    # The adjoint of index: zeros, with every element added to the place it was picked from.
    "scatter",
    "x indices*",
    pullback=(lambda g, y, x, *indices, shape, spec, lead: ops.index(g, *indices, spec=spec), None),
    kernel="kernels.indexing.scatter",
    shape=lambda g, *_, shape, spec, lead: (*g[:lead], *shape),
    parameters=(
        Parameter("shape", "shape", REQUIRED),
        _SPEC,
        Parameter("lead", "integer", 0),
    ),
    takes=("float", "any"),
    samples=[
        ("grad(sum(x[1:]^3), x)", {"x": "3x2"}),
        ("grad(sum(x[[0, 0, 2]]^3), x)", {"x": "3"}),
        ("grad(sum(x[:, [0, 2, 0]]^3), x)", {"x": "2x3"}),
        ("grad(sum(x[x > 0]^3), x)", {"x": "2x3"}),
    ],
    spelling="vjp({zeros}[{spec}], {zeros}, {0})",
    hidden=True,
)
define(
    "scatter_like",
    "x like indices*",
    pullback=(
        lambda g, y, x, like, *indices, spec, lead: ops.index(g, *indices, spec=spec),
        None,
        None,
    ),
    kernel="kernels.indexing.scatter_like",
    shape=lambda g, like, *_, spec, lead: (*g[:lead], *like),
    parameters=(_SPEC, Parameter("lead", "integer", 0)),
    takes=("float", "any", "any"),
    samples=[
        ("grad(sum(x[x > 0][1:]^3), x)", {"x": "5"}),
        ("grad(sum(x[x > 0][[0, 0]]^3), x)", {"x": "3 positive"}),
    ],
    hidden=True,
)
