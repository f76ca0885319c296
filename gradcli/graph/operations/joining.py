"""Arrays put together, and taken apart again."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import REQUIRED, define, from_end
from gradcli.graph.operations.shaping import known_sizes
from gradcli.graph.shapes import Shape, Size, Unknown, agree, describe

_AXIS = Parameter("axis", "axis", 0)
# Each part is an operation of the graph, which must be built within seconds.
_MOST_PARTS = 100_000


def _joined(*shapes: Shape, axis: int) -> Shape:
    first = shapes[0]
    total = 0
    for shape in shapes:
        size = shape[axis] if len(shape) == len(first) else None
        rest = [s for i, s in enumerate(shape) if i - len(shape) != axis]
        if size is None or rest != [s for i, s in enumerate(first) if i - len(first) != axis]:
            listing = " and ".join([describe(one) for one in (first, shape)])
            raise ShapeProblem(
                f"concat() needs arrays that agree in every axis but the joined one: got {listing}"
            )
        if isinstance(size, Unknown):
            raise ShapeProblem("concat() of a masked array: its size is known only when it runs")
        total += size
    return tuple([total if i - len(first) == axis else s for i, s in enumerate(first)])


def _part(i: int, g: Node, y: Node, *arrays: Node, axis: int) -> Node:
    # concat refuses unknown sizes.
    sizes = [size for array in arrays if isinstance(size := array.shape[axis], int)]
    start = sum(sizes[:i])
    return ops.index(g, spec=(("slice", start, start + sizes[i], 1), *[("all",)] * (-axis - 1)))


define(
    "concat",
    "arrays*",
    pullback=_part,
    kernel="kernels.shaping.concat",
    moves=True,
    analytic=True,
    shape=_joined,
    parameters=(_AXIS,),
    takes="alike",
    gives="same",
    torch="CatBackward0",
    aliases="cat concatenate",
    doc="arrays one after the other",
    samples=[
        ("concat([x, y])", {"x": "3", "y": "2"}),
        ("concat([x, y, x], axis=-1)", {"x": "2x3", "y": "2x1"}),
        ("concat([x > 0, x])", {"x": "3"}),
        ("sum(x * concat([x > 0, x < 1], axis=-1)[:3])", {"x": "3"}),
    ],
)


def _stack_parameters(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    (axis,) = from_end(given.get("axis", 0), nodes[0].ndim + 1)
    return {"axis": axis}


def _stacked(*shapes: Shape, axis: int) -> Shape:
    for shape in shapes:
        if not agree(shape, shapes[0]):
            listing = " and ".join([describe(one) for one in (shapes[0], shape)])
            raise ShapeProblem(f"these cannot stand in one array: {listing}", hint="their shapes must agree")
    place = len(shapes[0]) + 1 + axis
    return (*shapes[0][:place], len(shapes), *shapes[0][place:])


define(
    "stack",
    "arrays*",
    pullback=lambda i, g, y, *arrays, axis: ops.index(g, spec=(("at", i), *[("all",)] * (-axis - 1))),
    kernel="kernels.shaping.stack",
    moves=True,
    analytic=True,
    shape=_stacked,
    parameters=(_AXIS,),
    prepare=_stack_parameters,
    takes="alike",
    gives="same",
    torch="StackBackward0",
    doc="arrays side by side along a new axis",
    samples=[
        ("stack([x, y], axis=1)", {"x": "3", "y": "3"}),
        ("[x, 2 * x, 3]", {"x": "()"}),
        ("[[x[0], 1], [2, x[1]]]", {"x": "2"}),
        ("[x > 0, x]", {"x": "3"}),
        ("[x > 0, x < 1]", {"x": "3"}),
    ],
)


def _size(name: str, x: Node, axis: int) -> int:
    """The size of an axis that must be known."""
    known_sizes(name, x.shape[axis:][:1])
    size = x.shape[axis]
    assert isinstance(size, int)
    return size


def _few(name: str, count: int) -> None:
    if count > _MOST_PARTS:
        raise ShapeProblem(f"{name}() would give {count} arrays, and {_MOST_PARTS} at most make sense")


def _unbind(x: Node, axis: int) -> tuple[Node, ...]:
    (axis,) = from_end(axis, x.ndim)
    size = _size("unbind", x, axis)
    _few("unbind", size)
    rest = [("all",)] * (-axis - 1)
    return tuple([ops.index(x, spec=(("at", place), *rest)) for place in range(size)])


compose(
    "unbind",
    "x",
    _unbind,
    parameters=(_AXIS,),
    aliases="unstack",
    torch="UnbindBackward0",
    doc="the parts along an axis, one each",
    samples=[
        ("a, b = unbind(x); a * b", {"x": "2x3"}),
        ("stack(x.unbind(-1), axis=1)", {"x": "2x3"}),
        ("a, b = unbind(x, axis=1); a / (3 + b)", {"x": "3x2x2"}),
    ],
)


def _split(x: Node, sections: int | tuple[int, ...], axis: int) -> tuple[Node, ...]:
    (axis,) = from_end(axis, x.ndim)
    if isinstance(sections, int):
        size = _size("split", x, axis)
        if sections < 1:
            raise CallProblem(f"split() needs one part or more, and got {sections}")
        if size % sections:
            raise ShapeProblem(
                f"an axis of size {size} does not split into {sections} equal parts",
                hint="give the places to cut at: split(x, (2, 5))",
            )
        _few("split", sections)
        bounds: list[int | None] = [place * size // sections for place in range(sections + 1)]
    else:
        bounds = [0, *sections, None]
    rest = [("all",)] * (-axis - 1)
    return tuple(
        [
            ops.index(x, spec=(("slice", *_range(x.shape[axis], start, stop)), *rest))
            for start, stop in pairwise(bounds)
        ]
    )


def _range(size: Size, start: int | None, stop: int | None) -> tuple[int | None, int | None, int]:
    return slice(start, stop, 1).indices(size) if isinstance(size, int) else (start, stop, 1)


compose(
    "split",
    "x",
    _split,
    parameters=(Parameter("sections", "whole", REQUIRED), _AXIS),
    torch="SplitBackward0",
    doc="equal parts along an axis, or parts between places, as NumPy's split; PyTorch's takes sizes",
    samples=[
        ("a, b = split(x, 2); a * b", {"x": "4"}),
        ("a, b, c = split(x, (1, -1)); concat([c, b ^ 2, a])", {"x": "4x2"}),
        ("a, b = split(x, [2], axis=-1); sum(a) * b", {"x": "2x3"}),
        ("a, b = x.split((9,)); concat([b, a])", {"x": "3"}),
    ],
)
