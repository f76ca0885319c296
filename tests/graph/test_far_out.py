"""Large, small and undefined arguments: values and slopes in closed form, at the first orders."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from gradcli import Expression

FAR = [-1000.0, -740.0, -300.0, -36.0, -20.0, -5.0, 0.0, 5.0, 20.0, 36.0, 300.0, 740.0, 1000.0]


def exact(slope: str, x: float) -> float:
    """A slope by its name, to sixty digits and then rounded."""
    with localcontext() as context:
        context.prec, context.Emax, context.Emin = 60, 10**9, -(10**9)
        at = Decimal(x)
        if slope == "log1p'":
            return float(1 / (1 + at))
        up, down = at.exp(), (-at).exp()
        tanh, sech2 = (up - down) / (up + down), 4 / (up + down) ** 2
        logistic, other = 1 / (1 + down), 1 / (1 + up)
        found = {
            "tanh'": sech2,
            "tanh''": -2 * tanh * sech2,
            "tanh'''": sech2 * (4 * tanh**2 - 2 * sech2),
            "sigmoid'": logistic * other,
            "sigmoid''": logistic * other * (other - logistic),
            "softplus'": logistic,
            "softplus''": logistic * other,
            "exp'": up,
            "expm1'": up,
            "erf'": 2 / Decimal(math.pi).sqrt() * (-at * at).exp(),
        }[slope]
        return float(found)


@pytest.mark.parametrize("x", FAR)
@pytest.mark.parametrize(
    "slope",
    [
        "tanh'",
        "tanh''",
        "tanh'''",
        "sigmoid'",
        "sigmoid''",
        "softplus'",
        "softplus''",
        "exp'",
        "expm1'",
        "erf'",
        "log1p'",
    ],
)
def test_slopes_far_out(slope: str, x: float) -> None:
    name, order = slope.rstrip("'"), slope.count("'")
    if name == "log1p":
        x = abs(x) * 1e3
    expected = exact(slope, x)
    f = Expression(f"diff({name}(x), x, {order})")
    assert_allclose(f(x=x), expected, rtol=1e-12 if abs(expected) > 1e-300 else 1e-3, atol=1e-322)
    grads = Expression(f"sum({name}(x))").grad(x=np.array([x]))["x"]
    if order == 1:
        assert_allclose(grads, [expected], rtol=1e-12 if abs(expected) > 1e-300 else 1e-3, atol=1e-322)


@pytest.mark.parametrize(("size", "slope"), [(1e-200, 5e199), (1e200, 5e-201), (3.0, 1 / 6)])
def test_the_angle_of_very_small_and_very_large_numbers(size: float, slope: float) -> None:
    f = Expression("atan2(a, b)")
    found = f.grad(a=size, b=size)
    assert_allclose([found["a"], found["b"]], [slope, -slope], rtol=1e-14)
    arrays = Expression("sum(atan2(a, b))").grad(a=np.full(2, size), b=np.full(2, size))
    assert_allclose([arrays["a"], arrays["b"]], [[slope] * 2, [-slope] * 2], rtol=1e-14)
    forward = [f.jvp({name: 1.0}, a=size, b=size)[1] for name in "ab"]
    assert_allclose(forward, [slope, -slope], rtol=1e-14)
    assert f.grad(a=0.0, b=0.0) == {"a": 0.0, "b": 0.0}
    assert Expression("hypot(a, b)").grad(a=0.0, b=0.0) == {"a": 0.0, "b": 0.0}


@pytest.mark.parametrize(
    "matrix", [[[math.nan, 1], [1, 1]], [[1, math.nan], [1, 1]], [[1.0, 0, 0], [0, 1, math.nan], [0, 0, 1]]]
)
@pytest.mark.parametrize("name", ["det", "logdet"])
def test_a_nan_in_a_matrix_is_one_in_its_determinant(name: str, matrix: Any) -> None:
    assert math.isnan(Expression(f"{name}(x)")(x=matrix))
    batch = np.array([np.eye(len(matrix)), matrix])
    assert_array_equal(np.isnan(Expression(f"{name}(x)")(x=batch)), [False, True])


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_the_cofactors_of_the_other_matrices_of_a_batch(wrong: float) -> None:
    batch = np.array([np.diag([1.0, 2, 3, 4]), np.full((4, 4), wrong)])
    found = Expression("sum(det(x))").grad(x=batch)["x"]
    assert_allclose(found[0], np.diag([24.0, 12, 8, 6]), rtol=1e-14, atol=1e-14)
    assert np.isnan(found[1]).all()
    along = np.ones((2, 4, 4))
    found = Expression("sum(det(x))").hvp({"x": along}, x=batch)[1]["x"]
    # Off the diagonal -h[j, i] times the others, on it the sum of the h[k, k] likewise.
    pairs = [
        [math.prod(k for k in (1, 2, 3, 4) if k not in (i, j)) for j in (1, 2, 3, 4)] for i in (1, 2, 3, 4)
    ]
    wanted = -np.array(pairs, float)
    np.fill_diagonal(wanted, [sum(row) - row[i] for i, row in enumerate(pairs)])
    assert_allclose(found[0], wanted, rtol=1e-13)
    assert np.isnan(found[1]).all()


def test_a_gradient_is_a_float() -> None:
    found = Expression("x^x").grad(x=0.0)["x"]
    assert type(found) is float


def test_the_deviation_of_one_number() -> None:
    for name in ("var", "std"):
        assert math.isnan(Expression(f"{name}(x)")(x=2.0))
        assert Expression(f"{name}(x, correction=0)").value_and_grad(x=2.0) == (0.0, {"x": 0.0})
        assert math.isnan(Expression(f"{name}(x, correction=0)")(x=math.inf))
