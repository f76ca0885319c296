"""Elementwise functions against mpmath: four derivatives, next to the edges and far out."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from gradcli import Expression

TINY = 1e-10


def logistic(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x))


def soft(x: Any) -> Any:
    return mp.log1p(mp.exp(x))


def gelu_by_tanh(x: Any) -> Any:
    return x * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (x + mp.mpf(0.044715) * x**3))) / 2


# What each is, and where it is looked at: next to 0, 1 and its own roots, and as far out as it bends.
EXACT: dict[str, tuple[Callable[[Any], Any], list[float]]] = {
    "rsqrt(x)": (lambda x: 1 / mp.sqrt(x), [1e-5, 0.3, 1e10]),
    "cbrt(x)": (lambda x: mp.sign(x) * mp.cbrt(abs(x)), [-1e-5, 0.3, -1e10]),
    "exp2(x)": (lambda x: mp.mpf(2) ** x, [-1000, TINY, 3, 500]),
    "asin(x)": (mp.asin, [TINY, -0.3, -1 + 1e-12]),
    "acos(x)": (mp.acos, [TINY, -0.3, 1 - 1e-12]),
    "asinh(x)": (mp.asinh, [TINY, -0.3, 7, -1e10]),
    "acosh(x)": (mp.acosh, [1 + 1e-12, 1.5, 1e10]),
    "atanh(x)": (mp.atanh, [TINY, 0.3, -1 + 1e-12]),
    "tanh(x)": (mp.tanh, [TINY, -0.3, 20]),
    "sinc(x)": (mp.sincpi, [0, TINY, -0.01, 0.5, 1.2, 1.7, -2.4, 10.3, 1000.25]),
    "sigmoid(x)": (logistic, [TINY, -0.3, -30, 700]),
    "logit(x)": (lambda x: mp.log(x / (1 - x)), [1e-30, 0.2, 0.5 + TINY, 0.76, 1 - TINY]),
    "logsigmoid(x)": (lambda x: -soft(-x), [-30, 0, 1, 30]),
    "softplus(x, beta=2)": (lambda x: soft(2 * x) / 2, [-30, 0, 1, 15]),
    "softplus(x, -0.5)": (lambda x: -2 * soft(-x / 2), [-30, 0, 1, 30]),
    "elu(x, 2)": (lambda x: x if x > 0 else 2 * mp.expm1(x), [-700, -TINY, 5]),
    "celu(x, 2)": (lambda x: x if x > 0 else 2 * mp.expm1(x / 2), [-700, -TINY, 5]),
    "gelu(x)": (lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2, [-36, -5, TINY, 0.3, 6]),
    'gelu(x, approximate="tanh")': (gelu_by_tanh, [-10, -5, TINY, 0.3, 6]),
    "silu(x)": (lambda x: x * logistic(x), [-700, -30, TINY, 1, 30]),
    "mish(x)": (lambda x: x * mp.tanh(soft(x)), [-700, -30, TINY, 1, 30]),
    "softsign(x)": (lambda x: x / (1 + abs(x)), [TINY, -0.5]),
    "tanhshrink(x)": (lambda x: x - mp.tanh(x), [0.5, -3]),
    "erfc(x)": (mp.erfc, [-3, TINY, 2, 26]),
    "erfinv(x)": (mp.erfinv, [TINY, -0.5, 0.99]),
    "lgamma(x)": (lambda x: mp.log(abs(mp.gamma(x))), [1e-100, 1 + TINY, 0.8, 2 - TINY, 5, -3.7]),
    "digamma(x)": (mp.digamma, [TINY, 1.46, 5, -3.7]),
    "polygamma(2, x)": (lambda x: mp.polygamma(2, x), [0.3, 5, -3.7, -200.3]),
    "factorial(x)": (lambda x: mp.gamma(x + 1), [-0.5, 0, 1, 4.5, 100]),
    "comb(x, 2)": (lambda x: x * (x - 1) / 2, [2, 3.5, 100]),
    "comb(9, x)": (lambda x: mp.binomial(9, x), [2, 2.5]),
    "xlogy(2, x)": (lambda x: 2 * mp.log(x), [1e-5, 1 + TINY, 1e10]),
    "logaddexp(x, 1)": (lambda x: mp.log(mp.exp(x) + mp.e), [-30, 1, 30]),
}


def exact(function: Callable[[Any], Any], x: float, order: int) -> float:
    """A derivative by differences of 120 digits, and of more where the function is very small."""
    apart = min([one for one in (1.0, abs(x), abs(abs(x) - 1)) if one > 0])
    with mp.workdps(400 if abs(x) in (36, 700) else 120):
        at = mp.mpf(x)
        return float(mp.diff(function, at, order, h=apart * mp.mpf(10) ** -9) if order else function(at))


@pytest.mark.parametrize("text", EXACT)
def test_four_derivatives(text: str) -> None:
    function, places = EXACT[text]
    for order in range(5):
        expected = [exact(function, x, order) for x in places]
        f = Expression(f"diff({text}, x, {order})")
        # The third derivative of comb(x, 2) is 0, as a sum of larger ones.
        room = 1e-14 if "comb" in text else 1e-290
        assert_allclose([f(x=float(x)) for x in places], expected, rtol=3e-13, atol=room)
        assert_allclose(f(x=np.array(places, float)), expected, rtol=3e-13, atol=room)


def test_every_order_of_sinc_at_zero() -> None:
    """The series: sinc(x) is the sum of (-1)^k (pi x)^(2k) / (2k + 1)!."""
    for order in range(13):
        expected = (-1) ** (order // 2) * math.pi**order / (order + 1) if order % 2 == 0 else 0.0
        assert_allclose(Expression(f"diff(sinc(x), x, {order})")(x=0.0), expected, rtol=1e-14)
    assert Expression("sinc(x)")(x=[-3.0, 1.0, 1e6, 2.0**60]).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("text", ["gelu(x)", 'gelu(x, "tanh")', "silu(x)", "mish(x)"])
def test_what_is_let_through_far_out(text: str) -> None:
    for x, value, slope in ((1e200, 1e200, 1.0), (math.inf, math.inf, 1.0), (-math.inf, 0.0, 0.0)):
        assert Expression(text)(x=x) == value
        assert Expression(f"sum({text})").grad(x=[x])["x"] == [slope]
        for order in (1, 2, 3):
            assert Expression(f"diff({text}, x, {order})")(x=x) == (slope if order == 1 else 0)


@pytest.mark.parametrize("size", [1e160, 1e200, 1e300])
def test_slopes_of_very_large_numbers(size: float) -> None:
    for text in ("asinh(x)", "acosh(x)"):
        assert_allclose(Expression(text).value_and_grad(x=size)[1]["x"], 1 / size, rtol=1e-14)
        assert_allclose(Expression(text)(x=size), math.log(2) + math.log(size), rtol=1e-15)
    assert Expression("hardswish(x)").value_and_grad(x=size) == (size, {"x": 1.0})


def test_factorials_and_choices_are_exact() -> None:
    n = np.arange(171.0)
    exact = [float(math.factorial(one)) for one in range(171)]
    assert Expression("factorial(n)")(n=n).tolist() == exact
    assert [Expression("factorial(n)")(n=float(one)) for one in (0, 5, 23, 170)] == [
        exact[one] for one in (0, 5, 23, 170)
    ]
    rows, columns = np.meshgrid(np.arange(70.0), np.arange(-2.0, 72.0), indexing="ij")
    expected = [
        [math.comb(int(a), int(b)) if 0 <= b <= a else 0 for a, b in zip(*row, strict=True)]
        for row in zip(rows, columns, strict=True)
    ]
    assert np.array_equal(Expression("comb(n, k)")(n=rows, k=columns), np.array(expected, float))
    assert Expression("comb(1000, 500)")() == float(math.comb(1000, 500))
    assert Expression("comb(2000, 1000)")() == math.inf
    assert Expression("factorial(171)")() == math.inf
    assert math.isnan(Expression("factorial(-1)")())


def test_polygamma_far_to_the_left() -> None:
    """Where SciPy's series would take a term for every whole number up to 0."""
    for n in (1, 2, 3):
        with mp.workdps(40):
            exact = float(mp.polygamma(n, mp.mpf(-2345.75)))
        assert_allclose(Expression(f"polygamma({n}, x)")(x=-2345.75), exact, rtol=1e-12)
        assert_allclose(Expression(f"polygamma({n}, x)")(x=[-2345.75, 2])[0], exact, rtol=1e-12)
    assert Expression("polygamma(1, x)")(x=-1e15) == math.inf
