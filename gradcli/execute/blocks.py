"""A loop of a plan, run block by block: a few rows of every step, then the next few.

What a block computes stands in buffers that stay in the cache and serve every block. The blocks, and the
order in which their parts of a reduction are joined, depend on sizes alone: any number of threads gives
the same bits.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.execute import threads
from gradcli.execute.fuse import Loop, by_rows
from gradcli.graph.node import Node, ops
from gradcli.graph.shapes import elements

Array = NDArray[Any]
Kernel = Callable[..., Any]

# How many bytes of values a block may work on, and the bounds of a single one of its arrays, in elements.
_CACHE = 1 << 20
_LEAST, _MOST = 1 << 12, 1 << 15
# Blocks come by the handful, so that any usual number of cores has as many each.
_HANDFUL = 4


class _Step(NamedTuple):
    """``values[target] = kernel(*values[arguments], **parameters)``, in ``buffer`` if it has one."""

    kernel: Kernel
    arguments: tuple[int, ...]
    parameters: dict[str, Any]
    target: int
    buffer: int | None
    copied: bool


class _Buffer(NamedTuple):
    """Rows of one type and shape."""

    dtype: np.dtype[Any]
    row: tuple[int, ...]


def _bytes(rows: _Buffer) -> int:
    return elements(rows.row) * rows.dtype.itemsize


class Blocks:
    """A loop made ready to run.

    Args:
        loop: what runs together.
        kernel: the function that computes a node.
        dtype: the type of its numbers.

    Attributes:
        held: the bytes that it holds at most while it runs, beside its arguments and its results.
    """

    def __init__(self, loop: Loop, kernel: Callable[[Node], Kernel], dtype: str) -> None:
        self._dtype = np.dtype(dtype)
        self._flat = _is_flat(loop)
        self._rows = elements(loop.nodes[0].shape if loop.nodes else loop.joins[0].args[0].shape)
        if not self._flat:
            self._rows = loop.rows
        self._shapes = [node.shape for node in loop.sliced]
        self._sliced = len(loop.sliced)
        shapes: list[Any] = [node.shape for node in loop.stored]
        self._stored = [(self._type(node), shape) for node, shape in zip(loop.stored, shapes, strict=True)]
        self._layout(loop, kernel)
        width = max([elements(one.row) for one in self._buffers], default=1)
        self._edges = _edges(self._rows, width, self._live)
        self._most = max([high - low for low, high in pairwise(self._edges)])
        self._spare: list[list[Array]] = []
        self.held = self._held(loop)

    def _type(self, node: Node) -> np.dtype[Any]:
        return np.dtype(bool) if node.kind == "bool" else self._dtype

    def _row(self, node: Node) -> tuple[int, ...]:
        return () if self._flat else tuple([int(size) for size in node.shape[1:] if isinstance(size, int)])

    def _layout(self, loop: Loop, kernel: Callable[[Node], Kernel]) -> None:
        """Give each value a place, and each result of a ufunc a buffer for as long as it is read."""
        inside = set(loop.nodes)
        place: dict[Any, int] = {}
        for node in loop.sliced:
            place[node, True] = len(place)
        for node in loop.whole:
            place[node, False] = len(place)
        for node in loop.nodes:
            place[node] = len(place)
        self._places = len(place)

        def argument(node: Node, position: int) -> int:
            arg = node.args[position]
            return place[arg] if arg in inside else place[arg, by_rows(node, position)]

        kernels = {node: kernel(node) for node in loop.nodes}
        last = _last_reads(loop, kernels)
        stored = {node: index for index, node in enumerate(loop.stored)}
        self._buffers: list[_Buffer] = [_Buffer(self._type(one), self._row(one)) for one in loop.stored]
        free: dict[_Buffer, list[int]] = {}
        ends: dict[int, list[tuple[_Buffer, int]]] = {}
        self._steps: list[_Step] = []
        self._live = self._sliced + len(stored)
        for number, node in enumerate(loop.nodes):
            # A ufunc may write over its own arguments: element by element, it has read them by then.
            for shape, index in ends.pop(number, []):
                free.setdefault(shape, []).append(index)
            run, parameters = kernels[node], node.parameters
            direct = isinstance(run, np.ufunc)
            buffer = stored.get(node)
            if buffer is None and direct:
                wanted = _Buffer(self._type(node), self._row(node))
                spare = free.setdefault(wanted, [])
                if not spare:
                    spare.append(len(self._buffers))
                    self._buffers.append(wanted)
                buffer = spare.pop()
                ends.setdefault(last[node], []).append((wanted, buffer))
            if node.op is ops.broadcast_to:
                # To the rows of a block, and not to all.
                run, parameters = _stretched, {"row": self._row(node)}
            arguments = tuple([argument(node, position) for position in range(len(node.args))])
            self._steps.append(_Step(run, arguments, parameters, place[node], buffer, not direct))
        self._live += len(self._buffers)
        self._joins = [
            (kernel(node), argument(node, 0), _FLAT if self._flat else node.parameters) for node in loop.joins
        ]
        shapes: list[Any] = [node.shape for node in loop.joins]
        ufuncs = [getattr(np, node.op.joined.rpartition(".")[2]) for node in loop.joins]
        self._joined = list(zip(ufuncs, shapes, strict=True))

    def _held(self, loop: Loop) -> int:
        """Buffers and what kernels make of each block that is at work, and the parts of the joins of all."""
        blocks = len(self._edges) - 1
        scratch = sum([_bytes(one) for one in self._buffers[len(self._stored) :]])
        made = [
            _bytes(_Buffer(np.dtype(float), self._row(node)))
            for node, step in zip(loop.nodes, self._steps, strict=True)
            if step.copied and step.kernel is not _stretched
        ]
        # What a kernel makes on its way to a result may be twice as large.
        scratch += sum(made) + 2 * max(made, default=0)
        parts = sum([elements(shape) for _, shape in self._joined]) * self._dtype.itemsize
        return min(threads.cores(), blocks) * self._most * scratch + 2 * blocks * parts

    def __call__(self, *arguments: Any) -> tuple[Any, ...]:
        """The stored arrays and the joined results, from the arrays cut into rows and the whole values."""
        sliced = [self._cut(one, shape) for one, shape in zip(arguments, self._shapes, strict=False)]
        whole = [self._whole(one) for one in arguments[self._sliced :]]
        stored = [np.empty(shape, dtype) for dtype, shape in self._stored]
        rows = [one.reshape(-1) for one in stored] if self._flat else stored
        blocks = len(self._edges) - 1
        parts: list[list[Any]] = [[None] * blocks for _ in self._joins]
        numbers = count()

        def work() -> None:
            buffers = self._scratch()
            while (number := next(numbers)) < blocks:
                values = self._block(number, sliced, whole, rows, buffers)
                for (run, place, parameters), found in zip(self._joins, parts, strict=True):
                    found[number] = run(values[place], **parameters)
            self._spare.append(buffers)

        threads.side_by_side(work, min(threads.cores(), blocks))
        joined = []
        for (ufunc, shape), found in zip(self._joined, parts, strict=True):
            total = found[0] if blocks == 1 else ufunc.reduce(np.asarray(found), axis=0)
            joined.append(np.reshape(total, shape) if self._flat and shape else total)
        return (*stored, *joined)

    def _block(
        self, number: int, sliced: list[Array], whole: list[Any], stored: list[Array], buffers: list[Array]
    ) -> list[Any]:
        low, high = self._edges[number : number + 2]
        if len(self._edges) == 2:
            out, values = [*stored, *buffers], [*sliced, *whole]
        else:
            out = [one[low:high] for one in stored] + [one[: high - low] for one in buffers]
            values = [one[low:high] for one in sliced] + whole
        values += [None] * (self._places - len(values))
        for kernel, arguments, parameters, target, buffer, copied in self._steps:
            if copied:
                given = [values[place] for place in arguments]
                if kernel is _stretched:
                    given.append(high - low)
                found = kernel(*given, **parameters)
                if buffer is not None:
                    out[buffer][...] = found
                values[target] = found
            else:
                assert buffer is not None
                values[target] = kernel(*[values[place] for place in arguments], out=out[buffer])
        return values

    def _scratch(self) -> list[Array]:
        """Buffers for one thread: those of an earlier run, where they are free."""
        try:
            return self._spare.pop()
        except IndexError:
            return [np.empty((self._most, *one.row), one.dtype) for one in self._buffers[len(self._stored) :]]

    def _cut(self, value: Any, shape: tuple[Any, ...]) -> Array:
        array = np.asarray(value)
        if array.shape != shape:
            array = np.broadcast_to(array, shape)
        # Numbers in another order than that of the rows are put in order once.
        return array.reshape(-1) if self._flat else array

    def _whole(self, value: Any) -> Any:
        if isinstance(value, float):
            # As a ufunc would make of it at every call.
            return np.asarray(value, self._dtype)
        return np.reshape(value, ()) if self._flat else value


# How a reduction over all axes reduces rows that are single elements.
_FLAT = {"axis": (-1,), "keepdims": False}


def _stretched(value: Any, rows: int, row: tuple[int, ...]) -> Array:
    return np.broadcast_to(value, (rows, *row))


def _is_flat(loop: Loop) -> bool:
    """Whether all arrays have one shape and all else is a number, so that rows are single elements."""
    shapes = {node.shape for node in (*loop.nodes, *loop.sliced)}
    return (
        len(shapes) == 1
        and all(node.op.elementwise for node in loop.nodes)
        and all(elements(node.shape) == 1 for node in loop.whole)
        and all(elements(node.shape) == 1 for node in loop.joins)
    )


def _last_reads(loop: Loop, kernels: dict[Node, Kernel]) -> dict[Node, int]:
    """For each node the number of the last step that reads it, or a view that may be a part of it."""
    last = {node: len(loop.nodes) for join in loop.joins for node in join.args}
    for number, node in reversed(list(enumerate(loop.nodes))):
        end = last.setdefault(node, number)
        for arg in node.args:
            may_be_view = not isinstance(kernels[node], np.ufunc)
            last[arg] = max(last.get(arg, 0), end if may_be_view else number)
    return last


def _edges(rows: int, width: int, live: int) -> list[int]:
    """Where blocks begin and end."""
    most = min(_MOST, max(_LEAST, _CACHE // (8 * max(live, 1))))
    blocks = -(-rows * width // most)
    if blocks > 1:
        blocks = min(rows, -(-blocks // _HANDFUL) * _HANDFUL)
    return [number * rows // blocks for number in range(blocks + 1)]
