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
from gradcli.sparsity.rules import Parts

Value = Any

# How many patterns are carried along before they are united, which takes a sort of all their entries.
_LOOSE = 12


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
    """The patterns of the nodes of one graph, each as parts that are to be united when all is known."""

    def __init__(self, wrt: Sequence[Node], values: Mapping[str, Value], most: int) -> None:
        self.lasting = True
        self._values = values
        self._most = most
        self._width = sum([elements(x.shape) for x in wrt])
        # What moves with ``wrt`` in any way, be it by jumps.
        self._moving: set[Node] = set(wrt)
        self._found: dict[Node, Parts | None] = {}
        self._deep = True
        first = 0
        for x in wrt:
            self._found[x] = (diagonal(elements(x.shape), first, self._width),)
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
                own = [self._found[node]] if node in self._found else []
                self._found[node] = self._gathered(node, [*own, *self._by(node, places)])

    def pattern(self, node: Node) -> Pattern | None:
        """The pattern of a node that was met; without a path it is empty."""
        if node not in self._found:
            return empty(elements(node.shape), self._width)
        parts = self._found[node]
        return None if parts is None else united(parts)

    def _gathered(self, node: Node, found: Sequence[Parts | None]) -> Parts | None:
        """The distinct parts; where they are many, their union."""
        whole = [one for one in found if one is not None]
        parts = tuple({id(part): part for one in whole for part in one}.values())
        size = sum([len(part.columns) for part in parts])
        if len(whole) < len(found) or size > _LOOSE * self._most:
            height = elements(node.shape)
            return (full(height, self._width),) if height * self._width <= self._most else None
        return parts if len(parts) <= _LOOSE and size <= self._most else (united(parts),)

    def _by(self, node: Node, places: Sequence[int]) -> list[Parts | None]:
        """What comes of each argument, or of all together."""
        arguments: dict[int, Parts] = {}
        for position in places:
            parts = self._found[node.args[position]]
            if parts is None:
                return [None]
            arguments[position] = parts
        if node.op.moves:
            return [rules.moved(node, arguments, self._known, self._most)]
        return [self._by_one(node, position, parts) for position, parts in arguments.items()]

    def _by_one(self, node: Node, position: int, parts: Parts) -> Parts | None:
        op, arg = node.op, node.args[position]
        if op.elementwise:
            return rules.stretched(node, arg, parts, self._most)
        if op.contracts:
            return rules.contracted(node, position, parts, self._most)
        if any(parameter.name == "axis" for parameter in op.parameters):
            try:
                return rules.along(node, arg, parts, self._most)
            except ValueError:
                pass
        if not self._deep:
            return None
        return rules.pulled_back(node, position, parts, self._spread, self._most)

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
