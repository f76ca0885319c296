"""Compiled expressions give what their plans give, to the last bit, wherever they are asked."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from gradcli import Expression
from gradcli.errors import GradcliError, GradientProblem, NameProblem
from gradcli.execute import source
from gradcli.graph.node import ops

EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 1e-300, -1e300, 710.0, -745.0, math.inf, -math.inf, math.nan]


def same(found, expected):
    return found == expected or (found != found and expected != expected)


def check(text, names, values=EDGES):
    f = Expression(text)
    compiled = f.compile()
    assert compiled.__code__.co_filename == "<compiled expression>", "it is not compiled"
    for point in itertools.product(values, repeat=len(names)):
        given = dict(zip(names, point, strict=True))
        value, gradient = compiled(**given)
        expected, slopes = f.value_and_grad(**given)
        assert same(value, expected), given
        assert gradient.keys() == slopes.keys()
        assert all(same(gradient[name], slopes[name]) for name in slopes), given


UNARY = [
    one.name
    for one in ops
    if not (one.hidden or one.gradless or one.form)
    and (len(one.arguments), one.gives) == (1, "float")
    and one.scalar
]


@pytest.mark.parametrize("name", UNARY)
def test_every_function_of_one_number(name):
    check(f"{name}(x)*x", ["x"])


BINARY = [
    one.name
    for one in ops
    if not one.hidden and len(one.arguments) == 2 and one.scalar and one.gives == "float" and not one.form
]


@pytest.mark.parametrize("name", BINARY)
def test_every_function_of_two_numbers(name):
    check(f"{name}(x, y)", ["x", "y"], EDGES[:12])


@pytest.mark.parametrize(
    "text",
    [
        "x^2 + x^3 - x^4 + x^0.5 + x^-1 + 2^x",
        "where(x > 0, sqrt(x), 0)*y",
        "log(1 + exp(x)) - y/(x + y)",
        "(x < y)*x - (-x)^2 - -3*y",
        "sin(x*y) + exp(x)/y - log(x + 2)*x^2",
        "f(a) = a^2 + 1; f(f(x))/f(y)",
        "inf*x + nan*y",
        "grad(x^3*y, x)*y",
    ],
)
def test_formulas(text):
    check(text, Expression(text).variables)


def test_there_are_functions_to_check():
    assert len(UNARY) > 50
    assert len(BINARY) > 12


def test_numbers_that_are_no_floats_and_arrays_take_their_plan():
    f = Expression("sum(x^2)*y").compile()
    assert f(x=3, y=2) == (18.0, {"x": 12.0, "y": 9.0})
    value, gradient = f(x=[1, 2], y=2)
    assert value == 10.0
    np.testing.assert_array_equal(gradient["x"], [4.0, 8.0])
    assert gradient["y"] == 5.0


def test_an_expression_of_arrays_alone():
    f = Expression("sum((A @ x)^2)").compile(wrt="x")
    value, gradient = f(A=[[1, 2], [3, 4]], x=[1, 1])
    assert value == 58.0
    np.testing.assert_array_equal(gradient["x"], [48.0, 68.0])


def test_a_float_among_arrays_asks_once(monkeypatch):
    f = Expression("sum((x - s)^2)").compile()
    x = np.arange(4.0)
    f(x=x, s=1.0)
    monkeypatch.setattr("gradcli.answers.Answers.gradient", None)
    value, slopes = f(x=x, s=2.0)
    assert value == 6.0
    np.testing.assert_array_equal(slopes["x"], 2 * (x - 2))
    assert slopes["s"] == 4.0
    assert type(slopes["s"]) is float


@pytest.mark.parametrize("name", ["lambda", "type", "float", "ValueError", "ﬁ", "def", "Ω"])
def test_names_that_mean_something_in_python(name):
    f = Expression(f"{name}^2")
    (known,) = f.variables
    assert f.compile()(**{known: 3.0}) == (9.0, {known: 6.0})


def test_a_choice_computes_one_branch():
    f = Expression("sqrt(x) if x > 0 else -x").compile()
    assert f(x=4.0) == (2.0, {"x": 0.25})
    assert f(x=-4.0) == (4.0, {"x": -1.0})


def test_wrt_picks_names():
    assert Expression("x*y").compile(wrt=("y",))(x=2.0, y=3.0) == (6.0, {"y": 2.0})


def test_what_is_wrong_is_said_when_it_is_called():
    with pytest.raises(NameProblem, match="x has no value"):
        Expression("x^2").compile()()
    with pytest.raises(GradcliError, match="scalar outputs"):
        Expression("[x, 2]").compile()(x=1.0)
    with pytest.raises(GradientProblem):
        Expression("argmax([x, 2])*1").compile()(x=1.0)


def test_a_long_sum_keeps_its_plan():
    terms = source._MOST_STEPS
    f = Expression(" + ".join(["x"] * terms)).compile()
    assert f(x=1.0) == (float(terms), {"x": float(terms)})
