"""Eigenvalues and eigenvectors of symmetric matrices, at every order.

All of them act on the symmetric part ``(A + A.T) / 2`` of what they are given, so that the symmetric
gradient is the exact one. One factorization serves values and vectors: ``eigh_packed`` computes it,
and what reads from it has the rules; no derivative runs through the packed array itself.

Where eigenvalues meet, the vectors are not determined, and yet ``sum(eigvalsh(A)^3)`` has all its
derivatives. So the gradient ``V diag(g) V.T`` of a function of eigenvalues is an operation of its own,
whose rule takes divided differences of ``g`` (Daleckii and Krein), and where they are 0 / 0 their
limits (Lewis and Sendov, "Twice differentiable spectral functions", 2001).
"""

from __future__ import annotations

from typing import Any

from gradcli.errors import ShapeProblem
from gradcli.graph import derive
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import define, square_matrix, strong, swapped
from gradcli.graph.shapes import Shape, broadcast, describe, is_known


def whole_matrix(name: str, shape: Shape) -> None:
    """Check that the last two axes are a matrix whose sizes are known.

    Raises:
        ShapeProblem: they are not.
    """
    if len(shape) < 2:
        raise ShapeProblem(f"{name}() needs a matrix: got {describe(shape)}")
    if not is_known(shape):
        raise ShapeProblem(f"{name}() of a masked array: its size is known only when it runs")


def whole_square(name: str, shape: Shape) -> None:
    """The same for square matrices."""
    square_matrix(name, shape)
    whole_matrix(name, shape)


def symmetric(x: Node) -> Node:
    """The symmetric part."""
    return (x + swapped(x)) * 0.5


def scaled(x: Node, values: Node) -> Node:
    """Columns times numbers: ``x @ diag(values)``."""
    return x * ops.unsqueeze(values, axis=(-2,))


def apart(values: Node) -> Node:
    """``values[j] - values[i]`` at ``[i, j]``."""
    return ops.unsqueeze(values, axis=(-2,)) - ops.unsqueeze(values, axis=(-1,))


def total(values: Node) -> Node:
    """``values[j] + values[i]`` at ``[i, j]``."""
    return ops.unsqueeze(values, axis=(-2,)) + ops.unsqueeze(values, axis=(-1,))


def slopes(g: Node, y: Node) -> Node | None:
    """Derivatives ``d g[..., i] / d y[k]`` at ``[..., i, k]``; ``None`` where there is no path.

    Those between one matrix of a batch and another come added up; they cancel in differences of
    a symmetric function where eigenvalues meet, and only there are the slopes used.
    """
    size = y.shape[-1]
    units = ops.reshape(ops.eye(n=size), shape=(size, *[1] * (y.ndim - 1), size))
    (found,) = derive.jvp([g], [y], [ops.broadcast_to(units, shape=(size, *y.shape))])
    return None if found is None else ops.transpose(found, axes=(*range(1, found.ndim), 0))


def quotient(rise: Node, run: Node, limit: Node, g: Node, w: Node) -> Node:
    """``rise / run``, or its limit where both are nearly nothing."""
    at = ops.confluent(rise, run, limit, g, w)
    return ops.where(at, limit, rise / ops.where(at, 1, run))


def _divided(g: Node, w: Node) -> Node:
    """The divided differences of ``g`` over ``w``, 0 on the diagonal."""
    rise, run = apart(g), apart(w)
    plain = rise / (run + ops.eye(n=w.shape[-1]))
    limit = ops.zeros_like(rise)
    jacobian = slopes(g, w)
    if jacobian is not None:
        limit = total(ops.diagonal(jacobian)) * 0.5 - symmetric(jacobian)
    return ops.choice(ops.clustered(w, singular=False), quotient(rise, run, limit, g, w), plain)


def _packed_shape(shape: Shape) -> Shape:
    whole_square("eigh", shape)
    return (*shape[:-1], shape[-1] + 1)  # type: ignore[operator]  # whole_square refuses unknown sizes


define(
    # [V | w]. Its readers have the rules.
    "eigh_packed",
    kernel="kernels.decompositions.eigh",
    shape=_packed_shape,
    samples=[("eigh(x)[0]", {"x": "2x2 spd"})],
    hidden=True,
)


def _values_rule(g: Node, y: Node, x: Node, *_: Node) -> Node:
    return ops.spectral(x, ops.eigenvectors(x, ops.eigh_packed(x), y), y, g)


def _vectors_rule(g: Node, y: Node, x: Node, e: Node, w: Node) -> Node:
    same = ops.eye(n=x.shape[-1])
    turned, run = swapped(y) @ g, apart(w)
    # Infinite where eigenvalues meet: then only a cotangent of zero asks for nothing impossible.
    inner = symmetric(strong(turned, ops.where(same, 0, 1 / ops.where(same, 1, run))))
    jacobian = slopes(g, w)
    if jacobian is not None:
        # What V and w decide together, such as V diag(exp(w)) V.T, has a derivative there as well:
        # the turn of the vectors is 0 / 0, and how the 0 above grows with w is the limit.
        by_w = swapped(y) @ ops.transpose(jacobian, axes=_last_first(jacobian.ndim))
        growth = ops.diagonal(ops.transpose(_skew(by_w), axes=_first_last(jacobian.ndim)))
        limit = symmetric(growth)
        at = ops.confluent(_skew(turned), run, limit, ops.sum(ops.abs(turned), axis=-1), w)
        inner = ops.choice(ops.clustered(w, singular=False), ops.where(at, limit, inner), inner)
    return y @ inner @ swapped(y)


def _skew(x: Node) -> Node:
    return (x - swapped(x)) * 0.5


def _last_first(ndim: int) -> tuple[int, ...]:
    return (ndim - 1, *range(ndim - 1))


def _first_last(ndim: int) -> tuple[int, ...]:
    return (*range(1, ndim), 0)


def _vector_of_values(name: str) -> Any:
    def rule(shape: Shape, *_: Shape) -> Shape:
        whole_square(name, shape)
        return shape[:-1]

    return rule


define(
    "eigenvalues",
    "x e",
    pullback=(_values_rule, None),
    kernel="kernels.decompositions.eigenvalues",
    shape=_vector_of_values("eigh"),
    torch="LinalgEighBackward0",
    samples=[
        ("eigh(x)[0]", {"x": "3x3 spd"}),
        ("w, v = eigh(x); v @ diag(w^2) @ v.T", {"x": "2x2 spd"}),
    ],
    hidden=True,
)
define(
    # It gets the values too: how a cotangent depends on them tells its rule what to do where they meet.
    "eigenvectors",
    "x e w",
    pullback=(_vectors_rule, None, None),
    kernel="kernels.decompositions.eigenvectors",
    shape=lambda x, e, w: x,
    torch="LinalgEighBackward0",
    samples=[("eigh(x)[1]", {"x": "3x3 spd"}), ("eigh(x)[1]", {"x": "2x2x2 spd"})],
    hidden=True,
)
define(
    "eigvalsh",
    pullback=_values_rule,
    kernel="kernels.decompositions.eigvalsh",
    shape=_vector_of_values("eigvalsh"),
    torch="LinalgEighBackward0",
    samples=[
        ("eigvalsh(x)", {"x": "3x3 spd"}),
        ("eigvalsh(x)", {"x": "2x2x2 spd"}),
        ("eigvalsh(x)", {"x": "1x1"}),
        ("eigvalsh(x)", {"x": "0x0"}),
        ("sum(eigvalsh(x)^3)", {"x": "2x3x3 spd"}),
    ],
)


def _spectral_rule(h: Node, out: Node, x: Node, v: Node, y: Node, g: Node) -> Node:
    vectors = ops.eigenvectors(x, ops.eigh_packed(x), y)
    turned = symmetric(swapped(vectors) @ h @ vectors)
    return vectors @ strong(turned, _divided(g, y)) @ swapped(vectors)


def _spectral_of_values(h: Node, out: Node, x: Node, v: Node, y: Node, g: Node) -> Node:
    vectors = ops.eigenvectors(x, ops.eigh_packed(x), y)
    return ops.diagonal(swapped(vectors) @ h @ vectors)


define(
    # V diag(g) V.T: what comes back to a matrix from its eigenvalues y.
    "spectral",
    "x v y g",
    pullback=(_spectral_rule, None, None, _spectral_of_values),
    kernel="kernels.decompositions.spectral",
    shape=lambda x, v, y, g: (*broadcast(x[:-2], g[:-1]), *x[-2:]),
    samples=[
        ("grad(sum(eigvalsh(x)^3), x)", {"x": "3x3 spd"}),
        ("grad(prod(eigvalsh(x)), x)", {"x": "2x2 spd"}),
    ],
    hidden=True,
)
define(
    "clustered",
    "w",
    kernel="kernels.decompositions.clustered",
    shape=lambda w, singular: (),
    parameters=(Parameter("singular", "flag", False),),
    gives="bool",
    samples=[("grad(sum(grad(sum(eigvalsh(x)^3), x)^2), x)", {"x": "2x2 spd"})],
    hidden=True,
)
define(
    "confluent",
    "rise run limit g w",
    kernel="kernels.decompositions.confluent",
    shape=lambda rise, run, limit, g, w: broadcast(rise, run, limit),
    gives="bool",
    samples=[("grad(sum(grad(prod(eigvalsh(x)), x)^2), x)", {"x": "2x2 spd"})],
    hidden=True,
)


def _eigh(x: Node) -> tuple[Node, Node]:
    e = ops.eigh_packed(x)
    w = ops.eigenvalues(x, e)
    return w, ops.eigenvectors(x, e, w)


compose(
    "eigh",
    "x",
    _eigh,
    samples=[
        ("eigh(x)[0]", {"x": "2x2x2 spd"}),
        ("eigh(x)[1]", {"x": "2x2 spd"}),
        ("eigh(x)[1]", {"x": "0x0"}),
    ],
)
