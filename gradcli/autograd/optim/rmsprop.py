"""RMSprop: steps divided by a running root mean square of the gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.autograd.optim.first_order import (
    FirstOrder,
    average,
    counted,
    gradient,
    no_steps,
    rate,
    zeros_of,
)
from gradcli.autograd.optim.optimizer import Group, Parameters
from gradcli.autograd.optim.options import at_least_zero, learning_rate
from gradcli.autograd.tensor import Tensor

__all__ = ["RMSprop"]


class RMSprop(FirstOrder):
    """Hinton, "Neural networks for machine learning" (2012), lecture 6e: ``p -= lr * g / (sqrt(v) + eps)``.

    Here ``v = alpha*v + (1-alpha)*g^2``. Centred, the square of the gradient's own average is taken from it
    first, which leaves a variance: Graves, "Generating sequences with recurrent neural networks" (2013).

    Args:
        params: tensors, or groups of them.
        lr: the learning rate.
        alpha: what the averages keep in each step.
        eps: keeps the quotient finite where gradients vanish; added after the root.
        weight_decay: the factor of ``|p|^2 / 2`` in what is minimised.
        momentum: how much of the last step is kept, 0 for none.
        centered: divide by the standard deviation instead.
        maximize: go uphill.

    Raises:
        AutogradValueError: an option is negative.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = {
            "lr": learning_rate(lr),
            "eps": at_least_zero(eps, "eps", "epsilon value"),
            "momentum": at_least_zero(momentum, "momentum", "momentum value"),
            "weight_decay": at_least_zero(weight_decay, "weight_decay", "weight_decay value"),
            "alpha": at_least_zero(alpha, "alpha", "alpha value"),
            "centered": centered,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def _update(self, p: Tensor, grad: NDArray[Any], group: Group) -> None:
        state, lr, alpha, momentum = self.state[p], rate(group), group["alpha"], group["momentum"]
        if not state:
            state["step"] = no_steps()
            state["square_avg"] = zeros_of(p)
            if momentum > 0:
                state["momentum_buffer"] = zeros_of(p)
            if group["centered"]:
                state["grad_avg"] = zeros_of(p)
        counted(state)
        g = gradient(p, grad, group)
        v = state["square_avg"].array
        v *= alpha
        v += g * (1 - alpha) * g
        square = v
        if group["centered"]:
            mean = state["grad_avg"].array
            average(mean, g, 1 - alpha)
            square = v - mean * mean
        root = np.sqrt(square) + group["eps"]
        theta = p.array
        if momentum > 0:
            b = state["momentum_buffer"].array
            b *= momentum
            b += g / root
            theta += b * -lr
        else:
            theta += g * -lr / root
        p._bump()
