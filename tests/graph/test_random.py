"""Random numbers: what they are distributed like, and when they are the same ones."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from gradcli import Expression
from gradcli.data.assignments import assign
from gradcli.errors import CallProblem

X = np.array([1.0, -2.0, 0.5])


def moments(text: str) -> np.ndarray:
    """The first four moments of many numbers."""
    draws = Expression(text)()
    return np.array([np.mean(draws**power) for power in (1, 2, 3, 4)])


def test_rand_is_uniform() -> None:
    draws = Expression("rand(200, 500)")()
    assert draws.shape == (200, 500)
    assert draws.min() >= 0
    assert draws.max() < 1
    # Of 10^5 draws a moment strays by 0.001, so that five times as much is too far.
    assert_allclose(moments("rand(200, 500)"), [1 / 2, 1 / 3, 1 / 4, 1 / 5], atol=0.005)


def test_randn_is_normal() -> None:
    assert_allclose(moments("randn(200, 500)"), [0, 1, 0, 3], atol=0.15)


@pytest.mark.parametrize("name", ["rand", "randn"])
def test_draws_are_independent(name: str) -> None:
    table = np.corrcoef(Expression(f"stack([{name}(9999), {name}(9999), rand(9999)])")())
    assert np.max(np.abs(table - np.eye(3))) < 0.05


def test_the_same_text_sees_the_same_numbers() -> None:
    text = "a = rand(3); sum(sin(a * x) * randn(3))"
    again = Expression(text)
    assert Expression(text)(x=X) == again(x=X) == again(x=X)
    value, gradient = again.value_and_grad(x=X)
    assert value == again(x=X)
    # The gradient's numbers are the value's: both are linear in x here.
    linear = Expression("sum(x * rand(3))")
    slope = linear.grad(x=X)["x"]
    assert_allclose(linear(x=X), slope @ X, rtol=1e-15)
    assert_array_equal(Expression("jacobian(x * rand(3), x)")(x=X), np.diag(slope))
    assert_array_equal(Expression("x * rand(3)").jacobian(x=X)["x"], np.diag(slope))
    assert gradient["x"].shape == (3,)


def test_every_call_draws_its_own() -> None:
    assert np.all(Expression("rand(3) - rand(3)")() != 0)
    assert np.all(Expression("f(x) = x + rand(3); f(x) - f(x)")(x=X) != 0)
    # A name stands for one draw, however often it is used.
    assert_array_equal(Expression("a = rand(3); a - a")(), np.zeros(3))


def test_seeds() -> None:
    first, second = Expression("rand(3)"), Expression("rand(3)", seed=1)
    assert_array_equal(first(), Expression("rand(3)", seed=0)())
    assert np.all(first() != second())
    assert_array_equal(pickle.loads(pickle.dumps(second))(), second())
    assert Expression("rand()", seed=10**40)() != Expression("rand()", seed=10**40 + 1)()


@pytest.mark.parametrize("seed", [-1, 1.5, "1", True])
def test_what_is_no_seed(seed: Any) -> None:
    with pytest.raises(CallProblem, match="a seed is a whole number that is not negative: got"):
        Expression("rand(3)", seed=seed)


def test_a_seed_is_no_argument() -> None:
    with pytest.raises(CallProblem, match=r"rand\(\) has no argument 'seed'"):
        Expression("rand(3, seed=1)")()


def test_single_precision_sees_the_same_numbers() -> None:
    answers = Expression("randn(3)").answers
    narrow = answers.value({}, "float32").result["value"]
    assert narrow.dtype == np.float32
    assert_array_equal(narrow, answers.value({}).result["value"].astype(np.float32))


def test_each_name_draws_its_own() -> None:
    found = assign(["x=rand(3)", "y=rand(3)", "z=x-y"], {}, lambda: "", seed=2).given
    again = assign(["x=rand(3)"], {}, lambda: "", seed=2).given
    assert_array_equal(found["x"].value, again["x"].value)
    assert np.all(found["z"].value != 0)
    assert np.all(found["x"].value != Expression("rand(3)", seed=2)())


def test_an_exponent_that_is_drawn_is_no_constant() -> None:
    expression = Expression("x ^ rand()")
    exponent = np.log(expression(x=2.0)) / np.log(2.0)
    assert_allclose(expression.grad(x=2.0)["x"], exponent * 2.0 ** (exponent - 1), rtol=1e-14)
