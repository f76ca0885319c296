"""Elementwise functions where a derivative does not exist, and their parameters."""

from __future__ import annotations

import math
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from gradcli import Expression
from gradcli.errors import CallProblem, EvaluationError, Source
from gradcli.execute.kernels.elementwise import power
from gradcli.execute.plan import Plan
from gradcli.graph.node import ops, variable
from gradcli.language.build import build
from gradcli.language.names import Given
from gradcli.language.parser import parse
from gradcli.output.formula import formula

INF, NAN = math.inf, math.nan


def both(text: str, **values: Any) -> tuple[float, list[float]]:
    """The value and the gradient; both modes and both backends must agree on them."""
    f = Expression(text)
    value, grads = f.value_and_grad(**values)
    names = list(values)
    gradient = [grads[name] for name in names]
    assert_array_equal([f.jvp({name: 1.0}, **values)[1] for name in names], gradient)
    arrays = {name: np.array([one]) for name, one in values.items()}
    assert_array_equal(f(**arrays), [value])
    of_arrays = Expression(f"sum({text})").grad(**arrays)
    assert_array_equal([of_arrays[name][0] for name in names], gradient)
    return value, gradient


@pytest.mark.parametrize(
    ("text", "at", "value", "slope"),
    [
        ("relu6(x)", 0.0, 0, 0),
        ("relu6(x)", 6.0, 6, 0),
        ("hardtanh(x)", 1.0, 1, 0),
        ("hardtanh(x)", -1.0, -1, 0),
        ("hardtanh(x, -2, 0.5)", 0.5, 0.5, 0),
        ("hardsigmoid(x)", 3.0, 1, 0),
        ("hardsigmoid(x)", -3.0, 0, 0),
        ("hardswish(x)", 3.0, 3, 1),
        ("hardswish(x)", -3.0, 0, 0),
        ("leaky_relu(x)", 0.0, 0, 0.01),
        # The smallest of the slopes that fit between both sides.
        ("leaky_relu(x, -0.5)", 0.0, 0, 0),
        ("leaky_relu(x, 3)", 0.0, 0, 1),
        ("elu(x)", 0.0, 0, 1),
        ("elu(x, 0.5)", 0.0, 0, 0.5),
        ("celu(x, 0.5)", 0.0, 0, 1),
        ("gelu(x)", 0.0, 0, 0.5),
        ("silu(x)", 0.0, 0, 0.5),
        ("softsign(x)", 0.0, 0, 1),
        ("frac(x)", 2.0, 0, 1),
        ("sinc(x)", 0.0, 1, 0),
        ("rsqrt(x)", 0.0, INF, -INF),
        ("cbrt(x)", 0.0, 0, INF),
        ("acosh(x)", 1.0, 0, INF),
        ("atanh(x)", 1.0, INF, INF),
        ("atanh(x)", -1.0, -INF, INF),
        ("logit(x)", 0.0, -INF, INF),
        ("logit(x)", 1.0, INF, INF),
        ("logsigmoid(x)", -1000.0, -1000, 1),
        ("erfinv(x)", 1.0, INF, INF),
        ("erfinv(x)", -1.0, -INF, INF),
        ("lgamma(x)", 0.0, INF, -INF),
        ("lgamma(x)", -1.0, INF, NAN),
        ("lgamma(x)", -INF, INF, NAN),
        ("digamma(x)", 0.0, -INF, INF),
        ("nan_to_num(x)", NAN, 0, 0),
        ("nan_to_num(x)", -INF, -sys.float_info.max, 0),
        ("nan_to_num(x, 7, posinf=2)", INF, 2, 0),
        ("nan_to_num(x, nan=7, neginf=-3)", NAN, 7, 0),
    ],
)
def test_one_number(text: str, at: float, value: float, slope: float) -> None:
    found, (gradient,) = both(text, x=at)
    assert_array_equal([found, gradient], [value, slope])


@pytest.mark.parametrize(
    ("text", "a", "b", "value", "slopes"),
    [
        ("xlogy(a, b)", 0.0, 0.0, 0, [-np.inf, 0]),
        ("xlogy(a, b)", 0.0, -1.0, 0, [0, 0]),
        ("xlogy(a, b)", 0.0, NAN, NAN, [NAN, NAN]),
        ("logaddexp(a, b)", INF, INF, INF, [0.5, 0.5]),
        ("logaddexp(a, b)", -INF, -INF, -INF, [0.5, 0.5]),
        ("logaddexp(a, b)", INF, 1.0, INF, [1, 0]),
        ("logaddexp(a, b)", -INF, 1.0, 1, [0, 1]),
        ("logaddexp(a, b)", 1000.0, 1000.0, 1000 + math.log(2), [0.5, 0.5]),
        ("fmax(a, b)", NAN, 1.0, 1, [0, 1]),
        ("fmin(a, b)", 1.0, NAN, 1, [1, 0]),
        ("fmax(a, b)", -INF, NAN, -INF, [1, 0]),
        ("fmax(a, b)", 2.0, 2.0, 2, [0.5, 0.5]),
        ("fmin(a, b)", 2.0, 2.0, 2, [0.5, 0.5]),
        ("copysign(a, b)", 0.0, -1.0, 0, [0, 0]),
        ("copysign(a, b)", 3.0, -0.0, -3, [-1, 0]),
        ("heaviside(a, b)", 0.0, 0.5, 0.5, [0, 1]),
        ("heaviside(a, b)", 2.0, 0.5, 1, [0, 0]),
        ("fmod(a, b)", -5.0, 3.0, -2, [1, 1]),
        ("fmod(a, b)", 5.0, 0.0, NAN, [1, -INF]),
        # 1 / 0.1 is rounded to 10, and 0.1 goes into 1 but nine times.
        ("fmod(a, b)", 1.0, 0.1, math.fmod(1, 0.1), [1, -9]),
        ("comb(a, b)", 5.0, 7.0, 0, [0, 0]),
        ("comb(a, b)", 5.0, -1.0, 0, [0, 0]),
    ],
)
def test_two_numbers(text: str, a: float, b: float, value: float, slopes: list[float]) -> None:
    found, gradient = both(text, a=a, b=b)
    assert_array_equal(found, value)
    assert_array_equal(gradient, slopes)


def test_the_mixed_second_derivatives_at_a_convention() -> None:
    found = Expression("xlogy(a, b)").hessian(a=0.0, b=2.0)
    assert found == {"a": {"a": 0.0, "b": 0.5}, "b": {"a": 0.5, "b": 0.0}}
    found = Expression("logaddexp(a, b)").hessian(a=2.0, b=2.0)
    assert found == {"a": {"a": 0.25, "b": -0.25}, "b": {"a": -0.25, "b": 0.25}}


@pytest.mark.parametrize("decimals", [400, -400])
def test_a_rounding_beyond_the_doubles_has_no_kink(decimals: int) -> None:
    x = variable("x", (3,))
    kink = ops.round.kink
    assert kink is not None
    (found,) = Plan([kink(x, decimals=decimals)]).run({"x": np.array([0.0, 1.5, -2.25])})
    assert not np.any(found)


def test_the_root_of_a_complex_nan() -> None:
    found = power(np.array([complex(NAN, 1), 4j * 4j]), np.array(0.5))
    assert np.isnan(found[0])
    assert abs(found[1]) == 4


def test_copysign_keeps_the_sign_of_zero() -> None:
    assert math.copysign(1, Expression("copysign(0, -1)")()) == -1
    assert np.signbit(Expression("copysign(a, b)")(a=[0.0, 1.0], b=-0.0)).all()


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("leaky_relu(x, negative_slope=0.2)", "leaky_relu(x, 0.2)"),
        ("clip(x, min=-1, max=1)", "clip(x, -1, 1)"),
        ("relu6(x)", "clip(x, 0, 6)"),
        ("logit(x, eps=0.1)", "logit(clip(x, 0.1, 0.9))"),
        ("softplus(x, threshold=0.5)", "where(x > 0.5, x, softplus(x))"),
        ("swish(x)", "x * sigmoid(x)"),
        ("selu(x)", "1.0507009873554805 * elu(x, 1.6732632423543772)"),
        ("gelu(x)", "x * (1 + erf(x / sqrt(2))) / 2"),
        ("radians(degrees(x))", "x"),
        ("arcsinh(x)", "asinh(x)"),
        ("gammaln(x)", "lgamma(x)"),
        ("x.polygamma(1)", "polygamma(1, x)"),
        ("polygamma(0, x)", "digamma(x)"),
        ("lerp(x, 3, 0.75)", "0.25 * x + 0.75 * 3"),
        ("erfc(x)", "1 - erf(x)"),
        ("expit(x)", "sigmoid(x)"),
    ],
)
def test_parameters_and_other_names(text: str, same: str) -> None:
    x = np.array([-2.3, -0.4, 0.05, 0.7, 2.6])
    for wrap in ("{}", "grad(sum({}), x)"):
        found, expected = (Expression(wrap.format(one))(x=x) for one in (text, same))
        assert_allclose(found, expected, rtol=1e-13, atol=1e-15)


def test_decimals() -> None:
    x = np.array([1.25, -2.345, 17.5, 0.35])
    for decimals in (-1, 0, 1, 2):
        assert_array_equal(Expression(f"round(x, decimals={decimals})")(x=x), np.round(x, decimals))
    for huge, decimals in ((1e308, 2), (1e308, 400), (-INF, 3), (-INF, -3)):
        assert Expression(f"round(x, {decimals})")(x=huge) == huge
        assert_array_equal(Expression(f"round(x, {decimals})")(x=[huge]), [huge])
    assert Expression("round(x, -400)")(x=1e308) == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hardtanh(x, 2, 1)", "hardtanh() needs min_val below max_val, and got 2 and 1"),
        ("softplus(x, beta=0)", "softplus() divides by beta, and got 0"),
        ("celu(x, 0)", "celu() divides by alpha, and got 0"),
        ("polygamma(-1, x)", "polygamma() needs a whole number n of 0 or more, and got -1"),
        ("polygamma(0.5, x)", "polygamma() needs a whole number for n, and got 0.5"),
        ('gelu(x, "tan")', 'gelu() needs "none" or "tanh" for approximate, and got "tan"'),
        ("elu(x, [1, 2])", "elu() needs a number for alpha, and got a list"),
    ],
)
def test_wrong_parameters(text: str, sentence: str) -> None:
    with pytest.raises(CallProblem) as caught:
        Expression(text)(x=1.0)
    assert caught.value.message == sentence


PROGRAM = """
import sys
from gradcli import Expression
from gradcli.language.names import functions

for text in ("gelu(x)", "erf(x)", "erfc(x)", "lgamma(x)", "factorial(x)", "comb(x, 2)", "xlogy(x, x)",
             "logaddexp(x, 2)", "sinc(x)", "mish(x)", "logit(x / 9)", "round(x, 1)", "acosh(x)", "cbrt(x)"):
    Expression(text)(x=3.0)
for text in ("gelu(x)", "erfc(x)", "sinc(x)", "mish(x)", "asinh(x)", "silu(x)"):
    Expression(text).hessian(x=3.0)
assert not {"numpy", "scipy"} & set(sys.modules)
sys.modules["scipy"] = None
sys.modules["scipy.special"] = None
for text, values in (("digamma(x)", {"x": 2.5}), ("erfc(x)", {"x": [1.0, 2.0]}), ("erfinv(x)", {"x": 0.5})):
    try:
        Expression(text)(**values)
    except Exception as error:
        print(type(error).__name__, error.message, "|", error.hint)
"""


def test_scipy_is_loaded_by_what_needs_it_alone() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    extra = "which is not installed | install it with: pip install 'gradcli[scipy]'"
    assert run.stdout.splitlines() == [
        f"{EvaluationError.__name__} digamma() needs scipy, {extra}",
        f"{EvaluationError.__name__} erfc() of an array needs scipy, {extra}",
        f"{EvaluationError.__name__} erfinv() needs scipy, {extra}",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "polygamma(2, x)",
        'gelu(x, approximate="tanh")',
        "softplus(x, beta=2, threshold=3)",
        "round(x, decimals=2)",
    ],
)
def test_parameters_are_printed_as_they_are_read(text: str) -> None:
    source = Source(text)
    (output,) = build(parse(source), source, {"x": Given((), "float")}, ("x",)).outputs
    assert formula([output]) == text
