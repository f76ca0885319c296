"""Calls: functions of the language, functions of the text, and derivatives of expressions."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from gradcli.errors import CallProblem, ExpressionError, GradientProblem, NameProblem, ShapeProblem, Span
from gradcli.graph.gradless import refuse_gradless
from gradcli.graph.node import ops
from gradcli.graph.operations.compose import Composite
from gradcli.graph.shapes import agree, describe
from gradcli.language import derivatives
from gradcli.language.arguments import bind
from gradcli.language.blame import name_function
from gradcli.language.context import Context
from gradcli.language.graphs import GraphContext
from gradcli.language.lexer import normal
from gradcli.language.meaning import Function, Meaning, Scope, span_of
from gradcli.language.names import (
    DERIVATIVES,
    function_called,
    function_names,
    is_function,
    listed,
    nearest,
)
from gradcli.language.rules import Step
from gradcli.language.stabilised import stabilised
from gradcli.language.tree import Token, Tree

# What the likes of max(a, b) are after.
_OF_TWO = {"max": "maximum", "min": "minimum"}


Arguments = tuple[list[Meaning], dict[str, Meaning]]


def _function(context: GraphContext, tree: Tree, scope: Scope) -> Step:
    return _call(context, tree, tree.word(0), tree.parts, scope)


def _method(context: GraphContext, tree: Tree, scope: Scope) -> Step:
    return _call(context, tree, tree.word(1), tree.parts, scope)


def _call(context: GraphContext, tree: Tree, name: Token, written: list[Tree], scope: Scope) -> Step:
    word = normal(name.text)
    if word in DERIVATIVES and not isinstance(scope.get(word), Function):
        return (yield from _derivative(context, tree, word, written, scope))
    return (yield from call(context, tree, name, written, scope))


def call(context: Context[Any], tree: Tree, name: Token, written: list[Tree], scope: Scope) -> Step:
    """Call a function of the text or of the language; ``written`` are its arguments."""
    word = normal(name.text)
    function = scope.get(word)
    if not isinstance(function, Function) and not is_function(word):
        raise _no_function(context, word, name, tree, scope)
    positional, keywords = yield from arguments(word, written, scope)
    if isinstance(function, Function):
        return (yield from inline(context, tree, function, positional, keywords))
    return apply(context, tree, word, positional, keywords)


def arguments(word: str, written: list[Tree], scope: Scope) -> Generator[tuple[Tree, Scope], Any, Arguments]:
    """What the arguments of a call mean: those by place, and those by name.

    Raises:
        CallProblem: one is given twice, or one without a name follows one with a name.
    """
    positional: list[Meaning] = []
    keywords: dict[str, Meaning] = {}
    for argument in written:
        if argument.rule == "keyword":
            key, right = argument.word(0), argument.part(1)
            if key.text in keywords:
                raise CallProblem(f"{word}() got {key.text} twice", span=Span(argument.start, argument.end))
            keywords[key.text] = yield right, scope
        elif keywords:
            raise CallProblem(
                "an argument without a name cannot follow one with a name",
                span=Span(argument.start, argument.end),
            )
        else:
            positional.append((yield argument, scope))
    return positional, keywords


def apply(
    context: Context[Any], tree: Tree, word: str, positional: list[Meaning], keywords: dict[str, Meaning]
) -> Meaning:
    """Call a function of the language."""
    record = function_called(word)
    assert record is not None
    try:
        arrays, parameters = context.guard(
            tree,
            bind,
            record if word == record.name else record.replaced(name=word),
            positional,
            keywords,
            lambda m: context.array(m, span_of(tree)),
            context.evaluate,
            method=tree.rule == "method",
        )
        if isinstance(record, Composite):
            return context.compose(record, arrays, parameters, tree)
        result: Meaning = context.apply(record, arrays, parameters, tree)
        return result
    except ExpressionError as error:
        if record.name in _OF_TWO and len(positional) == 2:
            written = tree.parts
            pair = ", ".join([context.source.text[one.start : one.end] for one in written])
            other = _OF_TWO[record.name]
            error.hint = f"the second argument is an axis; for two values write {other}({pair})"
        if error.span == span_of(tree):  # else it is about one of the arguments
            name_function(error, word)
        raise


def inline(
    context: Context[Any],
    tree: Tree,
    function: Function,
    positional: list[Meaning],
    keywords: dict[str, Meaning],
) -> Step:
    """Call a function of the text: its body means what it does with the arguments in place."""
    names = function.parameters
    given = dict(zip(names, positional, strict=False))
    if len(positional) > len(names) or any(k not in names or k in given for k in keywords):
        raise CallProblem(
            f"{function.name}() takes {listed(names, 'and') or 'no argument'}",
            span=span_of(tree),
            hint=f"its form is {function.usage}",
        )
    given.update(keywords)
    scope = dict(function.scope)
    for name in names:
        if name not in given:
            raise CallProblem(
                f"{function.name}() needs {name}",
                span=span_of(tree),
                hint=f"its form is {function.usage}",
            )
        scope[name] = context.held(given[name], span_of(tree))
    free = context.enter(function, scope)
    result: Meaning = yield function.body, scope
    return context.leave(result, free, span_of(tree))


def _no_function(context: Context[Any], word: str, name: Token, tree: Tree, scope: Scope) -> ExpressionError:
    span = Span(name.start, name.end)
    if word in context.calling:
        return NameProblem(
            f"the function {word}() calls itself",
            span=span,
            hint="a function of an expression may not; write the steps out",
        )
    if word in scope or word in context.given:
        text = context.source.text[name.end : tree.end]
        return NameProblem(
            f"{word} is a value, and is called like a function",
            span=span,
            hint=f"multiply: {word}*{text}",
        )
    own = [known for known, value in scope.items() if isinstance(value, Function)]
    near = nearest(word, [*own, *function_names()])
    hint = f"did you mean {listed(near)}?" if near else "define it: " + f"{word}(x) = ..."
    return NameProblem(f"there is no function {word}()", span=span, hint=hint)


def _derivative(context: GraphContext, tree: Tree, word: str, written: list[Tree], scope: Scope) -> Step:
    extra = DERIVATIVES[word]
    form = f"{word}(expr, x{', ' + extra if extra == 'v' else ''})"
    if word == "diff":
        form = "diff(expr, x) or diff(expr, x, n)"
    least, most = (3, 3) if extra == "v" else (2, 3 if extra else 2)
    if not least <= len(written) <= most:
        what = "an expression, a name and a vector" if extra == "v" else "an expression and a name"
        raise CallProblem(f"{word}() takes {what}", span=span_of(tree), hint=f"write {form}")
    expression, by, *rest = written
    if by.rule != "name":
        raise CallProblem(
            f"{word}() differentiates by a name", span=Span(by.start, by.end), hint=f"write {form}"
        )
    x = context.array((yield by, scope), span_of(by))
    y = context.array((yield expression, scope), span_of(expression))
    name = context.name(by)
    as_written = x
    x, y = stabilised(context, [x, y])
    if x in context.sized or as_written in context.sized:
        raise GradientProblem(f"{name} decides a size, so there is no derivative by it", span=span_of(by))
    if x.kind == "bool":
        raise GradientProblem(f"{name} is true or false: there is no derivative by it", span=span_of(by))
    refuse_gradless([y], {name: x}, context.spans)
    y = ops.number(y) if y.kind == "bool" else y
    if not rest:
        found = context.guard(tree, derivatives.FORMS[word], y, x, context.trail)
        return context.at(tree, found)
    last = rest[0]
    if last.rule == "keyword":
        if last.word(0).text != extra:
            raise CallProblem(
                f"{word}() has no argument '{last.word(0).text}'", span=span_of(tree), hint=f"write {form}"
            )
        last = last.part(1)
    third = context.array((yield last, scope), span_of(last))
    if word == "diff":
        if third.shape != ():
            raise CallProblem(
                f"diff() needs a whole number for n, and got an array of shape {describe(third.shape)}",
                span=span_of(last),
                hint=f"write {form}",
            )
        times = context.evaluate(third)
        if times != times or times < 0 or times > 1000 or times != int(times):
            raise CallProblem(
                f"diff() cannot be repeated {times:g} times",
                span=span_of(last),
                hint="n is a whole number from 0 to 1000",
            )
        return context.at(tree, context.guard(tree, derivatives.derivative, y, x, context.trail, int(times)))
    v = ops.number(third) if third.kind == "bool" else third
    like, what = (y, "the expression") if word == "vjp" else (x, name)
    if not agree(v.shape, like.shape):
        raise ShapeProblem(
            f"the vector of {word}() is {describe(v.shape)} and {what} {describe(like.shape)}: "
            "they must have one shape",
            span=span_of(last),
        )
    return context.at(tree, context.guard(tree, derivatives.PRODUCTS[word], y, x, v, context.trail))


RULES: dict[str, Callable[[GraphContext, Tree, Scope], Step]] = {"call": _function, "method": _method}
"""Calls in an expression, derivatives among them."""
