"""Two hundred steps of every optimiser, with each of its options, end where PyTorch's end.

The programs are in ``training.py`` and ``tuning.py``; what PyTorch answered was written down by
``python -m tests.differential optimisers --write``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from numpy.testing import assert_allclose

from tests.autograd import tuning
from tests.autograd.training import STEPS, Training, ours, regression, trainings, trajectory

REFERENCE = Path(__file__).parent.parent / "reference"
FACTS = json.loads((REFERENCE / "optimisers.json").read_text(encoding="utf-8"))
TUTORIALS = json.loads((REFERENCE / "tutorials_on_tensors.json").read_text(encoding="utf-8"))
EXACT = 1e-12


def numbers(value: Any) -> Iterator[float]:
    """All numbers of nested lists, in order; infinities are texts in JSON."""
    if isinstance(value, list):
        for inner in value:
            yield from numbers(inner)
    else:
        yield float(value)


def agree(found: Any, known: Any, rtol: float = EXACT) -> None:
    assert_allclose(list(numbers(found)), list(numbers(known)), rtol=rtol)


def test_the_facts_are_about_these_trainings() -> None:
    assert list(FACTS["trajectories"]) == [each.name for each in trainings()]
    assert FACTS["steps"] == list(STEPS)
    for fact in FACTS["trajectories"].values():
        assert list(fact) == list(map(str, STEPS))


@pytest.mark.parametrize("training", trainings(), ids=lambda training: training.name)
def test_trajectories(training: Training) -> None:
    found = trajectory(ours(), training)
    for step, parameters in FACTS["trajectories"][training.name].items():
        agree(found[step], parameters)


@pytest.mark.parametrize(
    ("name", "optimiser", "options"),
    [
        ("sgd", "SGD", {"lr": 0.02}),
        ("momentum", "SGD", {"lr": 0.01, "momentum": 0.9}),
        ("nesterov", "SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True}),
        ("adam", "Adam", {"lr": 0.1}),
        ("adamw", "AdamW", {"lr": 0.1}),
    ],
)
def test_the_regression_of_the_tutorial(name: str, optimiser: str, options: dict[str, Any]) -> None:
    """A training loop without a closure."""
    library = ours()
    w, b = [library.tensor(0.0, requires_grad=True) for _ in "wb"]
    moved = getattr(library.optim, optimiser)([w, b], **options)
    trace = {fact["step"]: fact for fact in TUTORIALS[f"s003.regression.{name}"]["trace"]}
    for step in range(1, max(trace) + 1):
        moved.zero_grad()
        regression(library.tensor, w, b).backward()
        moved.step()
        if fact := trace.get(step):
            agree([w.item(), b.item()], [fact["W"], fact["b"]])


def test_groups_with_options_of_their_own() -> None:
    agree(tuning.groups(ours()), FACTS["groups"])


@pytest.mark.parametrize("schedule", tuning.SCHEDULES)
def test_schedules(schedule: str) -> None:
    agree(tuning.rates(ours(), schedule), FACTS["rates"][schedule])


@pytest.mark.parametrize("schedule", ["StepLR", "CosineAnnealingLR"])
def test_a_schedule_that_goes_on(schedule: str) -> None:
    found = [tuning.resumed(ours(), schedule, epoch) for epoch in tuning.LAST_EPOCHS]
    agree(found, FACTS["resumed"][schedule])


@pytest.mark.parametrize("norm_type", tuning.NORMS)
@pytest.mark.parametrize("gradients", tuning.GRADIENTS)
def test_clipping_by_norm(gradients: str, norm_type: float) -> None:
    found = tuning.clipped_by_norm(ours(), gradients, norm_type)
    agree(found, FACTS["clipped by norm"][gradients][str(norm_type)])


@pytest.mark.parametrize("gradients", tuning.GRADIENTS)
def test_clipping_by_value(gradients: str) -> None:
    agree(tuning.clipped_by_value(ours(), gradients), FACTS["clipped by value"][gradients], rtol=0)
