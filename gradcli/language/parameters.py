"""The static arguments of a call: axes, shapes, flags, texts, computed while the graph is built."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gradcli.errors import CallProblem
from gradcli.graph.node import Array, Parameter
from gradcli.graph.shapes import describe
from gradcli.language.meaning import Group, Listing, Meaning, Nothing, Text, kind_of
from gradcli.language.names import listed, nearest

Evaluate = Callable[[Any], float]

# Beyond it not every whole number is a double.
LARGEST = 2.0**53


def parameter_value(
    function: str, parameter: Parameter, meaning: Meaning, evaluate: Evaluate, form: str
) -> Any:
    """What a parameter is worth, as its kind says.

    ========================  =================================================
    axes, permutation         a whole number or several: a tuple
    integers                  the same
    widths                    the same; tuples in it stay tuples
    whole                     a whole number as it is, or several: a tuple
    axis, integer, size       a whole number; a size is not negative
    shape, open shape         sizes: a tuple; -1 leaves a size of an open shape open
    number, flag              a float, a bool
    order                     a float or a text
    text                      a text, one of the choices if there are any
    padding                   whole numbers or a text
    ========================  =================================================

    Args:
        function: the name of the function, for its errors.
        parameter: the parameter.
        meaning: what was written.
        evaluate: computes a node that must be known now.
        form: the hint that shows the function's form.

    Raises:
        CallProblem: it is of another kind, or out of range.
    """
    return _Reading(function, parameter, evaluate, form).value(meaning)


class _Reading:
    def __init__(self, function: str, parameter: Parameter, evaluate: Evaluate, form: str) -> None:
        self._function = function
        self._name = parameter.name
        self._parameter = parameter
        self._evaluate = evaluate
        self._form = form

    def value(self, meaning: Meaning) -> Any:
        kind = self._parameter.kind
        if isinstance(meaning, Nothing):
            if self._parameter.default is None:
                return None
            raise self._refused(meaning, "a value")
        if kind in ("axes", "permutation", "integers", "whole", "widths"):
            if kind == "whole" and not isinstance(meaning, (Group, Listing)):
                return self._whole(meaning, "a whole number or a tuple of them")
            return self._several(meaning, "a whole number or a tuple of them")
        if kind in ("axis", "integer"):
            return self._whole(meaning, "a whole number")
        if kind == "size":
            return self._size(meaning)
        if kind in ("shape", "open shape"):
            return self._shape(meaning)
        if kind == "text" or (kind in ("order", "padding") and isinstance(meaning, Text)):
            return self._text(meaning)
        if kind == "padding":
            return self._several(meaning, "a whole number, a tuple of them or a text")
        if not isinstance(meaning, Array) or meaning.shape != ():
            expected = {"flag": "true or false", "order": "a number or a text"}.get(kind, "a number")
            raise self._refused(meaning, expected)
        value = self._evaluate(meaning)
        return bool(value) if kind == "flag" else float(value)

    def _refused(self, meaning: Meaning, expected: str) -> CallProblem:
        got = kind_of(meaning)
        if isinstance(meaning, Array) and meaning.shape:
            got = f"an array of shape {describe(meaning.shape)}"
        elif isinstance(meaning, Array) and meaning.kind == "bool":
            got = "true or false"
        elif isinstance(meaning, Array):
            got = "a number"
        return CallProblem(
            f"{self._function}() needs {expected} for {self._name}, and got {got}", hint=self._form
        )

    def _whole(self, one: Meaning, expected: str) -> int:
        # true is no axis 1: torch's var(x, true) means its correction.
        if not isinstance(one, Array) or one.shape != () or one.kind == "bool":
            raise self._refused(one, expected)
        value = self._evaluate(one)
        if not math.isfinite(value) or value != int(value):
            raise CallProblem(
                f"{self._function}() needs a whole number for {self._name}, and got {value:g}",
                hint=self._form,
            )
        if abs(value) >= LARGEST and self._parameter.kind not in ("shape", "open shape", "size"):
            raise CallProblem(
                f"{self._function}() needs a smaller number for {self._name}: {value:g} is out of range"
            )
        return int(value)

    def _several(self, meaning: Meaning, expected: str) -> tuple[Any, ...]:
        if not isinstance(meaning, (Group, Listing)):
            return (self._whole(meaning, expected),)
        if self._parameter.kind == "widths":
            return tuple(
                [
                    self._several(one, expected)
                    if isinstance(one, (Group, Listing))
                    else self._whole(one, expected)
                    for one in meaning.items
                ]
            )
        return tuple([self._whole(item, expected) for item in meaning.items])

    def _size(self, meaning: Meaning) -> int:
        size = self._whole(meaning, "a whole number")
        if size < 0:
            raise CallProblem(
                f"{self._function}() needs a size that is not negative for {self._name}, and got {size}"
            )
        return size

    def _shape(self, meaning: Meaning) -> tuple[int, ...]:
        sizes = self._several(meaning, "a size or a tuple of sizes")
        if min(sizes, default=0) < (-1 if self._parameter.kind == "open shape" else 0):
            raise CallProblem(
                f"{self._function}() needs sizes that are not negative for {self._name}, "
                f"and got {describe(sizes)}"
            )
        return sizes

    def _text(self, meaning: Meaning) -> str:
        choices = self._parameter.choices
        known = listed([f'"{one}"' for one in choices])
        if not isinstance(meaning, Text):
            raise self._refused(meaning, known or "a text")
        if choices and meaning.text not in choices:
            near = nearest(meaning.text, choices)
            raise CallProblem(
                f'{self._function}() needs {known} for {self._name}, and got "{meaning.text}"',
                hint=f'did you mean "{near[0]}"?' if near else self._form,
            )
        return meaning.text
