"""What would hold too much memory is refused before anything is allocated, by a sentence with both sizes."""

from __future__ import annotations

from collections.abc import Iterable

from gradcli.errors import MemoryProblem
from gradcli.execute.memory import room
from gradcli.execute.memory.peak import Peak
from gradcli.execute.memory.scratch import DOUBLE
from gradcli.execute.memory.sizes import written
from gradcli.graph.node import Node
from gradcli.graph.shapes import elements

# Below this nobody asks how much memory there is.
_FLOOR = 64 << 20
# At the most a run holds all its values, and while it computes one as much again.
_TIMES = 2

_HINT = "--max-memory allows more; take fewer elements at a time, such as x[:1000]"


def is_small(nodes: Iterable[Node]) -> bool:
    """Whether a graph can hold so little that memory has room for it whatever else there is."""
    return _TIMES * DOUBLE * sum([elements(node.shape) for node in nodes]) < _FLOOR


def refused(peak: Peak, most: int) -> MemoryProblem:
    """The sentence about a run.

    Args:
        peak: what it would hold.
        most: what it may hold.
    """
    problem = _problem("this", peak.size, most, _HINT)
    problem.node = peak.node
    return problem


def admit(size: int, what: str, hint: str) -> None:
    """Let a result be made of so many bytes.

    Args:
        size: the bytes.
        what: what it is, the beginning of a sentence.
        hint: what helps, beside more memory.

    Raises:
        MemoryProblem: it may not hold so much.
    """
    if size >= _FLOOR or room.asked() is not None:
        most = room.bound()
        if size > most:
            raise _problem(what, size, most, f"{hint}; --max-memory allows more")


def _problem(what: str, size: int, most: int, hint: str) -> MemoryProblem:
    allowed = "are allowed" if room.asked() is not None else f"is {room.PERCENT} % of what is free"
    return MemoryProblem(
        f"{what} would hold {written(size)} of memory, and {written(most)} {allowed}", hint=hint
    )
