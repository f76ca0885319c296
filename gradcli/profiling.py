"""Where the time of an expression goes: its graph replayed on tensors under a profile, again and again.

text -> Replay, warmed up -> as many runs as fit -> each operation's times -> rows, with medians
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from typing import Any, Literal, NamedTuple

from gradcli.answers import Answers, Names, Values
from gradcli.autograd.making import ones_like
from gradcli.autograd.profiler import Event, profile, record_function
from gradcli.autograd.requests import backward
from gradcli.graph.node import Node
from gradcli.graph.shapes import describe
from gradcli.language.build import Built
from gradcli.nesting import Nesting, spans_of
from gradcli.replay import Replay, Replayed

GroupBy = Literal["op", "subexpression", "shape"]

SECONDS = 0.5
LEAST = 3
MOST = 1000

# PyTorch's name without its namespace.
ACCUMULATE = "AccumulateGrad"


class Times(NamedTuple):
    """What one row took, in microseconds: itself, and with all that is inside of it."""

    self: float
    total: float


class Row(NamedTuple):
    """What belongs together.

    Attributes:
        name: an operation, with the shapes it met, or the text of a subexpression.
        calls: how many operations that is in one evaluation.
        forward: on the way to the value.
        backward: on the way back.
        bytes: of the arrays that it makes on both ways.
    """

    name: str
    calls: int
    forward: Times
    backward: Times
    bytes: int

    @property
    def own(self) -> float:
        """Its time on both ways without what is inside of it."""
        return self.forward.self + self.backward.self


class Profiled(NamedTuple):
    """A profile of an expression.

    Attributes:
        rows: in the order in which they first ran.
        repeats: how many runs the medians are of.
        forward: all of the time on the way to the value, in microseconds.
        backward: and on the way back.
        remarks: what was chosen on the way.
        trace: the profile of the last run.
        used: the given names that the expression uses.
    """

    rows: list[Row]
    repeats: int
    forward: float
    backward: float
    remarks: list[str]
    trace: profile
    used: set[str]


# An operation, or a name at which a gradient arrives.
Part = Node | str


class _Run(NamedTuple):
    """One run: the nanoseconds and bytes of each part, and the event of each operation."""

    forward: dict[Part, int]
    backward: dict[Part, int]
    bytes: dict[Part, int]
    events: dict[Node, Event]


def profiled(
    expression: Answers,
    given: Values,
    wrt: Names = None,
    *,
    repeats: int | None = None,
    group: GroupBy = "subexpression",
) -> Profiled:
    """Measure an expression forward and, by names, backward.

    Args:
        expression: the text.
        given: a value for each of its names.
        wrt: the names that are differentiated by; all by default.
        repeats: how many runs; by default what fits into half a second, at least three.
        group: what makes one row.

    Raises:
        ExpressionError: the expression is wrong.
        EvaluationError: it cannot be computed for these values.
    """
    built = expression.built(given, wrt)
    names = expression.names(built, given, wrt)
    for name in names:
        expression.node(built, given, name)
    values = {name: one.value for name, one in given.items()}
    replay = Replay(built, names)
    texts = {node: built.source.part(span) for node, span in spans_of(built).items()}
    # What is derived for these shapes is derived by the first run.
    _once(replay, values, texts)
    begin = perf_counter()
    trace, found, arrivals = _once(replay, values, texts)
    if repeats is None:
        fitting = SECONDS / max(perf_counter() - begin, 1e-9)
        repeats = int(min(max(fitting, LEAST), MOST))
    runs = [_sorted(trace, found, arrivals)]
    while len(runs) < repeats:
        trace, found, arrivals = _once(replay, values, texts)
        runs.append(_sorted(trace, found, arrivals))
    rows = _rows(built, runs, texts, group)
    ways = [[sum(one.values()) for one in (run.forward, run.backward)] for run in runs]
    forward, back = (median(way) / 1e3 for way in zip(*ways, strict=True))
    return Profiled(rows, repeats, forward, back, _remarks(found), trace, built.used)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without the garbage collector, whose pauses would be put down to whatever runs."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _once(
    replay: Replay, values: Mapping[str, Any], texts: Mapping[Node, str]
) -> tuple[profile, Replayed, dict[int, str]]:
    """One run forward and backward; and which name each number of an AccumulateGrad belongs to."""
    with _undisturbed(), profile(record_shapes=True) as trace:
        found = replay.run(values, lambda node: record_function(texts[node]))
        # An AccumulateGrad lives, and has its number, as long as something holds it.
        edges = {name: one.edge for name, one in found.leaves.items() if one.is_leaf}
        ends = [one for one in found.outputs if one.requires_grad]
        if ends:
            backward(ends, [ones_like(one) for one in ends])
    return trace, found, {edge[0].number: name for name, edge in edges.items() if edge is not None}


def _sorted(trace: profile, found: Replayed, arrivals: Mapping[int, str]) -> _Run:
    """Each event with the node that it belongs to: blocks come in the order in which the nodes ran."""
    events = trace.events()
    blocks = [event for event in events if event.kind == "block"]
    nodes = dict(zip(blocks, found.ran, strict=True))
    run = _Run(dict.fromkeys(found.ran, 0), {}, {}, {})
    part: Part
    for event in events:
        if event.kind == "forward" and event.parent in nodes:
            node = part = nodes[event.parent]
            run.forward[node] += event.duration
            run.events.setdefault(node, event)
        elif event.kind == "backward" and event.parent is None:
            cause = event.cause
            if cause is not None:
                part = next(nodes[one] for one in cause.around if one in nodes)
            else:
                part = arrivals[event.number or 0]
            run.backward[part] = run.backward.get(part, 0) + event.duration
        else:
            continue
        run.bytes[part] = run.bytes.get(part, 0) + event.memory
    return run


def _rows(built: Built, runs: Sequence[_Run], texts: Mapping[Node, str], group: GroupBy) -> list[Row]:
    last = runs[-1]
    keys: dict[Part, str] = {}
    for node, event in last.events.items():
        shapes = f" {', '.join(map(describe, event.shapes))}" if group == "shape" else ""
        keys[node] = texts[node] if group == "subexpression" else event.name + shapes
    # Where gradients arrive at a name there is no operation of the expression.
    for name in last.backward:
        if isinstance(name, str):
            keys[name] = name if group == "subexpression" else ACCUMULATE
    nesting = Nesting(spans_of(built), texts) if group == "subexpression" else None
    forward = [_times(run.forward, keys, nesting) for run in runs]
    back = [_times(run.backward, keys, nesting) for run in runs]
    calls = Counter(keys.values())
    sizes: Counter[str] = Counter()
    for one, size in last.bytes.items():
        sizes[keys[one]] += size
    return [
        Row(key, calls[key], _medians(forward, key), _medians(back, key), sizes[key])
        for key in dict.fromkeys(keys.values())
    ]


def _times(
    spent: Mapping[Part, int], keys: Mapping[Part, str], nesting: Nesting | None
) -> tuple[Counter[str], Mapping[str, int]]:
    """The nanoseconds of each row of one run: its own, and with what is inside of it."""
    own: Counter[str] = Counter()
    for one, time in spent.items():
        own[keys[one]] += time
    if nesting is None:
        # An operation holds no other.
        return own, own
    inside = nesting.totals({node: time for node, time in spent.items() if isinstance(node, Node)})
    for name, time in spent.items():
        if isinstance(name, str):
            inside[name] += time
    return own, inside


def _medians(runs: Sequence[tuple[Mapping[str, int], Mapping[str, int]]], key: str) -> Times:
    own, total = [median([run[place][key] for run in runs]) / 1e3 for place in (0, 1)]
    return Times(own, total)


def _remarks(found: Replayed) -> list[str]:
    """What was differentiated."""
    tracked = [one for one in found.outputs if one.requires_grad]
    if not tracked:
        return ["nothing to differentiate: forward only"]
    if len(tracked) == 1 and tracked[0].ndim == 0:
        return []
    shapes = " and ".join([describe(one.shape) for one in tracked])
    return [f"the way back starts with ones of the output's shape: {shapes}"]
