"""``--vector``: the weights of an output's elements."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import click

from gradcli.data.assignments import read
from gradcli.errors import UsageError
from gradcli.language.names import Given

_NUMBERED = re.compile(r"(\d+)=(?!=)")
_OPTION = "--vector "

vector_option = click.option(
    "--vector",
    multiple=True,
    metavar="V",
    help="Weights for an output that is no scalar, such as 0.1,1 or @v.npy; 0=V for the first of several.",
)


def vectors_of(texts: tuple[str, ...]) -> Callable[[Mapping[str, Given]], Sequence[Given]]:
    """The vectors in the order of the outputs, once the names are known.

    Raises:
        UsageError: they are not numbered 0, 1, ... one each.
    """
    placed: dict[int, tuple[str, int]] = {}
    for text in texts:
        found = _NUMBERED.match(text)
        place = int(found.group(1)) if found else 0
        if place in placed:
            raise UsageError(
                f"there are two vectors for output {place}", hint="write --vector 0=... --vector 1=..."
            )
        # As it was typed, so that what is wrong with it is shown under that.
        placed[place] = f"{_OPTION}{text}", len(_OPTION) + (found.end() if found else 0)
    if sorted(placed) != list(range(len(placed))):
        raise UsageError("the vectors of several outputs are numbered from 0: --vector 0=... --vector 1=...")

    def in_order(given: Mapping[str, Given]) -> Sequence[Given]:
        return [read(*placed[place], given, set(), _no_stdin) for place in range(len(placed))]

    return in_order


def _no_stdin() -> str:
    raise UsageError(
        "--vector cannot be read from standard input", hint="put it into a file: --vector @v.txt"
    )
