"""Which values of a loop share a buffer: each has one from where it is computed to where it is read last."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import NamedTuple

from gradcli.execute.loops.fuse import Loop
from gradcli.graph.node import Node

Row = tuple[int, ...]


class Buffer(NamedTuple):
    """Rows of one kind and shape."""

    kind: str
    row: Row


class Buffers(NamedTuple):
    """The buffers that a block needs.

    Attributes:
        every: all of them.
        of: for each value that is written into one, its place among them.
    """

    every: list[Buffer]
    of: dict[Node, int]


def shared(loop: Loop, rows: Sequence[Row], direct: Set[Node]) -> Buffers:
    """Share buffers out.

    Args:
        loop: what is computed, in order; what it stores needs no buffer.
        rows: for each of its nodes the shape of a row.
        direct: those whose kernel writes into an array that it is given. The others make an array of
            their own, which may be a view of an argument's.
    """
    every: list[Buffer] = []
    of: dict[Node, int] = {}
    free: dict[Buffer, list[int]] = {}
    last = _last_reads(loop, direct)
    ends: dict[int, list[Node]] = {}
    stored = set(loop.stored)
    for number, (node, row) in enumerate(zip(loop.nodes, rows, strict=True)):
        # A ufunc may write over its own arguments: element by element, it has read them by then.
        for ended in ends.pop(number, []):
            free[every[of[ended]]].append(of[ended])
        if node in stored or node not in direct:
            continue
        wanted = Buffer(node.kind, row)
        spare = free.setdefault(wanted, [])
        if not spare:
            spare.append(len(every))
            every.append(wanted)
        of[node] = spare.pop()
        ends.setdefault(last[node], []).append(node)
    return Buffers(every, of)


def _last_reads(loop: Loop, direct: Set[Node]) -> dict[Node, int]:
    """For each node the number of the last step that reads it, or a view of it."""
    last = {node: len(loop.nodes) for join in loop.joins for node in join.args}
    for number, node in reversed(list(enumerate(loop.nodes))):
        end = last.setdefault(node, number)
        for arg in node.args:
            last[arg] = max(last.get(arg, 0), number if node in direct else end)
    return last
