"""Kernels that take elements together, and the ones that stretch them again."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import EvaluationError
from gradcli.execute.memory.scratch import holds

Array = NDArray[Any]
Axes = tuple[int, ...]

# A ufunc takes 25 ns to begin with each row of a sum, and einsum next to nothing. It sums up without pairs,
# which so few elements do not need.
_SHORT = 64
_MANY = 1 << 11


def count(x: Array, axis: Axes) -> float:
    """How many elements stand along some axes."""
    return float(np.prod([np.shape(x)[one] for one in axis]))


@holds(0)
def fit(x: Array, like: Array, lead: int, keep: int) -> Array:
    """Sum or stretch x to the shape of like behind its leading axes."""
    x = np.asarray(x)
    target = np.shape(like)
    place = lead + keep
    extra = x.ndim - lead - len(target)
    if extra > 0:
        x = x.sum(axis=tuple(range(place, place + extra)))
    elif extra < 0:
        x = np.expand_dims(x, tuple(range(place, place - extra)))
    narrowed = tuple(lead + i for i, size in enumerate(target) if size == 1 and x.shape[lead + i] != 1)
    if narrowed:
        x = x.sum(axis=narrowed, keepdims=True)
    return np.broadcast_to(x, (*x.shape[:lead], *target))


@holds(0)
def total(x: Array, axis: Axes, keepdims: bool) -> Array:
    """The sum; asked of the ufunc itself, for ``numpy.sum`` takes four times as long to get there."""
    if axis == (-1,) and x.dtype.kind == "f" and 1 < x.shape[-1] <= _SHORT and x.size >= _MANY:
        sums: Array = np.einsum("...i->...", x)
        return sums[..., np.newaxis] if keepdims else sums
    reduce: Any = np.add.reduce
    found: Array = reduce(x, axis=axis, keepdims=keepdims)
    return found


@holds(0)
def mean(x: Array, axis: Axes, keepdims: bool) -> Array:
    """The mean; nan of no elements, without the warning that NumPy's own gives."""
    return np.asarray(np.divide(total(x, axis, keepdims), count(x, axis)))


@holds(0)
def maximum(x: Array, axis: Axes, keepdims: bool) -> Array:
    """The largest element."""
    return _extreme("max", x, axis, keepdims)


@holds(0)
def minimum(x: Array, axis: Axes, keepdims: bool) -> Array:
    """The smallest element."""
    return _extreme("min", x, axis, keepdims)


def _extreme(name: Literal["max", "min"], x: Array, axis: Axes, keepdims: bool) -> Array:
    # Only a mask can leave nothing: other sizes were checked before.
    if not count(x, axis) and np.shape(x):
        raise EvaluationError(f"{name}() of no elements has no value", hint="it needs at least one element")
    reduce = np.max if name == "max" else np.min
    return np.asarray(reduce(x, axis=axis, keepdims=keepdims))


def any_nonzero(x: Array, axis: Axes, keepdims: bool) -> Array:
    """Whether one at least is true, or not zero; a nan counts as true."""
    return np.asarray(np.any(np.asarray(x) != 0, axis=axis, keepdims=keepdims))


def all_nonzero(x: Array, axis: Axes, keepdims: bool) -> Array:
    """Whether all are true, or not zero; a nan counts as true."""
    return np.asarray(np.all(np.asarray(x) != 0, axis=axis, keepdims=keepdims))


def count_nonzero(x: Array, axis: Axes, keepdims: bool) -> Array:
    """How many are true, or not zero."""
    return np.asarray(np.sum(np.asarray(x) != 0, axis=axis, keepdims=keepdims, dtype=np.float64))


@holds(1)
def norm2(x: Array, axis: Axes, keepdims: bool) -> Array:
    """The Euclidean norm over axes; where a square leaves the numbers, of the scaled elements."""
    norm = np.asarray(np.sqrt(np.sum(np.square(x), axis=axis, keepdims=keepdims)))
    if np.all((norm > np.finfo(norm.dtype).tiny ** 0.4) & (norm < np.inf)):
        return norm
    size = np.abs(x)
    top = np.max(size, axis=axis, keepdims=True, initial=0.0)
    scale = np.where((top > 0) & (top < np.inf), top, 1.0)
    norm = np.sqrt(np.sum(np.square(size / scale), axis=axis, keepdims=True)) * scale
    return np.asarray(norm if keepdims else np.squeeze(norm, axis=axis))


@holds(3)
def norm_p(x: Array, p: float, axis: Axes, keepdims: bool) -> Array:
    """The p-norm over axes, scaled by the element that decides it, so that no power leaves the numbers."""
    size = np.abs(x)
    if (p < 0 or p == np.inf) and np.shape(x) and not count(x, axis):
        raise EvaluationError(
            f"norm() of no elements has no value for p={p:g}", hint="it needs at least one element"
        )
    if p == 1:
        return np.asarray(np.sum(size, axis=axis, keepdims=keepdims))
    if np.isinf(p):
        return _extreme("max" if p > 0 else "min", size, axis, keepdims)
    if p > 0:
        scale = np.max(size, axis=axis, keepdims=True, initial=0.0)
    else:
        scale = np.min(size, axis=axis, keepdims=True, initial=np.inf)
    scale = np.where((scale > 0) & (scale < np.inf), scale, 1.0)
    norm = np.power(np.sum(np.power(size / scale, p), axis=axis, keepdims=True), 1 / p) * scale
    return np.asarray(norm if keepdims else np.squeeze(norm, axis=axis))


@holds(2.1)
def logsumexp(x: Array, axis: Axes, keepdims: bool) -> Array:
    """log(sum(exp(x))), shifted by the largest element."""
    if not np.size(x):
        return np.asarray(np.log(total(np.exp(x), axis, keepdims)))
    top = np.max(x, axis=axis, keepdims=True)
    finite = np.isfinite(top)
    shift = top if finite.all() else np.where(finite, top, 0.0)
    found = np.log(total(_powers(np.subtract(x, shift)), axis, True)) + shift
    return np.asarray(found if keepdims else found.squeeze(axis))


@holds(1.3)
def shares(x: Array, axis: Axes) -> Array:
    """exp(x) / sum(exp(x)) over axes; infinities that are the largest share equally."""
    top = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    shifted = np.subtract(x, top)
    if not np.isfinite(top).all():
        shifted = np.where(np.equal(x, top), 0.0, shifted)
    return _shared(shifted, axis)


@holds(1.2)
def softmax(x: Array, axis: int) -> Array:
    """exp(x) / sum(exp(x)) along an axis, shifted by the largest element."""
    return _shared(np.subtract(x, _top(x, axis)), (axis,))


def _shared(shifted: Array, axis: Axes) -> Array:
    powers = _powers(shifted)
    return np.asarray(powers / total(powers, axis, True))


def _powers(shifted: Array) -> Array:
    """The powers of e, in the place of their exponents if these are no whole numbers."""
    if isinstance(shifted, np.ndarray) and shifted.dtype.kind == "f":
        return np.exp(shifted, out=shifted)
    return np.asarray(np.exp(shifted))


@holds(1.2)
def log_softmax(x: Array, axis: int) -> Array:
    """The logarithm of softmax."""
    shifted = x - _top(x, axis)
    return np.asarray(shifted - np.log(total(np.exp(shifted), (axis,), True)))


def _top(x: Array, axis: int) -> Array:
    # Whole numbers and truths have no -inf to begin with.
    floats = x if x.dtype.kind == "f" else x.astype(np.float64)
    return np.asarray(np.max(floats, axis=axis, keepdims=True, initial=-np.inf))
