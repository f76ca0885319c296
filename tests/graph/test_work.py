"""How much work a derivative is, in steps of the plan: no time is measured, so nothing is noise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from gradcli.answers import Answers
from gradcli.data.given import as_given
from gradcli.execute.plan import Plan
from gradcli.graph import derive
from gradcli.graph.node import Node, ops, variable

N = 40


def chain(x: Node, name: str, length: int = N) -> Node:
    for _ in range(length):
        x = ops.records[name](x)
    return x


def steps(nodes: list[Node | None]) -> Counter[str]:
    plan = Plan([one for one in nodes if one])
    return Counter(step.node.op.name for step in plan.literal.steps if step.node)


@pytest.mark.parametrize("shape", [(), (5,)], ids=str)
def test_a_jvp_costs_one_pass_beside_the_value_and_the_local_derivatives(shape: tuple[int, ...]) -> None:
    x, v = variable("x", shape), variable("v", shape)
    output = chain(x, "sin")
    assert steps([output, *derive.jvp([output], [x], [v])]) == {"sin": N, "cos": N, "strong": N}


def test_what_outputs_share_is_pushed_forward_once() -> None:
    x, v = variable("x", (5,)), variable("v", (5,))
    shared = chain(x, "sin")
    outputs = [ops.exp(shared), ops.sum(shared), shared]
    found = steps([*outputs, *derive.jvp(outputs, [x], [v])])
    assert found == {"sin": N, "cos": N, "strong": N + 1, "exp": 1, "sum": 2}


@pytest.mark.parametrize(
    ("name", "most"),
    [
        # Each the value, its cotangent and its tangent, and two products and a sum for what is new.
        ("exp", 6 * N),
        # The same with a first and a second derivative of its own: the cosine and minus the sine.
        ("sin", 9 * N),
    ],
)
@pytest.mark.parametrize("forward", [False, True], ids=["reverse over reverse", "forward over reverse"])
def test_a_product_with_the_hessian_costs_four_passes(name: str, most: int, forward: bool) -> None:
    x, v = variable("x", (5,)), variable("v", (5,))
    output = ops.sum(chain(x, name))
    slopes = [one for one in derive.gradient(output, [x]) if one]
    found = derive.jvp(slopes, [x], [v]) if forward else derive.hvp(output, [x], [v])
    assert steps([output, *found]).total() <= most + 2


def test_products_with_matrices_are_as_few_as_by_hand() -> None:
    a, x, v = variable("a", (4, 5)), variable("x", (5,)), variable("v", (5,))
    output = ops.sum(ops.sin(ops.matvec(a, x)))
    found = steps([output, *derive.hvp(output, [x], [v])])
    # A x for the value, then A v, and A' of the result.
    assert found["matvec"] + found["vecmat"] == 3


PLANS: list[tuple[str, Callable[[Answers], object], int]] = [
    ("value", lambda e: e.value({"x": POINT}), N + 1),
    ("gradient", lambda e: e.gradient({"x": POINT}), 3 * N + 2),
    ("jvp", lambda e: e.jvp({"x": POINT}, {"x": POINT}), 3 * N + 2),
    ("hvp", lambda e: e.hvp({"x": POINT}, {"x": POINT}), 9 * N + 2),
]
POINT = as_given("x", [0.1, 0.2, 0.3])


@pytest.mark.parametrize(("ask", "most"), [one[1:] for one in PLANS], ids=[one[0] for one in PLANS])
def test_the_questions_of_the_library_cost_no_more(
    ask: Callable[[Answers], object], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths = []

    def counted(nodes: list[Node], dtype: str) -> Plan:
        plan = Plan(nodes, dtype)
        lengths.append(len(plan.literal.steps))
        return plan

    monkeypatch.setattr("gradcli.asking.Plan", counted)
    ask(Answers("sum(" + "sin(" * N + "x" + ")" * N + ")"))
    assert len(lengths) == 1
    assert lengths[0] <= most
