"""A long chain of operations on one number: nothing but what an operation costs."""

from __future__ import annotations

import gradcli.graph.operations  # noqa: F401  (fills the table)
from gradcli import Expression
from gradcli.execute.plan import Plan
from gradcli.graph import derive
from gradcli.graph.collector import paused
from gradcli.graph.node import variable
from tests.benchmarks.case import Measured, Side
from tests.benchmarks.timing import compare

X = 0.7


def graph(operations: int) -> Side:
    """A polynomial by Horner's rule, products and sums in turn: built, derived, planned and run."""

    def call() -> list[float]:
        y = x = variable("x")
        # As the builder of texts does.
        with paused(operations):
            for _ in range(operations // 2):
                y = y * 0.5 + x
        (slope,) = derive.gradient(y, [x])
        assert slope is not None
        found: list[float] = Plan([y, slope]).run({"x": X})
        return found

    return Side(call, list)


def tree(operations: int) -> Side:
    """The same from a text's tree, which takes a walk with an eye on places and on what may overflow."""
    steps = operations // 2
    text = "(" * steps + "x" + "*0.5 + x)" * steps

    def call(expression: Expression) -> list[float]:
        value, gradients = expression.value_and_grad(x=X)
        return [value, gradients["x"]]

    return Side(call, list, lambda: Expression(text))


def against_torch(ours: Side, operations: int, rounds: int) -> Measured:
    """Either of them, and PyTorch forward and back."""
    import torch

    x = torch.tensor(X, dtype=torch.float64, requires_grad=True)

    def theirs() -> list[float]:
        x.grad = None
        y = x
        for _ in range(operations // 2):
            y = y * 0.5 + x
        y.backward()
        return [y.item(), x.grad.item()]

    return compare(ours, Side(theirs, list), rounds)
