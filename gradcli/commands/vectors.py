"""``--vector``: the weights of an output's elements, or the direction in which names move."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from gradcli.answers import Answers
from gradcli.commands.inputs import Inputs
from gradcli.data.assignments import read
from gradcli.errors import Source, Span, UsageError, VectorProblem
from gradcli.language.lexer import normal
from gradcli.language.names import Given, listed

F = TypeVar("F", bound=Callable[..., Any])

# No more digits than int() takes; so many outputs there are not.
_NUMBERED = re.compile(r"([0-9]{1,9})=(?!=)")
_NAMED = re.compile(r"\s*([^\W\d]\w*)\s*=(?!=)")
_OPTION = "--vector "

# The key of a tangent that does not say which name it is for.
_ONLY = ""


def _option(text: str) -> Callable[[F], F]:
    return click.option("--vector", multiple=True, metavar="V", help=text)


vector_option = _option(
    "Weights for an output that is no scalar, such as 0.1,1 or @v.npy; 0=V for the first of several."
)
tangent_option = _option(
    "The direction to move a name in, such as 1,0 or @v.npy; x=V for x of several names."
)


class _Vectors:
    """The vectors of a call, as they were typed; each is read once, also for many lines."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        # What is wrong with one is shown under the option: its text, and where the value begins.
        self._typed: dict[int | str, tuple[str, int]] = {}
        self._read: dict[int | str, Given] = {}

    def _keep(self, key: int | str, text: str, start: int) -> None:
        if text[start:].strip() == "@-" and self._inputs.lines_from_stdin:
            raise UsageError(
                "standard input holds the lines", hint="put the vector into a file: --vector @v.txt"
            )
        self._typed[key] = f"{_OPTION}{text}", len(_OPTION) + start

    def _value(self, key: int | str, given: Mapping[str, Given]) -> Given:
        if key not in self._read:
            text, start = self._typed[key]
            inputs, target = self._inputs, f"{_OPTION}{key}"
            self._read[key] = read(
                text, start, given, inputs.used, inputs.stdin, seed=inputs.settings.seed, target=target
            )
        return self._read[key]

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Put what is wrong with the shape of a vector under the option."""
        try:
            yield
        except VectorProblem as error:
            typed = self._typed.get(error.vector, self._typed.get(_ONLY))
            # Among many lines the number of the line tells more.
            if typed is not None and not self._inputs.settings.lines:
                text, start = typed
                error.source, error.span = Source(text), Span(start, len(text))
            raise


class Cotangents(_Vectors):
    """A vector for each output, by number; without one the output must be a scalar.

    Raises:
        UsageError: they are not numbered 0, 1, ... one each, or one is for a name.
    """

    def __init__(self, texts: tuple[str, ...], inputs: Inputs) -> None:
        super().__init__(inputs)
        for text in texts:
            found = _NUMBERED.match(text)
            place = int(found.group(1)) if found else 0
            if named := _NAMED.match(text):
                raise UsageError(
                    f"the vector is one for an output, and {named.group(1)} is a name",
                    hint="write --vector V, or --vector 0=... --vector 1=... for several outputs",
                )
            if place in self._typed:
                raise UsageError(
                    f"there are two vectors for output {place}", hint="write --vector 0=... --vector 1=..."
                )
            self._keep(place, text, found.end() if found else 0)
        if sorted(map(int, self._typed)) != list(range(len(self._typed))):
            raise UsageError(
                "the vectors of several outputs are numbered from 0: --vector 0=... --vector 1=..."
            )

    def read(self, given: Mapping[str, Given]) -> Sequence[Given]:
        """Their values in the order of the outputs, once the names are known."""
        return [self._value(place, given) for place in sorted(map(int, self._typed))]


class Tangents(_Vectors):
    """A vector for each name to differentiate by.

    Args:
        texts: what was typed.
        wrt: the names of ``--wrt``; without it those of the vectors, or the only one there is.
        inputs: the inputs of the call.

    Raises:
        UsageError: the names and the vectors do not belong together.
    """

    def __init__(self, texts: tuple[str, ...], wrt: tuple[str, ...] | None, inputs: Inputs) -> None:
        super().__init__(inputs)
        self._wrt = wrt
        for text in texts:
            found = _NAMED.match(text)
            name = normal(found.group(1)) if found else _ONLY
            if name in self._typed:
                which = f"for {name}" if found else "without a name"
                raise UsageError(f"there are two vectors {which}", hint=_form(wrt or ("x", "y")))
            self._keep(name, text, found.end() if found else 0)
        if not texts:
            raise UsageError("there is no vector", hint=_form(wrt or ("x",)))
        if _ONLY in self._typed and len(texts) > 1:
            raise UsageError("a vector does not say which name it is for", hint=_form(wrt or ("x", "y")))
        if wrt is not None:
            self._check(wrt)

    def read(self, expression: Answers, given: Mapping[str, Given]) -> dict[str, Given]:
        """Their values by name, in the order of ``--wrt``."""
        if _ONLY not in self._typed:
            return {name: self._value(name, given) for name in self._wrt or map(str, self._typed)}
        # Without --wrt every line decides for itself which name it is.
        names = self._wrt or expression.movable(given)
        self._check(names)
        return {names[0]: self._value(_ONLY, given)}

    def _check(self, names: tuple[str, ...]) -> None:
        if _ONLY in self._typed:
            if len(names) != 1:
                there = f"{len(names)} names: {listed(names, 'and')}" if names else "no name to move along it"
                raise UsageError(f"there is one vector, and {there}", hint=_form(names))
            return
        for name in self._typed:
            if name not in names:
                raise UsageError(f"{name} has a vector, and --wrt does not name it")
        missing = [name for name in names if name not in self._typed]
        if missing:
            raise UsageError(f"there is no vector for {listed(missing, 'and')}", hint=_form(names))


def _form(names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return f"as in --vector 1,0,0 or --vector {names[0]}=@v.npy"
    return f"write {' '.join([f'--vector {name}=...' for name in names])}" if names else ""
