"""Random texts: what is well-typed has right derivatives in both modes; the rest is a clean error."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import HealthCheck, assume, event, given, settings
from numpy.testing import assert_allclose
from random_expressions import calls, expressions, point, values

from gradcli import Expression
from gradcli.errors import GradcliError

QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much]


def along(f: Expression, at: dict[str, Any], direction: dict[str, Any], step: float) -> float:
    """The slope by a central difference."""

    def moved(by: float) -> float:
        return float(f(**{name: one + by * direction.get(name, 0) for name, one in at.items()}))

    return (moved(step) - moved(-step)) / (2 * step)


@settings(max_examples=250, deadline=None, suppress_health_check=QUIET, derandomize=True)
@given(expressions(), values())
def test_both_modes_agree_with_differences(text: str, at: dict[str, Any]) -> None:
    f = Expression(text)
    at = {name: one for name, one in at.items() if name in f.variables}
    value, gradient = f.value_and_grad(**at)
    assume(math.isfinite(value) and abs(value) < 1e3)
    rng = np.random.default_rng(7)
    direction = {name: rng.uniform(0.5, 1, np.shape(one)) * 0.5 for name, one in at.items()}
    backward = sum(float(np.sum(gradient[name] * one)) for name, one in direction.items())
    if direction:
        forward = f.jvp(direction, **at)[1]
        scale = max(1.0, *[float(np.max(np.abs(one))) for one in gradient.values()])
        assert_allclose(forward, backward, rtol=1e-9, atol=1e-10 * scale)
        # Differences that differ from one another straddle a bend, or a curve too sharp for them.
        rough, fine, finest = (along(f, at, direction, step) for step in (2e-4, 1e-4, 5e-5))
        assume(abs(rough - fine) < 1e-6 * scale and abs(fine - finest) < 1e-6 * scale)
        event("compared with differences")
        assert_allclose(backward, finest + (finest - fine) / 3, rtol=1e-5, atol=1e-6 * scale)


@settings(max_examples=100, deadline=None, suppress_health_check=QUIET, derandomize=True)
@given(expressions(depth=3), values())
def test_second_derivatives_agree_with_differences_of_the_gradient(text: str, at: dict[str, Any]) -> None:
    f = Expression(text)
    at = {name: one for name, one in at.items() if name in f.variables}
    assume(at)
    rng = np.random.default_rng(8)
    direction = {name: rng.uniform(0.5, 1, np.shape(one)) * 0.5 for name, one in at.items()}
    _, curved = f.hvp(direction, **at)

    def gradient(by: float) -> np.ndarray:
        found = f.grad(**{name: one + by * direction[name] for name, one in at.items()})
        return np.concatenate([np.ravel(found[name]) for name in at])

    exact = np.concatenate([np.ravel(curved[name]) for name in at])
    rough, fine = ((gradient(step) - gradient(-step)) / (2 * step) for step in (2e-4, 1e-4))
    assume(np.all(np.isfinite(exact)) and np.all(np.abs(exact) < 1e4))
    scale = max(1.0, float(np.max(np.abs(exact))))
    assume(np.all(np.abs(rough - fine) < 1e-6 * scale))
    event("compared with differences")
    assert_allclose(fine + (fine - rough) / 3, exact, rtol=1e-5, atol=1e-6 * scale)


@settings(max_examples=1500, deadline=None, suppress_health_check=QUIET, derandomize=True)
@given(calls())
def test_any_call_is_answered_or_refused_with_a_sentence(text: str) -> None:
    at = point()
    try:
        f = Expression(text)
        used = {name: one for name, one in at.items() if name in f.variables}
        f(**used)
        event("answered")
        f.jvp({name: np.ones_like(one) for name, one in used.items()}, **used)
        f.jacobian(**used)
        event("derived")
    except GradcliError as error:
        event("refused")
        sentence = str(error)
    else:
        sentence = ""
    assert "Traceback" not in sentence
