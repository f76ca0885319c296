"""Slopes by differences: the error that is claimed holds, near edges, kinks, waves and rounding."""

import math

import pytest

from gradcli.checking.differences import UNKNOWN, central, one_sided


def never(slope):
    return False


def safe(function):
    def wrapped(x):
        try:
            return function(x)
        except (ValueError, OverflowError, ZeroDivisionError):
            return math.nan

    return wrapped


CASES = [
    ("exp", math.exp, 1.0, 1.0),
    ("a polynomial", lambda t: (1 + t) ** 7, 7.0, 1.0),
    ("flat", math.cos, 0.0, 1.0),
    ("log next to its edge", safe(lambda t: math.log(1e-6 + t)), 1e6, 14.0),
    ("a fast sine", lambda t: math.sin(1e6 * t), 1e6, 1.0),
    ("a pole nearby", safe(lambda t: 1 / (1e-3 + t)), -1e6, 1e3),
    ("a bend nearby", lambda t: abs(t - 1e-5), -1.0, 1e-5),
    ("a spike", lambda t: math.exp(-((t / 1e-4) ** 2)) + t, 1.0, 1.0),
]


@pytest.mark.parametrize(
    ("function", "slope", "size"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_the_error_bounds_what_is_wrong(function, slope, size):
    found = central(function, 2**-52 * size, never)
    assert abs(found.value - slope) <= 8 * found.error
    assert found.error <= 1e-5 * max(abs(slope), size)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_one_sided_slopes_see_one_side(sign):
    found = one_sided(lambda t: abs(t) + t * t, 2**-52, sign, never)
    assert abs(found.value - sign) <= 8 * found.error
    assert found.error < 1e-9


def test_a_function_that_is_nowhere_has_no_slope():
    assert central(lambda t: math.nan, 0.0, never) == UNKNOWN


def test_the_first_good_slope_is_taken():
    seen = []

    def counted(t):
        seen.append(t)
        return t

    central(counted, 1e-16, lambda slope: True)
    assert len(seen) == 8
