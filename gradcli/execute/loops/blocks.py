"""A loop of a plan, run block by block: a few rows of every step, then the next few.

    loop -> lines -> run in as many threads as there are cores

What a block computes stands in buffers that stay in the cache and serve every block. The blocks, and the
order in which their parts of a reduction are joined, depend on sizes alone: any number of threads gives the
same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from gradcli.execute.loops import threads
from gradcli.execute.loops.fuse import Loop
from gradcli.execute.loops.lines import Array, Kernel, Lines, joining, sizes
from gradcli.execute.loops.reuse import maker
from gradcli.execute.memory.scratch import BUFFERS
from gradcli.graph.node import CONSTANT, Node
from gradcli.graph.shapes import elements

# Elements of a block's widest array. Several such arrays of doubles stay in the cache of a core; with shorter
# ones, threads would go from one call to the next more often, and wait for each other there.
_BLOCK = 1 << 15
# Blocks come by the handful, so that any usual number of cores has as many each.
_HANDFUL = 4
# Additions that take longer than to wake another thread, and those of a step that take longer than to wait
# for one that is on its way to its own next step.
_WORTH = 1 << 20
_STEP = 1 << 14

Edges = list[tuple[int, int, int]]


def ready(loop: Loop, kernel: Callable[[Node], Kernel], dtype: str, answers: Collection[Node]) -> Kernel:
    """The function that runs a loop: from its arguments to the arrays it stores and the results of its joins.

    It tells what it holds by the attributes that ``Blocks`` has.

    Args:
        loop: what runs together.
        kernel: the function that computes a node.
        dtype: the type of its numbers.
        answers: what is given away of all that is stored.
    """
    flat = _is_flat(loop)
    lines = Lines(loop, kernel, np.dtype(dtype), flat=flat)
    edges = _edges(elements(loop.shape) if flat else loop.rows, lines)
    if len(edges) > 1:
        return Blocks(loop, lines, edges, answers)
    lines = Lines(loop, kernel, np.dtype(dtype), flat=False)
    at_once = lines.at_once()
    at_once.__dict__.update(kept=loop.rows * lines.kept, held=loop.rows * lines.held + BUFFERS, ordered=0)
    return at_once


class Blocks:
    """A loop that takes several blocks.

    Args:
        loop: what runs together.
        lines: what runs for each block.
        edges: their numbers, where each begins and where it ends.
        answers: what is given away of all that is stored.

    Attributes:
        kept: the bytes of its buffers, which stay for the next run.
        held: the bytes that it holds beside them while it runs, and its arguments and results.
        ordered: how many of its arguments, the first ones, it copies if they are in another order than rows.
    """

    def __init__(self, loop: Loop, lines: Lines, edges: Edges, answers: Collection[Node]) -> None:
        self._lines = lines
        self._work = lines.in_blocks()
        self._edges = edges
        work = lines.work * edges[-1][-1]
        pays = work > _WORTH and work > _STEP * len(edges) * lines.steps
        self._threads = min(threads.cores(), len(edges)) if pays else 1
        self._most = max([high - low for _, low, high in edges])
        self._spare: list[list[Array]] = []
        self._sliced = [node.shape for node in loop.sliced]
        self.ordered = len(loop.sliced) if lines.flat and len(loop.shape) > 1 else 0
        self._stored = [maker(sizes(node), lines.type(node), again=node in answers) for node in loop.stored]
        self._joins = [(joining(node), node.shape) for node in loop.joins]
        parts = sum([elements(node.shape) for node in loop.joins]) * lines.dtype.itemsize
        self.kept = self._threads * self._most * lines.kept
        self.held = self._threads * (self._most * lines.held + BUFFERS) + 2 * len(edges) * parts
        # Numbers as ufuncs would make of them at every call.
        self._numbers = [
            np.asarray(node.values[0], lines.dtype) if node.op is CONSTANT and not node.shape else None
            for node in loop.whole
        ]

    def __call__(self, *arguments: Any) -> tuple[Any, ...]:
        """The stored arrays and the joined results, from the arrays cut into rows and the whole values."""
        count = len(self._sliced)
        sliced = [self._cut(one, shape) for one, shape in zip(arguments[:count], self._sliced, strict=True)]
        whole = [self._whole(*one) for one in zip(arguments[count:], self._numbers, strict=True)]
        stored = [make() for make in self._stored]
        rows = [one.reshape(-1) for one in stored] if self._lines.flat else stored
        parts: list[list[Any]] = [[None] * len(self._edges) for _ in self._joins]
        # Threads take the next block from one iterator, which the interpreter's lock guards.
        edges = iter(self._edges)

        def work() -> None:
            try:  # those of an earlier run, where they are free
                buffers = self._spare.pop()
            except IndexError:
                buffers = self._lines.scratch(self._most)
            self._work(edges, sliced, whole, rows, buffers, parts)
            self._spare.append(buffers)

        threads.side_by_side(work, self._threads)
        return (*stored, *map(self._joined, self._joins, parts))

    def _cut(self, value: Any, shape: tuple[Any, ...]) -> Array:
        array = np.asarray(value)
        if array.shape != shape:
            array = np.broadcast_to(array, shape)
        # Numbers in another order than that of the rows are put in order once.
        return array.reshape(-1) if self._lines.flat else array

    def _whole(self, value: Any, number: Array | None) -> Any:
        if number is not None:
            return number
        if isinstance(value, float):
            return np.asarray(value, self._lines.dtype)
        return np.reshape(value, ()) if self._lines.flat else value

    def _joined(self, join: tuple[np.ufunc, Any], parts: list[Any]) -> Any:
        ufunc, shape = join
        found = parts[0] if len(parts) == 1 else ufunc.reduce(np.asarray(parts), axis=0)
        return np.reshape(found, shape) if self._lines.flat and shape else found


def _is_flat(loop: Loop) -> bool:
    """Whether all arrays have one shape and all else is a number, so that rows are single elements.

    Rows that are short enough to make blocks of stay rows: that needs no order in memory.
    """
    shapes = {node.shape for node in (*loop.nodes, *loop.sliced)}
    width = elements(loop.shape) // loop.rows
    return (
        len(shapes) == 1
        and (width == 1 or width * _HANDFUL > _BLOCK)
        and all(node.op.elementwise for node in loop.nodes)
        and all(elements(node.shape) == 1 for node in (*loop.whole, *loop.joins))
    )


def _edges(rows: int, lines: Lines) -> Edges:
    count = -(-rows * lines.width // _BLOCK)
    if count > 1:
        count = min(rows, -(-count // _HANDFUL) * _HANDFUL)
    return [(number, number * rows // count, (number + 1) * rows // count) for number in range(count)]
