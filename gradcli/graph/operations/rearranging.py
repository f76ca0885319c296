"""Axes exchanged, elements turned round, moved along and repeated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import AXIS, REQUIRED, define, from_end
from gradcli.graph.operations.shaping import known_sizes
from gradcli.graph.shapes import Shape, elements


def _exchanged(shape: Shape, axis1: int, axis2: int) -> Shape:
    sizes = list(shape)
    sizes[axis1], sizes[axis2] = sizes[axis2], sizes[axis1]
    return tuple(sizes)


define(
    "swapaxes",
    pullback=lambda g, y, x, axis1, axis2: ops.swapaxes(g, axis1=axis1, axis2=axis2),
    kernel="numpy.swapaxes",
    analytic=True,
    shape=_exchanged,
    parameters=(Parameter("axis1", "axis", REQUIRED), Parameter("axis2", "axis", REQUIRED)),
    takes="any",
    gives="same",
    torch="TransposeBackward0",
    view=True,
    aliases="swapdims",
    doc="two axes exchanged",
    samples=[("swapaxes(x, 0, 1)", {"x": "2x3"}), ("x.swapaxes(0, -1)", {"x": "2x1x3"})],
)


def _moveaxis(x: Node, source: tuple[int, ...], destination: tuple[int, ...]) -> Node:
    if len(source) != len(destination):
        raise CallProblem(
            f"moveaxis() needs a destination for each axis: {len(source)} and {len(destination)} were given"
        )
    here, there = _apart(source, x.ndim), _apart(destination, x.ndim)
    order = [axis for axis in range(-x.ndim, 0) if axis not in here]
    for place, axis in sorted(zip(there, here, strict=True)):
        order.insert(x.ndim + place, axis)
    return ops.transpose(x, axes=tuple(order))


def _apart(axes: Sequence[int], ndim: int) -> list[int]:
    """Axes counted from the end, each checked, in their own order."""
    from_end(axes, ndim)
    return [axis if axis < 0 else axis - ndim for axis in axes]


compose(
    "moveaxis",
    "x",
    _moveaxis,
    parameters=(Parameter("source", "integers", REQUIRED), Parameter("destination", "integers", REQUIRED)),
    aliases="movedim",
    doc="axes moved to other places",
    samples=[
        ("moveaxis(x, 0, -1)", {"x": "2x3"}),
        ("moveaxis(x, (0, 1), (-1, 0))", {"x": "2x3x4"}),
    ],
)

define(
    "flip",
    pullback=lambda g, y, x, axis: ops.flip(g, axis=axis),
    kernel="numpy.flip",
    moves=True,
    analytic=True,
    scalar="scalars.identity",
    shape=lambda shape, axis: shape,
    parameters=(AXIS,),
    takes="any",
    gives="same",
    torch="FlipBackward0",
    doc="the elements along axes in reverse order",
    samples=[
        ("flip(x)", {"x": "2x3"}),
        ("flip(x)", {"x": "()"}),
        ("flip(x, axis=-1)", {"x": "2x3"}),
        ("x.flip((0, 2))", {"x": "2x1x3"}),
    ],
)


def _roll_parameters(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    if "shift" not in given:
        raise CallProblem("roll() needs a value for shift", hint="write roll(x, 1)")
    (x,), shift, axis = nodes, tuple(given["shift"]), given.get("axis")
    if axis is None:
        if x.ndim > 1:
            known_sizes("roll", x.shape)
        return {"shift": (sum(shift),), "axis": (-1,) if x.ndim == 1 else None}
    axes = [one for axis in axis for one in from_end(axis, x.ndim)]
    if len(shift) != len(axes) and 1 not in (len(shift), len(axes)):
        raise CallProblem(f"roll() needs a shift for each axis: {len(shift)} for {len(axes)} axes were given")
    count = len(axes) if len(shift) == 1 else len(shift)
    return {
        "shift": shift * count if len(shift) == 1 else shift,
        "axis": tuple(axes * count if len(axes) == 1 else axes),
    }


def _roll_rule(g: Node, y: Node, x: Node, shift: tuple[int, ...], axis: tuple[int, ...] | None) -> Node:
    if not x.ndim:
        return g
    back = tuple([-one for one in shift])
    if axis is not None:
        return ops.roll(g, shift=back, axis=axis)
    # Along all axes as if they were one; the leading axes of g are not among them.
    lead = g.shape[: g.ndim - y.ndim]
    flat = ops.reshape(g, shape=(*lead, elements(x.shape)))
    return ops.reshape(ops.roll(flat, shift=back, axis=(-1,)), shape=lead + x.shape)


define(
    "roll",
    pullback=_roll_rule,
    kernel="numpy.roll",
    moves=True,
    analytic=True,
    scalar="scalars.identity",
    shape=lambda shape, shift, axis: shape,
    parameters=(Parameter("shift", "integers", REQUIRED), Parameter("axis", "integers")),
    prepare=_roll_parameters,
    takes="any",
    gives="same",
    torch="RollBackward0",
    doc="the elements moved along axes, the last ones to the front",
    samples=[
        ("roll(x, 1)", {"x": "3"}),
        ("roll(x, -2)", {"x": "2x3"}),
        ("roll(x, 2)", {"x": "()"}),
        ("roll(x, 4, axis=0)", {"x": "3x2"}),
        ("roll(x, (1, 2), axis=(0, -1))", {"x": "2x3"}),
        ("roll(x, 1, axis=(0, 0, 1))", {"x": "3x2"}),
    ],
)


def _repeat(x: Node, repeats: tuple[int, ...], axis: int | None) -> Node:
    known_sizes("repeat", x.shape)
    if min(repeats, default=0) < 0:
        raise CallProblem(f"repeat() needs counts that are not negative, and got {min(repeats)}")
    if axis is None:
        x, axis = ops.reshape(x, shape=(-1,)), -1
    (axis,) = from_end(axis, x.ndim)
    if len(repeats) == 1:
        return _repeated(x, repeats[0], axis)
    size = x.shape[axis]
    if len(repeats) != size:
        raise ShapeProblem(
            f"repeat() needs one count or {size}, for an axis of that size: got {len(repeats)}"
        )
    rest = [("all",)] * (-axis - 1)
    parts = [ops.index(x, spec=(("slice", place, place + 1, 1), *rest)) for place in range(len(repeats))]
    repeated = [_repeated(part, count, axis) for part, count in zip(parts, repeats, strict=True)]
    return ops.concat(*repeated, axis=axis) if repeated else x


def _repeated(x: Node, count: int, axis: int) -> Node:
    """Each position of an axis as often as ``count`` says, one after the other."""
    place = x.ndim + axis
    before, (size, *after) = x.shape[:place], x.shape[place:]
    wide = ops.broadcast_to(ops.unsqueeze(x, axis=axis), shape=(*before, size, count, *after))
    return ops.reshape(wide, shape=(*before, elements((size, count)), *after))


compose(
    "repeat",
    "x",
    _repeat,
    parameters=(Parameter("repeats", "integers", REQUIRED), Parameter("axis", "axis")),
    aliases="repeat_interleave",
    doc="each element several times, as NumPy's repeat: PyTorch's is tile",
    samples=[
        ("repeat(x, 2)", {"x": "2x3"}),
        ("repeat(x, 3)", {"x": "()"}),
        ("x.repeat(2, axis=0)", {"x": "2x3"}),
        ("repeat(x, (2, 0, 1), axis=1)", {"x": "2x3"}),
        ("repeat(x, 0)", {"x": "3"}),
    ],
)


def _tile_parameters(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    if "reps" not in given:
        raise CallProblem("tile() needs a value for reps", hint="write tile(x, (2, 3))")
    reps = tuple(given["reps"])
    known_sizes("tile", nodes[0].shape)
    return {"reps": (1,) * (nodes[0].ndim - len(reps)) + reps}


def _tiled(shape: Shape, reps: tuple[int, ...]) -> Shape:
    padded = (1,) * (len(reps) - len(shape)) + shape
    return tuple([elements(pair) for pair in zip(padded, reps, strict=True)])


def _tile_rule(g: Node, y: Node, x: Node, reps: tuple[int, ...]) -> Node:
    if not reps:
        return g
    sizes = (1,) * (len(reps) - x.ndim) + x.shape
    pairs = [one for pair in zip(reps, sizes, strict=True) for one in pair]
    apart = ops.reshape(g, shape=(*g.shape[: g.ndim - y.ndim], *pairs))
    return ops.sum(apart, axis=tuple(range(-len(pairs), 0, 2)))


define(
    # Called repeat() in PyTorch, whose tile() is the same with counts for the last axes alone.
    "tile",
    pullback=_tile_rule,
    kernel="numpy.tile",
    moves=True,
    analytic=True,
    shape=_tiled,
    parameters=(Parameter("reps", "shape", REQUIRED),),
    prepare=_tile_parameters,
    takes="any",
    gives="same",
    torch="RepeatBackward0",
    doc="copies of an array side by side",
    samples=[
        ("tile(x, 2)", {"x": "3"}),
        ("tile(x, 2)", {"x": "2x3"}),
        ("tile(x, (2, 1, 3))", {"x": "2x1"}),
        ("x.tile(2, 2)", {"x": "()"}),
        ("tile(x, ())", {"x": "()"}),
        ("tile(x, (0, 2))", {"x": "3"}),
    ],
)
