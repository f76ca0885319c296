"""Strong products run as plain ones, where a look at the results shows whether that was right.

A strong product differs from a plain one only where 0 meets an infinity or a nan, and then the plain
one is nan. If a nan, once there, is bound to show in a result, results without one are right, and the
smooth path pays for one look at them instead of a look at every product. An array that is multiplied
by a number needs no such look: the number tells, as long as it is not 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gradcli.graph.node import Node, ops


class Told(NamedTuple):
    """What tells that plain products were right.

    Attributes:
        nodes: those in which a nan of a strong product would show.
        scales: the numbers that multiply arrays, right unless one is 0.
    """

    nodes: set[Node]
    scales: set[Node]


def told_by(nodes: Sequence[Node]) -> Told | None:
    """What tells of a graph that its strong products can be plain ones.

    Args:
        nodes: a whole graph, in creation order.

    Returns:
        ``None`` where there is no strong product, or where a nan of one might hide.
    """
    found: set[Node] = set()
    scales: set[Node] = set()
    for node in nodes:
        if node.op is ops.strong:
            if node.shape and not node.args[0].shape:
                scales.add(node.args[0])
            else:
                found.add(node)
        for position, arg in enumerate(node.args):
            if arg in found:
                if _may_hide(node, position):
                    return None
                found.add(node)
    return Told(found, scales) if found or scales else None


def _may_hide(node: Node, position: int) -> bool:
    # What has no derivative by an argument, such as a comparison, may answer a nan with a number.
    rules = node.op.pullback
    return node.op.hides_nan or rules[min(position, len(rules) - 1)] is None
