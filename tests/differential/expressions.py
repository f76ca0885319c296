"""Random nested expressions of two numbers against mpmath at 50 digits: value, gradient and Hessian.

mpmath differentiates by differences at 120 digits, so it shares no rule with anybody.
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
TOLERANCE = 1e-9

Number = Any
Function = Callable[[Number, Number], Number]

# How it is written, and what it is; an argument that leaves the domain sends the tree back.
ONE: dict[str, Callable[[Number], Number]] = {
    "sin({})": mpmath.sin,
    "cos({})": mpmath.cos,
    "tan({})": mpmath.tan,
    "exp({})": mpmath.exp,
    "log({})": mpmath.log,
    "sqrt({})": mpmath.sqrt,
    "tanh({})": mpmath.tanh,
    "sinh({})": mpmath.sinh,
    "cosh({})": mpmath.cosh,
    "atan({})": mpmath.atan,
    "asinh({})": mpmath.asinh,
    "log1p({})": lambda a: mpmath.log(1 + a),
    "expm1({})": lambda a: mpmath.exp(a) - 1,
    "sigmoid({})": lambda a: 1 / (1 + mpmath.exp(-a)),
    "softplus({})": lambda a: mpmath.log(1 + mpmath.exp(a)),
    "erf({})": mpmath.erf,
    "lgamma({})": lambda a: mpmath.log(abs(mpmath.gamma(a))),
    "log(1 + exp({}))": lambda a: mpmath.log(1 + mpmath.exp(a)),
    "({})^2": lambda a: a**2,
    "({})^3": lambda a: a**3,
    "-({})": lambda a: -a,
    "1 / ({})": lambda a: 1 / a,
    "abs({})": abs,
}
TWO: dict[str, Function] = {
    "({}) + ({})": lambda a, b: a + b,
    "({}) - ({})": lambda a, b: a - b,
    "({}) * ({})": lambda a, b: a * b,
    "({}) / ({})": lambda a, b: a / b,
    "({}) ^ ({})": lambda a, b: a**b,
    "atan2({}, {})": mpmath.atan2,
    "hypot({}, {})": mpmath.hypot,
    "logaddexp({}, {})": lambda a, b: mpmath.log(mpmath.exp(a) + mpmath.exp(b)),
    "maximum({}, {})": max,
}


class Formula(NamedTuple):
    """A text, and the same as a function of mpmath's numbers."""

    text: str
    function: Function


class Outside(Exception):
    """A sub-expression left the numbers that a double keeps its digits for."""


def _checked(value: Number) -> Number:
    if isinstance(value, mpmath.mpc) or not mpmath.isfinite(value) or not 1e-3 < abs(value) < 30:
        raise Outside
    return value


def _formula(random: Random, depth: int) -> Formula:
    if depth == 0 or random.random() < 0.1:
        name = random.choice(["x", "y", "x", "y", "number"])
        if name == "number":
            number = random.choice([2, 3, 0.5, 1.5])
            return Formula(str(number), lambda x, y: mpmath.mpf(number))
        return Formula(name, (lambda x, y: x) if name == "x" else (lambda x, y: y))
    if random.random() < 0.45:
        form, one = random.choice(list(ONE.items()))
        inner = _formula(random, depth - 1)
        return Formula(form.format(inner.text), lambda x, y: _checked(one(inner.function(x, y))))
    form, two = random.choice(list(TWO.items()))
    left, right = _formula(random, depth - 1), _formula(random, depth - 1)
    return Formula(
        form.format(left.text, right.text),
        lambda x, y: _checked(two(left.function(x, y), right.function(x, y))),
    )


def formulas(count: int = COUNT, seed: int = 0) -> Iterator[tuple[Formula, float, float]]:
    """Formulas that depend on both names, each with a point of its domain."""
    random = Random(seed)
    while count:
        formula = _formula(random, DEPTH)
        x, y = random.uniform(0.3, 2.5), random.uniform(0.3, 2.5)
        if not ("x" in formula.text.replace("exp", "") and "y" in formula.text):
            continue
        try:
            exact(formula, x, y)
        except (Outside, ValueError, ZeroDivisionError, TypeError):
            continue
        count -= 1
        yield formula, x, y


def exact(formula: Formula, x: float, y: float) -> dict[str, Number]:
    """Value, first and second derivatives, to 50 digits."""
    with mpmath.workdps(DIGITS + 70):
        point = mpmath.mpf(x), mpmath.mpf(y)
        orders = {"value": (0, 0), "x": (1, 0), "y": (0, 1), "xx": (2, 0), "xy": (1, 1), "yy": (0, 2)}
        found = {}
        for name, order in orders.items():
            found[name] = (
                mpmath.diff(formula.function, point, order) if any(order) else formula.function(*point)
            )
        return found


def check() -> tuple[int, list[str]]:
    """How many formulas agree, and what the others say."""
    agreed, failures = 0, []
    for formula, x, y in formulas():
        expected = exact(formula, x, y)
        f = Expression(formula.text)
        value, slope = f.value_and_grad(wrt=("x", "y"), x=x, y=y)
        second = f.hessian(wrt=("x", "y"), x=x, y=y)
        found = {
            "value": value,
            **slope,
            "xx": second["x"]["x"],
            "xy": second["x"]["y"],
            "yy": second["y"]["y"],
        }
        largest = max(1.0, *[float(abs(one)) for one in expected.values()])
        wrong = [
            f"{name} is {found[name]!r}, and {mpmath.nstr(one, 17)} in truth"
            for name, one in expected.items()
            # nan is never close.
            if not abs(found[name] - float(one))
            <= TOLERANCE * max(largest if len(name) == 2 else 1.0, float(abs(one)))
        ]
        if wrong:
            failures.append(f"{formula.text} at x={x!r}, y={y!r}: {'; '.join(wrong)}")
        else:
            agreed += 1
    return agreed, failures
