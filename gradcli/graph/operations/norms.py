"""Norms of vectors, of matrices as vectors, and of matrices; condition numbers."""

from __future__ import annotations

import math

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import AXIS, KEEPDIMS, define, from_end, reduced, restored, strong
from gradcli.graph.operations.spectra import whole_matrix, whole_square

ORDER = Parameter("p", "order", None)


def _euclidean_rule(g: Node, y: Node, x: Node, axis: tuple[int, ...], keepdims: bool) -> Node:
    y = restored(y, axis, keepdims)
    flat = ops.eq(y, 0)
    return strong(restored(g, axis, keepdims), ops.where(flat, 0, x / ops.where(flat, 1, y)))


define(
    "norm2",
    pullback=_euclidean_rule,
    kernel="kernels.reduction.norm2",
    kink=lambda x, axis, keepdims: ops.eq(ops.norm2(x, axis=axis, keepdims=True), 0),
    convention="the gradient of norm at 0 is 0",
    scalar="scalars.magnitude",
    shape=reduced,
    parameters=(AXIS, KEEPDIMS),
    torch="LinalgVectorNormBackward0",
    spelling="norm",
    samples=[("norm(x, axis=(0, 2))", {"x": "2x3x2"}), ("norm(x, axis=-1, keepdims=true)", {"x": "2x3"})],
    hidden=True,
)


def _norm(x: Node, p: float | str | None, axis: tuple[int, ...] | None, keepdims: bool) -> Node:
    """The p-norm over axes; of a matrix without an axis, or over two axes, the norm of the matrix."""
    matrix = len(axis) == 2 if axis is not None else x.ndim == 2
    if p is None or (p == "fro" and (matrix or axis is None)) or (p == 2 and not matrix):
        return ops.norm2(x, axis=axis, keepdims=keepdims)
    if matrix:
        found = _matrix_norm(_in_front(x, axis), p)
        return ops.unsqueeze(found, axis=(-2, -1) if axis is None else axis) if keepdims else found
    if isinstance(p, str):
        hint = "name two axes" if p in ("fro", "nuc") else 'use "fro", "nuc", 1, 2, inf, -inf or a number'
        raise CallProblem(f'norm() of vectors knows no order "{p}"', hint=hint)
    if p == 0:
        return ops.sum(ops.number(ops.ne(x, 0)), axis=axis, keepdims=keepdims)
    return ops.norm_p(x, p=p, axis=axis, keepdims=keepdims)


def _in_front(x: Node, axis: tuple[int, ...] | None) -> Node:
    """The array with the two axes, rows and columns, brought to its end."""
    if axis is None:
        return x
    from_end(axis, x.ndim)
    rows, columns = (one % x.ndim for one in axis)
    rest = [one for one in range(x.ndim) if one not in (rows, columns)]
    order = (*rest, rows, columns)
    return x if order == tuple(range(x.ndim)) else ops.transpose(x, axes=order)


def _matrix_norm(x: Node, p: float | str) -> Node:
    """The norm of the matrices in the last two axes."""
    if p == "fro":
        return ops.norm2(x, axis=(-2, -1))
    if p == "nuc":
        return ops.sum(_kinked(x), axis=-1)
    if p in (1, -1, math.inf, -math.inf):
        assert not isinstance(p, str)
        lines = ops.sum(ops.abs(x), axis=-2 if abs(p) == 1 else -1)
        return ops.max(lines, axis=-1) if p > 0 else ops.min(lines, axis=-1)
    if p == 2:
        return ops.max(_kinked(x), axis=-1)
    if p == -2:
        return ops.min(_kinked(x), axis=-1)
    shown = f'"{p}"' if isinstance(p, str) else f"{p:g}"
    raise CallProblem(
        f"norm() of a matrix with p={shown} is not offered",
        hint='use "fro", "nuc", 1, -1, 2, -2, inf or -inf, or name one axis for the norms of its rows',
    )


def _kinked(x: Node) -> Node:
    """The singular values, flat where they are zero: there a norm's smallest subgradient is zero."""
    whole_matrix("norm", x.shape)
    s = ops.svdvals(x)
    longest = max([size for size in x.shape[-2:] if isinstance(size, int)])
    return s * ops.positive(ops.detach(s), longest=longest)


def _cond(x: Node, p: float | str | None) -> Node:
    """The norm of a matrix times that of its inverse; infinite where there is none, as NumPy has it."""
    if p is None or p in (2, -2):
        whole_matrix("cond", x.shape)
        if 0 in x.shape[-2:]:
            raise ShapeProblem("cond() of a matrix without elements has no value")
        s = ops.svdvals(x)
        large, small = ops.max(s, axis=-1), ops.min(s, axis=-1)
        flat = ops.eq(small, 0)
        if p == -2:
            return ops.where(flat, 0, small / ops.where(flat, 1, large))
        return ops.where(flat, math.inf, large / ops.where(flat, 1, small))
    whole_square("cond", x.shape)
    flat = ops.singular_matrix(x)
    inside = ops.where(ops.unsqueeze(flat, axis=(-2, -1)), ops.eye(n=x.shape[-1]), x)
    return ops.where(flat, math.inf, _matrix_norm(x, p) * _matrix_norm(ops.inv(inside), p))


define(
    "singular_matrix",
    kernel="kernels.decompositions.singular_matrix",
    shape=lambda shape: shape[:-2],
    gives="bool",
    samples=[("cond(x, 1)", {"x": "2x2 well"})],
    spelling="slogdet({0})[0] == 0",
    hidden=True,
)
compose(
    "norm",
    "x",
    _norm,
    parameters=(ORDER, AXIS, KEEPDIMS),
    samples=[
        ("norm(x)", {"x": "3"}),
        ("norm(x)", {"x": "2x3"}),
        ("norm(x)", {"x": "()"}),
        ("norm(x, axis=0)", {"x": "2x3"}),
        ("norm(x, 1)", {"x": "3"}),
        ("norm(x, 3)", {"x": "3"}),
        ("norm(x, 3, axis=1, keepdims=true)", {"x": "2x3"}),
        ("norm(x, inf)", {"x": "3"}),
        ("norm(x, 0)", {"x": "3"}),
        ("norm(x, 1)", {"x": "2x3"}),
        ('norm(x, "fro")', {"x": "2x3"}),
        ('norm(x, "nuc")', {"x": "3x2"}),
        ("norm(x, 2)", {"x": "2x3"}),
        ("norm(x, -2, keepdims=true)", {"x": "2x2 well"}),
        ("norm(x, 1, axis=(2, 0))", {"x": "2x2x3"}),
        ('norm(x, "nuc", axis=(0, -1), keepdims=true)', {"x": "2x2x2"}),
    ],
    doc="the p-norm over axes; of a matrix, or over two axes, the norm of the matrix",
)
compose(
    "cond",
    "x",
    _cond,
    parameters=(ORDER,),
    samples=[
        ("cond(x)", {"x": "3x2"}),
        ("cond(x)", {"x": "2x2x2 well"}),
        ("cond(x, 1)", {"x": "2x2 well"}),
        ('cond(x, "fro")', {"x": "2x2 well"}),
        ("cond(x, -2)", {"x": "2x2 well"}),
    ],
    doc="the norm of a matrix times that of its inverse; infinite where there is none",
)
