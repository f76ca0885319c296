"""What a plan states as its peak, against what NumPy takes while it runs."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli import Expression
from gradcli.answers import Answers
from gradcli.data.given import as_given
from gradcli.errors import CallProblem, MemoryProblem
from gradcli.execute.loops import blocks
from gradcli.execute.memory import room
from gradcli.execute.memory.peak import peak
from gradcli.execute.memory.sizes import parsed, written
from gradcli.execute.plan import Plan

RNG = np.random.default_rng(0)
VALUES = {
    "x": RNG.uniform(0.5, 2, 1_000_000),
    "M": RNG.uniform(0.5, 2, (900, 900)),
    "F": RNG.uniform(0.5, 2, (900, 900)).T,
    "A": RNG.uniform(size=(50_000, 30)),
    "w": RNG.uniform(size=30),
    "v": RNG.uniform(size=1000),
}
# Whole arrays are so large that blocks and NumPy's own buffers hardly count.
CLOSE = [
    "x + 1",
    "sum(x^3)",
    "mean(log(1 + exp(-(A @ w))))",
    "M @ M",
    "sum((M @ M)^2)",
    "trace(M @ M @ M)",
    "sum(sort(x)^2)",
    "cumsum(x)",
    "stack([x, x])",
    "sum(logsumexp(M, axis=1))",
    "sum(tanh(x) * sigmoid(x))",
    "std(M, axis=0)",
    "outer(v, v)",
    "(exp(x), exp(x))",
    "sum(reshape(M.T, (810000,))^2)",
]
# Here the sizes of blocks count, or of what a mask picks, or a kernel may need more for other values.
WIDE = [
    "sum(x[::-1] * x)",
    "sum(x^2)",
    "mean((x+2)*(x+2)*2)",
    "mean(sin(x)*exp(-x*x) + log(1+x*x))",
    "sum(x[x > 1]^2)",
    "sum(softmax(M, axis=1) * M)",
    "sum(gelu(x))",
    "sum(inv(M))",
    "median(x)",
    "sum(x^2) if sum(x) > 0 else sum(exp(x))",
    "sum(mish(x) * sinc(x))",
    "sum(max(M, axis=0))",
    "sum(M * mean(M, axis=0))",
    "sum(exp(F) * F)",
    "reshape(F, (810000,))",
    "sum(M[:, ::-1] * M)",
    "tile(x, 3)",
    "repeat(x, 3)",
    "argmax(M, axis=0)",
    "logsigmoid(x)",
    "sum(median(F) * 2)",
    "sum(huber_loss(x, x / 2))",
    "sum(smooth_l1_loss(x, x / 2))",
    "binary_cross_entropy(x / 3, x / 4)",
    "binary_cross_entropy_with_logits(x, x / 4)",
    "lerp(x, x / 2, 0.5)",
]


def measured(text: str, dtype: str, *, derived: bool) -> list[tuple[int, int]]:
    """For each way what it states, and the most that is allocated in a run."""
    given = {name: as_given(name, VALUES[name]) for name in Expression(text).variables}
    values = {name: one.value for name, one in given.items()}
    answers = Answers(text)
    nodes = list(answers.built(given, None).outputs)
    if derived:
        nodes = answers.gradient_ready(given).nodes
    plan = Plan(nodes, dtype)
    lines = [(plan.literal, None)]
    if plan.fast is not None:
        lines.append((plan.fast.line, plan.fast.count))
    found = []
    for line, count in lines:
        stated = peak(line, count).size
        gc.collect()
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        line.answers(line.fill(values), count)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        found.append((stated, most - before))
    return found


@pytest.mark.parametrize("text", CLOSE)
def test_a_plan_states_what_it_takes_and_little_more(text: str) -> None:
    for stated, taken in measured(text, "float64", derived=text.startswith(("sum", "mean", "trace"))):
        assert taken <= stated <= 1.55 * taken + (4 << 20)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("text", [*CLOSE, *WIDE])
def test_a_plan_never_takes_more_than_it_states(text: str, dtype: str) -> None:
    for stated, taken in measured(text, dtype, derived=text.startswith(("sum", "mean", "trace"))):
        assert taken <= stated <= 4.5 * taken + (8 << 20)


def test_what_would_hold_too_much_is_refused_under_its_largest_value() -> None:
    f = Expression("sum(sort(x)^2) + 1")
    with gradcli.max_memory("5MB"), pytest.raises(MemoryProblem) as caught:
        f.grad(x=VALUES["x"])
    assert "MiB of memory, and 4.77 MiB are allowed" in str(caught.value)
    assert "--max-memory" in caught.value.hint
    assert f.grad(x=VALUES["x"])["x"].shape == (1_000_000,)


def test_the_fast_way_runs_at_once_where_the_literal_one_has_no_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blocks, "_BLOCK", 256)
    text = "sum(sin(x)*exp(x)*cos(x) + x*x)"
    x = np.linspace(0, 1, 30_000)  # too few for the fast way to be the first
    plan = Plan(Answers(text).gradient_ready({"x": as_given("x", x)}).nodes)
    assert plan.fast is not None
    literal, fast = peak(plan.literal).size, peak(plan.fast.line, plan.fast.count).size
    assert fast < literal
    with gradcli.max_memory((literal + fast) // 2):
        value, slope = plan.run({"x": x})
    assert np.isclose(value, np.sum(np.sin(x) * np.exp(x) * np.cos(x) + x * x))
    assert slope.shape == x.shape


def test_a_fall_back_that_has_no_memory_says_so() -> None:
    text = "sum(x * sqrt(x) * sin(x) * exp(x))"
    x = np.linspace(0, 1, 400_000)
    x[5] = 0.0
    plan = Plan(Answers(text).gradient_ready({"x": as_given("x", x)}).nodes)
    assert plan.fast is not None
    assert plan.fast.run({"x": x}) is None
    literal, fast = peak(plan.literal).size, peak(plan.fast.line, plan.fast.count).size
    with gradcli.max_memory((literal + fast) // 2), pytest.raises(MemoryProblem, match=written(literal)):
        plan.run({"x": x})


def test_bounds_nest_and_end() -> None:
    assert room.asked() is None
    with gradcli.max_memory("2GB"):
        assert room.bound() == 2_000_000_000
        with gradcli.max_memory("1 KiB"):
            assert room.bound() == 1024
        with gradcli.max_memory(None):
            assert room.asked() is None
    assert room.asked() is None


@pytest.mark.parametrize("size", ["", "much", "-1", 0, -5, "1.5.2GB", "3 apples", float("nan"), True, [1]])
def test_what_is_no_size_is_told(size: Any) -> None:
    with pytest.raises(CallProblem, match="a size such as 2GB"), gradcli.max_memory(size):
        pass


def test_what_is_free_is_part_of_the_machine() -> None:
    assert 0 < room.free() <= room.machine()
    assert room.bound() <= 0.8 * room.machine()


@pytest.mark.parametrize(
    ("text", "size"),
    [("12", 12), ("2GB", 2 * 10**9), ("2gib", 2 << 30), ("1.5 k", 1500), (".5MiB", 1 << 19), ("7 bytes", 7)],
)
def test_sizes_are_read(text: str, size: int) -> None:
    assert parsed(text) == size


@pytest.mark.parametrize(
    ("size", "text"),
    [(1, "1 byte"), (7, "7 bytes"), (1536, "1.5 KiB"), (1 << 30, "1 GiB"), (1047000, "1022 KiB")],
)
def test_sizes_are_written(size: int, text: str) -> None:
    assert written(size) == text


def test_a_dense_matrix_that_is_too_large_is_refused_with_its_size() -> None:
    f = Expression("cumsum(x)")
    with gradcli.max_memory("1MB"), pytest.raises(MemoryProblem, match="a matrix of 1000x1000") as caught:
        f.jacobian(x=VALUES["v"])
    # A million doubles.
    assert "would hold 7.63 MiB of memory, and 977 KiB are allowed" in str(caught.value)
    assert "--sparse" in caught.value.hint


def test_batches_are_as_small_as_the_bound_asks() -> None:
    f = Expression("cumsum(cumsum(x)^2)")
    x = VALUES["v"][:300]
    whole = f.jacobian(x=x)["x"]
    with gradcli.max_memory("3MB"):
        found = Expression("cumsum(cumsum(x)^2)").jacobian(x=x)["x"]
    np.testing.assert_array_equal(found, whole)
