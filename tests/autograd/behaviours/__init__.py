"""Behaviours of autograd: each a rule of PyTorch's, told by a body that runs on either library."""

from __future__ import annotations

from . import (  # noqa: F401 - each registers its behaviours
    accumulation,
    anomaly,
    arguments,
    custom_function,
    custom_gradients,
    data,
    detach,
    errors,
    functional,
    grad_function,
    graph,
    higher_order,
    hooks,
    inplace,
    leaves,
    modes,
    optim,
    printing,
    retain,
    saving,
    versions,
    views,
)
from .telling import BEHAVIOURS, same

__all__ = ["BEHAVIOURS", "same"]
