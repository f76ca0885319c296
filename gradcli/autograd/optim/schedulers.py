"""Schedulers: the learning rate of an optimiser as a function of the epoch."""

from __future__ import annotations

import math
import warnings
from abc import ABC, abstractmethod
from typing import Any

from gradcli.autograd.optim.optimizer import Group, Optimizer
from gradcli.autograd.optim.options import real
from gradcli.autograd.tensor import Tensor
from gradcli.errors import AutogradKeyError, AutogradTypeError, AutogradValueError

__all__ = ["CosineAnnealingLR", "LRScheduler", "StepLR"]


class LRScheduler(ABC):
    """The base of all schedulers: counts epochs and sets the learning rate of each group.

    The rate of an epoch is computed from that of the epoch before, so that a change made by hand, or by a
    second scheduler, stays.

    Args:
        optimizer: whose learning rates it sets.
        last_epoch: the epoch that was the last, to go on after it; -1 to begin.

    Attributes:
        base_lrs: each group's learning rate at the beginning.
        last_epoch: the epoch that the present rates are for.

    Raises:
        AutogradTypeError: it is no optimiser.
        AutogradKeyError: it goes on, and a group does not know its ``"initial_lr"``.
    """

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        if not isinstance(optimizer, Optimizer):
            raise AutogradTypeError(
                f"{type(optimizer).__name__} is not an Optimizer", hint="pass the optimiser itself"
            )
        self.optimizer = optimizer
        for place, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", _rate(group))
            elif "initial_lr" not in group:
                raise AutogradKeyError(
                    f"param 'initial_lr' is not specified in param_groups[{place}] when resuming scheduler "
                    f"with last_epoch >= 0",
                    hint="load the optimiser's state dict first, or leave last_epoch out to begin anew",
                )
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._step_count = 0
        optimizer._watched = True
        self.step()

    def step(self) -> None:
        """Go to the next epoch: call it after the optimiser's steps of this one."""
        if self._step_count == 1 and not self.optimizer._stepped:
            warnings.warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and "
                "later, you should call them in the opposite order: `optimizer.step()` before "
                "`lr_scheduler.step()`. Failure to do this will result in PyTorch skipping the first value "
                "of the learning rate schedule.",
                UserWarning,
                stacklevel=2,
            )
        self._step_count += 1
        self.last_epoch += 1
        groups = self.optimizer.param_groups
        rates = [self._next(_rate(group), base) for group, base in zip(groups, self.base_lrs, strict=True)]
        for group, rate in zip(groups, rates, strict=True):
            if isinstance(group["lr"], Tensor):
                group["lr"].array[...] = rate
                group["lr"]._bump()
            else:
                group["lr"] = rate
        self._last_lr = rates

    def get_last_lr(self) -> list[float]:
        """The present learning rate of each group."""
        return self._last_lr

    def state_dict(self) -> dict[str, Any]:
        """All that the scheduler knows, but for the optimiser."""
        return {name: value for name, value in self.__dict__.items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from where another scheduler was; the rates themselves are the optimiser's state.

        Args:
            state_dict: what its ``state_dict`` returned.
        """
        self.__dict__.update(state_dict)

    @abstractmethod
    def _next(self, lr: float, base: float) -> float:
        """The rate of the epoch ``last_epoch``, from that of the epoch before and the first one."""


class StepLR(LRScheduler):
    """The learning rate times ``gamma`` after every ``step_size`` epochs.

    Args:
        optimizer: whose learning rates it sets.
        step_size: the epochs from one fall to the next.
        gamma: the factor.
        last_epoch: the epoch that was the last, to go on after it; -1 to begin.

    Raises:
        AutogradValueError: ``step_size`` is no whole number from 1 on.
    """

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.step_size = _epochs(step_size, "step_size")
        self.gamma = real(gamma, "gamma")
        super().__init__(optimizer, last_epoch)

    def _next(self, lr: float, base: float) -> float:
        falls = self.last_epoch > 0 and self.last_epoch % self.step_size == 0
        return lr * self.gamma if falls else lr


class CosineAnnealingLR(LRScheduler):
    """Half a cosine from the first learning rate down to ``eta_min`` in ``T_max`` epochs, then up again.

    Loshchilov, Hutter, "SGDR: stochastic gradient descent with warm restarts" (ICLR 2017), equation 5,
    without the restarts: ``eta_min + (lr_0 - eta_min) * (1 + cos(pi * epoch / T_max)) / 2``.

    Args:
        optimizer: whose learning rates it sets.
        T_max: the epochs from the highest to the lowest rate.
        eta_min: the lowest rate.
        last_epoch: the epoch that was the last, to go on after it; -1 to begin.

    Raises:
        AutogradValueError: ``T_max`` is no whole number from 1 on.
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max = _epochs(T_max, "T_max")
        self.eta_min = real(eta_min, "eta_min")
        super().__init__(optimizer, last_epoch)

    def _next(self, lr: float, base: float) -> float:
        epoch, period, lowest = self.last_epoch, self.T_max, self.eta_min
        if self._step_count == 1:
            # The optimiser has the rate already, of the first epoch or of the one that training goes on with.
            return lr
        if (epoch - 1 - period) % (2 * period) == 0:
            # The epoch before was at the lowest rate, from where no quotient leads on.
            return lr + (base - lowest) * (1 - math.cos(math.pi / period)) / 2
        before = 1 + math.cos(math.pi * (epoch - 1) / period)
        return (1 + math.cos(math.pi * epoch / period)) / before * (lr - lowest) + lowest


def _rate(group: Group) -> float:
    return real(group["lr"], "lr")


def _epochs(number: Any, name: str) -> int:
    if not isinstance(number, (int, float)) or number % 1 != 0 or number < 1:
        raise AutogradValueError(
            f"{name} must be a whole number of epochs from 1 on, but got {number}",
            hint=f"write {name}=10, for example",
        )
    return int(number)
