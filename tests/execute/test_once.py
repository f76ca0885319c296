"""The first run of a graph of floats, which makes no steps, says what the runs with steps say."""

from __future__ import annotations

import math
from functools import reduce

import pytest

from gradcli import Expression
from gradcli.errors import EvaluationError
from gradcli.execute.plan import Plan
from gradcli.graph import derive
from gradcli.graph.node import Node, constant, ops, variable


def horner(x: Node, steps: int) -> Node:
    """0.5 (... 0.5 (0.5 x + x) + x ...) + x."""
    return reduce(lambda y, _: y * 0.5 + x, range(steps), x)


def test_the_first_run_makes_no_steps() -> None:
    x = variable("x")
    plan = Plan([ops.sin(x) * x])
    assert plan.run({"x": 2.0}) == [math.sin(2.0) * 2.0]
    assert "literal" not in vars(plan)
    assert plan.run({"x": 3.0}) == [math.sin(3.0) * 3.0]
    assert "literal" in vars(plan)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("x^2*sin(x)", 3.0),
        ("exp(1000*x)", 1.0),
        ("log(x)", -1.0),
        ("1/x", 0.0),
        ("sqrt(x)", 0.0),
        ("sum(x, axis=0) + clamp(x, 0, 1)", 0.5),
        ("leaky_relu(x, 0.1)", -2.0),
    ],
)
def test_the_first_run_and_the_second_agree(text: str, at: float) -> None:
    expression = Expression(text)
    first, second = (expression.value_and_grad(x=at) for _ in range(2))
    assert repr(first) == repr(second)


def test_a_branch_that_is_not_taken_is_not_run_the_first_time() -> None:
    x = variable("x")
    plan = Plan([ops.choice(ops.gt(x, 0.0), x, horner(x, 3))])
    assert plan.run({"x": 1.0}) == [1.0]
    assert "literal" in vars(plan)


def test_what_is_wrong_the_first_time_is_told_with_its_node(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(x: float) -> float:
        raise ValueError("no such number.")

    x = variable("x")
    node = ops.sin(x)
    for module in ("backends", "once"):
        monkeypatch.setattr(f"gradcli.execute.{module}.function", lambda path: broken)
    with pytest.raises(EvaluationError, match="this cannot be computed: no such number") as raised:
        Plan([node + constant(1.0)]).run({"x": 1.0})
    assert raised.value.node is node


def test_a_hundred_thousand_operations_there_and_back() -> None:
    x = variable("x")
    y = horner(x, 50_000)
    (slope,) = derive.gradient(y, [x])
    assert slope is not None
    # A geometric series: 1 + 0.5 + 0.25 + ... comes to 2.
    assert Plan([y, slope]).run({"x": 0.75}) == [1.5, 2.0]
