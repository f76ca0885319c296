"""Operations that rearrange elements and change none."""

from __future__ import annotations

from typing import Any

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import REQUIRED, define, from_end
from gradcli.graph.shapes import Shape, Unknown, broadcast, describe, elements, is_known

SHAPE = Parameter("shape", "shape", REQUIRED)
_OPEN = Parameter("shape", "open shape", REQUIRED)


def known_sizes(name: str, *shapes: Shape) -> None:
    """Check that sizes are known before anything runs.

    Raises:
        ShapeProblem: a mask decides one of them.
    """
    if not all(map(is_known, shapes)):
        raise ShapeProblem(f"{name}() of a masked array: its size is known only when it runs")


def resized(g: Node, y: Node, shape: Shape) -> Node:
    """A cotangent of ``y`` reshaped to ``shape``, its leading axes kept."""
    return ops.reshape(g, shape=g.shape[: g.ndim - y.ndim] + shape)


def _reshape_parameters(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    if "shape" not in given:
        raise CallProblem("reshape() needs a value for shape", hint="write reshape(x, (2, 3))")
    old, new = nodes[0].shape, tuple(given["shape"])
    if new.count(-1) > 1:
        raise ShapeProblem("only one size of a shape can be left open with -1")
    unknown = not is_known(old)
    if not is_known(new):
        # The way back from a reshape of a masked array: whether it fits is known where it came from.
        return {"shape": new}
    fixed = elements([size for size in new if size != -1])
    if unknown and -1 in new:
        rest = Unknown(elements(old) // max(fixed, 1))
        return {"shape": tuple([rest if size == -1 else size for size in new])}
    total = elements(old)
    if not unknown and -1 in new and fixed and total % fixed == 0:
        new = tuple([total // fixed if size == -1 else size for size in new])
    elif not unknown and (-1 in new or fixed != total):
        raise ShapeProblem(f"{total} elements of shape {describe(old)} do not fill {describe(new)}")
    return {"shape": new}


define(
    "reshape",
    pullback=lambda g, y, x, shape: resized(g, y, x.shape),
    kernel="kernels.shaping.reshape",
    doc="the same elements in another shape; one size may be -1",
    analytic=True,
    scalar="scalars.identity",
    shape=lambda old, shape: shape,
    parameters=(_OPEN,),
    prepare=_reshape_parameters,
    takes="any",
    gives="same",
    torch="ViewBackward0",
    view=True,
    samples=[
        ("reshape(x, (3, 2))", {"x": "2x3"}),
        ("reshape(x, -1)", {"x": "2x3"}),
        ("x.reshape(3, -1)", {"x": "2x3"}),
        ("reshape(x, ())", {"x": "1"}),
        ("reshape(x, (0, 2))", {"x": "0"}),
    ],
)


def _permutation(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    ndim = nodes[0].ndim
    axes = given.get("axes")
    if axes is None:
        return {"axes": tuple(range(-1, -ndim - 1, -1))}
    if len(axes) <= ndim and all(axis < 0 for axis in axes) and set(axes) == set(range(-len(axes), 0)):
        return {"axes": tuple(axes)}
    if sorted(from_end(axes, ndim)) != list(range(-ndim, 0)):
        raise ShapeProblem(f"axes {tuple(axes)} do not name each of the {ndim} axes once")
    return {"axes": tuple([axis if axis < 0 else axis - ndim for axis in axes])}


def _inverse(axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple([axes.index(position) - len(axes) for position in range(-len(axes), 0)])


define(
    "transpose",
    pullback=lambda g, y, x, axes: ops.transpose(g, axes=_inverse(axes)),
    kernel="kernels.shaping.transpose",
    doc="the axes in another order, reversed by default, as NumPy has it",
    analytic=True,
    scalar="scalars.identity",
    shape=lambda shape, axes: (*shape[: len(shape) - len(axes)], *[shape[axis] for axis in axes]),
    parameters=(Parameter("axes", "permutation", None),),
    prepare=_permutation,
    takes="any",
    gives="same",
    torch="PermuteBackward0",
    view=True,
    aliases="permute",
    samples=[
        ("transpose(x)", {"x": "2x3"}),
        ("transpose(x)", {"x": "3"}),
        ("transpose(x, (2, 0, 1))", {"x": "2x3x4"}),
        ("x.permute(1, -1, 0)", {"x": "2x3x2"}),
        ("x.T", {"x": "2x3"}),
    ],
)


def _unsqueeze_parameters(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    axis = given.get("axis", REQUIRED)
    if axis is REQUIRED:
        raise CallProblem("unsqueeze() needs a value for axis")
    added = 1 if isinstance(axis, int) else len(axis)
    return {"axis": from_end(axis, nodes[0].ndim + added)}


def _unsqueezed(shape: Shape, axis: tuple[int, ...]) -> Shape:
    ndim = len(shape) + len(axis)
    rest = iter(shape)
    return tuple([1 if position - ndim in axis else next(rest) for position in range(ndim)])


define(
    "unsqueeze",
    pullback=lambda g, y, x, axis: ops.squeeze(g, axis=axis),
    kernel="numpy.expand_dims",
    doc="new axes of size 1",
    analytic=True,
    shape=_unsqueezed,
    parameters=(Parameter("axis", "axes", REQUIRED),),
    prepare=_unsqueeze_parameters,
    takes="any",
    gives="same",
    torch="UnsqueezeBackward0",
    view=True,
    aliases="expand_dims",
    samples=[("unsqueeze(x, 0)", {"x": "3"}), ("unsqueeze(x, (0, -1))", {"x": "2x3"})],
)


def _squeeze_parameters(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    (x,) = nodes
    axis = given.get("axis")
    if axis is None:
        return {"axis": tuple([i for i in range(-x.ndim, 0) if x.shape[i] == 1])}
    axes = from_end(axis, x.ndim)
    for one in axes:
        if x.shape[one] != 1:
            raise ShapeProblem(f"axis {one} of {describe(x.shape)} has size {x.shape[one]}, not 1")
    return {"axis": axes}


define(
    "squeeze",
    pullback=lambda g, y, x, axis: ops.unsqueeze(g, axis=axis) if axis else g,
    kernel="numpy.squeeze",
    doc="axes of size 1 left out",
    analytic=True,
    scalar="scalars.identity",
    shape=lambda shape, axis: tuple([s for i, s in enumerate(shape) if i - len(shape) not in axis]),
    parameters=(Parameter("axis", "axes", None),),
    prepare=_squeeze_parameters,
    takes="any",
    gives="same",
    torch="SqueezeBackward1",
    view=True,
    samples=[("squeeze(x)", {"x": "1x3x1"}), ("squeeze(x, axis=0)", {"x": "1x3"})],
)


def _open_sizes(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    if "shape" not in given:
        raise CallProblem("broadcast_to() needs a value for shape", hint="write broadcast_to(x, (2, 3))")
    old, sizes = nodes[0].shape, list(given["shape"])
    for place, size in enumerate(sizes):
        if size == -1:
            known_sizes("broadcast_to", old)
            before = place - len(sizes) + len(old)
            if before < 0:
                raise ShapeProblem(
                    f"-1 stands for a size that the array has already: {describe(old)} has no such axis"
                )
            sizes[place] = old[before]
    return {"shape": tuple(sizes)}


def _stretched(old: Shape, shape: Shape) -> Shape:
    try:
        fits = broadcast(old, shape) == shape
    except ShapeProblem:
        fits = False
    if not fits:
        raise ShapeProblem(f"{describe(old)} does not stretch to {describe(shape)}")
    return shape


define(
    "broadcast_to",
    pullback=lambda g, y, x, shape: g,
    kernel="numpy.broadcast_to",
    doc="stretched to a shape by NumPy's rule",
    analytic=True,
    scalar="scalars.identity",
    shape=_stretched,
    parameters=(_OPEN,),
    prepare=_open_sizes,
    takes="any",
    gives="same",
    torch="ExpandBackward0",
    view=True,
    aliases="expand",
    samples=[("broadcast_to(x, (2, 3))", {"x": "3"}), ("x.expand(4, -1, 3)", {"x": "2x1"})],
)


def _flattened(x: Node, start_dim: int, end_dim: int) -> Node:
    if x.ndim == 0 and {start_dim, end_dim} <= {0, -1}:
        return ops.reshape(x, shape=(1,))
    (start,), (end,) = from_end(start_dim, x.ndim), from_end(end_dim, x.ndim)
    if start > end:
        raise ShapeProblem(f"flatten() needs axes in order: axis {start_dim} stands behind axis {end_dim}")
    if (start, end) == (-x.ndim, -1):
        return ops.reshape(x, shape=(-1,))
    known_sizes("flatten", x.shape)
    first, last = x.ndim + start, x.ndim + end
    return ops.reshape(x, shape=(*x.shape[:first], elements(x.shape[first : last + 1]), *x.shape[last + 1 :]))


compose(
    "flatten",
    "x",
    _flattened,
    doc="all elements along one axis",
    parameters=(Parameter("start_dim", "axis", 0), Parameter("end_dim", "axis", -1)),
    aliases="ravel",
    samples=[
        ("flatten(x)", {"x": "2x3"}),
        ("flatten(x)", {"x": "()"}),
        ("x.flatten()", {"x": "2x0"}),
        ("flatten(x, 1)", {"x": "2x3x2"}),
        ("x.flatten(start_dim=0, end_dim=-2)", {"x": "2x1x3"}),
    ],
)
