"""``--vector``: the weights of an output's elements."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import click

from gradcli.data.assignments import read
from gradcli.errors import UsageError
from gradcli.language.names import Given

# No more digits than int() takes; so many outputs there are not.
_NUMBERED = re.compile(r"([0-9]{1,9})=(?!=)")
_OPTION = "--vector "

vector_option = click.option(
    "--vector",
    multiple=True,
    metavar="V",
    help="Weights for an output that is no scalar, such as 0.1,1 or @v.npy; 0=V for the first of several.",
)


class Vectors:
    """The vectors of a call, in the order of the outputs.

    Args:
        texts: what was written, one for each option.
        seed: what random numbers are drawn from.

    Attributes:
        used: the names that they use, once they have been read.

    Raises:
        UsageError: they are not numbered 0, 1, ... one each.
    """

    def __init__(self, texts: tuple[str, ...], seed: int) -> None:
        self._seed = seed
        self.used: set[str] = set()
        self._placed: dict[int, tuple[str, int]] = {}
        for text in texts:
            found = _NUMBERED.match(text)
            place = int(found.group(1)) if found else 0
            if place in self._placed:
                raise UsageError(
                    f"there are two vectors for output {place}", hint="write --vector 0=... --vector 1=..."
                )
            # As it was typed, so that what is wrong with it is shown under that.
            self._placed[place] = f"{_OPTION}{text}", len(_OPTION) + (found.end() if found else 0)
        if sorted(self._placed) != list(range(len(self._placed))):
            raise UsageError(
                "the vectors of several outputs are numbered from 0: --vector 0=... --vector 1=..."
            )

    def read(self, given: Mapping[str, Given]) -> Sequence[Given]:
        """Their values, once the names are known."""
        return [self._value(place, given) for place in sorted(self._placed)]

    def _value(self, place: int, given: Mapping[str, Given]) -> Given:
        target = f"{_OPTION}{place}"
        return read(*self._placed[place], given, self.used, _no_stdin, seed=self._seed, target=target)


def _no_stdin() -> str:
    raise UsageError(
        "--vector cannot be read from standard input", hint="put it into a file: --vector @v.txt"
    )
