"""Rewrites of a graph that change no bit of its value."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from gradcli.graph.node import CONSTANT, Node, reachable


def share(outputs: Sequence[Node], origins: dict[Node, Node] | None = None) -> list[Node]:
    """Merge nodes that apply the same operation to the same nodes (common subexpressions).

    Args:
        outputs: the nodes that are wanted.
        origins: told for each new node the first one that it stands for.
    """
    merged: dict[Node, Node] = {}
    known: dict[Hashable, Node] = {}
    for node in reachable(outputs):
        args = tuple([merged[arg] for arg in node.args])
        # 0.0 and -0.0 are equal and nan is not: numbers are compared by their digits.
        digits = node.op is CONSTANT or any(isinstance(value, float) for value in node.values)
        values = repr(node.values) if digits else node.values
        # A size that only the run knows is another object in every node: the rest decides it.
        shape = None if node.args else node.shape
        key = (node.op.name, args, values, shape, node.kind)
        found = known.get(key)
        if found is None:
            found = node if args == node.args else Node(node.op, args, node.values, node.shape, node.kind)
            known[key] = found
            if origins is not None and found is not node:
                origins[found] = node
        merged[node] = found
    return [merged[output] for output in outputs]
