"""A whole expression means the same in an expression and in a program: its value and its gradient."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_expressions import expressions, values
from running import program
from sampling import draw, generator, shape_of, value_of

from gradcli.answers import Answers
from gradcli.errors import GradcliError, Source
from gradcli.graph.node import ops
from gradcli.graph.operations.compose import composites
from gradcli.language.names import DERIVATIVES, Given
from gradcli.language.parser import parse

DERIVATIVE = re.compile(rf"\b({'|'.join(DERIVATIVES)})\(")
SAMPLES = [
    pytest.param(record.name, text, shapes, id=f"{record.name}-{text}")
    for record in [*ops, *composites]
    for text, shapes in record.samples
]


def drawn(name, text, shapes):
    rng = generator(name, text)
    found = {}
    for one, form in shapes.items():
        size, *words = form.split()
        found[one] = value_of(draw(words[0] if words else "real", shape_of(size), rng))
    return found


def known(values):
    return {
        name: Given(np.shape(value), "bool" if np.asarray(value).dtype == bool else "float", value)
        for name, value in values.items()
    }


def leaves(values):
    """The lines that make the given numbers tensors that require a gradient."""
    floats = [name for name, value in values.items() if np.asarray(value).dtype == float]
    return "".join([f"{name} = tensor({name}, requires_grad=true)\n" for name in floats])


def with_result(text):
    """The text as a program that keeps the value of its last statement; a list as the array that it is."""
    last = parse(Source(text)).children[-1]
    return f"{text[: last.start]}result = {'+' if last.rule == 'array' else ''}{text[last.start :]}"


@pytest.mark.parametrize(("name", "text", "shapes"), SAMPLES)
def test_a_call_of_every_function(name, text, shapes):
    # In a program a derivative is one by a tensor that requires it.
    for tracked in (True,) if DERIVATIVE.search(text) else (True, False):
        check(name, text, shapes, tracked)


def check(name, text, shapes, tracked):
    values = drawn(name, text, shapes)
    expected = Answers(text).value(known(values)).result["value"]
    found = program(f"{leaves(values) if tracked else ''}{with_result(text)}", **values)["result"]
    expected = expected if isinstance(expected, tuple) else (expected,)
    found = found if isinstance(found, tuple) else (found,)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(getattr(one, "array", one), other, rtol=1e-12, atol=1e-14)


@given(expressions(), values())
@settings(max_examples=150, deadline=None)
def test_a_random_expression_and_its_gradient(text, values):
    wrt = [name for name, value in values.items() if name in text and np.asarray(value).dtype == float]
    answer = Answers(text).gradient(known(values), tuple(wrt))
    ran = program(
        f"{leaves(values)}result = tensor(0) + {text}\nif result.requires_grad {{ result.backward() }}",
        **values,
    )
    np.testing.assert_allclose(ran["result"].array, answer.result["value"], rtol=1e-9, atol=1e-12)
    for name in wrt:
        gradient = ran[name].grad
        found = 0 if gradient is None else gradient.array
        np.testing.assert_allclose(found, answer.result["grad"][name], rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize(
    "text",
    [
        "-2^2",
        "2^3^2",
        "2^-1",
        "0 < x < 1",
        "1 if x > 2 else -1",
        "not (x > 1 and x < 3)",
        "2x^2 + 3(x + 1)",
        "5 // 2 + 7 % 3 - 1 / 4",
        "[x, 2x] @ [3, 4]",
        "x² - √x",
        "f(a, b) = a^2 + b; f(x, b=1)",
        "max([1, x]) + min([[1, 2], [x, 4]])",
        "sum([[1, 2], [3, 4]], axis=0)[1]",
        "[[1, 2], [3, 4]].T[0, 1] + [5, 6, 7][1:][-1]",
        "a, b = (x, 2); a * b",
        'einsum("i,i->", [1, x], [3, 4])',
        "eye(3)[1] + zeros(3) + arange(3) + linspace(0, 1, 3)",
        "pi + e + tau - π",
        "rand(3), randn(2)",
        "nan == nan, inf > 1",
        "sin(1e300) + exp(1000) - 1/0",
    ],
)
def test_expressions_of_numbers(text):
    expected = Answers(text).value(known({"x": 3.0})).result["value"]
    ran = program(with_result(text), x=3.0)["result"]
    expected = expected if isinstance(expected, tuple) else (expected,)
    found = ran if isinstance(ran, tuple) else (ran,)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(getattr(one, "array", one), other)


@pytest.mark.parametrize("name", DERIVATIVES)
def test_derivatives_inside(name):
    vector = ", [0.5, -1]" if DERIVATIVES[name] == "v" else ""
    text = (
        f"{name}({'sin(x)*x' if name in ('diff', 'jvp', 'vjp', 'jacobian') else 'sum(sin(x)*x)'}, x{vector})"
    )
    expected = Answers(text).value(known({"x": np.array([0.3, 2.0])})).result["value"]
    found = program(f"x = tensor([0.3, 2], requires_grad=true); result = {text}")["result"]
    np.testing.assert_allclose(found.array, expected, rtol=1e-12, atol=1e-15)
    assert found.shape == np.shape(expected)


@given(st.sampled_from([one for one in SAMPLES if not DERIVATIVE.search(one.values[1])]))
@settings(max_examples=60, deadline=None)
def test_what_an_expression_refuses_a_program_refuses(sample):
    """With a shape that no sample has, both run or both give the same sentence."""
    _, text, shapes = sample.values
    values = {one: np.ones((2, 5, 3)) for one in shapes}
    outcomes = []
    for run in (
        lambda: Answers(text).value(known(values)).result["value"],
        lambda: program(with_result(text), **values)["result"],
    ):
        try:
            run()
        except GradcliError as error:
            outcomes.append(error.message)
        else:
            outcomes.append("")
    assert bool(outcomes[0]) == bool(outcomes[1]), (text, outcomes)
