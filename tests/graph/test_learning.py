"""Losses, layers and normalisation against PyTorch's answers and closed forms.

``tests/reference/learning.json`` says where the numbers come from.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sampling import build

from gradcli import Expression
from gradcli.errors import CallProblem, EvaluationError, GradcliError, ShapeProblem
from gradcli.execute.plan import Plan
from gradcli.graph import derive
from gradcli.graph.node import constant, ops, variable
from gradcli.graph.operations.compose import composites

CASES = json.loads((Path(__file__).parents[1] / "reference" / "learning.json").read_text(encoding="utf-8"))[
    "cases"
]
EVERY_CASE = pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])

SCORES = [[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]]
SIGNALS = [[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]]


def gradient(text: str, **values: Any) -> dict[str, Any]:
    return Expression(text).grad(**values)


def inputs(case: dict[str, Any]) -> dict[str, np.ndarray]:
    return {name: np.array(value, dtype=float) for name, value in case["inputs"].items()}


@EVERY_CASE
def test_value_and_gradient_are_pytorchs(case: dict[str, Any]) -> None:
    values = inputs(case)
    assert_allclose(Expression(case["text"])(**values), case["value"], rtol=1e-13, atol=1e-15)
    found = gradient(f"sum(({case['text']})^2)", **values)
    for name, expected in case["gradient"].items():
        assert_allclose(found[name], expected, rtol=1e-12, atol=1e-14)


@EVERY_CASE
def test_the_second_derivative_is_pytorchs(case: dict[str, Any]) -> None:
    values = inputs(case)
    direction = {
        name: place * np.arange(1.0, one.size + 1).reshape(one.shape)
        for place, (name, one) in enumerate(values.items(), 1)
    }
    _, found = Expression(f"sum(({case['text']})^2)").hvp(direction, **values)
    for name, expected in case["second"].items():
        # PyTorch adds a small number to the divisors of this one alone; the test below is exact.
        rtol = 1e-9 if case["node"] == "BinaryCrossEntropyBackward0" else 1e-11
        assert_allclose(found[name], expected, rtol=rtol, atol=1e-12)


def test_the_curvature_of_binary_cross_entropy() -> None:
    p, t = 0.3, 0.8
    found = Expression("binary_cross_entropy(p, t)").hessian(p=p, t=t)
    assert_allclose(found["p"]["p"], t / p**2 + (1 - t) / (1 - p) ** 2, rtol=1e-14)
    assert_allclose(found["p"]["t"], -1 / p - 1 / (1 - p), rtol=1e-14)
    assert found["t"]["t"] == 0


# What PyTorch makes otherwise: its last node, and ours.
_OTHERWISE = {
    "AddmmBackward0": "AddBackward0",
    "DivBackward1": "MeanBackward0",
    "UnsafeViewBackward0": "MmBackward0",
}


@EVERY_CASE
def test_the_last_node_has_pytorchs_name(case: dict[str, Any]) -> None:
    output, _ = build(case["text"], inputs(case))
    found = output.op.torch
    if case["node"].startswith("NllLoss2D"):
        assert found == "NllLossBackward0"
    else:
        node = case["node"]
        assert found in (node, node.replace("1", "0"), _OTHERWISE.get(node))


# Where a derivative does not exist, or a formula would leave the numbers.


@pytest.mark.parametrize(
    ("text", "values", "value", "expected"),
    [
        ("huber_loss(x, y)", (1.0, 0.0), 0.5, (1.0, -1.0)),
        ("smooth_l1_loss(x, y)", (1.0, 0.0), 0.5, (1.0, -1.0)),
        ("l1_loss(x, y)", (0.0, 0.0), 0.0, (0.0, 0.0)),
        ("smooth_l1_loss(x, y, beta=0)", (0.0, 0.0), 0.0, (0.0, 0.0)),
        # PyTorch's bounds where the probability of what happened is 0; the slope of -log(x) where it is 1.
        ("binary_cross_entropy(x, y)", (0.0, 1.0), 100.0, (-1e12, 100.0)),
        ("binary_cross_entropy(x, y)", (1.0, 0.0), 100.0, (1e12, -100.0)),
        ("binary_cross_entropy(x, y)", (1.0, 1.0), 0.0, (-1.0, -100.0)),
        ("binary_cross_entropy(x, y)", (1e-30, 1.0), 30 * math.log(10), (-1e30, 30 * math.log(10))),
        # x log x falls without bound next to 0.
        ("kl_div(y, x)", (0.0, -1.0), 0.0, (-math.inf, 0.0)),
        ("binary_cross_entropy_with_logits(x, y)", (-1000.0, 1.0), 1000.0, (-1.0, 1000.0)),
        ("binary_cross_entropy_with_logits(x, y)", (50.0, 1.0), math.exp(-50), (-math.exp(-50), -50.0)),
        ("binary_cross_entropy_with_logits(x, y)", (math.inf, 1.0), 0.0, (0.0, -math.inf)),
    ],
)
def test_awkward_points(
    text: str, values: tuple[float, float], value: float, expected: tuple[float, float]
) -> None:
    given = dict(zip("xy", values, strict=True))
    assert_allclose(Expression(text)(**given), value, rtol=1e-13)
    found = gradient(text, **given)
    assert_allclose([found["x"], found["y"]], expected, rtol=1e-13)


def test_zero_vectors() -> None:
    zeros, ones = [0.0, 0.0], [1.0, 1.0]
    # x / max(|x|, eps) is x / eps next to 0.
    assert_allclose(gradient("sum(normalize(x))", x=zeros)["x"], [1e12, 1e12])
    found = gradient("cosine_similarity(x, y)", x=zeros, y=zeros)
    assert_array_equal(found["x"], zeros)
    assert_array_equal(found["y"], zeros)
    found = gradient("cosine_similarity(x, y)", x=zeros, y=ones)
    assert_allclose(found["x"], [math.sqrt(0.5) / 1e-8] * 2)
    assert_array_equal(found["y"], zeros)


def test_scores_far_apart() -> None:
    f = Expression("cross_entropy(x, [0, 1])")
    x = [[1000.0, -1000.0], [800.0, -900.0]]
    assert f(x=x) == 850.0
    assert_array_equal(f.grad(x=x)["x"], [[0, 0], [0.5, -0.5]])


def test_cross_entropy_is_softmax_less_one() -> None:
    p = np.exp(SCORES) / np.sum(np.exp(SCORES), axis=1, keepdims=True)
    expected = (p - [[0, 0, 1], [1, 0, 0]]) / 2
    assert_allclose(gradient("cross_entropy(x, [2, 0])", x=SCORES)["x"], expected, rtol=1e-14)
    hessian = Expression("cross_entropy(x, 2)").hessian(x=SCORES[0])["x"]["x"]
    assert_allclose(hessian, np.diag(p[0]) - np.outer(p[0], p[0]), atol=1e-15)


def test_the_weights_of_classes_have_a_gradient() -> None:
    """sum(w a) / sum(w) over the samples has the derivative (a - mean) / sum(w)."""
    w = np.array([1.0, 0.5, 2.0])
    a, total = np.array([-3.0, 0.0]), 3.0
    mean = (2.0 * a[0] + 1.0 * a[1]) / total
    assert_allclose(Expression("nll_loss(x, [2, 0], w)")(x=SCORES, w=w), mean)
    found = gradient("nll_loss(x, [2, 0], w)", x=SCORES, w=w)["w"]
    assert_allclose(found, [(a[1] - mean) / total, 0, (a[0] - mean) / total])


def test_all_classes_ignored() -> None:
    f = Expression("nll_loss(x, [-100, -100])")
    assert math.isnan(f(x=SCORES))
    assert_array_equal(f.grad(x=SCORES)["x"], np.zeros((2, 3)))


@pytest.mark.parametrize("wrong", ["3", "1.5", "-1", "0/0", "1/0"])
def test_classes_are_whole_numbers_in_range(wrong: str) -> None:
    for text in (f"cross_entropy(x, [1, {wrong}])", f"grad(cross_entropy(x, [1, {wrong}]), x)"):
        with pytest.raises(EvaluationError, match=r"^the target holds classes, whole numbers from 0 to 2"):
            Expression(text)(x=SCORES)


@pytest.mark.parametrize("text", ["binary_cross_entropy(x, 1)", "grad(binary_cross_entropy(x, 1), x)"])
def test_probabilities_are_checked_by_the_gradient_too(text: str) -> None:
    with pytest.raises(EvaluationError, match=r"needs probabilities from 0 to 1 as input: got 1\.5"):
        Expression(text)(x=1.5)
    assert math.isnan(Expression(text)(x=math.nan))


# Layers.


def test_layer_norm_does_not_see_the_mean_nor_the_size() -> None:
    x = np.array([1.0, -2.0, 4.0, 0.5])
    f = Expression("layer_norm(x, eps=0)")
    assert_allclose(f(x=x), (x - x.mean()) / x.std())
    assert_allclose(f.vjp([1.0, 2.0, 3.0, -4.0], x=x)[1]["x"] @ np.c_[np.ones(4), x], [0, 0], atol=1e-15)


def dropped(p: float, seed: tuple[int, ...], shape: tuple[int, ...] = (40, 50)) -> np.ndarray:
    x = variable("x", shape)
    node = composites.dropout(x, p=p, training=True, seed=seed)
    gradient = derive.vjp([(node, ops.ones(shape=shape))], [x])[0]
    value, back = Plan([node, gradient]).run({"x": np.ones(shape)})
    assert_array_equal(value, back)
    return value


def test_dropout_keeps_the_mean_and_its_seed() -> None:
    kept = dropped(0.2, (7,))
    assert set(np.unique(kept)) == {0.0, 1.25}
    # Four standard deviations of the share of 2000 draws.
    assert abs(np.mean(kept > 0) - 0.8) < 4 * math.sqrt(0.16 / 2000)
    assert_array_equal(kept, dropped(0.2, (7,)))
    assert not np.array_equal(kept, dropped(0.2, (8,)))
    assert not np.array_equal(dropped(0.2, (7, 0, 1)), dropped(0.2, (7, 0, 2)))


def test_each_dropout_of_a_text_draws_its_own() -> None:
    x = np.arange(1.0, 101.0)
    f = Expression("dropout(x, 0.3)", seed=5)
    value, (found,) = f(x=x), Expression("sum(dropout(x, 0.3))", seed=5).grad(x=x).values()
    assert_array_equal(value, x * found)
    assert not np.array_equal(value, Expression("dropout(x, 0.3)", seed=6)(x=x))
    assert np.any(Expression("dropout(x) - dropout(x)")(x=x))


def test_dropout_of_nothing_and_of_all() -> None:
    assert_array_equal(dropped(0.0, (3,)), np.ones((40, 50)))
    assert_array_equal(dropped(1.0, (3,)), np.zeros((40, 50)))
    x = variable("x", (2,))
    assert composites.dropout(x, p=0.5, training=False, seed=(1,)) is x
    with pytest.raises(CallProblem, match=r"from 0 to 1 for p, and got 1\.5"):
        composites.dropout(constant(1.0), p=1.5, training=True, seed=(0,))


# Errors.


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "cross_entropy(x, [1, 1, 1])",
            "a target of (2,) classes, or of (2, 3) probabilities: got (3,)",
        ),
        ("cross_entropy(x, [1, 1], [1, 2])", "needs a weight for each of its 3 classes: got (2,)"),
        ("cross_entropy(x[0, 0], 0)", "needs an input of shape (N, C, ...) or (C,): got ()"),
        ("cross_entropy(x, x, ignore_index=1)", "has no class to ignore"),
        ("cross_entropy(x, x, label_smoothing=3)", "label_smoothing from 0 to 1, and got 3"),
        ("nll_loss(x, [[1, 1]])", "needs a target of (2,): got (1, 2)"),
        ("mse_loss(x, [1, 2])", "these shapes do not broadcast: (2, 3) and (2,)"),
        ("mse_loss(x, x, weight=1)", "needs a weight for each of its elements, (2, 3): got ()"),
        ("huber_loss(x, x, delta=0)", "needs a delta above 0, and got 0"),
        ("smooth_l1_loss(x, x, beta=-1)", "needs a beta that is not negative, and got -1"),
        ('l1_loss(x, x, reduction="men")', 'needs "mean", "sum" or "none" for reduction, and got "men"'),
        ("binary_cross_entropy(x, 1)", "needs an input and a target of one shape: got (2, 3) and ()"),
        (
            "binary_cross_entropy_with_logits(x, x, pos_weight=[1, 2])",
            "these shapes do not broadcast: (2, 3) and (2,)",
        ),
        ("linear(x, [1, 2])", "the features of its input, (2, 3): got (2,)"),
        ("linear(x, [[1, 2, 3]], [1, 2])", "needs a bias that stretches to its result, (2, 1): got (2,)"),
        ("layer_norm(x, 4)", "whose last sizes are normalized_shape, (4,): got (2, 3)"),
        ("layer_norm(x, 3, [1, 2])", "needs a weight of normalized_shape, (3,): got (2,)"),
        ("conv2d(x, x)", "needs an input of shape (N, C, H, W) or (C, H, W): got (2, 3)"),
        ("conv1d(x, x)", "needs a weight of shape (O, C / groups, K): got (2, 3)"),
        ("conv1d(x, [[[1]]])", "needs an input of 1 channels: (2, 3) has 2"),
        ("conv1d(x, ones((1, 2, 4)))", "that reaches over (4,) in an input of (3,)"),
        ("conv1d(x, ones((1, 2, 1)), [1, 2])", "needs a bias of shape (1,), one for each filter: got (2,)"),
        ("conv1d(x, ones((1, 1, 1)), groups=2)", "needs a number of filters that groups=2 divides: got 1"),
        ("conv1d(x, ones((1, 2, 1)), stride=0)", "needs stride of at least 1, and got 0"),
        ("conv1d(x, ones((1, 2, 1)), stride=(1, 2))", "needs a whole number for stride, and got (1, 2)"),
        ('conv1d(x, ones((1, 2, 1)), padding="sme")', 'needs "same" or "valid" for padding, and got "sme"'),
        ('conv1d(x, ones((1, 2, 1)), stride=2, padding="same")', "needs a stride of 1, and got (2,)"),
        ("avg_pool2d(x, 4)", "has no window of (4, 4) in (2, 3)"),
        ("avg_pool2d(x)", "needs kernel_size"),
        ("avg_pool2d(x, 2, padding=3)", "a padding of at most half its window of 2: got 3"),
        ("avg_pool2d(x, 2, divisor_override=0)", "cannot divide by a divisor_override of 0"),
        ("max_pool1d(x[0, 0], 2)", "needs an input of shape (..., L): got ()"),
        ("max_pool2d(x, (1, 2, 3))", "a whole number or 2 of them for kernel_size, and got (1, 2, 3)"),
    ],
)
def test_errors_name_what_was_got_and_what_was_expected(text: str, message: str) -> None:
    with pytest.raises((ShapeProblem, CallProblem)) as caught:
        Expression(text)(x=SIGNALS)
    assert message in str(caught.value)
    assert isinstance(caught.value, GradcliError)
