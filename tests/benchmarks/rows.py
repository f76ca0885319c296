"""Cases, made from works: which engines answer which question, and how often it is put to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib import import_module
from types import ModuleType

from tests.benchmarks import memory, processes, tensors
from tests.benchmarks.case import Asked, Case, Measured, Question, Side, Work
from tests.benchmarks.engines import ours
from tests.benchmarks.timing import compare, first_call

ENGINES = {
    "torch eager": "torch",
    "torch.func": "torch",
    "jax.jit": "jax",
    "HIPS autograd": "autograd",
    "casadi": "casadi",
    "numexpr": "numexpr",
    "sympy": "sympy",
    "NumPy by hand": "hand",
}
"""Each peer's module in ``engines``, which imports its package."""

_ENDINGS = {"value": ", value alone"}


def against(
    work: Work,
    question: Question,
    sizes: Iterable[int],
    asked: Mapping[str, float | None],
    *,
    name: str = "",
    first: bool = False,
) -> list[Case]:
    """A row for each size and each peer, with the ratio that is asked, or None.

    Args:
        work: what is computed.
        question: what is asked of it.
        sizes: of the inputs.
        asked: the peers.
        name: what is typed, unless it is the work's.
        first: each answer is the first, with all that is built for it; else the engines are warm.
    """
    title = f"{work.title}{_ENDINGS.get(question, '')}{', first call' if first else ''}"
    return [
        Case(name or work.name, title, n, peer, Asked(bound), partial(_pair, question, work, n, peer, first))
        for n in sizes
        for peer, bound in asked.items()
    ]


def _pair(question: Question, work: Work, n: int, peer: str, first: bool, rounds: int) -> Measured:
    inputs = work.inputs(n)

    def side(engine: ModuleType) -> Side:
        make = partial(getattr(engine, question), work, inputs)
        return first_call(make) if first else make()

    return compare(side(ours), side(import_module(f"tests.benchmarks.engines.{ENGINES[peer]}")), rounds)


def cost_of_gradient(work: Work, n: int, most: float) -> Case:
    """Our value and gradient against our value alone."""

    def measure(rounds: int) -> Measured:
        inputs = work.inputs(n)
        both = ours.gradient(work, inputs)
        # The gradient has nothing to agree with here.
        both = both._replace(arrays=lambda found: [found[0]])
        return compare(both, ours.value(work, inputs), rounds)

    return Case(
        "cost", f"{work.title}, with its gradient", n, "our value alone", Asked(most, at_most=True), measure
    )


def growth_of_memory(work: Work, n: int, most: float) -> Case:
    """Resident memory against inputs and outputs."""
    measure = partial(memory.grown, work, n)
    return Case(
        "memory",
        f"{work.title}, growth of memory",
        n,
        "inputs and outputs",
        Asked(most, at_most=True),
        measure,
    )


def start(command: str, imports: str, most: float | None) -> Case:
    """A whole process of ours against one that only imports."""
    measure = partial(processes.started, command, imports)
    return Case("start", f"gradcli {command}", None, f"import {imports}", Asked(most, at_most=True), measure)


def eager(title: str, n: int, make: Callable[[tensors.Make], Side], most: float | None) -> Case:
    """Our tensors against PyTorch's."""
    return Case(
        "tensors", title, n, "torch eager", Asked(most, at_most=True), partial(tensors.against_torch, make)
    )
