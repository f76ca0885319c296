"""The inside of formulas that are computed in another way, as it was written: for drawings alone.

``log(1 + exp(800))`` is 800, and its slope is 1. ``exp(800)`` inside it is inf all the same, and its
gradient is what comes back to it from the logarithm through the sum.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from gradcli.graph import derive
from gradcli.graph.node import INPUT, Node, ops
from gradcli.graph.stable import Rewrite, View
from gradcli.graph.trail import Trail

Value = Any


class Literal:
    """Copies of what stands between the roots of formulas and what these are made of.

    Args:
        rewrites: the formulas.
        nodes: the graph that was written, in creation order.
        images: for each of these nodes the one that computes it.
        origins: for nodes that a formula is computed by, its root.

    Attributes:
        copies: for each node inside a formula its copy, on what computes the formula's arguments.
    """

    def __init__(
        self,
        rewrites: Sequence[Rewrite],
        nodes: Sequence[Node],
        images: Mapping[Node, Node],
        origins: Mapping[Node, Node],
    ) -> None:
        self._images = images
        self._view = View(set())
        self.copies: dict[Node, Node] = {}
        self._roots: dict[Node, Node] = {}
        inside = self._inside(rewrites, origins)
        roots = {rewrite.written for rewrite in rewrites}
        for node in nodes:
            if node not in inside and node not in roots:
                continue
            # Nothing flows on from here to the arguments of a formula: the right gradient is there already.
            args = tuple([self.copies.get(arg) or ops.detach(images[arg]) for arg in node.args])
            copy = Node(node.op, args, node.values, node.shape, node.kind)
            if node in inside:
                self.copies[node] = copy
            if node in roots:
                self._roots[node] = copy

    def _inside(self, rewrites: Sequence[Rewrite], origins: Mapping[Node, Node]) -> set[Node]:
        found: set[Node] = set()
        for written, made, _ in rewrites:
            # What is the same as an argument of the formula is outside, although it was written again.
            outside: set[int] = set()
            stack = [made]
            while stack:
                one = stack.pop()
                if origins.get(one) is written:
                    stack.extend(one.args)
                else:
                    outside.add(self._view.number(one))
            stack = list(written.args)
            while stack:
                one = stack.pop()
                there = one.op is INPUT or self._view.number(self._images[one]) in outside
                if one not in found and not there:
                    found.add(one)
                    stack.extend(one.args)
        return found

    def pull(self, along: Collection[Node], gradients: dict[Node, Node], met: dict[Node, list[Node]]) -> None:
        """Add what comes back from the roots to the nodes inside, of those along the way."""
        starts = [(copy, gradients[root]) for root, copy in self._roots.items() if root in gradients]
        inner = [node for node in self.copies if node in along and node.kind == "float"]
        trail = Trail(meetings=True)
        pulled = derive.vjp(starts, [self.copies[node] for node in inner], trail)
        for node, one in zip(inner, pulled, strict=True):
            if one is not None:
                gradients[node] = gradients[node] + one if node in gradients else one
                contributions = trail.contributions.get(self.copies[node], [])
                met.setdefault(node, []).extend([part for _, part in contributions])

    def completed(self, traced: Mapping[Node, Value]) -> dict[Node, Value]:
        """With a value for what was written again, and so is computed once."""
        known = {self._view.number(node): value for node, value in traced.items()}
        found = dict(traced)
        for node in self._images.values():
            if node not in found and (number := self._view.number(node)) in known:
                found[node] = known[number]
        return found
