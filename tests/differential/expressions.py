"""Random nested expressions of two numbers against mpmath at 50 digits: value, gradient and Hessian.

mpmath differentiates by differences at 120 digits, so it shares no rule with anybody. How far doubles may be
off is measured on each expression: by how far the answer moves when each intermediate value is rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

import mpmath

from gradcli import Expression

COUNT = 200
DEPTH = 5
DIGITS = 50
# Roundings are tried this often, and the answer may be so many times further off: a function is no single
# rounding, and the derivative has intermediate values of its own.
TRIES = 4
FACTOR = 50
EPSILON = 2.0**-53

Number = Any

# How it is written, and what it is; an argument that leaves the domain sends the tree back.
ONE: dict[str, Callable[[Number], Number]] = {
    "sin({})": mpmath.sin,
    "cos({})": mpmath.cos,
    "tan({})": mpmath.tan,
    "asin({})": mpmath.asin,
    "acos({})": mpmath.acos,
    "atan({})": mpmath.atan,
    "sinh({})": mpmath.sinh,
    "cosh({})": mpmath.cosh,
    "tanh({})": mpmath.tanh,
    "asinh({})": mpmath.asinh,
    "acosh({})": mpmath.acosh,
    "atanh({})": mpmath.atanh,
    "sinc({})": mpmath.sincpi,
    "exp({})": mpmath.exp,
    "exp2({})": lambda a: mpmath.mpf(2) ** a,
    "expm1({})": lambda a: mpmath.exp(a) - 1,
    "log({})": mpmath.log,
    "log2({})": lambda a: mpmath.log(a, 2),
    "log10({})": mpmath.log10,
    "log1p({})": lambda a: mpmath.log(1 + a),
    "sqrt({})": mpmath.sqrt,
    "rsqrt({})": lambda a: 1 / mpmath.sqrt(a),
    "cbrt({})": lambda a: mpmath.sign(a) * mpmath.cbrt(abs(a)),
    "reciprocal({})": lambda a: 1 / a,
    "square({})": lambda a: a**2,
    "sigmoid({})": lambda a: 1 / (1 + mpmath.exp(-a)),
    "logit({})": lambda a: mpmath.log(a / (1 - a)),
    "logsigmoid({})": lambda a: -mpmath.log(1 + mpmath.exp(-a)),
    "softplus({})": lambda a: mpmath.log(1 + mpmath.exp(a)),
    "softsign({})": lambda a: a / (1 + abs(a)),
    "tanhshrink({})": lambda a: a - mpmath.tanh(a),
    "silu({})": lambda a: a / (1 + mpmath.exp(-a)),
    "mish({})": lambda a: a * mpmath.tanh(mpmath.log(1 + mpmath.exp(a))),
    "gelu({})": lambda a: a * (1 + mpmath.erf(a / mpmath.sqrt(2))) / 2,
    "elu({})": lambda a: a if a > 0 else mpmath.exp(a) - 1,
    "relu({})": lambda a: a if a > 0 else 0 * a,
    "leaky_relu({}, 0.1)": lambda a: a if a > 0 else a * mpmath.mpf(0.1),
    "erf({})": mpmath.erf,
    "erfc({})": mpmath.erfc,
    "erfinv({})": lambda a: mpmath.erfinv(a) if abs(a) < 1 else mpmath.nan,
    "lgamma({})": lambda a: mpmath.log(abs(mpmath.gamma(a))),
    "digamma({})": mpmath.digamma,
    "polygamma(1, {})": lambda a: mpmath.polygamma(1, a),
    "log(1 + exp({}))": lambda a: mpmath.log(1 + mpmath.exp(a)),
    "({})^2": lambda a: a**2,
    "({})^3": lambda a: a**3,
    "-({})": lambda a: -a,
    "1 / ({})": lambda a: 1 / a,
    "abs({})": abs,
}
TWO: dict[str, Callable[[Number, Number], Number]] = {
    "({}) + ({})": lambda a, b: a + b,
    "({}) - ({})": lambda a, b: a - b,
    "({}) * ({})": lambda a, b: a * b,
    "({}) / ({})": lambda a, b: a / b,
    "({}) ^ ({})": lambda a, b: a**b,
    "({}) % ({})": lambda a, b: a - b * mpmath.floor(a / b),
    "atan2({}, {})": mpmath.atan2,
    "hypot({}, {})": mpmath.hypot,
    "logaddexp({}, {})": lambda a, b: mpmath.log(mpmath.exp(a) + mpmath.exp(b)),
    "xlogy({}, {})": lambda a, b: a * mpmath.log(b),
    "lerp({}, {}, 0.25)": lambda a, b: a + (b - a) / 4,
    "maximum({}, {})": max,
    "minimum({}, {})": min,
    "copysign({}, {})": lambda a, b: abs(a) * mpmath.sign(b),
}

Rounding = Callable[[Number], Number]


class Formula(NamedTuple):
    """A text, and the same as a function of mpmath's numbers and of what happens to each of its values."""

    text: str
    function: Callable[[Number, Number, Rounding], Number]


class Outside(Exception):
    """A sub-expression left the numbers that a double keeps its digits for."""


def _within(value: Number) -> Number:
    if isinstance(value, mpmath.mpc) or not mpmath.isfinite(value) or not 1e-3 < abs(value) < 30:
        raise Outside
    return value


class _Rounded:
    """Values multiplied by factors near 1, the same at each call of ``function``."""

    def __init__(self, formula: Formula, random: Random) -> None:
        self.formula, self.random = formula, random
        self.factors: list[Number] = []
        self.at = 0

    def __call__(self, x: Number, y: Number) -> Number:
        self.at = 0
        return self.formula.function(self._round(x), self._round(y), self._round)

    def _round(self, value: Number) -> Number:
        if self.at == len(self.factors):
            self.factors.append(1 + mpmath.mpf(EPSILON) * self.random.uniform(-1, 1))
        self.at += 1
        return value * self.factors[self.at - 1]


def _formula(random: Random, depth: int) -> Formula:
    if depth == 0 or random.random() < 0.1:
        name = random.choice(["x", "y", "x", "y", "number"])
        if name == "number":
            number = random.choice([2, 3, 0.5, 1.5])
            return Formula(str(number), lambda x, y, rounding: mpmath.mpf(number))
        return Formula(name, lambda x, y, rounding: x if name == "x" else y)
    if random.random() < 0.45:
        form, one = random.choice(list(ONE.items()))
        inner = _formula(random, depth - 1)
        return Formula(
            form.format(inner.text), lambda x, y, rounding: rounding(one(inner.function(x, y, rounding)))
        )
    form, two = random.choice(list(TWO.items()))
    left, right = _formula(random, depth - 1), _formula(random, depth - 1)
    return Formula(
        form.format(left.text, right.text),
        lambda x, y, rounding: rounding(two(left.function(x, y, rounding), right.function(x, y, rounding))),
    )


def formulas(count: int = COUNT, seed: int = 0) -> Iterator[tuple[Formula, float, float]]:
    """Formulas that depend on both names, each with a point of its domain."""
    random = Random(seed)
    while count:
        formula = _formula(random, DEPTH)
        x, y = random.uniform(0.3, 2.5), random.uniform(0.3, 2.5)
        if not set(Expression(formula.text).variables) >= {"x", "y"}:
            continue
        try:
            formula.function(mpmath.mpf(x), mpmath.mpf(y), _within)
            exact(lambda a, b, formula=formula: formula.function(a, b, _within), x, y)  # type: ignore[misc]
        except (Outside, ValueError, ZeroDivisionError, TypeError):
            continue
        count -= 1
        yield formula, x, y


def exact(function: Callable[[Number, Number], Number], x: float, y: float) -> dict[str, Number]:
    """Value, first and second derivatives, to 50 digits."""
    with mpmath.workdps(DIGITS + 70):
        point = mpmath.mpf(x), mpmath.mpf(y)
        orders = {"x": (1, 0), "y": (0, 1), "xx": (2, 0), "xy": (1, 1), "yy": (0, 2)}
        return {
            "value": function(*point),
            **{name: mpmath.diff(function, point, order) for name, order in orders.items()},
        }


def check(count: int = COUNT, seed: int = 0) -> tuple[int, list[str]]:
    """How many formulas agree, and what the others say."""
    agreed, failures = 0, []
    for formula, x, y in formulas(count, seed):
        wrong = _wrong(formula, x, y)
        if wrong:
            failures.append(f"{formula.text} at x={x!r}, y={y!r}: {'; '.join(wrong)}")
        else:
            agreed += 1
    return agreed, failures


def _wrong(formula: Formula, x: float, y: float) -> list[str]:
    random = Random(1)
    expected = exact(lambda a, b: formula.function(a, b, lambda value: value), x, y)
    tries = [exact(_Rounded(formula, random), x, y) for _ in range(TRIES)]
    f = Expression(formula.text)
    value, slope = f.value_and_grad(wrt=("x", "y"), x=x, y=y)
    second = f.hessian(wrt=("x", "y"), x=x, y=y)
    curved = {"xx": second["x"]["x"], "xy": second["x"]["y"], "yy": second["y"]["y"]}
    found = {"value": value, **slope, **curved}
    # What a derivative is made of may cancel, but is no larger than its fellows.
    largest = max(abs(truth) for truth in expected.values())
    sentences = []
    for name, truth in expected.items():
        spread = max(abs(one[name] - truth) for one in tries)
        room = FACTOR * (spread + EPSILON * largest)
        # nan is never close.
        if not abs(mpmath.mpf(float(found[name])) - truth) <= room:
            times = abs(mpmath.mpf(float(found[name])) - truth) / room * FACTOR
            truth = mpmath.nstr(truth, 17)
            off = mpmath.nstr(times, 3)
            sentences.append(f"{name} is {float(found[name])!r}, in truth {truth}: {off} roundings off")
    return sentences
