"""A loop as lines of Python: a call a step, each told the array that it writes to.

    loop -> buffers -> lines -> compile -> a function

The function runs the loop at once, or block after block.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from operator import mul
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.execute.loops.buffers import Row, shared
from gradcli.execute.loops.fuse import Loop, by_rows
from gradcli.execute.memory.scratch import scratch
from gradcli.execute.source import compiled
from gradcli.graph.node import CONSTANT, INPUT, Node, ops
from gradcli.graph.shapes import elements

Array = NDArray[Any]
Kernel = Callable[..., Any]

# Topics whose kernels take as long as an addition, and how many additions one of the others takes.
_SIMPLE = {"arithmetic", "comparison", "internal"}
_OTHERS = 8


class Lines:
    """The lines of a loop, and the buffers they need.

    They are compiled because threads wait for each other while one of them is in Python.

    Args:
        loop: what runs together.
        kernel: the function that computes a node.
        dtype: the type of its numbers.
        flat: whether rows are single elements.

    Attributes:
        width: how many elements the widest row has.
        steps: how many calls a block takes.
        work: how long a row takes, in additions of two numbers.
        kept: the bytes of the buffers of a row.
        held: the bytes beside them that a row takes while it is computed.
    """

    def __init__(
        self, loop: Loop, kernel: Callable[[Node], Kernel], dtype: np.dtype[Any], *, flat: bool
    ) -> None:
        self.dtype = dtype
        self.flat = flat
        self._loop = loop
        self._kernel = kernel
        kernels = {node: kernel(node) for node in loop.nodes}
        rows = [self._row(node) for node in loop.nodes]
        found = shared(loop, rows, {node for node, one in kernels.items() if isinstance(one, np.ufunc)})
        self._buffers = found.every
        self.width = max([elements(row) for row in [*rows, *map(self._row, loop.sliced)]], default=1)
        self.steps = len(loop.nodes) + len(loop.joins)
        costs = [0 if node.op.view else 1 if node.op.topic in _SIMPLE else _OTHERS for node in loop.nodes]
        self.work = sum(map(mul, costs, map(elements, rows))) + self.width * len(loop.joins)
        self.kept = sum([elements(one.row) * self._bytes(one.kind) for one in found.every])
        self.held = self._held(kernels)
        self._space: dict[str, Any] = {}
        self._sliced = {node: f"a{place}" for place, node in enumerate(loop.sliced)}
        self._whole = {node: f"w{place}" for place, node in enumerate(loop.whole)}
        self._stored = {node: f"o{place}" for place, node in enumerate(loop.stored)}
        self._spare = [f"b{place}" for place in range(len(found.every))]
        self._joined = [f"p{place}" for place in range(len(loop.joins))]
        self._of: dict[Node, str] = {}
        targets = {node: self._spare[place] for node, place in found.of.items()} | self._stored
        self._steps: list[str] = []
        for node, row in zip(loop.nodes, rows, strict=True):
            self._step(node, row, kernels[node], targets.get(node))

    def _held(self, kernels: Mapping[Node, Kernel]) -> int:
        """What kernels make for a row; a value lives until the next block's is made."""
        inside = {node: elements(self._row(node)) for node in (*self._loop.nodes, *self._loop.sliced)}
        made = [
            inside[node] * self._bytes(node.kind)
            for node, run in kernels.items()
            if not isinstance(run, np.ufunc) and node.op is not ops.broadcast_to
        ]
        needed = []
        for node in self._loop.nodes:
            args = [inside.get(arg, elements(arg.shape)) for arg in node.args]
            needed.append(scratch(node, [inside[node], *args], self.dtype.itemsize))
        return sum(made) + max(made, default=0) + max(needed, default=0)

    def _bytes(self, kind: str) -> int:
        return 1 if kind == "bool" else self.dtype.itemsize

    def _step(self, node: Node, row: Row, kernel: Kernel, target: str | None) -> None:
        arguments = ", ".join([self._read(node, position) for position in range(len(node.args))])
        if isinstance(kernel, np.ufunc):
            self._steps.append(f"{self._named(kernel)}({arguments}, out={target})")
            self._of[node] = str(target)
            return
        sizes = ", ".join(["count", *map(str, row)])
        if node.op is ops.broadcast_to:
            call = f"{self._named(np.broadcast_to)}({arguments}, ({sizes},))"
        elif node.op in (ops.reshape, ops.unsqueeze, ops.squeeze):
            call = f"{arguments}.reshape({sizes})"
        else:
            call = f"{self._named(_told(kernel, node))}({arguments})"
        self._of[node] = f"v{len(self._of)}"
        self._steps.append(f"{self._of[node]} = {call}")
        if target is not None:
            self._steps.append(f"{target}[...] = {self._of[node]}")

    def _read(self, node: Node, position: int) -> str:
        arg = node.args[position]
        return self._of.get(arg) or (self._sliced if by_rows(node, position) else self._whole)[arg]

    def _named(self, value: Any) -> str:
        name = f"f{len(self._space)}"
        self._space[name] = value
        return name

    def scratch(self, rows: int) -> list[Array]:
        """Buffers for one thread."""
        return [
            np.empty((rows, *one.row), bool if one.kind == "bool" else self.dtype) for one in self._buffers
        ]

    def at_once(self) -> Kernel:
        """The function that runs all of it, from its arguments to what it stores and what its joins give."""
        lines = [f"def work({', '.join([*self._sliced.values(), *self._whole.values()])}):"]
        for node, name in self._sliced.items():
            if node.op is not INPUT:
                fitted = partial(_fitted, shape=sizes(node), dtype=self.type(node))
                lines.append(f"    {name} = {self._named(fitted)}({name})")
        for node, name in self._whole.items():
            if node.op is CONSTANT and not node.shape:
                # A number as a ufunc would make of it at every call.
                lines.append(f"    {name} = {self._named(np.asarray(node.values[0], self.type(node)))}")
            elif node.op is not INPUT and node.kind == "float":
                lines.append(f"    {name} = {self._named(partial(np.asarray, dtype=self.dtype))}({name})")
        if self._spare:
            spare, make = self._named([]), self._named(partial(self.scratch, self._loop.rows))
            # Another thread may take the last ones at any time.
            lines += ["    try:", f"        buffers = {spare}.pop()"]
            lines += ["    except IndexError:", f"        buffers = {make}()"]
            lines.append(f"    {', '.join(self._spare)}, = buffers")
        for node, name in self._stored.items():
            lines.append(f"    {name} = {self._named(partial(np.empty, sizes(node), self.type(node)))}()")
        lines += [f"    count = {self._loop.rows}", *[f"    {step}" for step in self._steps]]
        for node, name in zip(self._loop.joins, self._joined, strict=True):
            lines.append(
                f"    {name} = {self._named(_told(self._kernel(node), node))}({self._read(node, 0)})"
            )
        if self._spare:
            lines.append(f"    {spare}.append(buffers)")
        lines.append(f"    return {', '.join([*self._stored.values(), *self._joined])},")
        return compiled(lines, self._space, "work")

    def in_blocks(self) -> Callable[..., None]:
        """The function that computes blocks until there are none left.

        It is given what tells it their numbers and edges, the arrays to cut into rows, the values needed
        whole, the arrays to fill, buffers, and for each join the list of its parts.
        """
        cut = [*self._sliced.values(), *self._stored.values()]
        lines = ["def work(edges, sliced, whole, stored, buffers, parts):"]
        for name, several in [
            ("sliced", [f"all_{one}" for one in self._sliced.values()]),
            ("whole", [*self._whole.values()]),
            ("stored", [f"all_{one}" for one in self._stored.values()]),
            ("buffers", [f"all_{one}" for one in self._spare]),
            ("parts", self._joined),
        ]:
            if several:
                lines.append(f"    {', '.join(several)}, = {name}")
        lines += ["    for number, low, high in edges:", "        count = high - low"]
        lines += [f"        {one} = all_{one}[low:high]" for one in cut]
        lines += [f"        {one} = all_{one}[:count]" for one in self._spare]
        lines += [f"        {step}" for step in self._steps]
        for node, name in zip(self._loop.joins, self._joined, strict=True):
            part = self._named(partial(joining(node).reduce, **({} if self.flat else node.parameters)))
            lines.append(f"        {name}[number] = {part}({self._read(node, 0)})")
        return compiled(lines, self._space, "work")

    def type(self, node: Node) -> np.dtype[Any]:
        """The type of a node's arrays."""
        return np.dtype(bool) if node.kind == "bool" else self.dtype

    def _row(self, node: Node) -> Row:
        return () if self.flat else sizes(node)[1:]


def joining(node: Node) -> np.ufunc:
    """The ufunc that joins the parts of a reduction."""
    found: np.ufunc = getattr(np, node.op.joined.rpartition(".")[2])
    return found


def sizes(node: Node) -> Row:
    """A node's shape; all of a loop's are known."""
    return tuple([size for size in node.shape if isinstance(size, int)])


def _told(kernel: Kernel, node: Node) -> Kernel:
    return partial(kernel, **node.parameters) if node.values else kernel


def _fitted(value: Any, shape: Row, dtype: np.dtype[Any]) -> Array:
    """A kernel's result, which may be a float or an array to be broadcast, as an array of its shape."""
    array = np.asarray(value, dtype)
    return array if array.shape == shape else np.broadcast_to(array, shape)
