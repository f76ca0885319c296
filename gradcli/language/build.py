"""Tree and named values -> graph: statement by statement, each walked without recursion."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping
from typing import Any, NamedTuple

from gradcli.errors import CallProblem, GradcliError, NameProblem, Source, Span, SyntaxProblem
from gradcli.graph.derive import Trail
from gradcli.graph.node import Node, ops
from gradcli.graph.stable import Rewrite
from gradcli.language import calls, rules
from gradcli.language.context import Call, Context
from gradcli.language.derivatives import contains_derivative, differentiated_names
from gradcli.language.draws import Draws
from gradcli.language.lexer import normal
from gradcli.language.meaning import NOTHING, Function, Group, Listing, Meaning, Scope, span_of
from gradcli.language.names import Given, is_function
from gradcli.language.rules import Step
from gradcli.language.stabilised import rewrites, stabilised
from gradcli.language.tree import Tree

_RULES = {**rules.RULES, **calls.RULES}


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
    differentiated = differentiated_names(tree) if contains_derivative(tree) else None
    context = Context(source, given, wrt, free, differentiated, stable, Draws(seed, target))
    scope: Scope = {}
    meaning: Meaning | Function = NOTHING
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


def _walk(context: Context, tree: Tree, scope: Scope) -> Meaning:
    """Mean a tree: the rules that wait for their parts stand on a stack of our own."""
    stack: list[Step] = []
    value: Any = _RULES[tree.rule](context, tree, scope)
    while True:
        if isinstance(value, Generator):
            stack.append(value)
            value = None
        elif not stack:
            result: Meaning = value
            return result
        try:
            wanted, inner = stack[-1].send(value)
        except StopIteration as stop:
            stack.pop()
            value = stop.value
        else:
            value = _RULES[wanted.rule](context, wanted, inner)


def _statement(context: Context, tree: Tree, scope: Scope) -> Meaning | Function:
    if tree.rule != "assignment":
        return _walk(context, tree, scope)
    target, right = tree.parts
    if target.rule == "call":
        return _define(context, target, right, scope)
    names = _targets(context, target)
    meaning = _walk(context, right, scope)
    if target.rule != "tuple":
        _bind(context, scope, names[0], meaning, right)
        return meaning
    count = len(meaning.items) if isinstance(meaning, (Group, Listing)) else 1
    if not isinstance(meaning, (Group, Listing)) or count != len(names):
        raise CallProblem(
            f"{len(names)} names on the left side, and {count} on the right", span=span_of(tree)
        )
    for name, one in zip(names, meaning.items, strict=True):
        _bind(context, scope, name, one, right)
    return meaning


def _targets(context: Context, target: Tree) -> list[str]:
    parts = target.parts if target.rule == "tuple" else [target]
    for part in parts:
        if part.rule in ("boolean", "none"):
            raise SyntaxProblem(
                f"{part.word(0).text} is a word of the language and cannot be given a value",
                span=Span(part.start, part.end),
                hint="choose another name, or compare with ==",
            )
    if not parts or any(part.rule != "name" for part in parts):
        raise SyntaxProblem(
            "the left side of '=' must be a name, names, or a function with its parameters",
            span=Span(target.start, target.end),
            hint="compare with ==",
        )
    return [context.name(part) for part in parts]


def _bind(context: Context, scope: Scope, name: str, meaning: Meaning, tree: Tree) -> None:
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


def _define(context: Context, target: Tree, body: Tree, scope: Scope) -> Function:
    name = target.word(0)
    for part in target.parts:
        if part.rule != "name":
            raise SyntaxProblem(
                "the parameters of a function must be names",
                span=Span(part.start, part.end),
                hint="write f(a, b) = a^2 + b",
            )
    parameters = tuple([context.name(part) for part in target.parts])
    if is_function(name.text):
        raise NameProblem(
            f"{name.text}() is a function of the language already",
            span=Span(name.start, name.end),
            hint="choose another name",
        )
    if len(set(parameters)) < len(parameters):
        raise SyntaxProblem("two parameters have the same name", span=Span(target.start, target.end))
    function = Function(normal(name.text), parameters, body, dict(scope), contains_derivative(body))
    scope[function.name] = function
    return function


def _results(context: Context, meaning: Meaning | Function, tree: Tree) -> tuple[list[Node], bool]:
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
