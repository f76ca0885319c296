"""The step that a line search chooses satisfies the strong Wolfe conditions, or is the best it has seen.

The conditions are checked by their definition, on functions of one number whose slope is known; the steps
that are tried on the way are those that PyTorch tries.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from gradcli.autograd.optim.line_search import CURVATURE, SUFFICIENT_DECREASE, Point, strong_wolfe
from tests.autograd.curves import CURVES, FIRST, Curve, searches

KNOWN = json.loads(
    (Path(__file__).parent.parent / "reference" / "optimisers.json").read_text(encoding="utf-8")
)["searches"]


def search(
    curve: Curve, first: float, limit: int = 25, tolerance: float = 1e-9
) -> tuple[Point, int, list[float]]:
    """What the search finds, the number of evaluations that it says, and the steps that it tried."""
    tried = []

    def point(step: np.floating) -> Point:
        if step != 0:
            tried.append(float(step))
        loss, slope = curve(float(step))
        return Point(step, loss, np.array([slope]), np.float64(slope))

    with np.errstate(all="ignore"):
        start = point(np.float64(0.0))
        found, evaluations = strong_wolfe(point, start, np.float64(first), np.float64(1.0), tolerance, limit)
    return found, evaluations, tried


@pytest.mark.parametrize("first", [*FIRST, 100.0])
@pytest.mark.parametrize("name", CURVES)
def test_the_strong_wolfe_conditions(name: str, first: float) -> None:
    """From steps far too short and far too long."""
    curve = CURVES[name]
    found, evaluations, tried = search(curve, first)
    loss, slope = curve(0.0)
    assert found.loss <= loss + SUFFICIENT_DECREASE * found.step * slope
    assert abs(found.slope) <= CURVATURE * abs(slope)
    assert found.step in tried
    assert (found.loss, found.slope) == curve(float(found.step))
    assert evaluations == len(tried)


@pytest.mark.parametrize(("title", "name", "first", "limit"), list(searches()))
def test_the_steps_that_pytorch_tries(title: str, name: str, first: float, limit: int) -> None:
    found, evaluations, tried = search(CURVES[name], first, limit)
    known = KNOWN[title]
    assert len(tried) == evaluations == len(known["tried"])
    np.testing.assert_allclose(tried, known["tried"], rtol=1e-12)
    assert found.step == pytest.approx(known["found"], rel=1e-12)


def test_a_good_first_step_is_taken() -> None:
    """A parabola's minimum is as flat as can be."""
    found, evaluations, _ = search(CURVES["parabola"], 1.0)
    assert (found.step, found.loss, evaluations) == (1.0, 0.0, 1)


@pytest.mark.parametrize(("fall", "taken"), [(0.00011, True), (0.00009, False)])
def test_how_much_is_enough(fall: float, taken: bool) -> None:
    """A ten-thousandth of what the slope at the start promises."""

    def curve(t: float) -> tuple[float, float]:
        return (-fall * t, -1.0) if t == 0 else (-fall * t, 0.0)

    _, evaluations, _ = search(curve, 1.0)
    assert (evaluations == 1) is taken


def test_the_cubic_of_a_parabola_has_its_minimum() -> None:
    """A first step beyond it makes a bracket, and one interpolation is exact."""
    found, evaluations, _ = search(CURVES["parabola"], 4.0)
    assert (found.step, evaluations) == (pytest.approx(1.0, rel=1e-15), 2)


@pytest.mark.parametrize("limit", [0, 1, 2, 5])
def test_no_more_evaluations_than_allowed(limit: int) -> None:
    """Downhill for ever: no step is flat enough."""
    found, evaluations, tried = search(lambda t: (-t, -1.0), 1.0, limit=limit)
    assert evaluations == len(tried) == limit + 1
    assert found.step == max(tried)


def test_a_wide_tolerance_ends_the_search() -> None:
    """The bracket from 0 to 4 is no wider than it, so the better end is taken: where the search began."""
    found, evaluations, _ = search(CURVES["narrow"], 4.0, tolerance=5.0)
    assert (found.step, evaluations) == (0.0, 1)


def test_a_loss_that_is_nan_beyond_a_point() -> None:
    """The search comes back from there, or stays where it began."""

    def curve(t: float) -> tuple[float, float]:
        return (-t, -1.0) if t < 1 else (math.nan, math.nan)

    found, evaluations, tried = search(curve, 2.0)
    assert evaluations == len(tried) <= 26
    assert not found.loss > 0
