"""Elements in order, and the ways back: what was picked along an axis goes to where it came from.

An ordering is two nodes of the same arguments: its values, and the indices that its pullback scatters
by. The indices have no gradient.
"""

from __future__ import annotations

from typing import Any

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Node, Parameter, as_node, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import REQUIRED, as_given, define, from_end
from gradcli.graph.shapes import Shape, Unknown, describe

ALONG = Parameter("axis", "axis", None)
_LAST = Parameter("axis", "axis", -1)
_DESCENDING = Parameter("descending", "flag", False)


def axis_along(ndim: int, axis: int) -> int | None:
    """One axis counted from the end; ``None`` for a scalar, which has 0 and -1 as in PyTorch.

    Raises:
        ShapeProblem: the array does not have it.
    """
    return None if ndim == 0 and axis in (0, -1, None) else from_end(axis, ndim)[0]


def _front(x: Shape, indices: Shape, axis: int | None) -> Shape:
    return x[: len(x) - len(indices)] + indices


def _paired(node: Node, array: int, picked: int) -> bool:
    """Whether it is a gather, whose index has the axes of the array."""
    axes = {node.args[array].ndim, node.args[picked].ndim, node.args[1].ndim}
    return len(axes) == 1 and node.values[0] is not None


define(
    # The elements at some indices along an axis, which have one of their own for every row.
    "along",
    "x indices",
    pullback=(lambda g, y, x, indices, axis: ops.strewn(g, indices, x, axis=axis), None),
    kernel="kernels.ordering.along",
    scalar="reduction_scalars.picked",
    shape=_front,
    parameters=(ALONG,),
    prepare=as_given,
    torch="GatherBackward0",
    samples=[
        ("quantile(x, [0.2, 0.9], axis=0)", {"x": "4x2"}),
        ("sum(grad(sum(grad(sum(sort(x, axis=0)^3), x)^2), x))", {"x": "4x2"}),
    ],
    written=lambda node: "" if not _paired(node, 0, 1) else "gather({0}, {axis}, {1})",
    hidden=True,
)


def _strewn_shape(x: Shape, indices: Shape, like: Shape, axis: int | None) -> Shape:
    # Both x and like may have axes in front that the indices do not know.
    count = len(indices)
    return x[: len(x) - count] + like[len(like) - count :]


define(
    # Its adjoint: zeros like like, with every element added to where it was picked from.
    "strewn",
    "x indices like",
    pullback=(lambda g, y, x, indices, like, axis: ops.along(g, indices, axis=axis), None, None),
    kernel="kernels.ordering.strewn",
    scalar="reduction_scalars.picked",
    shape=_strewn_shape,
    parameters=(ALONG,),
    prepare=as_given,
    samples=[("grad(sum(sort(x, axis=0)^3), x)", {"x": "3x2"}), ("grad(sum(cummax(x)[0]^3), x)", {"x": "4"})],
    written=lambda node: "" if not _paired(node, 2, 0) else "vjp(gather({2}, {axis}, {1}), {2}, {0})",
    hidden=True,
)


def _sort_parameters(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    axis = axis_along(nodes[0].ndim, given.get("axis", -1))
    return {"descending": False, "stable": False, **given, "axis": axis}


define(
    # The indices that sort x; equal elements stay in their order, and a nan is the largest.
    "order",
    kernel="kernels.ordering.order",
    scalar="reduction_scalars.position",
    shape=lambda shape, axis, descending: shape,
    parameters=(_LAST, _DESCENDING),
    prepare=as_given,
    samples=[("grad(sum(sort(x, descending=true)^3), x)", {"x": "3"})],
    spelling="topk({0}, size({0}, {axis}), {axis}, {descending})[1]",
    hidden=True,
    gradless=True,
)


def _sort_rule(g: Node, y: Node, x: Node, axis: int | None, descending: bool, stable: bool) -> Node:
    return g if axis is None else ops.strewn(g, ops.order(x, axis=axis, descending=descending), x, axis=axis)


def _neighbours(y: Node, axis: int) -> Node:
    """Whether two elements that stand side by side are equal, in each row."""
    rest = (("all",),) * (-axis - 1)
    left, right = (ops.index(y, spec=(("slice", *bounds, 1), *rest)) for bounds in ((0, -1), (1, None)))
    return ops.any(ops.eq(left, right), axis=axis, keepdims=True)


def _sort_kink(x: Node, axis: int | None, descending: bool, stable: bool) -> Node:
    return as_node(False) if axis is None else _neighbours(ops.sort(x, axis=axis), axis)


def _top_kink(x: Node, k: int, axis: int | None, largest: bool) -> Node:
    if axis is None:
        return as_node(False)
    first = (("slice", 0, k + 1, 1), *(("all",),) * (-axis - 1))
    return _neighbours(ops.index(ops.sort(x, axis=axis, descending=largest), spec=first), axis)


define(
    "sort",
    pullback=_sort_rule,
    kernel="kernels.ordering.sort",
    scalar="scalars.identity",
    shape=lambda shape, **_: shape,
    # Gradients of equal elements are those of a stable sort, asked for or not.
    parameters=(_LAST, _DESCENDING, Parameter("stable", "flag", False)),
    prepare=_sort_parameters,
    torch="SortBackward0",
    samples=[
        ("sort(x)", {"x": "3"}),
        ("sort(x)", {"x": "()"}),
        ("sort(x, axis=0)", {"x": "3x2"}),
        ("sort(x, -1, descending=true)", {"x": "2x3"}),
        ("sort(x)", {"x": "2x0"}),
    ],
    kink=_sort_kink,
    convention="equal elements keep their order in sort, and each has the gradient of its place",
    doc="the elements in order; their places are the indices of topk",
)

_K = Parameter("k", "size", REQUIRED)
_LARGEST = Parameter("largest", "flag", True)


def _top_shape(shape: Shape, k: int, axis: int | None, largest: bool) -> Shape:
    size = 1 if axis is None else shape[axis]
    most = size.at_most if isinstance(size, Unknown) else size
    if k > most or (axis is None and k != 1):
        of = f"axis {axis} of {describe(shape)} has {most}" if shape else "a scalar is 1"
        what = "1 element" if k == 1 else f"{k} elements"
        raise ShapeProblem(f"topk() cannot pick {what}: {of}", hint="choose a smaller k" if k else "")
    return tuple([k if place - len(shape) == axis else one for place, one in enumerate(shape)])


_TOP = (_K, ALONG, _LARGEST)


define(
    "topk_indices",
    kernel="kernels.ordering.topk_indices",
    scalar="reduction_scalars.position",
    shape=_top_shape,
    parameters=_TOP,
    prepare=as_given,
    samples=[("x * topk(x, 3)[1]", {"x": "3"}), ("x * topk(x, 2, axis=0)[1]", {"x": "2x3"})],
    spelling="topk[1]",
    hidden=True,
    gradless=True,
)


def _top_rule(g: Node, y: Node, x: Node, k: int, axis: int | None, largest: bool) -> Node:
    if axis is None:
        return g
    return ops.strewn(g, ops.topk_indices(x, k=k, axis=axis, largest=largest), x, axis=axis)


define(
    "topk_values",
    pullback=_top_rule,
    kernel="kernels.ordering.topk_values",
    scalar="scalars.identity",
    shape=_top_shape,
    parameters=_TOP,
    prepare=as_given,
    torch="TopkBackward0",
    samples=[
        ("topk(x, 2)[0]", {"x": "4"}),
        ("topk(x, 1)[0]", {"x": "()"}),
        ("topk(x, 2, axis=0, largest=false)[0]", {"x": "3x2"}),
        ("topk(x, 0)[0]", {"x": "2x3"}),
    ],
    spelling="topk[0]",
    hidden=True,
    kink=_top_kink,
    convention="of equal elements topk takes the first",
)


def _topk(x: Node, k: int, axis: int | None, largest: bool, sorted: bool) -> tuple[Node, Node]:
    # In no order is allowed to be in order: PyTorch promises nothing of sorted=false.
    if axis is None:
        raise CallProblem("topk() needs a whole number for axis")
    place = axis_along(x.ndim, axis)
    return (
        ops.topk_values(x, k=k, axis=place, largest=largest),
        ops.topk_indices(x, k=k, axis=place, largest=largest),
    )


compose(
    "topk",
    "x",
    _topk,
    torch="TopkBackward0",
    parameters=(_K, _LAST, _LARGEST, Parameter("sorted", "flag", True)),
    samples=[("topk(x, 2)[0]", {"x": "2x3"}), ("topk(x, 2, sorted=false)[0]", {"x": "3"})],
    doc="the k largest elements in order, and their indices",
)
