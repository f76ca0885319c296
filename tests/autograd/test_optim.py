"""What a training loop relies on: steps, closures, gradients that are missing or zero, groups, state."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from gradcli.autograd.making import tensor
from gradcli.autograd.modes import is_grad_enabled, no_grad
from gradcli.autograd.optim import LBFGS, SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop
from gradcli.autograd.tensor import Tensor

FIRST_ORDER = [SGD, Adam, AdamW, RMSprop, Adagrad]
ALL = [*FIRST_ORDER, LBFGS]

# An optimiser whose state holds everything that it can hold, and one that was made with other options.
FULL: dict[type[Optimizer], dict[str, Any]] = {
    SGD: {"lr": 0.05, "momentum": 0.9, "dampening": 0.1},
    Adam: {"lr": 0.1, "amsgrad": True},
    AdamW: {"lr": 0.1, "amsgrad": True},
    RMSprop: {"lr": 0.05, "momentum": 0.5, "centered": True},
    Adagrad: {"lr": 0.5, "lr_decay": 0.1, "initial_accumulator_value": 0.5},
    LBFGS: {"lr": 0.5, "max_iter": 2, "history_size": 3},
}


def parameter(*values: float) -> Tensor:
    return tensor(list(values), requires_grad=True)


def bowl(*parameters: Tensor) -> Tensor:
    """A quadratic with its minimum at 1, flatter from one parameter to the next."""
    total = tensor(0.0)
    for place, p in enumerate(parameters):
        total = total + ((p - 1) ** 2).sum() / (place + 1)
    return total


def closure_of(optimiser: Optimizer, *parameters: Tensor) -> Callable[[], Tensor]:
    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = bowl(*parameters)
        loss.backward()
        return loss

    return closure


def test_a_training_loop() -> None:
    """The three lines that every training has; the step of a quadratic is known."""
    w = parameter(3.0)
    optimiser = SGD([w], lr=0.25)
    for expected in (2.0, 1.5, 1.25):
        optimiser.zero_grad()
        ((w - 1) ** 2).sum().backward()
        optimiser.step()
        assert w.tolist() == [expected]


def test_without_zero_grad_gradients_add_up() -> None:
    w = parameter(3.0)
    optimiser = SGD([w], lr=0.25)
    for expected in (2.0, 0.5):  # the second step follows 4 + 2
        ((w - 1) ** 2).sum().backward()
        optimiser.step()
        assert w.tolist() == [expected]


@pytest.mark.parametrize("kind", [Adam, AdamW])
def test_the_first_step_of_adam_is_the_learning_rate(kind: Any) -> None:
    """Both averages hold the gradient alone then, whatever its size."""
    w = parameter(1.0, 1.0, 1.0)
    w.grad = tensor([1e-3, -5.0, 1e6])
    kind([w], lr=0.1, weight_decay=0, eps=0).step()
    assert_allclose(w.tolist(), [0.9, 1.1, 0.9], rtol=1e-15)


def test_decay_in_the_gradient_and_decay_of_the_parameter() -> None:
    """With no gradient of its own, Adam's step is by the sign of the parameter, AdamW's by its size."""
    for kind, expected in ((Adam, [0.9, 99.9]), (AdamW, [0.95, 95.0])):
        w = parameter(1.0, 100.0)
        w.grad = tensor([0.0, 0.0])
        kind([w], lr=0.1, weight_decay=0.5, eps=1e-300).step()
        assert_allclose(w.tolist(), expected, rtol=1e-15)


@pytest.mark.parametrize("kind", ALL)
def test_parameters_change_in_place(kind: Any) -> None:
    """The same memory, marked as changed, still a leaf, and no gradient flows through a step."""
    w = parameter(3.0, -1.0)
    memory, before = w.array, w._version
    optimiser = kind([w], **FULL[kind])
    optimiser.step(closure_of(optimiser, w))
    assert w.array is memory
    assert not np.array_equal(memory, [3.0, -1.0])
    assert w._version > before
    assert w.is_leaf
    assert w.requires_grad
    assert w.grad_fn is None


@pytest.mark.parametrize(("kind", "changes"), [(SGD, 1), (Adam, 1), (AdamW, 2), (RMSprop, 1), (Adagrad, 1)])
def test_versions_count_the_changes(kind: Any, changes: int) -> None:
    """AdamW shrinks the parameter, then moves it."""
    w = parameter(3.0)
    w.grad = tensor([1.0])
    kind([w]).step()
    assert w._version == changes


def test_an_average_that_keeps_nothing_is_the_gradient() -> None:
    """To the last digit, though the one before was large: it is computed from the nearer end."""
    w = parameter(0.0)
    optimiser = Adam([w], betas=(0.0, 0.9))
    for gradient in (1e16, 0.3):
        w.grad = tensor([gradient])
        optimiser.step()
    assert optimiser.state[w]["exp_avg"].tolist() == [0.3]


@pytest.mark.parametrize("kind", FIRST_ORDER)
def test_a_step_between_forward_and_backward_is_noticed(kind: Any) -> None:
    """Else the gradient would be taken at values that are gone."""
    w = parameter(3.0, -1.0)
    w.grad = tensor([1.0, 1.0])
    loss = (w * w).sum()
    kind([w]).step()
    with pytest.raises(RuntimeError, match="has been modified by an inplace operation"):
        loss.backward()


@pytest.mark.parametrize("kind", FIRST_ORDER)
def test_a_parameter_without_a_gradient_is_left_alone(kind: Any) -> None:
    """Not even decayed; a gradient of zero is something else."""
    still, moved = parameter(5.0), parameter(5.0)
    moved.grad = tensor([0.0])
    optimiser = kind([still, moved], weight_decay=0.1)
    optimiser.step()
    assert still.tolist() == [5.0]
    assert still._version == 0
    assert moved.tolist() < [5.0]


def test_lbfgs_takes_a_missing_gradient_for_zero() -> None:
    w, unused = parameter(3.0), parameter(5.0)
    optimiser = LBFGS([unused, w])
    optimiser.step(closure_of(optimiser, w))
    assert unused.tolist() == [5.0]
    assert_allclose(w.tolist(), [1.0], rtol=1e-9)


@pytest.mark.parametrize("kind", ALL)
def test_a_step_returns_what_the_closure_returned_first(kind: Any) -> None:
    w = parameter(3.0)
    optimiser = kind([w])
    loss = optimiser.step(closure_of(optimiser, w))
    assert isinstance(loss, Tensor)
    assert loss.item() == 4.0


@pytest.mark.parametrize("kind", FIRST_ORDER)
def test_a_step_without_a_closure_returns_nothing(kind: Any) -> None:
    assert kind([parameter(3.0)]).step() is None


@pytest.mark.parametrize("kind", ALL)
def test_a_closure_runs_with_gradients_enabled(kind: Any) -> None:
    """Also where the step itself is inside no_grad."""
    w = parameter(3.0)
    optimiser = kind([w])
    seen = []

    def closure() -> Tensor:
        seen.append(is_grad_enabled())
        return closure_of(optimiser, w)()

    with no_grad():
        optimiser.step(closure)
        assert not is_grad_enabled()
    assert seen
    assert all(seen)
    assert w.tolist() < [3.0]


@pytest.mark.parametrize("kind", ALL)
def test_a_closure_is_warned_as_ever(kind: Any) -> None:
    """A step computes in silence, but what NumPy says about the closure's own numbers is the closure's."""
    w = parameter(3.0)
    optimiser = kind([w])

    def closure() -> Tensor:
        with pytest.warns(RuntimeWarning, match="divide by zero"):
            np.log(np.zeros(1))
        return closure_of(optimiser, w)()

    optimiser.step(closure)


@pytest.mark.parametrize("kind", FIRST_ORDER)
def test_first_order_calls_the_closure_once(kind: Any) -> None:
    w = parameter(3.0)
    optimiser = kind([w])
    calls = []
    optimiser.step(lambda: (calls.append(1), closure_of(optimiser, w)())[1])
    assert calls == [1]


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_lbfgs_calls_the_closure_again(search: str | None) -> None:
    """As often as its state says, and no oftener than it may."""
    w = parameter(3.0, -4.0)
    optimiser = LBFGS([w], lr=0.3, max_iter=7, max_eval=5, line_search_fn=search)
    calls = []
    optimiser.step(lambda: (calls.append(1), closure_of(optimiser, w)())[1])
    state = optimiser.state[w]
    assert 2 < len(calls) <= 5 + 1
    assert state["func_evals"] == len(calls)
    assert state["n_iter"] <= 7


def test_lbfgs_leaves_the_last_evaluation_to_the_next_step() -> None:
    """Without a search: the next step begins with it, perhaps on other data."""
    w = parameter(3.0, -4.0)
    optimiser = LBFGS([w], lr=0.1, max_iter=3, max_eval=100)
    for evaluations in (3, 6):
        optimiser.step(closure_of(optimiser, w))
        assert optimiser.state[w]["func_evals"] == evaluations


def test_lbfgs_stops_where_the_loss_changes_little() -> None:
    """Down a slope of 0.8 by 0.56, which changes the loss by 0.448 and the parameter by more than 0.5."""
    w = parameter(0.0)
    optimiser = LBFGS([w], lr=0.7, tolerance_change=0.5)

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = (w * -0.8).sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    assert optimiser.state[w]["n_iter"] == 1
    assert_allclose(w.tolist(), [0.56], rtol=1e-15)


def test_lbfgs_stands_still_at_the_minimum() -> None:
    w = parameter(1.0)
    optimiser = LBFGS([w])
    optimiser.step(closure_of(optimiser, w))
    assert w._version == 0
    assert optimiser.state[w] == {"func_evals": 1, "n_iter": 0}


def test_lbfgs_finds_the_minimum_of_a_quadratic_in_one_step() -> None:
    """As many iterations as there are dimensions would be enough with exact searches."""
    w, b = parameter(3.0, -4.0), parameter(0.5)
    optimiser = LBFGS([w, b], line_search_fn="strong_wolfe")
    optimiser.step(closure_of(optimiser, w, b))
    assert_allclose([*w.tolist(), *b.tolist()], [1.0, 1.0, 1.0], rtol=1e-6)


def test_a_loss_that_runs_away_runs_away_in_silence() -> None:
    """Warnings are errors in these tests."""
    w = parameter(3.0)
    optimiser = SGD([w], lr=1e300)
    for _ in range(4):
        w.grad = tensor([1e300 if math.isfinite(w.item()) else math.nan])
        optimiser.step()
    assert math.isnan(w.item())


def test_float32_stays_float32() -> None:
    for kind in ALL:
        w = tensor([3.0, -1.0], requires_grad=True, dtype="float32")
        optimiser = kind([w], **FULL[kind])
        for _ in range(3):
            optimiser.zero_grad()

            def closure(w: Tensor = w) -> Tensor:
                w.grad = None
                loss = ((w - 1) * (w - 1)).sum()
                loss.backward()
                return loss

            optimiser.step(closure)
        assert w.array.dtype == np.float32
        for name, value in optimiser.state[w].items():
            if isinstance(value, Tensor) and name != "step":
                assert value.array.dtype == np.float32, (kind, name)


def test_numbers_of_numpy_do_not_widen_float32() -> None:
    w = tensor([3.0], requires_grad=True, dtype="float32")
    w.grad = tensor([1.0], dtype="float32")
    optimiser = SGD([w], lr=np.float64(0.1), momentum=np.float64(0.9), weight_decay=np.float64(0.1))
    optimiser.step()
    assert optimiser.state[w]["momentum_buffer"].array.dtype == np.float32


def test_zero_grad_forgets() -> None:
    w, b = parameter(3.0), parameter(1.0)
    optimiser = SGD([w, b])
    bowl(w).backward()
    optimiser.zero_grad()
    assert w.grad is None
    assert b.grad is None


def test_zero_grad_can_keep_the_memory() -> None:
    w, b = parameter(3.0), parameter(1.0)
    optimiser = SGD([w, b])
    bowl(w).backward()
    kept = w.grad
    optimiser.zero_grad(set_to_none=False)
    assert w.grad is kept
    assert kept.tolist() == [0.0]
    assert b.grad is None


def test_zero_grad_drops_the_history_of_a_gradient() -> None:
    w = parameter(3.0)
    w.grad = w.detach() * tensor([2.0], requires_grad=True)
    SGD([w]).zero_grad(set_to_none=False)
    assert w.grad.grad_fn is None
    assert not w.grad.requires_grad
    assert w.grad.tolist() == [0.0]


def test_zero_grad_unties_a_gradient_that_is_a_leaf() -> None:
    w = parameter(3.0)
    w.grad = tensor([2.0], requires_grad=True)
    SGD([w]).zero_grad(set_to_none=False)
    assert not w.grad.requires_grad
    assert w.grad.tolist() == [0.0]


def test_momentum_goes_on_at_a_gradient_of_zero() -> None:
    """Which is why None and zero are not the same to a step."""
    w = parameter(1.0)
    optimiser = SGD([w], lr=1.0, momentum=0.5)
    w.grad = tensor([8.0])
    optimiser.step()
    for set_to_none, expected in ((False, -11.0), (True, -11.0)):
        optimiser.zero_grad(set_to_none)
        optimiser.step()
        assert w.tolist() == [expected]


def test_options_of_groups() -> None:
    """A group's own option, or else the optimiser's; what is changed later holds from the next step on."""
    w, b = parameter(0.0), parameter(0.0)
    optimiser = SGD([{"params": [w]}, {"params": b, "lr": 0.1}], lr=1.0)
    assert [group["lr"] for group in optimiser.param_groups] == [1.0, 0.1]
    assert optimiser.param_groups[1]["params"] == [b]
    w.grad, b.grad = tensor([1.0]), tensor([1.0])
    optimiser.step()
    optimiser.param_groups[0]["lr"] = 10.0
    optimiser.step()
    assert (w.tolist(), b.tolist()) == ([-11.0], [-0.2])


@pytest.mark.parametrize("kind", FIRST_ORDER)
def test_a_group_that_comes_later(kind: Any) -> None:
    w, b = parameter(3.0), parameter(3.0)
    optimiser = kind([w], lr=0.1)
    optimiser.step(closure_of(optimiser, w))
    optimiser.add_param_group({"params": [b], "lr": 0.2})
    optimiser.step(closure_of(optimiser, w, b))
    assert b.tolist() < [3.0]
    assert optimiser.param_groups[1]["lr"] == 0.2


def test_sums_of_adagrad_begin_where_the_group_says() -> None:
    """PyTorch hears this from groups that are added later only."""
    w, b, c = parameter(1.0), parameter(1.0), parameter(1.0)
    start = "initial_accumulator_value"
    optimiser = Adagrad([{"params": [w]}, {"params": [b], start: 4.0}], initial_accumulator_value=1.0)
    optimiser.add_param_group({"params": [c], start: 9.0})
    assert [optimiser.state[p]["sum"].tolist() for p in (w, b, c)] == [[1.0], [4.0], [9.0]]


def test_a_generator_of_parameters() -> None:
    """It is read once and kept."""
    both = [parameter(3.0), parameter(2.0)]
    optimiser = SGD(p for p in both)
    assert optimiser.param_groups[0]["params"] == both


def test_a_learning_rate_in_a_tensor_is_changed_in_place() -> None:
    rate, w = tensor(0.5), parameter(1.0)
    optimiser = SGD([w], lr=rate)
    w.grad = tensor([1.0])
    optimiser.step()
    rate.fill_(0.25)
    optimiser.step()
    assert w.tolist() == [0.25]


@pytest.mark.parametrize("kind", ALL)
def test_state_saved_halfway(kind: Any) -> None:
    """A new optimiser with other options goes on as the old one would have, to the last digit."""
    w, b = parameter(3.0, -1.0), parameter(0.5)
    old = kind([w, b], **FULL[kind])
    for _ in range(3):
        old.step(closure_of(old, w, b))
    saved = old.state_dict()

    w2, b2 = parameter(*w.tolist()), parameter(*b.tolist())
    new = kind([w2, b2], lr=0.001)
    new.load_state_dict(saved)
    # One after the other, so that state which they shared would show.
    for _ in range(3):
        old.step(closure_of(old, w, b))
    for _ in range(3):
        new.step(closure_of(new, w2, b2))
    assert_array_equal(w2.array, w.array)
    assert_array_equal(b2.array, b.array)


def test_a_state_dict_has_numbers_for_parameters() -> None:
    """Only what has state is in it; the groups hold every option."""
    w, b, c = parameter(3.0), parameter(1.0), parameter(2.0)
    optimiser = SGD([{"params": [w, b]}, {"params": [c], "lr": 0.5}], lr=0.1, momentum=0.9)
    bowl(b).backward()
    optimiser.step()
    saved = optimiser.state_dict()
    assert [group["params"] for group in saved["param_groups"]] == [[0, 1], [2]]
    assert [group["lr"] for group in saved["param_groups"]] == [0.1, 0.5]
    assert list(saved["state"]) == [1]
    assert saved["state"][1]["momentum_buffer"] is optimiser.state[b]["momentum_buffer"]


def test_a_parameter_that_is_there_twice_has_one_number() -> None:
    w, b = parameter(3.0), parameter(1.0)
    with pytest.warns(UserWarning, match="duplicate"):
        optimiser = SGD([w, w, b], momentum=0.9)
    optimiser.step(closure_of(optimiser, w, b))
    saved = optimiser.state_dict()
    assert saved["param_groups"][0]["params"] == [0, 0, 1]
    assert set(saved["state"]) == {0, 1}


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (SGD, {"momentum_buffer"}),
        (Adam, {"step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"}),
        (AdamW, {"step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"}),
        (RMSprop, {"step", "square_avg", "momentum_buffer", "grad_avg"}),
        (Adagrad, {"step", "sum"}),
        (
            LBFGS,
            {
                "func_evals",
                "n_iter",
                "d",
                "t",
                "old_dirs",
                "old_stps",
                "ro",
                "H_diag",
                "prev_flat_grad",
                "prev_loss",
            },
        ),
    ],
)
def test_state_has_the_names_of_pytorch(kind: Any, names: set[str]) -> None:
    """LBFGS keeps no scratch space (``al``) between steps."""
    w = parameter(3.0, -1.0)
    optimiser = kind([w], **FULL[kind])
    optimiser.step(closure_of(optimiser, w))
    assert set(optimiser.state[w]) == names


def test_state_is_loaded_in_the_type_of_the_parameter() -> None:
    """All but the count of steps, which float32 would stop at 16,777,216."""
    w = parameter(3.0)
    old = Adam([w])
    old.step(closure_of(old, w))
    new = Adam([tensor([3.0], requires_grad=True, dtype="float32")])
    new.load_state_dict(old.state_dict())
    (state,) = new.state.values()
    assert state["exp_avg"].array.dtype == np.float32
    assert state["step"].array.dtype == np.float64


def test_an_optimiser_prints_its_groups() -> None:
    optimiser = SGD([{"params": [parameter(3.0)]}, {"params": [parameter(1.0)], "lr": 0.5}], lr=0.1)
    assert repr(optimiser) == (
        "SGD (\nParameter Group 0\n    dampening: 0\n    lr: 0.1\n    maximize: False\n    momentum: 0\n"
        "    nesterov: False\n    weight_decay: 0\nParameter Group 1\n    dampening: 0\n    lr: 0.5\n"
        "    maximize: False\n    momentum: 0\n    nesterov: False\n    weight_decay: 0\n)"
    )


def test_an_optimiser_of_your_own() -> None:
    """Signs of gradients instead of gradients: all it needs is a step."""

    class SignDescent(Optimizer):
        def step(self, closure: Any = None) -> None:
            for group in self.param_groups:
                for p in group["params"]:
                    with no_grad():
                        p -= group["lr"] * p.grad.sign()

    w = parameter(3.0, -1.0)
    optimiser = SignDescent([w], {"lr": 0.5})
    bowl(w).backward()
    optimiser.step()
    assert w.tolist() == [2.5, -0.5]
