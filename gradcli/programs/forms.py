"""What a function of Python takes, told to those who call it from a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, Signature, signature
from typing import Any

from gradcli.errors import CallProblem
from gradcli.language.meaning import Function, Meaning, Nothing, kind_of, span_of
from gradcli.language.names import listed, nearest
from gradcli.language.tree import Tree
from gradcli.programs.host import Object, from_python, shown

# Parameters that are called.
_CALLED = ("hook", "closure")


def form(word: str, function: Callable[..., Any]) -> str:
    """How it is called: ``backward(gradient=None, retain_graph=None)``."""
    return f"{word}({', '.join(map(_written, _signature(function).parameters.values()))})"


def _signature(function: Callable[..., Any]) -> Signature:
    return signature(function)


def _written(parameter: Parameter) -> str:
    if parameter.kind is Parameter.VAR_POSITIONAL:
        return f"{parameter.name}, ..."
    if parameter.default is Parameter.empty:
        return parameter.name
    return f"{parameter.name}={shown(from_python(parameter.default), inside=True)}"


def checked(
    tree: Tree,
    word: str,
    function: Callable[..., Any],
    positional: Sequence[Meaning],
    keywords: Mapping[str, Meaning],
) -> None:
    """Refuse arguments that a function of Python would not take, or would not know what to do with.

    Raises:
        CallProblem: too many, too few, or one that it does not know.
    """
    taken = _signature(function)
    try:
        bound = taken.bind(*positional, **keywords)
    except TypeError as error:
        names = list(taken.parameters)
        unknown = next((name for name in keywords if name not in names), None)
        if unknown is not None:
            near = nearest(unknown, names)
            raise CallProblem(
                f"{word}() has no argument '{unknown}'",
                span=span_of(tree),
                hint=f"did you mean {listed(near)}?" if near else f"its form is {form(word, function)}",
            ) from None
        raise CallProblem(
            f"{word}(): {error}", span=span_of(tree), hint=f"its form is {form(word, function)}"
        ) from None
    for name in _CALLED:
        one = bound.arguments.get(name)
        if one is not None and not isinstance(one, Function | Nothing | Object):
            raise CallProblem(
                f"{word}() needs a function for {name}, and got {kind_of(one)}",
                span=span_of(tree),
                hint="define one, and write its name: f(g) = 2*g",
            )
