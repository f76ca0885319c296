"""What happens around a training, as programs for both libraries: groups, schedules, clipping.

Each function returns numbers alone, so that what PyTorch answers can be written down and compared.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tests.autograd.training import Library

EPOCHS = 25
LAST_EPOCHS = (0, 3, 9, 10, 14)

SCHEDULES: dict[str, Callable[[Library, Any], Any]] = {
    "StepLR(4)": lambda library, optimiser: library.schedulers.StepLR(optimiser, 4),
    "StepLR(3, gamma=0.5)": lambda library, optimiser: library.schedulers.StepLR(optimiser, 3, gamma=0.5),
    "CosineAnnealingLR(10)": lambda library, optimiser: library.schedulers.CosineAnnealingLR(optimiser, 10),
    "CosineAnnealingLR(8, eta_min=0.001)": lambda library, optimiser: library.schedulers.CosineAnnealingLR(
        optimiser, T_max=8, eta_min=0.001
    ),
    "CosineAnnealingLR(1)": lambda library, optimiser: library.schedulers.CosineAnnealingLR(optimiser, 1),
}


def two_groups(library: Library) -> tuple[Any, Any, Any]:
    """An optimiser of two parameters, each in a group, and the parameters; both have a gradient."""
    fast = library.tensor([1.0, -2.0], requires_grad=True)
    slow = library.tensor(3.0, requires_grad=True)
    optimiser = library.optim.SGD(
        [{"params": [fast], "lr": 0.5}, {"params": slow, "momentum": 0.9}], lr=0.05, weight_decay=0.01
    )
    return optimiser, fast, slow


def square(fast: Any, slow: Any) -> Any:
    """A loss of both, with its minimum where neither begins."""
    return ((fast * slow - 1) ** 2).sum() / 8


def groups(library: Library) -> list[Any]:
    """Both parameters after each of 20 steps."""
    optimiser, fast, slow = two_groups(library)
    found = []
    for _ in range(20):
        optimiser.zero_grad()
        square(fast, slow).backward()
        optimiser.step()
        found.append([fast.tolist(), slow.tolist()])
    return found


def rates(library: Library, schedule: str) -> list[list[float]]:
    """The learning rates of both groups at the beginning and after each epoch."""
    optimiser, fast, slow = two_groups(library)
    scheduler = SCHEDULES[schedule](library, optimiser)
    found = [list(scheduler.get_last_lr())]
    for _ in range(EPOCHS):
        optimiser.zero_grad()
        square(fast, slow).backward()
        optimiser.step()
        scheduler.step()
        found.append([group["lr"] for group in optimiser.param_groups])
    return found


def resumed(library: Library, schedule: str, last_epoch: int) -> list[float]:
    """The learning rates of a schedule that goes on after an epoch, with the rate that the optimiser has."""
    w = library.tensor([1.0], requires_grad=True)
    optimiser = library.optim.SGD([{"params": [w], "lr": 0.04, "initial_lr": 0.1}])
    make = getattr(library.schedulers, schedule)
    scheduler = make(optimiser, 10, last_epoch=last_epoch)
    found = list(scheduler.get_last_lr())
    for _ in range(5):
        optimiser.step()
        scheduler.step()
        found += scheduler.get_last_lr()
    return found


# Gradients of three parameters; the last has none.
GRADIENTS: dict[str, list[Any]] = {
    "large": [[[3.0, -4.0], [0.0, 12.0]], 7.0, None],
    "small": [[[0.03, -0.04], [0.0, 0.12]], 0.07, None],
    "zero": [[[0.0, 0.0], [0.0, 0.0]], 0.0, None],
    "infinite": [[[3.0, -math.inf], [0.0, 12.0]], 7.0, None],
    "nan": [[[3.0, math.nan], [0.0, 12.0]], 7.0, None],
}
NORMS = (2.0, 1.0, math.inf, 0.0, 3.0, 0.5, -1.0, -math.inf)


def with_gradients(library: Library, values: list[Any]) -> list[Any]:
    """Parameters, all ones, that have these gradients."""
    parameters = []
    for value in values:
        p = library.tensor(1.0 if value is None else value, requires_grad=True)
        p.grad = None if value is None else library.tensor(value)
        parameters.append(p)
    return parameters


def clipped_by_norm(library: Library, name: str, norm_type: float) -> list[Any]:
    """The norm that is returned, and the gradients after."""
    parameters = with_gradients(library, GRADIENTS[name])
    total = library.clipping.clip_grad_norm_(parameters, 2.5, norm_type)
    return [total.tolist(), *(p.grad.tolist() for p in parameters if p.grad is not None)]


def clipped_by_value(library: Library, name: str) -> list[Any]:
    """The gradients after."""
    parameters = with_gradients(library, GRADIENTS[name])
    library.clipping.clip_grad_value_(parameters, 2.5)
    return [p.grad.tolist() for p in parameters if p.grad is not None]


def facts(library: Library) -> dict[str, Any]:
    """All of the above, by name."""
    return {
        "groups": groups(library),
        "rates": {schedule: rates(library, schedule) for schedule in SCHEDULES},
        "resumed": {
            schedule: [resumed(library, schedule, epoch) for epoch in LAST_EPOCHS]
            for schedule in ("StepLR", "CosineAnnealingLR")
        },
        "clipped by norm": {
            name: {str(p): clipped_by_norm(library, name, p) for p in NORMS} for name in GRADIENTS
        },
        "clipped by value": {name: clipped_by_value(library, name) for name in GRADIENTS},
    }
