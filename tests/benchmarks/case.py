"""The records of a benchmark: what is computed, what it is held against, what came out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

Inputs = dict[str, Any]
Question = str
"""What is asked of an engine, the name of the function that it has for it: ``gradient``, ``value``,
``hessian``, ``sparse_jacobian`` or ``sparse_hessian``."""


class Work(NamedTuple):
    """A computation, written once in the language and once for everyone else.

    Attributes:
        name: what is typed to run it.
        title: what the table calls it.
        text: in the language.
        formula: the same in Python, of a namespace of functions with NumPy's names and of the inputs by name.
        inputs: floats and arrays for a size; the same each time.
        wrt: the names to differentiate by.
    """

    name: str
    title: str
    text: str
    formula: Callable[..., Any]
    inputs: Callable[[int], Inputs]
    wrt: tuple[str, ...] = ("x",)


class Side(NamedTuple):
    """One of the two that are compared.

    Attributes:
        call: what is timed.
        arrays: its answer as NumPy's or SciPy's arrays, in the same order on both sides.
        ready: makes what a call is given, outside of the time.
    """

    call: Callable[..., Any]
    arrays: Callable[[Any], Sequence[Any]]
    ready: Callable[[], Any] | None = None


class Asked(NamedTuple):
    """What a ratio means, and its bound if there is one.

    Attributes:
        bound: how many times as fast as the peer we are at least, or how many times its cost ours is at most.
        at_most: which of the two.
    """

    bound: float | None
    at_most: bool = False


class Measured(NamedTuple):
    """Both costs, in seconds or bytes, and the peer's over ours: the median of the rounds' ratios."""

    ours: float
    theirs: float
    ratio: float
    unit: str = "s"


class Case(NamedTuple):
    """A row of the table.

    Attributes:
        name: what is typed to run it, with its neighbours.
        work: what is done.
        n: the size, if there is one.
        peer: what it is held against.
        asked: the bound.
        measure: the figures of so many rounds. It runs in a process of its own.
    """

    name: str
    work: str
    n: int | None
    peer: str
    asked: Asked
    measure: Callable[[int], Measured]


class Row(NamedTuple):
    """A case and its figures, or why it has none.

    Attributes:
        absent: the reason is that the peer is not installed.
    """

    case: Case
    measured: Measured | None
    reason: str = ""
    absent: bool = False

    @property
    def ratio(self) -> float | None:
        """The peer's cost over ours, or ours over the peer's where the bound is one from above."""
        if self.measured is None:
            return None
        return 1 / self.measured.ratio if self.case.asked.at_most else self.measured.ratio

    @property
    def met(self) -> bool | None:
        """Whether the bound holds; nothing where none is asked, or nothing was measured."""
        bound, at_most = self.case.asked
        if bound is None or self.ratio is None:
            return None
        return self.ratio <= bound if at_most else self.ratio >= bound
