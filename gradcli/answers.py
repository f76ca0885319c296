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
from gradcli.graph.shapes import Shape, is_known
from gradcli.language.build import Built, build
from gradcli.language.draws import checked
from gradcli.language.names import Given, listed, nearest
from gradcli.language.parser import parse
from gradcli.rows import Rows

Value = Any
Values = Mapping[str, Given]
Names = str | Sequence[str] | None

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


class Answers:
    """One text, ready to be asked.

    Args:
        text: the expression.
        place: the file that the text came from, for its errors.
        line: the number of its first line there.
        seed: what its random numbers are drawn from.

    Raises:
        CallProblem: the seed is no whole number, or a negative one.
        SyntaxProblem: the text does not belong to the language.
        EmptyInputError: there is nothing in it.
    """

    def __init__(self, text: str, place: str = "", line: int = 0, *, seed: int = 0) -> None:
        self.source = Source(text, place, line)
        self.seed = checked(seed)
        self.tree = parse(self.source)
        self._graphs: dict[Hashable, Built] = {}
        self._plans: dict[Hashable, tuple[list[Node], Plan]] = {}
        self._rows_ready: dict[Hashable, Rows] = {}

    def value(self, given: Values, dtype: str = "float64") -> Answer:
        """Answer ``{"value": v}``."""
        return self._asked(("value",), given, (), dtype, _underived)[0]

    def gradient(
        self, given: Values, wrt: Names = None, cotangents: Sequence[Given] = (), dtype: str = "float64"
    ) -> Answer:
        """Answer ``{"value": v, "grad": {name: g}}``, the outputs weighted by the cotangents if given."""

        def make(built: Built, wrt: list[Node]) -> list[Node]:
            return _filled(derive.vjp(seeds.started(built, cotangents), wrt, built.trail), wrt)

        question = ("gradient", *[one.shape for one in cotangents])
        vectors = seeds.cotangent_inputs(cotangents)
        answer, names, found = self._asked(question, given, wrt, dtype, make, vectors)
        answer.result["grad"] = dict(zip(names, found, strict=True))
        return answer

    def jacobians(self, given: Values, wrt: Names = None, dtype: str = "float64") -> Answer:
        """Answer ``{"value": v, "jacobian": {name: J}}``, a tuple of matrices for several outputs."""
        built = self._built(given, wrt)
        answer, _, _ = self._asked(("value",), given, wrt, dtype, _underived)
        matrices = []
        for place in range(len(built.outputs)):

            def output(_: list[Node], place: int = place) -> Node:
                return seeds.as_float(built.outputs[place])

            probe, found = self._rows(("jacobian", place), built, given, wrt, dtype, output)
            answer.nodes.extend(probe)
            matrices.append(found)
        several = {name: tuple([one[name] for one in matrices]) for name in matrices[0]}
        answer.result["jacobian"] = several if built.several else matrices[0]
        return answer

    def hessians(self, given: Values, wrt: Names = None, dtype: str = "float64") -> Answer:
        """Answer ``{"value": v, "hessian": {name: {name: H}}}``: the Jacobians of the gradient."""
        built = self._built(given, wrt)
        output = seeds.scalar(built)
        answer, _, _ = self._asked(("value",), given, wrt, dtype, _underived)
        answer.result["hessian"] = {}
        firsts: list[Node] = []
        for place, name in enumerate(self._names(built, given, wrt)):

            def slope(nodes: list[Node], place: int = place) -> Node:
                if not firsts:
                    firsts.extend(_filled(derive.gradient(output, nodes, built.trail), nodes))
                return firsts[place]

            probe, found = self._rows(("hessian", place), built, given, wrt, dtype, slope)
            answer.nodes.extend(probe)
            answer.result["hessian"][name] = found
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

    def graph(self, given: Values, wrt: Names = None) -> Built:
        """The graph alone; a name without a value is a scalar."""
        return self._built(given, wrt, free=True)

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
        built = self._built(given, wrt)
        names = self._names(built, given, wrt)
        key = (question, dtype, _key(given, wrt))
        ready = self._plans.get(key)
        if ready is None:
            wanted = make(built, [self.node(built, given, name) for name in names])
            ready = [*built.outputs, *wanted], Plan([*built.outputs, *wanted], dtype)
            # A graph whose sizes come from values serves these alone.
            if not built.sized:
                self._plans[key] = ready
        nodes, plan = ready
        values = {name: one.value for name, one in (*given.items(), *extra.items())}
        found = plan.run(values)
        outputs = tuple(found[: len(built.outputs)])
        result: dict[str, Any] = {"value": outputs[0]}
        if built.several:
            result = {"value": outputs, "outputs": len(outputs)}
        return Answer(result, built, list(nodes), values), names, found[len(outputs) :]

    def _rows(
        self,
        question: tuple[Hashable, ...],
        built: Built,
        given: Values,
        wrt: Names,
        dtype: str,
        target: Callable[[list[Node]], Node],
    ) -> tuple[list[Node], dict[str, Value]]:
        """The Jacobian of a node by each name, and the nodes to look at for a nan in it."""
        names = self._names(built, given, wrt)
        values = {name: one.value for name, one in given.items()}
        key = (question, dtype, _key(given, wrt))
        rows = self._rows_ready.get(key)
        if rows is None:
            nodes = [self.node(built, given, name) for name in names]
            rows = Rows(target(nodes), nodes, values, dtype, built.trail)
            if rows.lasting and not built.sized:
                self._rows_ready[key] = rows
        return rows.probe, dict(zip(names, rows.run(values), strict=True))

    def _built(self, given: Values, wrt: Names, free: bool = False) -> Built:
        key = (_key(given, wrt), free)
        built = self._graphs.get(key)
        if built is None:
            names = _listed(wrt or ())
            # A boolean array that is differentiated by counts as numbers.
            known = {
                name: one._replace(kind="float") if name in names and one.shape != () else one
                for name, one in given.items()
            }
            built = build(self.tree, self.source, known, names, free=free, seed=self.seed)
            if not built.sized:
                self._graphs[key] = built
        return built

    def _names(self, built: Built, given: Values, wrt: Names) -> tuple[str, ...]:
        """The names to differentiate by: by default all that were used, and can be."""
        if wrt is not None:
            return _listed(wrt)
        used = [name for name in built.names if name in built.used]
        return tuple([name for name in used if given[name].kind == "float" and name not in built.sized])

    def node(self, built: Built, given: Values, name: str) -> Node:
        """The node of a name to differentiate by.

        Raises:
            NameProblem: there is no such name.
            GradientProblem: it is true or false.
        """
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


def _underived(built: Built, wrt: list[Node]) -> list[Node]:
    """For a question about the value alone."""
    return []


def _listed(wrt: str | Sequence[str]) -> tuple[str, ...]:
    return (wrt,) if isinstance(wrt, str) else tuple(wrt)


def _key(given: Values, wrt: Names) -> Hashable:
    shapes = tuple([(name, one.shape, one.kind) for name, one in given.items()])
    return shapes, None if wrt is None else _listed(wrt)


def _filled(found: Sequence[Node | None], like: Sequence[Node]) -> list[Node]:
    """Derivatives with zeros where there is no path."""
    return [_zeros(x) if one is None else one for one, x in zip(found, like, strict=True)]


def _zeros(x: Node) -> Node:
    shape: Shape = x.shape
    if not is_known(shape):
        return ops.zeros_like(ops.detach(x))
    return ops.zeros(shape=shape) if shape else constant(0.0)
