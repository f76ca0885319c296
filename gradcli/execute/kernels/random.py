"""Kernels that draw random numbers, the same ones for the same seed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Seed = tuple[int, ...]


def generator(seed: Seed) -> np.random.Generator:
    """The stream of a seed: the user's own number first, and then what tells its calls apart."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed[0], spawn_key=seed[1:])))


def rand(shape: tuple[int, ...], seed: Seed) -> Array:
    """Evenly distributed from 0 to 1, without 1."""
    return np.asarray(generator(seed).random(shape))


def randn(shape: tuple[int, ...], seed: Seed) -> Array:
    """Normally distributed, with mean 0 and variance 1."""
    return np.asarray(generator(seed).standard_normal(shape))
