"""Special functions on plain floats; SciPy is imported by the first that ``math`` does not have."""

from __future__ import annotations

import math
from typing import Any

from gradcli.execute.backends import function
from gradcli.execute.scalars import log

_LOG2 = math.log(2)

# 170! is the last that is no infinity.
FACTORIALS = tuple([float(math.factorial(n)) for n in range(171)])

# The series of lgamma(2 + z): 1 minus Euler's constant, then (-1)^k (zeta(k) - 1) / k (DLMF 5.7.3).
_NEXT_TO_TWO = (
    0.42278433509846713,
    0.3224670334241132,
    -0.0673523010531981,
    0.020580808427784546,
    -0.007385551028673986,
    0.0028905103307415234,
    -0.001192753911703261,
    0.0005096695247430425,
    -0.00022315475845357939,
    9.945751278180853e-05,
    -4.492623673813314e-05,
    2.050721277567069e-05,
    -9.439488275268397e-06,
    4.374866789907488e-06,
    -2.039215753801366e-06,
    9.55141213040742e-07,
    -4.492469198764566e-07,
    2.1207184805554665e-07,
    -1.0043224823968099e-07,
)

# The largest whole numbers that are chosen from exactly: beyond it, that takes too long.
MOST = 2000.0


def _scipy(path: str, *arguments: float) -> float:
    """A number from a ufunc, which would warn of poles."""
    found = function(path, of="")
    import numpy

    with numpy.errstate(all="ignore"):
        return float(found(*arguments))


def erfinv(x: float) -> float:
    """The inverse of erf."""
    return _scipy("scipy.special.erfinv", x)


def digamma(x: float) -> float:
    """The slope of lgamma."""
    return _scipy("scipy.special.digamma", x)


def polygamma(x: float, n: int) -> float:
    """The n-th derivative of digamma."""
    return _scipy("kernels.special.polygamma", x, n)


def lgamma(x: float) -> float:
    """The logarithm of the size of gamma; infinite at its poles."""
    if abs(x - 2) <= 0.25:
        return float(next_to_two(x - 2))
    if abs(x - 1) <= 0.25:
        return float(next_to_two(x - 1)) - math.log1p(x - 1)
    try:
        return math.lgamma(x)
    except (ValueError, OverflowError):
        return math.inf


def next_to_two(z: Any) -> Any:
    """Lgamma of 2 + z, for a small number or an array; ``math`` and SciPy lose digits at this root."""
    found = 0.0
    for coefficient in reversed(_NEXT_TO_TWO):
        found = found * z + coefficient
    return found * z


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
    return _scipy("scipy.special.binom", n, k)


def logaddexp(a: float, b: float) -> float:
    """log(exp(a) + exp(b)), never overflowing."""
    if a == b:
        return a + _LOG2
    large, small = (a, b) if a > b else (b, a)
    return math.nan if a != a or b != b else large + math.log1p(math.exp(small - large))


def xlogy(x: float, y: float) -> float:
    """X log(y), and 0 where x is, whatever number y is."""
    return 0.0 if x == 0 and y == y else x * log(y)
