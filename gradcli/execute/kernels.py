"""Kernels on NumPy arrays, where one NumPy function does not say it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.errors import EvaluationError

Array = NDArray[Any]
Axes = tuple[int, ...]


def identity(x: Array) -> Array:
    """As it is."""
    return x


def number(x: Array) -> Array:
    """1 where true, 0 where false."""
    return np.asarray(x).astype(np.float64)


def strong(g: Array, d: Array) -> Array:
    """The product, but zero where g is."""
    with np.errstate(all="ignore"):
        product = np.multiply(g, d)
        # Only 0 * inf and 0 * nan can go wrong, and both leave a nan: one cheap sum finds out.
        if np.isnan(np.sum(product)):
            product = np.where(np.equal(g, 0), 0.0, product)
    return product


def power(a: Array, b: Array) -> Array:
    """A ** b; small whole exponents by multiplication, some fifty times faster than pow."""
    if np.ndim(b) == 0:
        exponent = float(b)
        if exponent == 0.5:
            # NumPy takes the square root here, which answers nan for -inf and -0 for -0.
            root = np.asarray(np.sqrt(a) + 0.0)
            return np.where(np.isneginf(a), np.inf, root) if np.isnan(np.sum(root)) else root
        if exponent == 2:
            return np.multiply(a, a)
        if exponent == 3:
            return np.multiply(np.multiply(a, a), a)
        if exponent == 4:
            square = np.multiply(a, a)
            return np.multiply(square, square)
    return np.asarray(np.power(a, b))


def choice(condition: Array, a: Array | None, b: Array | None) -> Array | None:
    """The branch that was computed."""
    return a if condition else b


def win_share(a: Array, b: Array) -> Array:
    """1 where a is larger, one half where both are equal; a nan wins over a number."""
    a_nan, b_nan = np.isnan(a), np.isnan(b)
    tie = np.equal(a, b) | (a_nan & b_nan)
    wins = np.greater(a, b) | (a_nan & ~b_nan)
    return np.where(tie, 0.5, np.where(wins, 1.0, 0.0))


def ties(x: Array, y: Array) -> Array:
    """Equal, or both nan."""
    return np.asarray(np.equal(x, y) | (np.isnan(x) & np.isnan(y)))


def count(x: Array, axis: Axes) -> float:
    """How many elements stand along some axes."""
    return float(np.prod([np.shape(x)[one] for one in axis]))


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


def relu(x: Array) -> Array:
    """The larger of x and 0."""
    return np.maximum(x, 0.0)


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), never overflowing."""
    small = np.exp(-np.abs(x))
    return np.where(np.greater_equal(x, 0), 1.0, small) / (1.0 + small)


def softplus(x: Array) -> Array:
    """log(1 + exp(x)), never overflowing."""
    return np.logaddexp(x, 0.0)


def clip(x: Array, lo: Array, hi: Array) -> Array:
    """X between its bounds; the upper one wins where they cross."""
    return np.minimum(np.maximum(x, lo), hi)


def mean(x: Array, axis: Axes, keepdims: bool) -> Array:
    """The mean; nan of no elements, without the warning that NumPy's own gives."""
    return np.asarray(np.divide(np.sum(x, axis=axis, keepdims=keepdims), count(x, axis)))


def var(x: Array, axis: Axes, correction: float, keepdims: bool) -> Array:
    """The mean squared deviation; nan where there are too few elements."""
    spread = np.square(x - mean(x, axis=axis, keepdims=True))
    degrees = max(count(x, axis) - correction, 0.0)
    return np.asarray(np.divide(np.sum(spread, axis=axis, keepdims=keepdims), degrees))


def std(x: Array, axis: Axes, correction: float, keepdims: bool) -> Array:
    """The square root of the variance."""
    return np.sqrt(var(x, axis, correction, keepdims))


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


def logsumexp(x: Array, axis: Axes, keepdims: bool) -> Array:
    """log(sum(exp(x))), shifted by the largest element."""
    if not np.size(x):
        return np.asarray(np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims)))
    top = np.max(x, axis=axis, keepdims=True)
    shift = np.where(np.isfinite(top), top, 0.0)
    total = np.log(np.sum(np.exp(x - shift), axis=axis, keepdims=True)) + shift
    return np.asarray(total if keepdims else np.squeeze(total, axis=axis))


def softmax(x: Array, axis: int) -> Array:
    """exp(x) / sum(exp(x)) along an axis, shifted by the largest element."""
    powers = np.exp(x - _top(x, axis))
    return np.asarray(powers / np.sum(powers, axis=axis, keepdims=True))


def log_softmax(x: Array, axis: int) -> Array:
    """The logarithm of softmax."""
    shifted = x - _top(x, axis)
    return np.asarray(shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True)))


def _top(x: Array, axis: int) -> Array:
    return np.asarray(np.max(x, axis=axis, keepdims=True, initial=-np.inf))


def reshape(x: Array, shape: tuple[Any, ...]) -> Array:
    """Another shape; a size that only the run knows is whatever is left."""
    return np.reshape(x, [size if isinstance(size, int) else -1 for size in shape])


def transpose(x: Array, axes: Axes) -> Array:
    """The last axes permuted."""
    front = np.ndim(x) - len(axes)
    return np.transpose(x, (*range(front), *[front + len(axes) + axis for axis in axes]))


def concat(*arrays: Array, axis: int) -> Array:
    """Arrays one after the other along an axis."""
    return np.concatenate([np.asarray(array) for array in arrays], axis=axis)


def stack(*arrays: Array, axis: int) -> Array:
    """Arrays side by side along a new axis."""
    return np.stack([np.asarray(array) for array in arrays], axis=axis)


def eye(n: int) -> Array:
    """The identity matrix."""
    return np.eye(n)


def arange(start: float, stop: float, step: float) -> Array:
    """From start up to stop, which is not reached."""
    return np.arange(start, stop, step, dtype=np.float64)


def linspace(start: Array, stop: Array, n: int) -> Array:
    """Evenly spaced from start to stop, both reached."""
    return np.linspace(start, stop, n)


def _key(spec: tuple[Any, ...], indices: tuple[Array, ...]) -> tuple[Any, ...]:
    key: list[Any] = [Ellipsis]
    for item in spec:
        if item[0] == "at":
            key.append(item[1])
        elif item[0] == "slice":
            key.append(slice(*item[1:]))
        elif item[0] == "all":
            key.append(slice(None))
        elif item[0] == "new":
            key.append(None)
        elif item[0] == "mask":
            key.append(np.asarray(indices[item[1]], dtype=bool))
        else:
            key.append(_whole(indices[item[1]]))
    return tuple(key)


def _whole(index: Array) -> Array:
    positions = np.asarray(index)
    whole = positions.astype(np.intp)
    if not np.array_equal(whole, positions):
        wrong = positions[whole != positions].flat[0]
        raise EvaluationError(f"an index must be a whole number: got {wrong:g}")
    return whole


def index(x: Array, *indices: Array, spec: tuple[Any, ...]) -> Array:
    """The elements that a subscript picks."""
    try:
        return np.asarray(np.asarray(x)[_key(spec, indices)])
    except IndexError as error:
        raise EvaluationError(str(error)) from None


def scatter(x: Array, *indices: Array, shape: tuple[int, ...], spec: tuple[Any, ...], lead: int) -> Array:
    """Zeros of a shape, with x added where the subscript picks."""
    x = np.asarray(x)
    result = np.zeros((*x.shape[:lead], *shape), dtype=x.dtype)
    key = _key(spec, indices)
    if indices:
        np.add.at(result, key, x)
    else:
        result[key] = x
    return result


def scatter_like(x: Array, like: Array, *indices: Array, spec: tuple[Any, ...], lead: int) -> Array:
    """The same, to the shape of like."""
    return scatter(x, *indices, shape=np.shape(like), spec=spec, lead=lead)


def matvec(a: Array, b: Array) -> Array:
    """Matrices times vectors."""
    return np.asarray(np.matmul(a, np.asarray(b)[..., None])[..., 0])


def vecmat(a: Array, b: Array) -> Array:
    """Vectors times matrices."""
    return np.asarray(np.matmul(np.asarray(a)[..., None, :], b)[..., 0, :])


def vecdot(a: Array, b: Array) -> Array:
    """Vectors times vectors."""
    return np.asarray(np.matmul(np.asarray(a)[..., None, :], np.asarray(b)[..., None])[..., 0, 0])


def trace(x: Array) -> Array:
    """The sum of the diagonal."""
    return np.asarray(np.trace(x, axis1=-2, axis2=-1))


def diagonal(x: Array) -> Array:
    """The diagonals of matrices."""
    return np.diagonal(x, axis1=-2, axis2=-1)


def diagonal_matrix(x: Array) -> Array:
    """Matrices with x on the diagonal."""
    x = np.asarray(x)
    return np.asarray(x[..., None] * np.eye(x.shape[-1], dtype=x.dtype))


def _singular(name: str) -> EvaluationError:
    return EvaluationError(f"{name}() of a singular matrix")


def inv(x: Array) -> Array:
    """The inverse."""
    try:
        return np.linalg.inv(x)
    except np.linalg.LinAlgError:
        raise _singular("inv") from None


def solve(a: Array, b: Array) -> Array:
    """The x of a @ x = b, for the columns of b."""
    try:
        return np.linalg.solve(a, b)
    except np.linalg.LinAlgError:
        raise _singular("solve") from None


def solve_vector(a: Array, b: Array) -> Array:
    """The x of a @ x = b, for vectors."""
    return np.asarray(solve(a, np.asarray(b)[..., None])[..., 0])


def logdet(x: Array) -> Array:
    """The logarithm of the determinant."""
    sign, value = np.linalg.slogdet(x)
    if np.any(sign < 0):
        raise EvaluationError("logdet() of a matrix whose determinant is negative")
    return np.asarray(value)


def cofactor(x: Array) -> Array:
    """d det(x) / dx from the singular values, so that a singular matrix has one too."""
    if not np.size(x):
        return np.zeros(np.shape(x))
    u, s, vh = np.linalg.svd(x)
    others = np.stack([np.prod(np.delete(s, i, axis=-1), axis=-1) for i in range(s.shape[-1])], axis=-1)
    return np.asarray(_handedness(u, vh) * ((u * others[..., None, :]) @ vh))


def cofactor_slope(x: Array, h: Array) -> Array:
    """The change of the cofactors along h, from the singular values too.

    Of a diagonal matrix it is known: off the diagonal ``-h[j, i]`` times the values of all other
    rows, and on it the sum of those ``h[k, k]`` likewise.
    """
    if not np.size(x) or not np.size(h):
        return np.zeros(np.broadcast_shapes(np.shape(x), np.shape(h)))
    u, s, vh = np.linalg.svd(x)
    size = s.shape[-1]
    others = np.zeros(np.shape(x))
    for i in range(size):
        for j in range(i):
            others[..., i, j] = others[..., j, i] = np.prod(np.delete(s, (i, j), axis=-1), axis=-1)
    turned = np.swapaxes(u, -1, -2) @ h @ np.swapaxes(vh, -1, -2)
    on = np.diagonal(turned, axis1=-2, axis2=-1)
    slope = diagonal_matrix(matvec(others, on)) - np.swapaxes(turned, -1, -2) * others
    return np.asarray(_handedness(u, vh) * (u @ slope @ vh))


def _handedness(u: Array, vh: Array) -> Array:
    """1 or -1: the determinant of two orthogonal matrices."""
    return np.asarray((np.linalg.det(u) * np.linalg.det(vh))[..., None, None])


def padded(x: Array, size: int, fill: float) -> Array:
    """The last axis filled up to a size."""
    short = size - np.shape(x)[-1]
    return np.pad(x, [(0, 0)] * (np.ndim(x) - 1) + [(0, short)], constant_values=fill)


def trimmed(x: Array, like: Array) -> Array:
    """The last axis cut to that of like."""
    return np.asarray(np.asarray(x)[..., : np.shape(like)[-1]])
