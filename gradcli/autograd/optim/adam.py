"""Adam and AdamW: steps scaled by running averages of the gradient and of its square."""

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
from gradcli.autograd.optim.options import at_least_zero, below_one, learning_rate
from gradcli.autograd.tensor import Tensor
from gradcli.errors import AutogradTypeError, AutogradValueError

__all__ = ["Adam", "AdamW"]


class Adam(FirstOrder):
    """Kingma, Ba, "Adam: a method for stochastic optimization" (ICLR 2015), algorithm 1.

    ``m = b1*m + (1-b1)*g; v = b2*v + (1-b2)*g^2; p -= lr * (m / (1-b1^t)) / (sqrt(v / (1-b2^t)) + eps)``

    Args:
        params: tensors, or groups of them.
        lr: the learning rate.
        betas: what the averages of the gradient and of its square keep in each step.
        eps: keeps the quotient finite where gradients vanish.
        weight_decay: the factor of ``|p|^2 / 2`` in what is minimised.
        amsgrad: divide by the largest ``v`` so far: Reddi, Kale, Kumar, "On the convergence of Adam and
            beyond" (ICLR 2018).
        maximize: go uphill.

    Raises:
        AutogradValueError: an option is negative, or a beta outside of [0, 1).
    """

    _decoupled = False

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = {
            "lr": learning_rate(lr),
            "eps": at_least_zero(eps, "eps", "epsilon value"),
            "betas": _pair(betas),
            "weight_decay": at_least_zero(weight_decay, "weight_decay", "weight_decay value"),
            "amsgrad": amsgrad,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def _update(self, p: Tensor, grad: NDArray[Any], group: Group) -> None:
        state, lr = self.state[p], rate(group)
        if not state:
            state["step"] = no_steps()
            state["exp_avg"] = zeros_of(p)
            state["exp_avg_sq"] = zeros_of(p)
            if group["amsgrad"]:
                state["max_exp_avg_sq"] = zeros_of(p)
        t = counted(state)
        g = gradient(p, grad, group, decayed=not self._decoupled)
        theta = p.array
        if self._decoupled and group["weight_decay"] != 0:
            theta *= 1 - lr * group["weight_decay"]
            p._bump()
        beta1, beta2 = group["betas"]
        m, v = state["exp_avg"].array, state["exp_avg_sq"].array
        average(m, g, 1 - beta1)
        v *= beta2
        v += g * (1 - beta2) * g
        if group["amsgrad"]:
            largest = state["max_exp_avg_sq"].array
            np.maximum(largest, v, out=largest)
            v = largest
        # The corrections of the averages' start at zero are numbers: taken out of the arrays.
        step_size = lr / (1 - beta1**t)
        denominator = np.sqrt(v) / (1 - beta2**t) ** 0.5 + group["eps"]
        theta += m * -step_size / denominator
        p._bump()


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameters themselves: ``p *= 1 - lr * weight_decay``.

    Loshchilov, Hutter, "Decoupled weight decay regularization" (ICLR 2019), algorithm 2: in Adam the decay is
    a part of the gradient, so that it is divided by ``sqrt(v)`` too.

    Args:
        params: tensors, or groups of them.
        lr: the learning rate.
        betas: what the averages of the gradient and of its square keep in each step.
        eps: keeps the quotient finite where gradients vanish.
        weight_decay: the share of the learning rate by which parameters shrink in each step.
        amsgrad: divide by the largest ``v`` so far.
        maximize: go uphill.

    Raises:
        AutogradValueError: an option is negative, or a beta outside of [0, 1).
    """

    _decoupled = True

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)


def _pair(betas: Any) -> tuple[float, float]:
    if not isinstance(betas, (tuple, list)) or len(betas) != 2:
        raise AutogradTypeError(
            f"betas must be two numbers, but got {betas!r}", hint="write betas=(0.9, 0.999)"
        )
    first, second = [
        below_one(beta, f"betas[{place}]", f"beta parameter at index {place}")
        for place, beta in enumerate(betas)
    ]
    if any(isinstance(beta, int) for beta in betas):
        raise AutogradValueError(
            "betas must be either both floats or both Tensors", hint="write 0.0 in place of 0"
        )
    return first, second
