"""Singular values and vectors, also where singular values meet each other or zero.

As with eigenvalues, one factorization serves all results, what reads from it has the rules, and all
that is made of one matrix goes through one node of vectors, ``[U; V]``: so what U and V decide together,
such as ``U diag(s^3) V.T``, has its derivatives where the vectors themselves have none.

At a singular value of zero ``U diag(g) V.T`` is one of several subgradients of a function with a kink
there, the one that all engines give; ``norm`` takes the smallest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import define, strong, swapped
from gradcli.graph.operations.spectra import (
    apart,
    growth,
    quotient,
    scaled,
    skew,
    symmetric,
    taken_from,
    total,
    whole_matrix,
)
from gradcli.graph.shapes import Shape

Turn = Callable[[Node], Node]


def _least(shape: Shape) -> Any:
    return min(shape[-2:])  # type: ignore[type-var]  # whole_matrix refuses unknown sizes


def _packed_shape(shape: Shape) -> Shape:
    whole_matrix("svd", shape)
    return (*shape[:-2], _least(shape), shape[-2] + 1 + shape[-1])  # type: ignore[operator]


def _values_shape(name: str) -> Any:
    def rule(shape: Shape, *_: Shape) -> Shape:
        whole_matrix(name, shape)
        return (*shape[:-2], _least(shape))

    return rule


define(
    # [U.T | s | Vh]. Its readers have the rules.
    "svd_packed",
    kernel="kernels.decompositions.svd",
    shape=_packed_shape,
    samples=[("svd(x)[1]", {"x": "2x2 well"})],
    hidden=True,
)


def _parted(z: Node, x: Node) -> tuple[Node, Node]:
    """U and V of ``[U; V]``, or of its cotangent."""
    rows = x.shape[-2]
    upper, lower = ("slice", 0, rows, 1), ("slice", rows, z.shape[-2], 1)
    return ops.index(z, spec=(upper, ("all",))), ops.index(z, spec=(lower, ("all",)))


def _values_rule(g: Node, y: Node, x: Node, *_: Node) -> Node:
    known = taken_from(x, g, "singular_vectors")
    u, v = _parted(known[0] if known else ops.singular_vectors(x, ops.svd_packed(x)), x)
    return scaled(u, g) @ swapped(v)


def _vectors_rule(g: Node, y: Node, x: Node, e: Node) -> Node:
    # J. Townsend, "Differentiating the singular value decomposition", 2016, with his quotients by
    # s[j]^2 - s[i]^2 taken apart into those by the difference and by the sum.
    s, (u, v) = ops.singular_values(x, e), _parted(y, x)
    values = taken_from(x, g, "singular_values", "svdvals")
    met, same = ops.clustered(s, singular=True), ops.eye(n=s.shape[-1])

    def added(g: Node) -> Node:
        return swapped(y) @ g

    def parted(g: Node) -> Node:
        left, right = _parted(g, x)
        return swapped(u) @ left - swapped(v) @ right

    def outside_u(g: Node) -> Node:
        left, _ = _parted(g, x)
        return left - u @ (swapped(u) @ left)

    def outside_v(g: Node) -> Node:
        _, right = _parted(g, x)
        return right - v @ (swapped(v) @ right)

    def divided(turned: Turn, run: Node, limit: Callable[[Node], Node]) -> Node:
        rise = skew(turned(g))
        slope = growth(g, values, lambda by_s: skew(turned(by_s)))
        limited = ops.zeros_like(rise) if slope is None else limit(slope)
        plain = strong(rise, 1 / ops.where(same, 1, run))
        careful = quotient(rise, run, limited, turned(g), s)
        return ops.choice(met, ops.where(same, 0, careful), plain)

    def outside(turned: Turn) -> Node:
        rise, run, slope = turned(g), ops.unsqueeze(s, axis=(-2,)), growth(g, values, turned)
        limit = ops.zeros_like(rise) if slope is None else slope
        return ops.choice(met, quotient(rise, run, limit, rise, s), strong(rise, 1 / run))

    found = u @ (divided(added, apart(s), symmetric) + divided(parted, total(s), skew)) @ swapped(v)
    if x.shape[-2] != s.shape[-1]:
        found = found + outside(outside_u) @ swapped(v)
    if x.shape[-1] != s.shape[-1]:
        found = found + u @ swapped(outside(outside_v))
    return found


def _values_kink(x: Node, *_: Node) -> Node:
    return ops.clustered(ops.svdvals(x), singular=True)


define(
    "singular_values",
    "x e",
    pullback=(_values_rule, None),
    kernel="kernels.decompositions.singular_values",
    shape=_values_shape("svd"),
    torch="LinalgSvdBackward0",
    samples=[("svd(x)[1]", {"x": "3x2"})],
    spelling="svd({0})[1]",
    hidden=True,
    kink=_values_kink,
    convention="where singular values meet or are 0, their gradients are those of one choice of vectors",
)
define(
    "singular_vectors",
    "x e",
    pullback=(_vectors_rule, None),
    kernel="kernels.decompositions.singular_vectors",
    shape=lambda x, e: (*x[:-2], x[-2] + x[-1], _least(x)),
    torch="LinalgSvdBackward0",
    samples=[
        ("svd(x)[0]", {"x": "3x2"}),
        ("svd(x)[2]", {"x": "2x3"}),
        ("svd(x)[0]", {"x": "2x2x2 well"}),
    ],
    spelling="concat([svd({0})[0], swapaxes(svd({0})[2], -1, -2)], axis=-2)",
    hidden=True,
    kink=_values_kink,
    convention="where singular values meet, vectors have no derivative; what they make with the values has",
)
define(
    "svdvals",
    pullback=_values_rule,
    kernel="kernels.decompositions.svdvals",
    shape=_values_shape("svdvals"),
    torch="LinalgSvdBackward0",
    samples=[
        ("svdvals(x)", {"x": "3x2"}),
        ("svdvals(x)", {"x": "2x2x3"}),
        ("svdvals(x)", {"x": "3x3 well"}),
        ("svdvals(x)", {"x": "0x2"}),
        ("sum(svdvals(x)^3)", {"x": "2x3"}),
        ("grad(prod(svdvals(x)), x)", {"x": "2x2 well"}),
    ],
    kink=_values_kink,
    convention="where singular values meet or are 0, their gradients are those of one choice of vectors",
    doc="the singular values, the largest first",
)
define(
    # 1 for a singular value that is more than rounding, else 0.
    "positive",
    "s",
    kernel="kernels.decompositions.positive",
    shape=lambda s, longest: s,
    parameters=(Parameter("longest", "integer", 1),),
    samples=[('norm(x, "nuc")', {"x": "2x2 well"})],
    spelling="{0} > {longest} * 2.220446049250313e-16 * max({0}, -1, true)",
    hidden=True,
)


def _svd(x: Node) -> tuple[Node, Node, Node]:
    e = ops.svd_packed(x)
    u, v = _parted(ops.singular_vectors(x, e), x)
    return u, ops.singular_values(x, e), swapped(v)


compose(
    "svd",
    "x",
    _svd,
    torch="LinalgSvdBackward0",
    samples=[("svd(x)[0]", {"x": "2x3"}), ("svd(x)[1]", {"x": "2x2x2 well"}), ("svd(x)[2]", {"x": "3x2"})],
    doc="U, the singular values and V.T, reduced as with full_matrices=False",
)
