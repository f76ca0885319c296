"""Positions, counts and truths have no derivative: where one is asked for through them alone, it is refused.

``floor(x)`` and ``x > 0`` stand still almost everywhere, so their derivative is zero. ``argmax(x)``
answers with a position, which is no quantity: a zero would look like an answer. What only *selects*
with it, ``x[argmax(x)]`` or ``where(any(x), y, z)``, is no derivative through it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradcli.errors import GradientProblem, Span
from gradcli.graph.node import Node, reachable


def refuse_gradless(outputs: Sequence[Node], by: Mapping[str, Node], spans: Mapping[Node, Span]) -> None:
    """Check that no name reaches the outputs through operations without a gradient alone.

    Raises:
        GradientProblem: one does, under the text of such an operation.
    """
    nodes = reachable(outputs)
    if not any(node.op.gradless for node in nodes):
        return
    for name, x in by.items():
        found = _barrier(outputs, nodes, x)
        if found is not None:
            several = "[" in found.op.spelling
            what = f"the indices of {found.op.spelled}() have" if several else f"{found.op.spelled}() has"
            raise GradientProblem(
                f"{what} no gradient, and {name} reaches the output through it alone",
                hint=f"a position, a count or a truth jumps: differentiate by other names than {name}, "
                "or use it as a subscript or as a condition",
                span=spans.get(found),
            )


def _barrier(outputs: Sequence[Node], nodes: Sequence[Node], x: Node) -> Node | None:
    """The last gradless node on every way from ``x``; ``None`` if there is a way without, or no way."""
    depends = {x}
    for node in nodes:
        if not depends.isdisjoint(node.args):
            depends.add(node)
    found: Node | None = None
    seen = set(outputs) & depends
    stack = list(seen)
    while stack:
        node = stack.pop()
        if node is x:
            return None
        if node.op.gradless:
            found = node if found is None or node.number > found.number else found
            continue
        for position, arg in enumerate(node.args):
            if arg in depends and arg not in seen and not _selects(node, position):
                seen.add(arg)
                stack.append(arg)
    return found


def _selects(node: Node, position: int) -> bool:
    """Whether an argument only decides what becomes of the others, or was cut off by the user."""
    rules = node.op.pullback
    rule = rules[min(position, len(rules) - 1)]
    return rule is None and (any(rules) or node.op.name == "detach")
