"""Special functions on plain floats; SciPy is imported by the first that ``math`` does not have."""

from __future__ import annotations

import math
from functools import partial

from gradcli.execute.backends import function
from gradcli.execute.scalars import log

_LOG2 = math.log(2)

# 170! is the last that is no infinity.
FACTORIALS = tuple([float(math.factorial(n)) for n in range(171)])

# The largest whole numbers that are chosen from exactly: beyond it, that takes too long.
MOST = 2000.0

_scipy = partial(function, of="")


def erfinv(x: float) -> float:
    """The inverse of erf."""
    return float(_scipy("scipy.special.erfinv")(x))


def digamma(x: float) -> float:
    """The slope of lgamma."""
    return float(_scipy("scipy.special.digamma")(x))


def polygamma(x: float, n: int) -> float:
    """The n-th derivative of digamma."""
    return float(_scipy("gradcli.execute.kernels.special.polygamma")(x, n))


def lgamma(x: float) -> float:
    """The logarithm of the size of gamma; infinite at its poles."""
    try:
        return math.lgamma(x)
    except (ValueError, OverflowError):
        return math.inf


def factorial(x: float) -> float:
    """Gamma of x + 1; nan at its poles."""
    if x == x and 0 <= x <= 170 and x == int(x):
        return FACTORIALS[int(x)]
    try:
        return math.gamma(x + 1)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def comb(n: float, k: float) -> float:
    """N over k: by gamma functions between 0 and n, and 0 outside."""
    if n != n or k != k:
        return math.nan
    if not 0 <= k <= n:
        return 0.0
    if n <= MOST and n == int(n) and k == int(k):
        try:
            return float(math.comb(int(n), int(k)))
        except OverflowError:
            return math.inf
    return float(_scipy("scipy.special.binom")(n, k))


def logaddexp(a: float, b: float) -> float:
    """log(exp(a) + exp(b)), never overflowing."""
    if a == b:
        return a + _LOG2
    large, small = (a, b) if a > b else (b, a)
    return math.nan if a != a or b != b else large + math.log1p(math.exp(small - large))


def xlogy(x: float, y: float) -> float:
    """X log(y), and 0 where x is, whatever number y is."""
    return 0.0 if x == 0 and y == y else x * log(y)
