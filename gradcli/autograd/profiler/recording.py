"""What a profile writes down while operations run, and how it is put in order afterwards.

While something is measured, as little as possible is done: one event, in a list, when it has ended. What
it ran inside of is found later, from times and order alone: an event ends, and so is written down, after
all that it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

import numpy as np

from gradcli.autograd.memory import owner
from gradcli.autograd.variable import Variable
from gradcli.graph.shapes import Shape

Kind = Literal["forward", "backward", "block"]

# What a number is worth that is no array: a double.
_NUMBER = 8


class Event:
    """An operation, the backward node of one, or a block that has a name.

    Attributes:
        name: the operation's name, PyTorch's name of the backward node, or the name of the block.
        kind: ``"forward"``, ``"backward"`` or ``"block"``.
        start: when it began, in nanoseconds from no matter when.
        end: when it had ended.
        number: the creation number of the backward node that it made, or that it is the run of.
        shapes: of its arguments, or of the gradients that came in; empty unless they were recorded.
        self_memory: the bytes of its results that were new; a view takes none.
        memory: the same with all that ran inside of it.
        parent: the event that it ran inside of.
        cause: for a backward event, the operation whose node it is the run of.
    """

    __slots__ = (
        "_inner",
        "cause",
        "end",
        "kind",
        "memory",
        "name",
        "number",
        "parent",
        "self_memory",
        "shapes",
        "start",
    )

    def __init__(self, name: str, kind: Kind, start: int, end: int) -> None:
        self.name = name
        self.kind = kind
        self.start = start
        self.end = end
        self.number: int | None = None
        self.shapes: tuple[Shape, ...] = ()
        self.self_memory = self.memory = 0
        self.parent: Event | None = None
        self.cause: Event | None = None
        self._inner = 0

    @property
    def duration(self) -> int:
        """How long it took, in nanoseconds."""
        return self.end - self.start

    @property
    def own(self) -> int:
        """How long it took without what ran inside of it, in nanoseconds."""
        return self.duration - self._inner

    @property
    def time_total(self) -> float:
        """How long it took, in microseconds."""
        return self.duration / 1e3

    @property
    def self_time_total(self) -> float:
        """How long it took without what ran inside of it, in microseconds."""
        return self.own / 1e3

    @property
    def around(self) -> Iterator[Event]:
        """The events that it ran inside of, innermost first."""
        event = self.parent
        while event is not None:
            yield event
            event = event.parent

    @property
    def block(self) -> str | None:
        """The innermost block that it belongs to; a backward event belongs to that of its operation."""
        for event in (self, *self.around):
            if event.kind == "block":
                return event.name
            if event.cause is not None:
                return event.cause.block
        return None

    def inside(self, parent: Event | None) -> None:
        """Note what it ran inside of, once for each event."""
        self.parent = parent
        if parent is not None:
            parent._inner += self.duration

    def __repr__(self) -> str:
        return f"<Event {self.name} {self.time_total:.3f}us>"


class Recording:
    """A list of events, as the engine tells them.

    Args:
        shapes: whether to write down the shapes of arguments.
        memory: whether to write down the bytes of results.
    """

    def __init__(self, *, shapes: bool, memory: bool) -> None:
        self._shapes = shapes
        self._memory = memory
        self._events: list[Event] = []

    def forward(self, name: str, start: int, end: int, arguments: list[Any], results: list[Any]) -> None:
        """An operation has run; one that is made of others has no results of its own."""
        event = self._noted(Event(name, "forward", start, end), arguments, results)
        for one in results:
            # A leaf was changed in place, under no_grad: no operation made its AccumulateGrad.
            if one.grad_fn is not None:
                event.number = one.grad_fn.number
                break

    def backward(
        self, name: str, start: int, end: int, number: int, gradients: list[Any], results: list[Any]
    ) -> None:
        """The node of that creation number has run."""
        # A way back that is tracked runs operations, and what they made is theirs.
        made = [] if any(isinstance(one, Variable) for one in results) else results
        self._noted(Event(name, "backward", start, end), gradients, made).number = number

    def block(self, name: str, start: int, end: int) -> None:
        """A block with a name has ended."""
        self._events.append(Event(name, "block", start, end))

    def _noted(self, event: Event, given: list[Any], results: list[Any]) -> Event:
        if self._shapes:
            event.shapes = tuple([np.shape(_array(one)) for one in given if one is not None])
        if self._memory:
            event.self_memory = _new_bytes(results, given)
        self._events.append(event)
        return event

    def finished(self) -> list[Event]:
        """The events in the order of their beginnings, each with what it ran inside of."""
        order = sorted(enumerate(self._events), key=lambda pair: (pair[1].start, -pair[0]))
        open_ones: list[tuple[int, Event]] = []
        makers: dict[int, Event] = {}
        for place, event in order:
            while open_ones and open_ones[-1][0] < place:
                open_ones.pop()
            event.inside(open_ones[-1][1] if open_ones else None)
            open_ones.append((place, event))
            if event.number is not None:
                if event.kind == "backward":
                    event.cause = makers.get(event.number)
                else:
                    # What is made of several operations ends in the node of the last.
                    makers[event.number] = event
        for _, event in reversed(order):
            event.memory += event.self_memory
            if event.parent is not None:
                event.parent.memory += event.memory
        return [event for _, event in order]


def _array(one: Any) -> Any:
    return one.array if isinstance(one, Variable) else one


def _new_bytes(results: Iterable[Any], given: Iterable[Any]) -> int:
    """The bytes of results that are neither what was given nor parts of it, nor counted twice."""
    known = {id(owner(_array(one))) for one in given}
    total = 0
    for one in results:
        whole = owner(_array(one))
        if whole is not None and id(whole) not in known:
            known.add(id(whole))
            total += getattr(whole, "nbytes", _NUMBER)
    return total
