"""Norms of vectors, of matrices as vectors, and of matrices."""

from __future__ import annotations

import math

from gradcli.errors import CallProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import AXIS, KEEPDIMS, define, reduced, restored, strong


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
    """The p-norm over axes; of a matrix without an axis, the norm of the matrix."""
    matrix = axis is None and x.ndim == 2
    if p is None or p == "fro" or (p == 2 and not matrix):
        return ops.norm2(x, axis=axis, keepdims=keepdims)
    if isinstance(p, str):
        raise CallProblem(f'norm() knows no order "{p}"', hint='use "fro", 1, 2, inf, -inf or a number')
    if matrix:
        return _matrix_norm(x, p)
    size = ops.abs(x)
    if p == math.inf:
        return ops.max(size, axis=axis, keepdims=keepdims)
    if p == -math.inf:
        return ops.min(size, axis=axis, keepdims=keepdims)
    if p == 1:
        return ops.sum(size, axis=axis, keepdims=keepdims)
    if p == 0:
        return ops.sum(ops.number(ops.ne(x, 0)), axis=axis, keepdims=keepdims)
    # Scaled by the largest element, so that neither a large nor a zero vector leaves the numbers.
    scale = ops.detach(ops.max(size, axis=axis, keepdims=True))
    scale = ops.where(ops.eq(scale, 0), 1, scale)
    inner = ops.sum((size / scale) ** p, axis=axis, keepdims=True)
    flat = ops.eq(inner, 0)
    root = ops.where(flat, 0, ops.where(flat, 1, inner) ** (1 / p)) * scale
    if keepdims:
        return root
    return ops.reshape(root, shape=()) if axis is None else ops.squeeze(root, axis=axis)


def _matrix_norm(x: Node, p: float) -> Node:
    if p in (1, -1, math.inf, -math.inf):
        lines = ops.sum(ops.abs(x), axis=-2 if abs(p) == 1 else -1)
        return ops.max(lines) if p > 0 else ops.min(lines)
    raise CallProblem(
        f"norm() of a matrix with p={p:g} is not offered",
        hint='use "fro", 1, -1, inf or -inf, or name an axis for the norms of its rows or columns',
    )


compose(
    "norm",
    "x",
    _norm,
    parameters=(Parameter("p", "order", None), AXIS, KEEPDIMS),
    samples=[
        ("norm(x)", {"x": "3"}),
        ("norm(x)", {"x": "2x3"}),
        ("norm(x)", {"x": "()"}),
        ("norm(x, axis=0)", {"x": "2x3"}),
        ("norm(x, 1)", {"x": "3"}),
        ("norm(x, 3)", {"x": "3"}),
        ("norm(x, 3, axis=1, keepdims=true)", {"x": "2x3"}),
        ("norm(x, inf)", {"x": "3"}),
        ("norm(x, 1)", {"x": "2x3"}),
        ('norm(x, "fro")', {"x": "2x3"}),
    ],
)
