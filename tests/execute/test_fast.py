"""The fast way over arrays: fused, block by block, on any number of threads, and the same numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sampling import Sample, describe, every_sample, get, gradient_nodes, weighted

from gradcli import Expression
from gradcli.answers import Answers
from gradcli.data.given import as_given
from gradcli.errors import EvaluationError
from gradcli.execute import backends
from gradcli.execute.fast import Fast
from gradcli.execute.loops import blocks, threads
from gradcli.execute.loops.fuse import Loop, fuse
from gradcli.execute.plan import Plan
from gradcli.graph.lower import lower
from gradcli.graph.node import Node, ops, reachable
from gradcli.graph.shapes import is_known
from gradcli.graph.simplify import share


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a few elements, so that small samples have several."""
    monkeypatch.setattr(blocks, "_BLOCK", 2)


def wanted(sample: Sample) -> list[Node]:
    """The value of a sample, and its gradient by every input."""
    nodes = [sample.output]
    if is_known(sample.output.shape) and not sample.output.op.gradless and sample.output.kind == "float":
        nodes += gradient_nodes(weighted(sample.output), sample)
    return nodes


def fast(nodes: list[Node], values: dict[str, Any]) -> list[Any]:
    """What the fast way gives, were it only for arrays."""
    found = Fast(nodes, "float64", backends.numpy("float64")).run(values)
    assert found is not None
    return found


def equal(found: list[Any], expected: list[Any]) -> None:
    for one, other in zip(found, expected, strict=True):
        assert_array_equal(one, other)
        assert type(one) is type(other)


@pytest.mark.parametrize("case", every_sample(), ids=describe)
def test_in_one_block_it_gives_the_same_bits(case: tuple[str, int]) -> None:
    sample = get(*case)
    nodes = wanted(sample)
    plan = Plan(nodes, whole=True)
    if not plan.scalar:
        equal(fast(nodes, sample.values), plan.run(sample.values))


@pytest.mark.parametrize("case", every_sample(), ids=describe)
@pytest.mark.usefixtures("small")
def test_in_many_blocks_it_gives_the_same_but_for_rounding(case: tuple[str, int]) -> None:
    sample = get(*case)
    nodes = wanted(sample)
    plan = Plan(nodes, whole=True)
    if not plan.scalar:
        for one, other in zip(fast(nodes, sample.values), plan.run(sample.values), strict=True):
            scale = np.max(np.abs(np.asarray(other, float)), initial=1.0)
            assert_allclose(one, other, rtol=1e-13, atol=1e-13 * scale)


TEXTS = [
    "mean((x + 2) * (x + 2) * 2)",
    "sum(softmax(x) * x)",
    "sum(((x - mean(x)) / std(x))^3)",
    "logsumexp(x * x) + norm(sin(x))",
    "max(x) * sum(exp(-x * x)) / min(x)",
    "sum(where(x > 0, sqrt(x), -x))",
    "sum(lgamma(x * x + 1)) * sum(lgamma(x * x + 1))",
]


def both(text: str, **values: Any) -> list[Any]:
    f = Expression(text)
    value, gradients = f.value_and_grad(**values)
    return [value, *gradients.values()]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_any_number_of_threads_gives_the_same_bits(
    text: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = np.random.default_rng(1).normal(size=50_000)
    expected = both(text, x=x)
    monkeypatch.setattr(threads, "cores", lambda: count)
    monkeypatch.setattr(blocks, "_WORTH", 0)
    monkeypatch.setattr(blocks, "_STEP", 0)
    for _ in range(3):
        equal(both(text, x=x), expected)


@pytest.mark.parametrize("text", TEXTS)
def test_large_arrays_are_as_small_ones(text: str) -> None:
    x = np.random.default_rng(2).normal(size=(300, 200))
    nodes, inputs = build(text, x)
    literal = Plan(nodes, whole=True).run(inputs)
    for one, other in zip(both(text, x=x), literal, strict=True):
        assert_allclose(one, other, rtol=1e-10)


def build(text: str, x: np.ndarray) -> tuple[list[Node], dict[str, Any]]:
    answer = Answers(text).gradient({"x": as_given("x", x)})
    return answer.nodes, {"x": x}


@pytest.mark.parametrize("size", [32_768, 32_769, 40_000, 60_001])
def test_the_first_run_gives_the_bits_of_the_next(size: int) -> None:
    x = np.random.default_rng(6).normal(size=size)
    f = Expression("sum(exp(x))^2")
    value, slopes = f.value_and_grad(x=x)
    for _ in range(2):
        again, others = f.value_and_grad(x=x)
        assert again == value
        assert_array_equal(others["x"], slopes["x"])


def test_a_sum_of_zero_has_one_sign_in_every_run() -> None:
    f = Expression("1 / sum(-x)")
    assert [f(x=[1.0, -1.0]) for _ in range(3)] == [np.inf] * 3


@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_in_another_order(order: Any) -> None:
    x = np.asarray(np.random.default_rng(3).normal(size=(200, 300)), order=order)
    value, slope = both("sum(exp(x) * x)", x=x)
    assert_allclose(value, np.sum(np.exp(x) * x))
    assert_allclose(slope, np.exp(x) * (x + 1))
    (slope,) = both("sum(sin(x))", x=x[::2, ::3])[1:]
    assert_allclose(slope, np.cos(x[::2, ::3]))


def test_rows_and_columns_meet() -> None:
    rng = np.random.default_rng(4)
    x, b, c = rng.normal(size=(3000, 20)), rng.normal(size=20), rng.normal(size=(3000, 1))
    value, by_x, by_c, by_b = both("sum(tanh(x * c + b))", x=x, b=b, c=c)
    bell = 1 / np.cosh(x * c + b) ** 2
    assert_allclose(value, np.sum(np.tanh(x * c + b)))
    assert_allclose(by_x, bell * c)
    assert_allclose(by_b, bell.sum(axis=0))
    assert_allclose(by_c, (bell * x).sum(axis=1, keepdims=True))


# What goes into a loop.


def loops(text: str, **shapes: tuple[int, ...]) -> list[Loop]:
    given = {name: as_given(name, np.ones(shape)) for name, shape in shapes.items()}
    outputs = share(lower(Answers(text).gradient(given).nodes, lambda node: None))
    return [one for one in fuse(reachable(outputs), outputs) if isinstance(one, Loop)]


def test_a_smooth_expression_is_one_loop() -> None:
    (loop,) = loops("mean(sin(x) * exp(-x * x) + log(1 + x * x))", x=(10_000,))
    assert [node.op.name for node in loop.joins] == ["sum"]
    assert [node.shape for node in loop.stored] == [(10_000,)]
    assert [node.op.name for node in loop.sliced] == ["input"]


def test_what_needs_a_sum_waits_for_it_and_cheap_values_are_computed_again() -> None:
    first, second = loops("sqrt(sum(exp(x)))", x=(10_000,))
    assert [node.op.name for node in first.nodes] == ["exp"]
    assert not first.stored
    assert "exp" in [node.op.name for node in second.nodes]


def test_costly_values_are_stored() -> None:
    first, second = loops("sqrt(sum(lgamma(x)^2))", x=(10_000,))
    assert [node.op.name for node in first.stored] == ["lgamma"]
    assert "lgamma" not in [node.op.name for node in second.nodes]


def test_a_value_is_computed_again_a_few_times_and_then_stored() -> None:
    """Work stays linear in the number of reductions."""
    text = "y = exp(x); " + "; ".join(["y = y / sum(y)"] * 30) + "; sum(y * y)"
    found = loops(text, x=(10_000,))
    count = sum(len(loop.nodes) for loop in found)
    assert count < 5 * len({node for loop in found for node in loop.nodes})


def test_a_stretched_number_takes_no_memory() -> None:
    for loop in loops("sum(x) * sum(x)", x=(10_000,)):
        assert not [node for node in loop.stored if node.op is ops.broadcast_to]


def test_a_wrong_run_says_what_the_literal_one_says() -> None:
    f = Expression("sum(x[i])")
    with pytest.raises(EvaluationError):
        f(x=np.ones(20_000), i=np.full(20_000, 20_000.0))


def test_an_error_in_a_thread_is_raised() -> None:
    def work() -> None:
        raise ValueError("here")

    for count in (1, 2, 4):
        with pytest.raises(ValueError, match="here"):
            threads.side_by_side(work, count)
