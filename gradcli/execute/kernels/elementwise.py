"""Kernels that work element by element."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def identity(x: Array) -> Array:
    """As it is."""
    return x


def number(x: Array) -> Array:
    """1 where true, 0 where false."""
    return np.asarray(x).astype(np.float64)


def strong(g: Array, d: Array) -> Array:
    """The product; 0 times an infinity or a nan is 0."""
    with np.errstate(all="ignore"):
        product = np.multiply(g, d)
        # Only 0 * inf and 0 * nan can go wrong, and both leave a nan: one cheap sum finds out.
        if np.isnan(np.sum(product)):
            product = np.where(np.isnan(product) & np.equal(g, 0), 0.0, product)
    return product


def power(a: Array, b: Array) -> Array:
    """A ** b; small whole exponents by multiplication, some fifty times faster than pow."""
    if np.ndim(b) == 0 and not np.iscomplexobj(b):
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
