"""Which nodes of a graph run together, some rows at a time, while their values are in the cache.

    nodes in order -> what each may do with rows -> levels -> loops and the nodes between them

A loop goes once over the rows of its arrays, their first axis. A node belongs in one if its row needs the
same rows of its arguments alone; a reduction over rows ends a loop, and what needs its result, or an array
as a whole, waits for the next level. A cheap value that a later level needs again is computed there again:
that takes less time than a way to memory and back, and no memory at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from gradcli.graph.node import CONSTANT, INPUT, Node, ops
from gradcli.graph.operations.comparison import CHOICE
from gradcli.graph.shapes import Shape, elements, is_known

# In how many loops a value may be computed; one that is wanted more often is stored.
_MOST_TIMES = 3
# Kernels of the topics that take longer than a way to memory and back.
_COSTLY = {"special", "integrals"}


class Loop:
    """Nodes that run together.

    Attributes:
        rows: the size of the first axis of all that is computed or cut into rows.
        nodes: what is computed for some rows at a time, in order.
        joins: reductions over the rows, of which each block gives a part.
        stored: those of the nodes whose rows make a whole array in the end.
        sliced: the arrays from outside that are cut into rows.
        whole: the values from outside that each block needs whole.
    """

    __slots__ = ("joins", "nodes", "rows", "sliced", "stored", "whole")

    def __init__(self, nodes: list[Node], joins: list[Node], stored: list[Node]) -> None:
        self.nodes = nodes
        self.joins = joins
        self.stored = stored
        self.rows: int = _rows(nodes[0] if nodes else joins[0].args[0])
        inside = set(nodes)
        sliced: dict[Node, None] = {}
        whole: dict[Node, None] = {}
        for node in (*nodes, *joins):
            for position, arg in enumerate(node.args):
                if arg not in inside:
                    (sliced if by_rows(node, position) else whole)[arg] = None
        self.sliced = list(sliced)
        self.whole = list(whole)

    @property
    def shape(self) -> Shape:
        """The shape of one of its arrays."""
        return self.nodes[0].shape if self.nodes else self.joins[0].args[0].shape

    @property
    def results(self) -> list[Node]:
        """What is there when it has run."""
        return [*self.stored, *self.joins]

    @property
    def args(self) -> list[Node]:
        """What it needs, as a node has arguments."""
        return [*self.sliced, *self.whole]


def fuse(nodes: Sequence[Node], outputs: Sequence[Node]) -> list[Node | Loop]:
    """Gather what can run together.

    Args:
        nodes: a whole graph without choices, in creation order.
        outputs: those whose values are wanted.

    Returns:
        An order to run it in: every node once, by itself or in a loop, and cheap ones in several.
    """
    return _Fusion(nodes, outputs).order()


class _Fusion:
    def __init__(self, nodes: Sequence[Node], outputs: Sequence[Node]) -> None:
        self._users: dict[Node, list[tuple[Node, int]]] = {node: [] for node in nodes}
        for node in nodes:
            for position, arg in enumerate(node.args):
                self._users[arg].append((node, position))
        self._outputs = set(outputs)
        # Later nodes first: whether a view may join its users depends on them.
        self._in_rows: set[Node] = set()
        self._joins: set[Node] = set()
        for node in reversed(nodes):
            if _is_join(node):
                self._joins.add(node)
            elif _runs_by_rows(node) and not (_is_view(node) and self._wanted_whole(node)):
                self._in_rows.add(node)
        self._stored = {node for node in nodes if node in self._in_rows and self._wanted_whole(node)}
        self._levels: dict[Node, int] = {}
        self._by_level: defaultdict[int, list[Node]] = defaultdict(list)
        for node in nodes:
            level = max([self._available(arg, node, place) for place, arg in enumerate(node.args)], default=0)
            self._levels[node] = level
            self._by_level[level].append(node)

    def _wanted_whole(self, node: Node) -> bool:
        return node in self._outputs or any(
            not by_rows(user, position) or (user not in self._in_rows and user not in self._joins)
            for user, position in self._users[node]
        )

    def _available(self, arg: Node, user: Node, position: int) -> int:
        """The first level at which a node can have an argument."""
        level = self._levels[arg]
        if arg in self._joins:
            return level + 1
        if arg not in self._in_rows:
            return level
        together = by_rows(user, position) and (user in self._in_rows or user in self._joins)
        return level if together else level + 1

    def order(self) -> list[Node | Loop]:
        """Loops are found from the last level on, for a later one says what an earlier one must store."""
        times: dict[Node, int] = defaultdict(int)
        loops: dict[int, list[Loop]] = {}
        for level in sorted(self._by_level, reverse=True):
            loops[level] = self._loops(level, times)
        in_loops = self._in_rows | self._joins
        found: list[Node | Loop] = []
        for level in sorted(self._by_level):
            found += [one for one in self._by_level[level] if one not in in_loops]
            found += loops[level]
        return found

    def _loops(self, level: int, times: dict[Node, int]) -> list[Loop]:
        here = self._by_level[level]
        joins = [node for node in here if node in self._joins]
        roots = [*joins, *[node for node in here if node in self._stored]]
        members: set[Node] = {node for node in roots if node not in self._joins}
        groups = _Groups(roots)
        stack = list(roots)
        while stack:
            node = stack.pop()
            for position, arg in enumerate(node.args):
                if not by_rows(node, position):
                    continue
                groups.join(node, arg)
                if arg in members or arg not in self._in_rows:
                    continue
                if self._levels[arg] < level and (arg in self._stored or not self._again(arg, level, times)):
                    self._stored.add(arg)
                    continue
                times[arg] += 1
                members.add(arg)
                stack.append(arg)
        parts: dict[Any, tuple[list[Node], list[Node], list[Node]]] = {}
        for node in sorted([*members, *joins], key=lambda one: one.number):
            run, ends, kept = parts.setdefault(groups.of(node), ([], [], []))
            (ends if node in self._joins else run).append(node)
            if node in self._stored and node in members and self._levels[node] == level:
                kept.append(node)
        return [Loop(*part) for part in parts.values()]

    def _again(self, node: Node, level: int, times: dict[Node, int]) -> bool:
        """Whether a level computes a value that an earlier one could have stored."""
        if node.op.topic in _COSTLY and any(self._levels[user] < level for user, _ in self._users[node]):
            return False
        return times[node] < _MOST_TIMES


class _Groups:
    """Which nodes share rows: sets that are joined, each known by one of its members."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._parent: dict[Node, Node] = {node: node for node in nodes}

    def of(self, node: Node) -> Node:
        parent = self._parent
        while (up := parent.setdefault(node, node)) is not node:
            parent[node] = node = parent[up]
        return node

    def join(self, one: Node, other: Node) -> None:
        self._parent[self.of(one)] = self.of(other)


def by_rows(node: Node, position: int) -> bool:
    """Whether a row of a node needs the same row of one of its arguments alone."""
    arg = node.args[position]
    if not arg.shape:
        return False
    if node.op.joined or _along(node):
        return True
    if node.op is ops.reshape:
        return arg.shape[:1] == node.shape[:1]
    # An axis of size 1 in front is stretched, unless it stays one.
    return arg.ndim == node.ndim and arg.shape[0] == node.shape[0]


def _runs_by_rows(node: Node) -> bool:
    if not node.shape or not is_known(node.shape) or not elements(node.shape):
        return False
    if node.op is CONSTANT or node.op is INPUT:
        return False
    if not all(is_known(arg.shape) for arg in node.args) or (node.op.gradless and node.kind == "float"):
        # Whole numbers stay what they are: positions may be larger than a float can tell apart.
        return False
    if node.op.elementwise or node.op is ops.broadcast_to:
        return node.op is not CHOICE
    if node.op is ops.reshape:
        return by_rows(node, 0)
    return _along(node) and _rows(node) == _rows(node.args[0])


def _along(node: Node) -> bool:
    """Whether an operation takes elements together along other axes than the first alone."""
    op = node.op
    if len(op.arguments) != 1 or op.variadic or not node.args[0].shape or not node.shape:
        return False
    axes: Any = next(_axes(node), None)
    if axes is None:
        return False
    first = -max(node.args[0].ndim, node.ndim)
    return first not in ((axes,) if isinstance(axes, int) else axes)


def _axes(node: Node) -> Iterator[Any]:
    for parameter, value in zip(node.op.parameters, node.values, strict=True):
        if parameter.name == "axis" and parameter.kind in ("axis", "axes"):
            yield value


def _is_join(node: Node) -> bool:
    if not node.op.joined or not node.args[0].shape or not is_known(node.args[0].shape):
        return False
    return -node.args[0].ndim in next(_axes(node)) and elements(node.args[0].shape) > 0


def _is_view(node: Node) -> bool:
    return node.op.view or node.op is ops.detach


def _rows(node: Node) -> int:
    size = node.shape[0]
    assert isinstance(size, int)
    return size
