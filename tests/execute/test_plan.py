"""The plan: what is computed, how often, and how long it is kept."""

from __future__ import annotations

import math
import subprocess
import sys
import weakref
from collections import Counter
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import gradcli.graph.operations  # noqa: F401  (fills the table)
from gradcli import Expression
from gradcli.data.given import as_given
from gradcli.errors import EvaluationError
from gradcli.execute import backends
from gradcli.execute.plan import Plan, trace
from gradcli.graph import derive
from gradcli.graph.node import Node, constant, ops, reachable, variable


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each kernel ran, by its path."""
    found: Counter[str] = Counter()
    original = backends.function

    def counted(path: str) -> Callable[..., Any]:
        kernel = original(path)

        def run(*arguments: Any, **parameters: Any) -> Any:
            found[path] += 1
            return kernel(*arguments, **parameters)

        return run

    monkeypatch.setattr(backends, "function", counted)
    return found


# Shared subexpressions.


def test_equal_subexpressions_are_computed_once(calls: Counter[str]) -> None:
    value, found = Expression("mean((x + 2) * (x + 2) * 2) + sum(exp(x + 2) + exp(x + 2))").value_and_grad(
        x=[1.0, 2.0]
    )
    assert calls["numpy.exp"] == 1
    assert_allclose(value, np.mean([18, 32]) + 2 * (math.exp(3) + math.exp(4)))
    assert_allclose(found["x"], [6 + 2 * math.exp(3), 8 + 2 * math.exp(4)])


def test_the_same_mask_is_picked_once(calls: Counter[str]) -> None:
    text = "sum(x[x > 0]^2) / size(x[x > 0])"
    assert Expression(text)(x=[1.0, -1.0, 3.0]) == 5.0
    assert calls["kernels.indexing.index"] == 1


def test_what_differs_is_not_merged() -> None:
    x = variable("x", (2,))
    assert_array_equal(
        Plan([x / constant(0.0) + x / constant(-0.0)]).run({"x": np.ones(2)})[0], [math.nan] * 2
    )
    assert Plan([1 / constant(0.0), 1 / constant(-0.0)]).run({}) == [math.inf, -math.inf]
    up, down = (ops.arange(start=zero, stop=1.0) for zero in (0.0, -0.0))
    signs = [np.signbit(one).tolist() for one in Plan([up, down]).run({})]
    assert signs == [[False], [True]]
    # True is 1 to Python, but they are of different kinds.
    one, true = constant(1.0), constant(True, kind="bool")
    assert Plan([one, true]).run({}) == [1.0, True]
    assert type(Plan([one, true]).run({})[1]) is bool


def test_nan_constants() -> None:
    nan = constant(math.nan)
    first, second, third = Plan([nan, constant(math.nan) + 1, ops.eq(nan, constant(math.nan))]).run({})
    assert math.isnan(first)
    assert math.isnan(second)
    assert third is False
    assert_array_equal(Plan([constant((math.nan, -0.0), (2,))]).run({})[0], [math.nan, -0.0])


# Lifetimes.


def test_values_are_freed_after_their_last_use(monkeypatch: pytest.MonkeyPatch) -> None:
    alive: list[weakref.ref[np.ndarray]] = []
    most = 0
    original = backends.function

    def watched(path: str) -> Callable[..., Any]:
        kernel = original(path)

        def run(*arguments: Any, **parameters: Any) -> Any:
            nonlocal most
            result = kernel(*arguments, **parameters)
            alive.append(weakref.ref(result))
            most = max(most, sum(one() is not None for one in alive))
            return result

        return run

    monkeypatch.setattr(backends, "function", watched)
    x = variable("x", (1000,))
    y = x
    for _ in range(60):
        y = ops.sin(y)
    plan = Plan([y])
    plan.run({"x": np.ones(1000)})
    assert len(alive) == 60
    assert most <= 3
    del plan
    assert sum(one() is not None for one in alive) == 0


def test_a_gradient_keeps_no_more_than_it_needs() -> None:
    x = variable("x", (3,))
    y = ops.exp(x)
    plan = Plan([y, *(one for one in derive.vjp([(ops.sum(y), constant(1.0))], [x]) if one is not None)])
    freed = [place for step in plan.literal.steps for place in step.forget]
    assert len(freed) == len(set(freed))
    assert not {place for place, *_ in plan.literal.outputs} & set(freed)


def test_a_plan_runs_again_with_other_values() -> None:
    f = Expression("sum(x * [1, 2, 3])")
    for _ in range(2):
        assert f(x=[1, 1, 1]) == 6
        assert f(x=[0, 0, 1]) == 3


@pytest.mark.parametrize(
    "text", ["x", "detach(x)", "reshape(x, (2, 1))", "x.T", "x[0:]", "x[:]", "flatten(x)"]
)
def test_a_result_is_the_users_own(text: str) -> None:
    x = np.array([1.0, 2.0])
    result = Expression(text)(x=x)
    result[...] = 9
    assert_array_equal(x, [1, 2])


@pytest.mark.parametrize("size", [3, 70_000])
def test_results_share_no_memory(size: int) -> None:
    """Also where they are the same node, as a sum's gradients are."""
    f = Expression("y = exp(x + z); (y, y, y + 0, detach(y), y[1:], reshape(y, (1, -1)), x)")
    g = Expression("sum(exp(x + z))")
    point = {"x": np.linspace(0, 1, size), "z": np.linspace(1, 2, size)}
    h = g.compile()
    for call in (lambda: f(**point), lambda: g.grad(**point).values(), lambda: h(**point)[1].values()):
        for _ in range(3):
            for one, other in combinations([*call(), *point.values()], 2):
                assert not np.shares_memory(one, other)


def test_a_constant_of_the_plan_cannot_be_changed_from_outside() -> None:
    f = Expression("[1, 2, 3]")
    f()[0] = 9
    assert_array_equal(f(), [1, 2, 3])


@pytest.mark.parametrize(
    "text", ["sum(x)", "mean(x)", "x[0] * 0", "sum(x.T)", "sum(broadcast_to(x, (4, 2)))"]
)
def test_a_gradient_can_be_written_to(text: str) -> None:
    f = Expression(text)
    found = f.grad(x=[1.0, 2.0])["x"]
    before = found.copy()
    found *= 2
    found[0] = 7
    assert_array_equal(f.grad(x=[1.0, 2.0])["x"], before)


# Choice.


def test_only_the_branch_that_is_taken_runs() -> None:
    singular, regular = np.zeros((2, 2)), np.diag([2.0, 4.0])
    f = Expression("sum(inv(A)) if det(A) != 0 else sum(A)")
    value, found = f.value_and_grad(A=singular)
    assert value == 0
    assert_array_equal(found["A"], np.ones((2, 2)))
    assert_array_equal(f.hessian(A=singular)["A"]["A"], np.zeros((2, 2, 2, 2)))
    assert f.jvp({"A": np.ones((2, 2))}, A=singular)[1] == 4
    assert_array_equal(f.hvp({"A": np.ones((2, 2))}, A=singular)[1]["A"], np.zeros((2, 2)))
    value, found = f.value_and_grad(A=regular)
    assert value == 0.75
    assert_allclose(found["A"], [[-0.25, -0.125], [-0.125, -0.0625]])
    with pytest.raises(EvaluationError, match="singular"):
        Expression("where(det(A) != 0, sum(inv(A)), sum(A))")(A=singular)


def test_each_branch_is_counted(calls: Counter[str]) -> None:
    f = Expression("sum(sin(x)) if sum(x) > 0 else sum(cos(x) * exp(y))")
    f(x=[1.0, 1.0], y=1.0)
    assert (calls["numpy.sin"], calls["numpy.cos"], calls["numpy.exp"]) == (1, 0, 0)
    f(x=[-1.0, -1.0], y=1.0)
    assert (calls["numpy.sin"], calls["numpy.cos"], calls["numpy.exp"]) == (1, 1, 1)
    calls.clear()
    found = f.grad(x=[1.0, 1.0], y=1.0)
    assert (calls["numpy.cos"], calls["numpy.exp"]) == (1, 0)
    assert_allclose(found["x"], [math.cos(1)] * 2)
    assert found["y"] == 0


def test_what_both_branches_and_the_rest_use_runs_once(calls: Counter[str]) -> None:
    f = Expression("s = exp(x); (sum(s) if x[0] > 0 else prod(s)) + (s[0] if x[1] > 0 else 0)")
    assert_allclose(f(x=[1.0, 2.0]), 2 * math.e + math.exp(2))
    assert calls["numpy.exp"] == 1
    assert_allclose(f.grad(x=[1.0, 2.0])["x"], [2 * math.e, math.exp(2)])
    assert_allclose(f.grad(x=[-1.0, -2.0])["x"], [math.exp(-3)] * 2)


def test_nested_choices() -> None:
    text = "(inv(A)[0, 0] if x > 1 else x * A[0, 0]) if x > 0 else (log(x + 9) if x > -5 else x^2)"
    f = Expression(text)
    zero = [[0.0, 1.0], [0.0, 2.0]]
    for x, value, slope, curve in (
        (0.5, 0.0, 0.0, 0.0),
        (-1.0, math.log(8), 1 / 8, -1 / 64),
        (-6.0, 36.0, -12.0, 2.0),
    ):
        found, back = f.value_and_grad(x=x, A=zero)
        assert_allclose([found, back["x"]], [value, slope])
        assert_array_equal(back["A"], [[x, 0], [0, 0]] if x == 0.5 else np.zeros((2, 2)))
        assert_allclose(f.hessian(wrt=("x",), x=x, A=zero)["x"]["x"], curve)
        assert_allclose(f.jvp({"x": 1.0}, x=x, A=zero)[1], slope)
    with pytest.raises(EvaluationError):
        f(x=2.0, A=zero)


def test_a_choice_inside_what_a_choice_decides_on() -> None:
    f = Expression("c = (x if x > 0 else -x) > 2; x^2 if c else x^3")
    for x, slope in ((3.0, 6.0), (-3.0, -6.0), (1.0, 3.0), (-1.0, 3.0)):
        assert f.grad(x=x)["x"] == slope
        assert f.jvp({"x": 1.0}, x=x)[1] == slope


def test_a_constant_condition() -> None:
    assert Expression("x if true else 1 / (x - x)").value_and_grad(x=3.0) == (3.0, {"x": 1.0})


# Depth.


def test_a_very_long_chain() -> None:
    x = variable("x")
    y: Node = x
    for _ in range(100_000):
        y = ops.sin(y) + 0.0001
    (gradient,) = derive.gradient(y, [x])
    assert gradient is not None
    value, slope = Plan([y, gradient]).run({"x": 0.5})
    expected, factor = 0.5, 1.0
    for _ in range(100_000):
        factor *= math.cos(expected)
        expected = math.sin(expected) + 0.0001
    assert_allclose(value, expected, rtol=1e-12)
    assert_allclose(slope, factor, rtol=1e-9)


def test_a_very_long_chain_of_choices() -> None:
    x = variable("x")
    y: Node = x
    for _ in range(3000):
        y = ops.choice(ops.gt(y, 0), y * 0.999, y - 1)
    (gradient,) = derive.gradient(y, [x])
    assert gradient is not None
    value, slope = Plan([y, gradient]).run({"x": 1.0})
    assert_allclose([value, slope], [0.999**3000] * 2, rtol=1e-10)


# Scalars.

PROGRAM = """
import sys
from gradcli import Expression
text = "a = sin(x) * exp(-x^2) + atan2(x, y); maximum(a, y^x) if x > 0 else sum(x) / norm(y) + sqrt(x)"
f = Expression(text)
f(x=1.5, y=2.0)
f.value_and_grad(x=1.5, y=2.0)
f.hessian(x=1.5, y=2.0)
f.jvp({"x": 1.0}, x=1.5, y=2.0)
f.hvp({"x": 1.0, "y": 0.5}, x=-1.5, y=2.0)
f.vjp(2.0, x=1, y=True)
Expression("diff(x^5 * log(x), x, 4)")(x=2.0)
assert "numpy" not in sys.modules
f.grad(x=[1.0][0], y=2)
assert "numpy" not in sys.modules
"""


def test_scalars_never_load_numpy() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_a_scalar_is_pythons_own() -> None:
    for text in ("x + 1", "sum([x, 1])"):
        assert type(Expression(text)(x=1.0)) is float
    assert type(Expression("x > 1")(x=1.0)) is bool
    assert type(Expression("sum([x, 1]) > 1")(x=1.0)) is bool


# Masks, whose size only the run knows.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x[x > 0]", "x[x > 0]"),
        ("x[x > 0] * 2 + 1", "x[x > 0] * 2 + 1"),
        ("x[x > 0] * y", "x[x > 0] * y"),
        ("y * x[x > 0] + x[x > 0]^2", "y * x[x > 0] + x[x > 0]**2"),
        ("x[x > 9]", "x[x > 9]"),
        ("max(x[x > 0])", "x[x > 0].max()"),
        ("std(x[x > 0])", "x[x > 0].std(ddof=1)"),
        ("var(x[x > 0])", "x[x > 0].var(ddof=1)"),
        ("mean(x[x > 0])", "x[x > 0].mean()"),
        ("prod(x[x > 0])", "x[x > 0].prod()"),
        ("norm(x[x > 0])", "np.linalg.norm(x[x > 0])"),
        ("norm(x[x > 0], 3)", "np.sum(np.abs(x[x > 0])**3)**(1/3)"),
        ("logsumexp(x[x > 0])", "np.log(np.sum(np.exp(x[x > 0])))"),
        ("softmax(x[x > 0])", "np.exp(x[x > 0]) / np.sum(np.exp(x[x > 0]))"),
        ("x[x > 0] @ x[x > 0]", "x[x > 0] @ x[x > 0]"),
        ("outer(x[x > 0], y)", "np.outer(x[x > 0], y)"),
        ("x[x > 0][::-1]", "x[x > 0][::-1]"),
        ("x[x > 0][1:]", "x[x > 0][1:]"),
        ("x[x > 0][0]", "x[x > 0][0]"),
        ("x[x > 0][-1]", "x[x > 0][-1]"),
        ("reshape(x[x > 0], -1)", "x[x > 0]"),
        ("A[x > 0]", "A[x > 0]"),
        ("A[:, y > 0]", "A[:, y > 0]"),
        ("sum(A[x > 0], axis=0)", "A[x > 0].sum(axis=0)"),
        ("prod(A[x > 0], axis=0)", "A[x > 0].prod(axis=0)"),
        ("prod(A[x > 0], axis=1)", "A[x > 0].prod(axis=1)"),
        ("prod(A[x > 0])", "A[x > 0].prod()"),
        ("max(A[x > 0], axis=0)", "A[x > 0].max(axis=0)"),
        ("A[x > 0] * y", "A[x > 0] * y"),
        ("A[x > 0] @ y", "A[x > 0] @ y"),
        ("x[x > 0] @ A[x > 0]", "x[x > 0] @ A[x > 0]"),
        ("A[x > 0].T", "A[x > 0].T"),
        ("flatten(A[x > 0])", "A[x > 0].ravel()"),
        ("A[A > 0]", "A[A > 0]"),
        ("where(x[x > 0] > 1, x[x > 0]^2, 0)", "np.where(x[x > 0] > 1, x[x > 0]**2, 0)"),
        ("stack([x[x > 0], 2 * x[x > 0]])", "np.stack([x[x > 0], 2 * x[x > 0]])"),
        ("size(x[x > 0]) * x", "len(x[x > 0]) * x"),
        ("clip(x[x > 0], 0.5, y[0])", "np.clip(x[x > 0], 0.5, y[0])"),
    ],
)
def test_masks(text: str, expected: str) -> None:
    """Value against NumPy, gradient against the same expression with the positions written out."""
    x, y = np.array([0.7, -1.2, 2.1, -0.4]), np.array([1.3])
    A = np.arange(12.0).reshape(4, 3) / 4 - 1.1
    if "A" in text:
        y = np.array([1.1, -0.3, 0.8])
    value = eval(expected, {"x": x, "y": y, "A": A, "np": np})
    f = Expression(text)
    names = {name: given for name, given in (("x", x), ("y", y), ("A", A)) if name in f.variables}
    found = f(**names)
    assert_allclose(found, value, rtol=1e-14)
    total = Expression(f"sum(({text})^2)")
    gradients = total.grad(**names)
    hessian = total.hessian(**names)
    for name, given in names.items():
        step = 1e-5
        numeric, second = np.zeros(given.shape), np.zeros(given.shape)
        for place in np.ndindex(given.shape):
            up, down = given.copy(), given.copy()
            up[place] += step
            down[place] -= step
            high, low = (
                total.value_and_grad(**{**names, name: up}),
                total.value_and_grad(**{**names, name: down}),
            )
            numeric[place] = (high[0] - low[0]) / (2 * step)
            second[place] = (high[1][name][place] - low[1][name][place]) / (2 * step)
        assert_allclose(gradients[name], numeric, rtol=1e-6, atol=1e-6 * max(1, np.abs(numeric).max()))
        flat = hessian[name][name].reshape(given.size, given.size)
        assert_allclose(flat, flat.T, rtol=1e-9, atol=1e-9)
        assert_allclose(np.diag(flat), second.ravel(), rtol=1e-5, atol=1e-5 * max(1, np.abs(second).max()))


@pytest.mark.parametrize(
    "text",
    [
        "x[x > 0] * x[x > 1]",
        "x[x > 0] @ x[x > 1]",
        "stack([x[x > 0], x[x > 1]])",
    ],
)
def test_masks_of_different_sizes_are_an_error_of_ours(text: str) -> None:
    f = Expression(text)
    assert np.shape(f(x=[2.0, 3.0])) in ((2,), (), (2, 2))
    with pytest.raises(EvaluationError, match="sizes do not fit"):
        f(x=[0.5, 2.0, 3.0])
    nodes = f.answers.graph({"x": as_given("x", [0.5, 2.0, 3.0])}).outputs
    with pytest.raises(EvaluationError, match="sizes do not fit") as caught:
        trace(nodes, {"x": np.array([0.5, 2.0, 3.0])})
    assert caught.value.node in nodes


def test_a_jacobian_of_a_masked_array() -> None:
    found = Expression("x[x > 0]^2").jacobian(x=[3.0, -1.0, 2.0])["x"]
    assert_array_equal(found, [[6, 0, 0], [0, 0, 4]])
    _, change = Expression("x[x > 0]^2").jvp({"x": [1.0, 1.0, 10.0]}, x=[3.0, -1.0, 2.0])
    assert_array_equal(change, [6, 40])
    _, back = Expression("x[x > 0]^2").vjp([1.0, 10.0], x=[3.0, -1.0, 2.0])
    assert_array_equal(back["x"], [6, 0, 40])


# Types, and a run that keeps everything.


def test_float32() -> None:
    x = variable("x", (3,))
    plan = Plan([ops.sum(ops.exp(x) / 3), ops.gt(x, 1), x * 0.1], "float32")
    total, larger, tenth = plan.run({"x": np.array([0.0, 1.0, 2.0])})
    assert (total.dtype, larger.dtype, tenth.dtype) == (np.float32, bool, np.float32)
    assert_allclose(total, (1 + math.e + math.exp(2)) / 3, rtol=1e-6)


def test_trace_keeps_every_value_and_names_the_node_that_fails() -> None:
    x = variable("x", (2, 2))
    condition = ops.gt(ops.det(x), 0)
    taken, other = ops.trace(x), ops.sum(ops.inv(x))
    y = ops.choice(condition, other, taken)
    found = trace([y], {"x": np.zeros((2, 2))})
    assert found[y] == 0
    assert taken in found
    assert other not in found
    with pytest.raises(EvaluationError) as caught:
        trace([other], {"x": np.zeros((2, 2))})
    assert isinstance(caught.value.node, Node)
    assert caught.value.node.op.name == "inv"


def test_too_little_memory_is_an_error_of_ours() -> None:
    with pytest.raises(EvaluationError, match="% of what is free"):
        Expression("sum(outer(x, x)[:, :, None] * [[x]])")(x=np.ones(200_000))


def test_what_would_run_out_of_memory_says_where() -> None:
    x = variable("x", (200_000,))
    big = ops.unsqueeze(ops.unsqueeze(x, axis=1) * x, axis=2) * x
    values = {"x": np.ones(200_000)}
    for run in (trace, lambda outputs, given: Plan(outputs).run(given)):
        with pytest.raises(EvaluationError, match="% of what is free") as caught:
            run([ops.sum(big)], values)
        assert isinstance(caught.value.node, Node)
        assert caught.value.node.op.name == "mul"


@pytest.mark.parametrize("left", [False, True])
def test_deeply_nested_choices_cost_linear_time(left: bool) -> None:
    """Three thousand choices one inside another, differentiated twice; a region is decided once."""
    x = variable("x")
    y: Node = ops.sin(x)
    for k in range(3000):
        inner, other = y, x * x * (k + 1.0)
        condition = ops.gt(x, k - 2999.5 if left else k + 0.5)
        y = ops.choice(condition, inner, other) if left else ops.choice(condition, other, inner)
    (gradient,) = derive.gradient(y, [x])
    assert gradient is not None
    (second,) = derive.gradient(gradient, [x])
    assert second is not None
    nodes = len(reachable([y, gradient, second]))
    assert nodes < 100_000
    plan = Plan([y, gradient, second])
    if left:
        assert_allclose(plan.run({"x": 2.5}), [math.sin(2.5), math.cos(2.5), -math.sin(2.5)])
        assert_allclose(plan.run({"x": -2998.9}), [2998.9**2 * 3000, -2998.9 * 6000, 6000])
    else:
        assert_allclose(plan.run({"x": 2.0}), [4 * 2, 2 * 2 * 2, 2 * 2])


def test_a_masked_branch_that_is_not_taken_does_not_run(calls: Counter[str]) -> None:
    f = Expression("sum(exp(x[x > 0])) if sum(x) > 9 else sum(x)")
    assert_array_equal(f.grad(x=[1.0, 2.0])["x"], [1, 1])
    assert calls["numpy.exp"] == 0


def test_booleans_that_are_differentiated_by_count_as_numbers() -> None:
    b = np.array([True, False])
    for text, slope in (("sum(b - 2 * b)", [-1, -1]), ("sum(-b)", [-1, -1]), ("var(b)", [1, -1])):
        np.testing.assert_array_equal(Expression(text).grad(wrt="b", b=b)["b"], slope)
