"""Optimisers that move each parameter by its own gradient, and what their updates have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.autograd.making import from_numpy
from gradcli.autograd.modes import enable_grad
from gradcli.autograd.optim.optimizer import Closure, Group, Optimizer, State
from gradcli.autograd.optim.options import real
from gradcli.autograd.tensor import Tensor

__all__ = ["FirstOrder", "average", "counted", "gradient", "no_steps", "rate", "zeros_of"]


class FirstOrder(Optimizer):
    """An optimiser that moves each parameter by its own gradient and its own state."""

    def step(self, closure: Closure | None = None) -> Any:
        """Update every parameter that has a gradient.

        Args:
            closure: computes the loss again and returns it, gradients filled in; it is called once,
                with gradients enabled.

        Returns:
            What the closure returned, or None.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        # A loss that runs away becomes inf and nan, as in PyTorch, without a word.
        with np.errstate(all="ignore"):
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        self._update(p, p.grad.array, group)
        return loss

    @abstractmethod
    def _update(self, p: Tensor, grad: NDArray[Any], group: Group) -> None:
        """Move one parameter, in place."""


def gradient(p: Tensor, grad: NDArray[Any], group: Group, *, decayed: bool = True) -> NDArray[Any]:
    """The gradient of what is really minimised: ``-f`` to maximise, ``f + weight_decay/2 |p|^2``.

    Args:
        p: the parameter.
        grad: its gradient, of its shape.
        group: its options ``maximize`` and ``weight_decay``.
        decayed: whether weight decay is a part of the gradient at all.
    """
    if group["maximize"]:
        grad = -grad
    if decayed and group["weight_decay"] != 0:
        grad = grad + p.array * group["weight_decay"]
    return grad


def rate(group: Group) -> float:
    """The learning rate of a group, as a float."""
    return real(group["lr"], "lr")


def zeros_of(p: Tensor, value: float = 0.0) -> Tensor:
    """State of a parameter's shape and type, all of it ``value``."""
    return from_numpy(np.full_like(p.array, value))


def counted(state: State) -> int:
    """One step more in the count of a parameter's steps, which its state holds as a tensor."""
    count: NDArray[Any] = state["step"].array
    count += 1
    return int(count)


def no_steps() -> Tensor:
    """The count of a parameter's steps before the first."""
    return from_numpy(np.zeros(()))


def average(mean: NDArray[Any], new: NDArray[Any], weight: float) -> None:
    """Move a running mean by ``weight`` of the way to a new value, in place.

    From the nearer end, as torch.lerp does, so that a weight of 1 arrives exactly.
    """
    if abs(weight) < 0.5:
        mean += (new - mean) * weight
    else:
        mean[...] = new - (new - mean) * (1 - weight)
