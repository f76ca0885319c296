"""Reductions at their edges: ties, infinities, empty and constant arrays, parameters of both houses."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from gradcli import Expression
from gradcli.errors import CallProblem, EvaluationError, ShapeProblem

INF, NAN = math.inf, math.nan
X = np.array([[3.0, -1.0, 2.0], [0.5, 4.0, -2.0]])
CUBE = np.arange(24.0).reshape(2, 3, 4) % 7 - 2.5


def gradient(text: str, **values: Any) -> Any:
    return Expression(text).grad(**values)["x"]


def hessian(text: str, x: Any) -> Any:
    return Expression(text).hessian(x=x)["x"]["x"]


# Parameters, against NumPy.


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2), (-1, 1), ()])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("sum", np.sum),
        ("mean", np.mean),
        ("prod", np.prod),
        ("max", np.max),
        ("min", np.min),
        ("median", np.median),
        ("any", np.any),
        ("all", np.all),
        ("count_nonzero", np.count_nonzero),
        ("logsumexp", lambda x, **kw: np.log(np.sum(np.exp(x), **kw))),
        ("norm", lambda x, **kw: np.sqrt(np.sum(x**2, **kw))),
    ],
)
def test_axes_as_in_numpy(name: str, reference: Any, axis: Any, keepdims: bool) -> None:
    found = Expression(f"{name}(x, axis={axis}, keepdims={str(keepdims).lower()})")(x=CUBE)
    expected = CUBE if axis == () and name == "median" else reference(CUBE, axis=axis, keepdims=keepdims)
    assert np.shape(found) == np.shape(expected)
    assert_allclose(found, expected, rtol=1e-14)


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "max", "min", "logsumexp", "median", "norm"])
@pytest.mark.parametrize("axis", ["0", "-1", "(0,)", "()", "None"])
def test_a_scalar_is_reduced_to_itself(name: str, axis: str) -> None:
    assert Expression(f"{name}(x, dim={axis}, keepdim=true)").value_and_grad(x=3.0) == (3.0, {"x": 1.0})


def test_a_scalar_has_no_other_axis() -> None:
    with pytest.raises(ShapeProblem, match="axis 1 is out of range"):
        Expression("sum(x, axis=1)")(x=3.0)


@pytest.mark.parametrize(
    ("text", "ddof"),
    [("unbiased=true", 1), ("unbiased=false", 0), ("correction=0.5", 0.5), ("ddof=2", 2), ("axis=None", 1)],
)
def test_corrections(text: str, ddof: float) -> None:
    assert_allclose(Expression(f"var(x, {text})")(x=X), np.var(X, ddof=ddof), rtol=1e-14)
    assert_allclose(Expression(f"std(x, {text})")(x=X), np.std(X, ddof=ddof), rtol=1e-14)


def test_a_boolean_is_no_axis() -> None:
    with pytest.raises(CallProblem, match="for axis, and got true or false"):
        Expression("std(x, true)")(x=X)


# Nothing to reduce.


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sum(x)", 0.0),
        ("prod(x)", 1.0),
        ("mean(x)", NAN),
        ("var(x)", NAN),
        ("std(x)", NAN),
        ("median(x)", NAN),
        ("norm(x)", 0.0),
        ("norm(x, 3)", 0.0),
        ("norm(x, 1)", 0.0),
        ("logsumexp(x)", -INF),
        ("trapezoid(x)", 0.0),
    ],
)
def test_of_no_elements(text: str, value: float) -> None:
    found, slope = Expression(text).value_and_grad(x=[])
    assert_array_equal(found, value)
    assert slope["x"].shape == (0,)
    assert hessian(text, []).shape == (0, 0)


def test_booleans_of_no_elements() -> None:
    assert Expression("any(x)")(x=[]) is False
    assert Expression("all(x)")(x=[]) is True
    assert Expression("count_nonzero(x)")(x=[]) == 0.0


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("max({})", r"max\(\) of no elements has no value"),
        ("amin({})", r"min\(\) of no elements has no value"),
        ("argmax({})", r"argmax\(\) of no elements has no value"),
        ("argmin({})", r"argmin\(\) of no elements has no value"),
        ("norm({}, inf)", r"norm\(\) of no elements has no value for p=inf"),
        ("norm({}, -2)", r"norm\(\) of no elements has no value for p=-2"),
        ("quantile({}, 0.5)", r"quantile\(\) of no elements has no value"),
    ],
)
def test_what_needs_an_element(text: str, what: str) -> None:
    with pytest.raises(ShapeProblem, match=what):
        Expression(text.format("x"))(x=[])
    # And where only the run finds out.
    with pytest.raises(EvaluationError, match=what):
        Expression(text.format("x[x > 5]"))(x=[1.0, 2.0])


# Ties, and what nan does.


def test_ties_of_a_median() -> None:
    assert_array_equal(gradient("median(x)", x=[1.0, 2, 2, 3]), [0, 0.5, 0.5, 0])
    assert_array_equal(gradient("median(x)", x=[2.0, 2, 2]), [1 / 3] * 3)
    assert_array_equal(gradient("median(x)", x=[4.0, 1, 3, 2]), [0, 0, 0.5, 0.5])
    assert_array_equal(
        gradient("sum(median(x, axis=0))", x=[[1.0, 5], [1, 6], [9, 7]]), [[0.5, 0], [0.5, 1], [0, 0]]
    )
    assert_array_equal(hessian("median(x)", [1.0, 2, 2, 3]), np.zeros((4, 4)))


def test_a_median_at_the_ends_of_the_numbers() -> None:
    assert Expression("median(x)")(x=[1.5e308, 1.7e308]) == 1.6e308
    assert Expression("median(x)")(x=[5e-324]) == 5e-324
    assert Expression("median(x)")(x=[INF, INF]) == INF
    assert math.isnan(Expression("median(x)")(x=[1, NAN, 3]))
    assert_array_equal(gradient("median(x)", x=[1, NAN, 3]), [0, 1, 0])


@pytest.mark.parametrize("name", ["argmax", "argmin"])
def test_positions(name: str) -> None:
    reference = getattr(np, name)
    for axis in (None, 0, -1):
        found = Expression(f"{name}(x, axis={axis}, keepdims=true)")(x=X)
        assert_array_equal(found, reference(X, axis=axis, keepdims=True))
    # The first of equal ones, and the first nan.
    assert Expression(f"{name}(x)")(x=[2, 2.0, 2]) == 0.0
    assert Expression(f"{name}(x)")(x=[2, NAN, 1, NAN, 3]) == 1.0


# logsumexp at infinities: shares of a softmax, which are equal among infinities.


@pytest.mark.parametrize(
    ("x", "value", "slope"),
    [
        ([-INF, -INF], -INF, [0.5, 0.5]),
        ([INF, 0.0], INF, [1, 0]),
        ([INF, INF, 1.0], INF, [0.5, 0.5, 0]),
        ([-INF, INF], INF, [0, 1]),
        ([-INF, 0.0], 0.0, [0, 1]),
        ([1e17, 1e17], 1e17, [0.5, 0.5]),
    ],
)
def test_logsumexp_of_infinities(x: list[float], value: float, slope: list[float]) -> None:
    assert Expression("logsumexp(x)")(x=x) == value
    assert_array_equal(gradient("logsumexp(x)", x=x), slope)
    assert np.all(np.isfinite(hessian("logsumexp(x)", x)))
    assert_array_equal(gradient("0 * logsumexp(x)", x=x), np.zeros(len(x)))


# A spread of nothing, and the ends of the numbers.


@pytest.mark.parametrize("x", [[0.1, 0.1, 0.1], [1e17 / 3] * 7, [2.0, 2.0]])
def test_the_deviation_of_a_constant(x: list[float]) -> None:
    """Exactly zero, though the mean of three tenths is not a tenth."""
    assert Expression("std(x)")(x=x) == 0.0
    assert Expression("var(x)")(x=x) == 0.0
    assert_array_equal(gradient("std(x)", x=x), np.zeros(len(x)))
    assert_array_equal(hessian("std(x)", x), np.zeros((len(x), len(x))))
    rows = np.stack([x, np.arange(float(len(x)))])
    assert_array_equal(gradient("sum(std(x, axis=1))", x=rows)[0], np.zeros(len(x)))


def test_deviation_of_one() -> None:
    assert_array_equal(gradient("std(x, correction=0)", x=[5.0]), [0])
    assert math.isnan(Expression("std(x)")(x=[5.0]))
    assert math.isnan(Expression("var(x)")(x=5.0))


@pytest.mark.parametrize("size", [1e200, 1.0, 1e-200])
def test_a_deviation_neither_over_nor_underflows(size: float) -> None:
    value, found = Expression("std(x)").value_and_grad(x=[1 * size, 2 * size, 4 * size])
    assert_allclose(value, math.sqrt(7 / 3) * size, rtol=1e-14)
    assert_allclose(found["x"], np.array([-4, -1, 5]) / (6 * math.sqrt(7 / 3)), rtol=1e-14)


# Norms.


@pytest.mark.parametrize("p", [-3, -2, -0.5, 0.3, 1, 1.5, 2, 3, 4, 7.25])
def test_p_norms_against_mpmath(p: float) -> None:
    x = [3.0, -1.25, 0.5]
    with mpmath.workdps(40):

        def norm(*at: Any) -> Any:
            return mpmath.fsum([abs(one) ** p for one in at]) ** (mpmath.mpf(1) / p)

        value = float(norm(*map(mpmath.mpf, x)))
        units = np.eye(3, dtype=int).tolist()
        slope = [float(mpmath.diff(norm, x, tuple(one))) for one in units]
        curve = [[float(mpmath.diff(norm, x, tuple(np.add(a, b).tolist()))) for b in units] for a in units]
    assert_allclose(Expression(f"norm(x, {p})")(x=x), value, rtol=1e-14)
    assert_allclose(gradient(f"norm(x, {p})", x=x), slope, rtol=1e-13)
    assert_allclose(hessian(f"norm(x, {p})", x), curve, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("p", ["0", "0.5", "1", "1.5", "2", "3", "4", "inf", "-inf", "-1"])
def test_any_norm_of_zeros_is_flat(p: str) -> None:
    zeros = [0.0, 0.0, 0.0]
    assert Expression(f"norm(x, {p})")(x=zeros) == 0.0
    assert_array_equal(gradient(f"norm(x, {p})", x=zeros), zeros)
    assert_array_equal(hessian(f"norm(x, {p})", zeros), np.zeros((3, 3)))


def test_norms_with_a_zero_among_others() -> None:
    assert_array_equal(gradient("norm(x, 1)", x=[-2.0, 0]), [-1, 0])
    assert_array_equal(gradient("norm(x, 0.5)", x=[4.0, 0]), [1, 0])
    assert_array_equal(gradient("norm(x, -1)", x=[4.0, 0]), [0, 0])
    assert_array_equal(gradient("norm(x, 0)", x=[4.0, 0]), [0, 0])
    # (1 + x^4)^(1/4) is smooth: its fourth derivative at 0 is 24/4.
    assert [Expression(f"diff(norm([1, x], 4), x, {n})")(x=0.0) for n in (1, 2, 3, 4)] == [0, 0, 0, 6]


@pytest.mark.parametrize("p", ["0.5", "1.5", "3", "4", "-2"])
def test_no_norm_leaves_the_numbers(p: str) -> None:
    unit, slope = Expression(f"norm(x, {p})").value_and_grad(x=[3.0, -4.0])
    for size in (1e250, 1e-250):
        value, found = Expression(f"norm(x, {p})").value_and_grad(x=[3 * size, -4 * size])
        assert_allclose(value, unit * size, rtol=1e-13)
        assert_allclose(found["x"], slope["x"], rtol=1e-13)


# Quantiles.


@pytest.mark.parametrize("interpolation", ["linear", "lower", "higher", "midpoint", "nearest"])
def test_quantiles_against_numpy(interpolation: str) -> None:
    q = np.array([0.0, 0.1, 0.3, 0.45, 0.8, 1.0])
    text = f'quantile(x, q, axis=(0, 2), keepdims=true, interpolation="{interpolation}")'
    expected = np.quantile(CUBE, q, axis=(0, 2), keepdims=True, method=interpolation)  # type: ignore[call-overload]
    assert_allclose(Expression(text)(x=CUBE, q=q), expected, rtol=1e-14)
    assert_allclose(
        Expression(f'quantile(x, 0.3, method="{interpolation}")')(x=CUBE),
        np.quantile(CUBE, 0.3, method=interpolation),  # type: ignore[call-overload]
    )


def test_derivatives_of_a_quantile() -> None:
    assert_array_equal(gradient("quantile(x, 0.5)", x=[1.0, 2, 3, 4]), [0, 0.5, 0.5, 0])
    assert_array_equal(gradient("quantile(x, 0.5)", x=[1.0, 2, 2, 4]), [0, 0.5, 0.5, 0])
    # A quarter of the way from 1 to 2 to 4: halfway along the first of two steps.
    both = Expression("quantile(x, q)").grad(x=[1.0, 2, 4], q=0.25)
    assert_array_equal(both["x"], [0.5, 0.5, 0])
    assert both["q"] == 2.0
    assert_array_equal(Expression("sum(quantile(x, q))").grad(x=[4.0, 1, 2], q=[0.25, 0.75])["q"], [2, 4])
    mixed = Expression("quantile(x, q)").hessian(x=[1.0, 2, 4], q=0.25)
    assert_array_equal(mixed["q"]["x"], [-2, 2, 0])
    assert Expression('quantile(x, q, interpolation="nearest")').grad(x=[1.0, 2], q=0.3)["q"] == 0.0


def test_quantiles_of_awkward_rows() -> None:
    assert_array_equal(Expression("quantile(x, 0.5, axis=1)")(x=[[1, NAN, 2], [1, 2, 3]]), [NAN, 2])
    assert Expression("quantile(x, 0)")(x=[1, INF]) == 1.0
    assert Expression("quantile(x, 0.7)")(x=4.0) == 4.0
    assert Expression("quantile(x, [])")(x=[1.0]).shape == (0,)
    assert Expression("quantile(x[x > 0], 0.5)")(x=[1.0, -1, 3]) == 2.0


@pytest.mark.parametrize("q", [-0.1, 1.5, NAN])
def test_a_quantile_outside_is_refused(q: float) -> None:
    with pytest.raises(EvaluationError, match=r"quantile\(\) needs a q between 0 and 1: got"):
        Expression("quantile(x, q)")(x=[1.0, 2], q=q)


# Integrals.


def test_trapezoids() -> None:
    y, x = [1.0, 2, 4], [0.0, 1, 3]
    assert Expression("trapezoid(y)")(y=y) == np.trapezoid(y) == 4.5
    assert Expression("trapezoid(y, x)")(y=y, x=x) == np.trapezoid(y, x)
    assert Expression("trapezoid(y, dx=0.5)")(y=y) == np.trapezoid(y, dx=0.5)
    assert_allclose(Expression("trapezoid(y, x, axis=1)")(y=CUBE, x=x), np.trapezoid(CUBE, x, axis=1))
    slopes = Expression("trapezoid(y, x)").grad(y=y, x=x)
    assert_array_equal(slopes["y"], [0.5, 1.5, 1])
    assert_array_equal(slopes["x"], [-1.5, -1.5, 3])
    assert Expression("trapezoid(y, dx=h)").grad(y=y, h=2.0)["h"] == 4.5


def test_trapezoids_that_do_not_fit() -> None:
    with pytest.raises(ShapeProblem, match=r"needs a point for every value: y is \(3,\), and x is \(2,\)"):
        Expression("trapezoid(y, x)")(y=[1.0, 2, 3], x=[1.0, 2])
    with pytest.raises(ShapeProblem, match="needs an array of values"):
        Expression("trapezoid(y)")(y=1.0)
    with pytest.raises(CallProblem, match="x or dx, not both"):
        Expression("trapezoid(y, y, 2)")(y=[1.0, 2])


def test_a_quantile_by_its_part() -> None:
    """At an element too, where both neighbours are the same way off: the slope is theirs."""
    for q in (0.25, 0.5, 0.6):
        assert_allclose(Expression("quantile(x, q)").grad(wrt=("q",), x=[1.0, 2, 3], q=q)["q"], 2, rtol=1e-14)
    assert Expression("quantile(x, 0.5)").value_and_grad(x=[1.0, 2, np.inf])[0] == 2
