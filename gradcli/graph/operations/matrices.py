"""Functions of square matrices.

Matrices stand in the last two axes; all axes before are batches.
"""

from __future__ import annotations

from typing import Any

from gradcli.errors import ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.products import cross, outer
from gradcli.graph.operations.record import column, define, square_like, square_matrix, strong, swapped
from gradcli.graph.shapes import Shape, agree, broadcast, describe


def _square_to_scalar(name: str) -> Any:
    def rule(shape: Shape) -> Shape:
        square_matrix(name, shape)
        return shape[:-2]

    return rule


define(
    "inv",
    pullback=lambda g, y, x: -(swapped(y) @ g @ swapped(y)),
    kernel="kernels.matrices.inv",
    doc="the inverse matrix",
    analytic=True,
    shape=square_like("inv"),
    torch="LinalgInvExBackward0",
    samples=[("inv(x)", {"x": "3x3 well"}), ("inv(x)", {"x": "2x2x2 well"}), ("inv(x)", {"x": "0x0"})],
)


def _determinant_rule(g: Node, y: Node, x: Node) -> Node:
    return strong(column(g, 2), cofactors(x))


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
        return ops.stack(*[cross(row(i), row(j)) for i, j in ((1, 2), (2, 0), (0, 1))], axis=-2)
    return ops.cofactor(x)


define(
    "det",
    pullback=_determinant_rule,
    kernel="kernels.matrices.det",
    doc="the determinant",
    analytic=True,
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
    # It reads y, so that a gradient alone refuses a negative determinant too.
    pullback=lambda g, y, x: strong(column(g + ops.zeros_like(y), 2), swapped(ops.inv(x))),
    kernel="kernels.matrices.logdet",
    doc="log(det(x)); of a negative determinant an error, where PyTorch gives nan",
    shape=_square_to_scalar("logdet"),
    samples=[("logdet(x)", {"x": "3x3 spd"}), ("logdet(x)", {"x": "2x2x2 spd"})],
)


def _trace_shape(shape: Shape, offset: int) -> Shape:
    if len(shape) < 2:
        raise ShapeProblem(f"trace() needs a matrix: got {describe(shape)}")
    return shape[:-2]


define(
    # The sum of a diagonal, offset places right of the main one.
    "trace",
    pullback=lambda g, y, x, offset: column(g, 2) * ops.diagonal_ones(x, offset=offset),
    kernel="kernels.matrices.trace",
    doc="the sum of the diagonal",
    analytic=True,
    shape=_trace_shape,
    parameters=(Parameter("offset", "integer", 0),),
    torch="TraceBackward0",
    samples=[
        ("trace(x)", {"x": "3x3"}),
        ("trace(x)", {"x": "2x2x2"}),
        ("trace(x, offset=1)", {"x": "2x3"}),
        ("trace(x, -1)", {"x": "3x2"}),
        ("trace(x, 7)", {"x": "2x2"}),
    ],
)
define(
    # Ones on a diagonal of matrices like x, zeros elsewhere.
    "diagonal_ones",
    kernel="kernels.matrices.diagonal_ones",
    shape=lambda shape, offset: shape[-2:],
    parameters=(Parameter("offset", "integer", 0),),
    samples=[("grad(trace(x), x)", {"x": "2x3"})],
    spelling="eye(size({0}, -2), size({0}, -1), {offset})",
    hidden=True,
)


def _solve_matrix_shape(a: Shape, b: Shape) -> Shape:
    square_matrix("solve", a)
    if len(b) < 2 or not agree(b[-2:-1], a[-1:]):
        raise ShapeProblem(
            f"solve() of {describe(a)} does not fit a right side of {describe(b)}",
            # Only a single vector is read as one, as NumPy 2 has it.
            hint="a batch of vectors is solve(a, b[..., None])[..., 0]" if b[-1:] == a[-1:] else "",
        )
    return (*broadcast(a[:-2], b[:-2]), *b[-2:])


def _solve_vector_shape(a: Shape, b: Shape) -> Shape:
    square_matrix("solve", a)
    if not b or not agree(b[-1:], a[-1:]):
        raise ShapeProblem(f"solve() of {describe(a)} does not fit a right side of {describe(b)}")
    return (*broadcast(a[:-2], b[:-1]), b[-1])


define(
    "solve_matrix",
    "a b",
    pullback=(
        lambda g, y, a, b: -(ops.solve_matrix(swapped(a), g) @ swapped(y)),
        lambda g, y, a, b: ops.solve_matrix(swapped(a), g),
    ),
    kernel="kernels.matrices.solve",
    analytic=True,
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
        lambda g, y, a, b: -outer(ops.solve_vector(swapped(a), g), y),
        lambda g, y, a, b: ops.solve_vector(swapped(a), g),
    ),
    kernel="kernels.matrices.solve_vector",
    analytic=True,
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
    doc="the x of a @ x = b",
    samples=[("solve(a, b)", {"a": "2x2 well", "b": "2"}), ("solve(a, b)", {"a": "2x2 well", "b": "2x3"})],
)
