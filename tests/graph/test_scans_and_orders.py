"""Running sums, products and extremes; sorting and picking; positions that have no gradient."""

from __future__ import annotations

import math
from itertools import permutations
from typing import Any

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from gradcli import Expression
from gradcli.errors import CallProblem, EvaluationError, GradientProblem, ShapeProblem, Source
from gradcli.execute.plan import trace
from gradcli.graph import derive
from gradcli.graph.node import INPUT, reachable
from gradcli.language.build import build
from gradcli.language.names import Given
from gradcli.language.parser import parse

INF, NAN = math.inf, math.nan
X = np.array([[3.0, -1.0, 2.0], [0.5, 4.0, -2.0]])
SCANS = ["cumsum({})", "cumprod({})", "logcumsumexp({})", "cummax({})[0]", "cummin({})[0]"]


def gradient(text: str, **values: Any) -> Any:
    return Expression(text).grad(**values)["x"]


def hessian(text: str, x: Any) -> Any:
    return Expression(text).hessian(x=x)["x"]["x"]


@pytest.mark.parametrize(
    ("form", "reference"),
    list(
        zip(
            SCANS,
            [
                np.cumsum,
                np.cumprod,
                np.logaddexp.accumulate,
                np.maximum.accumulate,
                np.minimum.accumulate,
            ],
            strict=True,
        )
    ),
)
def test_scans_against_numpy(form: str, reference: Any) -> None:
    for axis in (0, 1, -1):
        found = Expression(form.format(f"x, dim={axis}"))(x=X)
        assert_allclose(found, reference(X, axis=axis), rtol=1e-15)
    # Without an axis row by row.
    assert_allclose(Expression(form.format("x"))(x=X), reference(X.ravel(), axis=0), rtol=1e-15)
    assert Expression(form.format("x")).value_and_grad(x=3.0) == (3.0, {"x": 1.0})
    assert Expression(form.format("x"))(x=[]).shape == (0,)


@pytest.mark.parametrize("form", SCANS)
def test_scans_of_masked_arrays(form: str) -> None:
    x = np.array([2.0, -1.0, 3.0, 0.5])
    weights = "sum({} * [1, 2, 3])"
    found = gradient(weights.format(form.format("x[x > 0]")), x=x)
    assert_array_equal(found[x > 0], gradient(weights.format(form.format("x")), x=x[x > 0]))
    assert found[1] == 0


# Running products: the closed form is a sum of products of all but one, or all but two.


@pytest.mark.parametrize("x", [[2.0, 0, 3], [0.0, 0, 3], [0.0, 0, 0], [1.0, -2, 3], [0.0, 5, 0]])
def test_products_next_to_zeros(x: list[float]) -> None:
    w = [1.0, 2.0, 3.0]

    def without(end: int, *left_out: int) -> float:
        if any(one > end for one in left_out) or len(set(left_out)) < len(left_out):
            return 0.0
        return math.prod(x[i] for i in range(end + 1) if i not in left_out)

    def expected(*by: int) -> float:
        return sum(w[end] * without(end, *by) for end in range(3))

    text = "sum(cumprod(x) * [1, 2, 3])"
    assert_array_equal(gradient(text, x=x), [expected(i) for i in range(3)])
    assert_array_equal(hessian(text, x), [[expected(i, j) for j in range(3)] for i in range(3)])
    third = Expression(f"h = hessian({text}, x); sum(h * [[1, 2, 3], [4, 5, 6], [7, 8, 9]])").grad(x=x)["x"]
    scale = np.arange(1.0, 10).reshape(3, 3)
    wanted = np.zeros(3)
    for i, j, k in permutations(range(3)):
        wanted[k] += scale[i, j] * expected(i, j, k)
    assert_array_equal(third, wanted)


def test_observed_products() -> None:
    assert_array_equal(gradient("sum(cumprod(x))", x=[2.0, 0, 3]), [1, 8, 0])
    assert_array_equal(gradient("sum(cumprod(x))", x=[0.0, 0, 3]), [1, 0, 0])
    # What is weighed with zero leaks nothing.
    assert_array_equal(gradient("sum(cumprod(x) * [1, 0, 0])", x=[1, INF, NAN]), [1, 0, 0])


# Running logsumexp.


def test_logcumsumexp_against_mpmath() -> None:
    x = [-50.0, 0.5, -745.0, 2.0, 800.0]
    w = [1.0, -2.0, 3.0, 0.5, 4.0]
    with mpmath.workdps(60):
        powers = [mpmath.exp(one) for one in x]
        sums = [mpmath.fsum(powers[: k + 1]) for k in range(5)]
        slope = [float(mpmath.fsum([w[k] * powers[j] / sums[k] for k in range(j, 5)])) for j in range(5)]

        def curve(i: int, j: int) -> float:
            found = [-w[k] * powers[i] * powers[j] / sums[k] ** 2 for k in range(max(i, j), 5)]
            if i == j:
                found += [w[k] * powers[j] / sums[k] for k in range(j, 5)]
            return float(mpmath.fsum(found))

        block = [[curve(i, j) for j in range(5)] for i in range(5)]
    text = "sum(logcumsumexp(x) * [1, -2, 3, 0.5, 4])"
    assert_allclose(gradient(text, x=x), slope, rtol=1e-13, atol=1e-323)
    assert_allclose(hessian(text, x), block, rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize(
    ("x", "slope"),
    [
        ([-INF, -INF, -INF], [1 / 3] * 3),
        ([-INF, 0.0, -INF], [0, 1, 0]),
        ([INF, 0.0, INF], [0.5, 0, 0.5]),
        ([0.0, INF, INF], [0, 0.5, 0.5]),
        ([-INF, -INF, 0.0], [0, 0, 1]),
    ],
)
def test_logcumsumexp_of_infinities(x: list[float], slope: list[float]) -> None:
    assert_allclose(gradient("logcumsumexp(x)[-1]", x=x), slope, rtol=1e-15)
    assert_allclose(gradient("logsumexp(x)", x=x), slope, rtol=1e-15)
    assert np.all(np.isfinite(hessian("logcumsumexp(x)[-1]", x)))


# Running extremes.


def test_ties_of_running_extremes() -> None:
    """The last of equal ones is the one that counts, as in PyTorch."""
    assert_array_equal(gradient("sum(cummax(x)[0])", x=[1.0, 3, 3, 2]), [1, 1, 2, 0])
    assert_array_equal(gradient("sum(cummin(x)[0])", x=[2.0, 1, 1, 4]), [1, 1, 2, 0])
    values, places = Expression("cummax(x)")(x=[1.0, 3, 3, 2])
    assert_array_equal(values, [1, 3, 3, 3])
    assert_array_equal(places, [0, 1, 2, 2])


def test_a_nan_stays_in_running_extremes() -> None:
    for name in ("cummax", "cummin"):
        values, places = Expression(f"{name}(x)")(x=[2.0, NAN, 5, NAN, 1])
        assert_array_equal(values, [2, NAN, NAN, NAN, NAN])
        assert_array_equal(places, [0, 1, 1, 3, 3])
        assert_array_equal(gradient(f"sum({name}(x)[0])", x=[2.0, NAN, 5]), [1, 2, 0])


# Order.


def test_sort_against_numpy() -> None:
    for axis in (0, 1):
        assert_array_equal(Expression(f"sort(x, axis={axis})")(x=X), np.sort(X, axis=axis))
        text = f"sort(x, dim={axis}, descending=true, stable=true)"
        assert_array_equal(Expression(text)(x=X), -np.sort(-X, axis=axis))
    assert_array_equal(Expression("sort(x)")(x=[2, NAN, -INF, 1]), [-INF, 1, 2, NAN])
    assert_array_equal(Expression("sort(x, descending=true)")(x=[2, NAN, 1]), [NAN, 2, 1])
    assert Expression("sort(x)").value_and_grad(x=2.0) == (2.0, {"x": 1.0})


def test_ties_of_a_sort_keep_their_order() -> None:
    assert_array_equal(gradient("sum(sort(x) * [1, 2, 3])", x=[2.0, 1, 1]), [3, 1, 2])
    assert_array_equal(gradient("sum(sort(x, descending=true) * [1, 2, 3])", x=[1.0, 2, 1]), [2, 1, 3])


def test_second_derivatives_of_a_sort() -> None:
    x = [3.0, 1.0, 2.0]
    assert_array_equal(gradient("sum(sort(x)^3 * [1, 2, 3])", x=x), [81, 3, 24])
    assert_array_equal(hessian("sum(sort(x)^3 * [1, 2, 3])", x), np.diag([54, 6, 24]))


def test_topk() -> None:
    values, places = Expression("topk(x, 2, dim=0, largest=false)")(x=[[3.0, 1], [2, 5], [4, 0]])
    assert_array_equal(values, [[2, 0], [3, 1]])
    assert_array_equal(places, [[1, 2], [0, 0]])
    assert_array_equal(gradient("topk(x, 1)[0][0]", x=[3.0, 3, 1]), [1, 0, 0])
    assert_array_equal(gradient("sum(topk(x, 2)[0] * [1, 10])", x=[3.0, 7, 1]), [10, 1, 0])
    assert Expression("topk(x, 0)[0]")(x=X).shape == (2, 0)
    assert Expression("v, i = topk(x, 1); v + i").value_and_grad(x=3.0) == (3.0, {"x": 1.0})


def test_topk_of_too_few() -> None:
    with pytest.raises(ShapeProblem, match=r"cannot pick 4 elements: axis -1 of \(2, 3\) has 3"):
        Expression("topk(x, 4)")(x=X)
    with pytest.raises(ShapeProblem, match="a scalar is 1"):
        Expression("topk(x, 2)")(x=1.0)
    with pytest.raises(EvaluationError, match="cannot pick 3 elements: there are 2"):
        Expression("topk(x[x > 0], 3)")(x=[1.0, -1, 2])
    with pytest.raises(CallProblem, match="needs a size that is not negative for k, and got -1"):
        Expression("topk(x, -1)")(x=X)


def test_positions_are_exact_in_single_precision() -> None:
    """Half of the numbers above 2^24 are no float32, and gradients are scattered by positions."""
    given = {"x": Given((3,), "float")}
    source = Source("sort(x)[0]")
    output = build(parse(source), source, given, ("x",)).outputs[0]
    (slope,) = derive.gradient(output, [node for node in reachable([output]) if node.op is INPUT])
    assert slope is not None
    traced = trace([slope], {"x": np.array([3.0, 1, 2], "float32")}, "float32")
    (places,) = [value for node, value in traced.items() if node.op.gradless]
    assert places.dtype == np.float64


# Positions, counts and truths have no gradient.


@pytest.mark.parametrize(
    ("text", "culprit"),
    [
        ("argmax(x)", "argmax(x)"),
        ("2 * argmin(x)^2", "argmin(x)"),
        ("any(x)", "any(x)"),
        ("sum(all(x > 0) * y)", "all(x > 0)"),
        ("count_nonzero(x > 1) + y", "count_nonzero(x > 1)"),
        ("floor(argmax(x))", "argmax(x)"),
        ("argmax(x) > 1", "argmax(x)"),
        ("topk(x, 2)[1][0]", "topk(x, 2)"),
        ("cummax(x)[1][0] * y", "cummax(x)"),
        ("y * grad(argmax(x), x)[0]", "argmax(x)"),
        ("diff(argmax([y, x]), y)", "argmax([y, x])"),
    ],
)
def test_no_gradient_through_a_position(text: str, culprit: str) -> None:
    name = "y" if "diff" in text else "x"
    x = 1.0 if "diff" in text else [1.0, 3.0, 2.0]
    expression = Expression(text)
    ask = [lambda: expression.grad(wrt=(name,), x=x, y=2.0)]
    if "grad" not in text:
        ask.append(lambda: expression.jacobian(wrt=(name,), x=x, y=2.0))
        ask.append(lambda: expression.hessian(wrt=(name,), x=x, y=2.0))
    for one in ask:
        with pytest.raises(GradientProblem, match=f"no gradient, and {name} reaches the output") as caught:
            one()
        error = caught.value
        assert error.exit_code == 3
        assert error.source is not None
        assert error.span is not None
        assert error.source.text[error.span.start : error.span.end] == culprit
    if "grad" not in text and "diff" not in text:
        with pytest.raises(GradientProblem):
            expression.jvp({"x": [1.0, 0, 0]}, x=x, y=2.0)


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        # Another way leads there.
        ("x[argmax(x)]", [0, 1, 0]),
        ("argmax(x) + sum(x)", [1, 1, 1]),
        ("sum(x * count_nonzero(x))", [3, 3, 3]),
        # It only decides.
        ("sum(where(any(x > 2), y, 1))", [0, 0, 0]),
        ("y if all(x) else 1", [0, 0, 0]),
        ("[10, 20, 30][argmax(x)]", [0, 0, 0]),
        # It was cut off on purpose.
        ("y * detach(argmax(x))", [0, 0, 0]),
    ],
)
def test_a_position_that_is_not_in_the_way(text: str, slope: list[float]) -> None:
    assert_array_equal(Expression(text).grad(wrt="x", x=[1.0, 3.0, 2.0], y=2.0)["x"], slope)


def test_a_second_derivative_past_a_position_is_zero() -> None:
    assert_array_equal(hessian("sum(x * argmax(x))", [1.0, 3.0]), np.zeros((2, 2)))
