"""Tree and named values -> graph: statement by statement, each walked without recursion."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from gradcli.errors import GradcliError, Source, Span, SyntaxProblem
from gradcli.graph.collector import paused
from gradcli.graph.node import Node, ops
from gradcli.graph.stable import Rewrite
from gradcli.graph.trail import Trail
from gradcli.language import calls, rules
from gradcli.language.binding import define, target_names, unpacked
from gradcli.language.derivatives import contains_derivative, differentiated_names
from gradcli.language.draws import Draws
from gradcli.language.graphs import Call, GraphContext
from gradcli.language.meaning import NOTHING, Function, Group, Meaning, Scope, span_of
from gradcli.language.names import Given
from gradcli.language.stabilised import rewrites, stabilised
from gradcli.language.tree import Tree
from gradcli.language.walk import Rules, walk

_RULES: Rules[GraphContext] = {**rules.RULES, **calls.RULES}


class Written(NamedTuple):
    """The results of a text and the nodes of its names, as they were written."""

    outputs: list[Node]
    names: dict[str, Node]


class Built(NamedTuple):
    """A graph made from a text.

    Attributes:
        outputs: the results, in order, as they are computed.
        several: whether the text ends in a tuple of results.
        names: the node of every name, given or assigned.
        spans: where in the text a node comes from.
        trail: which node a derivative node comes from.
        sized: given names whose values decided a size, an axis or a slice.
        used: the given names that the text uses.
        source: the text.
        written: the results and names as they were written, where what is computed may differ from it.
        images: for each node that was written, the one that computes it.
        origins: for each node that was not written, the one that it stands for or helps to compute.
        rewrites: what is computed in another way than it was written.
        calls: the calls that are one node in PyTorch's backward graph, and several here.
    """

    outputs: list[Node]
    several: bool
    names: dict[str, Node]
    spans: dict[Node, Span]
    trail: Trail
    sized: set[str]
    used: set[str]
    source: Source
    written: Written
    images: Mapping[Node, Node]
    origins: Mapping[Node, Node]
    rewrites: tuple[Rewrite, ...]
    calls: tuple[Call, ...] = ()


def build(
    tree: Tree,
    source: Source,
    given: Mapping[str, Given],
    wrt: Collection[str] = (),
    *,
    free: bool = False,
    seed: int = 0,
    target: str = "",
    stable: bool = True,
) -> Built:
    """Build the graph of a whole text.

    Args:
        tree: what the parser made of the text.
        source: the text, for the errors.
        given: what is known of each name.
        wrt: the names that will be differentiated by: no size may depend on them.
        free: a name without a value is a scalar input, instead of an error.
        seed: what its random numbers are drawn from.
        target: the name that the text gives a value to, if it does.
        stable: compute what overflows only because of how it is written in another way.

    Raises:
        ExpressionError: whatever is wrong with it, under its text.
    """
    with paused(tree.end - tree.start):
        return _built(tree, source, given, wrt, free=free, seed=seed, target=target, stable=stable)


def _built(
    tree: Tree,
    source: Source,
    given: Mapping[str, Given],
    wrt: Collection[str],
    *,
    free: bool,
    seed: int,
    target: str,
    stable: bool,
) -> Built:
    differentiated = differentiated_names(tree) if contains_derivative(tree) else None
    context = GraphContext(source, given, wrt, free, differentiated, stable, Draws(seed, target))
    scope: Scope = {}
    meaning: Meaning = NOTHING
    try:
        for statement in tree.parts:
            meaning = _statement(context, statement, scope)
        outputs, several = _results(context, meaning, tree.parts[-1])
    except GradcliError as error:
        error.source = error.source or source
        raise
    assigned = {name: value for name, value in scope.items() if isinstance(value, Node)}
    written = Written(outputs, {**context.inputs, **assigned})
    computed = stabilised(context, [*outputs, *assigned.values()])
    names = {**context.inputs, **dict(zip(assigned, computed[len(outputs) :], strict=True))}
    return Built(
        outputs=computed[: len(outputs)],
        several=several,
        names=names,
        spans=context.spans,
        trail=context.trail,
        sized=context.sized_names,
        used=set(context.inputs),
        source=source,
        written=written,
        images=context.stable.images if context.stable else {},
        origins=context.stable.origins if context.stable else {},
        rewrites=rewrites(context),
        calls=tuple(context.calls),
    )


def _statement(context: GraphContext, tree: Tree, scope: Scope) -> Meaning:
    if tree.rule != "assignment":
        return walk(_RULES, context, tree, scope)
    target, right = tree.parts
    if target.rule == "call":
        return define(context, target, right, scope)
    names = target_names(context, target)
    meaning = walk(_RULES, context, right, scope)
    if target.rule != "tuple":
        _bind(context, scope, names[0], meaning, right)
        return meaning
    for name, one in zip(names, unpacked(meaning, len(names), tree), strict=True):
        _bind(context, scope, name, one, right)
    return meaning


def _bind(context: GraphContext, scope: Scope, name: str, meaning: Meaning, tree: Tree) -> None:
    if isinstance(meaning, Group):
        scope[name] = meaning
        return
    node = context.array(meaning, span_of(tree))
    if context.differentiates or name in context.wrt:
        # The name must be free on its own: not a node that another name has too, and no constant
        # that is folded away.
        node = ops.alias(node)
        context.spans.setdefault(node, span_of(tree))
    if name in context.wrt:
        context.varied[node] = name
    if name in context.free_names:
        context.kept.add(node)
    scope[name] = node


def _results(context: GraphContext, meaning: Meaning, tree: Tree) -> tuple[list[Node], bool]:
    if isinstance(meaning, Function):
        raise SyntaxProblem(
            f"the last line defines the function {meaning.name}() and gives no result",
            span=Span(tree.start, tree.end),
            hint="add a line that uses it",
        )
    if not isinstance(meaning, Group):
        return [context.array(meaning, span_of(tree))], False
    if not meaning.items:
        raise SyntaxProblem(
            "an empty tuple has no result",
            span=meaning.span,
            hint="write what it is to hold" if tree.rule == "tuple" else "this call gives nothing",
        )
    return [context.array(one, meaning.span) for one in meaning.items], True
