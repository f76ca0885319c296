"""Eigenvalues and singular values: where they meet, where they vanish, and what is a convention."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sampling import generator

from gradcli import Expression
from gradcli.errors import ExpressionError

I2 = np.eye(2)
# An orthogonal matrix without a zero, so that rounding parts what is equal.
TURN = np.linalg.qr(np.array([[1.0, 2, 2], [2, -1, 0.5], [0.3, 1, -2]]))[0]
LONG = np.linalg.qr(np.array([[1.0, 2, 2], [2, -1, 0.5], [0.3, 1, -2], [1, 1, 1]]))[0]


def gradient(text: str, **values: Any) -> np.ndarray:
    (found,) = Expression(text).grad(**values).values()
    return np.asarray(found)


def hessian(text: str, matrix: np.ndarray) -> np.ndarray:
    return np.asarray(Expression(text).hessian(A=matrix)["A"]["A"]).reshape(matrix.size, matrix.size)


def test_values_are_those_of_numpy() -> None:
    rng = generator("spectra")
    a = rng.uniform(-1, 1, (3, 4, 4))
    s = (a + a.mT) / 2
    assert_allclose(Expression("eigvalsh(A)")(A=s), np.linalg.eigvalsh(s), atol=1e-14)
    # Of a matrix that is not symmetric, those of its symmetric part.
    assert_allclose(Expression("eigvalsh(A)")(A=a), np.linalg.eigvalsh(s), atol=1e-14)
    wide = rng.uniform(-1, 1, (2, 3, 5))
    assert_allclose(Expression("svdvals(A)")(A=wide), np.linalg.svd(wide, compute_uv=False), atol=1e-14)


def test_factors_multiply_to_the_matrix() -> None:
    rng = generator("factors")
    a = rng.uniform(-1, 1, (2, 3, 3))
    f = Expression('w, v = eigh(A); einsum("...ij,...j,...kj->...ik", v, w, v)')
    assert_allclose(f(A=a), (a + a.mT) / 2, atol=1e-14)
    assert_allclose(Expression("v = eigh(A)[1]; v @ v.T")(A=a[0]), np.eye(3), atol=1e-14)
    for shape in ((3, 5), (5, 3), (2, 4, 3)):
        b = rng.uniform(-1, 1, shape)
        f = Expression('u, s, vh = svd(B); einsum("...ij,...j,...jk->...ik", u, s, vh)')
        assert_allclose(f(B=b), b, atol=1e-14)
        # Through all factors and back the derivative is that of the matrix itself.
        weight = rng.uniform(-1, 1, shape)
        g = Expression('u, s, vh = svd(B); sum(W * einsum("...ij,...j,...jk->...ik", u, s, vh))')
        assert_allclose(g.grad(wrt="B", B=b, W=weight)["B"], weight, atol=1e-12)


def test_a_whole_spectral_function_of_the_factors() -> None:
    """V diag(exp(w)) V.T is the exponential, at first and second order."""
    a = TURN @ np.diag([0.5, -1, 2]) @ TURN.T
    turned = "w, v = eigh((A + A.T) / 2); sum((v @ diag(exp(w)) @ v.T) * [[1, 2, 0], [0, 1, -1], [3, 0, 1]])"
    direct = "sum(expm((A + A.T) / 2) * [[1, 2, 0], [0, 1, -1], [3, 0, 1]])"
    assert_allclose(gradient(turned, A=a), gradient(direct, A=a), rtol=1e-12)
    assert_allclose(hessian(turned, a), hessian(direct, a), rtol=1e-10, atol=1e-11)


# Where they meet.


@pytest.mark.parametrize(
    ("spectral", "direct"),
    [
        ("sum(eigvalsh(A))", "trace(S)"),
        ("sum(eigvalsh(A)^2)", "trace(S @ S)"),
        ("sum(eigvalsh(A)^3)", "trace(S @ S @ S)"),
        ("sum(eigvalsh(A))^2 * sum(eigvalsh(A)^2)", "trace(S)^2 * trace(S @ S)"),
        ("prod(eigvalsh(A))", "det(S)"),
        ("w = eigh(A)[0]; w[0] * w[1] * w[2]", "det(S)"),
        ("sum(exp(eigvalsh(A)))", "trace(expm(S))"),
        ("sum(eigvalsh(A)^-1)", "trace(inv(S))"),
    ],
)
@pytest.mark.parametrize("values", [(1, 1, 1), (1, 1, 2), (2, 1, 1), (1, 1 + 1e-9, 2), (1, 1 + 1e-4, 3)])
@pytest.mark.parametrize("turned", [False, True])
def test_symmetric_functions_of_eigenvalues_that_meet(
    spectral: str, direct: str, values: tuple[float, ...], turned: bool
) -> None:
    matrix = np.diag(np.array(values, dtype=float))
    if turned:
        matrix = TURN @ matrix @ TURN.T
    direct = f"S = (A + A.T) / 2; {direct}"
    assert_allclose(gradient(spectral, A=matrix), gradient(direct, A=matrix), atol=1e-12)
    expected = hessian(direct, matrix)
    assert_allclose(hessian(spectral, matrix), expected, atol=1e-8 * max(1, np.abs(expected).max()))


@pytest.mark.parametrize(
    ("spectral", "direct"),
    [
        ("sum(svdvals(A)^2)", "sum(A^2)"),
        ("sum(svdvals(A)^4)", "sum((A.T @ A)^2)"),
        ("prod(svdvals(A)^2)", "det(A.T @ A)"),
    ],
)
@pytest.mark.parametrize("values", [(1, 1, 1), (2, 1, 1), (2, 1, 0), (1, 0, 0), (0, 0, 0), (3, 2, 1e-9)])
@pytest.mark.parametrize("form", ["square", "tall", "wide"])
def test_even_functions_of_singular_values_that_meet(
    spectral: str, direct: str, values: tuple[float, ...], form: str
) -> None:
    inner = np.diag(np.array(values, dtype=float)) @ TURN.T
    matrix = {"square": TURN @ inner, "tall": LONG @ inner, "wide": LONG @ inner}[form]
    if form == "wide":
        matrix, direct = matrix.T, direct.replace("A.T @ A", "A @ A.T")
    assert_allclose(gradient(spectral, A=matrix), gradient(direct, A=matrix), atol=1e-12)
    assert_allclose(hessian(spectral, matrix), hessian(direct, matrix), atol=1e-7)


WEIGHT = np.array([[1.0, 2, -1], [0.5, -2, 3], [1, 1, 0.3]])


def third(text: str, *, definition: str = "", **values: Any) -> np.ndarray:
    """The gradient of <Hessian @ U, U>."""
    for _ in range(2):
        text = f"sum(U * grad({text}, A))"
    return np.asarray(Expression(definition + text).grad(wrt="A", U=WEIGHT, **values)["A"])


@pytest.mark.parametrize("values", [(1, 1, 1), (1, 1, 2), (2, 1, 1), (0, 0, 0)])
@pytest.mark.parametrize("turned", [False, True])
def test_third_derivatives_where_eigenvalues_meet(values: tuple[float, ...], turned: bool) -> None:
    matrix = np.diag(np.array(values, dtype=float))
    matrix = TURN @ matrix @ TURN.T if turned else matrix
    for spectral, direct in (("sum(eigvalsh(A)^3)", "trace(S @ S @ S)"), ("prod(eigvalsh(A))", "det(S)")):
        expected = third(direct, definition="S = (A + A.T) / 2; ", A=matrix)
        assert_allclose(third(spectral, A=matrix), expected, atol=1e-11)


def test_third_derivatives_where_singular_values_meet() -> None:
    for values in ((1, 1, 2), (1, 1, 1), (2, 0, 0)):
        for left in (TURN, LONG):
            matrix = left @ np.diag(np.array(values, dtype=float)) @ TURN.T
            values_of = {"U": np.resize(WEIGHT, matrix.shape), "A": matrix}
            found, expected = [
                Expression(f"sum(U * grad(sum(U * grad({f}, A)), A))").grad(wrt="A", **values_of)["A"]
                for f in ("sum(svdvals(A)^4)", "sum((A.T @ A)^2)")
            ]
            assert_allclose(found, expected, atol=1e-9)


def test_the_fourth_derivative_is_right_and_the_fifth_says_that_it_is_not() -> None:
    text = "diff(sum(eigvalsh([[1 + 2 * x, 3 * x], [3 * x, 1 - x]])^6), x, {})"
    direct = "S = [[1 + 2 * x, 3 * x], [3 * x, 1 - x]]; diff(trace(S @ S @ S @ S @ S @ S), x, {})"
    for n in (1, 2, 3, 4):
        assert_allclose(Expression(text.format(n))(x=0.0), Expression(direct.format(n))(x=0.0), rtol=1e-12)
    assert math.isnan(Expression(text.format(5))(x=0.0))
    assert_allclose(Expression(text.format(5))(x=2.0), Expression(direct.format(5))(x=2.0), rtol=1e-10)


@pytest.mark.parametrize("values", [(1, 1, 1), (1, 1, 2), (0, 0, 0), (1, 2, 3), (1, 1 + 1e-9, 3)])
@pytest.mark.parametrize(
    ("vectors", "direct"),
    [
        ("w, v = eigh(A); v @ diag(exp(w)) @ v.T", "expm(S)"),
        ("v = eigh(A)[1]; v @ diag(eigvalsh(A)^3) @ v.T", "S @ S @ S"),
        ("w, v = eigh(A); v @ diag(w - 1) @ v.T", "S"),
    ],
)
def test_functions_of_a_matrix_where_eigenvalues_meet(
    vectors: str, direct: str, values: tuple[float, ...]
) -> None:
    matrix = TURN @ np.diag(np.array(values, dtype=float)) @ TURN.T
    start, _, last = vectors.rpartition("; ")
    found = f"{start}; sum(({last}) * {WEIGHT.tolist()})"
    known = f"S = (A + A.T) / 2; sum(({direct}) * {WEIGHT.tolist()})"
    assert_allclose(gradient(found, A=matrix), gradient(known, A=matrix), atol=1e-9)
    expected = hessian(known, matrix)
    assert_allclose(hessian(found, matrix), expected, atol=1e-8 * max(1, np.abs(expected).max()))


def test_a_projector_where_eigenvalues_meet() -> None:
    """Onto the space of the two that meet, it is the rest of the projector onto the third."""
    matrix = TURN @ np.diag([1.0, 1, 3]) @ TURN.T
    both = gradient(f"v = eigh(A)[1][:, :2]; sum((v @ v.T) * {WEIGHT.tolist()})", A=matrix)
    rest = gradient(f"v = eigh(A)[1][:, 2:]; sum((v @ v.T) * {WEIGHT.tolist()})", A=matrix)
    assert_allclose(both, -rest, atol=1e-12)


def test_a_batch_where_some_meet() -> None:
    batch = np.stack([np.eye(3), np.diag([1.0, 2, 3]), TURN @ np.diag([1.0, 1, 2]) @ TURN.T])
    text = "sum(eigvalsh(A)^3)^2"
    direct = 'S = (A + einsum("bij->bji", A)) / 2; sum(trace(S @ S @ S))^2'
    assert_allclose(hessian(text, batch), hessian(direct, batch), atol=1e-10)


def test_one_eigenvalue_of_several_that_meet_has_no_second_derivative() -> None:
    assert not np.isfinite(hessian("eigvalsh(A)[0]", I2)).all()
    # A simple one next to them has.
    found = hessian("eigvalsh(A)[2]", np.diag([1.0, 1, 3]))
    expected = np.zeros((9, 9))
    for i in (0, 1):
        for p in (3 * i + 2, 6 + i):
            for q in (3 * i + 2, 6 + i):
                expected[p, q] = 2 / (3 - 1) / 4
    assert_allclose(found, expected, atol=1e-14)


def test_the_vectors_where_values_meet() -> None:
    """They are not determined: nan, unless nothing is asked of them."""
    assert np.isnan(gradient("sum(eigh(A)[1] * [[1, 2], [3, 4]])", A=I2)).any()
    assert np.isnan(gradient("sum(svd(A)[0] * [[1, 2], [3, 4]])", A=I2)).any()
    assert_array_equal(gradient("sum(eigh(A)[0])", A=I2), I2)
    assert_array_equal(gradient("v = eigh(A)[1]; sum(0 * v)", A=I2), np.zeros((2, 2)))
    # The vector of a simple value stays determined.
    assert np.isfinite(gradient("sum(eigh(A)[1][:, 2]^2 * [1, 2, 3])", A=np.diag([1.0, 1, 2]))).all()


def test_known_gradients_where_values_meet() -> None:
    assert_array_equal(gradient("sum(eigvalsh(A))", A=I2), I2)
    assert_allclose(gradient("sum(svdvals(A))", A=I2), I2)
    assert_array_equal(gradient("sum(svdvals(A))", A=np.zeros((2, 2))), I2)
    assert_array_equal(gradient("sum(eigvalsh(A))", A=np.zeros((2, 2))), I2)


# Norms and condition.


@pytest.mark.parametrize("order", [None, "fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf])
def test_norms_of_matrices(order: Any) -> None:
    a = generator("norms", order).uniform(-1, 1, (2, 3, 4))
    p = f'"{order}"' if isinstance(order, str) else str(order)
    one = Expression(f"norm(A, {p})")
    assert_allclose(one(A=a[0]), np.linalg.norm(a[0], order), rtol=1e-13)
    for axis in ((0, 1), (1, 0), (-1, 0), (1, 2)):
        expected = np.linalg.norm(a, order, axis=axis)
        assert_allclose(Expression(f"norm(A, {p}, axis={axis})")(A=a), expected, rtol=1e-13)
        kept = Expression(f"norm(A, {p}, axis={axis}, keepdims=true)")(A=a)
        assert_allclose(kept, np.linalg.norm(a, order, axis=axis, keepdims=True), rtol=1e-13)


@pytest.mark.parametrize("p", ['"fro"', '"nuc"', "1", "-1", "2", "-2", "inf", "-inf"])
def test_the_norm_of_nothing_is_flat(p: str) -> None:
    f = Expression(f"norm(A, {p})")
    value, found = f.value_and_grad(A=np.zeros((2, 3)))
    assert value == 0
    assert_array_equal(found["A"], np.zeros((2, 3)))
    assert_array_equal(f.jvp({"A": np.ones((2, 3))}, A=np.zeros((2, 3)))[1], 0)
    assert_array_equal(f.hessian(A=np.zeros((2, 3)))["A"]["A"], np.zeros((2, 3, 2, 3)))


def test_norms_at_ties_and_at_low_rank() -> None:
    assert_allclose(gradient("norm(A, 2)", A=I2), I2 / 2)
    assert_allclose(gradient('norm(A, "nuc")', A=I2), I2)
    # Of rank 1 the smallest subgradient is the product of the two vectors.
    u, v = np.array([3, 4]) / 5, np.array([2, 1, 2]) / 3
    assert_allclose(gradient('norm(A, "nuc")', A=np.outer(u, v)), np.outer(u, v), atol=1e-14)
    assert_allclose(gradient("norm(A, -2)", A=np.outer(u, u)), np.zeros((2, 2)), atol=1e-14)


@pytest.mark.parametrize("p", [None, 2, -2, "fro", "nuc", 1, -1, math.inf, -math.inf])
def test_condition_numbers(p: Any) -> None:
    a = generator("cond").uniform(-1, 1, (2, 3, 3)) + 2 * np.eye(3)
    written = f'"{p}"' if isinstance(p, str) else str(p)
    assert_allclose(Expression(f"cond(A, {written})")(A=a), np.linalg.cond(a, p), rtol=1e-12)
    zero = Expression(f"cond(A, {written})")
    value, found = zero.value_and_grad(A=np.zeros((2, 2)))
    assert value == (0 if p == -2 else math.inf)
    assert_array_equal(found["A"], np.zeros((2, 2)))


def test_errors() -> None:
    for text, message in (
        ("norm(A, 3)", "p=3 is not offered"),
        ('norm(A, "max")', 'p="max" is not offered'),
        ('norm(A, "nuc", axis=0)', r'norm\(\) of vectors knows no order "nuc"'),
        ("eigvalsh(A)", r"eigvalsh\(\) needs a square matrix: got \(2, 3\)"),
        ("svdvals(A[0])", r"svdvals\(\) needs a matrix: got \(3,\)"),
        ("cond(A, 1)", r"cond\(\) needs a square matrix"),
        ("norm(A, 2, axis=(0, 5))", "axis 5 is out of range"),
    ):
        with pytest.raises(ExpressionError, match=message):
            Expression(text)(A=np.ones((2, 3)))


@pytest.mark.parametrize("name", ["eigvalsh", "svdvals", "pinv", "expm", "cholesky"])
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_matrix_that_is_not_finite_answers_nan_and_leaves_the_others(name: str, bad: float) -> None:
    batch = np.stack([np.eye(2) * 2, np.array([[bad, 1], [1, 3]])])
    found = np.asarray(Expression(f"{name}(A)")(A=batch))
    assert np.isfinite(found[0]).all()
    assert np.isnan(found[1]).all()
    back = gradient(f"sum({name}(A))", A=batch)
    assert np.isfinite(back[0]).all()
    assert np.isnan(back[1]).any()
