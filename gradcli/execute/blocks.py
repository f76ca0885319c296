"""A loop of a plan, run block by block: a few rows of every step, then the next few.

    loop -> buffers -> lines of Python, a call a step -> compile -> run in as many threads as there are cores

What a block computes stands in buffers that stay in the cache and serve every block. The blocks, and the
order in which their parts of a reduction are joined, depend on sizes alone: any number of threads gives the
same bits. The lines are compiled because threads wait for each other while one of them is in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.execute import threads
from gradcli.execute.buffers import Buffer, Row, shared
from gradcli.execute.fuse import Loop, by_rows
from gradcli.execute.scratch import BUFFERS, scratch
from gradcli.execute.source import compiled
from gradcli.graph.node import CONSTANT, Node, ops
from gradcli.graph.shapes import elements

Array = NDArray[Any]
Kernel = Callable[..., Any]

# How many bytes of values a block may work on, and the bounds of a single one of its arrays, in elements.
_CACHE = 1 << 21
_LEAST, _MOST = 1 << 12, 1 << 16
# Blocks come by the handful, so that any usual number of cores has as many each.
_HANDFUL = 4


class Blocks:
    """A loop made ready to run.

    Args:
        loop: what runs together.
        kernel: the function that computes a node.
        dtype: the type of its numbers.

    Attributes:
        kept: the bytes of its buffers, which stay for the next run.
        held: the bytes that it holds beside them while it runs, and its arguments and results.
    """

    def __init__(self, loop: Loop, kernel: Callable[[Node], Kernel], dtype: str) -> None:
        self._dtype = np.dtype(dtype)
        self._flat = _is_flat(loop)
        shapes: list[Any] = [node.shape for node in loop.stored]
        self._stored = [
            (self._type(node.kind), shape) for node, shape in zip(loop.stored, shapes, strict=True)
        ]
        self._joins = [(_ufunc(node), node.shape) for node in loop.joins]
        self._sliced = [node.shape for node in loop.sliced]
        # Numbers as ufuncs would make of them at every call.
        self._numbers = [
            np.asarray(node.values[0], self._dtype) if node.op is CONSTANT and not node.shape else None
            for node in loop.whole
        ]
        rows = [self._row(node) for node in loop.nodes]
        kernels = {node: kernel(node) for node in loop.nodes}
        buffers = shared(loop, rows, {node for node in loop.nodes if isinstance(kernels[node], np.ufunc)})
        self._buffers = buffers.every
        self._work = _written(loop, rows, kernels, buffers.of, flat=self._flat)
        values = [*rows, *[self._row(node) for node in loop.sliced]]
        width = max([elements(row) for row in values], default=1)
        live = len(loop.sliced) + len(loop.stored) + len(buffers.every)
        total = elements(loop.shape) if self._flat else loop.rows
        self._edges = _edges(total, width, live)
        self._spare: list[list[Array]] = []
        self._most = max([high - low for _, low, high in self._edges])
        self._measure(loop, kernels)

    def _type(self, kind: str) -> np.dtype[Any]:
        return np.dtype(bool) if kind == "bool" else self._dtype

    def _row(self, node: Node) -> Row:
        return () if self._flat else tuple([size for size in node.shape[1:] if isinstance(size, int)])

    def _measure(self, loop: Loop, kernels: Mapping[Node, Kernel]) -> None:
        """Tell how much memory it takes; a value that a kernel makes lives until the next block's is made."""
        width = self._dtype.itemsize
        sizes = {node: self._elements(node) for node in (*loop.nodes, *loop.sliced)}
        made = [
            sizes[node] * self._type(node.kind).itemsize
            for node, run in kernels.items()
            if not isinstance(run, np.ufunc) and node.op is not ops.broadcast_to
        ]
        needed = [
            scratch(node, [sizes[node], *[sizes.get(arg, elements(arg.shape)) for arg in node.args]], width)
            for node in loop.nodes
        ]
        blocks = len(self._edges)
        busy = min(threads.cores(), blocks)
        parts = sum([elements(shape) for _, shape in self._joins]) * width
        rows = sum(made) + max(made, default=0) + max(needed, default=0)
        self.kept = busy * self._most * sum([self._bytes(one) for one in self._buffers])
        self.held = busy * (self._most * rows + BUFFERS) + 2 * blocks * parts

    def _elements(self, node: Node) -> int:
        return elements(self._row(node))

    def _bytes(self, buffer: Buffer) -> int:
        return elements(buffer.row) * self._type(buffer.kind).itemsize

    def __call__(self, *arguments: Any) -> tuple[Any, ...]:
        """The stored arrays and the joined results, from the arrays cut into rows and the whole values."""
        count = len(self._sliced)
        sliced = [self._cut(one, shape) for one, shape in zip(arguments[:count], self._sliced, strict=True)]
        whole = [self._whole(*one) for one in zip(arguments[count:], self._numbers, strict=True)]
        stored = [np.empty(shape, dtype) for dtype, shape in self._stored]
        rows = [one.reshape(-1) for one in stored] if self._flat else stored
        parts: list[list[Any]] = [[None] * len(self._edges) for _ in self._joins]
        # Threads take the next block from one iterator, which the interpreter's lock guards.
        edges = iter(self._edges)

        def work() -> None:
            buffers = self._scratch()
            self._work(edges, sliced, whole, rows, buffers, parts)
            self._spare.append(buffers)

        threads.side_by_side(work, min(threads.cores(), len(self._edges)))
        return (*stored, *map(self._joined, self._joins, parts))

    def _scratch(self) -> list[Array]:
        """Buffers for one thread: those of an earlier run, where they are free."""
        try:
            return self._spare.pop()
        except IndexError:
            return [np.empty((self._most, *one.row), self._type(one.kind)) for one in self._buffers]

    def _cut(self, value: Any, shape: tuple[Any, ...]) -> Array:
        array = np.asarray(value)
        if array.shape != shape:
            array = np.broadcast_to(array, shape)
        # Numbers in another order than that of the rows are put in order once.
        return array.reshape(-1) if self._flat else array

    def _whole(self, value: Any, number: Array | None) -> Any:
        if number is not None:
            return number
        if isinstance(value, float):
            return np.asarray(value, self._dtype)
        return np.reshape(value, ()) if self._flat else value

    def _joined(self, join: tuple[np.ufunc, Any], parts: list[Any]) -> Any:
        ufunc, shape = join
        found = parts[0] if len(parts) == 1 else ufunc.reduce(np.asarray(parts), axis=0)
        return np.reshape(found, shape) if self._flat and shape else found


def _written(
    loop: Loop, rows: list[Row], kernels: dict[Node, Kernel], buffers: dict[Node, int], *, flat: bool
) -> Callable[..., None]:
    """The function that computes blocks until there are none left."""
    space: dict[str, Any] = {}
    lines = ["def work(edges, sliced, whole, stored, buffers, parts):"]

    def unpacked(name: str, names: list[str]) -> None:
        if names:
            lines.append(f"    {', '.join(names)}, = {name}")

    def called(kernel: Kernel) -> str:
        name = f"f{len(space)}"
        space[name] = kernel
        return name

    inside = set(loop.nodes)
    cut = {node: f"a{place}" for place, node in enumerate(loop.sliced)}
    fixed = {node: f"w{place}" for place, node in enumerate(loop.whole)}
    kept = {node: f"o{place}" for place, node in enumerate(loop.stored)}
    spare = [f"b{place}" for place in range(len(set(buffers.values())))]
    ends = [f"p{place}" for place in range(len(loop.joins))]
    unpacked("sliced", [f"all_{one}" for one in cut.values()])
    unpacked("whole", [*fixed.values()])
    unpacked("stored", [f"all_{one}" for one in kept.values()])
    unpacked("buffers", [f"all_{one}" for one in spare])
    unpacked("parts", ends)
    lines.append("    for number, low, high in edges:")
    lines += [f"        {one} = all_{one}[low:high]" for one in (*cut.values(), *kept.values())]
    lines += [f"        {one} = all_{one}[:high - low]" for one in spare]
    of: dict[Node, str] = {}

    def read(node: Node, position: int) -> str:
        arg = node.args[position]
        return of[arg] if arg in inside else cut[arg] if by_rows(node, position) else fixed[arg]

    for node, row in zip(loop.nodes, rows, strict=True):
        arguments = ", ".join([read(node, position) for position in range(len(node.args))])
        kernel = kernels[node]
        target = kept.get(node) or (f"b{buffers[node]}" if node in buffers else None)
        if isinstance(kernel, np.ufunc):
            lines.append(f"        {called(kernel)}({arguments}, out={target})")
            of[node] = str(target)
            continue
        of[node] = f"v{len(of)}"
        if node.op is ops.broadcast_to:
            sizes = "".join([f", {size}" for size in row])
            call = f"{called(np.broadcast_to)}({arguments}, (high - low,{sizes[1:]}))"
        else:
            call = f"{called(partial(kernel, **node.parameters) if node.values else kernel)}({arguments})"
        lines.append(f"        {of[node]} = {call}")
        if target is not None:
            lines.append(f"        {target}[...] = {of[node]}")
    for part, node in zip(ends, loop.joins, strict=True):
        axes = {} if flat else node.parameters
        lines.append(
            f"        {part}[number] = {called(partial(_ufunc(node).reduce, **axes))}({read(node, 0)})"
        )
    return compiled(lines, space, "work")


def _ufunc(node: Node) -> np.ufunc:
    found: np.ufunc = getattr(np, node.op.joined.rpartition(".")[2])
    return found


def _is_flat(loop: Loop) -> bool:
    """Whether all arrays have one shape and all else is a number, so that rows are single elements."""
    shapes = {node.shape for node in (*loop.nodes, *loop.sliced)}
    return (
        len(shapes) == 1
        and all(node.op.elementwise for node in loop.nodes)
        and all(elements(node.shape) == 1 for node in (*loop.whole, *loop.joins))
    )


def _edges(rows: int, width: int, live: int) -> list[tuple[int, int, int]]:
    """The blocks: their numbers, where each begins and where it ends."""
    most = min(_MOST, max(_LEAST, _CACHE // (8 * max(live, 1))))
    count = -(-rows * width // most)
    if count > 1:
        count = min(rows, -(-count // _HANDFUL) * _HANDFUL)
    return [(number, number * rows // count, (number + 1) * rows // count) for number in range(count)]
