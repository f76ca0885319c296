"""Seeds along one leading axis, and the runs that answer them a batch at a time.

A seed is the sum of the rows of the identity that have one colour; where each row has its own, it is a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.errors import EvaluationError
from gradcli.execute.memory import room
from gradcli.execute.plan import Plan
from gradcli.graph.node import Node, constant, reachable, variable
from gradcli.graph.regions import Regions
from gradcli.graph.shapes import Shape, elements
from gradcli.graph.substitute import substitute

Value = Any

# How many numbers a batch of seeds of the widest value may hold: half a gigabyte of doubles.
_MEMORY = 1 << 26
# It takes so small a part of what a run may hold.
_SHARE = 16
# How many it should hold if nothing but memory is busy: what a core keeps at hand. Fewer rows than these do
# not pay for the steps.
_CACHE = 1 << 15
_FEW = 16

# The beginning of a name that no user can write: a name of the language has no space.
_SEED = "rows of the identity"
_KEPT = "what no seed changes"


def most_rows(nodes: Sequence[Node]) -> int:
    """How many rows one run serves best, of a graph like this one."""
    widest = max([elements(node.shape) for node in nodes], default=1) or 1
    # Several values of a batch are there at once.
    numbers = min(_MEMORY, room.bound() // (_SHARE * 8))
    space = max(1, numbers // widest)
    # A product of matrices is the faster the more rows there are.
    products = any(node.op.contracts and any(arg.ndim > 1 for arg in node.args) for node in nodes)
    return space if products else min(space, max(_FEW, _CACHE // widest))


class Seed:
    """The seeds of one node, some at a time; for a scalar with a row of its own the number 1, and no rows.

    Args:
        place: which of several seeds it is.
        written: the shape of the node, whose sizes may be unknown.
        shape: its shape.
        most: how many rows a batch may have.
        colours: the seed that each element belongs to, and how many seeds there are; by default each has
            its own.

    Attributes:
        rows: how many rows a batch has.
        batches: how many batches there are.
        node: the input of the graph that takes their place.
    """

    def __init__(
        self, place: int, written: Shape, shape: Shape, most: int, colours: tuple[Value, int] | None = None
    ) -> None:
        self._name = f"{_SEED} {place}"
        self._shape = shape
        self._colours = colours
        self._total = elements(shape) if colours is None else colours[1]
        self._alone = colours is None and not shape
        self.rows = max(1, min(self._total, most))
        self.batches = -(-self._total // self.rows)
        self.node = constant(1.0) if self._alone else variable(self._name, (self.rows, *written))

    def values(self, batch: int) -> dict[str, Value]:
        """The rows of a batch; those beyond the last are zero."""
        if self._alone:
            return {}
        import numpy

        first = batch * self.rows
        if self._colours is None:
            rows = numpy.eye(self.rows, self._total, first)
        else:
            own = numpy.arange(first, first + self.rows)[:, None]
            rows = (self._colours[0] == own).astype(float)
        return {self._name: rows.reshape(self.rows, *self._shape)}

    def put(self, batch: int, block: Value, whole: Value) -> Value:
        """The answers to all rows so far, with those of a batch."""
        if self._alone or self.rows == self._total:
            return block
        import numpy

        if whole is None:
            whole = numpy.empty((self._total, *block.shape[1:]), block.dtype)
        part = whole[batch * self.rows :][: self.rows]
        part[...] = block[: len(part)]
        return whole


class Run:
    """A plan, run for every batch of its seeds, which have as many batches each.

    What no seed changes is computed once.

    Args:
        seeds: one for each answer if they differ in their rows, else any number.
        answers: the nodes that are wanted, by a place that tells them apart.
        dtype: the type of the plan.
        each: whether the seeds differ in their rows.

    Attributes:
        batches: how often the plan runs.
    """

    def __init__(
        self, seeds: Sequence[Seed], answers: Mapping[int, Node], dtype: str, *, each: bool = False
    ) -> None:
        self.batches = max([seed.batches for seed in seeds])
        self._places = list(answers)
        self._seeds = seeds
        self._of = seeds if each else [seeds[0]] * len(answers)
        self._once: Plan | None = None
        self._kept: list[str] = []
        self._origins: dict[Node, Node] = {}
        nodes = list(answers.values())
        if self.batches > 1:
            nodes = self._apart(nodes, dtype)
        self._plan = Plan(nodes, dtype)

    def _apart(self, answers: list[Node], dtype: str) -> list[Node]:
        """The answers as functions of the seeds and of what is computed once."""
        nodes = reachable(answers)
        if Regions(nodes, answers).any:
            # What only a branch uses must not run if that branch is not taken.
            return answers
        seeds = {seed.node for seed in self._seeds}
        moving = set(seeds)
        edge: dict[Node, Node] = {}
        for node in nodes:
            if not moving.isdisjoint(node.args):
                moving.add(node)
                for arg in node.args:
                    if arg not in moving and arg.args and arg not in edge:
                        edge[arg] = variable(f"{_KEPT} {len(edge)}", arg.shape, arg.kind)
        if not edge:
            return answers
        self._once = Plan(list(edge), dtype)
        self._kept = [node.values[0] for node in edge.values()]
        made = substitute(answers, edge)
        self._origins = {new: old for old, new in made.items()}
        return [made.get(answer, answer) for answer in answers]

    def results(self, values: Mapping[str, Value]) -> dict[int, Value]:
        """For each place the answers to all rows of its seed; none where there are no rows."""
        fixed = dict(values)
        if self._once is not None:
            fixed.update(zip(self._kept, self._once.run(values), strict=True))
        found: dict[int, Value] = {}
        for batch in range(self.batches):
            blocks = self._batch(batch, fixed)
            for place, seed, block in zip(self._places, self._of, blocks, strict=True):
                found[place] = seed.put(batch, block, found.get(place))
        return found

    def _batch(self, batch: int, fixed: Mapping[str, Value]) -> list[Value]:
        rows = dict(fixed)
        for seed in self._seeds:
            rows.update(seed.values(batch))
        try:
            return self._plan.run(rows)
        except EvaluationError as error:
            if isinstance(error.node, Node):
                error.node = self._origins.get(error.node, error.node)
            raise
