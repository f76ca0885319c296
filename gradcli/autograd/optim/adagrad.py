"""Adagrad: steps divided by the root of the sum of all squared gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.autograd.optim.first_order import FirstOrder, counted, gradient, no_steps, rate, zeros_of
from gradcli.autograd.optim.optimizer import Group, Parameters
from gradcli.autograd.optim.options import at_least_zero, learning_rate
from gradcli.autograd.tensor import Tensor

__all__ = ["Adagrad"]


class Adagrad(FirstOrder):
    """Duchi, Hazan, Singer, "Adaptive subgradient methods" (JMLR 12, 2011), the diagonal form.

    ``s += g^2; p -= lr / (1 + (t-1)*lr_decay) * g / (sqrt(s) + eps)``

    Args:
        params: tensors, or groups of them.
        lr: the learning rate.
        lr_decay: how fast it falls with the steps.
        weight_decay: the factor of ``|p|^2 / 2`` in what is minimised.
        initial_accumulator_value: what ``s`` starts from.
        eps: keeps the quotient finite where gradients vanish.
        maximize: go uphill.

    Raises:
        AutogradValueError: an option is negative.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        start = "initial_accumulator_value"
        defaults = {
            "lr": learning_rate(lr),
            "lr_decay": at_least_zero(lr_decay, "lr_decay", "lr_decay value"),
            "weight_decay": at_least_zero(weight_decay, "weight_decay", "weight_decay value"),
            start: at_least_zero(initial_accumulator_value, start, f"{start} value"),
            "eps": at_least_zero(eps, "eps", "epsilon value"),
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def add_param_group(self, param_group: Group) -> None:
        """As for every optimiser; the state of Adagrad is there before the first step."""
        super().add_param_group(param_group)
        for p in param_group["params"]:
            self.state[p]["step"] = no_steps()
            self.state[p]["sum"] = zeros_of(p, param_group["initial_accumulator_value"])

    def _update(self, p: Tensor, grad: NDArray[Any], group: Group) -> None:
        state = self.state[p]
        t = counted(state)
        g = gradient(p, grad, group)
        lr = rate(group) / (1 + (t - 1) * group["lr_decay"])
        s = state["sum"].array
        s += g * g
        theta = p.array
        theta += g * -lr / (np.sqrt(s) + group["eps"])
        p._bump()
