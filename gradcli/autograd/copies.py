"""Copies of a tensor that are tracked."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from gradcli.autograd.calls import run, track
from gradcli.autograd.local import Local
from gradcli.autograd.variable import Variable, made
from gradcli.graph.node import ops, variable
from gradcli.graph.shapes import Shape


@lru_cache(1024)
def _same(shape: Shape, name: str) -> Local:
    x = variable("x", shape)
    return Local([ops.alias(x)], [x], name, called="clone")


@lru_cache(1024)
def _turned(shape: Shape) -> Local:
    x = variable("x", shape)
    return Local([ops.transpose(x, axes=None)], [x], "TBackward0")


def clone(x: Variable) -> Any:
    """The same values in memory of its own."""
    if x.array.dtype.kind != "f":
        return made(x.array.copy())
    return run(_same(x.array.shape, "CloneBackward0"), [x])[0]


def transposed(x: Variable) -> Any:
    """A matrix transposed, a view; a vector as it is."""
    if x.array.ndim < 2:
        return run(_same(x.array.shape, "TBackward0"), [x])[0]
    return run(_turned(x.array.shape), [x])[0]


def cast(x: Variable, dtype: Any) -> Any:
    """The same values in another type; itself if it has that type. Between floats it is tracked."""
    wanted = np.dtype(dtype)
    if wanted == x.array.dtype:
        return x
    result = made(x.array.astype(wanted))
    if wanted.kind == "f":
        track(_same(x.array.shape, "ToCopyBackward0"), [x], [x.array, result.array], [result])
    return result
