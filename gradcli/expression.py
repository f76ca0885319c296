"""The library's face: an expression, and what can be asked of it.

    text -> parse -> build (graph) -> derive (graph) -> Plan -> values

Each question walks that line once for names of given shapes; asked again with other
numbers, it only runs the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from gradcli.data.given import as_given
from gradcli.errors import CallProblem, GradientProblem, NameProblem, ShapeProblem, Source, Span
from gradcli.execute.plan import Plan
from gradcli.graph import derive
from gradcli.graph.node import Kind, Node, Shape, Unknown, constant, describe, ops, variable
from gradcli.language.build import Built, build
from gradcli.language.names import Given, listed, nearest
from gradcli.language.parser import parse
from gradcli.language.variables import free_names

Value = Any
Values = Mapping[str, Given]
Names = Sequence[str] | None

# How many numbers of the widest value a Jacobian's batch of seeds may hold at once.
_BATCH = 1 << 24


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
    built: Built
    nodes: list[Node]
    plan: Plan
    wrt: tuple[str, ...]


class Expression:
    """An expression of the language, ready to be evaluated and differentiated.

    Args:
        text: the expression.
        place: where the text came from, for its errors.

    Raises:
        SyntaxProblem: the text does not belong to the language.
        EmptyInputError: there is nothing in it.
    """

    def __init__(self, text: str, place: str = "") -> None:
        self.source = Source(text, place)
        self.tree = parse(self.source)
        self._ready: dict[Hashable, _Ready] = {}

    def __repr__(self) -> str:
        return f"Expression({self.source.text!r})"

    @property
    def variables(self) -> tuple[str, ...]:
        """The names that need a value, in order of appearance."""
        return free_names(self.tree)

    # For Python: values by name in, values out.

    def __call__(self, **values: Value) -> Value:
        """The value: a float or an array, or a tuple of them."""
        return self.value(_given(values)).result["value"]

    def grad(self, wrt: Names = None, **values: Value) -> dict[str, Value]:
        """The gradient of a scalar by each name, of the name's shape.

        Args:
            wrt: the names; all of them by default.
            **values: a number, a list or an array for every name.

        Raises:
            GradientProblem: the expression is no scalar.
        """
        found: dict[str, Value] = self.gradient(_given(values), wrt).result["grad"]
        return found

    def value_and_grad(self, wrt: Names = None, **values: Value) -> tuple[Value, dict[str, Value]]:
        """The value, and the gradient by each name."""
        result = self.gradient(_given(values), wrt).result
        return result["value"], result["grad"]

    def jacobian(self, wrt: Names = None, **values: Value) -> dict[str, Value]:
        """D output / d name, of shape ``output.shape + name.shape``; a tuple of them for several outputs."""
        found: dict[str, Value] = self.jacobians(_given(values), wrt).result["jacobian"]
        return found

    def hessian(self, wrt: Names = None, **values: Value) -> dict[str, dict[str, Value]]:
        """The second derivatives of a scalar: block ``[x][y]`` has shape ``x.shape + y.shape``."""
        found: dict[str, dict[str, Value]] = self.hessians(_given(values), wrt).result["hessian"]
        return found

    def vjp(self, cotangent: Value, wrt: Names = None, **values: Value) -> tuple[Value, dict[str, Value]]:
        """The value, and the cotangent of the output pulled back to each name.

        Args:
            cotangent: of the output's shape; a tuple of them for several outputs.
            wrt: the names; all of them by default.
            **values: a number, a list or an array for every name.
        """
        cotangents = cotangent if isinstance(cotangent, tuple) else (cotangent,)
        result = self.gradient(_given(values), wrt, [as_given("cotangent", one) for one in cotangents]).result
        return result["value"], result["grad"]

    def jvp(self, tangent: Mapping[str, Value], **values: Value) -> tuple[Value, Value]:
        """The value, and the change of the output along a tangent of some names."""
        result = self.pushed(_given(values), _given(tangent)).result
        return result["value"], result["jvp"]

    def hvp(self, tangent: Mapping[str, Value], **values: Value) -> tuple[Value, dict[str, Value]]:
        """The value, and the Hessian of a scalar times a vector, by name."""
        result = self.curved(_given(values), _given(tangent)).result
        return result["value"], result["hvp"]

    # For the commands: known names in, a whole answer out.

    def value(self, given: Values, dtype: str = "float64") -> Answer:
        """Answer ``{"value": v}``."""
        ready = self._prepared(("value", dtype), given, (), lambda built, wrt: [], dtype)
        found, values = _run(ready, given)
        return Answer(_values(ready, found), ready.built, ready.nodes, values)

    def gradient(
        self, given: Values, wrt: Names = None, cotangents: Sequence[Given] = (), dtype: str = "float64"
    ) -> Answer:
        """Answer ``{"value": v, "grad": {name: g}}``, the outputs weighted by the cotangents if given."""

        def make(built: Built, wrt: list[Node]) -> list[Node]:
            return _filled(derive.vjp(self.seeded(built, cotangents)[0], wrt, built.trail), wrt)

        vectors = _cotangent_inputs(cotangents)

        key = ("gradient", dtype, tuple([one.shape for one in cotangents]), bool(cotangents))
        ready = self._prepared(key, given, wrt, make, dtype)
        found, values = _run(ready, {**given, **vectors})
        result = _values(ready, found)
        result["grad"] = dict(zip(ready.wrt, found[len(ready.built.outputs) :], strict=True))
        return Answer(result, ready.built, ready.nodes, values)

    def jacobians(self, given: Values, wrt: Names = None, dtype: str = "float64") -> Answer:
        """Answer ``{"value": v, "jacobian": {name: J}}``."""
        built = self._built(given, wrt or ())
        matrices: list[dict[str, Value]] = []
        answer: Answer | None = None
        for place in range(len(built.outputs)):
            answer, columns = self._jacobian(given, wrt, place, dtype)
            matrices.append(columns)
        assert answer is not None
        names = list(matrices[0])
        if built.several:
            answer.result["jacobian"] = {name: tuple([one[name] for one in matrices]) for name in names}
        else:
            answer.result["jacobian"] = matrices[0]
        return answer

    def hessians(self, given: Values, wrt: Names = None, dtype: str = "float64") -> Answer:
        """Answer ``{"value": v, "hessian": {name: {name: H}}}``."""

        def make(built: Built, wrt: list[Node]) -> list[Node]:
            output = _scalar(built)
            return [block for row in derive.hessian(output, wrt, built.trail) for block in row]

        ready = self._prepared(("hessian", dtype), given, wrt, make, dtype)
        found, values = _run(ready, given)
        result = _values(ready, found)
        blocks = iter(found[len(ready.built.outputs) :])
        result["hessian"] = {x: {y: next(blocks) for y in ready.wrt} for x in ready.wrt}
        return Answer(result, ready.built, ready.nodes, values)

    def pushed(self, given: Values, tangents: Values, dtype: str = "float64") -> Answer:
        """Answer ``{"value": v, "jvp": d}``."""

        def make(built: Built, wrt: list[Node]) -> list[Node]:
            outputs = [_as_float(output) for output in built.outputs]
            found = derive.jvp(outputs, wrt, _tangents(wrt, tangents), built.trail)
            return _filled(found, outputs)

        key = ("jvp", dtype, tuple([one.shape for one in tangents.values()]))
        ready = self._prepared(key, given, tuple(tangents), make, dtype)
        found, values = _run(ready, {**given, **_tangent_inputs(tangents)})
        result = _values(ready, found)
        changes = tuple(found[len(ready.built.outputs) :])
        result["jvp"] = changes if ready.built.several else changes[0]
        return Answer(result, ready.built, ready.nodes, values)

    def curved(self, given: Values, tangents: Values, dtype: str = "float64") -> Answer:
        """Answer ``{"value": v, "hvp": {name: Hv}}``."""

        def make(built: Built, wrt: list[Node]) -> list[Node]:
            return _filled(derive.hvp(_scalar(built), wrt, _tangents(wrt, tangents), built.trail), wrt)

        key = ("hvp", dtype, tuple([one.shape for one in tangents.values()]))
        ready = self._prepared(key, given, tuple(tangents), make, dtype)
        found, values = _run(ready, {**given, **_tangent_inputs(tangents)})
        result = _values(ready, found)
        result["hvp"] = dict(zip(ready.wrt, found[len(ready.built.outputs) :], strict=True))
        return Answer(result, ready.built, ready.nodes, values)

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
        seeds = _seeds(built, cotangents) if cotangents else _unit_seed(built)
        return list(zip(map(_as_float, built.outputs), seeds, strict=True)), _cotangent_inputs(cotangents)

    # The line from the text to the plan.

    def _built(self, given: Values, wrt: Sequence[str], free: bool = False) -> Built:
        # A boolean array that is differentiated by counts as numbers.
        known = {
            name: one._replace(kind="float") if name in wrt and one.shape != () else one
            for name, one in given.items()
        }
        return build(self.tree, self.source, known, wrt, free=free)

    def _prepared(
        self,
        question: Hashable,
        given: Values,
        wrt: Names,
        make: Callable[[Built, list[Node]], Sequence[Node]],
        dtype: str,
    ) -> _Ready:
        shapes = tuple([(name, one.shape, one.kind) for name, one in given.items()])
        key = (question, shapes, None if wrt is None else tuple(wrt))
        ready = self._ready.get(key)
        if ready is None:
            built = self._built(given, wrt or ())
            names = self._differentiable(built, given) if wrt is None else tuple(wrt)
            nodes = [self._node(built, given, name) for name in names]
            run = [*built.outputs, *make(built, nodes)]
            ready = _Ready(built, run, Plan(run, dtype), names)
            if not built.sized:
                self._ready[key] = ready
        return ready

    def _differentiable(self, built: Built, given: Values) -> tuple[str, ...]:
        used = [name for name in built.names if name in built.used]
        return tuple([name for name in used if given[name].kind == "float" and name not in built.sized])

    def _node(self, built: Built, given: Values, name: str) -> Node:
        node = built.names.get(name)
        if node is None:
            if name not in given:
                near = listed(nearest(name, [*built.names, *given]))
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

    def _jacobian(self, given: Values, wrt: Names, place: int, dtype: str) -> tuple[Answer, dict[str, Value]]:
        """One output's Jacobians: the identity pulled back, as many rows at a time as memory likes."""
        shape: Shape = ()
        rows = 1

        def make(built: Built, wrt: list[Node]) -> list[Node]:
            output = _as_float(built.outputs[place])
            seed = constant(1.0) if output.shape == () else variable("seed", (rows, *output.shape))
            lead = () if output.shape == () else (rows,)
            return _filled(derive.vjp([(output, seed)], wrt, built.trail), wrt, lead)

        shape = self._built(given, wrt or ()).outputs[place].shape
        if any(isinstance(size, Unknown) for size in shape):
            known = self.value(given, dtype).result["value"]
            shape = (known[place] if isinstance(known, tuple) else known).shape
        total = _product(shape)
        widest = max([_product(one.shape) for one in given.values()], default=1)
        rows = max(1, min(total, _BATCH // max(total, widest, 1)))
        ready = self._prepared(("jacobian", dtype, place, rows), given, wrt, make, dtype)
        parts: list[list[Value]] = []
        for first in range(0, max(total, 1), rows):
            seed = {} if shape == () else {"seed": _identity_rows(first, rows, shape)}
            found, values = _run(ready, {**given, **seed})
            parts.append(found[len(ready.built.outputs) :])
        columns = {}
        for name, blocks in zip(ready.wrt, zip(*parts, strict=True), strict=True):
            columns[name] = blocks[0] if shape == () else _stacked(blocks, total, shape)
        return Answer(_values(ready, found), ready.built, ready.nodes, values), columns


def _given(values: Mapping[str, Value]) -> dict[str, Given]:
    return {name: as_given(name, value) for name, value in values.items()}


def _run(ready: _Ready, given: Values) -> tuple[list[Value], dict[str, Value]]:
    values = {name: one.value for name, one in given.items()}
    return ready.plan.run(values), values


def _values(ready: _Ready, found: list[Value]) -> dict[str, Any]:
    outputs = tuple(found[: len(ready.built.outputs)])
    if ready.built.several:
        return {"value": outputs, "outputs": len(outputs)}
    return {"value": outputs[0]}


def _as_float(node: Node) -> Node:
    return ops.number(node) if node.kind == "bool" else node


def _filled(found: Sequence[Node | None], like: Sequence[Node], lead: Shape = ()) -> list[Node]:
    """Derivatives with zeros where there is no path."""
    return [_zeros(x, lead) if one is None else one for one, x in zip(found, like, strict=True)]


def _zeros(node: Node, lead: Shape) -> Node:
    shape = lead + node.shape
    if any(isinstance(size, Unknown) for size in shape):
        return ops.zeros_like(node)
    return ops.zeros(shape=shape) if shape else constant(0.0)


def _span(built: Built, place: int = 0) -> Span | None:
    return built.spans.get(built.outputs[place])


def _scalar(built: Built) -> Node:
    if len(built.outputs) != 1 or built.outputs[0].shape != ():
        shapes = listed([describe(output.shape) for output in built.outputs], "and")
        raise GradientProblem(
            f"the Hessian is that of a scalar: the output is {shapes}",
            hint="reduce it with sum() or mean(), or take its jacobian",
            span=_span(built),
            source=built.source,
        )
    return _as_float(built.outputs[0])


def _unit_seed(built: Built) -> list[Node]:
    if len(built.outputs) > 1:
        raise GradientProblem(
            f"grad can be implicitly created only for scalar outputs: there are {len(built.outputs)} outputs",
            hint="pass a vector for each, --vector 0=... --vector 1=..., or add them up",
            source=built.source,
        )
    shape = built.outputs[0].shape
    if any(size != 1 for size in shape):
        raise GradientProblem(
            f"grad can be implicitly created only for scalar outputs: the output is {describe(shape)}",
            hint="pass --vector, or reduce it with sum() or mean()",
            span=_span(built),
            source=built.source,
        )
    return [ops.ones(shape=shape) if shape else constant(1.0)]


def _seeds(built: Built, cotangents: Sequence[Given]) -> list[Node]:
    if len(cotangents) != len(built.outputs):
        raise CallProblem(
            f"got {len(built.outputs)} outputs and {len(cotangents)} vectors: each output needs one",
            source=built.source,
        )
    seeds = []
    for place, (output, one) in enumerate(zip(built.outputs, cotangents, strict=True)):
        if one.shape != output.shape and all(isinstance(size, int) for size in output.shape):
            raise ShapeProblem(
                f"the vector is {describe(one.shape)} and the output {describe(output.shape)}: "
                "they must have one shape",
                span=_span(built, place),
                source=built.source,
            )
        seeds.append(variable(f"cotangent {place}", one.shape))
    return seeds


def _cotangent_inputs(cotangents: Sequence[Given]) -> dict[str, Given]:
    return {f"cotangent {place}": one for place, one in enumerate(cotangents)}


def _tangent_inputs(tangents: Values) -> dict[str, Given]:
    return {f"tangent {name}": one for name, one in tangents.items()}


def _tangents(wrt: Sequence[Node], tangents: Values) -> list[Node]:
    nodes = []
    for node, (name, one) in zip(wrt, tangents.items(), strict=True):
        if one.shape != node.shape:
            raise ShapeProblem(
                f"the tangent of {name} is {describe(one.shape)} and {name} is {describe(node.shape)}: "
                "they must have one shape"
            )
        nodes.append(variable(f"tangent {name}", one.shape))
    return nodes


def _product(shape: Shape) -> int:
    total = 1
    for size in shape:
        total *= size.at_most if isinstance(size, Unknown) else size
    return total


def _identity_rows(first: int, rows: int, shape: Shape) -> Given:
    import numpy

    total = _product(shape)
    seed = numpy.eye(rows, total, first).reshape(rows, *shape)
    kind: Kind = "float"
    return Given(seed.shape, kind, seed)


def _stacked(blocks: Sequence[Value], total: int, shape: Shape) -> Value:
    import numpy

    whole = blocks[0] if len(blocks) == 1 else numpy.concatenate(blocks)
    return whole[:total].reshape(*shape, *whole.shape[1:])
