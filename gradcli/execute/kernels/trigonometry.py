"""Kernels around the circle that no single NumPy function gives."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.execute.memory.scratch import holds

Array = NDArray[Any]


@holds(4)
def one_less_square(x: Array) -> Array:
    """1 - x^2, exact next to 1."""
    return np.asarray((1 - x) * (1 + x))


def _turn(x: Array) -> tuple[Array, Array]:
    """sin(pi x) and cos(pi x), from what is left of x after whole half turns: exact at whole numbers."""
    whole = np.rint(x) + 0.0
    sign = np.where(np.remainder(whole, 2) == 0, 1.0, -1.0)
    rest = np.pi * np.asarray(x - whole)
    return sign * np.sin(rest), sign * np.cos(rest)


@holds(6)
def sinc(x: Array) -> Array:
    """sin(pi x) / (pi x), and 1 at 0."""
    x = np.asarray(x, dtype=np.float64)
    sine, _ = _turn(x)
    # Where x is so small that pi x is no normal number, 1 is exact.
    near = np.abs(x) < 1e-150
    return np.where(near, 1.0, sine / np.where(near, 1.0, np.pi * x))


@holds(12)
def sinc_slope(x: Array, order: int) -> Array:
    """The derivative of sinc of an order from 1 on.

    With u = pi x and S_n the n-th derivative of sin(u) / u, the derivatives of u S_0 = sin(u) are
    u S_n + n S_(n-1) = sin(u + n pi / 2). Downwards that shrinks errors by u / n, upwards by n / u.
    """
    x = np.asarray(x, dtype=np.float64)
    u = np.pi * x
    sine, cosine = _turn(x)
    turns = (sine, cosine, -sine, -cosine)
    small = np.abs(u) <= order + 1
    low = np.where(small, u, 0.0)
    down = np.zeros_like(u)
    for n in range(2 * order + 40, order, -1):
        down = (turns[n % 4] - low * down) / n
    high = np.where(small, 1.0, u)
    up = sine / high
    for n in range(1, order + 1):
        up = (turns[n % 4] - n * up) / high
    return np.asarray(np.where(small, down, up) * np.pi**order)
