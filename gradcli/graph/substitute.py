"""Nodes put in the place of others, graph to graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradcli.graph.node import Node, reachable


def substitute(outputs: Sequence[Node], replaced: Mapping[Node, Node]) -> dict[Node, Node]:
    """Rebuild whatever depends on a replaced node.

    Args:
        outputs: the nodes to rebuild.
        replaced: for each node the one to put in its place, of the same shape and kind.

    Returns:
        For every node under the outputs that changed, the new one.
    """
    made = dict(replaced)
    for node in reachable(outputs):
        if node not in made and any(arg in made for arg in node.args):
            args = tuple([made.get(arg, arg) for arg in node.args])
            made[node] = Node(node.op, args, node.values, node.shape, node.kind)
    return made
