"""Shapes: sizes that are known, sizes that only the run knows, and NumPy's rule for stretching them."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from gradcli.errors import ShapeProblem


class Unknown:
    """A size that only the run decides: how many elements a mask picks.

    Two unknown sizes are equal when they are the same object; ``at_most`` bounds the size.
    """

    __slots__ = ("at_most",)

    def __init__(self, at_most: int) -> None:
        self.at_most = at_most

    def __repr__(self) -> str:
        return f"?≤{self.at_most}"


Size = int | Unknown
Shape = tuple[Size, ...]


def describe(shape: Sequence[Size]) -> str:
    """A shape as it is written: ``(3,)``, ``(2, 3)``, ``()``."""
    inner = ", ".join([str(size) for size in shape])
    return f"({inner},)" if len(shape) == 1 else f"({inner})"


def listed_shapes(shapes: Sequence[Sequence[Size]]) -> str:
    """Shapes in a sentence: ``(3,) and (2,)``."""
    *others, last = [describe(shape) for shape in shapes]
    return f"{', '.join(others)} and {last}" if others else last


def is_known(shape: Sequence[Size]) -> bool:
    """Whether every size is known before anything runs."""
    return not any(isinstance(size, Unknown) for size in shape)


def elements(shape: Sequence[Size]) -> int:
    """How many elements an array of a shape has, at most."""
    return prod(size.at_most if isinstance(size, Unknown) else size for size in shape)


def agree(a: Sequence[Size], b: Sequence[Size]) -> bool:
    """Whether two shapes are, or may turn out, the same."""
    return len(a) == len(b) and all(
        x == y or isinstance(x, Unknown) or isinstance(y, Unknown) for x, y in zip(a, b, strict=True)
    )


def broadcast(*shapes: Shape) -> Shape:
    """The shape that all of them stretch to, by NumPy's rule.

    Raises:
        ShapeProblem: two sizes differ and neither is 1.
    """
    result: list[Size] = []
    for position in range(1, max(map(len, shapes), default=0) + 1):
        size: Size = 1
        for shape in shapes:
            if position <= len(shape):
                size = _join(size, shape[-position], shapes)
        result.append(size)
    return tuple(reversed(result))


def _join(a: Size, b: Size, shapes: tuple[Shape, ...]) -> Size:
    if a is b or a == b or b == 1:
        return a
    if a == 1:
        return b
    if isinstance(a, Unknown):
        # A known size wins: the run has to agree with it, or be stretched from 1.
        return Unknown(min(a.at_most, b.at_most)) if isinstance(b, Unknown) else b
    if isinstance(b, Unknown):
        return a
    raise ShapeProblem(f"these shapes do not broadcast: {listed_shapes(shapes)}")
