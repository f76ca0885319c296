"""Trainings in gradcli and in PyTorch, side by side; and the facts about them that the test suite holds."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch.optim.lbfgs import _strong_wolfe

from tests.autograd import training, tuning
from tests.autograd.curves import CURVES, searches
from tests.autograd.training import Library, ours, trainings, trajectory

FACTS = Path(__file__).parent.parent / "reference" / "optimisers.json"
CLOSE = 1e-12


class Row(NamedTuple):
    """A training and the largest relative difference of a parameter at any of its selected steps."""

    name: str
    difference: float


def theirs() -> Library:
    """PyTorch in float64; one thread, so that sums are taken in one order."""
    torch.set_num_threads(1)
    make = functools.partial(torch.tensor, dtype=torch.float64)
    return Library(make, torch.optim, torch.optim.lr_scheduler, torch.nn.utils)


def numbers(value: Any) -> Iterator[float]:
    """All numbers of nested lists and dictionaries, in order."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from numbers(inner)
    else:
        yield float(value)


def difference(one: Any, other: Any) -> float:
    """The largest relative difference; inf where the two are not of one form, or not the same infinity."""
    pairs = list(zip(numbers(one), numbers(other), strict=True))
    largest = 0.0
    for a, b in pairs:
        if a == b or (math.isnan(a) and math.isnan(b)):
            continue
        apart = abs(a - b) / max(abs(a), abs(b))
        largest = max(largest, apart if math.isfinite(apart) else math.inf)
    return largest


def search(name: str, first: float, limit: int) -> dict[str, Any]:
    """The steps that PyTorch's line search tries on a curve, and the one that it takes."""
    tried = []

    def tensor(slope: float) -> torch.Tensor:
        return torch.tensor([slope], dtype=torch.float64)

    def look(_: Any, step: Any, __: Any) -> tuple[float, torch.Tensor]:
        tried.append(float(step))
        loss, slope = CURVES[name](tried[-1])
        return loss, tensor(slope)

    loss, slope = CURVES[name](0.0)
    direction = tensor(1.0)
    found = _strong_wolfe(
        look, None, first, direction, loss, tensor(slope), tensor(slope).dot(direction), max_ls=limit
    )
    return {"tried": tried, "found": float(found[2])}


def compare() -> list[Row]:
    """Every training and every program around one, with both libraries."""
    one, other = ours(), theirs()
    rows = [
        Row(each.name, difference(trajectory(one, each), trajectory(other, each))) for each in trainings()
    ]
    mine, known = tuning.facts(one), tuning.facts(other)
    return rows + [Row(name, difference(mine[name], known[name])) for name in known]


def write() -> None:
    """Write down what PyTorch answers."""
    library = theirs()
    version = torch.__version__.split("+")[0]
    facts: dict[str, Any] = {
        "source": f"PyTorch {version} in float64, python -m tests.differential optimisers --write",
        "steps": list(training.STEPS),
        **{name: _strict(fact) for name, fact in tuning.facts(library).items()},
        "searches": {title: search(*details) for title, *details in searches()},
        "trajectories": {each.name: trajectory(library, each) for each in trainings()},
    }
    parts = []
    for name, fact in facts.items():
        if isinstance(fact, dict):
            lines = [
                f"  {json.dumps(key)}: {json.dumps(value, allow_nan=False)}" for key, value in fact.items()
            ]
            parts.append(f"{json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n}")
        else:
            parts.append(f"{json.dumps(name)}: {json.dumps(fact, allow_nan=False)}")
    FACTS.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def _strict(value: Any) -> Any:
    """JSON has no infinities: they are texts there."""
    if isinstance(value, dict):
        return {key: _strict(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_strict(inner) for inner in value]
    return value if math.isfinite(value) else str(value)
