"""Polynomials and interpolation against NumPy and closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sampling import generator

from gradcli import Expression
from gradcli.errors import EvaluationError, ShapeProblem

C = np.array([2.0, -3.0, 0.5, 1.0])
X = np.array([[-1.5, 0.0, 0.4], [1.0, 2.0, -0.3]])


def test_polyval_is_numpys() -> None:
    f = Expression("sum(polyval(c, x))")
    assert_allclose(Expression("polyval(c, x)")(c=C, x=X), np.polyval(C, X), rtol=1e-13)
    found = f.grad(c=C, x=X)
    assert_allclose(found["x"], np.polyval(np.polyder(C), X), rtol=1e-13)
    assert_allclose(found["c"], [np.sum(X**k) for k in (3, 2, 1, 0)], rtol=1e-13)
    assert_allclose(Expression("diff(polyval(c, x), x, 3)")(c=C, x=0.7), 12.0)


def test_polynomials_of_few_terms() -> None:
    assert_array_equal(Expression("polyval([4], x)")(x=X), np.full((2, 3), 4.0))
    assert_array_equal(Expression("polyval([4], x)").grad(x=0.5)["x"], 0.0)
    assert_array_equal(Expression("polyval([4], x)")(x=np.inf), 4.0)
    assert_array_equal(Expression("polyval(c, x)")(c=np.zeros(0), x=X), np.zeros((2, 3)))


def test_interp_is_numpys() -> None:
    rng = generator("interp")
    xp, fp = np.sort(rng.normal(size=6)), rng.normal(size=6)
    x = np.concatenate([2 * rng.normal(size=40), xp, [np.inf, -np.inf, np.nan]])
    found = Expression("interp(x, xp, fp)")(x=x, xp=xp, fp=fp)
    assert_allclose(found, np.interp(x, xp, fp), rtol=1e-12, atol=1e-14)
    assert Expression("interp(x, xp, fp)")(x=0.3, xp=[0.0], fp=[7.0]) == 7.0


def gradient(x: float, fp: list[float]) -> dict[str, Any]:
    return Expression("interp(x, xp, fp)").grad(x=x, xp=[0.0, 1.0, 3.0], fp=fp)


def test_the_derivatives_of_a_straight_piece() -> None:
    """y = f0 + (x - x0) (f1 - f0) / (x1 - x0), here a quarter of the way."""
    found = gradient(1.5, [5.0, 2.0, 6.0])
    assert_allclose(found["x"], 2.0)
    assert_allclose(found["fp"], [0, 0.75, 0.25])
    assert_allclose(found["xp"], [0, -2 * 0.75, -2 * 0.25])


def test_beyond_the_ends_it_is_flat() -> None:
    for x, hit in ((-0.5, [1, 0, 0]), (9.0, [0, 0, 1]), (np.inf, [0, 0, 1])):
        found = gradient(x, [5.0, 2.0, 6.0])
        assert found["x"] == 0
        assert_array_equal(found["fp"], hit)
        assert_array_equal(found["xp"], [0, 0, 0])


@pytest.mark.parametrize(
    ("fp", "slope"),
    [
        ([5.0, 2.0, 6.0], 0.0),  # down and up: a minimum
        ([1.0, 2.0, 1.0], 0.0),  # up and down: a maximum
        ([0.0, 1.0, 7.0], 1.0),  # slopes 1 and 3
        ([0.0, 3.0, 5.0], 1.0),  # slopes 3 and 1
        ([9.0, 6.0, 5.0], -0.5),  # slopes -3 and -1/2
        ([0.0, 2.0, 6.0], 2.0),  # no bend at all
    ],
)
def test_the_slope_at_a_point_is_the_smallest_of_both_sides(fp: list[float], slope: float) -> None:
    found = gradient(1.0, fp)
    assert_allclose(found["x"], slope)
    assert_allclose(found["xp"], [0, -slope, 0])
    assert_array_equal(found["fp"], [0, 1, 0])
    forward = Expression("interp(x, xp, fp)").jvp({"x": 1.0}, x=1.0, xp=[0.0, 1.0, 3.0], fp=fp)[1]
    assert_allclose(forward, slope)


def test_the_ends_are_bends_too() -> None:
    assert gradient(0.0, [5.0, 2.0, 6.0])["x"] == 0
    assert gradient(3.0, [5.0, 2.0, 6.0])["x"] == 0


def test_errors() -> None:
    with pytest.raises(EvaluationError, match=r"needs xp to increase: 1 is followed by 1"):
        Expression("interp(x, [0, 1, 1], [2, 3, 4])")(x=0.5)
    with pytest.raises(ShapeProblem, match=r"a value of fp for each of xp, \(2,\): got \(3,\)"):
        Expression("interp(x, [0, 1], [2, 3, 4])")(x=0.5)
    with pytest.raises(ShapeProblem, match=r"needs a list of numbers for c: got \(\)"):
        Expression("polyval(x, 2)")(x=0.5)
    with pytest.raises(ShapeProblem, match=r"convolve\(\) needs at least 1 number for b: got none"):
        Expression("convolve([1], x)")(x=np.zeros(0))
    with pytest.raises(ShapeProblem, match=r"convolve\(\) of a masked a: its size is known only"):
        Expression("convolve(x[x > 0], [1])")(x=X[0])
