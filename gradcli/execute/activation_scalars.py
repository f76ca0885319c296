"""The bends and curves of machine learning on plain floats; the limit at an infinity, where there is one."""

from __future__ import annotations

import math

from gradcli.execute.scalars import divide, exp, expm1, log, maximum, minimum, strong
from gradcli.graph.operations.activations import SELU_ALPHA, SELU_SCALE
from gradcli.graph.operations.gates import TANH_CUBE, TANH_FACTOR


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x)), never overflowing."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    small = math.exp(x)
    return small / (1 + small)


def bell(x: float) -> float:
    """sigmoid(x) sigmoid(-x)."""
    small = math.exp(-abs(x))
    return small / ((1.0 + small) * (1.0 + small))


def logit(x: float, eps: float | None) -> float:
    """log(x / (1 - x)), with its digits next to a half as well; eps keeps x that far from 0 and 1."""
    if eps is not None:
        x = minimum(maximum(x, eps), 1 - eps)
    return 2 * math.atanh(2 * x - 1) if abs(x - 0.5) < 0.25 else log(divide(x, 1 - x))


def logsigmoid(x: float) -> float:
    """log(sigmoid(x)), never overflowing."""
    return -softplus(-x)


def softplus(x: float, beta: float = 1.0, threshold: float | None = None) -> float:
    """log(1 + exp(beta x)) / beta, never overflowing; x itself beyond a threshold of beta x."""
    u = beta * x
    if threshold is not None and u > threshold:
        return x
    return (maximum(u, 0.0) + math.log1p(math.exp(-abs(u)))) / beta


def relu(x: float) -> float:
    """The larger of x and 0."""
    return x if x > 0 or x != x else 0.0


def leaky_relu(x: float, slope: float) -> float:
    """X, or slope times x where it is negative."""
    return x if x > 0 else slope * x


def hardtanh(x: float, min_val: float, max_val: float) -> float:
    """X between two bounds."""
    return minimum(maximum(x, min_val), max_val)


def hardsigmoid(x: float) -> float:
    """(x + 3) / 6 between 0 and 1."""
    return hardtanh(x + 3.0, 0.0, 6.0) / 6


def hardswish(x: float) -> float:
    """X times its hardsigmoid."""
    return strong(hardsigmoid(x), x)


def elu(x: float, alpha: float) -> float:
    """X, or alpha (exp(x) - 1) where it is negative."""
    return x if x > 0 else alpha * expm1(x)


def selu(x: float) -> float:
    """An elu, scaled."""
    return SELU_SCALE * elu(x, SELU_ALPHA)


def celu(x: float, alpha: float) -> float:
    """X, or alpha (exp(x / alpha) - 1) where it is negative."""
    return x if x > 0 else alpha * expm1(x / alpha)


def gelu(x: float, approximate: str) -> float:
    """X times the chance that a normal number is smaller, or nearly that by a sigmoid."""
    if approximate == "tanh":
        return strong(sigmoid(TANH_FACTOR * x * (1 + TANH_CUBE * (x * x))), x)
    return strong(0.5 * math.erfc(x * -math.sqrt(0.5)), x)


def silu(x: float) -> float:
    """X times its sigmoid."""
    return strong(sigmoid(x), x)


def mish(x: float) -> float:
    """X tanh(softplus(x)), where the tangent is a quotient of powers of exp(x)."""
    small = exp(-abs(x))
    left, right = small * (small + 2), 1 + 2 * small
    return strong(left / (left + 2) if x < 0 else right / (right + 2 * (small * small)), x)
