"""A graph as rails, as git draws a history: nodes in drawing order go in, a row of text for each comes out.

●      mean      A lane is an edge on its way from a node down to its child. The node's own lane goes on to
●─╮    mul       one child and the others begin lanes (╮, ┬ inside, ╭ on the left), from left to right in the
●─┼─╮  mul       order of the children. ┼ is a lane that is crossed. All lanes of a shared child end in its
●─┼─┤  add       row (╯, ┴ inside); where the last one goes on as a new lane there is a ┤. When many lanes
│ ○─╯  2         are open, an edge to a child that already waits joins its lane: a dot, •.
○      x
"""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

N = TypeVar("N", bound=Hashable)

CROWDED = 8
"""Where more lanes than this are open, edges join lanes."""

ASCII = str.maketrans("●○│─┼╮╯╭┬┴┤•…", "*o|-+\\//.'|#>")


def draw_rails(
    nodes: Iterable[N], children: Callable[[N], Sequence[N]], *, ascii: bool = False, limit: int = 64
) -> list[str]:
    """One row for each node, all padded to one width.

    Args:
        nodes: every consumer before what it consumes. They are hashed: where that is dear, hand over numbers.
        children: what a node consumes, in order; a child may come twice.
        ascii: whether to draw with ASCII characters.
        limit: how many lanes are drawn; a row that has more ends with ``…``.
    """
    waiting: dict[N, list[int]] = {}
    lanes = _Lanes()
    base: list[str] = []  # the cells of a row without its node: two for each lane
    rows: list[str] = []
    for node in nodes:
        ends = waiting.pop(node, None) or [lanes.nearest(0, lanes.width)]
        at, merged = ends[0], ends[1:]
        below = children(node)
        own, joined = _split(below, waiting, at) if lanes.open > CROWDED else (list(below), [])
        begun = lanes.begin(at, len(own) - 1, merged, joined)
        events = dict.fromkeys(joined, "•")
        left, right = min([at, *begun, *joined]), max([at, *merged, *begun, *joined])
        for lane in merged:
            events[lane] = "╯" if lane == right else "┴"
        for lane in begun:
            if lane in merged:
                events[lane] = "┤"
            elif lane == right:
                events[lane] = "╮"
            else:
                events[lane] = "╭" if lane == left else "┬"
        events[at] = "●" if own else "○"
        base += " " * 2 * (lanes.width - len(base) // 2)
        rows.append(_row(base, at, left, right, events, limit))
        going_on = {at, *begun} if own else set()
        for lane in {at, *merged} - going_on:
            lanes.release(lane)
            base[2 * lane] = " "
        del base[2 * lanes.width :]
        for lane, child in zip(sorted(going_on), own, strict=True):
            insort(waiting.setdefault(child, []), lane)
            base[2 * lane] = "│"
    width = max(map(len, rows), default=0)
    return [row.ljust(width).translate(ASCII) if ascii else row.ljust(width) for row in rows]


def _split(below: Sequence[N], waiting: dict[N, list[int]], at: int) -> tuple[list[N], list[int]]:
    """The children that get a lane, at least one for the node's own to go on, and the lanes to join."""
    own: list[N] = []
    joined: list[int] = []
    for place, child in enumerate(below):
        lane = _nearest(waiting.get(child, ()), at, joined)
        if lane is None or (not own and place == len(below) - 1):
            own.append(child)
        else:
            joined.append(lane)
    return own, joined


def _nearest(lanes: Sequence[int], at: int, taken: Sequence[int]) -> int | None:
    """The lane nearest to one, of lanes from left to right without those that are taken."""
    right = bisect(lanes, at)
    left = right - 1
    while left >= 0 and lanes[left] in taken:
        left -= 1
    while right < len(lanes) and lanes[right] in taken:
        right += 1
    near = [lanes[place] for place in (left, right) if 0 <= place < len(lanes)]
    return min(near, key=lambda lane: abs(lane - at), default=None)


def _row(base: list[str], at: int, left: int, right: int, events: dict[int, str], limit: int) -> str:
    """The text of one row: the lanes that pass, and from left to right what happens to the others."""
    cells = base[: 2 * limit]
    for lane in range(left, min(right, limit - 1) + 1):
        crossed = "┼" if cells[2 * lane] == "│" else "─"
        cells[2 * lane] = events.get(lane, crossed)
        cells[2 * lane + 1] = "─" if lane < right else " "
    text = "".join(cells).rstrip()
    if len(base) > 2 * limit:
        text = text.ljust(2 * limit) + "…" + (events[at] if at >= limit else "")
    return text


class _Lanes:
    """Which lanes are open, and how many stand side by side."""

    def __init__(self) -> None:
        self.width = 0
        self.free: list[int] = []  # sorted, all below the width

    @property
    def open(self) -> int:
        return self.width - len(self.free)

    def nearest(self, at: int, bound: int) -> int:
        """Open the free lane below a bound that is nearest, else a new one on the right."""
        place = bisect(self.free, at)
        near = [lane for lane in self.free[max(place - 1, 0) : place + 1] if lane < bound]
        if near:
            lane = min(near, key=lambda lane: abs(lane - at))
            self.free.remove(lane)
            return lane
        self.width += 1
        return self.width - 1

    def begin(self, at: int, number: int, merged: list[int], joined: list[int]) -> list[int]:
        """Open lanes for the children after the first.

        The last lane that ends may go on as a new one, but only at the end of the row's horizontal line:
        inside it, this could not be told from a lane that is crossed.
        """
        if number <= 0:
            return []
        last = merged[-1] if merged else 0
        if last > max(joined, default=0) and bisect(self.free, last) >= number - 1:
            return [last] + [self.nearest(at, last) for _ in range(number - 1)]
        return [self.nearest(at, self.width) for _ in range(number)]

    def release(self, lane: int) -> None:
        """Close a lane."""
        insort(self.free, lane)
        while self.free and self.free[-1] == self.width - 1:
            self.free.pop()
            self.width -= 1
