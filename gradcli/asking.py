"""The line from a text to values, walked once for names of given shapes.

    text -> parse -> build (graph) -> derive (graph) -> Plan -> values

Graphs and plans are kept: asked again with other numbers, a question only runs its plan.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli import seeds
from gradcli.errors import EvaluationError, GradientProblem, NameProblem, Source
from gradcli.execute.memory.sizes import written
from gradcli.execute.plan import Plan
from gradcli.graph.node import Node, variable
from gradcli.language.build import Built, build
from gradcli.language.draws import checked
from gradcli.language.names import Given, listed, nearest
from gradcli.language.parser import parse

if TYPE_CHECKING:
    from gradcli.matrices.choice import Matrices

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
        remarks: what was chosen on the way, a sentence each, for those who ask.
    """

    result: dict[str, Any]
    built: Built
    nodes: list[Node]
    values: dict[str, Value]
    remarks: list[str]


class Ready(NamedTuple):
    """A question about names of given shapes, ready to be asked about their values.

    Attributes:
        built: the graph of the text.
        names: those to differentiate by.
        nodes: what runs, the outputs first.
        plan: and how.
    """

    built: Built
    names: tuple[str, ...]
    nodes: list[Node]
    plan: Plan


class Line:
    """One text, and the way from it to values.

    Args:
        text: the expression.
        place: the file that the text came from, for its errors.
        line: the number of its first line there.
        seed: what its random numbers are drawn from.
        stable: compute what overflows only because of how it is written in another way.

    Raises:
        CallProblem: the seed is no whole number, or a negative one.
        SyntaxProblem: the text does not belong to the language.
        EmptyInputError: there is nothing in it.
    """

    def __init__(
        self, text: str, place: str = "", line: int = 0, *, seed: int = 0, stable: bool = True
    ) -> None:
        self.source = Source(text, place, line)
        self.stable = stable
        self.seed = checked(seed)
        self.tree = parse(self.source)
        self._graphs: dict[Hashable, Built] = {}
        self._plans: dict[Hashable, tuple[list[Node], Plan]] = {}
        self._matrices: dict[Hashable, Matrices] = {}

    def asked(
        self,
        question: tuple[Hashable, ...],
        given: Values,
        wrt: Names,
        dtype: str,
        make: Callable[[Built, list[Node]], Sequence[Node]],
        extra: Values = _NOTHING,
    ) -> tuple[Answer, tuple[str, ...], list[Value]]:
        """Run the outputs and what ``make`` derives of them: the answer, the names, the derivatives."""
        built, names, nodes, plan = self.ready(question, given, wrt, dtype, make)
        values = {name: one.value for name, one in (*given.items(), *extra.items())}
        with _about(built):
            found = plan.run(values)
        outputs = tuple(found[: len(built.outputs)])
        result: dict[str, Any] = {"value": outputs[0]}
        if built.several:
            result = {"value": outputs, "outputs": len(outputs)}
        remarks = list(dict.fromkeys([one.said for one in built.rewrites]))
        if not plan.small:
            remarks.append(f"it holds at most {written(plan.peak.size)} beside its inputs")
        return Answer(result, built, list(nodes), values, remarks), names, found[len(outputs) :]

    def ready(
        self,
        question: tuple[Hashable, ...],
        given: Values,
        wrt: Names,
        dtype: str,
        make: Callable[[Built, list[Node]], Sequence[Node]],
    ) -> Ready:
        """The outputs and what ``make`` derives of them, ready to run."""
        built = self.built(given, wrt)
        names = self.names(built, given, wrt)
        key = (question, dtype, _key(given, wrt))
        ready = self._plans.get(key)
        if ready is None:
            by = {name: self.node(built, given, name) for name in names}
            if question != ("value",):
                seeds.differentiable(built, by)
            wanted = [*built.outputs, *make(built, list(by.values()))]
            with _about(built):
                ready = wanted, Plan(wanted, dtype)
            # A graph whose sizes come from values serves these alone.
            if not built.sized:
                self._plans[key] = ready
        return Ready(built, names, *ready)

    def matrices(
        self,
        question: tuple[Hashable, ...],
        built: Built,
        given: Values,
        wrt: Names,
        dtype: str,
        targets: Callable[[list[Node]], Sequence[Node]],
        *,
        sparse: bool,
        symmetric: bool = False,
    ) -> tuple[Matrices, list[dict[str, Value]]]:
        """For each of some nodes its Jacobian by each name, and what ran it."""
        names = self.names(built, given, wrt)
        values = {name: one.value for name, one in given.items()}
        key = (question, sparse, dtype, _key(given, wrt))
        ready = self._matrices.get(key)
        if ready is None:
            from gradcli.matrices.choice import Matrices  # only some questions are about matrices

            by = {name: self.node(built, given, name) for name in names}
            seeds.differentiable(built, by)
            nodes = list(by.values())
            with _about(built):
                ready = Matrices(
                    targets(nodes), nodes, values, dtype, built.trail, sparse=sparse, symmetric=symmetric
                )
            if ready.lasting and not built.sized:
                self._matrices[key] = ready
        with _about(built):
            return ready, [dict(zip(names, row, strict=True)) for row in ready.run(values)]

    def built(self, given: Values, wrt: Names, free: bool = False) -> Built:
        """The graph of the text, one for all values of the same shapes."""
        key = (_key(given, wrt), free)
        built = self._graphs.get(key)
        if built is None:
            names = _listed(wrt or ())
            # A boolean array that is differentiated by counts as numbers.
            known = {
                name: one._replace(kind="float") if name in names and one.shape != () else one
                for name, one in given.items()
            }
            built = build(self.tree, self.source, known, names, free=free, seed=self.seed, stable=self.stable)
            if not built.sized:
                self._graphs[key] = built
        return built

    def names(self, built: Built, given: Values, wrt: Names) -> tuple[str, ...]:
        """The names to differentiate by: by default all that were used, and can be."""
        if wrt is not None:
            return _listed(wrt)
        used = [name for name in built.names if name in built.used]
        return tuple([name for name in used if given[name].kind == "float" and name not in built.sized])

    def movable(self, given: Values) -> tuple[str, ...]:
        """The names that a question is about unless it says otherwise."""
        return self.names(self.built(given, None), given, None)

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


@contextmanager
def _about(built: Built) -> Iterator[None]:
    """What is raised while a graph is planned or run knows which."""
    try:
        yield
    except EvaluationError as error:
        error.built = built
        raise


def _listed(wrt: str | Sequence[str]) -> tuple[str, ...]:
    return (wrt,) if isinstance(wrt, str) else tuple(wrt)


def _key(given: Values, wrt: Names) -> Hashable:
    shapes = tuple([(name, one.shape, one.kind) for name, one in given.items()])
    return shapes, None if wrt is None else _listed(wrt)
