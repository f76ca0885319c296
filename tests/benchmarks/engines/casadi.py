"""CasADi: a graph of its own, derived and sparse, run by its virtual machine."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any

import casadi
import numpy as np

from tests.benchmarks.case import Inputs, Side, Work


def gradient(work: Work, inputs: Inputs) -> Side:
    """Value and gradient of scalars, on CasADi's graph of scalars."""
    return _function(casadi.SX, work, inputs, lambda y, x: [y, casadi.gradient(y, x)], _numbers)


def sparse_jacobian(work: Work, inputs: Inputs) -> Side:
    """The Jacobian: its pattern found, coloured and compressed.

    On the graph of matrices, which builds these functions five to fifteen times as fast as that of scalars.
    """
    return _function(casadi.MX, work, inputs, lambda y, x: [casadi.jacobian(y, x)], _matrices)


def sparse_hessian(work: Work, inputs: Inputs) -> Side:
    """The Hessian, in the same way and by its symmetry."""
    return _function(casadi.MX, work, inputs, lambda y, x: [casadi.hessian(y, x)[0]], _matrices)


def _function(kind: Any, work: Work, inputs: Inputs, derived: Any, arrays: Any) -> Side:
    (value,) = inputs.values()
    functions = SimpleNamespace(
        concatenate=lambda parts: casadi.vertcat(*parts),
        exp=casadi.exp,
        sin=casadi.sin,
        sum=casadi.sum1,
        zeros=kind.zeros,
    )
    x = kind.sym("x", np.size(value))
    function = casadi.Function("f", [x], derived(work.formula(functions, x), x))
    return Side(partial(function, value), arrays)


def _numbers(found: Any) -> list[Any]:
    return [float(one) for one in found]


def _matrices(found: Any) -> list[Any]:
    return [found.sparse()]
