"""A name is a variable of its own: assigned, shared, a parameter, or the size of something."""

import math

import pytest

from gradcli import Expression
from gradcli.errors import CallProblem, GradientProblem, ShapeProblem

LN3 = math.log(3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("y = 2; grad(-y, y)", -1),
        ("n = 1+1; grad(x^n, n)", 9 * LN3),
        ("n = 2; grad(x^n, n)", 9 * LN3),
        ("f(n) = grad(x^n, n); f(2)", 9 * LN3),
        ("a = 1; b = 2; grad(sum([a, b]^2), a)", 2),
        ("y = x; grad(x*y, y)", 3),
        ("y = +x; grad(x*y, y)", 3),
        ("y, z = x, x; grad(y*z, y)", 3),
        ("f(a) = a; y = f(x); grad(x*y, y)", 3),
        ("y = [x, 1][0]; grad(x*y, y)", 3),
        ("y = x^2; grad(x*y, x)", 27),
        ("m = x > 0; grad(where(m, x^2, 0), x)", 6),
    ],
)
def test_a_name_is_free_where_it_is_differentiated_by(text, expected):
    assert Expression(text)(x=3) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("y = 2; -y", "y", -1),
        ("n = 1+1; x^n", "n", 9 * LN3),
        ("n = 2; m = n; x^m", "m", 9 * LN3),
        ("a = 1; v = [a, 2]; sum(v^2)", "a", 2),
        ("y = +x; x*y", "y", 3),
        ("y, z = x, x; y*z", "y", 3),
        ("f(a) = a; y = f(x); x*y", "y", 3),
    ],
)
def test_so_it_is_where_wrt_names_it(text, name, expected):
    assert Expression(text).grad(wrt=(name,), x=3)[name] == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f(y) = diff(x*y, x); f(5)", 5),
        ("f(y) = diff(x*y, x); f(x+3)", 5),
        ("f(y) = diff(x*y, x); diff(f(x^2), x)", 4),
        ("f(y) = diff(x*y, x), y; f(x)[0] + f(x)[1]", 4),
        ("f(t) = diff(t^3, t); g(s) = diff(f(s)*s, s); g(x)", 36),
        ("f(n) = grad(sum(x^2*ones(n)), x); f(k+1)", 8),
        ("f(n) = grad(n^2, n); sum(ones(k)) + f(x)", 5),
    ],
)
def test_a_parameter_is_a_variable_of_the_body(text, expected):
    """The body is differentiated as it is written; only then does the argument take its place."""
    assert Expression(text)(x=2, k=1) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "wrt"),
    [
        ("sum(x*ones(n))", "n"),
        ("n = k+1; sum(x*ones(n))", "n"),
        ("n = k+1; sum(x*ones(n))", "k"),
        ("n = k+1; grad(sum(x*ones(n)), n)", "x"),
        ("f(n) = grad(sum(x*ones(n)), n); f(k)", "x"),
    ],
)
def test_no_size_depends_on_what_is_differentiated_by(text, wrt):
    with pytest.raises(GradientProblem):
        Expression(text).grad(wrt=(wrt,), x=1, n=2, k=2)


def test_towers_of_powers_and_norms_build_in_linear_time():
    assert Expression("^".join(["x"] * 5000))(x=1) == 1
    assert Expression("y = x;" + "y = norm(y)*x;" * 3000 + "sum(y)")(x=[0.6, 0.8]) == pytest.approx(1.4)


def test_a_derivative_beyond_all_use_is_refused():
    assert Expression("diff(sin(x), x, 4)")(x=1) == pytest.approx(math.sin(1))
    with pytest.raises(GradientProblem, match="operations already"):
        Expression("diff(sin(x)*exp(x), x, 40)")(x=1)


def test_more_axes_than_an_array_can_have():
    with pytest.raises(ShapeProblem, match="64 axes"):
        Expression("[" * 65 + "x" + "]" * 65)(x=1)


def test_diff_takes_n_by_name_and_nothing_else():
    assert Expression("diff(x^3, x, n=2)")(x=2) == 12
    with pytest.raises(CallProblem, match="no argument 'm'"):
        Expression("diff(x^3, x, m=2)")(x=2)
