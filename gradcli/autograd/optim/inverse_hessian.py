"""An inverse Hessian that is never written down: it is made of the last steps and changes of the gradient.

Nocedal, Wright, "Numerical optimization" (2nd edition, 2006), algorithm 7.4 (the two loops) and equation 7.20
(the scale).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.autograd.making import from_numpy
from gradcli.autograd.optim.optimizer import State

__all__ = ["InverseHessian"]

Vector = NDArray[Any]

# A step with less curvature along it is not remembered: the matrix would not stay positive definite.
LEAST_CURVATURE = 1e-10


class InverseHessian:
    """The matrix, as pairs ``(s, y)`` of a step and the change of the gradient over it.

    Args:
        state: what ``save`` wrote, under PyTorch's names, or nothing: the identity.
        size: how many pairs are kept.
    """

    def __init__(self, state: State, size: int) -> None:
        self.size = size
        self.changes: list[Vector] = [y.array for y in state.get("old_dirs", [])]
        self.steps: list[Vector] = [s.array for s in state.get("old_stps", [])]
        self.weights: list[Any] = list(state.get("ro", []))
        self.scale: Any = state.get("H_diag", 1)

    def save(self, state: State) -> None:
        """Write it to the state of an optimiser."""
        state["old_dirs"] = [from_numpy(y) for y in self.changes]
        state["old_stps"] = [from_numpy(s) for s in self.steps]
        state["ro"] = [float(weight) for weight in self.weights]
        state["H_diag"] = float(self.scale)

    def learn(self, s: Vector, y: Vector) -> None:
        """Take in a step and the change of the gradient over it; the oldest pair is forgotten if need be."""
        curvature = y.dot(s)
        if not curvature > LEAST_CURVATURE:
            return
        if len(self.changes) == self.size:
            for pairs in (self.changes, self.steps, self.weights):
                pairs.pop(0)
        self.changes.append(y)
        self.steps.append(s)
        self.weights.append(1.0 / curvature)
        self.scale = curvature / y.dot(y)

    def times(self, v: Vector) -> Vector:
        """Its product with a vector."""
        q, shares = np.array(v), []
        for s, y, weight in zip(self.steps[::-1], self.changes[::-1], self.weights[::-1], strict=True):
            share = s.dot(q) * weight
            q -= y * share
            shares.append(share)
        r: Vector = q * self.scale
        for s, y, weight, share in zip(self.steps, self.changes, self.weights, shares[::-1], strict=True):
            r += s * (share - y.dot(r) * weight)
        return r
