"""Kernels of special functions, on top of SciPy's."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.execute.backends import function
from gradcli.execute.memory.scratch import holds
from gradcli.execute.special_scalars import FACTORIALS, MOST, next_to_two

Array = NDArray[Any]

# From here on to the left the series of polygamma takes too many terms.
_FAR_LEFT = -100.0

_FACTORIALS = np.array(FACTORIALS)


@holds(6)
def lgamma(x: Array) -> Array:
    """The logarithm of the size of gamma. SciPy's fails next to 1 and 2, at 1e-310 and at -inf."""
    x = np.asarray(x, dtype=np.float64)
    one, two, least = np.abs(x - 1) <= 0.25, np.abs(x - 2) <= 0.25, np.abs(x) < 1e-290
    found = np.where(np.isinf(x), np.inf, function("scipy.special.gammaln")(x))
    found = np.where(least, -np.log(np.abs(x)), found)
    z = np.where(two, x - 2, np.where(one, x - 1, 0.0))
    series = next_to_two(z)
    return np.asarray(np.where(two, series, np.where(one, series - np.log1p(z), found)))


@holds(8)
def polygamma(x: Array, n: int) -> Array:
    """The n-th derivative of digamma; far to the left by reflection, on 1 - x."""
    given = function("scipy.special.polygamma")
    x = np.asarray(x)
    far = x < _FAR_LEFT
    if n == 0 or not np.any(far):
        return np.asarray(given(n, x))
    pole = x == np.rint(x)
    direct = given(n, np.where(far, -1.0, x))
    mirrored = (-1) ** n * given(n, 1.0 - np.where(far, x, 0.0))
    reflected = mirrored - _cotangent_slope(np.where(far, x, 0.5), n)
    return np.asarray(np.where(far & ~pole, reflected, direct))


def _cotangent_slope(x: Array, n: int) -> Array:
    """Pi times the n-th derivative of cot(pi x), a polynomial in the cotangent itself.

    The slope of cot is -1 - cot^2. This is (-1)^n psi_n(1 - x) - psi_n(x) (DLMF 5.15.6).
    A whole number is a pole.
    """
    rest = math.pi * (x - np.rint(x))
    with np.errstate(all="ignore"):
        cot = np.where(rest == 0, np.inf, np.cos(rest) / np.sin(rest))
    slope = np.polynomial.Polynomial([0.0, 1.0])
    for _ in range(n):
        slope = -slope.deriv() * np.polynomial.Polynomial([1.0, 0.0, 1.0])
    return np.asarray(math.pi ** (n + 1) * slope(cot))


@holds(8)
def factorial(x: Array) -> Array:
    """Gamma of x + 1, exact for whole numbers; nan at its poles."""
    x = np.asarray(x)
    with np.errstate(invalid="ignore"):
        whole = (x >= 0) & (x <= 170) & (x == np.rint(x))
    table: Array = _FACTORIALS[np.where(whole, x, 0).astype(np.intp)]
    if np.all(whole):
        return table
    # SciPy answers an infinity at the first pole, and nan at the others.
    gamma = function("scipy.special.gamma")(np.where(whole | (x == -1), np.nan, x) + 1.0)
    return np.where(whole, table, gamma)


@holds(8)
def comb(n: Array, k: Array) -> Array:
    """N over k, exact for whole numbers: by gamma functions between 0 and n, and 0 outside."""
    n, k = np.broadcast_arrays(n, k)
    inside = (k >= 0) & (k <= n)
    whole = inside & (n <= MOST) & (n == np.rint(n)) & (k == np.rint(k))
    found = np.where(np.isnan(n) | np.isnan(k), np.nan, 0.0)
    if np.any(whole):
        found[whole] = [_exact(*pair) for pair in zip(n[whole].tolist(), k[whole].tolist(), strict=True)]
    rest = inside & ~whole
    if np.any(rest):
        found[rest] = function("scipy.special.binom")(n[rest], k[rest])
    return found


def _exact(n: float, k: float) -> float:
    try:
        return float(math.comb(int(n), int(k)))
    except OverflowError:
        return math.inf


@holds(1.3)
def xlogy(x: Array, y: Array) -> Array:
    """X log(y), and 0 where x is, whatever number y is."""
    return np.where(np.equal(x, 0) & ~np.isnan(y), 0.0, x * np.log(y))
