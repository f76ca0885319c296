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
    image = merged.__getitem__
    for node in reachable(outputs):
        args = tuple(map(image, node.args))
        # A size that only the run knows is another object in every node: the arguments decide it.
        shape = None if args else node.shape
        key = (node.op.name, args, exact_values(node), shape, node.kind)
        found = known.get(key)
        if found is None:
            found = node if args == node.args else Node(node.op, args, node.values, node.shape, node.kind)
            known[key] = found
            if origins is not None and found is not node:
                origins[found] = node
        merged[node] = found
    return [merged[output] for output in outputs]


def exact_values(node: Node) -> Hashable:
    """A node's parameters as a key: numbers by their digits, for 0.0 equals -0.0 and nan is not nan."""
    values = node.values
    if values and (node.op is CONSTANT or any(isinstance(value, float) for value in values)):
        return repr(values)
    return values
