"""An expression as a fast function: scalars in straight-line Python, arrays by their plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradcli import seeds
from gradcli.answers import Answers, Names
from gradcli.data.given import as_given
from gradcli.errors import GradcliError
from gradcli.execute.source import function
from gradcli.graph import derive
from gradcli.graph.node import constant
from gradcli.language.names import Given

Value = Any
Compiled = Callable[..., tuple[Value, dict[str, Value]]]


def compiled(answers: Answers, variables: Sequence[str], wrt: Names = None) -> Compiled:
    """A function of the variables, by name, that gives the value and the gradients by name.

    Args:
        answers: the expression.
        variables: the names that need a value.
        wrt: the names to differentiate by; all of them by default.
    """

    def planned(**values: Value) -> tuple[Value, dict[str, Value]]:
        given = {name: as_given(name, value) for name, value in values.items() if value is not None}
        result = answers.gradient(given, wrt).result
        return result["value"], result["grad"]

    return _on_floats(answers, variables, wrt, planned) or planned


def _on_floats(
    answers: Answers, variables: Sequence[str], wrt: Names, otherwise: Compiled
) -> Compiled | None:
    """The function for scalars, if the expression is one of scalars."""
    given = {name: Given((), "float") for name in variables}
    try:
        built = answers.built(given, wrt)
        names = answers.names(built, given, wrt)
        nodes = [answers.node(built, given, name) for name in names]
        if len(built.outputs) != 1 or built.outputs[0].shape or built.outputs[0].kind == "bool":
            return None
        seeds.differentiable(built, dict(zip(names, nodes, strict=True)))
        found = derive.gradient(built.outputs[0], nodes, built.trail)
    except GradcliError:
        # Whatever is wrong with scalars may be right with arrays; the call will tell.
        return None
    if built.sized:
        return None
    gradients = [constant(0.0) if one is None else one for one in found]
    return function(built.outputs[0], list(zip(names, gradients, strict=True)), variables, otherwise)
