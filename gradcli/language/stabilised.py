"""The pass that makes formulas stable, for nodes that come from a text."""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.graph.node import Node
from gradcli.graph.stable import Rewrite
from gradcli.language.graphs import GraphContext


def stabilised(context: GraphContext, nodes: Sequence[Node]) -> list[Node]:
    """The nodes that compute these; what is made comes from the text of what it stands for."""
    if context.stable is None:
        return list(nodes)
    found = context.stable(nodes)
    for new, old in context.stable.news():
        context.stands_for(new, old)
        if old in context.varied:
            context.varied[new] = context.varied[old]
    return found


def rewrites(context: GraphContext) -> tuple[Rewrite, ...]:
    """What of the text is computed in another way; what only derivatives are made of is not told."""
    every = [] if context.stable is None else context.stable.rewrites
    return tuple([one for one in every if one.written in context.spans])
