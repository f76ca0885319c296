"""Kernels on plain floats, with NumPy's answers for overflow, poles and undefined input."""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable
from typing import Any

_inf, _nan = math.inf, math.nan


def _total(
    function: Callable[[float], float], overflow: Callable[[float], float]
) -> Callable[[float], float]:
    """A function of ``math`` that answers where ``math`` raises: nan, or what overflow says."""

    def total(x: float) -> float:
        try:
            return function(x)
        except OverflowError:
            return overflow(x)
        except ValueError:
            return _nan

    total.unguarded = function  # type: ignore[attr-defined]  # for those who see to the errors themselves
    return total


def _with_pole(function: Callable[[float], float], at: float) -> Callable[[float], float]:
    def total(x: float) -> float:
        try:
            return function(x)
        except ValueError:
            return -_inf if x == at else _nan

    total.unguarded = function  # type: ignore[attr-defined]
    return total


def _up(x: float) -> float:
    return _inf


def _same_sign(x: float) -> float:
    return math.copysign(_inf, x)


exp = _total(math.exp, _up)
expm1 = _total(math.expm1, _up)
sinh = _total(math.sinh, _same_sign)
cosh = _total(math.cosh, _up)
sin = _total(math.sin, _up)
cos = _total(math.cos, _up)
tan = _total(math.tan, _up)
asin = _total(math.asin, _up)
acos = _total(math.acos, _up)
sqrt = _total(math.sqrt, _up)
exp2 = _total(math.exp2, _up)
acosh = _total(math.acosh, _up)
log = _with_pole(math.log, 0)
log2 = _with_pole(math.log2, 0)
log10 = _with_pole(math.log10, 0)
log1p = _with_pole(math.log1p, -1)


def identity(x: float, **_: Any) -> float:
    """What a reduction or a broadcast of one number is, whatever its parameters."""
    return x


def magnitude(x: float, **_: Any) -> float:
    """The norm of one number."""
    return abs(x)


def var(x: float, correction: float, **_: Any) -> float:
    """The variance of one number: nan unless the correction leaves a degree of freedom."""
    return divide(square(x - x), max(1.0 - correction, 0.0))


def std(x: float, **parameters: Any) -> float:
    """The square root of the variance."""
    return sqrt(var(x, **parameters))


def number(x: bool) -> float:
    """1 or 0."""
    return 1.0 if x else 0.0


def zeros_like(x: float) -> float:
    """0."""
    return 0.0


def ones_like(x: float) -> float:
    """1."""
    return 1.0


def divide(a: float, b: float) -> float:
    """IEEE division: a pole is an infinity of the right sign, 0/0 is nan."""
    try:
        return a / b
    except ZeroDivisionError:
        return _nan if a == 0 or a != a else math.copysign(_inf, a) * math.copysign(1.0, b)


divide.unguarded = operator.truediv  # type: ignore[attr-defined]


def reciprocal(x: float) -> float:
    """1 / x."""
    return divide(1.0, x)


def rsqrt(x: float) -> float:
    """1 over the root of x."""
    return divide(1.0, sqrt(x))


def atanh(x: float) -> float:
    """A pole at 1 and at -1."""
    return math.copysign(_inf, x) if abs(x) == 1 else _nan if abs(x) > 1 else math.atanh(x)


def fmod(a: float, b: float) -> float:
    """What is left of a after whole b's, of the sign of a."""
    return _nan if b == 0 or math.isinf(a) else math.fmod(a, b)


def square(x: float) -> float:
    """X times x."""
    return x * x


def power(a: float, b: float) -> float:
    """IEEE pow; small whole exponents by multiplication, as the array kernel does."""
    if b in (2.0, 3.0, 4.0):
        return a * a if b == 2 else a * a * a if b == 3 else (a * a) * (a * a)
    try:
        return math.pow(a, b)
    except OverflowError:
        odd = b % 2 == 1
        return -_inf if a < 0 and odd else _inf
    except ValueError:
        if a != 0:
            return _nan
        odd = b % 2 == 1
        return math.copysign(_inf, a) if odd else _inf


def floor_divide(a: float, b: float) -> float:
    """NumPy's ``//``: towards minus infinity, and a pole where b is 0."""
    if b == 0 or math.isinf(a):
        return divide(a, b) if b == 0 else _nan
    return a // b


def remainder(a: float, b: float) -> float:
    """NumPy's ``%``: of the sign of b."""
    if b == 0 or math.isinf(a):
        return _nan
    return a % b


def sign(x: float) -> float:
    """-1, 0 or 1; nan for nan."""
    return x if x != x else float((x > 0) - (x < 0))


def _whole(function: Callable[[float], float]) -> Callable[[float], float]:
    def total(x: float) -> float:
        # copysign keeps the -0 that NumPy answers for -0.4.
        return math.copysign(float(function(x)), x) if math.isfinite(x) and x != 0 else x

    return total


floor = _whole(math.floor)
ceil = _whole(math.ceil)
trunc = _whole(math.trunc)
_nearest = _whole(round)


def round(x: float, decimals: int = 0) -> float:
    """To the nearest, halves to even, after a scaling by a power of ten that may not overflow."""
    if decimals == 0:
        return _nearest(x)
    scale = power(10.0, float(abs(decimals)))
    scaled = x * scale if decimals > 0 else x / scale
    if not math.isfinite(scaled):
        return x
    return _nearest(scaled) / scale if decimals > 0 else strong(_nearest(scaled), scale)


def frac(x: float) -> float:
    """What stands behind the point."""
    return x - trunc(x)


def nan_to_num(x: float, nan: float, posinf: float | None, neginf: float | None) -> float:
    """A number for each of nan, inf and -inf; the largest there are for the infinities."""
    if math.isfinite(x):
        return x
    if x != x:
        return nan
    largest = sys.float_info.max
    return (largest if posinf is None else posinf) if x > 0 else (-largest if neginf is None else neginf)


def maximum(a: float, b: float) -> float:
    """The larger; nan if either is."""
    return a if a > b or a != a else b


def minimum(a: float, b: float) -> float:
    """The smaller; nan if either is."""
    return a if a < b or a != a else b


def fmax(a: float, b: float) -> float:
    """The larger; the other one of a nan."""
    return a if a >= b or b != b else b


def fmin(a: float, b: float) -> float:
    """The smaller; the other one of a nan."""
    return a if a <= b or b != b else b


def clip(x: float, lo: float, hi: float) -> float:
    """X between its bounds; the upper one wins where they cross."""
    return minimum(maximum(x, lo), hi)


def where(condition: bool, a: float, b: float) -> float:
    """One of the two."""
    return a if condition else b


def strong(g: float, d: float) -> float:
    """The product; 0 times an infinity or a nan is 0."""
    product = g * d
    return 0.0 if product != product and g == 0 else product


def win_share(a: float, b: float) -> float:
    """1 where a is larger, one half where both are equal; a nan wins over a number."""
    if a == b or (a != a and b != b):
        return 0.5
    return 1.0 if a > b or a != a else 0.0


def ties(x: float, y: float) -> bool:
    """Equal, or both nan."""
    return x == y or (x != x and y != y)


def number_share(a: float, b: float) -> float:
    """1 where a is larger, one half where both are equal; a nan loses to a number."""
    if a == b or (a != a and b != b):
        return 0.5
    return 1.0 if a > b or b != b else 0.0


def lerp(a: float, b: float, w: float) -> float:
    """From a to b, exact at both."""
    return a + w * (b - a) if abs(w) < 0.5 else b - (b - a) * (1 - w)


def heaviside(x: float, values: float) -> float:
    """0 or 1, and at 0 a value of choice."""
    if x != x:
        return _nan
    return values if x == 0 else 1.0 if x > 0 else 0.0
