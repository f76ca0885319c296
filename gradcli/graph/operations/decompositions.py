"""Factors of matrices: Cholesky, QR, and the sign and logarithm of a determinant.

Results that come together are packed into one array by a hidden operation, so that one factorization
serves them all; what reads from it has the rules, each for its own cotangent.
"""

from __future__ import annotations

from gradcli.graph.node import Node, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import column, define, square_like, square_matrix, strong, swapped
from gradcli.graph.operations.spectra import symmetric, whole_matrix
from gradcli.graph.shapes import Shape


def _upper_solve(factor: Node, x: Node) -> Node:
    """``x @ inv(factor).T``."""
    return swapped(ops.solve_matrix(ops.independent(factor), swapped(x)))


def _cholesky_rule(g: Node, y: Node, x: Node) -> Node:
    # I. Murray, "Differentiation of the Cholesky decomposition", 2016.
    inner = ops.solve_matrix(swapped(y), ops.half_lower(swapped(y) @ g))
    return symmetric(swapped(ops.solve_matrix(swapped(y), swapped(inner))))


define(
    # Of the symmetric part, so that its symmetric gradient is the exact one.
    "cholesky",
    pullback=_cholesky_rule,
    kernel="kernels.decompositions.cholesky",
    shape=square_like("cholesky"),
    torch="LinalgCholeskyExBackward0",
    domain="spd",
    samples=[
        ("cholesky(x)", {"x": "3x3 spd"}),
        ("cholesky(x)", {"x": "2x2x2 spd"}),
        ("cholesky(x)", {"x": "0x0"}),
    ],
    doc="the lower factor of the symmetric part, where PyTorch reads the lower half",
)
define(
    # The part below the diagonal and half of the diagonal: what two of, one transposed, add up to.
    "half_lower",
    pullback=lambda g, y, x: ops.half_lower(g),
    kernel="kernels.decompositions.half_lower",
    shape=lambda shape: shape,
    samples=[("grad(sum(cholesky(x)^2), x)", {"x": "2x2 spd"})],
    spelling="(tril({0}) + tril({0}, -1)) / 2",
    hidden=True,
)


# S. Walter and L. Lehmann, "Algorithmic differentiation of linear algebra functions", 2010.


def _mirrored(x: Node) -> Node:
    """The lower half, the diagonal included, reflected to the upper one."""
    half = ops.half_lower(x)
    return half + swapped(half)


def _orthogonal_rule(g: Node, y: Node, x: Node, e: Node) -> Node:
    r = ops.triangular_factor(x, e)
    return _upper_solve(r, g - y @ _mirrored(swapped(g) @ y))


def _triangular_rule(g: Node, y: Node, x: Node, e: Node) -> Node:
    return _upper_solve(y, ops.orthogonal_factor(x, e) @ _mirrored(y @ swapped(g)))


def _packed_shape(shape: Shape) -> Shape:
    whole_matrix("qr", shape)
    return (*shape[:-2], shape[-2] + shape[-1], shape[-1])  # type: ignore[operator]  # no unknown size


define(
    # [Q; R] of a matrix that is not wider than high. Its readers have the rules.
    "qr_packed",
    kernel="kernels.decompositions.qr",
    shape=_packed_shape,
    samples=[("qr(x)[0]", {"x": "2x2 well"})],
    hidden=True,
)
define(
    # The triangular factor itself, or an error where its diagonal holds a zero.
    "independent",
    "r",
    pullback=lambda g, y, r: g,
    kernel="kernels.decompositions.independent",
    shape=lambda shape: shape,
    samples=[("grad(sum(qr(x)[1]), x)", {"x": "2x2 well"})],
    spelling="{0}",
    hidden=True,
)
define(
    "orthogonal_factor",
    "x e",
    pullback=(_orthogonal_rule, None),
    kernel="kernels.decompositions.orthogonal_factor",
    shape=lambda x, e: x,
    torch="LinalgQrBackward0",
    samples=[("qr(x)[0]", {"x": "3x2"}), ("qr(x)[0]", {"x": "2x2x2 well"})],
    spelling="qr({0})[0]",
    hidden=True,
)
define(
    "triangular_factor",
    "x e",
    pullback=(_triangular_rule, None),
    kernel="kernels.decompositions.triangular_factor",
    shape=lambda x, e: (*x[:-2], x[-1], x[-1]),
    torch="LinalgQrBackward0",
    samples=[("qr(x)[1]", {"x": "3x2"}), ("qr(x)[1]", {"x": "2x2x2 well"})],
    spelling="qr({0})[1]",
    hidden=True,
)


def _qr(x: Node) -> tuple[Node, Node]:
    """The reduced factors; of a wide matrix those of its first columns, and ``Q.T`` times the rest."""
    whole_matrix("qr", x.shape)
    rows, columns = x.shape[-2:]
    assert isinstance(rows, int)
    assert isinstance(columns, int)
    square = ops.index(x, spec=(("slice", 0, rows, 1),)) if columns > rows else x
    e = ops.qr_packed(square)
    q, r = ops.orthogonal_factor(square, e), ops.triangular_factor(square, e)
    if columns > rows:
        rest = ops.index(x, spec=(("slice", rows, columns, 1),))
        r = ops.concat(r, swapped(q) @ rest, axis=-1)
    return q, r


compose(
    "qr",
    "x",
    _qr,
    torch="LinalgQrBackward0",
    samples=[
        ("qr(x)[0]", {"x": "2x3"}),
        ("qr(x)[1]", {"x": "2x3"}),
        ("q, r = qr(x); q @ r", {"x": "3x2"}),
        ("qr(x)[1]", {"x": "0x0"}),
    ],
    doc="the reduced factors; of a wide matrix those of its first columns, and Q.T times the rest",
)


def _to_number(shape: Shape, *_: Shape) -> Shape:
    square_matrix("slogdet", shape)
    return shape[:-2]


define(
    # [sign, logarithm]. Its readers have the rules.
    "slogdet_packed",
    kernel="kernels.decompositions.slogdet",
    shape=lambda shape: (*_to_number(shape), 2),
    samples=[("slogdet(x)[1]", {"x": "2x2 well"})],
    hidden=True,
)
define(
    "determinant_sign",
    "x e",
    kernel="kernels.decompositions.determinant_sign",
    shape=_to_number,
    samples=[("slogdet(x)[0]", {"x": "2x2 well"})],
    spelling="slogdet({0})[0]",
    hidden=True,
)
define(
    "determinant_logarithm",
    "x e",
    pullback=(lambda g, y, x, e: strong(column(g, 2), swapped(ops.inv(x))), None),
    kernel="kernels.decompositions.determinant_logarithm",
    shape=_to_number,
    torch="LinalgSlogdetBackward0",
    samples=[
        ("slogdet(x)[1]", {"x": "3x3 well"}),
        ("slogdet(x)[1]", {"x": "2x2x2 well"}),
        ("slogdet(x)[1]", {"x": "0x0"}),
    ],
    spelling="slogdet({0})[1]",
    hidden=True,
)


def _slogdet(x: Node) -> tuple[Node, Node]:
    e = ops.slogdet_packed(x)
    return ops.determinant_sign(x, e), ops.determinant_logarithm(x, e)


compose(
    "slogdet",
    "x",
    _slogdet,
    torch="LinalgSlogdetBackward0",
    samples=[("slogdet(x)[0]", {"x": "2x2"}), ("slogdet(-x)[1]", {"x": "3x3 well"})],
    doc="the sign of a determinant, and the logarithm of its size",
)
