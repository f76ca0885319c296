"""Kernels of the bends and curves of machine learning; the limit at an infinity, where there is one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.execute.backends import function
from gradcli.execute.kernels.elementwise import strong
from gradcli.execute.memory.scratch import holds
from gradcli.graph.operations.activations import SELU_ALPHA, SELU_SCALE
from gradcli.graph.operations.gates import TANH_CUBE, TANH_FACTOR

Array = NDArray[Any]


@holds(3)
def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), never overflowing."""
    small = np.exp(-np.abs(x))
    return np.where(np.greater_equal(x, 0), 1.0, small) / (1.0 + small)


def bell(x: Array) -> Array:
    """sigmoid(x) sigmoid(-x)."""
    small = np.exp(-np.abs(x))
    return np.asarray(small / np.square(1.0 + small))


@holds(4)
def logit(x: Array, eps: float | None) -> Array:
    """log(x / (1 - x)), with its digits next to a half as well; eps keeps x that far from 0 and 1."""
    x = np.asarray(x) if eps is None else np.minimum(np.maximum(x, eps), 1 - eps)
    middle = np.abs(x - 0.5) < 0.25
    return np.where(middle, 2 * np.arctanh(np.where(middle, 2 * x - 1, 0)), np.log(x / (1 - x)))


@holds(3.1)
def logsigmoid(x: Array) -> Array:
    """log(sigmoid(x)), never overflowing."""
    return np.negative(_softplus(np.negative(x)))


@holds(2.1)
def softplus(x: Array, beta: float, threshold: float | None) -> Array:
    """log(1 + exp(beta x)) / beta, never overflowing; x itself beyond a threshold of beta x."""
    u = x if beta == 1 else np.multiply(beta, x)
    curve = _softplus(u) if beta == 1 else _softplus(u) / beta
    return np.asarray(curve if threshold is None else np.where(np.greater(u, threshold), x, curve))


def _softplus(x: Array) -> Array:
    # As ``numpy.logaddexp(x, 0)`` computes it, one number at a time and so ten times as slow.
    return np.asarray(np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x))))


@holds(0)
def relu(x: Array) -> Array:
    """The larger of x and 0."""
    return np.maximum(x, 0.0)


def leaky_relu(x: Array, slope: float) -> Array:
    """X, or slope times x where it is negative."""
    return np.where(np.greater(x, 0), x, np.multiply(slope, x))


def hardtanh(x: Array, min_val: float, max_val: float) -> Array:
    """X between two bounds."""
    return np.asarray(np.minimum(np.maximum(x, min_val), max_val))


@holds(3)
def hardsigmoid(x: Array) -> Array:
    """(x + 3) / 6 between 0 and 1."""
    return np.asarray(hardtanh(np.add(x, 3.0), 0.0, 6.0) / 6)


@holds(3)
def hardswish(x: Array) -> Array:
    """X times its hardsigmoid."""
    return strong(hardsigmoid(x), x)


@holds(1.2)
def elu(x: Array, alpha: float) -> Array:
    """X, or alpha (exp(x) - 1) where it is negative."""
    return np.where(np.greater(x, 0), x, alpha * np.expm1(np.where(np.greater(x, 0), 0.0, x)))


def selu(x: Array) -> Array:
    """An elu, scaled."""
    return np.asarray(SELU_SCALE * elu(x, SELU_ALPHA))


def celu(x: Array, alpha: float) -> Array:
    """X, or alpha (exp(x / alpha) - 1) where it is negative."""
    return np.where(np.greater(x, 0), x, alpha * np.expm1(np.where(np.greater(x, 0), 0.0, x) / alpha))


@holds(1.6)
def gelu(x: Array, approximate: str) -> Array:
    """X times the chance that a normal number is smaller, or nearly that by a sigmoid."""
    if approximate == "tanh":
        through = sigmoid(TANH_FACTOR * np.asarray(x) * (1 + TANH_CUBE * np.square(x)))
    else:
        through = 0.5 * function("scipy.special.erfc")(np.multiply(x, -np.sqrt(0.5)))
    return strong(through, x)


@holds(3)
def silu(x: Array) -> Array:
    """X times its sigmoid."""
    return strong(sigmoid(x), x)


@holds(6)
def mish(x: Array) -> Array:
    """X tanh(softplus(x)), where the tangent is a quotient of powers of exp(x)."""
    small = np.exp(-np.abs(x))
    left, right = small * (small + 2), 1 + 2 * small
    return strong(np.where(np.less(x, 0), left / (left + 2), right / (right + 2 * np.square(small))), x)
