"""The table of awkward points, in both modes."""

from __future__ import annotations

import numpy as np
import pytest
from edge_cases import CASES, Case
from numpy.testing import assert_allclose

from gradcli import Expression
from gradcli.errors import CallProblem, EvaluationError


def same(found: object, expected: object) -> None:
    """Equal to rounding, a nan to a nan."""
    expected = np.asarray(expected, dtype=float)
    assert np.shape(found) == expected.shape
    assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_value_and_gradient(case: Case) -> None:
    text = f"{case.text} * {case.weights}" if case.weights else case.text
    if case.fails:
        with pytest.raises(case.fails):
            Expression(f"sum({text})").grad(**case.at)
        return
    same(Expression(case.text)(**case.at), case.value)
    found = Expression(f"sum({text})").grad(**case.at)
    for name, expected in zip(case.at, case.slopes, strict=True):
        same(found[name], expected)


@pytest.mark.parametrize("case", [case for case in CASES if not case.fails], ids=lambda case: case.name)
def test_forward_mode_agrees(case: Case) -> None:
    """The same gradient, pushed forward one element at a time, wherever it is finite."""
    text = f"{case.text} * {case.weights}" if case.weights else case.text
    f = Expression(f"sum({text})")
    for name, expected in zip(case.at, case.slopes, strict=True):
        shape = np.shape(case.at[name])
        size = int(np.prod(shape))
        units = np.eye(size).reshape(size, *shape)
        found = [f.jvp({name: unit}, **case.at)[1] for unit in units]
        finite = np.isfinite(expected)
        same(np.reshape(found, shape)[finite], np.asarray(expected)[finite])


def test_a_bound_that_was_left_out_is_not_met() -> None:
    assert Expression("clip(x, 0)").grad(x=np.inf) == {"x": 1.0}
    assert Expression("clip(x, hi=0)").grad(x=-np.inf) == {"x": 1.0}


def test_a_gradient_alone_refuses_a_negative_determinant_too() -> None:
    with pytest.raises(EvaluationError, match="negative"):
        Expression("grad(logdet(x), x)")(x=[[0.0, 1.0], [1.0, 0.0]])


@pytest.mark.parametrize("rcond", ["-1", "nan", "inf"])
def test_a_share_of_singular_values(rcond: str) -> None:
    with pytest.raises(CallProblem, match="rcond"):
        Expression(f"pinv(x, rcond={rcond})")(x=np.eye(2))
