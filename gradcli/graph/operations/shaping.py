"""Operations that rearrange elements and change none."""

from __future__ import annotations

from typing import Any

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import REQUIRED, define, from_end
from gradcli.graph.shapes import Shape, Unknown, agree, broadcast, describe, elements, is_known

SHAPE = Parameter("shape", "shape", REQUIRED)


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
    known = elements([size for size in new if size != -1])
    if unknown and new == (-1,):
        return {"shape": (Unknown(elements(old)),)}
    total = elements(old)
    if not unknown and -1 in new and known and total % known == 0:
        new = tuple([total // known if size == -1 else size for size in new])
    elif not unknown and (-1 in new or known != total):
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
    parameters=(SHAPE,),
    prepare=_reshape_parameters,
    takes="any",
    gives="same",
    torch="ViewBackward0",
    samples=[
        ("reshape(x, (3, 2))", {"x": "2x3"}),
        ("reshape(x, -1)", {"x": "2x3"}),
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
    doc="the axes in another order, reversed by default",
    analytic=True,
    scalar="scalars.identity",
    shape=lambda shape, axes: (*shape[: len(shape) - len(axes)], *[shape[axis] for axis in axes]),
    parameters=(Parameter("axes", "permutation", None),),
    prepare=_permutation,
    takes="any",
    gives="same",
    torch="PermuteBackward0",
    aliases="permute",
    samples=[
        ("transpose(x)", {"x": "2x3"}),
        ("transpose(x)", {"x": "3"}),
        ("transpose(x, (2, 0, 1))", {"x": "2x3x4"}),
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
    samples=[("squeeze(x)", {"x": "1x3x1"}), ("squeeze(x, axis=0)", {"x": "1x3"})],
)


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
    parameters=(SHAPE,),
    takes="any",
    gives="same",
    torch="ExpandBackward0",
    aliases="expand",
    samples=[("broadcast_to(x, (2, 3))", {"x": "3"}), ("broadcast_to(x, (2, 3))", {"x": "2x1"})],
)


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
    doc="arrays one after the other",
    analytic=True,
    shape=_joined,
    parameters=(Parameter("axis", "axis", 0),),
    torch="CatBackward0",
    aliases="cat concatenate",
    samples=[
        ("concat([x, y])", {"x": "3", "y": "2"}),
        ("concat([x, y, x], axis=-1)", {"x": "2x3", "y": "2x1"}),
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
    doc="arrays side by side along a new axis",
    analytic=True,
    shape=_stacked,
    parameters=(Parameter("axis", "axis", 0),),
    prepare=_stack_parameters,
    torch="StackBackward0",
    samples=[
        ("stack([x, y], axis=1)", {"x": "3", "y": "3"}),
        ("[x, 2 * x, 3]", {"x": "()"}),
        ("[[x[0], 1], [2, x[1]]]", {"x": "2"}),
    ],
)

compose(
    "flatten",
    "x",
    lambda x: ops.reshape(x, shape=(-1,)),
    doc="all elements along one axis",
    aliases="ravel",
    samples=[("flatten(x)", {"x": "2x3"}), ("flatten(x)", {"x": "()"}), ("x.flatten()", {"x": "2x0"})],
)
