"""Eager tensors against PyTorch's. With a single number in a tensor overhead is all there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradcli
from tests.benchmarks.case import Measured, Side
from tests.benchmarks.timing import compare

Make = Callable[[], Any]
"""A fresh leaf."""


def forward(make: Make) -> Side:
    """Twenty operations, tracked."""
    x = make()
    return Side(lambda: twenty_operations(x).item(), lambda found: [found])


def there_and_back(make: Make) -> Side:
    """The same and the way back."""
    return _derived(make(), twenty_operations)


def chain(length: int) -> Callable[[Make], Side]:
    """As many products, one after the other, and the way back."""

    def products(x: Any) -> Any:
        for _ in range(length):
            x = x * 1.0000001
        return x

    return lambda make: _derived(make(), products)


def twenty_operations(x: Any) -> Any:
    """A scalar expression."""
    for _ in range(5):
        x = (x * 1.01 + 0.5).sin() * x
    return x


def _derived(x: Any, function: Callable[[Any], Any]) -> Side:
    def call() -> Any:
        x.grad = None
        function(x).backward()
        return x.grad.item()

    return Side(call, lambda found: [found])


def against_torch(make_side: Callable[[Make], Side], rounds: int) -> Measured:
    """The same on both libraries."""
    import torch

    torch.set_num_threads(2)
    ours = make_side(lambda: gradcli.tensor(0.7, requires_grad=True))
    theirs = make_side(lambda: torch.tensor(0.7, dtype=torch.float64, requires_grad=True))
    return compare(ours, theirs, rounds)
