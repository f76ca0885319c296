"""Integrals of values at points."""

from __future__ import annotations

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import from_end
from gradcli.graph.shapes import agree, describe


def _trapezoid(y: Node, x: Node | None, dx: Node | None, axis: int) -> Node:
    """The integral of straight lines between points, at x or dx apart."""
    if y.ndim == 0:
        raise ShapeProblem("trapezoid() needs an array of values: got a scalar")
    if x is not None and dx is not None:
        raise CallProblem("trapezoid() takes x or dx, not both", hint="write trapezoid(y, x)")
    (axis,) = from_end(axis, y.ndim)
    rest = (("all",),) * (-axis - 1)

    def pair(array: Node, rest: tuple[tuple[str], ...]) -> tuple[Node, Node]:
        ahead = ops.index(array, spec=(("slice", 1, None, 1), *rest))
        return ahead, ops.index(array, spec=(("slice", 0, -1, 1), *rest))

    ahead, behind = pair(y, rest)
    heights = ahead + behind
    if x is None:
        total = ops.sum(heights, axis=axis)
        return (total if dx is None else dx * total) / 2
    along = -1 if x.ndim <= 1 else axis
    if x.ndim < -along or not agree(x.shape[along:][:1], y.shape[axis:][:1]):
        raise ShapeProblem(
            f"trapezoid() needs a point for every value: y is {describe(y.shape)}, "
            f"and x is {describe(x.shape)}",
            hint="" if axis == -1 else f"they are taken along axis {axis + y.ndim}",
        )
    right, left = pair(x, rest if along == axis else ())
    steps = right - left
    if along != axis:
        steps = ops.unsqueeze(steps, axis=tuple(range(axis + 1, 0)))
    return ops.sum(steps * heights, axis=axis) / 2


compose(
    "trapezoid",
    "y x=none dx=none",
    _trapezoid,
    parameters=(Parameter("axis", "axis", -1),),
    aliases="trapz",
    samples=[
        ("trapezoid(y)", {"y": "4"}),
        ("trapezoid(y, x)", {"y": "4", "x": "4"}),
        ("trapezoid(y, x, axis=0)", {"y": "3x2", "x": "3"}),
        ("trapezoid(y, x, axis=0)", {"y": "3x2", "x": "3x1"}),
        ("trapezoid(y, dx=h, axis=0)", {"y": "3x2", "h": "()"}),
        ("trapezoid(y)", {"y": "2x0"}),
    ],
    doc="the integral of straight lines between points, at x or dx apart",
)
