"""Kernels of linear algebra."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import EvaluationError
from gradcli.execute.kernels.diagonals import diagonal_matrix
from gradcli.execute.memory.scratch import holds

Array = NDArray[Any]


@holds(0)
def matvec(a: Array, b: Array) -> Array:
    """Matrices times vectors."""
    if np.ndim(a) == 2:
        # One product for all vectors, such as a batch of tangents: a hundred times as fast as one each.
        return np.asarray(np.matmul(b, np.transpose(a)))
    return np.asarray(np.matmul(a, np.asarray(b)[..., None])[..., 0])


@holds(0)
def vecmat(a: Array, b: Array) -> Array:
    """Vectors times matrices."""
    if np.ndim(b) == 2:
        return np.asarray(np.matmul(a, b))
    return np.asarray(np.matmul(np.asarray(a)[..., None, :], b)[..., 0, :])


@holds(0)
def vecdot(a: Array, b: Array) -> Array:
    """Vectors times vectors."""
    return np.asarray(np.matmul(np.asarray(a)[..., None, :], np.asarray(b)[..., None])[..., 0, 0])


@holds(0)
def trace(x: Array, offset: int) -> Array:
    """The sum of a diagonal."""
    # Beyond the edges all diagonals are empty alike, and NumPy counts their places in 32 bits.
    rows, columns = np.shape(x)[-2:]
    return np.asarray(np.trace(x, max(-rows, min(offset, columns)), axis1=-2, axis2=-1))


@holds(0)
def diagonal_ones(x: Array, offset: int) -> Array:
    """Ones on a diagonal of a matrix like x."""
    rows, columns = np.shape(x)[-2:]
    return np.eye(rows, columns, k=offset, dtype=np.asarray(x).dtype)


def _singular(name: str) -> EvaluationError:
    return EvaluationError(
        f"the matrix of {name}() is singular", hint="its rows depend on each other: no other matrix undoes it"
    )


@holds(1)
def inv(x: Array) -> Array:
    """The inverse."""
    try:
        return np.linalg.inv(x)
    except np.linalg.LinAlgError:
        raise _singular("inv") from None


@holds(1)
def solve(a: Array, b: Array) -> Array:
    """The x of a @ x = b, for the columns of b."""
    try:
        return np.linalg.solve(a, b)
    except np.linalg.LinAlgError:
        raise _singular("solve") from None


def solve_vector(a: Array, b: Array) -> Array:
    """The x of a @ x = b, for vectors."""
    return np.asarray(solve(a, np.asarray(b)[..., None])[..., 0])


@holds(1)
def det(x: Array) -> Array:
    """The determinant."""
    return not_a_number_where_given(x, np.linalg.det(x))


def logdet(x: Array) -> Array:
    """The logarithm of the determinant."""
    sign, value = np.linalg.slogdet(x)
    if np.any(not_a_number_where_given(x, sign) < 0):
        raise EvaluationError("logdet() of a matrix whose determinant is negative")
    return not_a_number_where_given(x, value)


def not_a_number_where_given(x: Array, value: Array, axes: int = 0) -> Array:
    """A value, or nan where the matrix holds one, for values of so many axes a matrix."""
    # LAPACK's choice of a pivot may pass a nan by, and answer 0.
    given = np.any(np.isnan(x), axis=(-2, -1))
    return np.where(given.reshape(given.shape + (1,) * axes), np.nan, value)


def finite(x: Array) -> tuple[Array, Array]:
    """Matrices whose elements are finite, the others replaced by zeros, and where those are."""
    x = np.asarray(x)
    bad = np.asarray(~np.isfinite(x).all(axis=(-2, -1)))
    return (np.where(bad[..., None, None], 0.0, x).astype(x.dtype) if bad.any() else x), bad


@holds(5)
def cofactor(x: Array) -> Array:
    """What d det(x) / dx is, from the singular values, so that a singular matrix has one too."""
    if not np.size(x):
        return np.zeros(np.shape(x))
    u, s, vh = _singular_values(x)
    others = np.stack([np.prod(np.delete(s, i, axis=-1), axis=-1) for i in range(s.shape[-1])], axis=-1)
    return np.asarray(_handedness(u, vh) * ((np.conj(u) * others[..., None, :]) @ np.conj(vh)))


@holds(8)
def cofactor_slope(x: Array, h: Array) -> Array:
    """The change of the cofactors along h, from the singular values too.

    Of a diagonal matrix it is known: off the diagonal ``-h[j, i]`` times the values of all other
    rows, and on it the sum of those ``h[k, k]`` likewise.
    """
    if not np.size(x) or not np.size(h):
        return np.zeros(np.broadcast_shapes(np.shape(x), np.shape(h)))
    u, s, vh = _singular_values(x)
    size = s.shape[-1]
    others = np.zeros(np.shape(x))
    for i in range(size):
        for j in range(i):
            others[..., i, j] = others[..., j, i] = np.prod(np.delete(s, (i, j), axis=-1), axis=-1)
    turned = np.conj(np.swapaxes(u, -1, -2)) @ h @ np.conj(np.swapaxes(vh, -1, -2))
    on = np.diagonal(turned, axis1=-2, axis2=-1)
    slope = diagonal_matrix(matvec(others, on)) - np.swapaxes(turned, -1, -2) * others
    return np.asarray(_handedness(u, vh) * (np.conj(u) @ slope @ np.conj(vh)))


@holds(8)
def cofactor_turn(x: Array, *directions: Array) -> Array:
    """The change of the cofactors along several directions: linear in each, in any order.

    It is the coefficient of ``t[1] * ... * t[k]`` in the slope, along the last direction, of the
    cofactors of ``x + sum(t[i] * h[i])``, a polynomial of a degree below n in each ``t[i]``: a mean
    over the n-th roots of unity.
    """
    size = np.shape(x)[-1]
    shape = np.broadcast_shapes(np.shape(x), *map(np.shape, directions))
    if not size or len(directions) >= size or 0 in shape:
        return np.zeros(shape)
    # Directions as large as x, so that no coefficient drowns in the rounding of another.
    scale = _extent(x)
    *turned, last = directions
    scales = [_extent(h) / np.where(scale > 0, scale, 1.0) for h in turned]
    found = np.zeros(shape, dtype=np.complex128)
    for turns in product(range(size), repeat=len(turned)):
        roots = np.exp(2j * np.pi * np.array(turns) / size)
        moved = np.asarray(x, dtype=np.complex128)
        for root, h, by in zip(roots, turned, scales, strict=True):
            moved = moved + root * (h / np.where(by > 0, by, 1.0))
        found = found + cofactor_slope(moved, last) / np.prod(roots)
    for by in scales:
        found = found * by
    return np.asarray(found.real / size ** len(turned))


def _extent(x: Array) -> Array:
    return np.asarray(np.max(np.abs(x), axis=(-2, -1), keepdims=True))


def _singular_values(x: Array) -> tuple[Array, Array, Array]:
    # LAPACK gives up where there is a nan or an infinity: then every cofactor is nan, of that matrix alone.
    whole, bad = finite(x)
    u, s, vh = np.linalg.svd(whole)
    return u, np.where(bad[..., None], np.nan, s), vh


def _handedness(u: Array, vh: Array) -> Array:
    """1 or -1: the determinant of two orthogonal matrices."""
    return np.asarray((np.linalg.det(u) * np.linalg.det(vh))[..., None, None])
