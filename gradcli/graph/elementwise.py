"""What depends on what, element by element: where a Jacobian is diagonal."""

from __future__ import annotations

from gradcli.graph.node import Node, reachable


def is_elementwise(output: Node, x: Node) -> bool:
    """Whether each element of ``output`` depends on the same element of ``x`` alone."""
    active = {x}
    for node in reachable([output]):
        touched = [arg for arg in node.args if arg in active]
        if touched:
            if not node.op.elementwise or node.shape != x.shape or any(a.shape != x.shape for a in touched):
                return False
            active.add(node)
    return output.shape == x.shape
