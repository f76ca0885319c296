"""Factors, pseudoinverses, powers and determinants: known values, identities, and known derivatives."""

from __future__ import annotations

import math
from itertools import permutations
from typing import Any

import numpy as np
import pytest
import scipy.linalg
from numpy.testing import assert_allclose, assert_array_equal
from sampling import generator

from gradcli import Expression
from gradcli.errors import EvaluationError, ExpressionError

RNG = generator("decompositions")
A3 = RNG.uniform(-1, 1, (3, 3)) + 2 * np.eye(3)
SPD = A3 @ A3.T
BATCH = RNG.uniform(-1, 1, (2, 3, 3)) + 2 * np.eye(3)


def gradient(text: str, wrt: str = "A", **values: Any) -> np.ndarray:
    return np.asarray(Expression(text).grad(wrt=wrt, **values)[wrt])


def same(left: str, right: str, *, rtol: float = 1e-11, **values: Any) -> None:
    """Two texts with the same value, gradient and Hessian by A."""
    for find in (
        lambda text: Expression(text)(**values),
        lambda text: gradient(text, **values),
        lambda text: Expression(text).hessian(wrt="A", **values)["A"]["A"],
    ):
        expected = find(right)
        atol = rtol * max(1.0, float(np.max(np.abs(expected), initial=0.0)))
        assert_allclose(find(left), expected, rtol=rtol, atol=atol)


# Cholesky.


def test_cholesky() -> None:
    assert_allclose(Expression("cholesky(A)")(A=SPD), np.linalg.cholesky(SPD))
    stack = BATCH @ np.swapaxes(BATCH, 1, 2)
    assert_allclose(Expression("cholesky(A)")(A=stack), np.linalg.cholesky(stack))
    same("L = cholesky(A); sum(W * (L @ L.T))", "sum(W * (A + A.T) / 2)", A=SPD, W=A3)
    same("2 * sum(log(diag(cholesky(A))))", "logdet((A + A.T) / 2)", A=SPD)


def test_cholesky_acts_on_the_symmetric_part() -> None:
    skew = np.array([[0.0, 1, 2], [-1, 0, 3], [-2, -3, 0]])
    assert_allclose(Expression("cholesky(A)")(A=SPD + skew), np.linalg.cholesky(SPD))
    found = gradient("sum(cholesky(A) * [[1, 0, 0], [2, 3, 0], [4, 5, 6]])", A=SPD)
    assert_array_equal(found, found.T)


def test_cholesky_by_hand() -> None:
    # [[a, b], [b, c]] has the factor [[sqrt(a), 0], [b / sqrt(a), sqrt(c - b^2 / a)]].
    found = gradient("cholesky(A)[1, 0]", A=[[4.0, 2], [2, 3]])
    assert_allclose(found, [[-2 / 16, 1 / 4], [1 / 4, 0]])


@pytest.mark.parametrize("matrix", [[[1.0, 2], [2, 1]], [[0.0, 0], [0, 0]], [[-1.0]]])
def test_cholesky_of_a_matrix_that_is_not_positive_definite(matrix: Any) -> None:
    with pytest.raises(EvaluationError, match=r"the matrix of cholesky\(\) is not positive definite"):
        Expression("cholesky(A)")(A=matrix)


# QR.


@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4), (2, 3, 3), (3, 1), (1, 3), (0, 0), (3, 0)])
def test_qr(shape: tuple[int, ...]) -> None:
    matrix = generator("qr", shape).uniform(-1, 1, shape)
    q, r = np.linalg.qr(matrix)
    assert_allclose(Expression("qr(A)[0]")(A=matrix), q, atol=1e-14)
    assert_allclose(Expression("qr(A)[1]")(A=matrix), r, atol=1e-14)


@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4)])
def test_the_factors_of_qr_multiply_to_the_matrix(shape: tuple[int, ...]) -> None:
    matrix = generator("qr", shape).uniform(-1, 1, shape)
    weight = generator("weight", shape).uniform(-1, 1, shape)
    same("q, r = qr(A); sum(W * (q @ r))^2", "sum(W * A)^2", A=matrix, W=weight)
    same("r = qr(A)[1]; sum((r.T @ r)^2)", "sum((A.T @ A)^2)", A=matrix)
    if shape[0] >= shape[1]:
        # Q has orthonormal columns wherever it is.
        assert_allclose(
            gradient("q = qr(A)[0]; sum((q.T @ q) * [[1, 2], [3, 4]])", A=matrix[:, :2]), 0, atol=1e-14
        )


def test_qr_of_dependent_columns_has_no_derivative() -> None:
    with pytest.raises(EvaluationError, match=r"qr\(\) has no derivative where the columns"):
        gradient("sum(qr(A)[1])", A=np.zeros((2, 2)))


# Determinants.


def test_slogdet() -> None:
    for matrix in (A3, -A3, BATCH, np.zeros((2, 2)), np.zeros((0, 0))):
        sign, logarithm = np.linalg.slogdet(matrix)
        assert_array_equal(Expression("slogdet(A)[0]")(A=matrix), sign)
        assert_allclose(Expression("slogdet(A)[1]")(A=matrix), logarithm)
    assert_allclose(gradient("slogdet(A)[1]", A=-A3), np.linalg.inv(-A3).T)
    assert_array_equal(gradient("slogdet(A)[1]", A=[[0.0, 1], [1, 0]]), [[0, 1], [1, 0]])
    assert_array_equal(gradient("slogdet(A)[0]", A=A3), np.zeros((3, 3)))
    same("sign, value = slogdet(A); sign * exp(value)", "det(A)", A=-A3)
    assert math.isnan(Expression("slogdet(A)[1]")(A=[[1.0, 0], [math.nan, 1]]))


def expanded(size: int) -> str:
    """A determinant as the sum over permutations, a polynomial."""
    terms = []
    for order in permutations(range(size)):
        odd = sum(order[i] > order[j] for i in range(size) for j in range(i + 1, size)) % 2
        terms.append(("-" if odd else "+") + "*".join([f"A[{i},{k}]" for i, k in enumerate(order)]))
    return "".join(terms).removeprefix("+")


@pytest.mark.parametrize(
    "matrix",
    [
        np.outer([1.0, 2, -1, 3], [2.0, 0, 1, 1]),
        np.diag([1.0, 2, 0, 0]),
        np.diag([3.0, 1, 2, 0]),
        np.zeros((4, 4)),
        np.arange(16.0).reshape(4, 4),
        np.eye(4) + np.arange(16.0).reshape(4, 4) / 10,
    ],
)
def test_every_derivative_of_a_determinant_that_may_be_zero(matrix: np.ndarray) -> None:
    rng = generator("determinant")
    u, v, w = rng.uniform(-1, 1, (3, 4, 4))
    given = {"A": matrix, "u": u, "v": v, "w": w}
    direct = expanded(4)
    # Along three directions, then by the matrix: the first to the fourth derivative.
    text = "{0}"
    for name in ("u", "v", "w"):
        text = f"sum({name} * grad({text}, A))"
        expected = gradient(text.format(direct), **given)
        found = gradient(text.format("det(A)"), **given)
        assert_allclose(
            found, expected, atol=1e-12 * max(1, np.abs(expected).max(), np.abs(matrix).max() ** 3)
        )


# Pseudoinverse and least squares.


@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4), (2, 3, 2), (0, 2), (2, 0)])
def test_pinv(shape: tuple[int, ...]) -> None:
    matrix = generator("pinv", shape).uniform(-1, 1, shape)
    assert_allclose(Expression("pinv(A)")(A=matrix), np.linalg.pinv(matrix), atol=1e-12)


def test_pinv_of_a_singular_matrix() -> None:
    matrix = np.array([[1.0, 2], [2, 4]])
    value, found = Expression("sum(pinv(A))").value_and_grad(A=matrix)
    assert_allclose(value, 9 / 25, rtol=1e-13)
    assert_allclose(found["A"], [[0.0048, -0.0144], [-0.0144, -0.0768]], rtol=1e-12)
    assert_allclose(Expression("pinv(A)")(A=np.zeros((2, 3))), np.zeros((3, 2)))
    assert_array_equal(gradient("sum(pinv(A))", A=np.zeros((2, 3))), np.zeros((2, 3)))


def test_pinv_where_it_is_the_inverse() -> None:
    same("sum(pinv(A) * W)", "sum(inv(A) * W)", A=A3, W=SPD)
    tall = RNG.uniform(-1, 1, (4, 2))
    same("sum(pinv(A) * W)", "sum((inv(A.T @ A) @ A.T) * W)", A=tall, W=tall.T)
    same("sum(pinv(A.T) * W)", "sum((A @ inv(A.T @ A)) * W)", A=tall, W=tall)


def test_pinv_drops_what_is_small() -> None:
    matrix = np.diag([1.0, 1e-3])
    assert_allclose(Expression("pinv(A)")(A=matrix), np.diag([1, 1e3]))
    assert_allclose(Expression("pinv(A, rcond=0.01)")(A=matrix), np.diag([1, 0]))


def test_lstsq() -> None:
    tall, right = RNG.uniform(-1, 1, (5, 2)), RNG.uniform(-1, 1, (5, 3))
    for a, b in ((tall, right), (tall, right[:, 0]), (tall.T, right[:2]), (tall.T, right[:2, 0])):
        assert_allclose(Expression("lstsq(a, b)")(a=a, b=b), np.linalg.lstsq(a, b)[0], atol=1e-13)
    same("sum(lstsq(A, b)^2)", "sum((inv(A.T @ A) @ A.T @ b)^2)", A=tall, b=right)
    same("sum(lstsq(A, b)^2)", "sum(solve(A, b)^2)", A=A3, b=right[:3, 0])
    batch = np.stack([tall, 2 * tall])
    assert_allclose(Expression("lstsq(a, b)")(a=batch, b=right)[1], np.linalg.lstsq(2 * tall, right)[0])


def test_lstsq_of_dependent_columns_gives_the_shortest() -> None:
    a = np.outer([1.0, 2, 2], [3, 4])
    b = np.array([1.0, 0, 1])
    assert_allclose(Expression("lstsq(a, b)")(a=a, b=b), np.array([3, 4]) * (3 / 9) / 25)
    found = Expression("lstsq(a, b)").jacobian(wrt="b", a=a, b=b)["b"]
    assert_allclose(found, np.linalg.pinv(a), atol=1e-15)


@pytest.mark.parametrize(("a", "b"), [((3, 2), (2,)), ((3, 2), (2, 3)), ((2, 3, 2), (3,))])
def test_lstsq_of_sizes_that_do_not_fit(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    f = Expression("lstsq(a, b)")
    if len(a) == 3:
        assert f(a=np.ones(a), b=np.ones(b)).shape == (2, 2)
        return
    with pytest.raises(ExpressionError, match="does not fit a right side"):
        f(a=np.ones(a), b=np.ones(b))


def test_solve_reads_a_vector_only_where_there_is_one_axis() -> None:
    b = np.ones((3, 2))
    assert_allclose(Expression("solve(a, b)")(a=BATCH, b=b), np.linalg.solve(BATCH, b))
    assert_allclose(Expression("solve(a, b)")(a=BATCH, b=b[:, 0]), np.linalg.solve(BATCH, b[:, 0]))
    with pytest.raises(ExpressionError, match="does not fit") as refusal:
        Expression("solve(a, b)")(a=BATCH, b=b.T)
    assert refusal.value.hint == "a batch of vectors is solve(a, b[..., None])[..., 0]"
    found = Expression("solve(a, b[..., None])[..., 0]")(a=BATCH, b=b.T)
    assert_allclose(found[0], np.linalg.solve(BATCH[0], b.T[0]))


# Powers and the exponential.


@pytest.mark.parametrize("n", range(-4, 8))
def test_matrix_power(n: int) -> None:
    for matrix in (A3, BATCH):
        found = Expression(f"matrix_power(A, {n})")(A=matrix)
        assert_allclose(found, np.linalg.matrix_power(matrix, n), rtol=1e-11, atol=1e-12)
    product = " @ ".join(["inv(A)" if n < 0 else "A"] * abs(n)) or "(0 * A)"
    same(
        f"sum(W * matrix_power(A, {n}))", f"sum(W * ({product}))" + ("" if n else " + trace(W)"), A=A3, W=SPD
    )


def test_matrix_power_of_a_singular_matrix() -> None:
    singular = np.array([[1.0, 2], [2, 4]])
    assert_array_equal(Expression("matrix_power(A, 0)")(A=singular), np.eye(2))
    assert_array_equal(gradient("sum(matrix_power(A, 0))", A=singular), np.zeros((2, 2)))
    with pytest.raises(EvaluationError, match="singular"):
        Expression("matrix_power(A, -1)")(A=singular)


@pytest.mark.parametrize("size", [1e-8, 0.1, 1, 5, 30, 300])
def test_expm(size: float) -> None:
    matrix = size * generator("expm", size).uniform(-1, 1, (2, 4, 4))
    found = Expression("expm(A)")(A=matrix)
    for one, expected in zip(found, map(scipy.linalg.expm, matrix), strict=True):
        assert_allclose(one, expected, rtol=1e-11, atol=1e-11 * np.abs(expected).max())
    assert_array_equal(Expression("matrix_exp(A)")(A=matrix), found)


def test_expm_of_simple_matrices() -> None:
    assert_array_equal(Expression("expm(A)")(A=np.zeros((2, 2))), np.eye(2))
    assert_allclose(gradient("sum(expm(A))", A=np.zeros((2, 2))), np.ones((2, 2)), rtol=1e-15)
    assert_allclose(
        Expression("expm(A)")(A=np.diag([1.0, -2, 700])), np.diag(np.exp([1.0, -2, 700])), rtol=1e-12
    )
    # A rotation, and a shear whose powers vanish.
    turn = [[math.cos(2), -math.sin(2)], [math.sin(2), math.cos(2)]]
    assert_allclose(Expression("expm(t * [[0, -1], [1, 0]])")(t=2.0), turn, rtol=1e-14)
    assert_allclose(
        Expression("diff(expm(t * [[0, -1], [1, 0]])[0, 0], t, 4)")(t=2.0), math.cos(2), rtol=1e-12
    )
    assert_allclose(Expression("expm(A)")(A=[[0, 1e6], [0, 0]]), [[1, 1e6], [0, 1]], rtol=1e-14)


def test_the_derivative_of_expm_along_a_direction() -> None:
    a, h = RNG.uniform(-1, 1, (2, 3, 3))
    for size in (1.0, 1e-6, 1e6):
        expected = scipy.linalg.expm_frechet(a, size * h, compute_expm=False)
        assert_allclose(Expression("expm(A)").jvp({"A": size * h}, A=a)[1], expected, rtol=1e-12)
    # Along itself it is the matrix times its exponential; so is the second derivative along a line.
    values = {"t": 1.0, "A": a}
    assert_allclose(
        Expression("diff(expm(t * A), t, 3)")(**values), a @ a @ a @ scipy.linalg.expm(a), atol=1e-12
    )


@pytest.mark.parametrize("name", ["cholesky", "eigvalsh", "expm", "matrix_power", "slogdet"])
def test_a_rectangle_is_refused(name: str) -> None:
    more = ", 2" if name == "matrix_power" else ""
    with pytest.raises(ExpressionError, match=rf"{name}\(\) needs a square matrix: got \(2, 3\)"):
        Expression(f"{name}(A{more})")(A=np.ones((2, 3)))


def test_traces_of_rectangles() -> None:
    matrix = np.arange(12.0).reshape(3, 4)
    for offset in range(-4, 6):
        f = Expression(f"trace(A, {offset})")
        assert f(A=matrix) == np.trace(matrix, offset)
        assert_array_equal(f.grad(A=matrix)["A"], np.eye(3, 4, offset))
    stack = np.arange(24.0).reshape(2, 3, 4)
    assert_array_equal(Expression("trace(A)")(A=stack), np.trace(stack, axis1=1, axis2=2))


@pytest.mark.parametrize(
    "name",
    ["eigh(A)[0]", "eigh(A)[1]", "svd(A)[0]", "qr(A)[0]", "qr(A)[1]", "cholesky(A)", "expm(A)", "pinv(A)"],
)
def test_no_matrix_at_all(name: str) -> None:
    empty = np.zeros((0, 0))
    assert Expression(name)(A=empty).size == 0
    assert gradient(f"sum({name})", A=empty).shape == (0, 0)
