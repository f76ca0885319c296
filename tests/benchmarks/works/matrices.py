"""Functions whose Jacobians and Hessians are asked for whole."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.benchmarks.case import Inputs, Work


def _point(n: int) -> Inputs:
    return {"x": np.random.default_rng(0).uniform(0.5, 1.5, n)}


DIAGONAL = Work(
    "diagonal",
    "diagonal Jacobian",
    "sin(x)*exp(-x*x)",
    lambda m, x: m.sin(x) * m.exp(-x * x),
    _point,
)
"""Each output reads one input."""


def _broyden(m: Any, x: Any) -> Any:
    before, after = m.concatenate([m.zeros(1), x[:-1]]), m.concatenate([x[1:], m.zeros(1)])
    return (3 - 2 * x) * x - before - 2 * after + 1


BROYDEN = Work(
    "broyden",
    "Broyden's tridiagonal Jacobian",
    "(3 - 2*x)*x - concat([[0], x[:-1]]) - 2*concat([x[1:], [0]]) + 1",
    _broyden,
    _point,
)
"""Broyden's tridiagonal function (Moré, Garbow, Hillstrom 1981, number 30)."""


def _rosenbrock(m: Any, x: Any) -> Any:
    odd, even = x[0::2], x[1::2]
    return m.sum(100 * (even - odd**2) ** 2 + (1 - odd) ** 2)


ROSENBROCK = Work(
    "rosenbrock",
    "Hessian of the extended Rosenbrock function",
    "sum(100*(x[1::2] - x[::2]^2)^2 + (1 - x[::2])^2)",
    _rosenbrock,
    _point,
)
"""The extended Rosenbrock function (the same, number 21): blocks of two by two."""

DENSE = Work(
    "hessian",
    "dense Hessian of (x@x)*sum(exp(x)) + sum(x[1:]*x[:-1])^2",
    "(x@x)*sum(exp(x)) + sum(x[1:]*x[:-1])^2",
    lambda m, x: (x @ x) * m.sum(m.exp(x)) + m.sum(x[1:] * x[:-1]) ** 2,
    _point,
)
"""Every pair of inputs has a second derivative."""
