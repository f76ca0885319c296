"""What a function of Python takes, told to those who call it from a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, Signature, signature
from typing import Any

from gradcli.errors import CallProblem
from gradcli.graph.node import Array
from gradcli.language.meaning import Function, Meaning, Nothing, kind_of, span_of
from gradcli.language.names import listed, nearest
from gradcli.language.tree import Tree
from gradcli.programs.context import ProgramContext
from gradcli.programs.host import Object, from_python, shown

# Parameters that are called.
_CALLED = ("hook", "closure")
# Parameters that are tensors, where a number is one too.
_TENSORS = ("tensors", "grad_tensors", "gradient", "inputs", "parameters")
# Parameters that are dicts, which programs cannot write.
_DICTS = ("state_dict", "param_group")


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
    for name, one in bound.arguments.items():
        if name in _CALLED and not isinstance(one, Function | Nothing | Object):
            raise CallProblem(
                f"{word}() needs a function for {name}, and got {kind_of(one)}",
                span=span_of(tree),
                hint="define one, and write its name: f(g) = 2*g",
            )
        if name in _DICTS and not (isinstance(one, Object) and isinstance(one.value, dict)):
            raise CallProblem(
                f"{word}() needs a dict for {name}, and got {kind_of(one)}",
                span=span_of(tree),
                hint="state_dict() and param_groups[0] give such",
            )


def arranged(
    context: ProgramContext,
    tree: Tree,
    word: str,
    function: Callable[..., Any],
    positional: Sequence[Meaning],
    keywords: Mapping[str, Meaning],
) -> tuple[list[Meaning], dict[str, Meaning]]:
    """The same arguments, numbers as tensors where those are due.

    Raises:
        CallProblem: as ``checked``.
    """
    checked(tree, word, function, positional, keywords)
    names = list(_signature(function).parameters)

    def due(name: str, one: Meaning) -> Meaning:
        return context.tensor(one) if name in _TENSORS and isinstance(one, Array) else one

    places = [*names, *[""] * len(positional)]
    return list(map(due, places, positional)), {name: due(name, one) for name, one in keywords.items()}
