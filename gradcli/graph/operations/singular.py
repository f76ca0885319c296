"""Singular values and vectors, at every order.

As with eigenvalues, one factorization serves all results, the readers of it have the rules, and the
gradient ``U diag(g) V.T`` of a function of singular values is an operation of its own, which is right
where singular values meet each other or zero. At a singular value of zero that gradient is one of the
subgradients, and the one of all engines; ``norm`` takes the smallest.
"""

from __future__ import annotations

from typing import Any

from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import define, strong, swapped
from gradcli.graph.operations.spectra import apart, quotient, scaled, slopes, symmetric, total, whole_matrix
from gradcli.graph.shapes import Shape, broadcast


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


def _factors(x: Node) -> tuple[Node, Node, Node]:
    e = ops.svd_packed(x)
    return ops.left_vectors(x, e), ops.singular_values(x, e), ops.right_vectors(x, e)


def _values_rule(g: Node, y: Node, x: Node, *_: Node) -> Node:
    u, _s, v = _factors(x)
    return ops.singular_spectral(x, u, v, y, g)


def _turns(k: Node, s: Node) -> Node:
    """How vectors turn into each other: k / (s[j]^2 - s[i]^2), antisymmetrized."""
    same = ops.eye(n=s.shape[-1])
    rates = ops.where(same, 0, 1 / ops.where(same, 1, apart(s) * total(s)))
    turned = strong(k, rates)
    return turned + swapped(turned)


# J. Townsend, "Differentiating the singular value decomposition", 2016.


def _left_rule(g: Node, y: Node, x: Node, e: Node) -> Node:
    s, v = ops.singular_values(x, e), ops.right_vectors(x, e)
    k = swapped(y) @ g
    inner = y @ scaled(_turns(k, s), s)
    if x.shape[-2] != y.shape[-1]:
        inner = inner + strong(g - y @ k, 1 / ops.unsqueeze(s, axis=(-2,)))
    return inner @ swapped(v)


def _right_rule(g: Node, y: Node, x: Node, e: Node) -> Node:
    s, u = ops.singular_values(x, e), ops.left_vectors(x, e)
    k = swapped(y) @ g
    # The turns are symmetric, so this is the transpose of the left one's.
    inner = y @ scaled(_turns(k, s), s)
    if x.shape[-1] != y.shape[-1]:
        inner = inner + strong(g - y @ k, 1 / ops.unsqueeze(s, axis=(-2,)))
    return u @ swapped(inner)


define(
    "singular_values",
    "x e",
    pullback=(_values_rule, None),
    kernel="kernels.decompositions.singular_values",
    shape=_values_shape("svd"),
    torch="LinalgSvdBackward0",
    samples=[("svd(x)[1]", {"x": "3x2"})],
    hidden=True,
)
define(
    "left_vectors",
    "x e",
    pullback=(_left_rule, None),
    kernel="kernels.decompositions.left_vectors",
    shape=lambda x, e: (*x[:-1], _least(x)),
    torch="LinalgSvdBackward0",
    samples=[("svd(x)[0]", {"x": "3x2"}), ("svd(x)[0]", {"x": "2x2 well"})],
    hidden=True,
)
define(
    "right_vectors",
    "x e",
    pullback=(_right_rule, None),
    kernel="kernels.decompositions.right_vectors",
    shape=lambda x, e: (*x[:-2], x[-1], _least(x)),
    torch="LinalgSvdBackward0",
    samples=[("svd(x)[2]", {"x": "2x3"}), ("svd(x)[2]", {"x": "2x2x2 well"})],
    hidden=True,
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
    ],
)


def _spectral_rule(h: Node, out: Node, x: Node, u: Node, v: Node, y: Node, g: Node) -> Node:
    left, s, right = _factors(x)
    turned = swapped(left) @ h @ right
    even, odd = symmetric(turned), (turned - swapped(turned)) * 0.5
    jacobian = slopes(g, y)
    single = ops.zeros_like(g) if jacobian is None else ops.diagonal(jacobian)
    upper = total(single) * 0.5
    lower = upper if jacobian is None else upper - symmetric(jacobian)
    met = ops.clustered(s, singular=True)
    same = ops.eye(n=s.shape[-1])
    minus = ops.choice(met, quotient(apart(g), apart(s), lower, g, s), apart(g) / (apart(s) + same))
    plus = ops.choice(met, quotient(total(g), total(s), upper, g, s), total(g) / total(s))
    found = left @ (strong(even, minus) + strong(odd, plus)) @ swapped(right)
    if x.shape[-2] == x.shape[-1]:
        return found
    row, of_row = ops.unsqueeze(g, axis=(-2,)), ops.unsqueeze(s, axis=(-2,))
    alone = ops.choice(met, quotient(row, of_row, ops.unsqueeze(single, axis=(-2,)), g, s), row / of_row)
    if x.shape[-2] == s.shape[-1]:
        rest = h - (h @ right) @ swapped(right)
        return found + left @ swapped(strong(swapped(rest) @ left, alone))
    rest = h - left @ (swapped(left) @ h)
    return found + strong(rest @ right, alone) @ swapped(right)


def _spectral_of_values(h: Node, out: Node, x: Node, u: Node, v: Node, y: Node, g: Node) -> Node:
    left, _s, right = _factors(x)
    return ops.diagonal(swapped(left) @ h @ right)


define(
    # U diag(g) V.T: what comes back to a matrix from its singular values y.
    "singular_spectral",
    "x u v y g",
    pullback=(_spectral_rule, None, None, None, _spectral_of_values),
    kernel="kernels.decompositions.singular_spectral",
    shape=lambda x, u, v, y, g: (*broadcast(x[:-2], g[:-1]), *x[-2:]),
    samples=[
        ("grad(sum(svdvals(x)^3), x)", {"x": "3x2"}),
        ("grad(sum(svdvals(x)^3), x)", {"x": "2x3"}),
        ("grad(prod(svdvals(x)), x)", {"x": "2x2 well"}),
    ],
    hidden=True,
)
define(
    # 1 for a singular value that is more than rounding, else 0.
    "positive",
    "s",
    kernel="kernels.decompositions.positive",
    shape=lambda s, longest: s,
    parameters=(Parameter("longest", "integer", 1),),
    samples=[('norm(x, "nuc")', {"x": "2x2 well"})],
    hidden=True,
)


def _svd(x: Node) -> tuple[Node, Node, Node]:
    u, s, v = _factors(x)
    return u, s, swapped(v)


compose(
    "svd",
    "x",
    _svd,
    samples=[("svd(x)[0]", {"x": "2x3"}), ("svd(x)[1]", {"x": "2x2x2 well"}), ("svd(x)[2]", {"x": "3x2"})],
)
