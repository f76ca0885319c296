"""The pattern of a Jacobian, by one walk over the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gradcli.execute.plan import Plan
from gradcli.graph import derive
from gradcli.graph.node import INPUT, Node, reachable
from gradcli.graph.shapes import elements, is_known
from gradcli.sparsity import rules
from gradcli.sparsity.pattern import Pattern, diagonal, empty, full, stacked, united

Value = Any


class Structure(NamedTuple):
    """The pattern of a Jacobian.

    Attributes:
        pattern: its rows are the elements of all outputs, its columns those of all names; ``None`` if
            each may depend on every one.
        lasting: whether it holds for other values of the names that are not differentiated by.
    """

    pattern: Pattern | None
    lasting: bool


def structure(
    outputs: Sequence[Node], wrt: Sequence[Node], values: Mapping[str, Value], most: int
) -> Structure:
    """Which elements of the outputs depend on which of ``wrt``, at any point.

    Args:
        outputs: the nodes that are differentiated, of any shapes.
        wrt: the nodes to differentiate by.
        values: values of the inputs, for positions that they decide.
        most: how many entries are of use; what has more counts as full.
    """
    if not all(is_known(node.shape) for node in reachable([*outputs, *wrt])):
        return Structure(None, True)
    walk = _Walk(wrt, values, most)
    walk.over(reachable(outputs))
    found = [walk.pattern(output) for output in outputs]
    whole = [one for one in found if one is not None]
    if len(whole) < len(found) or sum(len(one.columns) for one in whole) > most:
        return Structure(None, walk.lasting)
    return Structure(stacked(whole), walk.lasting)


class _Walk:
    """The patterns of the nodes of one graph."""

    def __init__(self, wrt: Sequence[Node], values: Mapping[str, Value], most: int) -> None:
        self.lasting = True
        self._values = values
        self._most = most
        self._width = sum([elements(x.shape) for x in wrt])
        # What moves with ``wrt`` in any way, be it by jumps.
        self._moving: set[Node] = set(wrt)
        self._found: dict[Node, Pattern | None] = {}
        self._deep = True
        first = 0
        for x in wrt:
            self._found[x] = diagonal(elements(x.shape), first, self._width)
            first += elements(x.shape)

    def over(self, nodes: Sequence[Node]) -> None:
        """Find the patterns of nodes, given in creation order."""
        for node in nodes:
            if self._moving.isdisjoint(node.args):
                continue
            self._moving.add(node)
            if node.kind != "float":
                continue
            places = [
                position
                for position, arg in enumerate(node.args)
                if arg in self._found and derive.has_rule(node, position)
            ]
            if places:
                self._found[node] = self._united(node, places)

    def pattern(self, node: Node) -> Pattern | None:
        """The pattern of a node that was met; without a path it is empty."""
        return self._found[node] if node in self._found else empty(elements(node.shape), self._width)

    def _united(self, node: Node, places: Sequence[int]) -> Pattern | None:
        own = [self._found[node]] if node in self._found else []
        parts: list[Pattern | None] = [*own, *self._parts(node, places)]
        whole = [one for one in parts if one is not None]
        if len(whole) < len(parts) or sum(len(one.columns) for one in whole) > 2 * self._most:
            height = elements(node.shape)
            return full(height, self._width) if height * self._width <= self._most else None
        return united(whole)

    def _parts(self, node: Node, places: Sequence[int]) -> list[Pattern | None]:
        patterns: dict[int, Pattern] = {}
        for position in places:
            pattern = self._found[node.args[position]]
            if pattern is None:
                return [None]
            patterns[position] = pattern
        if node.op.moves:
            return [rules.moved(node, patterns, self._known, self._most)]
        return [self._part(node, position, pattern) for position, pattern in patterns.items()]

    def _part(self, node: Node, position: int, pattern: Pattern) -> Pattern | None:
        op, arg = node.op, node.args[position]
        if op.elementwise:
            return rules.stretched(node, arg, pattern, self._most)
        if op.contracts:
            return rules.contracted(node, position, pattern, self._most)
        if any(parameter.name == "axis" for parameter in op.parameters):
            try:
                return rules.along(node, arg, pattern, self._most)
            except ValueError:
                pass
        if not self._deep:
            return None
        return rules.pulled_back(node, position, pattern, self._spread, self._most)

    def _spread(self, back: Node, g: Node) -> Pattern | None:
        """The pattern of a pullback by its cotangent; those that it needs of others are not asked for."""
        walk = _Walk([g], self._values, self._most)
        walk._deep = False
        walk.over(reachable([back]))
        self.lasting &= walk.lasting
        return walk.pattern(back)

    def _known(self, node: Node) -> Value | None:
        """The value of a node that says where elements go, unless it moves with what is differentiated by."""
        if node in self._moving:
            return None
        if any(one.op is INPUT for one in reachable([node])):
            self.lasting = False
        return Plan([node]).run(self._values)[0]
