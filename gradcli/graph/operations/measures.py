"""How large an array is: whole numbers that no derivative goes through."""

from __future__ import annotations

from math import prod

from gradcli.graph.node import Node, constant, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import AXIS, from_end


def _size(x: Node, axis: tuple[int, ...] | None) -> Node:
    axes = from_end(axis, x.ndim)
    sizes = [size for one in axes if isinstance(size := x.shape[one], int)]
    # What a mask decides is counted when it runs.
    return constant(float(prod(sizes))) if len(sizes) == len(axes) else ops.count(x, axis=axes)


compose(
    "size",
    "x",
    _size,
    parameters=(AXIS,),
    doc="how many elements an array has, or along an axis, as NumPy's size; shape gives the sizes",
    samples=[
        ("x / size(x)", {"x": "2x3"}),
        ("x * x.size(-1)", {"x": "2x3"}),
        ("x * size(x, (0, 1))", {"x": "2x3x2"}),
    ],
)
compose(
    "shape",
    "x",
    lambda x: tuple([_size(x, (axis,)) for axis in range(x.ndim)]),
    doc="the sizes of an array, a tuple",
    samples=[("x * shape(x)[1]", {"x": "2x3"}), ("reshape(x, shape(y))", {"x": "6", "y": "2x3"})],
)
compose(
    "ndim",
    "x",
    lambda x: constant(float(x.ndim)),
    doc="how many axes an array has",
    samples=[("x ^ ndim(x)", {"x": "2x3"})],
)
