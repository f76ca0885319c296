"""The functions of the language on tensors: ``functions.sin(x)``, ``functions.sum(x, dim=0)``.

Arguments mean what they mean in the language: axes by NumPy's or PyTorch's names, several arrays in one list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from gradcli.autograd.calls import Result, call
from gradcli.autograd.variable import Variable, made
from gradcli.errors import CallProblem, Span
from gradcli.graph.node import CONSTANT, Node, Operation, constant
from gradcli.graph.operations.compose import Composite
from gradcli.graph.operations.record import REQUIRED
from gradcli.language.arguments import bind
from gradcli.language.meaning import NOTHING, Group, Listing, Meaning, Text, kind_of
from gradcli.language.names import functions

_NOWHERE = Span(0, 0)


def __getattr__(name: str) -> Callable[..., Result]:
    if name not in functions():
        raise AttributeError(f"there is no function {name!r}")
    return function(name)


@cache
def function(name: str) -> Callable[..., Result]:
    """A function of the table by any of its names."""
    record = functions()[name]

    def applied(*positional: Any, **keywords: Any) -> Result:
        return invoke(record, positional, keywords)

    applied.__name__ = applied.__qualname__ = name
    applied.__doc__ = record.doc or f"The function {record.name}() of the language."
    return applied


def invoke(
    record: Operation | Composite,
    positional: Sequence[Any],
    keywords: Mapping[str, Any],
    *,
    method: bool = False,
) -> Result:
    """Call a function of the table with Python's arguments.

    Raises:
        CallProblem: it does not take them.
        ExpressionError: their shapes do not fit.
    """
    defaults = _defaults(record)
    plain = defaults is not None and not keywords and len(positional) == len(record.arguments)
    if plain and all(isinstance(one, Variable | float | int) for one in positional):
        return call(record, positional, defaults or {})
    arrays, parameters = arguments(record, positional, keywords, method=method)
    return call(record, arrays, parameters)


def arguments(
    record: Operation | Composite,
    positional: Sequence[Any],
    keywords: Mapping[str, Any],
    *,
    method: bool = False,
) -> tuple[list[Any], dict[str, Any]]:
    """Python's arguments sorted into arrays and parameters.

    Raises:
        CallProblem: the function does not take them.
    """
    return bind(
        record,
        [_meaning(one) for one in positional],
        {name: _meaning(one) for name, one in keywords.items()},
        _as_array,
        _evaluated,
        method=method,
    )


@cache
def _defaults_of(name: str) -> dict[str, Any] | None:
    record = functions()[name]
    plain = not record.form and not any("*" in one for one in record.arguments)
    values = {parameter.name: parameter.default for parameter in record.parameters}
    if not plain or REQUIRED in values.values() or any(one.kind == "seed" for one in record.parameters):
        return None
    return values


def _defaults(record: Operation | Composite) -> dict[str, Any] | None:
    """The parameters of a call that gives none; nothing where they must be given, or come elsewhere."""
    return _defaults_of(record.name) if record.name in functions() else None


def _meaning(value: Any) -> Meaning:
    if isinstance(value, Variable | Node):
        return value
    if value is None:
        return NOTHING
    if isinstance(value, bool | np.bool_):
        return constant(bool(value), kind="bool")
    if isinstance(value, int | float | np.number):
        return constant(float(value))
    if isinstance(value, str):
        return Text(value)
    if isinstance(value, np.ndarray):
        found: Meaning = made(value)
        return found
    if isinstance(value, list):
        return Listing(tuple(map(_meaning, value)), _NOWHERE)
    if isinstance(value, tuple):
        return Group(tuple(map(_meaning, value)), _NOWHERE)
    raise CallProblem(
        f"a {type(value).__name__} is no value of a tensor", hint="give numbers, tensors or arrays"
    )


def _as_array(meaning: Meaning) -> Any:
    """What an array argument is: a tensor or a number."""
    if isinstance(meaning, Node) and meaning.op is CONSTANT and meaning.shape == ():
        return meaning.values[0]
    if isinstance(meaning, Variable):
        return meaning
    if isinstance(meaning, Listing) and not meaning.items:
        return made(np.zeros(0))
    if isinstance(meaning, Listing):
        return call(functions()["stack"], [_as_array(one) for one in meaning.items], {"axis": 0})
    raise CallProblem(f"{kind_of(meaning)} stands where a number or a tensor is due")


def _evaluated(one: Any) -> float:
    """The value of what decides a size or an axis."""
    return float(one.array) if isinstance(one, Variable) else float(one.values[0])
