"""Questions about a text, and their answers: the whole pipeline in one place.

    text -> parse -> build (graph) -> derive (graph) -> Plan -> values

Each question walks that line once for names of given shapes; asked again with other
numbers, it only runs the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from gradcli import seeds
from gradcli.errors import GradientProblem, NameProblem, Source
from gradcli.execute.plan import Plan
from gradcli.graph import derive
from gradcli.graph.node import Node, constant, ops, variable
from gradcli.graph.shapes import Shape, Unknown
from gradcli.language.build import Built, build
from gradcli.language.names import Given, listed, nearest
from gradcli.language.parser import parse

Value = Any
Values = Mapping[str, Given]
Names = Sequence[str] | None

# How many numbers of the widest value a Jacobian's batch of seeds may hold at once.
_BATCH = 1 << 24

_NOTHING: Values = {}


class Answer(NamedTuple):
    """What a question found, and the graph it was found with.

    Attributes:
        result: ``{"value": v, "grad": {"x": g}}``, the form that every output takes.
        built: the graph of the text.
        nodes: the nodes that were run, the outputs first.
        values: the inputs they were run with.
    """

    result: dict[str, Any]
    built: Built
    nodes: list[Node]
    values: dict[str, Value]


class _Ready(NamedTuple):
    nodes: list[Node]
    plan: Plan
    wrt: tuple[str, ...]


class Answers:
    """One text, ready to be asked.

    Args:
        text: the expression.
        place: the file that the text came from, for its errors.
        line: the number of its first line there.

    Raises:
        SyntaxProblem: the text does not belong to the language.
        EmptyInputError: there is nothing in it.
    """

    def __init__(self, text: str, place: str = "", line: int = 0) -> None:
        self.source = Source(text, place, line)
        self.tree = parse(self.source)
        self._graphs: dict[Hashable, Built] = {}
        self._ready: dict[Hashable, _Ready] = {}

    def value(self, given: Values, dtype: str = "float64") -> Answer:
        """Answer ``{"value": v}``."""
        return self._asked(("value",), given, (), dtype, lambda built, wrt: [])[0]

    def gradient(
        self, given: Values, wrt: Names = None, cotangents: Sequence[Given] = (), dtype: str = "float64"
    ) -> Answer:
        """Answer ``{"value": v, "grad": {name: g}}``, the outputs weighted by the cotangents if given."""

        def make(built: Built, wrt: list[Node]) -> list[Node]:
            return _filled(derive.vjp(self.seeded(built, cotangents)[0], wrt, built.trail), wrt)

        question = ("gradient", *[one.shape for one in cotangents])
        vectors = seeds.cotangent_inputs(cotangents)
        answer, names, found = self._asked(question, given, wrt, dtype, make, vectors)
        answer.result["grad"] = dict(zip(names, found, strict=True))
        return answer

    def jacobians(self, given: Values, wrt: Names = None, dtype: str = "float64") -> Answer:
        """Answer ``{"value": v, "jacobian": {name: J}}``."""
        built = self._built(given, wrt or ())
        answers, matrices = [], []
        for place in range(len(built.outputs)):
            answer, columns = self._jacobian(built, given, wrt, dtype, place)
            answers.append(answer)
            matrices.append(columns)
        whole = {name: tuple([one[name] for one in matrices]) for name in matrices[0]}
        answers[0].result["jacobian"] = whole if built.several else matrices[0]
        return answers[0]

    def hessians(self, given: Values, wrt: Names = None, dtype: str = "float64") -> Answer:
        """Answer ``{"value": v, "hessian": {name: {name: H}}}``."""

        def make(built: Built, wrt: list[Node]) -> list[Node]:
            rows = derive.hessian(seeds.scalar(built), wrt, built.trail)
            return [block for row in rows for block in row]

        answer, names, found = self._asked(("hessian",), given, wrt, dtype, make)
        blocks = iter(found)
        answer.result["hessian"] = {x: {y: next(blocks) for y in names} for x in names}
        return answer

    def pushed(self, given: Values, tangents: Values, dtype: str = "float64") -> Answer:
        """Answer ``{"value": v, "jvp": d}``: the change of the outputs along a tangent of some names."""

        def make(built: Built, wrt: list[Node]) -> list[Node]:
            outputs = [seeds.as_float(output) for output in built.outputs]
            found = derive.jvp(outputs, wrt, seeds.tangents_of(wrt, tangents), built.trail)
            return _filled(found, outputs)

        question = ("jvp", *[one.shape for one in tangents.values()])
        vectors = seeds.tangent_inputs(tangents)
        answer, _, found = self._asked(question, given, tuple(tangents), dtype, make, vectors)
        answer.result["jvp"] = tuple(found) if answer.built.several else found[0]
        return answer

    def curved(self, given: Values, tangents: Values, dtype: str = "float64") -> Answer:
        """Answer ``{"value": v, "hvp": {name: Hv}}``: the Hessian of a scalar times a tangent."""

        def make(built: Built, wrt: list[Node]) -> list[Node]:
            output = seeds.scalar(built)
            return _filled(derive.hvp(output, wrt, seeds.tangents_of(wrt, tangents), built.trail), wrt)

        question = ("hvp", *[one.shape for one in tangents.values()])
        vectors = seeds.tangent_inputs(tangents)
        answer, names, found = self._asked(question, given, tuple(tangents), dtype, make, vectors)
        answer.result["hvp"] = dict(zip(names, found, strict=True))
        return answer

    def graph(self, given: Values, wrt: Names = None) -> tuple[Built, dict[str, Node]]:
        """The graph, and for each name of ``wrt`` its node; names without a value are scalars."""
        built = self._built(given, wrt or (), free=True)
        return built, {name: self._node(built, given, name) for name in wrt or ()}

    def seeded(
        self, built: Built, cotangents: Sequence[Given] = ()
    ) -> tuple[list[tuple[Node, Node]], dict[str, Given]]:
        """Each output with its cotangent, and the inputs that the cotangents bring along.

        Raises:
            GradientProblem: no cotangent is given, and the output is no scalar.
        """
        starts = seeds.cotangents_of(built, cotangents) if cotangents else seeds.unit(built)
        outputs = map(seeds.as_float, built.outputs)
        return list(zip(outputs, starts, strict=True)), seeds.cotangent_inputs(cotangents)

    # The line from the text to the values.

    def _asked(
        self,
        question: tuple[Hashable, ...],
        given: Values,
        wrt: Names,
        dtype: str,
        make: Callable[[Built, list[Node]], Sequence[Node]],
        extra: Values = _NOTHING,
    ) -> tuple[Answer, tuple[str, ...], list[Value]]:
        """Run the outputs and what ``make`` derives of them: the answer, the names, the derivatives."""
        built = self._built(given, wrt or ())
        key = (question, dtype, _key(given, wrt))
        ready = self._ready.get(key)
        if ready is None:
            names = self._differentiable(built, given) if wrt is None else tuple(wrt)
            nodes = [self._node(built, given, name) for name in names]
            run = [*built.outputs, *make(built, nodes)]
            ready = _Ready(run, Plan(run, dtype), names)
            if not built.sized:
                self._ready[key] = ready
        values = {name: one.value for name, one in (*given.items(), *extra.items())}
        found = ready.plan.run(values)
        outputs = tuple(found[: len(built.outputs)])
        result: dict[str, Any] = {"value": outputs[0]}
        if built.several:
            result = {"value": outputs, "outputs": len(outputs)}
        return Answer(result, built, ready.nodes, values), ready.wrt, found[len(outputs) :]

    def _built(self, given: Values, wrt: Sequence[str], free: bool = False) -> Built:
        key = (_key(given, wrt), free)
        built = self._graphs.get(key)
        if built is None:
            # A boolean array that is differentiated by counts as numbers.
            known = {
                name: one._replace(kind="float") if name in wrt and one.shape != () else one
                for name, one in given.items()
            }
            built = build(self.tree, self.source, known, wrt, free=free)
            # A graph whose sizes come from values serves these values alone.
            if not built.sized:
                self._graphs[key] = built
        return built

    def _differentiable(self, built: Built, given: Values) -> tuple[str, ...]:
        used = [name for name in built.names if name in built.used]
        return tuple([name for name in used if given[name].kind == "float" and name not in built.sized])

    def _node(self, built: Built, given: Values, name: str) -> Node:
        node = built.names.get(name)
        if node is None:
            if name not in given:
                near = listed(nearest(name, {**built.names, **given}))
                raise NameProblem(
                    f"there is no name {name} to differentiate by",
                    hint=f"did you mean {near}?" if near else "name one that the expression uses",
                    source=self.source,
                )
            node = variable(name, given[name].shape)
        if node.kind == "bool":
            raise GradientProblem(
                f"{name} is true or false: there is no derivative by it", source=self.source
            )
        return node

    def _jacobian(
        self, built: Built, given: Values, wrt: Names, dtype: str, place: int
    ) -> tuple[Answer, dict[str, Value]]:
        """One output's Jacobians: the identity pulled back, as many rows at a time as memory likes."""
        shape = built.outputs[place].shape
        if any(isinstance(size, Unknown) for size in shape):
            known = self.value(given, dtype).result["value"]
            shape = (known[place] if isinstance(known, tuple) else known).shape
        total = seeds.count(shape)
        widest = max([total, *[seeds.count(one.shape) for one in given.values()]])
        rows = max(1, min(total, _BATCH // max(widest, 1)))

        def make(built: Built, wrt: list[Node]) -> list[Node]:
            output = seeds.as_float(built.outputs[place])
            lead = (rows,) if output.shape else ()
            seed = variable(seeds.ROWS, (*lead, *output.shape)) if output.shape else constant(1.0)
            return _filled(derive.vjp([(output, seed)], wrt, built.trail), wrt, lead)

        parts: list[list[Value]] = []
        for first in range(0, max(total, 1), rows):
            seed = {seeds.ROWS: seeds.identity_rows(first, rows, shape)} if shape else {}
            question = ("jacobian", place, rows)
            answer, names, found = self._asked(question, given, wrt, dtype, make, seed)
            parts.append(found)
        blocks = zip(names, zip(*parts, strict=True), strict=True)
        return answer, {name: _joined(part, total, shape) if shape else part[0] for name, part in blocks}


def _key(given: Values, wrt: Names) -> Hashable:
    shapes = tuple([(name, one.shape, one.kind) for name, one in given.items()])
    return shapes, None if wrt is None else tuple(wrt)


def _filled(found: Sequence[Node | None], like: Sequence[Node], lead: Shape = ()) -> list[Node]:
    """Derivatives with zeros where there is no path."""
    return [_zeros(x, lead) if one is None else one for one, x in zip(found, like, strict=True)]


def _zeros(node: Node, lead: Shape) -> Node:
    shape = lead + node.shape
    if any(isinstance(size, Unknown) for size in shape):
        return ops.zeros_like(node)
    return ops.zeros(shape=shape) if shape else constant(0.0)


def _joined(blocks: Sequence[Value], total: int, shape: Shape) -> Value:
    import numpy

    whole = blocks[0] if len(blocks) == 1 else numpy.concatenate(blocks)
    return whole[:total].reshape(*shape, *whole.shape[1:])
