"""What a function of Python takes, told to those who call it from a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, Signature, signature
from typing import Any

from gradcli.errors import CallProblem
from gradcli.language.meaning import Meaning, span_of
from gradcli.language.names import listed, nearest
from gradcli.language.tree import Tree
from gradcli.programs.host import from_python, shown


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
    """Refuse arguments that a function of Python would not take.

    Raises:
        CallProblem: too many, too few, or one that it does not know.
    """
    taken = _signature(function)
    try:
        taken.bind(*positional, **keywords)
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
