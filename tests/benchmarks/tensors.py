"""Small tensors against PyTorch's eager mode: ``python -m tests.benchmarks.tensors [ROUNDS]``.

It needs torch. Both run in one process, in turn, so that the ratio holds when the machine's speed drifts, and
what they compute must agree. With a single number in a tensor overhead is all there is.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table

import gradcli

REPEATS = 200


def twenty_operations(x: Any) -> Any:
    """A scalar expression of twenty operations."""
    y = x
    for _ in range(5):
        y = (y * 1.01 + 0.5).sin() * y
    return y


def there_and_back(tensor: Callable[..., Any]) -> Callable[[], Any]:
    """Forward and backward of the expression, with a fresh gradient each time."""
    x = tensor()

    def once() -> Any:
        x.grad = None
        twenty_operations(x).backward()
        return x.grad.item()

    return once


def forward(tensor: Callable[..., Any]) -> Callable[[], Any]:
    """Forward alone, tracked."""
    x = tensor()
    return lambda: twenty_operations(x).item()


def seconds(function: Callable[[], Any]) -> float:
    """How long one call takes, on average over many."""
    start = time.perf_counter()
    for _ in range(REPEATS):
        function()
    return (time.perf_counter() - start) / REPEATS


def main() -> None:
    """Print the table."""
    import torch

    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    table = Table("20 operations on a scalar", "gradcli (us)", "torch eager (us)", "ratio", "bound")
    for name, work, bound in (("forward", forward, ""), ("forward and backward", there_and_back, "3")):
        ours = work(lambda: gradcli.tensor(0.7, requires_grad=True))
        theirs = work(lambda: torch.tensor(0.7, dtype=torch.float64, requires_grad=True))
        assert abs(ours() - theirs()) <= 1e-14 * abs(theirs())
        seconds(ours), seconds(theirs)
        pairs = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
        mine, others = [statistics.median(one) for one in zip(*pairs, strict=True)]
        ratio = statistics.median([a / b for a, b in pairs])
        table.add_row(name, f"{mine * 1e6:.0f}", f"{others * 1e6:.0f}", f"{ratio:.2f}", bound)
    Console().print(table)


if __name__ == "__main__":
    main()
