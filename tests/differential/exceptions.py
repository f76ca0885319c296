"""Where gradcli and PyTorch differ on purpose: by operator, with the rule that overrules PyTorch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tests.differential.samples import Call

VALUE, GRADIENT, SECOND = STAGES = ("value", "gradient", "second-order product")


class Overruled(NamedTuple):
    """A rule of ours that PyTorch does not follow, and the samples that meet it.

    Attributes:
        rule: the rule, and what it says.
        covers: whether a sample meets it.
        stages: what may differ then.
        within: how far, relative to the largest element.
    """

    rule: str
    covers: Callable[[Call], bool]
    stages: tuple[str, ...] = STAGES
    within: float = math.inf


def _vanishes(call: Call) -> bool:
    return all(not np.any(value) for value in call.values.values())


def _averages(call: Call) -> bool:
    """Whether a median has two middle values: PyTorch's answer is then the lower quantile."""
    (x,) = call.values.values()
    axis = call.kwargs.get("dim")
    return bool((x.size if axis is None else x.shape[axis] if x.ndim else 1) % 2 == 0)


def _of_singular_values(call: Call) -> bool:
    return any(f"norm(a, {p}," in call.text for p in ('"nuc"', "2", "-2"))


EXCEPTIONS: dict[str, tuple[Overruled, ...]] = {
    "median": (Overruled("rule 6, named: median averages the two middle values", _averages),),
    "linalg.norm.subgradients_at_zero": (
        Overruled(
            "rule 2: norm(0) has gradient 0",
            lambda call: _of_singular_values(call) and _vanishes(call),
            (GRADIENT, SECOND),
        ),
        Overruled("3C row 13: the norm's second derivative at 0 is 0", _vanishes, (SECOND,)),
    ),
    "nn.functional.hardsigmoid": (
        Overruled(
            "rule 1: the slope is 1/6, which PyTorch rounds to float32", lambda call: True, (GRADIENT,), 1e-7
        ),
    ),
}
