"""Values of Python as values of a program, and back; and how a program prints them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from gradcli.autograd.backward import BackwardNode
from gradcli.autograd.making import from_numpy
from gradcli.autograd.tensor import Tensor
from gradcli.errors import Span
from gradcli.graph.node import Array, constant
from gradcli.language.meaning import (
    NOTHING,
    Function,
    Group,
    Listing,
    Meaning,
    Nothing,
    Text,
    Thing,
    number_in,
)

NOWHERE = Span(0, 0)
# Beyond it not every whole number is a double.
_LARGEST = 2.0**53


class Object(Thing):
    """An object of Python that programs have no other word for, such as an optimiser."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    @property
    def kind(self) -> str:  # type: ignore[override]
        """What to call it in a sentence."""
        if isinstance(self.value, BackwardNode):
            return "a node of the backward graph"
        name = type(self.value).__name__
        # The letters of SGD are spelt out one by one.
        vowels = "AEFHILMNORSX" if name.isupper() else "AEIOUaeiou"
        return f"{'an' if name[0] in vowels else 'a'} {name}"


# The named tuples among them are no tuples of the program.
_MEANINGS = (Array, Thing, Listing, Group, Text, Nothing, Function)

Callback = Callable[[Function], Callable[..., Any]]


def to_python(meaning: Meaning, callback: Callback) -> Any:
    """What a function of Python is handed.

    A whole number becomes an int: sizes and counts are due as such, and elsewhere it makes no difference.

    Args:
        meaning: the value.
        callback: makes a Python function of one of the program.
    """
    number = number_in(meaning)
    if number is not None:
        if isinstance(number, bool) or not math.isfinite(number) or abs(number) >= _LARGEST:
            return number
        return int(number) if number == int(number) else number
    if isinstance(meaning, Object):
        return meaning.value
    if isinstance(meaning, Text):
        return meaning.text
    if isinstance(meaning, Nothing):
        return None
    if isinstance(meaning, Listing):
        return [to_python(one, callback) for one in meaning.items]
    if isinstance(meaning, Group):
        return tuple([to_python(one, callback) for one in meaning.items])
    if isinstance(meaning, Function):
        return callback(meaning)
    return meaning


def from_python(value: Any) -> Meaning:
    """What a program gets of it."""
    if isinstance(value, _MEANINGS):
        return value
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return constant(value, kind="bool")
    if isinstance(value, int | float):
        return constant(float(value))
    if isinstance(value, str):
        return Text(value)
    # A class of its own, such as a table of averages, is more than the list that it is as well.
    if type(value) is list:
        return Listing(tuple(map(from_python, value)), NOWHERE)
    if type(value) is tuple:
        return Group(tuple(map(from_python, value)), NOWHERE)
    return _from_numpy(value)


def _from_numpy(value: Any) -> Meaning:
    import numpy

    if isinstance(value, numpy.bool_ | numpy.number):
        return from_python(value.item())
    if isinstance(value, numpy.ndarray):
        return from_numpy(value)
    return Text(str(value)) if isinstance(value, numpy.dtype) else Object(value)


def number_text(number: float) -> str:
    """The shortest digits that read back, or ``true`` and ``false``."""
    if isinstance(number, bool):
        return "true" if number else "false"
    return float.__repr__(number).removesuffix(".0")


def shown(meaning: Meaning, *, inside: bool = False) -> str:
    """A value as ``print`` writes it: a tensor as PyTorch does, all else in the words of the language.

    Args:
        meaning: the value.
        inside: whether it stands in a list or a tuple, where a text has its quotes.
    """
    number = number_in(meaning)
    if number is not None:
        return number_text(number)
    if isinstance(meaning, Text):
        return f'"{meaning.text}"' if inside else meaning.text
    if isinstance(meaning, Nothing):
        return "None"
    if isinstance(meaning, Listing):
        return f"[{_listed(meaning.items)}]"
    if isinstance(meaning, Group):
        return f"({_listed(meaning.items)}{',' if len(meaning.items) == 1 else ''})"
    if isinstance(meaning, Function):
        return meaning.usage
    if isinstance(meaning, Object):
        return _object_text(meaning.value)
    return repr(meaning)


def _listed(items: Iterable[Meaning]) -> str:
    return ", ".join([shown(one, inside=True) for one in items])


def _object_text(value: Any) -> str:
    if isinstance(value, BackwardNode):
        # Without its address, which is another one in every run.
        return f"<{value.name().rpartition('::')[2]}>"
    if isinstance(value, dict):
        pairs = [f"{_key(key)}: {shown(from_python(one), inside=True)}" for key, one in value.items()]
        return "{" + ", ".join(pairs) + "}"
    if "__repr__" not in {name for kind in type(value).__mro__[:-1] for name in vars(kind)}:
        return f"<{type(value).__name__}>"
    return repr(value)


def _key(key: Any) -> str:
    return shown(from_python(key), inside=True)


def same(left: Meaning, right: Meaning) -> bool:
    """Whether two values are equal, where at least one of them is no array."""
    pairs = [(left, right)]
    while pairs:
        a, b = pairs.pop()
        if isinstance(a, Group | Listing) and isinstance(b, Group | Listing):
            if type(a) is not type(b) or len(a.items) != len(b.items):
                return False
            pairs.extend(zip(a.items, b.items, strict=True))
        elif isinstance(a, Array) and isinstance(b, Array):
            if a.shape != b.shape or _elements(a) != _elements(b):
                return False
        elif isinstance(a, Object) and isinstance(b, Object):
            if a.value is not b.value:
                return False
        elif type(a) is not type(b) or (a is not b and a != b):
            return False
    return True


def _elements(array: Array) -> Any:
    return array.tolist() if isinstance(array, Tensor) else number_in(array)
