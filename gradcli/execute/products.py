"""Strong products run as plain ones, where a look at the results shows whether that was right.

A strong product differs from a plain one only where 0 meets an infinity or a nan, and then the plain
one is nan. If a nan, once there, is bound to show in a result, results without one are right, and the
smooth path pays for one look at them instead of a look at every product.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.graph.node import Node, ops


def told_by(nodes: Sequence[Node]) -> set[Node]:
    """The nodes in which a nan of a strong product would show, or none at all if it might hide.

    Args:
        nodes: a whole graph, in creation order.
    """
    strong = ops.strong
    found: set[Node] = set()
    for node in nodes:
        if node.op is strong:
            found.add(node)
        for position, arg in enumerate(node.args):
            if arg in found:
                if _may_hide(node, position):
                    return set()
                found.add(node)
    return found


def _may_hide(node: Node, position: int) -> bool:
    # What has no derivative by an argument, such as a comparison, may answer a nan with a number.
    rules = node.op.pullback
    return node.op.hides_nan or rules[min(position, len(rules) - 1)] is None
