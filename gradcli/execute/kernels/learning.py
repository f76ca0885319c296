"""Kernels of layers: normalised features, and features left out at random."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.execute.kernels.random import Seed, generator
from gradcli.execute.kernels.reduction import mean
from gradcli.execute.kernels.statistics import var
from gradcli.execute.memory.scratch import holds

Array = NDArray[Any]


@holds(3)
def layer_norm(x: Array, *affine: Array, normalized_shape: tuple[int, ...], eps: float) -> Array:
    """Mean 0 and variance 1 over the last axes; then times the weight, plus the bias."""
    axes = tuple(range(-len(normalized_shape), 0))
    spread = x - mean(x, axis=axes, keepdims=True)
    y = spread / np.sqrt(var(x, axis=axes, correction=0, keepdims=True) + eps)
    for combine, one in zip((np.multiply, np.add), affine, strict=False):
        y = combine(y, one)
    return np.asarray(y)


def dropout_mask(x: Array, p: float, seed: Seed) -> Array:
    """0 with probability p, and else 1 / (1 - p), for every element."""
    kept = generator(seed).random(np.shape(x)) >= p
    return kept / (1 - p if p < 1 else 1.0)
