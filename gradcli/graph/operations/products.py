"""Products of vectors and matrices.

Matrices stand in the last two axes, vectors in the last one; all axes before are batches.
"""

from __future__ import annotations

from typing import Any

from gradcli.errors import ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import column, define, from_end, strong, swapped
from gradcli.graph.operations.shaping import known_sizes
from gradcli.graph.shapes import Shape, agree, broadcast, describe, elements


def outer(a: Node, b: Node) -> Node:
    """Every element of one vector times every element of another: ``(..., n, m)``."""
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


# How the language multiplies batches of vectors, which it takes for matrices.
_COLUMNS = "({0} @ {1}[..., None])[..., 0]"
_ROWS = "({0}[..., None, :] @ {1})[..., 0, :]"

define(
    "matmat",
    "a b",
    pullback=(lambda g, y, a, b: g @ swapped(b), lambda g, y, a, b: swapped(a) @ g),
    kernel="numpy.matmul",
    contracts="ik,kj->ij",
    analytic=True,
    shape=lambda a, b: _contract(a, b, (a[-1], b[-2]), rest=(a[-2], b[-1]), batch=(a[:-2], b[:-2])),
    torch="MmBackward0",
    torch_of=lambda node: "BmmBackward0" if node.ndim > 2 else "MmBackward0",
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
    pullback=(lambda g, y, a, b: outer(g, b), lambda g, y, a, b: ops.vecmat(g, a)),
    kernel="kernels.matrices.matvec",
    contracts="ik,k->i",
    analytic=True,
    shape=lambda a, b: _contract(a, b, (a[-1], b[-1]), rest=(a[-2],), batch=(a[:-2], b[:-1])),
    torch="MvBackward0",
    symbol="@",
    samples=[("a @ b", {"a": "2x3", "b": "3"}), ("a @ b", {"a": "4x2x3", "b": "3"})],
    spelling="matmul",
    written=lambda node: _COLUMNS if node.args[1].ndim > 1 else "",
    hidden=True,
)
define(
    "vecmat",
    "a b",
    pullback=(lambda g, y, a, b: ops.matvec(b, g), lambda g, y, a, b: outer(a, g)),
    kernel="kernels.matrices.vecmat",
    contracts="k,kj->j",
    analytic=True,
    shape=lambda a, b: _contract(a, b, (a[-1], b[-2]), rest=(b[-1],), batch=(a[:-1], b[:-2])),
    torch="MvBackward0",
    symbol="@",
    samples=[("a @ b", {"a": "3", "b": "3x2"}), ("a @ b", {"a": "3", "b": "4x3x2"})],
    spelling="matmul",
    written=lambda node: _ROWS if node.args[0].ndim > 1 else "",
    hidden=True,
)
define(
    "vecdot",
    "a b",
    pullback=(lambda g, y, a, b: strong(column(g, 1), b), lambda g, y, a, b: strong(column(g, 1), a)),
    kernel="kernels.matrices.vecdot",
    contracts="k,k->",
    analytic=True,
    shape=lambda a, b: _contract(a, b, (a[-1], b[-1]), rest=(), batch=(a[:-1], b[:-1])),
    torch="DotBackward0",
    symbol="@",
    samples=[("a @ b", {"a": "3", "b": "3"}), ("a @ b", {"a": "0", "b": "0"})],
    spelling="dot",
    written=lambda node: "" if node.args[0].ndim == node.args[1].ndim == 1 else "sum({0} * {1}, -1)",
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


def _outer_product(a: Node, b: Node) -> Node:
    flat_a, flat_b = (x if x.ndim == 1 else ops.reshape(x, shape=(-1,)) for x in (a, b))
    return outer(flat_a, flat_b)


def _kron(a: Node, b: Node) -> Node:
    """Every element of a times all of b; the one with fewer axes gets axes of size 1 in front."""
    ndim = max(a.ndim, b.ndim)
    known_sizes("kron", a.shape, b.shape)
    sizes = [(1,) * (ndim - x.ndim) + x.shape for x in (a, b)]
    blocks = _interleaved(a, ndim, -1) * _interleaved(b, ndim, -2)
    return ops.reshape(blocks, shape=tuple(map(elements, zip(*sizes, strict=True))))


def _interleaved(x: Node, ndim: int, place: int) -> Node:
    """With an axis of size 1 after each axis (-1) or before (-2), and enough in front."""
    between = tuple([place - 2 * axis for axis in range(ndim)])
    front = (1,) * (ndim - x.ndim)
    x = ops.reshape(x, shape=front + x.shape) if front else x
    return ops.unsqueeze(x, axis=between) if ndim else x


def _cross(a: Node, b: Node, axis: int) -> Node:
    """The vector product along an axis of three elements."""
    last = [ops.transpose(x, axes=_to_end(x, axis)) if axis != -1 else x for x in (a, b)]
    found = cross(*last)
    if axis == -1:
        return found
    order = _to_end(found, axis)
    return ops.transpose(found, axes=tuple([order.index(place) for place in range(-found.ndim, 0)]))


def _to_end(x: Node, axis: int) -> tuple[int, ...]:
    (place,) = from_end(axis, x.ndim)
    return (*[one for one in range(-x.ndim, 0) if one != place], place)


def cross(a: Node, b: Node) -> Node:
    """The vector product along the last axis, which has three elements."""
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
    doc="matrices times matrices or vectors, in the last two axes",
    samples=[
        ("matmul(a, b)", {"a": "2x3", "b": "3x2"}),
        ("matmul(a, b)", {"a": "2x3", "b": "3"}),
        ("a @ b", {"a": "3", "b": "3x2"}),
    ],
)
compose(
    "outer",
    "a b",
    _outer_product,
    doc="every element of a times every element of b",
    samples=[("outer(a, b)", {"a": "2", "b": "3"})],
)
compose(
    "kron",
    "a b",
    _kron,
    doc="the matrix of blocks a[i, j] * b",
    samples=[
        ("kron(a, b)", {"a": "2x3", "b": "3x2"}),
        ("kron(a, b)", {"a": "2", "b": "3"}),
        ("kron(a, b)", {"a": "2", "b": "2x2x1"}),
        ("kron(a, b)", {"a": "()", "b": "2"}),
        ("kron(a, b)", {"a": "2x0", "b": "3"}),
    ],
)
compose(
    "cross",
    "a b",
    _cross,
    parameters=(Parameter("axis", "axis", -1),),
    samples=[
        ("cross(a, b)", {"a": "3", "b": "3"}),
        ("cross(a, b)", {"a": "2x3", "b": "3"}),
        ("cross(a, b, axis=0)", {"a": "3x2", "b": "3x1"}),
        ("cross(a, b, axis=-2)", {"a": "2x3x1", "b": "3x2"}),
    ],
)
