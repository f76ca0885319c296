"""Which nodes belong to one branch of a choice, and so need not run when it is not taken.

A node's region is the innermost branch that holds all its uses; ``None`` is the whole graph.
Regions are told apart by condition, so a branch and its derivative share theirs.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.graph.node import Node
from gradcli.graph.operations.comparison import CHOICE


class Region:
    """The branch of ``condition`` that is taken when it equals ``taken``, inside ``parent``."""

    __slots__ = ("condition", "depth", "parent", "taken")

    def __init__(self, parent: Region | None, condition: Node, taken: bool) -> None:
        self.parent = parent
        self.condition = condition
        self.taken = taken
        self.depth: int = 1 if parent is None else parent.depth + 1


def depth(region: Region | None) -> int:
    """How many branches a region lies in; the whole graph lies in none."""
    return 0 if region is None else region.depth


class Regions:
    """The regions of a graph; ``regions[node]`` is ``None`` for what always runs."""

    def __init__(self, nodes: Sequence[Node], outputs: Sequence[Node]) -> None:
        self.found: dict[Node, Region | None] = {}
        self._known: dict[tuple[Region | None, Node, bool], Region] = {}
        self.any = any(node.op is CHOICE for node in nodes)
        if self.any:
            self.found.update(dict.fromkeys(outputs))
            for node in reversed(nodes):
                for position, arg in enumerate(node.args):
                    self._use(arg, self.demanded(node, position))

    def __getitem__(self, node: Node) -> Region | None:
        return self.found.get(node)

    def demanded(self, node: Node, position: int) -> Region | None:
        """The region in which a node needs one of its arguments."""
        region = self[node]
        if node.op is not CHOICE or position == 0:
            return region
        return self._branch(region, node.args[0], position == 1)

    def _branch(self, parent: Region | None, condition: Node, taken: bool) -> Region:
        key = (parent, condition, taken)
        if key not in self._known:
            self._known[key] = Region(parent, condition, taken)
        return self._known[key]

    def _use(self, node: Node, region: Region | None) -> None:
        self.found[node] = _common(self.found[node], region) if node in self.found else region


def _common(a: Region | None, b: Region | None) -> Region | None:
    while a is not b:
        if a is None or b is None:
            return None
        if a.depth >= b.depth:
            a = a.parent
        else:
            b = b.parent
    return a
