"""The walk of an expression: its arrays are nodes of a graph, each with its place in the text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from gradcli.errors import EvaluationError, GradientProblem, NameProblem, ShapeProblem, Source, Span
from gradcli.graph.node import CONSTANT, INPUT, Kind, Node, Operation, constant, ops, reachable, variable
from gradcli.graph.operations.compose import Composite
from gradcli.graph.operations.indexing import subscript
from gradcli.graph.shapes import describe, elements
from gradcli.graph.stable import Stable
from gradcli.graph.substitute import substitute
from gradcli.graph.trail import Trail
from gradcli.language.context import Context
from gradcli.language.draws import Draws
from gradcli.language.lists import row_of_constants, stacked
from gradcli.language.meaning import Function, Group, Listing, Meaning, Scope, span_of
from gradcli.language.names import Given
from gradcli.language.tree import Tree

# An array's bytes must be countable in 63 bits.
_MOST_ELEMENTS = 1 << 59


class Call(NamedTuple):
    """A call of a composed function that has one backward node in PyTorch."""

    record: Composite
    arguments: tuple[Node | None, ...]
    parameters: dict[str, Any]
    results: tuple[Node, ...]

    def where(self, new: Mapping[Node, Node]) -> Call:
        """The same call with other nodes in the places of some."""
        arguments = [None if one is None else new.get(one, one) for one in self.arguments]
        results = [new.get(one, one) for one in self.results]
        return self._replace(arguments=tuple(arguments), results=tuple(results))


class GraphContext(Context[Node]):
    """One build of one text.

    Args:
        source: the text, for the errors.
        given: what is known of each name.
        wrt: the names that will be differentiated by: no size may depend on them.
        free: a name without a value is a scalar input, instead of an error.
        differentiated: the names that the text itself differentiates by; ``None`` if it takes no derivative.
        stable: whether what overflows only because of how it is written is computed in another way.
        draws: gives the seeds of its calls of random numbers.

    Attributes:
        inputs: the node of every given name that was used.
        spans: where in the text a node comes from.
        trail: which node a derivative node comes from.
        sized: nodes whose values decided a size, an axis or a slice.
        varied: nodes that will be differentiated by, with their names.
        kept: the nodes of assigned names that are differentiated by, there or here: they are free.
        arithmetic: scalar nodes that are made of numbers alone.
        bound: the free variables that stand for a function's arguments while its body is differentiated.
        calls: the calls that are one node in PyTorch's backward graph, and several here.
    """

    def __init__(
        self,
        source: Source,
        given: Mapping[str, Given],
        wrt: Collection[str],
        free: bool,
        differentiated: Collection[str] | None,
        stable: bool,
        draws: Draws,
    ) -> None:
        super().__init__(source, given, free)
        self.wrt = wrt
        self.differentiates = differentiated is not None
        self.free_names = {*wrt, *(differentiated or ())}
        self._draws = draws
        self.inputs: dict[str, Node] = {}
        self.spans: dict[Node, Span] = {}
        self.trail = Trail()
        self.sized: set[Node] = set()
        self.varied: dict[Node, str] = {}
        self.kept: set[Node] = set()
        self.arithmetic: set[Node] = set()
        self.bound: dict[Node, Node] = {}
        self.calls: list[Call] = []
        self.stable = Stable(self.kept) if stable else None

    def input(self, name: str, tree: Tree) -> Node:
        """The node of a given name, one for all its uses."""
        if name not in self.inputs:
            known = self.given.get(name)
            kind: Kind = "float" if known is None else known.kind
            self.inputs[name] = self.at(tree, variable(name, () if known is None else known.shape, kind))
            if name in self.wrt:
                self.varied[self.inputs[name]] = name
        return self.inputs[name]

    @property
    def sized_names(self) -> set[str]:
        """The given names among what decided a size."""
        return {node.values[0] for node in self.sized if node.op is INPUT}

    def at(self, tree: Tree, array: Node) -> Node:
        """Note where a node comes from."""
        self.spans.setdefault(array, span_of(tree))
        return array

    def apply(self, record: Operation, arguments: list[Node], parameters: dict[str, Any], tree: Tree) -> Node:
        """Apply an operation.

        Raises:
            ExpressionError: shapes or parameters do not fit, under the text.
        """
        self._draws.hand_out(record, parameters)
        node: Node = self.guard(tree, record.__call__, *arguments, operands=arguments, **parameters)
        known = [one.op is CONSTANT or one in self.arithmetic for one in arguments]
        if node.shape == () and known and all(known):
            self.arithmetic.add(node)
        return self._made(tree, node)

    def compose(
        self, record: Composite, arguments: list[Node | None], parameters: dict[str, Any], tree: Tree
    ) -> Meaning:
        """Build what a composed function stands for: a tuple where it has several results.

        Raises:
            ExpressionError: shapes or parameters do not fit, under the text.
        """
        self._draws.hand_out(record, parameters)
        operands = [argument for argument in arguments if argument is not None]
        found: Node | tuple[Node, ...] = self.guard(
            tree, record.__call__, *arguments, operands=operands, **parameters
        )
        results = found if isinstance(found, tuple) else (found,)
        if record.torch:
            self.calls.append(Call(record, tuple(arguments), parameters, results))
        for node in results:
            self._note_inner(tree, node, operands)
            self._made(tree, node)
        return Group(results, span_of(tree)) if isinstance(found, tuple) else found

    def _made(self, tree: Tree, node: Node) -> Node:
        if node.shape and elements(node.shape) > _MOST_ELEMENTS:
            raise ShapeProblem("this array has more elements than a memory can hold", span=span_of(tree))
        return self.at(tree, node)

    def _note_inner(self, tree: Tree, node: Node, arguments: list[Node]) -> None:
        """What a composed function made between its arguments and its result comes from its call."""
        newest = max([argument.number for argument in arguments], default=-1)
        stack = [node]
        while stack:
            one = stack.pop()
            if one.number > newest and one not in self.spans:
                self.spans[one] = span_of(tree)
                stack.extend(one.args)

    def provenance(self, operands: Sequence[Node]) -> tuple[str, ...]:
        """The text of each operand with its shape, and with the value that it was given."""
        parts = []
        for node in operands:
            span = self.spans.get(node)
            if span is None or node.op is CONSTANT:
                continue
            text = self.source.part(span)
            origin = ""
            if node.op is INPUT:
                text = node.values[0]
                known = self.given.get(text)
                origin = f", given by {known.origin}" if known and known.origin else ""
            parts.append(f"{text} is {describe(node.shape)}{origin}")
        return ("; ".join(dict.fromkeys(parts)),) if parts else ()

    def subscript(self, x: Node, items: list[tuple[Any, ...]], arrays: list[Node], tree: Tree) -> Node:
        """Pick from an array."""
        return self.at(tree, self.guard(tree, subscript, x, items, arrays, operands=[x]))

    def stacked(self, listing: Listing) -> Node:
        """A list as one array; one of numbers is a constant."""
        return stacked(listing, self.array, self._row)

    def _row(self, listing: Listing, items: list[Node]) -> Node:
        row = constant((), (0,)) if not items else row_of_constants(items) or ops.stack(*items, axis=0)
        self.spans.setdefault(row, listing.span)
        return row

    def exponent(self, array: Node, tree: Tree) -> Node:
        """An exponent; the rules of a power are better for one that is a constant."""
        if array in self.arithmetic:
            return self.at(tree, constant(self.evaluate(array)))
        return array

    def truth(self, condition: Node, span: Span) -> bool | None:
        """Nothing is known before the graph runs."""
        return None

    def held(self, meaning: Meaning, span: Span) -> Meaning:
        """A tuple as it is, anything else as an array."""
        return meaning if isinstance(meaning, Group) else self.array(meaning, span)

    def enter(self, function: Function, scope: Scope) -> dict[Node, Node]:
        """Give the parameters of a body that is differentiated free variables of their own.

        The body is differentiated with them, and the arguments take their place afterwards.
        """
        free: dict[Node, Node] = {}
        for name in function.parameters if function.differentiates else ():
            argument = scope[name]
            if isinstance(argument, Node):
                own = variable(f"{name} of {function.name}", argument.shape, argument.kind)
                free[own], scope[name] = argument, own
        self.calling.append(function.name)
        self.bound.update(free)
        return free

    def leave(self, result: Meaning, free: Mapping[Node, Node], span: Span) -> Meaning:
        """The result, or each of several, with the arguments in their place."""
        self.calling.pop()
        if not free:
            return result
        if isinstance(result, Group):
            items = [self._unbound(self.array(one, result.span), free) for one in result.items]
            return Group(tuple(items), result.span)
        return self._unbound(self.array(result, span), free)

    def evaluate(self, array: Node) -> float:
        """The value of what decides a size, while the graph is being built.

        Raises:
            EvaluationError: its value cannot be computed.
            NameProblem: it depends on a name without a value.
            GradientProblem: it depends on a name that is differentiated by.
        """
        from gradcli.execute.plan import Plan

        span = self.spans.get(array)
        node, reached = self._settled(array)
        needed = [one.values[0] for one in reached if one.op is INPUT and one not in self.bound]
        for one in reached:
            if one in self.varied:
                name = self.varied[one]
                raise GradientProblem(f"a size depends on {name}, so there is no derivative by it", span=span)
        values = {}
        for name in needed:
            known = self.given.get(name)
            if known is None or known.value is None:
                raise NameProblem(
                    f"a size depends on {name}, which has no value",
                    span=span,
                    hint=f"give it one: {name}=...",
                )
            values[name] = known.value
        self.sized.update(reached)
        try:
            (value,) = Plan([node]).run(values)
        except EvaluationError as error:
            error.span = error.span or span
            raise
        return float(value)

    def _settled(self, node: Node) -> tuple[Node, list[Node]]:
        """A node with the arguments of functions in their places, and all that it depends on."""
        reached = reachable([node])
        every = list(reached)
        while any(one in self.bound for one in reached):
            node = substitute([node], self.bound).get(node, node)
            reached = reachable([node])
            every += reached
        return node, every

    def stands_for(self, new: Node, old: Node) -> None:
        """A node comes from where the one comes from in whose place it stands."""
        origin = old if old in self.spans else self.trail.origin(old)
        if origin in self.spans:
            self.spans.setdefault(new, self.spans[origin])

    def _unbound(self, node: Node, arguments: Mapping[Node, Node]) -> Node:
        """A node of a function's body with the arguments in the place of its free variables."""
        made = substitute([node], arguments)
        for old, new in made.items():
            self.stands_for(new, old)
        self.calls += [one.where(made) for one in self.calls if not made.keys().isdisjoint(one.results)]
        return made.get(node, node)
