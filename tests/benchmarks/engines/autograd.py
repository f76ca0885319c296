"""HIPS autograd: NumPy, traced anew by each call."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace

import autograd
import autograd.numpy as anp
from autograd.scipy.special import logsumexp

from tests.benchmarks.case import Inputs, Side, Work

FUNCTIONS = SimpleNamespace(
    exp=anp.exp,
    eye=anp.eye,
    log=anp.log,
    logsumexp=logsumexp,
    mean=anp.mean,
    sin=anp.sin,
    sum=anp.sum,
)


def gradient(work: Work, inputs: Inputs) -> Side:
    """Value and gradient."""
    fixed = {name: value for name, value in inputs.items() if name not in work.wrt}
    point = [inputs[name] for name in work.wrt]

    def formula(values: list[object]) -> object:
        return work.formula(FUNCTIONS, **fixed, **dict(zip(work.wrt, values, strict=True)))

    derived = autograd.value_and_grad(formula)
    return Side(partial(derived, point), lambda found: [found[0], *found[1]])
