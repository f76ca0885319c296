"""Where to move: every element by itself if there are few, and directions at random, the same every time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any
from zlib import crc32

Array = Any

# Every element is moved by itself if there are no more of them.
FEW = 20
_AT_RANDOM = 3


def generator(*words: object) -> Any:
    """Random numbers of their own for every purpose, the same in every run."""
    import numpy

    return numpy.random.default_rng(crc32(repr(words).encode()))


def scales(x: Array) -> Array:
    """For each element the power of two below its size: what a step of it is measured in."""
    import numpy

    size = numpy.abs(x)
    usable = (size > 0) & numpy.isfinite(size)
    _, exponent = numpy.frexp(numpy.where(usable, size, 1.0))
    return numpy.ldexp(1.0, numpy.where(usable, exponent - 1, 0))


def directions(x: Array, name: str) -> Iterator[Array]:
    """Directions of the shape of ``x``; their elements have few binary digits, so that steps are exact."""
    import numpy

    unit = scales(x)
    if x.size <= FEW:
        for place in numpy.ndindex(x.shape):
            one = numpy.zeros(x.shape)
            one[place] = unit[place]
            yield one
    if x.size > 1:
        rng = generator("direction", name)
        for _ in range(_AT_RANDOM):
            yield unit * rng.integers(4, 9, x.shape) / 8 * rng.choice([-1.0, 1.0], x.shape)


def length(direction: Array) -> float:
    """The Euclidean length, also where its square leaves the numbers."""
    return math.hypot(*direction.ravel().tolist())


def weights(values: list[Array], *words: object) -> list[Array]:
    """A weight for every element of the outputs, such that each counts alike; 1 for a single number."""
    import numpy

    if len(values) == 1 and values[0].size == 1:
        return [numpy.ones(values[0].shape)]
    rng = generator("weight", *words)
    found = []
    for value in values:
        finite = numpy.isfinite(value)
        random = rng.integers(4, 9, value.shape) / 8 * rng.choice([-1.0, 1.0], value.shape)
        # What is infinite has no slope; with the weight 0 it stays out of the sum.
        found.append(numpy.where(finite, random / scales(value), 0.0))
    return found
