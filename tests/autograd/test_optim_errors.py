"""What optimisers refuse: PyTorch's sentence and type of error, then what to do."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from gradcli.autograd.making import tensor
from gradcli.autograd.optim import (
    LBFGS,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    CosineAnnealingLR,
    RMSprop,
    StepLR,
    clip_grad_norm_,
    clip_grad_value_,
)
from gradcli.autograd.tensor import Tensor
from gradcli.errors import AutogradProblem


def leaf() -> Tensor:
    return tensor([1.0, 2.0], requires_grad=True)


def with_gradient(*values: float) -> Tensor:
    p = tensor(list(values), requires_grad=True)
    p.grad = tensor(list(values))
    return p


def saved(*sizes: int) -> dict[str, Any]:
    """The state dict of an optimiser with groups of so many parameters."""
    return SGD([{"params": [leaf() for _ in range(size)]} for size in sizes]).state_dict()


# (what is done, the type of the error, its sentence); the sentences were read off PyTorch 2.13, but for those
# of REFUSED_EARLIER, where it says less.
REFUSED: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: SGD([leaf()], lr=-1), ValueError, "Invalid learning rate: -1"),
    (lambda: Adam([leaf()], lr=-0.5), ValueError, "Invalid learning rate: -0.5"),
    (lambda: AdamW([leaf()], lr=-1), ValueError, "Invalid learning rate: -1"),
    (lambda: RMSprop([leaf()], lr=-1), ValueError, "Invalid learning rate: -1"),
    (lambda: Adagrad([leaf()], lr=-1), ValueError, "Invalid learning rate: -1"),
    (lambda: LBFGS([leaf()], lr=-1), ValueError, "Invalid learning rate: -1"),
    (lambda: SGD([leaf()], momentum=-1), ValueError, "Invalid momentum value: -1"),
    (lambda: SGD([leaf()], weight_decay=-1), ValueError, "Invalid weight_decay value: -1"),
    (
        lambda: SGD([leaf()], nesterov=True),
        ValueError,
        "Nesterov momentum requires a momentum and zero dampening",
    ),
    (
        lambda: SGD([leaf()], nesterov=True, momentum=0.9, dampening=0.1),
        ValueError,
        "Nesterov momentum requires a momentum and zero dampening",
    ),
    (lambda: SGD([]), ValueError, "optimizer got an empty parameter list"),
    (lambda: SGD([leaf() * 2]), ValueError, "can't optimize a non-leaf Tensor"),
    (
        lambda: SGD(leaf()),
        TypeError,
        "params argument given to the optimizer should be an iterable of Tensors or dicts, but got ",
    ),
    (lambda: SGD([2.0]), TypeError, "optimizer can only optimize Tensors, but one of the params is float"),
    (
        lambda: SGD([{"params": {leaf()}}]),
        TypeError,
        "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in "
        "sets will change between runs. Please use a list instead.",
    ),
    (
        lambda: SGD([leaf()]).add_param_group([leaf()]),
        TypeError,
        "param_group must be a dict, but got <class 'list'>",
    ),
    (lambda: SGD([{"lr": 0.1}]), KeyError, "params"),
    (
        lambda: SGD([{"params": [p := leaf()]}, {"params": [p]}]),
        ValueError,
        "some parameters appear in more than one parameter group",
    ),
    (lambda: SGD([leaf()], lr=tensor([0.1, 0.2])), ValueError, "Tensor lr must be 1-element"),
    (lambda: Adam([leaf()], eps=-1), ValueError, "Invalid epsilon value: -1"),
    (lambda: Adam([leaf()], betas=(1.0, 0.9)), ValueError, "Invalid beta parameter at index 0: 1.0"),
    (lambda: Adam([leaf()], betas=(0.9, -0.1)), ValueError, "Invalid beta parameter at index 1: -0.1"),
    (
        lambda: Adam([leaf()], betas=(0, 0.9)),
        ValueError,
        "betas must be either both floats or both Tensors",
    ),
    (lambda: AdamW([leaf()], weight_decay=-1), ValueError, "Invalid weight_decay value: -1"),
    (lambda: RMSprop([leaf()], alpha=-1), ValueError, "Invalid alpha value: -1"),
    (lambda: RMSprop([leaf()], momentum=-1), ValueError, "Invalid momentum value: -1"),
    (lambda: Adagrad([leaf()], lr_decay=-1), ValueError, "Invalid lr_decay value: -1"),
    (
        lambda: Adagrad([leaf()], initial_accumulator_value=-1),
        ValueError,
        "Invalid initial_accumulator_value value: -1",
    ),
    (
        lambda: LBFGS([{"params": [leaf()]}, {"params": [leaf()]}]),
        ValueError,
        "LBFGS doesn't support per-parameter options (parameter groups)",
    ),
    (
        lambda: LBFGS([leaf()]).step(),
        TypeError,
        "LBFGS.step() missing 1 required positional argument: 'closure'",
    ),
    (
        lambda: LBFGS([leaf()], line_search_fn="wolfe").step(lambda: 1.0),
        RuntimeError,
        "only 'strong_wolfe' is supported",
    ),
    (
        lambda: SGD([leaf()]).load_state_dict(saved(1, 1)),
        ValueError,
        "loaded state dict has a different number of parameter groups",
    ),
    (
        lambda: SGD([leaf()]).load_state_dict(saved(2)),
        ValueError,
        "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
    ),
    (lambda: SGD([leaf()]).load_state_dict({}), KeyError, "param_groups"),
    (lambda: StepLR(5, 2), TypeError, "int is not an Optimizer"),
    (
        lambda: StepLR(SGD([leaf()]), 2, last_epoch=3),
        KeyError,
        "param 'initial_lr' is not specified in param_groups[0] when resuming scheduler with last_epoch >= 0",
    ),
    (
        lambda: clip_grad_norm_([with_gradient(float("nan"))], 1.0, error_if_nonfinite=True),
        RuntimeError,
        "The total norm of order 2.0 for gradients from `parameters` is non-finite, so it cannot be clipped. "
        "To disable this error and scale the gradients by the non-finite norm anyway, set "
        "`error_if_nonfinite=False`",
    ),
    (
        lambda: clip_grad_norm_([with_gradient(float("inf"))], 1.0, 1, error_if_nonfinite=True),
        RuntimeError,
        "The total norm of order 1.0 for gradients from `parameters` is non-finite",
    ),
    (
        lambda: clip_grad_norm_([with_gradient()], 1.0, float("-inf")),
        RuntimeError,
        "linalg.vector_norm cannot compute the -inf norm on an empty tensor because the operation does not "
        "have an identity",
    ),
]

# PyTorch lets Python complain in the middle of a comparison, a loop or a division here.
REFUSED_EARLIER: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: SGD(5), TypeError, "should be an iterable of Tensors or dicts, but got int"),
    (lambda: SGD([leaf()], lr="0.1"), TypeError, "lr must be a number, but got str"),
    (lambda: SGD([leaf()], momentum=None), TypeError, "momentum must be a number, but got NoneType"),
    (lambda: SGD([leaf()], lr=float("nan")), ValueError, "Invalid learning rate: nan"),
    (lambda: Adam([leaf()], betas=0.9), TypeError, "betas must be two numbers, but got 0.9"),
    (lambda: LBFGS([{"params": []}]), ValueError, "optimizer got an empty parameter list"),
    (lambda: StepLR(SGD([leaf()]), 0), ValueError, "step_size must be a whole number of epochs from 1 on"),
    (lambda: StepLR(SGD([leaf()]), 1.5), ValueError, "step_size must be a whole number of epochs from 1 on"),
    (lambda: CosineAnnealingLR(SGD([leaf()]), 0), ValueError, "T_max must be a whole number of epochs"),
    (lambda: clip_grad_norm_([5], 1.0), TypeError, "one of the parameters is int"),
    (lambda: clip_grad_value_(5, 1.0), TypeError, "tensors are clipped, but got int"),
    (lambda: clip_grad_value_([leaf()], "1"), TypeError, "clip_value must be a number, but got str"),
]


@pytest.mark.parametrize(("act", "kind", "sentence"), [*REFUSED, *REFUSED_EARLIER])
def test_refused(act: Callable[[], Any], kind: type[Exception], sentence: str) -> None:
    with pytest.raises(AutogradProblem, match=re.escape(sentence)) as caught:
        act()
    assert isinstance(caught.value, kind)
    assert caught.value.hint


def test_a_result_that_keeps_its_gradient_can_be_optimised() -> None:
    inner = leaf() * 2
    inner.retain_grad()
    SGD([inner])


def test_a_parameter_that_requires_no_gradient_is_allowed() -> None:
    """It may require one later."""
    SGD([tensor([1.0])])


def test_the_same_parameter_twice_in_a_group() -> None:
    p = leaf()
    with pytest.warns(UserWarning, match="optimizer contains a parameter group with duplicate parameters"):
        SGD([p, p])


def test_a_refused_group_is_not_added() -> None:
    optimiser = SGD([leaf()])
    for bad in ({"params": [leaf() * 2]}, {"params": optimiser.param_groups[0]["params"]}):
        with pytest.raises(ValueError, match=r"non-leaf|more than one"):
            optimiser.add_param_group(bad)
    assert len(optimiser.param_groups) == 1


def test_clipping_is_a_change_of_the_gradient() -> None:
    """Which a graph through it would have to know."""
    p = with_gradient(3.0, 4.0)
    assert p.grad is not None
    assert clip_grad_norm_(p, 1.0).item() == 5.0
    assert p.grad._version == 1
    clip_grad_value_(p, 0.1)
    assert p.grad._version == 2
    assert p.grad.tolist() == [0.1, 0.1]


def test_clipping_that_is_refused_changes_nothing() -> None:
    p, q = with_gradient(3.0, 4.0), with_gradient(float("inf"))
    with pytest.raises(RuntimeError, match="non-finite"):
        clip_grad_norm_([p, q], 1.0, error_if_nonfinite=True)
    assert p.grad is not None
    assert p.grad.tolist() == [3.0, 4.0]


def test_a_generator_that_is_used_up() -> None:
    with pytest.warns(UserWarning, match="is an empty generator, no gradient clipping will occur"):
        assert clip_grad_norm_((p for p in ()), 1.0).item() == 0.0


def test_a_schedule_ahead_of_the_optimiser() -> None:
    """The first step must have the first rate."""
    optimiser = SGD([leaf()])
    scheduler = StepLR(optimiser, 2)
    with pytest.warns(UserWarning, match=re.escape("Detected call of `lr_scheduler.step()` before")):
        scheduler.step()


def test_a_step_before_the_schedule_was_made_does_not_count() -> None:
    optimiser = SGD([leaf()])
    optimiser.step()
    scheduler = StepLR(optimiser, 2)
    with pytest.warns(UserWarning, match="Detected call"):
        scheduler.step()


def test_a_schedule_in_its_place() -> None:
    """Also a second one that comes later."""
    optimiser = SGD([leaf()])
    first = StepLR(optimiser, 2)
    optimiser.step()
    second = StepLR(optimiser, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first.step()
        second.step()
