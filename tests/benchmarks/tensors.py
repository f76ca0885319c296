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


def chain(length: int) -> Callable[[Callable[..., Any]], Callable[[], Any]]:
    """Forward and backward of as many products, one after the other; the time is that of one of them."""

    def work(tensor: Callable[..., Any]) -> Callable[[], Any]:
        x = tensor()

        def once() -> Any:
            x.grad = None
            y = x
            for _ in range(length):
                y = y * 1.0000001
            y.backward()
            return x.grad.item()

        return once

    return work


def seconds(function: Callable[[], Any], repeats: int) -> float:
    """How long one call takes, on average over many."""
    start = time.perf_counter()
    for _ in range(repeats):
        function()
    return (time.perf_counter() - start) / repeats


# A name, the work, how often it is repeated, how many of its kind it holds, and the bound of the ratio.
WORKS = [
    ("20 operations, forward", forward, REPEATS, 1, ""),
    ("20 operations, forward and backward", there_and_back, REPEATS, 1, "3"),
    ("each of 10,000 in a chain", chain(10_000), 1, 10_000, ""),
    ("each of 100,000 in a chain", chain(100_000), 1, 100_000, ""),
]


def main() -> None:
    """Print the table."""
    import torch

    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    table = Table("on a scalar", "gradcli (us)", "torch eager (us)", "ratio", "bound")
    for name, work, repeats, held, bound in WORKS:
        ours = work(lambda: gradcli.tensor(0.7, requires_grad=True))
        theirs = work(lambda: torch.tensor(0.7, dtype=torch.float64, requires_grad=True))
        assert abs(ours() - theirs()) <= 1e-12 * abs(theirs())
        pairs = [(seconds(ours, repeats), seconds(theirs, repeats)) for _ in range(rounds)]
        mine, others = [statistics.median(one) / held for one in zip(*pairs, strict=True)]
        ratio = statistics.median([a / b for a, b in pairs])
        table.add_row(name, f"{mine * 1e6:.1f}", f"{others * 1e6:.1f}", f"{ratio:.2f}", bound)
    Console().print(table)


if __name__ == "__main__":
    main()
