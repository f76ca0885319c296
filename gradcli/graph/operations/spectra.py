"""Eigenvalues and eigenvectors of symmetric matrices, also where eigenvalues meet.

All of them act on the symmetric part ``(A + A.T) / 2`` of what they are given, so that the symmetric
gradient is the exact one. One factorization serves values and vectors: ``eigh_packed`` computes it,
and what reads from it has the rules; no derivative runs through the packed array itself.

Where eigenvalues meet, the vectors are not determined, and yet ``sum(eigvalsh(A)^3)`` has all its
derivatives. Whatever V and w decide together in such a function, the rule of V gets 0 / 0 there, and
takes the limit: how the numerator grows with the gap. For that all that is made of one matrix goes
through one node V, at every order. The limit is exact together with its next two derivatives; the one
after them finds a numerator that does not vanish, and is infinite or nan. (For second derivatives this
is the formula of Daleckii and Krein, and of A. Lewis and H. Sendov, "Twice differentiable spectral
functions", 2001.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradcli.errors import ShapeProblem
from gradcli.graph.node import Node, Parameter, ops, reachable
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import define, square_matrix, strong, swapped
from gradcli.graph.operations.shaping import known_sizes
from gradcli.graph.shapes import Shape, broadcast, describe


def whole_matrix(name: str, shape: Shape) -> None:
    """Check that the last two axes are a matrix whose sizes are known.

    Raises:
        ShapeProblem: they are not.
    """
    if len(shape) < 2:
        raise ShapeProblem(f"{name}() needs a matrix: got {describe(shape)}")
    known_sizes(name, shape)


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


def skew(x: Node) -> Node:
    """The antisymmetric part."""
    return (x - swapped(x)) * 0.5


def taken_from(x: Node, g: Node, *names: str) -> list[Node]:
    """The results of some operations on a matrix that a cotangent depends on."""
    return [node for node in reachable([g]) if node.op.name in names and node.args[0] is x]


def growth(g: Node, values: Sequence[Node], turned: Callable[[Node], Node]) -> Node | None:
    """How what is turned out of a cotangent grows with the values: ``[i, j]`` with the j-th.

    In a batch the j-th values of all matrices grow together. What one matrix does to another cancels
    where this is used: in a function that is symmetric in two values, where they meet.

    Args:
        g: the cotangent of vectors as columns.
        values: nodes that stand for the same values; none, where it does not depend on them.
        turned: makes a matrix, as many rows as values, of a cotangent.
    """
    # Deriving reads the table, whose part this is: at the top it would be a circle.
    from gradcli.graph import derive

    if not values:
        return None
    shape = values[0].shape
    units = ops.reshape(ops.eye(n=shape[-1]), shape=(shape[-1], *[1] * (len(shape) - 1), shape[-1]))
    seeds = [ops.broadcast_to(units, shape=(shape[-1], *shape))] * len(values)
    (found,) = derive.jvp([g], values, seeds)
    if found is None:
        return None
    each = turned(found)
    return ops.diagonal(ops.transpose(each, axes=(*range(1, each.ndim), 0)))


def quotient(rise: Node, run: Node, limit: Node, size: Node, w: Node) -> Node:
    """``rise / run``, or its limit where both are nearly nothing: next to ``size`` and to ``w``."""
    at = ops.confluent(rise, run, limit, ops.sum(ops.abs(size), axis=-1), w)
    return ops.where(at, limit, strong(rise, 1 / ops.where(at, 1, run)))


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
    known = taken_from(x, g, "eigenvectors")
    v = known[0] if known else ops.eigenvectors(x, ops.eigh_packed(x))
    return scaled(v, g) @ swapped(v)


def _vectors_rule(g: Node, y: Node, x: Node, e: Node) -> Node:
    w, same = ops.eigenvalues(x, e), ops.eye(n=x.shape[-1])

    def turned(g: Node) -> Node:
        return skew(swapped(y) @ g)

    rise, run = turned(g), apart(w)
    slope = growth(g, taken_from(x, g, "eigenvalues", "eigvalsh"), turned)
    limit = ops.zeros_like(rise) if slope is None else symmetric(slope)
    plain = strong(rise, ops.where(same, 0, 1 / ops.where(same, 1, run)))
    # On the diagonal there is nothing to divide.
    careful = ops.where(same, 0, quotient(rise, run, limit, swapped(y) @ g, w))
    return y @ ops.choice(ops.clustered(w, singular=False), careful, plain) @ swapped(y)


def _vector_of_values(name: str) -> Any:
    def rule(shape: Shape, *_: Shape) -> Shape:
        whole_square(name, shape)
        return shape[:-1]

    return rule


def _values_kink(x: Node, *_: Node) -> Node:
    return ops.clustered(ops.eigvalsh(x), singular=False)


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
    spelling="eigh({0})[0]",
    hidden=True,
    kink=_values_kink,
    convention="where eigenvalues meet, their gradients are those of one choice of vectors",
)
define(
    "eigenvectors",
    "x e",
    pullback=(_vectors_rule, None),
    kernel="kernels.decompositions.eigenvectors",
    shape=lambda x, e: x,
    torch="LinalgEighBackward0",
    samples=[("eigh(x)[1]", {"x": "3x3 spd"}), ("eigh(x)[1]", {"x": "2x2x2 spd"})],
    spelling="eigh({0})[1]",
    hidden=True,
    kink=_values_kink,
    convention="where eigenvalues meet, vectors have no derivative; what they make with the values has",
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
        ("grad(prod(eigvalsh(x)), x)", {"x": "2x2 spd"}),
    ],
    kink=_values_kink,
    convention="where eigenvalues meet, their gradients are those of one choice of vectors",
    doc="the eigenvalues of the symmetric part, ascending",
)


define(
    "clustered",
    "w",
    kernel="kernels.decompositions.clustered",
    shape=lambda w, singular: (),
    parameters=(Parameter("singular", "flag", False),),
    gives="bool",
    samples=[("diff(sum(eigvalsh([[x, 1], [1, 3]])^3), x, 2)", {"x": "()"})],
    hidden=True,
)
define(
    "confluent",
    "rise run limit g w",
    kernel="kernels.decompositions.confluent",
    shape=lambda rise, run, limit, g, w: broadcast(rise, run, limit),
    gives="bool",
    samples=[("diff(prod(eigvalsh([[x, 1], [1, 3]])), x, 2)", {"x": "()"})],
    hidden=True,
)


def _eigh(x: Node) -> tuple[Node, Node]:
    e = ops.eigh_packed(x)
    return ops.eigenvalues(x, e), ops.eigenvectors(x, e)


compose(
    "eigh",
    "x",
    _eigh,
    torch="LinalgEighBackward0",
    samples=[
        ("eigh(x)[0]", {"x": "2x2x2 spd"}),
        ("eigh(x)[1]", {"x": "2x2 spd"}),
        ("eigh(x)[1]", {"x": "0x0"}),
    ],
    doc="eigenvalues and eigenvectors of the symmetric part, where PyTorch reads the lower half",
)
