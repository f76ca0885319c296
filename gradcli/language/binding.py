"""The left side of ``=``: names, and functions of the text."""

from __future__ import annotations

from typing import Any

from gradcli.errors import CallProblem, NameProblem, Span, SyntaxProblem
from gradcli.language.context import Context
from gradcli.language.derivatives import contains_derivative
from gradcli.language.lexer import normal
from gradcli.language.meaning import Function, Group, Listing, Meaning, Scope, span_of
from gradcli.language.names import is_function
from gradcli.language.tree import Tree


def target_names(context: Context[Any], target: Tree, may_be: str = "a name, names") -> list[str]:
    """The names on the left side.

    Raises:
        SyntaxProblem: something else stands there.
    """
    parts = target.parts if target.rule == "tuple" else [target]
    for part in parts:
        refuse_word(part)
    if not parts or any(part.rule != "name" for part in parts):
        raise SyntaxProblem(
            f"the left side of '=' must be {may_be}, or a function with its parameters",
            span=Span(target.start, target.end),
            hint="compare with ==",
        )
    return [context.name(part) for part in parts]


def refuse_word(part: Tree) -> None:
    """Refuse ``true = 3``.

    Raises:
        SyntaxProblem: the tree is a word of the language.
    """
    if part.rule in ("boolean", "none"):
        raise SyntaxProblem(
            f"{part.word(0).text} is a word of the language and cannot be given a value",
            span=Span(part.start, part.end),
            hint="choose another name, or compare with ==",
        )


def unpacked(meaning: Meaning | Function, count: int, tree: Tree) -> tuple[Meaning, ...]:
    """What each of several names is given.

    Raises:
        CallProblem: it is no tuple or list of as many.
    """
    there = len(meaning.items) if isinstance(meaning, (Group, Listing)) else 1
    if not isinstance(meaning, (Group, Listing)) or there != count:
        raise CallProblem(f"{count} names on the left side, and {there} on the right", span=span_of(tree))
    return meaning.items


def define(context: Context[Any], target: Tree, body: Tree, scope: Scope) -> Function:
    """A function of the text, which sees the names that are visible where it stands.

    Raises:
        SyntaxProblem: a parameter is no name, or there twice.
        NameProblem: the language has a function of that name.
    """
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
