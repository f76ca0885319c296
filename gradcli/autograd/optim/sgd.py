"""Stochastic gradient descent, with momentum."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.autograd.making import from_numpy
from gradcli.autograd.optim.first_order import FirstOrder, gradient, rate
from gradcli.autograd.optim.optimizer import Group, Parameters
from gradcli.autograd.optim.options import at_least_zero, learning_rate, number
from gradcli.autograd.tensor import Tensor
from gradcli.errors import AutogradValueError

__all__ = ["SGD"]


class SGD(FirstOrder):
    """Gradient descent: ``p -= lr * g``, or with momentum ``b = momentum*b + (1-dampening)*g; p -= lr * b``.

    The first step takes ``b = g``, undampened. The learning rate stands outside of ``b``, as in PyTorch and
    unlike Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in deep
    learning" (ICML 2013), whose Nesterov form it is: ``p -= lr * (g + momentum*b)``.

    Args:
        params: tensors, or groups of them.
        lr: the learning rate.
        momentum: how much of the last direction is kept, 0 for none.
        dampening: how much of the gradient is left out of the momentum.
        weight_decay: the factor of ``|p|^2 / 2`` in what is minimised.
        nesterov: look ahead along the momentum.
        maximize: go uphill.

    Raises:
        AutogradValueError: an option is negative, or ``nesterov`` comes without momentum or with dampening.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = {
            "lr": learning_rate(lr),
            "momentum": at_least_zero(momentum, "momentum", "momentum value"),
            "dampening": number(dampening, "dampening"),
            "weight_decay": at_least_zero(weight_decay, "weight_decay", "weight_decay value"),
            "nesterov": nesterov,
            "maximize": maximize,
        }
        if nesterov and (defaults["momentum"] == 0 or defaults["dampening"] != 0):
            raise AutogradValueError(
                "Nesterov momentum requires a momentum and zero dampening",
                hint="pass momentum=0.9 and leave dampening out",
            )
        super().__init__(params, defaults)

    def _update(self, p: Tensor, grad: NDArray[Any], group: Group) -> None:
        g = gradient(p, grad, group)
        momentum = group["momentum"]
        if momentum != 0:
            state = self.state[p]
            if state.get("momentum_buffer") is None:
                state["momentum_buffer"] = from_numpy(np.array(g))
                b = state["momentum_buffer"].array
            else:
                b = state["momentum_buffer"].array
                b *= momentum
                b += g * (1 - group["dampening"])
            g = g + b * momentum if group["nesterov"] else b
        theta = p.array
        theta += g * -rate(group)
        p._bump()
