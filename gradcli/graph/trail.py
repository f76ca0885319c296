"""What a way back leaves behind: whose derivative each node is, and what comes out of branches."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from gradcli.graph.node import Node, constant, next_number, ops
from gradcli.graph.regions import Region
from gradcli.graph.shapes import Shape, is_known

Meeting = tuple[Node, Node, Node, Region | None, Region | None]


class Trail:
    """What the way back did: whose pullback made a node, and which cotangents met where.

    It lets a nan on the way back point at the text, and a drawing show where gradients add up.

    Args:
        meetings: whether to keep what met where, which costs as much memory as the derivative.

    Attributes:
        met: if they are kept, a target, the node that its cotangent came back through, the cotangent, and
            the regions that it came from and that the target is in.
    """

    def __init__(self, *, meetings: bool = False) -> None:
        self.met: list[Meeting] | None = [] if meetings else None
        self._first: list[int] = []
        self._nodes: list[Node] = []

    @cached_property
    def contributions(self) -> dict[Node, list[tuple[Node, Node]]]:
        """For each node what came back to it, and through which; read when all is derived."""
        found: dict[Node, list[tuple[Node, Node]]] = {}
        for target, source, cotangent, inner, outer in self.met or ():
            while inner is not outer and inner is not None:
                cotangent = guarded(cotangent, inner, target)
                inner = inner.parent
            found.setdefault(target, []).append((source, cotangent))
        return found

    def begin(self, node: Node) -> None:
        """All nodes made from now on, until the next one begins, come from differentiating ``node``."""
        self._first.append(next_number())
        self._nodes.append(node)

    def origin(self, node: Node) -> Node | None:
        """The node whose pullback made this one."""
        place = bisect_right(self._first, node.number) - 1
        return self._nodes[place] if place >= 0 else None


def guarded(cotangent: Node, region: Region, target: Node) -> Node:
    """What leaves a branch is zero unless that branch was taken."""
    if is_known(cotangent.shape):
        zero = zeros(cotangent.shape)
    else:
        # Like the target, not like the cotangent: asked for outside the branch, that would always run.
        lead = cotangent.ndim - target.ndim
        zero = ops.fit(zeros(cotangent.shape[:lead] + (1,) * target.ndim), target, lead=lead)
    branches = (cotangent, zero) if region.taken else (zero, cotangent)
    return ops.choice(region.condition, *branches)


def zeros(shape: Shape) -> Node:
    """Zeros of a shape that is known."""
    return ops.zeros(shape=shape) if shape else constant(0.0)
