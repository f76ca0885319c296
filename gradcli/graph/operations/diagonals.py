"""Diagonals of matrices, matrices with a diagonal, and what stands on either side of it."""

from __future__ import annotations

from typing import Any

from gradcli.errors import ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import define, from_end
from gradcli.graph.shapes import Shape, Size, Unknown, agree, describe, elements, is_known

_OFFSET = Parameter("offset", "integer", 0)


def _diagonal_parameters(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    (x,), offset = nodes, given.get("offset", 0)
    if x.ndim < 2:
        raise ShapeProblem(f"diagonal() needs a matrix: got {describe(x.shape)}")
    # The language takes the first two axes, as NumPy does; a rule counts from the end, behind a batch.
    first, second = given.get("axis1", -2), given.get("axis2", -1)
    (axis1,), (axis2,) = from_end(first, x.ndim), from_end(second, x.ndim)
    if axis1 == axis2:
        raise ShapeProblem(f"diagonal() needs two axes: both are axis {first}")
    rows, columns = x.shape[axis1], x.shape[axis2]
    if not is_known((rows, columns)) and (offset or not agree((rows,), (columns,))):
        raise ShapeProblem("diagonal() of a masked array: only the main one of a square matrix can be taken")
    # Beyond the edges all diagonals are empty alike, and NumPy counts their places in 32 bits.
    offset = max(-elements((rows,)), min(offset, elements((columns,))))
    return {"offset": offset, "axis1": axis1, "axis2": axis2}


def _diagonal_shape(shape: Shape, offset: int, axis1: int, axis2: int) -> Shape:
    rest = [size for axis, size in enumerate(shape, -len(shape)) if axis not in (axis1, axis2)]
    rows, columns = shape[axis1], shape[axis2]
    if isinstance(rows, Unknown) or isinstance(columns, Unknown):
        return (*rest, rows)
    return (*rest, max(0, min(rows + min(offset, 0), columns - max(offset, 0))))


def _diagonal_rule(g: Node, y: Node, x: Node, offset: int, axis1: int, axis2: int) -> Node:
    rows, columns = x.shape[axis1], x.shape[axis2]
    sizes = {"rows": rows, "columns": columns} if is_known((rows, columns)) else {}
    placed = ops.diagonal_matrix(g, offset=offset, **sizes)
    if (axis1, axis2) == (-2, -1):
        return placed
    order = [axis for axis in range(-x.ndim, 0) if axis not in (axis1, axis2)] + [axis1, axis2]
    return ops.transpose(placed, axes=tuple([order.index(axis) - x.ndim for axis in range(-x.ndim, 0)]))


define(
    "diagonal",
    pullback=_diagonal_rule,
    kernel="numpy.diagonal",
    analytic=True,
    shape=_diagonal_shape,
    parameters=(_OFFSET, Parameter("axis1", "axis", 0), Parameter("axis2", "axis", 1)),
    prepare=_diagonal_parameters,
    takes="any",
    gives="same",
    torch="DiagonalBackward0",
    view=True,
    doc="a diagonal of a matrix",
    samples=[
        ("diagonal(x)", {"x": "3x3"}),
        ("diagonal(x)", {"x": "2x3x2"}),
        ("diagonal(x, 1)", {"x": "2x3"}),
        ("diagonal(x, offset=-1, axis1=2, axis2=0)", {"x": "2x2x3"}),
        ("diagonal(x, 5)", {"x": "2x3"}),
        ("diagonal(x)", {"x": "0x2"}),
    ],
)


def _diagonal_matrix_shape(shape: Shape, offset: int, rows: Size | None, columns: Size | None) -> Shape:
    if rows is not None and columns is not None:
        return (*shape[:-1], rows, columns)
    size = shape[-1]
    if isinstance(size, Unknown):
        size = Unknown(size.at_most + abs(offset)) if offset else size
    else:
        size += abs(offset)
    return (*shape[:-1], size, size)


def _diagonal_written(node: Node) -> str:
    (x,), offset = node.args, node.values[0]
    shape = _diagonal_matrix_shape(x.shape, offset, None, None)
    if x.ndim == 1 and node.shape == shape:
        return "diag({0}, {offset})" if offset else "diag({0})"
    return "vjp(diagonal({zeros}, {offset}, -2, -1), {zeros}, {0})" if is_known(node.shape) else ""


define(
    # Matrices, square unless told otherwise, with x on a diagonal.
    "diagonal_matrix",
    pullback=lambda g, y, x, offset, rows, columns: ops.diagonal(g, offset=offset),
    kernel="kernels.diagonals.diagonal_matrix",
    moves=True,
    analytic=True,
    shape=_diagonal_matrix_shape,
    parameters=(_OFFSET, Parameter("rows", "size"), Parameter("columns", "size")),
    takes="any",
    gives="same",
    torch="DiagEmbedBackward0",
    samples=[
        ("diag(x)", {"x": "3"}),
        ("diag(x, -2)", {"x": "2"}),
        ("grad(sum(diagonal(x, 1)^3), x)", {"x": "3x2"}),
        ("grad(sum(diagonal(x, -1, axis1=0, axis2=2)^3), x)", {"x": "3x2x2"}),
        ("grad(sum(diagonal(x, -4)^3), x)", {"x": "3x2"}),
    ],
    spelling="diag",
    written=_diagonal_written,
    hidden=True,
)


def _diag(x: Node, offset: int) -> Node:
    if x.ndim not in (1, 2):
        raise ShapeProblem(
            f"diag() needs a vector or a matrix: got {describe(x.shape)}",
            hint="for a batch of matrices write diagonal(x, axis1=-2, axis2=-1)" if x.ndim else "",
        )
    return ops.diagonal_matrix(x, offset=offset) if x.ndim == 1 else ops.diagonal(x, offset=offset)


compose(
    "diag",
    "x",
    _diag,
    parameters=(_OFFSET,),
    doc="a vector as a diagonal matrix, or a diagonal of a matrix",
    samples=[
        ("diag(x)", {"x": "3"}),
        ("diag(x)", {"x": "3x3"}),
        ("diag(x, 1)", {"x": "3x2"}),
        ("x.diag(-1)", {"x": "2"}),
    ],
)


def _two_axes(name: str) -> Any:
    def rule(shape: Shape, k: int) -> Shape:
        if len(shape) < 2:
            raise ShapeProblem(f"{name}() needs a matrix: got {describe(shape)}")
        return shape

    return rule


define(
    "tril",
    pullback=lambda g, y, x, k: ops.tril(g, k=k),
    kernel="numpy.tril",
    moves=True,
    analytic=True,
    shape=_two_axes("tril"),
    parameters=(Parameter("k", "integer", 0),),
    takes="any",
    gives="same",
    torch="TrilBackward0",
    doc="a matrix with zeros above a diagonal",
    samples=[
        ("tril(x)", {"x": "3x3"}),
        ("tril(x, 1)", {"x": "2x3"}),
        ("x.tril(k=-1)", {"x": "2x3x2"}),
        ("tril(x)", {"x": "0x2"}),
    ],
)
define(
    "triu",
    pullback=lambda g, y, x, k: ops.triu(g, k=k),
    kernel="numpy.triu",
    moves=True,
    analytic=True,
    shape=_two_axes("triu"),
    parameters=(Parameter("k", "integer", 0),),
    takes="any",
    gives="same",
    torch="TriuBackward0",
    doc="a matrix with zeros below a diagonal",
    samples=[
        ("triu(x)", {"x": "3x3"}),
        ("triu(x, 1)", {"x": "3x2"}),
        ("x.triu(diagonal=-1)", {"x": "2x3x2"}),
    ],
)
