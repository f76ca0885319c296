"""Thirty-two answers that at least one large library gets wrong, each with the truth from SymPy or mpmath.

PyTorch 2.13, JAX 0.10.2, HIPS autograd 1.9.1, MyGrad 2.5, CasADi, PyTensor, SymPy and tinygrad were asked;
who fails is said at each row. Rows without a true value test the written convention.
"""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose, assert_array_equal

from gradcli import Expression
from gradcli.errors import EvaluationError

X, Y = sympy.symbols("x y", positive=True)
TIGHT = 1e-13


def slopes(text: str, *orders: int, **values: Any) -> list[float]:
    """Derivatives by x of several orders."""
    return [Expression(f"diff({text}, x, {n})")(**values) for n in orders]


def true_slopes(formula: Any, at: float, *orders: int) -> list[float]:
    """The same by SymPy, as limits from the right where a formula cannot be put there."""
    return [float(sympy.limit(sympy.diff(formula, X, n), X, at, "+")) for n in orders]


def hessian(text: str, **values: float) -> np.ndarray:
    blocks = Expression(text).hessian(wrt=tuple(values), **values)
    return np.array([[blocks[a][b] for b in values] for a in values], dtype=float)


def true_hessian(formula: Any, x: float, y: float) -> np.ndarray:
    rows = sympy.hessian(formula, (X, Y)).subs(Y, y)
    return np.array([[float(sympy.limit(rows[i, j], X, x, "+")) for j in range(2)] for i in range(2)])


def both_modes(text: str, **values: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The gradient, pulled back and pushed forward."""
    f = Expression(text)
    forward: dict[str, Any] = {}
    for name, one in values.items():
        size = int(np.size(one))
        units = np.eye(size).reshape(size, *np.shape(one))
        forward[name] = np.reshape([f.jvp({name: unit}, **values)[1] for unit in units], np.shape(one))
    return f.grad(**values), forward


def gives(text: str, expected: Any, **values: Any) -> None:
    """The gradient by the one name, in both modes."""
    for found in both_modes(text, **values):
        (one,) = found.values()
        assert_allclose(one, expected, rtol=TIGHT, atol=1e-15)


def test_row_1_an_exponent_of_zero() -> None:
    """PyTorch: [[0, 0], [0.5, 0.48]]."""
    assert_allclose(hessian("x^y", x=2.0, y=0.0), true_hessian(X**Y, 2, 0), rtol=TIGHT)


def test_row_2_x_to_the_x() -> None:
    """PyTorch: 1, 2, 2, 7; HIPS and tinygrad fail at order 4."""
    assert_allclose(slopes("x^x", 1, 2, 3, 4, x=1.0), true_slopes(X**X, 1, 1, 2, 3, 4), rtol=TIGHT)


def test_row_3_a_base_of_zero_squared() -> None:
    """PyTorch's functional: nan."""
    assert_array_equal(hessian("x^y", x=0.0, y=2.0), true_hessian(X**Y, 0, 2))


def test_row_4_a_base_of_zero_to_the_first() -> None:
    """PyTorch, JAX, CasADi: nan. The mixed term is -inf from one side; by convention it is 1 and 0."""
    assert_array_equal(hessian("x^y", x=0.0, y=1.0), [[0, 1], [0, 0]])


def test_row_5_to_the_first_in_a_name() -> None:
    """PyTorch and JAX: nan."""
    assert slopes("x^k", 2, 3, 4, x=0.0, k=1.0) == true_slopes(X**1, 0, 2, 3, 4)


def test_row_6_a_square_to_the_third_order() -> None:
    """JAX: nan."""
    assert slopes("x^2.0", 3, x=0.0) == true_slopes(X**2, 0, 3)


def test_row_7_to_the_zeroth() -> None:
    """JAX: nan."""
    assert slopes("x^0.0", 1, x=0.0) == [0.0]


@pytest.mark.parametrize(
    "matrix", [[[1, 2], [2, 4]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]], ids=["row 8", "row 9"]
)
def test_rows_8_and_9_singular_determinants(matrix: list[list[int]]) -> None:
    """PyTorch: zeros; HIPS and PyTensor raise."""
    cofactors = np.array(sympy.Matrix(matrix).adjugate().T.tolist(), dtype=float)
    for found in both_modes("det(A)", A=np.array(matrix, dtype=float)):
        assert_allclose(found["A"], cofactors, atol=1e-13)


def test_row_10_a_determinant_twice() -> None:
    """PyTorch: nan."""
    formula = sympy.diag(X, 1, 1).det()
    assert slopes("det(diag([x, 1, 1]))", 1, 2, x=0.0) == true_slopes(formula, 0, 1, 2)


def test_row_11_no_matrix_at_all() -> None:
    """JAX: IndexError."""
    assert Expression("det(A)").grad(A=np.zeros((0, 0)))["A"].shape == (0, 0)


def test_row_12_sinc() -> None:
    """PyTorch and HIPS: nan."""
    series = sympy.series(sympy.sin(sympy.pi * X) / (sympy.pi * X), X, 0, 7).removeO()
    assert_allclose(slopes("sinc(x)", 1, 2, 3, 4, x=0.0), true_slopes(series, 0, 1, 2, 3, 4), rtol=TIGHT)


def test_row_13_the_norm_of_nothing() -> None:
    """PyTorch: nan at order 2; JAX, HIPS, MyGrad, CasADi: nan at order 1."""
    gives("norm(x)", [0, 0], x=np.zeros(2))
    assert_array_equal(Expression("norm(x)").hessian(x=np.zeros(2))["x"]["x"], np.zeros((2, 2)))


def test_row_14_the_deviation_of_equals() -> None:
    """JAX, HIPS, MyGrad: nan."""
    gives("std(x)", [0, 0], x=np.array([2.0, 2.0]))
    gives("std(x, correction=0)", [0], x=np.array([5.0]))


@pytest.mark.parametrize("inner", ["sqrt(x)", "log(x)"])
def test_rows_15_and_17_a_branch_not_taken(inner: str) -> None:
    """PyTorch, JAX, HIPS, MyGrad: nan in reverse, 0 forward."""
    gives(f"where(x > 0, {inner}, 0)", 0.0, x=0.0)


def test_row_16_sinc_by_hand() -> None:
    """PyTorch, JAX, HIPS, MyGrad: nan."""
    gives("where(x == 0, 1, sin(x)/x)", 0.0, x=0.0)


def test_row_18_the_direction_of_nothing() -> None:
    """PyTorch: 0 in reverse, nan forward."""
    gives("atan2(x, x)", 0.0, x=0.0)


@pytest.mark.parametrize("at", [800.0, -50.0])
def test_row_19_softplus_by_hand(at: float) -> None:
    """PyTorch and JAX: inf with gradient 0, or 0 with gradient 0."""
    with mpmath.workdps(500):
        value, slope = mpmath.log1p(mpmath.exp(at)), 1 / (1 + mpmath.exp(-at))
        second = slope * (1 - slope)
    assert_allclose(Expression("log(1+exp(x))")(x=at), float(value), rtol=TIGHT)
    gives("log(1+exp(x))", float(slope), x=at)
    assert_allclose(slopes("log(1+exp(x))", 2, x=at), [float(second)], rtol=TIGHT)


def test_row_20_logsumexp_by_hand() -> None:
    """PyTorch and JAX: inf, nan."""
    with mpmath.workdps(60):
        share = 1 / (1 + mpmath.exp(-1))
        value = 1000 + mpmath.log(1 + mpmath.exp(-1))
    x = np.array([1000.0, 999.0])
    assert_allclose(Expression("log(sum(exp(x)))")(x=x), float(value), rtol=TIGHT)
    gives("log(sum(exp(x)))", [float(share), float(1 - share)], x=x)


def test_row_21_sigmoid_by_hand() -> None:
    """PyTorch and JAX: 0 with gradient nan."""
    assert Expression("1/(1+exp(-x))")(x=-800.0) == 0.0
    gives("1/(1+exp(-x))", 0.0, x=-800.0)


@pytest.mark.parametrize("text", ["exp(x)-1", "log(1+x)"])
def test_row_22_digits_next_to_one(text: str) -> None:
    """PyTorch and JAX: 0."""
    assert Expression(text)(x=1e-18) == 1e-18


def test_row_23_softmax_by_hand() -> None:
    """PyTorch and JAX: nan; PyTensor: a gradient of nan."""
    x = np.array([1000.0, 0.0])
    assert_array_equal(Expression("exp(x)/sum(exp(x))")(x=x), [1, 0])
    assert_array_equal(Expression("exp(x)/sum(exp(x))").jacobian(x=x)["x"], np.zeros((2, 2)))


def test_row_24_two_bends() -> None:
    """The identity in disguise: its parts have a bend at 0, and the convention there is 0."""
    gives("relu(x)-relu(-x)", 0.0, x=0.0)


@pytest.mark.parametrize("text", ["sqrt(x*x)", "(x^2)^0.5"])
def test_row_25_abs_by_hand(text: str) -> None:
    """PyTorch, JAX and PyTensor: nan."""
    gives(text, 0.0, x=0.0)


def test_row_26_the_logarithm_of_a_negative_determinant() -> None:
    """PyTorch: nan with a gradient of 0; JAX: nan with a gradient that looks valid."""
    with pytest.raises(EvaluationError, match="negative"):
        Expression("logdet(A)").grad(A=[[0.0, 1.0], [1.0, 0.0]])


def test_row_27_a_nan_operand() -> None:
    """PyTorch: 1, 1; JAX: 0, 0; MyGrad: 0, 1."""
    for found in both_modes("maximum(x, y)", x=np.nan, y=1.0):
        assert found == {"x": 1.0, "y": 0.0}


def test_row_28_the_maximum_of_one_name() -> None:
    """MyGrad: 0, and 0 for asin at 1."""
    gives("maximum(x, x)", 1.0, x=1.0)
    assert Expression("asin(x)").grad(x=1.0) == {"x": np.inf}


def test_row_29_products_with_zeros() -> None:
    """HIPS: nan."""
    a, b, c = sympy.symbols("a b c")
    at = {a: 2, b: 0, c: 3}
    product = [float(sympy.diff(a * b * c, one).subs(at)) for one in at]
    running = [float(sympy.diff(a + a * b + a * b * c, one).subs(at)) for one in at]
    gives("prod(x)", product, x=np.array([2.0, 0.0, 3.0]))
    gives("sum(cumprod(x))", running, x=np.array([2.0, 0.0, 3.0]))


def test_row_30_the_logarithm_of_a_determinant() -> None:
    """SymPy: 0."""
    matrix = [[2, 1, 0], [0, 3, 1], [1, 0, 2]]
    inverse = np.array(sympy.Matrix(matrix).inv().T.tolist(), dtype=float)
    gives("log(det(A))", inverse, A=np.array(matrix, dtype=float))
    gives("logdet(A)", inverse, A=np.array(matrix, dtype=float))


def test_row_31_ties_of_a_maximum() -> None:
    """PyTensor: the number of ties."""
    for found in both_modes("max(x)", x=np.array([3.0, 1.0, 3.0, 3.0])):
        assert_allclose(np.sum(found["x"]), 1.0, rtol=TIGHT)


def test_row_32_clip_at_its_bounds() -> None:
    """PyTorch: 1; JAX: 0.5."""
    for at in (0.0, 1.0):
        gives("clip(x, 0, 1)", 0.0, x=at)
