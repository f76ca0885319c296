"""Products of vectors and matrices, and functions of square matrices.

Matrices stand in the last two axes, vectors in the last one; all axes before are batches.
"""

from __future__ import annotations

from typing import Any

from gradcli.errors import ShapeProblem
from gradcli.graph.node import Node, Shape, agree, broadcast, describe, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import column, define, square_matrix, swapped


def _outer(a: Node, b: Node) -> Node:
    return ops.unsqueeze(a, axis=(-1,)) * ops.unsqueeze(b, axis=(-2,))


def _contract(
    a: Shape, b: Shape, sizes: tuple[Any, Any], *, rest: Shape, batch: tuple[Shape, Shape]
) -> Shape:
    if not agree(sizes[:1], sizes[1:]):
        raise ShapeProblem(
            f"'@' cannot multiply {describe(a)} by {describe(b)}: "
            f"the inner sizes {sizes[0]} and {sizes[1]} differ"
        )
    return (*broadcast(*batch), *rest)


define(
    "matmat",
    "a b",
    pullback=(lambda g, y, a, b: g @ swapped(b), lambda g, y, a, b: swapped(a) @ g),
    kernel="numpy.matmul",
    shape=lambda a, b: _contract(a, b, (a[-1], b[-2]), rest=(a[-2], b[-1]), batch=(a[:-2], b[:-2])),
    torch="MmBackward0",
    symbol="@",
    samples=[
        ("a @ b", {"a": "2x3", "b": "3x4"}),
        ("a @ b", {"a": "5x2x3", "b": "3x4"}),
        ("a @ b", {"a": "5x2x3", "b": "5x3x1"}),
        ("a @ b", {"a": "2x0", "b": "0x3"}),
    ],
    spelling="matmul",
    hidden=True,
)
define(
    "matvec",
    "a b",
    pullback=(lambda g, y, a, b: _outer(g, b), lambda g, y, a, b: ops.vecmat(g, a)),
    kernel="kernels.matvec",
    shape=lambda a, b: _contract(a, b, (a[-1], b[-1]), rest=(a[-2],), batch=(a[:-2], b[:-1])),
    torch="MvBackward0",
    symbol="@",
    samples=[("a @ b", {"a": "2x3", "b": "3"}), ("a @ b", {"a": "4x2x3", "b": "3"})],
    spelling="matmul",
    hidden=True,
)
define(
    "vecmat",
    "a b",
    pullback=(lambda g, y, a, b: ops.matvec(b, g), lambda g, y, a, b: _outer(a, g)),
    kernel="kernels.vecmat",
    shape=lambda a, b: _contract(a, b, (a[-1], b[-2]), rest=(b[-1],), batch=(a[:-1], b[:-2])),
    torch="MvBackward0",
    symbol="@",
    samples=[("a @ b", {"a": "3", "b": "3x2"}), ("a @ b", {"a": "3", "b": "4x3x2"})],
    spelling="matmul",
    hidden=True,
)
define(
    "vecdot",
    "a b",
    pullback=(lambda g, y, a, b: column(g, 1) * b, lambda g, y, a, b: column(g, 1) * a),
    kernel="kernels.vecdot",
    shape=lambda a, b: _contract(a, b, (a[-1], b[-1]), rest=(), batch=(a[:-1], b[:-1])),
    torch="DotBackward0",
    symbol="@",
    samples=[("a @ b", {"a": "3", "b": "3"}), ("dot(a, b)", {"a": "0", "b": "0"})],
    spelling="dot",
    hidden=True,
)


def _matmul(a: Node, b: Node) -> Node:
    if a.ndim == 0 or b.ndim == 0:
        raise ShapeProblem(
            f"'@' needs vectors or matrices: got {describe(a.shape)} and {describe(b.shape)}",
            hint="multiply by a number with *",
        )
    if a.ndim == 1:
        return ops.vecdot(a, b) if b.ndim == 1 else ops.vecmat(a, b)
    return ops.matvec(a, b) if b.ndim == 1 else ops.matmat(a, b)


def _dot(a: Node, b: Node) -> Node:
    return a * b if a.ndim == 0 or b.ndim == 0 else _matmul(a, b)


def _outer_product(a: Node, b: Node) -> Node:
    flat_a, flat_b = (x if x.ndim == 1 else ops.reshape(x, shape=(-1,)) for x in (a, b))
    return _outer(flat_a, flat_b)


def _kron(a: Node, b: Node) -> Node:
    if a.ndim != 2 or b.ndim != 2:
        raise ShapeProblem(f"kron() needs two matrices: got {describe(a.shape)} and {describe(b.shape)}")
    blocks = ops.unsqueeze(a, axis=(-1, -3)) * ops.unsqueeze(b, axis=(-2, -4))
    return ops.reshape(blocks, shape=(a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]))  # type: ignore[operator]


def _cross(a: Node, b: Node) -> Node:
    if a.shape[-1:] != (3,) or b.shape[-1:] != (3,):
        raise ShapeProblem(
            f"cross() needs vectors of three elements: got {describe(a.shape)} and {describe(b.shape)}"
        )

    def part(x: Node, k: int) -> Node:
        return ops.index(x, spec=(("at", k),))

    rows = [part(a, i) * part(b, j) - part(a, j) * part(b, i) for i, j in ((1, 2), (2, 0), (0, 1))]
    return ops.stack(*rows, axis=-1)


compose(
    "matmul",
    "a b",
    _matmul,
    samples=[("matmul(a, b)", {"a": "2x3", "b": "3"}), ("a @ b", {"a": "3", "b": "3x2"})],
)
compose(
    "dot", "a b", _dot, samples=[("dot(a, b)", {"a": "2x3", "b": "3"}), ("dot(a, b)", {"a": "()", "b": "3"})]
)
compose("outer", "a b", _outer_product, samples=[("outer(a, b)", {"a": "2", "b": "3"})])
compose("kron", "a b", _kron, samples=[("kron(a, b)", {"a": "2x3", "b": "3x2"})])
compose(
    "cross",
    "a b",
    _cross,
    samples=[("cross(a, b)", {"a": "3", "b": "3"}), ("cross(a, b)", {"a": "2x3", "b": "3"})],
)


def _square(name: str) -> Any:
    def rule(shape: Shape) -> Shape:
        square_matrix(name, shape)
        return shape

    return rule


def _square_to_scalar(name: str) -> Any:
    def rule(shape: Shape) -> Shape:
        square_matrix(name, shape)
        return shape[:-2]

    return rule


define(
    "inv",
    pullback=lambda g, y, x: -(swapped(y) @ g @ swapped(y)),
    kernel="kernels.inv",
    shape=_square("inv"),
    torch="LinalgInvExBackward0",
    samples=[("inv(x)", {"x": "3x3 well"}), ("inv(x)", {"x": "2x2x2 well"}), ("inv(x)", {"x": "0x0"})],
)


def _determinant_rule(g: Node, y: Node, x: Node) -> Node:
    return column(g, 2) * cofactors(x)


def cofactors(x: Node) -> Node:
    """The cofactor matrix, d det(x) / dx: polynomials up to 3x3, so exact at every order."""

    def at(i: int, j: int) -> Node:
        return ops.index(x, spec=(("at", i), ("at", j)))

    def row(i: int) -> Node:
        return ops.index(x, spec=(("at", i), ("all",)))

    size = x.shape[-1]
    if size == 1:
        return ops.ones_like(x)
    if size == 2:
        rows = [ops.stack(at(1, 1), -at(1, 0), axis=-1), ops.stack(-at(0, 1), at(0, 0), axis=-1)]
        return ops.stack(*rows, axis=-2)
    if size == 3:
        return ops.stack(*[_cross(row(i), row(j)) for i, j in ((1, 2), (2, 0), (0, 1))], axis=-2)
    return ops.cofactor(x)


define(
    "det",
    pullback=_determinant_rule,
    kernel="numpy.linalg.det",
    shape=_square_to_scalar("det"),
    torch="LinalgDetBackward0",
    samples=[
        ("det(x)", {"x": "1x1"}),
        ("det(x)", {"x": "2x2"}),
        ("det(x)", {"x": "3x3"}),
        ("det(x)", {"x": "4x4 well"}),
        ("det(x)", {"x": "2x3x3"}),
        ("det(x * 0 + [[1, 2], [2, 4]] + x - x)", {"x": "()"}),
        ("det(x)", {"x": "0x0"}),
    ],
)
define(
    "logdet",
    pullback=lambda g, y, x: column(g, 2) * swapped(ops.inv(x)),
    kernel="kernels.logdet",
    shape=_square_to_scalar("logdet"),
    samples=[("logdet(x)", {"x": "3x3 spd"}), ("logdet(x)", {"x": "2x2x2 spd"})],
)


def _trace_rule(g: Node, y: Node, x: Node) -> Node:
    return column(g, 2) * ops.eye(n=x.shape[-1])


define(
    "trace",
    pullback=_trace_rule,
    kernel="kernels.trace",
    shape=_square_to_scalar("trace"),
    torch="TraceBackward0",
    samples=[("trace(x)", {"x": "3x3"}), ("trace(x)", {"x": "2x2x2"})],
)


def _diagonal_shape(shape: Shape) -> Shape:
    square_matrix("diagonal", shape)
    return shape[:-1]


define(
    "diagonal",
    pullback=lambda g, y, x: ops.diagonal_matrix(g),
    kernel="kernels.diagonal",
    shape=_diagonal_shape,
    torch="DiagonalBackward0",
    samples=[("diagonal(x)", {"x": "3x3"}), ("diag(x)", {"x": "2x2"})],
)


define(
    "diagonal_matrix",
    pullback=lambda g, y, x: ops.diagonal(g),
    kernel="kernels.diagonal_matrix",
    shape=lambda shape: (*shape, shape[-1]),
    torch="DiagEmbedBackward0",
    samples=[("diag(x)", {"x": "3"})],
    spelling="diag",
    hidden=True,
)


def _diag(x: Node) -> Node:
    if x.ndim not in (1, 2):
        raise ShapeProblem(f"diag() needs a vector or a matrix: got {describe(x.shape)}")
    return ops.diagonal_matrix(x) if x.ndim == 1 else ops.diagonal(x)


compose("diag", "x", _diag, samples=[("diag(x)", {"x": "3"}), ("diag(x)", {"x": "3x3"})])


def _solve_matrix_shape(a: Shape, b: Shape) -> Shape:
    square_matrix("solve", a)
    if len(b) < 2 or b[-2] != a[-1]:
        raise ShapeProblem(f"solve() of {describe(a)} does not fit a right side of {describe(b)}")
    return (*broadcast(a[:-2], b[:-2]), *b[-2:])


def _solve_vector_shape(a: Shape, b: Shape) -> Shape:
    square_matrix("solve", a)
    if not b or b[-1] != a[-1]:
        raise ShapeProblem(f"solve() of {describe(a)} does not fit a right side of {describe(b)}")
    return (*broadcast(a[:-2], b[:-1]), b[-1])


define(
    "solve_matrix",
    "a b",
    pullback=(
        lambda g, y, a, b: -(ops.solve_matrix(swapped(a), g) @ swapped(y)),
        lambda g, y, a, b: ops.solve_matrix(swapped(a), g),
    ),
    kernel="kernels.solve",
    shape=_solve_matrix_shape,
    torch="LinalgSolveExBackward0",
    samples=[
        ("solve(a, b)", {"a": "3x3 well", "b": "3x2"}),
        ("solve(a, b)", {"a": "2x3x3 well", "b": "3x1"}),
    ],
    spelling="solve",
    hidden=True,
)
define(
    "solve_vector",
    "a b",
    pullback=(
        lambda g, y, a, b: -_outer(ops.solve_vector(swapped(a), g), y),
        lambda g, y, a, b: ops.solve_vector(swapped(a), g),
    ),
    kernel="kernels.solve_vector",
    shape=_solve_vector_shape,
    torch="LinalgSolveExBackward0",
    samples=[("solve(a, b)", {"a": "3x3 well", "b": "3"})],
    spelling="solve",
    hidden=True,
)


def _solve(a: Node, b: Node) -> Node:
    return ops.solve_vector(a, b) if b.ndim == 1 else ops.solve_matrix(a, b)


compose(
    "solve",
    "a b",
    _solve,
    samples=[("solve(a, b)", {"a": "2x2 well", "b": "2"}), ("solve(a, b)", {"a": "2x2 well", "b": "2x3"})],
)
