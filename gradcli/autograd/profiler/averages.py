"""Events that belong together, added up: by name, by block, or by name and the shapes of arguments."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Literal

from gradcli.autograd.profiler import table
from gradcli.autograd.profiler.recording import Event
from gradcli.errors import AutogradValueError
from gradcli.graph.shapes import Shape

GroupBy = Literal["name", "block", "input_shape"]

OUTSIDE = "(outside of blocks)"


class Average:
    """What belongs together: how often it ran, and all of its time and memory.

    Attributes:
        key: the name of it.
        count: how often it ran.
        self_time_total: its time without what ran inside of it, in microseconds.
        time_total: its time with that; what ran inside of another one of the same name counts once.
        self_memory: the bytes of the results that it made itself.
        memory: the same with what ran inside of it.
        input_shapes: of its arguments, where it is told apart by them.
    """

    def __init__(self, key: str, input_shapes: tuple[Shape, ...] = ()) -> None:
        self.key = key
        self.input_shapes = input_shapes
        self.count = 0
        self.self_time_total = self.time_total = 0.0
        self.self_memory = self.memory = 0

    @property
    def time_avg(self) -> float:
        """How long it took on average, in microseconds."""
        return self.time_total / self.count if self.count else 0.0

    def __repr__(self) -> str:
        return f"<Average {self.key}: {self.count} calls, {self.time_total:.3f}us>"


class Averages(list[Average]):
    """Averages in the order in which they first ran.

    Args:
        found: the averages.
        shapes: whether they are told apart by the shapes of arguments.
        memory: whether bytes were counted.
    """

    def __init__(self, found: Sequence[Average], *, shapes: bool = False, memory: bool = True) -> None:
        super().__init__(found)
        self._shapes = shapes
        self._memory = memory

    @property
    def self_time_total(self) -> float:
        """The time of all of them, in microseconds."""
        return sum([one.self_time_total for one in self])

    def table(self, sort_by: str | None = "self_time_total", row_limit: int = 100) -> str:
        """As text.

        Args:
            sort_by: as for ``profile.table``; PyTorch's names, ``self_cpu_time_total``, do as well.
            row_limit: how many rows at most; -1 for all.

        Raises:
            AutogradValueError: there is no such order.
        """
        rows = self if sort_by is None else sorted(self, key=_order(sort_by), reverse=sort_by != "name")
        shown = rows if row_limit < 0 else rows[:row_limit]
        cells = [
            [
                one.key,
                table.share(one.self_time_total, self.self_time_total),
                table.time(one.self_time_total),
                table.share(one.time_total, self.self_time_total),
                table.time(one.time_total),
                table.time(one.time_avg),
                *([table.memory(one.memory), table.memory(one.self_memory)] if self._memory else []),
                str(one.count),
                *([str(list(map(list, one.input_shapes)))] if self._shapes else []),
            ]
            for one in shown
        ]
        titles = ["Name", "Self %", "Self", "Total %", "Total", "Avg"]
        titles += ["Mem", "Self Mem"] if self._memory else []
        titles += ["# of Calls", *(["Input Shapes"] if self._shapes else [])]
        return table.aligned(titles, cells, f"Self time total: {table.time(self.self_time_total)}")

    def __str__(self) -> str:
        return self.table(None)


_ORDERS: dict[str, Callable[[Average], float | str]] = {
    "self_time_total": lambda one: one.self_time_total,
    "time_total": lambda one: one.time_total,
    "time_avg": lambda one: one.time_avg,
    "memory": lambda one: one.memory,
    "self_memory": lambda one: one.self_memory,
    "count": lambda one: one.count,
    "name": lambda one: one.key,
}
_PYTORCHS = {
    "self_cpu_time_total": "self_time_total",
    "cpu_time_total": "time_total",
    "cpu_time": "time_avg",
    "cpu_memory_usage": "memory",
    "self_cpu_memory_usage": "self_memory",
}


def _order(sort_by: str) -> Callable[[Average], float | str]:
    found = _ORDERS.get(_PYTORCHS.get(sort_by, sort_by))
    if found is None:
        raise AutogradValueError(f"a table has no order '{sort_by}'", hint=f"one of {', '.join(_ORDERS)}")
    return found


def averages(events: Sequence[Event], group_by: GroupBy, *, shapes: bool, memory: bool) -> Averages:
    """Add up what belongs together.

    Args:
        events: in the order of their beginnings.
        group_by: what belongs together.
        shapes: whether the shapes of arguments were recorded.
        memory: whether bytes were.

    Raises:
        AutogradValueError: there is no such group, or the shapes were not recorded.
    """
    if group_by == "block":
        return Averages(_by_block(events), memory=memory)
    if group_by == "input_shape":
        if not shapes:
            raise AutogradValueError(
                "the shapes of arguments were not recorded", hint="write profile(record_shapes=True)"
            )
        return Averages(_by_key(events, lambda one: (one.name, one.shapes)), shapes=True, memory=memory)
    if group_by != "name":
        raise AutogradValueError(
            f"a table cannot be grouped by '{group_by}'", hint="one of name, block, input_shape"
        )
    return Averages(_by_key(events, lambda one: (one.name, ())), memory=memory)


def _by_key(
    events: Sequence[Event], key_of: Callable[[Event], tuple[str, tuple[Shape, ...]]]
) -> list[Average]:
    found: dict[Hashable, Average] = {}
    for event, key, outermost in _nested(events, key_of):
        row = found.setdefault(key, Average(*key))
        row.count += 1
        row.self_time_total += event.self_time_total
        row.self_memory += event.self_memory
        if outermost:
            row.time_total += event.time_total
            row.memory += event.memory
    return list(found.values())


def _nested(
    events: Sequence[Event], key_of: Callable[[Event], tuple[str, tuple[Shape, ...]]]
) -> list[tuple[Event, tuple[str, tuple[Shape, ...]], bool]]:
    """Each event with its key, and whether it ran inside of none of the same key."""
    found = []
    path: list[tuple[Event, Hashable]] = []
    inside: dict[Hashable, int] = {}
    for event in events:
        while path and path[-1][0] is not event.parent:
            inside[path.pop()[1]] -= 1
        key = key_of(event)
        found.append((event, key, not inside.get(key)))
        path.append((event, key))
        inside[key] = inside.get(key, 0) + 1
    return found


def _by_block(events: Sequence[Event]) -> list[Average]:
    """Every nanosecond in the row of one block, those of the way back in rows of their own."""
    found: dict[Hashable, Average] = {}

    def row(block: str | None, back: bool) -> Average:
        name = OUTSIDE if block is None else block
        return found.setdefault((name, back), Average(f"{name} (backward)" if back else name))

    for event, _, outermost in _nested(events, lambda one: (one.name if one.kind == "block" else "", ())):
        back = event.kind != "block" and any(one.kind == "backward" for one in _up_to_a_block(event))
        own = row(event.block, back)
        own.self_time_total += event.self_time_total
        own.self_memory += event.self_memory
        if event.kind == "block":
            own.count += 1
            if outermost:
                own.time_total += event.time_total
                own.memory += event.memory
        elif event.kind == "backward":
            own.count += 1
            for name in _blocks(event):
                one = row(name, True)
                one.time_total += event.time_total
                one.memory += event.memory
        elif event.block is None and not back:
            own.count += event.parent is None
            own.time_total += event.self_time_total
            own.memory += event.self_memory
    return list(found.values())


def _up_to_a_block(event: Event) -> list[Event]:
    found = [event]
    for one in event.around:
        if one.kind == "block":
            break
        found.append(one)
    return found


def _blocks(event: Event) -> list[str | None]:
    """The blocks that the operation of a backward event ran in, each once."""
    origin = event if event.cause is None else event.cause
    names = dict.fromkeys([one.name for one in origin.around if one.kind == "block"])
    return list(names) or [None]
