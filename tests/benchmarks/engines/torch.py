"""PyTorch's eager mode: forward and backward, with a fresh graph each time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from tests.benchmarks.case import Inputs, Side, Work

torch.set_num_threads(2)
torch.set_default_dtype(torch.float64)

FUNCTIONS = SimpleNamespace(
    concatenate=torch.cat,
    cross_entropy=torch.nn.functional.cross_entropy,
    exp=torch.exp,
    eye=torch.eye,
    log=torch.log,
    logsumexp=lambda x, axis: torch.logsumexp(x, axis),
    mean=torch.mean,
    relu=torch.relu,
    sin=torch.sin,
    sum=torch.sum,
    zeros=torch.zeros,
)


def gradient(work: Work, inputs: Inputs) -> Side:
    """Value and gradient."""
    tensors = _tensors(inputs, work.wrt)
    leaves = [tensors[name] for name in work.wrt]

    def call() -> list[torch.Tensor]:
        for leaf in leaves:
            leaf.grad = None
        loss = work.formula(FUNCTIONS, **tensors)
        loss.backward()
        return [loss, *[leaf.grad for leaf in leaves]]

    return Side(call, _arrays)


def hessian(work: Work, inputs: Inputs) -> Side:
    """The dense Hessian, forward over reverse."""
    return _of_one_name(torch.func.hessian, work, inputs)


def sparse_jacobian(work: Work, inputs: Inputs) -> Side:
    """The Jacobian, zeros and all: there is no other."""
    return _of_one_name(torch.func.jacrev, work, inputs)


def sparse_hessian(work: Work, inputs: Inputs) -> Side:
    """The Hessian, zeros and all, reverse over reverse."""
    return _of_one_name(lambda f: torch.func.jacrev(torch.func.grad(f)), work, inputs)


def _of_one_name(transform: Any, work: Work, inputs: Inputs) -> Side:
    (name,) = work.wrt
    derived = transform(lambda x: work.formula(FUNCTIONS, **{name: x}))
    (x,) = _tensors(inputs).values()
    return Side(lambda: [derived(x)], _arrays)


def _tensors(inputs: Inputs, wrt: tuple[str, ...] = ()) -> dict[str, torch.Tensor]:
    return {name: torch.tensor(value, requires_grad=name in wrt) for name, value in inputs.items()}


def _arrays(found: list[torch.Tensor]) -> list[Any]:
    return [one.detach().numpy() for one in found]
