"""Random numbers that are the same in every run: the seed of each call in a text."""

from __future__ import annotations

from itertools import count
from typing import Any

from gradcli.errors import CallProblem
from gradcli.graph.node import Operation
from gradcli.graph.operations.compose import Composite


class Draws:
    """The seeds of one build, call by call.

    A seed is static: two calls are two nodes that no sharing merges, and the value, the gradient and
    whatever else is asked of the same text see the same numbers.

    Args:
        seed: the user's.
        target: the name that the text gives a value to, so that ``x=rand(3) y=rand(3)`` differ.
    """

    def __init__(self, seed: int, target: str = "") -> None:
        self._seed = seed
        self._target = int.from_bytes(target.encode())
        self._calls = count()

    def hand_out(self, record: Operation | Composite, parameters: dict[str, Any]) -> None:
        """Give a call that draws random numbers a seed of its own."""
        for parameter in record.parameters:
            if parameter.kind == "seed":
                parameters[parameter.name] = (self._seed, self._target, next(self._calls))


def checked(seed: int) -> int:
    """A seed as it is.

    Raises:
        CallProblem: it is no whole number, or a negative one.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise CallProblem(f"a seed is a whole number that is not negative: got {seed!r}")
    return seed
