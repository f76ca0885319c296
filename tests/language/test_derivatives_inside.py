"""Derivatives inside an expression: they nest, in both modes, and never take one variable for another."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose

from gradcli import Expression
from gradcli.errors import CallProblem, ExpressionError, GradientProblem, ShapeProblem, Source
from gradcli.execute.plan import Plan
from gradcli.graph.shapes import elements
from gradcli.language.build import build
from gradcli.language.names import Given
from gradcli.language.parser import parse

# The four ways to write the slope of a scalar by a scalar.
SLOPES = ["grad({0}, {1})", "diff({0}, {1})", "jvp({0}, {1}, 1)", "vjp({0}, {1}, 1)"]


def slope(way: str, text: str, name: str) -> str:
    return way.format(text, name)


@pytest.mark.parametrize("outer", SLOPES)
@pytest.mark.parametrize("inner", SLOPES)
def test_the_classics_of_perturbation_confusion(outer: str, inner: str) -> None:
    """Siskind and Pearlmutter, Perturbation Confusion and Referential Transparency (2005)."""

    def value(text: str, **values: float) -> Any:
        return Expression(text)(**values)

    # d/dx (x d/dy (x + y)) = 1, which is 2 where the two are confused.
    text = slope(outer, f"x*{slope(inner, 'x + y', 'y')}", "x")
    assert value(text, x=1.0, y=1.0) == 1
    # d/dx (x d/dy (x y)) = 2x, at the same point for both.
    text = slope(outer, f"x*{slope(inner, 'x*y', 'y')}", "x")
    assert value(text, x=3.0, y=3.0) == 6
    # By the same name: the inner x is the outer one, so d/dx (x 3x^2) = 9x^2.
    text = slope(outer, f"x*{slope(inner, 'x^3', 'x')}", "x")
    assert value(text, x=2.0) == 36
    # The inner derivative is taken where y is x + 1, and moves with x.
    text = f"f(y) = {slope(inner, 'y^2', 'y')}; {slope(outer, 'x*f(x + 1)', 'x')}"
    assert value(text, x=3.0) == 2 * (2 * 3 + 1)
    # A parameter is a variable of its own, also where its argument has the same name.
    text = f"f(x) = {slope(inner, 'x*y', 'x')}; {slope(outer, 'f(x*y)', 'y')}"
    assert value(text, x=5.0, y=3.0) == 1
    # And the body sees the outer x beside it: d/dx (d/da (a x) at a = x) = 1.
    text = f"f(a) = {slope(inner, 'a*x', 'a')}; {slope(outer, 'f(x)', 'x')}"
    assert value(text, x=5.0) == 1
    # Derivatives in functions of functions: f(b) = 2b, g(b) = d/db (2b)^2 = 8b, and d/dx (8x x) = 16x.
    functions = f"f(a) = {slope(inner, 'a^2', 'a')}; g(b) = {slope(inner, 'f(b)^2', 'b')}"
    assert value(f"{functions}; {slope(outer, 'g(x)*x', 'x')}", x=3.0) == 48


@pytest.mark.parametrize("inner", SLOPES)
@pytest.mark.parametrize("text", ["x*sin(y)", "exp(x*y)", "x^2/y", "(x - y)^3*x"])
def test_two_variables_against_sympy(text: str, inner: str) -> None:
    x, y = sympy.symbols("x y")
    formula = sympy.sympify(text.replace("^", "**"))
    point = {x: sympy.Rational(3, 10), y: sympy.Rational(7, 10)}
    expected = float(sympy.diff(x * sympy.diff(formula, y) + formula, x, y).subs(point))
    nested = f"jvp(grad(x*{slope(inner, text, 'y')} + {text}, x), y, 1)"
    assert_allclose(Expression(nested)(x=0.3, y=0.7), expected, rtol=1e-12)


@pytest.mark.parametrize(
    "ways", list(itertools.product(SLOPES, repeat=3)), ids=lambda ways: " ".join(ways)[:60]
)
def test_three_deep(ways: tuple[str, ...]) -> None:
    text = "x^4*y"
    for way in ways:
        text = slope(way, text, "x")
    assert_allclose(Expression(text)(x=2.0, y=5.0), 24 * 2 * 5, rtol=1e-14)


def test_a_vector_may_depend_on_what_is_differentiated_by() -> None:
    # It is a vector and no variable: the inner derivative holds it still, the outer one does not.
    assert Expression("jvp(x^2, x, x^3)")(x=2.0) == 2 * 2 * 8
    assert Expression("grad(jvp(x^2, x, x^3), x)")(x=2.0) == 8 * 2**3
    assert Expression("grad(vjp(x^2, x, x^3), x)")(x=2.0) == 8 * 2**3
    assert Expression("grad(hvp(x^3, x, x), x)")(x=2.0) == 12 * 2
    assert Expression("jvp(hvp(x^3, x, y), y, x)")(x=2.0, y=9.0) == 6 * 2 * 2


X = np.array([1.0, -2.0, 0.5])
V = np.array([0.5, 1.0, -3.0])
A = np.array([[1.0, 2.0, 0.0], [0.5, -1.0, 3.0], [2.0, 2.0, 1.0]])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jvp(A @ x, x, v)", A @ V),
        ("vjp(A @ x, x, v)", A.T @ V),
        ("hvp(x @ A @ x, x, v)", (A + A.T) @ V),
        ("laplacian(x @ A @ x, x)", 2 * np.trace(A)),
        ("jvp(x^2, x, v)", 2 * X * V),
        ("jvp(sum(x^2), x, v)", 2 * X @ V),
        ("vjp(sum(x^2), x, 3)", 6 * X),
        ("jvp(outer(x, x), x, v)", np.outer(X, V) + np.outer(V, X)),
        ("vjp(outer(x, x), x, A)", (A + A.T) @ X),
        ("jvp(A @ x, A, outer(v, v))", np.outer(V, V) @ X),
        ("hvp(sum(exp(x)), x, v)", np.exp(X) * V),
        ("laplacian(sum(x^4), x)", 12 * (X**2).sum()),
        ("laplacian(norm(x)^2, x)", 6.0),
        ("laplacian(sum(A^3), A)", 6 * A.sum()),
        ("laplacian(sum(A @ A), A)", 2 * 3),
        # A harmonic function of three dimensions, and a radial one of another power.
        ("laplacian(1/norm(x), x)", 0.0),
        ("laplacian(norm(x)^3, x)", 12 * np.linalg.norm(X)),
        ("laplacian(x[0]^3 + sin(x[1]), x)", 6 * X[0] - np.sin(X[1])),
        ("laplacian(5, x)", 0.0),
        ("laplacian(sum(x), x)", 0.0),
        ("jvp([1, 2], x, v)", [0.0, 0.0]),
        ("vjp(v, x, v)", [0.0, 0.0, 0.0]),
        ("hvp(sum(x), x, v)", [0.0, 0.0, 0.0]),
        ("jvp(x > 0, x, v)", [0.0, 0.0, 0.0]),
        ("jvp(x^2, x, x > 0)", [2.0, 0.0, 1.0]),
        ("vjp(x[x > 0], x, [1, 2])", [1.0, 0.0, 2.0]),
        ("jvp(x[x > 0], x, v)", [0.5, -3.0]),
        ("y = x^2; jvp(y^2, y, v)", 2 * X**2 * V),
        ("jvp(x^2, x, v=v)", 2 * X * V),
        ("(x^2).jvp(x, v)", 2 * X * V),
    ],
)
def test_products_and_laplacians(text: str, expected: Any) -> None:
    values = {"x": X, "v": V, "A": A}
    expression = Expression(text)
    found = expression(**{name: values[name] for name in expression.variables})
    assert np.shape(found) == np.shape(expected)
    assert_allclose(found, expected, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("text", ["laplacian(x^3*sin(x), x)", "laplacian(sum([x^3*sin(x)]), x)"])
def test_a_laplacian_by_a_number_is_the_second_derivative(text: str) -> None:
    expected = Expression("diff(x^3*sin(x), x, 2)")(x=0.7)
    assert_allclose(Expression(text)(x=0.7), expected, rtol=1e-14)


def test_a_laplacian_of_nothing() -> None:
    assert Expression("laplacian(sum(x^2), x)")(x=np.zeros(0)) == 0
    assert Expression("laplacian(sum(x)^2, x)")(x=np.zeros(0)) == 0


def test_an_elementwise_laplacian_builds_no_matrix() -> None:
    text = "laplacian(sum(sin(x)*x^2), x)"
    built = build(parse(Source(text)), Source(text), {"x": Given((1000,), "float")})
    assert max(elements(step.node.shape) for step in Plan(built.outputs).literal.steps if step.node) == 1000


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        (
            "jvp(A @ x, x, [1, 2])",
            ShapeProblem,
            "the vector of jvp() is (2,) and x (3,): they must have one shape",
        ),
        ("hvp(sum(x), x, 1)", ShapeProblem, "the vector of hvp() is () and x (3,)"),
        (
            "vjp(A @ x, x, 1)",
            ShapeProblem,
            "the vector of vjp() is () and the expression (3,)",
        ),
        (
            "hvp(x, x, v)",
            GradientProblem,
            "grad can be implicitly created only for scalar outputs",
        ),
        (
            "laplacian(x, x)",
            GradientProblem,
            "grad can be implicitly created only for scalar outputs",
        ),
        ("jvp(x, x)", CallProblem, "jvp() takes an expression, a name and a vector"),
        ("jvp(x, x, v, v)", CallProblem, "jvp() takes an expression, a name and a vector"),
        ("laplacian(x, x, 2)", CallProblem, "laplacian() takes an expression and a name"),
        ("vjp(x, 2x, v)", CallProblem, "vjp() differentiates by a name"),
        ("vjp(x, x, w=v)", CallProblem, "vjp() has no argument 'w'"),
        ("jvp(x, x, (v, v))", CallProblem, "a tuple stands where a number or an array is due"),
    ],
)
def test_what_is_wrong_is_a_sentence_under_the_text(
    text: str, kind: type[ExpressionError], message: str
) -> None:
    values = {"x": X, "v": V, "A": A}
    expression = Expression(text)
    with pytest.raises(kind) as caught:
        expression(**{name: values[name] for name in expression.variables})
    assert caught.value.message.startswith(message)
    assert caught.value.span is not None
