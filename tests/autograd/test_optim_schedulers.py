"""Learning rates over the epochs, where the facts of PyTorch do not already say it all."""

from __future__ import annotations

import math
from typing import Any

import pytest
from numpy.testing import assert_allclose

from gradcli.autograd.making import tensor
from gradcli.autograd.optim import SGD, CosineAnnealingLR, LRScheduler, StepLR


def optimiser_at(lr: Any) -> SGD:
    return SGD([tensor([1.0], requires_grad=True)], lr=lr)


def rates(scheduler: LRScheduler, epochs: int) -> list[float]:
    """The rate in each of the next epochs."""
    found = []
    for _ in range(epochs):
        scheduler.optimizer.step()
        scheduler.step()
        found += scheduler.get_last_lr()
    return found


def test_steps_down() -> None:
    """The rate of an epoch is in the group and in get_last_lr; powers of two are exact."""
    optimiser = optimiser_at(1.0)
    scheduler = StepLR(optimiser, step_size=2, gamma=0.5)
    assert scheduler.get_last_lr() == [1.0]
    assert rates(scheduler, 5) == [1.0, 0.5, 0.5, 0.25, 0.25]
    assert optimiser.param_groups[0]["lr"] == 0.25
    assert scheduler.last_epoch == 5


def test_half_a_cosine() -> None:
    scheduler = CosineAnnealingLR(optimiser_at(0.5), T_max=20, eta_min=0.1)
    expected = [0.1 + 0.4 * (1 + math.cos(math.pi * epoch / 20)) / 2 for epoch in range(1, 51)]
    assert_allclose(rates(scheduler, 50), expected, rtol=1e-12)


def test_a_rate_changed_by_hand_stays_changed() -> None:
    """Each rate follows from the one before."""
    optimiser = optimiser_at(1.0)
    scheduler = StepLR(optimiser, step_size=2, gamma=0.5)
    optimiser.param_groups[0]["lr"] = 8.0
    assert rates(scheduler, 4) == [8.0, 4.0, 4.0, 2.0]


def test_two_schedules_multiply() -> None:
    optimiser = optimiser_at(1.0)
    slow, fast = StepLR(optimiser, step_size=2, gamma=0.5), StepLR(optimiser, step_size=1, gamma=0.25)
    for expected in (0.25, 0.03125):
        optimiser.step()
        slow.step()
        fast.step()
        assert optimiser.param_groups[0]["lr"] == expected


@pytest.mark.parametrize(
    "make",
    [
        lambda optimiser: StepLR(optimiser, 3, gamma=0.5),
        lambda optimiser: CosineAnnealingLR(optimiser, 8, eta_min=0.01),
    ],
    ids=["StepLR", "CosineAnnealingLR"],
)
def test_state_saved_halfway(make: Any) -> None:
    """Schedule and optimiser each have their own; the rates go on as they would have."""
    old = make(optimiser_at(0.5))
    rates(old, 7)
    schedule, training = old.state_dict(), old.optimizer.state_dict()
    assert "optimizer" not in schedule
    new = make(optimiser_at(0.001))
    new.optimizer.load_state_dict(training)
    new.load_state_dict(schedule)
    assert new.get_last_lr() == old.get_last_lr()
    assert rates(new, 12) == rates(old, 12)


def test_a_schedule_that_comes_later_knows_the_first_rate() -> None:
    """As a schedule that is made anew for a saved optimiser must."""
    optimiser = optimiser_at(1.0)
    rates(StepLR(optimiser, step_size=1, gamma=0.5), 2)
    later = CosineAnnealingLR(optimiser, T_max=10)
    assert optimiser.param_groups[0]["lr"] == 0.25
    assert later.base_lrs == [1.0]


def test_a_rate_in_a_tensor_is_set_in_place() -> None:
    rate = tensor(1.0)
    scheduler = StepLR(optimiser_at(rate), step_size=1, gamma=0.5)
    assert rates(scheduler, 2) == [0.5, 0.25]
    assert rate.item() == 0.25
    assert rate._version == 3  # once for each epoch, the first among them
    assert scheduler.optimizer.param_groups[0]["lr"] is rate


def test_a_schedule_of_your_own() -> None:
    class Halved(LRScheduler):
        def _next(self, lr: float, base: float) -> float:
            return base / 2**self.last_epoch

    assert rates(Halved(optimiser_at(1.0)), 3) == [0.5, 0.25, 0.125]
