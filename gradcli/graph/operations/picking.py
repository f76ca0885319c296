"""Elements picked by arrays of positions, along one axis."""

from __future__ import annotations

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import REQUIRED, define, from_end
from gradcli.graph.operations.shaping import known_sizes
from gradcli.graph.shapes import Shape, describe, elements


def _take(x: Node, indices: Node, axis: int | None) -> Node:
    if indices.kind == "bool":
        raise CallProblem(
            "take() needs positions, and got true and false", hint="a mask picks as a subscript: x[mask]"
        )
    if axis is None:
        x, axis = ops.reshape(x, shape=(-1,)), -1
    (axis,) = from_end(axis, x.ndim)
    return ops.index(x, indices, spec=(("array", 0), *[("all",)] * (-axis - 1)))


compose(
    "take",
    "x indices",
    _take,
    parameters=(Parameter("axis", "axis"),),
    doc="the elements at some positions",
    samples=[
        ("take(x, [0, 5, -1, 0])", {"x": "2x3"}),
        ("take(x, 1)", {"x": "3"}),
        ("take(x, [[2, 0], [1, 1]], axis=1)", {"x": "2x3x2"}),
        ("x.take([0, 0], axis=-2)", {"x": "2x3"}),
        ("take(x, 0)", {"x": "()"}),
    ],
)


def _gathered(shape: Shape, index: Shape, axis: int) -> Shape:
    known_sizes("gather", shape, index)
    places = range(-len(shape), 0)
    fits = len(shape) == len(index) and all(
        one == axis or elements((index[one],)) <= elements((shape[one],)) for one in places
    )
    if not fits:
        raise ShapeProblem(
            f"gather() needs an index with the axes of the array, no longer but along axis "
            f"{axis + len(shape)}: got {describe(shape)} and an index of {describe(index)}",
            hint="x[index] and take(x, index, axis) pick with an index of any shape",
        )
    return index


def _gather_rule(g: Node, y: Node, x: Node, index: Node, axis: int) -> Node:
    lead = g.shape[: g.ndim - y.ndim]
    index = ops.broadcast_to(index, shape=lead + index.shape) if lead else index
    return ops.gathered_back(g, index, shape=lead + x.shape, axis=axis)


define(
    "gather",
    "x index",
    pullback=(_gather_rule, None),
    kernel="kernels.indexing.gather",
    moves=True,
    analytic=True,
    shape=_gathered,
    parameters=(Parameter("axis", "axis", REQUIRED),),
    takes=("any", "float"),
    gives="same",
    torch="GatherBackward0",
    form="x axis index",
    doc="along an axis the elements at some positions, one for each",
    samples=[
        ("gather(x, 1, [[0, 0, 2], [-1, 1, 1]])", {"x": "2x3"}),
        ("x.gather(0, [[1, 0], [1, 1], [0, 0]])", {"x": "2x3"}),
        ("gather(x, dim=-1, index=[2, 0, 2, 2])", {"x": "3"}),
        ("gather(x, 1, zeros(1, 3, 2))", {"x": "2x2x2"}),
    ],
)


def _gathered_back_rule(g: Node, y: Node, x: Node, index: Node, shape: Shape, axis: int) -> Node:
    lead = g.shape[: g.ndim - y.ndim]
    return ops.gather(g, ops.broadcast_to(index, shape=lead + index.shape) if lead else index, axis=axis)


define(
    # The adjoint of gather: zeros, with every element added to the place it was picked from.
    "gathered_back",
    "x index",
    pullback=(_gathered_back_rule, None),
    kernel="kernels.indexing.gathered_back",
    shape=lambda x, index, shape, axis: shape,
    parameters=(Parameter("shape", "shape", REQUIRED), Parameter("axis", "axis", REQUIRED)),
    torch="ScatterAddBackward0",
    samples=[
        ("grad(sum(gather(x, 1, [[0, 0, 2], [-1, 1, 1]])^3), x)", {"x": "2x3"}),
        ("grad(sum(gather(x, 0, [[1, 0], [1, 1], [0, 0]])^3), x)", {"x": "2x3"}),
    ],
    spelling="vjp(gather({zeros}, {axis}, {1}), {zeros}, {0})",
    hidden=True,
)
