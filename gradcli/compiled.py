"""An expression as a fast function: scalars in straight-line Python, arrays by their plan."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from gradcli import seeds
from gradcli.answers import Answers, Names
from gradcli.asking import Ready
from gradcli.data.given import as_given
from gradcli.errors import EvaluationError, GradcliError
from gradcli.execute.source import function
from gradcli.graph import derive
from gradcli.graph.node import constant
from gradcli.language.names import Given

Value = Any
# The letter of NumPy's doubles, which need no change on the way to a plan.
_DOUBLE = "d"
Compiled = Callable[..., tuple[Value, dict[str, Value]]]


def compiled(answers: Answers, variables: Sequence[str], wrt: Names = None) -> Compiled:
    """A function of the variables, by name, that gives the value and the gradients by name.

    Args:
        answers: the expression.
        variables: the names that need a value.
        wrt: the names to differentiate by; all of them by default.
    """
    planned = _Planned(answers, wrt)
    return _on_floats(answers, variables, wrt, planned) or planned


class _Planned:
    """The function for arrays: it asks once for each set of shapes, and then runs its plan.

    Args:
        answers: the expression.
        wrt: the names to differentiate by.
    """

    def __init__(self, answers: Answers, wrt: Names) -> None:
        self._answers = answers
        self._wrt = wrt
        self._ready: dict[Hashable, Ready] = {}

    def __call__(self, **values: Value) -> tuple[Value, dict[str, Value]]:
        try:
            _, names, _, plan = self._ready[_key(values)]
            value, *gradients = plan.run(values)
        except (AttributeError, KeyError, EvaluationError):
            return self._asked(values)
        return value, dict(zip(names, gradients, strict=True))

    def _asked(self, values: Mapping[str, Value]) -> tuple[Value, dict[str, Value]]:
        given = {name: as_given(name, value) for name, value in values.items() if value is not None}
        result = self._answers.gradient(given, self._wrt).result
        if all(map(_runs_as_it_is, values.values())):
            ready = self._answers.gradient_ready(given, self._wrt)
            if not ready.built.several and not ready.built.sized:
                self._ready[_key(values)] = ready
        return result["value"], result["grad"]


def _key(values: Mapping[str, Value]) -> Hashable:
    """What a plan depends on. Whatever is neither a float nor an array has no shape, and no plan."""
    return tuple(
        [
            (name, float) if type(value) is float else (name, value.shape, value.dtype.char)
            for name, value in values.items()
        ]
    )


def _runs_as_it_is(value: Value) -> bool:
    return type(value) is float or (getattr(value, "shape", ()) != () and value.dtype.char == _DOUBLE)


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
