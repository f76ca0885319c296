"""Dense Jacobians and Hessians through a few numbers: what formulas say, and what rows of their own say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import gradcli.matrices.choice
from gradcli import Expression
from gradcli.data.given import as_given

N = 60
X = np.random.default_rng(7).uniform(0.5, 1.5, N)
Y = np.random.default_rng(8).uniform(0.5, 1.5, (6, 10))


def remark(text: str, order: int, **point: Any) -> str:
    answers = Expression(text).answers
    ask = answers.jacobians if order == 1 else answers.hessians
    return ask({name: as_given(name, value) for name, value in point.items()}).remarks[-1]


def test_a_hessian_of_products_of_sums() -> None:
    text = "(x@x)*sum(exp(x)) + sum(x[1:]*x[:-1])^2"
    neighbours = np.eye(N, k=1) + np.eye(N, k=-1)
    e, slope = np.exp(X), neighbours @ X
    expected = 2 * e.sum() * np.eye(N) + 2 * np.outer(X, e) + 2 * np.outer(e, X) + X @ X * np.diag(e)
    expected += 2 * np.outer(slope, slope) + 2 * (X[1:] @ X[:-1]) * neighbours
    assert_allclose(Expression(text).hessian(x=X)["x"]["x"], expected, rtol=1e-13)
    found = remark(text, 2, x=X)
    # A band of three, and each of the numbers forward and back.
    assert found == "the Hessian by x through 3 numbers in between: 9 colours"


def test_the_jacobian_of_shares() -> None:
    text = "x^2/sum(x^2)"
    expected = np.diag(2 * X) / (X @ X) - np.outer(X**2, 2 * X) / (X @ X) ** 2
    assert_allclose(Expression(text).jacobian(x=X)["x"], expected, rtol=1e-12)
    assert "through" in remark(text, 1, x=X)


def test_each_output_by_each_name() -> None:
    found = Expression("x*sum(y), y*prod(x)").jacobian(x=X[:20], y=Y)
    ones = np.ones((6, 10))
    assert_allclose(found["x"][0], Y.sum() * np.eye(20))
    assert_allclose(found["y"][0], np.multiply.outer(X[:20], ones))
    assert_allclose(found["x"][1], np.multiply.outer(Y, X[:20].prod() / X[:20]))
    assert_allclose(found["y"][1], X[:20].prod() * np.eye(60).reshape(6, 10, 6, 10))
    assert "through 2 numbers" in remark("x*sum(y), y*prod(x)", 1, x=X[:20], y=Y)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("x/norm(x)", {"x": X}),
        ("sin(x)*sum(x*sum(cos(x)))", {"x": X}),
        ("log(sum(exp(x)))*x^2 + max(x)*x", {"x": X}),
        ("(y - mean(y))/std(y)", {"y": Y}),
        ("a*x*sum(a*x) + a", {"x": X, "a": 1.5}),
        ("concat([x*sum(x), [sum(x^3)]])", {"x": X}),
        ("x*sum(x[5:]) + flip(x)*x[0]", {"x": X}),
    ],
)
def test_rows_of_their_own_say_the_same(
    text: str, point: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "through" in remark(text, 1, **point)
    found = Expression(text).jacobian(**point)
    monkeypatch.setattr(gradcli.matrices.choice, "interface", lambda outputs, wrt: [])
    expected = Expression(text).jacobian(**point)
    for name, matrix in expected.items():
        assert_allclose(found[name], matrix, rtol=1e-12, atol=1e-13 * np.max(np.abs(matrix)))


def test_what_is_not_finite_is_found_row_by_row() -> None:
    # The root's slope is infinite, and no row with a zero in it comes that far.
    text = "x*sqrt(sum(x^4))"
    assert "through" in remark(text, 1, x=X)
    assert remark(text, 1, x=np.zeros(N)).startswith(
        f"the Jacobian by x in reverse mode: {N} inputs, {N} outputs"
    )
    assert_array_equal(Expression(text).jacobian(x=np.zeros(N))["x"], np.zeros((N, N)))
    found = Expression("x*log(sum(x))").jacobian(x=-X)["x"]
    assert_array_equal(np.isnan(found), np.eye(N, dtype=bool))
    assert_allclose(
        found[~np.eye(N, dtype=bool)], (np.outer(X, np.ones(N)) / X.sum())[~np.eye(N, dtype=bool)]
    )


def test_the_remark_is_about_the_last_run() -> None:
    answers = Expression("x*sqrt(sum(x^4))").answers
    for x, through in ((X, True), (np.zeros(N), False), (X, True)):
        (found,) = answers.jacobians({"x": as_given("x", x)}).remarks
        assert ("through" in found) is through


def test_a_branch_that_is_not_taken_is_not_run() -> None:
    text = "x*sum(x) if sum(x) > 0 else x*log(sum(x))"
    assert "through" not in remark(text, 1, x=X)
    assert_allclose(Expression(text).jacobian(x=X)["x"], X.sum() * np.eye(N) + np.outer(X, np.ones(N)))


def test_the_same_expression_serves_other_values() -> None:
    f = Expression("x*sum(x)*c")
    for c in (2.0, -3.0):
        expected = c * (X.sum() * np.eye(N) + np.outer(X, np.ones(N)))
        assert_allclose(f.jacobian("x", x=X, c=c)["x"], expected)
