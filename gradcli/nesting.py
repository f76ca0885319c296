"""Which part of the text an operation belongs to, and what belongs to the parts around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from gradcli.errors import Span
from gradcli.graph.node import Node, reachable
from gradcli.language.build import Built


def spans_of(built: Built) -> dict[Node, Span]:
    """For each node that was written, where it comes from.

    What a derivative inside the text is made of has no place of its own: it belongs to what uses it.
    """
    found: dict[Node, Span] = {}
    everything = Span(0, len(built.source.text))
    for node in reversed(reachable(built.written.outputs)):
        span = found[node] = built.spans.get(node, found.get(node, everything))
        for arg in node.args:
            found.setdefault(arg, span)
    return found


class Nesting:
    """The parts of a text inside one another, by what they read.

    Args:
        spans: the part that each node belongs to.
        texts: what it reads; the same words in several places are one.
    """

    def __init__(self, spans: Mapping[Node, Span], texts: Mapping[Node, str]) -> None:
        # What is around comes before what is inside.
        order = sorted({(span.start, -span.end) for span in spans.values()})
        place_of = {pair: place for place, pair in enumerate(order)}
        self._places = {node: place_of[span.start, -span.end] for node, span in spans.items()}
        self._keys = {self._places[node]: text for node, text in texts.items()}
        self._parents: list[int | None] = []
        self._outermost: list[bool] = []
        path: list[int] = []
        around: Counter[str] = Counter()
        for place, (start, _) in enumerate(order):
            while path and -order[path[-1]][1] <= start:
                around[self._keys[path.pop()]] -= 1
            self._parents.append(path[-1] if path else None)
            self._outermost.append(not around[self._keys[place]])
            path.append(place)
            around[self._keys[place]] += 1

    def totals(self, own: Mapping[Node, int]) -> Counter[str]:
        """For each text the sum of what belongs to it and to all inside of it.

        Args:
            own: what belongs to each node.
        """
        sums = [0] * len(self._parents)
        for node, amount in own.items():
            sums[self._places[node]] += amount
        found: Counter[str] = Counter()
        for place in reversed(range(len(sums))):
            if self._outermost[place]:
                found[self._keys[place]] += sums[place]
            parent = self._parents[place]
            if parent is not None:
                sums[parent] += sums[place]
        return found
