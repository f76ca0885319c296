"""Kernels that take a matrix apart: each factorization is packed into one array, side by side.

LAPACK stops or runs on where an element is nan or infinite; here such a matrix answers nan, and
the others of its batch are computed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import EvaluationError
from gradcli.execute.kernels.matrices import finite, not_a_number_where_given
from gradcli.execute.memory.scratch import holds

Array = NDArray[Any]


def _guarded(name: str, x: Array, run: Callable[[Array], Array]) -> Array:
    x, bad = finite(x)
    try:
        found = run(x)
    except np.linalg.LinAlgError:
        raise EvaluationError(f"{name}() did not converge for this matrix") from None
    if bad.any():
        found[bad] = np.nan
    return found


def symmetric(x: Array) -> Array:
    """The symmetric part."""
    return np.asarray((x + np.swapaxes(x, -1, -2)) / 2)


@holds(3)
def eigh(x: Array) -> Array:
    """``[V | w]`` of the symmetric part: the eigenvectors as columns, then the eigenvalues, ascending."""

    def run(x: Array) -> Array:
        w, v = np.linalg.eigh(symmetric(x))
        return np.concatenate([v, w[..., None]], axis=-1)

    return _guarded("eigh", x, run)


def eigvalsh(x: Array) -> Array:
    """The eigenvalues of the symmetric part, ascending."""
    return _guarded("eigvalsh", x, lambda x: np.linalg.eigvalsh(symmetric(x)))


def eigenvectors(x: Array, e: Array) -> Array:
    """Taken from what ``eigh`` packed."""
    return e[..., :-1]


def eigenvalues(x: Array, e: Array) -> Array:
    """Taken from what ``eigh`` packed."""
    return e[..., -1]


@holds(3)
def svd(x: Array) -> Array:
    """``[U.T | s | Vh]``, a row for each singular value, largest first."""

    def run(x: Array) -> Array:
        u, s, vh = np.linalg.svd(x, full_matrices=False)
        return np.concatenate([np.swapaxes(u, -1, -2), s[..., None], vh], axis=-1)

    return _guarded("svd", x, run)


def svdvals(x: Array) -> Array:
    """The singular values, largest first."""
    return _guarded("svdvals", x, lambda x: np.linalg.svd(x, compute_uv=False))


def singular_vectors(x: Array, e: Array) -> Array:
    """Taken from what ``svd`` packed: ``[U; V]``, one above the other."""
    rows = np.shape(x)[-2]
    return np.swapaxes(np.concatenate([e[..., :rows], e[..., rows + 1 :]], axis=-1), -1, -2)


def singular_values(x: Array, e: Array) -> Array:
    """Taken from what ``svd`` packed."""
    return e[..., np.shape(x)[-2]]


def positive(s: Array, longest: int) -> Array:
    """1 for a singular value that is more than rounding, else 0; ``longest`` is the larger size."""
    s = np.asarray(s)
    top = np.max(s, axis=-1, keepdims=True, initial=0.0)
    return np.asarray((s > longest * np.finfo(s.dtype).eps * top) | np.isnan(s)).astype(s.dtype)


def qr(x: Array) -> Array:
    """``[Q; R]``, one above the other."""

    def run(x: Array) -> Array:
        q, r = np.linalg.qr(x)
        return np.concatenate([q, r], axis=-2)

    return _guarded("qr", x, run)


def orthogonal_factor(x: Array, e: Array) -> Array:
    """Taken from what ``qr`` packed."""
    return e[..., : np.shape(x)[-2], :]


def triangular_factor(x: Array, e: Array) -> Array:
    """Taken from what ``qr`` packed."""
    return e[..., np.shape(x)[-2] :, :]


def independent(r: Array) -> Array:
    """A triangular factor as it is, if its matrix's columns do not depend on each other."""
    if np.any(np.diagonal(r, axis1=-2, axis2=-1) == 0):
        raise EvaluationError(
            "qr() has no derivative where the columns of its matrix depend on each other",
            hint="there its factors are not determined",
        )
    return r


@holds(3)
def cholesky(x: Array) -> Array:
    """The lower factor of the symmetric part."""
    whole, bad = finite(x)
    ones = np.eye(np.shape(x)[-1], dtype=whole.dtype)
    try:
        found = np.linalg.cholesky(symmetric(np.where(bad[..., None, None], ones, whole)))
    except np.linalg.LinAlgError:
        raise EvaluationError(
            "the matrix of cholesky() is not positive definite",
            hint="all of its eigenvalues must be positive: see eigvalsh()",
        ) from None
    if bad.any():
        found[bad] = np.nan
    return found


def half_lower(x: Array) -> Array:
    """The part below the diagonal, and half of the diagonal."""
    x = np.asarray(x)
    return np.asarray(np.tril(x) - x * (np.eye(x.shape[-1], dtype=x.dtype) / 2))


def slogdet(x: Array) -> Array:
    """``[sign, logarithm]`` of the determinant."""
    sign, logarithm = np.linalg.slogdet(x)
    both = np.stack([sign, logarithm], axis=-1)
    return not_a_number_where_given(x, both, axes=1)


def determinant_sign(x: Array, e: Array) -> Array:
    """Taken from what ``slogdet`` packed."""
    return np.asarray(e)[..., 0]


def determinant_logarithm(x: Array, e: Array) -> Array:
    """Taken from what ``slogdet`` packed."""
    return np.asarray(e)[..., 1]


@holds(5)
def pinv(x: Array, rcond: float | None) -> Array:
    """The Moore-Penrose inverse."""
    return _guarded("pinv", x, lambda x: _pseudo(x, rcond))


def _pseudo(x: Array, rcond: float | None) -> Array:
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    least = max(x.shape[-2:]) * np.finfo(s.dtype).eps if rcond is None else rcond
    kept = s > least * np.max(s, axis=-1, keepdims=True, initial=0.0)
    inverse = np.where(kept, 1 / np.where(kept, s, 1), 0)
    return np.asarray(np.swapaxes(vh, -1, -2) @ (inverse[..., None] * np.swapaxes(u, -1, -2)))


def lstsq(a: Array, b: Array) -> Array:
    """The shortest of the best solutions, for the columns of b."""
    return np.asarray(pinv(a, None) @ b)


def lstsq_vector(a: Array, b: Array) -> Array:
    """The shortest of the best solutions, for vectors."""
    return lstsq(a, np.asarray(b)[..., None])[..., 0]


def singular_matrix(x: Array) -> Array:
    """Where a matrix has no inverse, as the elimination finds it."""
    whole, _bad = finite(x)
    return np.asarray(np.linalg.slogdet(whole)[0] == 0) & np.isfinite(x).all(axis=(-2, -1))


# Where two eigenvalues meet.


def _gap(x: Array) -> float:
    # Nearer than that, relative to the largest, a difference quotient is no better than its limit.
    return float(np.cbrt(np.finfo(np.asarray(x).dtype).eps))


def _size(x: Array) -> Array:
    return np.asarray(np.max(np.abs(x), axis=-1, initial=0.0))[..., None, None]


def clustered(w: Array, singular: bool) -> bool:
    """Whether any two eigenvalues of one matrix meet, or for singular values one meets zero."""
    w = np.asarray(w)
    if w.shape[-1] < 2 - singular:
        return False
    order = np.sort(w, axis=-1)
    room = _gap(w) * np.max(np.abs(w), axis=-1, keepdims=True)
    meet = np.any(np.diff(order, axis=-1) <= room)
    return bool(meet or (singular and np.any(order[..., :1] <= room)))


def confluent(rise: Array, run: Array, limit: Array, g: Array, w: Array) -> Array:
    """Where a difference quotient ``rise / run`` is to be taken as its limit.

    Its run must be short, and the limit must explain the rise, up to rounding: where it does not,
    the function has a kink there, and the quotient tells.
    """
    near = np.abs(run) <= _gap(run) * _size(w)
    # A limit that is not a number explains all: it is what is to be seen.
    explained = ~(np.abs(rise - limit * run) > 1e3 * np.finfo(np.asarray(run).dtype).eps * _size(g))
    return np.asarray(near & explained)
