"""Powers of square matrices, and their exponential."""

from __future__ import annotations

from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import REQUIRED, define, square_matrix, swapped
from gradcli.graph.operations.spectra import whole_square
from gradcli.graph.shapes import Shape, broadcast


def _matrix_power(x: Node, n: int) -> Node:
    """Repeated squaring; of the inverse where n is negative."""
    square_matrix("matrix_power", x.shape)
    if n == 0:
        return ops.diagonal_matrix(ops.ones_like(ops.diagonal(x)))
    if n < 0:
        x, n = ops.inv(x), -n
    result: Node | None = None
    while True:
        if n % 2:
            result = x if result is None else result @ x
        n //= 2
        if not n:
            assert result is not None
            return result
        x = x @ x


compose(
    "matrix_power",
    "x",
    _matrix_power,
    parameters=(Parameter("n", "integer", REQUIRED),),
    samples=[
        ("matrix_power(x, 3)", {"x": "2x2"}),
        ("matrix_power(x, 0)", {"x": "2x2x2"}),
        ("matrix_power(x, -2)", {"x": "2x2x2 well"}),
        ("matrix_power(x, 5)", {"x": "0x0"}),
    ],
    doc="a matrix times itself n times; of its inverse for a negative n",
)


def _exponential_shape(shape: Shape) -> Shape:
    whole_square("expm", shape)
    return shape


def _exponential_rule(g: Node, y: Node, x: Node) -> Node:
    # The block above the diagonal is the exponential's derivative along g, and its adjoint is that of
    # the transpose: Higham, "Functions of Matrices", 2008, (10.23) and theorem 3.6.
    return _part(ops.expm(ops.block_triangular(swapped(x), g)), 0, 1)


define(
    "expm",
    pullback=_exponential_rule,
    kernel="kernels.matrix_exponential.expm",
    shape=_exponential_shape,
    torch="LinalgMatrixExpBackward0",
    aliases="matrix_exp",
    samples=[
        ("expm(x)", {"x": "2x2"}),
        ("expm(x)", {"x": "2x2x2"}),
        ("expm(0 * x)", {"x": "2x2"}),
        ("expm(x)", {"x": "0x0"}),
    ],
    doc="the exponential of a matrix",
)


def _doubled(a: Shape, h: Shape) -> Shape:
    # Only expm makes it, and has refused unknown sizes.
    *lead, rows, columns = broadcast(a, h)
    return (*lead, rows * 2, columns * 2)  # type: ignore[operator]


def _part(x: Node, row: int, column: int) -> Node:
    """One of the four blocks."""
    half = x.shape[-1] // 2 if isinstance(x.shape[-1], int) else 0
    rows, columns = (("slice", k * half, (k + 1) * half, 1) for k in (row, column))
    return ops.index(x, spec=(rows, columns))


define(
    # [[a, h], [0, a]].
    "block_triangular",
    "a h",
    pullback=(lambda g, y, a, h: _part(g, 0, 0) + _part(g, 1, 1), lambda g, y, a, h: _part(g, 0, 1)),
    kernel="kernels.matrix_exponential.block_triangular",
    shape=_doubled,
    samples=[("grad(sum(expm(x)), x)", {"x": "2x2"})],
    spelling="kron(eye(2), {0}) + kron([[0, 1], [0, 0]], {1})",
    hidden=True,
)
