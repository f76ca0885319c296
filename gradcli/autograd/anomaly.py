"""The search for the first nan on the way back."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from gradcli.autograd.backward import Apply, BackwardNode
from gradcli.autograd.modes import state
from gradcli.autograd.variable import Variable
from gradcli.errors import AutogradError
from gradcli.graph.shapes import Shape


def watched(node: BackwardNode, gradients: list[Any], lead: Shape, apply: Apply | None) -> list[Any]:
    """Let a node run, and look at the gradients that it gives.

    Raises:
        AutogradError: one holds a nan; before it a warning names the forward call, as before any other error.
    """
    try:
        found = list(node.pull(gradients, lead, apply))
    except Exception:
        _tell(node)
        raise
    for place, value in enumerate(found):
        array = value.array if isinstance(value, Variable) else value
        if state.check_nan and array is not None and np.isnan(array).any():
            _tell(node)
            raise AutogradError(
                f"Function '{node.name()}' returned nan values in its {place}th output.",
                hint="look at the values that this operation was given",
            )
    return found


def _tell(node: BackwardNode) -> None:
    """A warning that names the forward call of a node, as PyTorch gives it."""
    called = node.metadata.get("traceback")
    if called is None:
        said = (
            f"Error detected in {node.name()}. No forward pass information available. Enable detect anomaly "
            "during forward pass for more information."
        )
    else:
        said = f"Error detected in {node.name()}. Traceback of forward call that caused the error:\n{called}"
    warnings.warn(said, UserWarning, stacklevel=2)
