"""Points where a derivative does not exist, or where engines get an existing one wrong.

A derivative that exists is given, at every order; where there is none, the smallest subgradient;
a gradient that is exactly zero stays zero whatever it is multiplied by; and both modes agree.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from gradcli import Expression
from gradcli.errors import EvaluationError

LOG2 = math.log(2)


def gradient(text: str, **values: Any) -> dict[str, Any]:
    return Expression(text).grad(**values)


def hessian(text: str, *names: str, **values: Any) -> np.ndarray:
    blocks = Expression(text).hessian(wrt=names, **values)
    return np.array([[blocks[a][b] for b in names] for a in names], dtype=float)


def orders(text: str, at: float, *wanted: int) -> list[float]:
    """The n-th derivatives by x, from the language's own diff."""
    return [Expression(f"diff({text}, x, {n})")(x=at) for n in wanted]


def forward(text: str, **values: Any) -> dict[str, Any]:
    """The derivative by each name, pushed forward one element at a time."""
    f = Expression(text)
    found: dict[str, Any] = {}
    for name, value in values.items():
        shape = np.shape(value)
        units = np.eye(max(1, int(np.prod(shape)))).reshape(-1, *shape)
        found[name] = np.reshape([f.jvp({name: unit}, **values)[1] for unit in units], shape)
    return found


# Where there is no derivative: the subgradient of smallest norm.


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("abs(x)", 0.0),
        ("abs(x)", -0.0),
        ("relu(x)", 0.0),
        ("relu(x)", -0.0),
        ("norm(x)", 0.0),
        ("clip(x, 0, 1)", 0.0),
        ("clip(x, 0, 1)", 1.0),
        ("clip(x, 0)", 0.0),
        ("clip(x, hi=1)", 1.0),
        ("floor(x)", 2.0),
        ("ceil(x)", 2.0),
        ("round(x)", 2.5),
        ("x // 2", 4.0),
    ],
)
def test_a_kink_has_gradient_zero(text: str, at: float) -> None:
    assert gradient(text, x=at) == {"x": 0.0}
    assert forward(text, x=at)["x"] == 0.0


@pytest.mark.parametrize(
    "text",
    ["norm(x)", "norm(x, 1)", "norm(x, 2)", "norm(x, 3)", "norm(x, axis=0)", "norm(x, inf)", "norm(x, 0)"],
)
def test_a_norm_of_zeros_is_flat(text: str) -> None:
    zeros = [0.0, 0.0, 0.0]
    assert_array_equal(gradient(text, x=zeros)["x"], zeros)
    assert_array_equal(forward(text, x=zeros)["x"], zeros)
    assert_array_equal(Expression(text).hessian(x=zeros)["x"]["x"], np.zeros((3, 3)))


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_a_tie_of_two_is_halved(name: str) -> None:
    assert gradient(f"{name}(a, b)", a=1.0, b=1.0) == {"a": 0.5, "b": 0.5}
    assert gradient(f"{name}(a, 1)", a=1.0) == {"a": 0.5}
    assert gradient(f"{name}(1, a)", a=1.0) == {"a": 0.5}
    assert gradient(f"{name}(a, a)", a=1.0) == {"a": 1.0}
    assert_array_equal(
        gradient(f"sum({name}(a, 0))", a=[-1.0, 0.0, 1.0])["a"],
        [0, 0.5, 1] if name == "maximum" else [1, 0.5, 0],
    )


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_a_nan_operand_takes_the_gradient(name: str) -> None:
    assert gradient(f"{name}(a, b)", a=math.nan, b=1.0) == {"a": 1.0, "b": 0.0}
    assert gradient(f"{name}(a, b)", a=1.0, b=math.nan) == {"a": 0.0, "b": 1.0}
    assert gradient(f"{name}(a, b)", a=math.nan, b=math.nan) == {"a": 0.5, "b": 0.5}


def test_ties_of_a_reduction_are_shared() -> None:
    third = 1 / 3
    assert_array_equal(gradient("max(x)", x=[1, 3, 3, 3])["x"], [0, third, third, third])
    assert_array_equal(gradient("min(x)", x=[1.0, 1, 3])["x"], [0.5, 0.5, 0])
    assert_array_equal(gradient("sum(max(x, axis=1))", x=[[3, 3], [1, 2]])["x"], [[0.5, 0.5], [0, 1]])
    assert_array_equal(gradient("sum(min(x, axis=0))", x=[[3, 3], [3, 2]])["x"], [[0.5, 0], [0.5, 1]])
    assert_array_equal(gradient("max(x)", x=[0, math.nan, 1])["x"], [0, 1, 0])
    assert_array_equal(gradient("norm(x, inf)", x=[-2, 2, 1])["x"], [-0.5, 0.5, 0])


# A gradient of exactly zero stays zero.


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("where(x > 0, sqrt(x), 0)", 0.0),
        ("where(x > 0, log(x), 0)", 0.0),
        ("where(x > 0, log(x), 0)", -1.0),
        ("where(x == 0, 1, sin(x) / x)", 0.0),
        ("where(x > 0, 1 / x, 0)", 0.0),
        ("where(x > 0, x^0.5, 0)", 0.0),
        ("sqrt(x) if x > 0 else 0", 0.0),
        ("where(x > 0, acos(x + 2), 0)", 0.0),
        ("sqrt(x - 4) if x > 3 else 0 * x", 0.0),
        ("0 * sqrt(x)", 0.0),
        ("relu(-log(x + 1) - 1) * 0 + where(isnan(x), log(x), 1)", 0.0),
    ],
)
def test_a_branch_that_was_not_taken_does_not_leak(text: str, at: float) -> None:
    assert gradient(text, x=at) == {"x": 0.0}
    assert forward(text, x=at) == {"x": 0.0}
    assert Expression(text).hessian(x=at) == {"x": {"x": 0.0}}


@pytest.mark.parametrize(
    "text",
    [
        "sum(softmax(x))",
        "sum(log_softmax(x))",
        "logsumexp(x)",
        "cross_entropy(x, 1)",
        "sum(layer_norm(x))",
        "x @ [1, inf, 2]",
        "det(outer(x, x))",
        "slogdet(outer(x, x))[1]",
    ],
)
@pytest.mark.parametrize("x", [[math.inf, 1.0, 2.0], [math.nan, 1.0, 2.0], [-math.inf, math.inf, 0.0]])
def test_what_was_not_chosen_does_not_leak_through_several_elements(text: str, x: list[float]) -> None:
    given = {"x": x, "c": -1.0}
    assert_array_equal(Expression(f"where(c > 0, {text}, 0)").grad("x", **given)["x"], np.zeros(3))


def test_a_name_of_one_branch_alone_is_guarded_too() -> None:
    text = "sqrt(x) if y > 0 else y"
    assert gradient(text, x=-4.0, y=-1.0) == {"x": 0.0, "y": 1.0}
    assert gradient(text, x=4.0, y=1.0) == {"x": 0.25, "y": 0.0}
    assert forward(text, x=-4.0, y=-1.0) == {"x": 0.0, "y": 1.0}
    assert_array_equal(hessian(text, "x", "y", x=-4.0, y=-1.0), np.zeros((2, 2)))
    nested = "(log(x) if x > 0 else x^3) if y > 0 else y * x"
    for x, y, expected in ((2.0, 1.0, (0.5, 0.0)), (-2.0, 1.0, (12.0, 0.0)), (-2.0, -3.0, (-3.0, -2.0))):
        assert gradient(nested, x=x, y=y) == dict(zip("xy", expected, strict=True))
        assert forward(nested, x=x, y=y) == dict(zip("xy", expected, strict=True))


def test_a_zero_factor_stops_what_comes_behind_it() -> None:
    assert gradient("sqrt(x) * floor(x)", x=0.0) == {"x": 0.0}
    assert gradient("sqrt(x) * y", x=0.0, y=0.0) == {"x": 0.0, "y": 0.0}


def test_the_same_among_the_elements_of_an_array() -> None:
    x = [-1.0, 0.0, 4.0]
    assert_array_equal(gradient("sum(where(x > 0, sqrt(x), 0))", x=x)["x"], [0, 0, 0.25])
    assert_array_equal(forward("sum(where(x > 0, sqrt(x), 0))", x=x)["x"], [0, 0, 0.25])
    second = Expression("sum(where(x > 0, sqrt(x), 0))").hessian(x=x)["x"]["x"]
    assert_array_equal(second, np.diag([0, 0, -0.25 * 4**-1.5]))


def test_a_nan_that_comes_in_as_a_gradient_spreads() -> None:
    assert math.isnan(Expression("sin(x)").vjp(math.nan, x=1.0)[1]["x"])
    assert math.isnan(Expression("sin(x)").jvp({"x": math.nan}, x=1.0)[1])
    found = Expression("where(x > 0, sqrt(x), 0)").vjp([math.nan, 1.0], x=[0.0, 4.0])[1]["x"]
    assert_array_equal(found, [0.0, 0.25])


def test_a_zero_tangent_stays_zero() -> None:
    assert Expression("sqrt(x) + y").jvp({"x": 0.0, "y": 1.0}, x=0.0, y=2.0)[1] == 1.0
    assert Expression("log(x) * y").jvp({"x": 0.0}, x=0.0, y=2.0)[1] == 0.0


def test_the_strong_product_keeps_second_derivatives() -> None:
    assert_array_equal(hessian("x * y", "x", "y", x=0.0, y=0.0), [[0, 1], [1, 0]])
    assert_array_equal(hessian("x^2 * y^2", "x", "y", x=0.0, y=3.0), [[18, 0], [0, 0]])
    assert_array_equal(hessian("x / y", "x", "y", x=0.0, y=2.0), [[0, -0.25], [-0.25, 0]])
    assert orders("x^3 * exp(x)", 0.0, 1, 2, 3, 4) == [0, 0, 6, 24]
    assert orders("sin(x)^2", 0.0, 1, 2, 3, 4) == [0, 2, 0, -8]


# Powers, whose derivatives engines lose at zero.


def test_power_at_an_exponent_of_zero() -> None:
    assert_allclose(hessian("x^y", "x", "y", x=2.0, y=0.0), [[0, 0.5], [0.5, LOG2**2]], rtol=1e-15)
    for x, y in ((0.5, 0.0), (2.0, 3.0)):
        log = math.log(x)
        mixed = x ** (y - 1) * (1 + y * log)
        expected = [[y * (y - 1) * x ** (y - 2), mixed], [mixed, x**y * log**2]]
        assert_allclose(hessian("x^y", "x", "y", x=x, y=y), expected, rtol=1e-14)


def test_x_to_the_x() -> None:
    assert_allclose(orders("x^x", 1.0, 1, 2, 3, 4), [1, 2, 3, 8], rtol=1e-14)


def test_power_at_a_base_of_zero() -> None:
    assert_array_equal(hessian("x^y", "x", "y", x=0.0, y=2.0), [[2, 0], [0, 0]])
    assert not np.isnan(hessian("x^y", "x", "y", x=0.0, y=1.0)).any()
    assert_array_equal(hessian("x^y", "x", "y", x=0.0, y=3.0), np.zeros((2, 2)))


@pytest.mark.parametrize("exponent", ["y", "2.0", "2"])
def test_whole_powers_at_zero(exponent: str) -> None:
    for k, expected in ((1, [1, 0, 0, 0]), (2, [0, 2, 0, 0]), (3, [0, 0, 6, 0]), (0, [0, 0, 0, 0])):
        text = f"x^{float(k)}" if exponent == "2.0" else f"x^{k}" if exponent == "2" else "x^y"
        found = [Expression(f"diff({text}, x, {n})")(x=0.0, y=float(k)) for n in (1, 2, 3, 4)]
        assert found == expected, (text, k)


def test_broken_powers_at_zero() -> None:
    assert gradient("x^0.5", x=0.0) == {"x": math.inf}
    assert orders("x^2.5", 0.0, 1, 2) == [0, 0]
    assert orders("x^2.5", 0.0, 3) == [math.inf]
    assert gradient("x^y", x=0.0, y=0.0) == {"x": 0.0, "y": 0.0}
    assert gradient("x^y", x=0.0, y=0.5)["y"] == 0.0
    assert gradient("x^-1", x=0.0) == {"x": -math.inf}


def test_powers_of_a_negative_base() -> None:
    assert gradient("x^3", x=-2.0) == {"x": 12.0}
    found = gradient("x^y", x=-2.0, y=3.0)
    assert found["x"] == 12.0
    assert math.isnan(found["y"])
    assert math.isnan(gradient("x^0.5", x=-2.0)["x"])


# Determinants of singular matrices.


@pytest.mark.parametrize(
    ("matrix", "cofactors"),
    [
        ([[1, 2], [2, 4]], [[4, -2], [-2, 1]]),
        ([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[-3, 6, -3], [6, -12, 6], [-3, 6, -3]]),
        ([[0, 0], [0, 0]], [[0, 0], [0, 0]]),
        ([[1, 2, 3], [2, 4, 6], [3, 6, 9]], np.zeros((3, 3))),
        (np.diag([1.0, 2, 3, 0]), np.diag([0.0, 0, 0, 6])),
        (np.diag([1.0, 2, 0, 0]), np.zeros((4, 4))),
        (np.diag([-1.0, 2, 3, 0, 5]), np.diag([0.0, 0, 0, -30, 0])),
    ],
)
def test_gradient_of_a_singular_determinant(matrix: Any, cofactors: Any) -> None:
    found = gradient("det(A)", A=matrix)["A"]
    assert_allclose(found, cofactors, atol=1e-13)
    assert_allclose(forward("det(A)", A=matrix)["A"], cofactors, atol=1e-13)


def test_a_singular_determinant_to_the_second_order() -> None:
    text = "det(diag([x, 1, 1]))"
    assert orders(text, 0.0, 1, 2, 3) == [1, 0, 0]
    assert orders("det([[x, 1], [1, x]])", 1.0, 1, 2, 3) == [2, 2, 0]
    assert_allclose(orders("det(diag([x, x, 1, 2]))", 0.0, 1, 2), [0, 4], atol=1e-13)
    assert_allclose(orders("det(diag([x, x, x, 2]))", 0.0, 1, 2), [0, 0], atol=1e-13)
    assert_allclose(orders("det(diag([x, 3, 1, 2]))", 0.0, 1, 2), [6, 0], atol=1e-13)


def test_a_determinant_of_nan() -> None:
    matrix = np.diag([1.0, 2, 3, math.nan])
    value, found = Expression("det(A)").value_and_grad(A=matrix)
    assert math.isnan(value)
    assert np.isnan(found["A"]).any()
    assert np.isnan(Expression("det(A)").hessian(A=matrix)["A"]["A"]).any()


def test_no_matrix_at_all() -> None:
    assert Expression("det(A)")(A=np.zeros((0, 0))) == 1.0
    assert gradient("det(A)", A=np.zeros((0, 0)))["A"].shape == (0, 0)
    assert Expression("det(A)").hessian(A=np.zeros((0, 0)))["A"]["A"].shape == (0, 0, 0, 0)


def test_the_logarithm_of_a_negative_determinant_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="negative"):
        gradient("logdet(A)", A=[[0.0, 1], [1, 0]])


def test_gradient_of_a_logarithmic_determinant() -> None:
    matrix = np.array([[2.0, 0.5], [-0.3, 1.5]])
    assert_allclose(gradient("logdet(A)", A=matrix)["A"], np.linalg.inv(matrix).T, rtol=1e-14)


# Spread, direction, product, and what is left.


def test_the_deviation_of_equal_numbers() -> None:
    assert Expression("std(x)").value_and_grad(x=[2.0, 2.0])[0] == 0.0
    assert_array_equal(gradient("std(x)", x=[2.0, 2.0])["x"], [0, 0])
    assert_array_equal(gradient("std(x, correction=0)", x=[5.0])["x"], [0])
    assert_array_equal(forward("std(x)", x=[2.0, 2.0])["x"], [0, 0])
    assert_array_equal(Expression("std(x)").hessian(x=[2.0, 2.0])["x"]["x"], np.zeros((2, 2)))
    root = math.sqrt(7 / 3)
    expected = [(one - 7 / 3) / (2 * root) for one in (1, 2, 4)]
    assert_allclose(gradient("std(x)", x=[1, 2, 4])["x"], expected, rtol=1e-14)


@pytest.mark.parametrize("text", ["atan2(x, x)", "atan2(x, 2 * x)", "atan2(0 * x, x)"])
def test_the_direction_of_nothing(text: str) -> None:
    assert gradient(text, x=0.0) == {"x": 0.0}
    assert forward(text, x=0.0) == {"x": 0.0}


def test_products_with_zeros() -> None:
    assert_array_equal(gradient("prod(x)", x=[2, 0, 3])["x"], [0, 6, 0])
    assert_array_equal(gradient("prod(x)", x=[0, 0, 3])["x"], [0, 0, 0])
    assert_array_equal(
        Expression("prod(x)").hessian(x=[0, 0, 3])["x"]["x"], [[0, 3, 0], [3, 0, 0], [0, 0, 0]]
    )
    # The size of a masked array is not known while the graph is built.
    assert_array_equal(gradient("prod(x[x < 5])", x=[2, 0, 3, 7])["x"], [0, 6, 0, 0])
    assert_array_equal(gradient("prod(x[x < 5])", x=[0, 0, 3, 7])["x"], [0, 0, 0, 0])
    found = Expression("prod(x[x < 5])").hessian(x=[0, 0, 3, 7])["x"]["x"]
    assert_array_equal(found, [[0, 3, 0, 0], [3, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])


def test_reductions_of_infinities() -> None:
    assert_array_equal(gradient("logsumexp(x)", x=[-math.inf, 0])["x"], [0, 1])
    assert Expression("logsumexp(x)")(x=[-math.inf, -math.inf]) == -math.inf
    assert Expression("logsumexp(x)")(x=[math.inf, 0]) == math.inf
    assert_array_equal(Expression("softmax(x)")(x=[1000, 0]), [1, 0])
    assert_array_equal(gradient("softmax(x)[0]", x=[1000, 0])["x"], [0, 0])
    assert_array_equal(gradient("log_softmax(x)[1]", x=[1000, 0])["x"], [-1, 1])
    assert_array_equal(gradient("softmax(x)[0]", x=[-math.inf, 0])["x"], [0, 0])


@pytest.mark.parametrize(
    ("text", "at", "value", "slope"),
    [
        ("sigmoid(x)", -1000, 0.0, 0.0),
        ("sigmoid(x)", 1000, 1.0, 0.0),
        ("softplus(x)", 1000, 1000.0, 1.0),
        ("softplus(x)", -1000, 0.0, 0.0),
        ("tanh(x)", 1000, 1.0, 0.0),
        ("expm1(x)", -1000, -1.0, 0.0),
        ("sqrt(x)", 0, 0.0, math.inf),
        ("log(x)", 0, -math.inf, math.inf),
        ("log1p(x)", -1, -math.inf, math.inf),
        ("1 / x", 0, math.inf, -math.inf),
        ("asin(x)", 1, math.pi / 2, math.inf),
        ("exp(x)", 1000, math.inf, math.inf),
    ],
)
def test_far_out(text: str, at: float, value: float, slope: float) -> None:
    assert Expression(text).value_and_grad(x=at) == (value, {"x": slope})
    assert_array_equal(Expression(f"{text} + [0]").value_and_grad(x=at, wrt=())[0], [value])


def test_sigmoid_keeps_its_digits() -> None:
    assert_allclose(gradient("sigmoid(x)", x=40.0)["x"], math.exp(-40), rtol=1e-14)
    assert_allclose(gradient("sigmoid(x)", x=-40.0)["x"], math.exp(-40), rtol=1e-14)
    assert_allclose(Expression("softplus(x)").value_and_grad(x=-50.0)[0], math.exp(-50), rtol=1e-14)


def test_derivatives_keep_their_digits_far_out() -> None:
    assert_allclose(gradient("expm1(x)", x=-40.0)["x"], math.exp(-40), rtol=1e-14)
    x = 1 - 2.0**-40
    assert_allclose(gradient("asin(x)", x=x)["x"], 1 / math.sqrt(2.0**-40 * (2 - 2.0**-40)), rtol=1e-14)
    assert_allclose(gradient("acos(x)", x=-x)["x"], -1 / math.sqrt(2.0**-40 * (2 - 2.0**-40)), rtol=1e-14)
    assert_allclose(gradient("a / b", a=1e300, b=1e200)["b"], -1e-100, rtol=1e-14)
    assert_allclose(gradient("a / b", a=1e-300, b=1e-200)["b"], -1e100, rtol=1e-14)


def test_norm_neither_over_nor_underflows() -> None:
    for size in (1e200, 1e-200, 5e-324):
        value, found = Expression("norm(x)").value_and_grad(x=[3 * size, -4 * size])
        assert_allclose(value, 5 * size, rtol=1e-14)
        assert_allclose(found["x"], [0.6, -0.8], rtol=1e-14 if size > 1e-300 else 0.2)
    assert Expression("norm(x)")(x=[math.inf, 1]) == math.inf
    assert math.isnan(Expression("norm(x)")(x=[math.nan, 1]))


def test_empty_arrays() -> None:
    empty = np.zeros(0)
    for text, value in (("sum(x)", 0.0), ("prod(x)", 1.0), ("norm(x)", 0.0), ("logsumexp(x)", -math.inf)):
        found, back = Expression(text).value_and_grad(x=empty)
        assert found == value
        assert back["x"].shape == (0,)
    assert math.isnan(Expression("mean(x)").value_and_grad(x=empty)[0])
    assert gradient("mean(x)", x=empty)["x"].shape == (0,)
    assert gradient("var(x)", x=empty)["x"].shape == (0,)
    found = Expression("sum(a + b)").grad(a=np.zeros((3, 1)), b=np.zeros((1, 0)))
    assert_array_equal(found["a"], np.zeros((3, 1)))
    assert found["b"].shape == (1, 0)


def test_an_empty_maximum_is_refused_before_it_runs() -> None:
    with pytest.raises(Exception, match="no elements"):
        Expression("max(x)")(x=np.zeros(0))
    assert Expression("max(x, axis=1)")(x=np.zeros((0, 3))).shape == (0,)
