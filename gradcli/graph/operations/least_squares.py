"""The pseudoinverse, and what it solves: systems without a solution, or with many."""

from __future__ import annotations

import math
from typing import Any

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Node, Parameter, as_node, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.products import outer
from gradcli.graph.operations.record import define, swapped
from gradcli.graph.operations.spectra import whole_matrix
from gradcli.graph.shapes import Shape, agree, broadcast, describe


def _inverse_shape(shape: Shape, **_: float | None) -> Shape:
    whole_matrix("pinv", shape)
    return (*shape[:-2], shape[-1], shape[-2])


def _back(g: Node, inverse: Node, x: Node) -> Node:
    """The cotangent of a matrix from that of its pseudoinverse, where its rank stays what it is.

    G. Golub and V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares
    problems whose variables separate", 1973.
    """
    p, pt, gt = inverse, swapped(inverse), swapped(g)
    left, right = gt @ p @ pt, pt @ p @ gt
    return (left - x @ (p @ left)) + (right - (right @ p) @ x) - pt @ g @ pt


def _lost_rank(x: Node, *_: Node, rcond: float | None = None) -> Node:
    s = ops.svdvals(x)
    if s.shape[-1:] == (0,):
        return as_node(False)
    least = (
        max([size for size in x.shape[-2:] if isinstance(size, int)]) * 2.0**-52 if rcond is None else rcond
    )
    lost = ops.le(ops.min(s, axis=-1, keepdims=True), least * ops.max(s, axis=-1, keepdims=True))
    return ops.unsqueeze(lost, axis=-1)


def _share(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    rcond = given.get("rcond")
    if rcond is not None and not 0 <= rcond < math.inf:
        raise CallProblem(
            f"pinv() needs a share of the largest singular value for rcond, and got {rcond:g}",
            hint="a small number such as 1e-10, or none at all",
        )
    return {"rcond": rcond}


define(
    # Singular values up to rcond times the largest count as zero.
    "pinv",
    pullback=lambda g, y, x, rcond: _back(g, y, x),
    kernel="kernels.decompositions.pinv",
    shape=_inverse_shape,
    parameters=(Parameter("rcond", "number", None),),
    prepare=_share,
    torch="LinalgPinvBackward0",
    samples=[
        ("pinv(x)", {"x": "3x2"}),
        ("pinv(x + [[3, 0, 0], [0, -4, 0]])", {"x": "2x3"}),
        ("pinv(x)", {"x": "2x2x2 well"}),
        ("pinv(outer(x, [1, 2, -1]))", {"x": "2 nonzero"}),
        ("pinv(x, rcond=0.001)", {"x": "2x2 well"}),
        ("pinv(x)", {"x": "0x2"}),
    ],
    kink=_lost_rank,
    convention="where the rank is not full, the gradient of pinv is that for one that stays",
    doc="the Moore-Penrose inverse",
)


def _fits(a: Shape, b: Shape, axis: int) -> None:
    whole_matrix("lstsq", a)
    whole_matrix("lstsq", (1, *b))
    if len(b) < -axis or not agree(b[axis : axis + 1 or None], a[-2:-1]):
        raise ShapeProblem(f"lstsq() of {describe(a)} does not fit a right side of {describe(b)}")


def _matrix_shape(a: Shape, b: Shape) -> Shape:
    _fits(a, b, -2)
    return (*broadcast(a[:-2], b[:-2]), a[-1], b[-1])


def _vector_shape(a: Shape, b: Shape) -> Shape:
    _fits(a, b, -1)
    return (*broadcast(a[:-2], b[:-1]), a[-1])


define(
    "lstsq_matrix",
    "a b",
    pullback=(
        lambda g, y, a, b: _back(g @ swapped(b), ops.pinv(a), a),
        lambda g, y, a, b: swapped(ops.pinv(a)) @ g,
    ),
    kernel="kernels.decompositions.lstsq",
    shape=_matrix_shape,
    torch="LinalgLstsqBackward0",
    samples=[
        ("lstsq(a, b)", {"a": "3x2", "b": "3x2"}),
        ("lstsq(a, b)", {"a": "2x2x3", "b": "2x1"}),
    ],
    spelling="lstsq",
    hidden=True,
    kink=_lost_rank,
    convention="where the rank is not full, the gradient of lstsq is that for one that stays",
)
define(
    "lstsq_vector",
    "a b",
    pullback=(
        lambda g, y, a, b: _back(outer(g, b), ops.pinv(a), a),
        lambda g, y, a, b: ops.matvec(swapped(ops.pinv(a)), g),
    ),
    kernel="kernels.decompositions.lstsq_vector",
    shape=_vector_shape,
    torch="LinalgLstsqBackward0",
    samples=[("lstsq(a, b)", {"a": "3x2", "b": "3"}), ("lstsq(outer(a, [1, 2]), b)", {"a": "3", "b": "3"})],
    spelling="lstsq",
    hidden=True,
    kink=_lost_rank,
    convention="where the rank is not full, the gradient of lstsq is that for one that stays",
)


def _lstsq(a: Node, b: Node) -> Node:
    """The shortest x among those that bring ``a @ x`` nearest to ``b``; a vector only if b has one axis."""
    return ops.lstsq_vector(a, b) if b.ndim == 1 else ops.lstsq_matrix(a, b)


compose(
    "lstsq",
    "a b",
    _lstsq,
    samples=[("lstsq(a, b)", {"a": "2x3", "b": "2"}), ("lstsq(a, b)", {"a": "3x2", "b": "3x1"})],
    doc="the shortest x among those that bring a @ x nearest to b",
)
