"""Shapes: the same elements in another arrangement."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from tests.differential.translation.say import (
    Name,
    Operator,
    alike,
    call,
    settled,
    tuples,
)


def _reshape(x: Any, *shape: Any) -> str:
    return call("reshape", x, tuples(shape))


def _unflatten(x: Any, dim: int, sizes: Sequence[int]) -> str:
    dim %= x.ndim
    sizes = [-x.shape[dim] // math.prod(sizes) if size == -1 else size for size in sizes]
    return call("reshape", x, (*x.shape[:dim], *sizes, *x.shape[dim + 1 :]))


def _at_least(ndim: int) -> Callable[..., str]:
    def translate(*arrays: Any) -> str:
        flat = arrays[0] if isinstance(arrays[0], (list, tuple)) else arrays
        return ", ".join([call("reshape", x, (*[1] * (ndim - x.ndim), *x.shape)) for x in flat])

    return translate


def _made_like(function: str) -> Callable[..., str]:
    def translate(x: Any, **kwargs: Any) -> str:
        return call(function, x)

    return translate


def _permute(x: Any, *dims: Any) -> str:
    return call("permute", x, tuples(dims))


def _transpose(x: Any, a: int, b: int) -> str:
    return call("swapaxes", x, a, b) if x.ndim else str(x)


def _as_other(x: Any, other: Any) -> str:
    return call("reshape", x, tuple(other.shape))


def _expand_as(x: Any, other: Any) -> str:
    return call("broadcast_to", x, tuple(other.shape))


def _expand(x: Any, *shape: Any) -> str:
    sizes = list(tuples(shape))
    for back, size in enumerate(reversed(x.shape), 1):
        if sizes[-back] == -1:
            sizes[-back] = size
    return call("broadcast_to", x, tuple(sizes))


def _repeat(x: Any, *counts: Any) -> str:
    return call("tile", x, tuples(counts))


def _repeat_interleave(x: Any, repeats: Any, dim: int | None = None, **kwargs: Any) -> str:
    return call("repeat", x, settled(repeats), axis=dim)


def _pad(x: Any, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> str:
    pairs = [tuple(pad[i : i + 2]) for i in range(0, len(pad), 2)][::-1]
    pairs = [(0, 0)] * (x.ndim - len(pairs)) + pairs
    modes = {"replicate": "edge", "circular": "wrap"}
    extra = {"value": value} if value else {}
    more = tuple([(max(0, a), max(0, b)) for a, b in pairs])
    # A negative padding cuts off: what goes around is cut before, what is mirrored or held after.
    cuts = [f"{-min(0, a) or ''}:{min(0, b) or ''}" for a, b in pairs]
    cut = f"[{', '.join(cuts)}]" if min(pad, default=0) < 0 else ""
    before, after = (cut, "") if mode == "circular" else ("", cut)
    return call("pad", Name(f"{x}{before}"), more, mode=modes.get(mode, mode), **extra) + after


def _movedim(x: Any, source: Any, target: Any) -> str:
    return call("moveaxis", x, source, target)


def _squeeze(x: Any, dim: Any = None) -> str:
    if dim is None:
        return call("squeeze", x)
    axes = dim if isinstance(dim, (tuple, list)) else (dim,)
    real = tuple([one for one in axes if x.ndim and x.shape[one] == 1])
    return call("squeeze", x, real) if real else str(x)


def _roll(x: Any, shifts: Any, dims: Any = None) -> str:
    return call("roll", x, shifts, axis=None if dims == () else dims)


def _diag(x: Any, diagonal: int = 0) -> str:
    return call("diag", x, diagonal)


def _meshgrid(*arrays: Any, indexing: str = "ij") -> str:
    flat = list(arrays[0]) if isinstance(arrays[0], (list, tuple)) else list(arrays)
    return call("meshgrid", flat, indexing=indexing)


OPERATORS: dict[str, Operator] = {
    **alike("""
    flatten ravel unsqueeze diagonal tril triu tile flip broadcast_to
    """),
    "reshape": Operator("reshape", _reshape),
    "zeros_like": Operator("zeros_like", _made_like("zeros_like")),
    "ones_like": Operator("ones_like", _made_like("ones_like")),
    "unflatten": Operator("reshape", _unflatten),
    "atleast_1d": Operator("reshape", _at_least(1)),
    "atleast_2d": Operator("reshape", _at_least(2)),
    "view": Operator("reshape", _reshape),
    "reshape_as": Operator("reshape", _as_other),
    "view_as": Operator("reshape", _as_other),
    "permute": Operator("permute", _permute),
    "transpose": Operator("transpose", _transpose),
    "t": Operator("transpose", lambda x: f"{x}.T" if x.ndim == 2 else str(x)),
    "T": Operator("transpose", lambda x: f"{x}.T" if x.ndim == 2 else str(x)),
    "mT": Operator("transpose", lambda x: call("swapaxes", x, -1, -2)),
    "expand": Operator("expand", _expand),
    "expand_as": Operator("expand", _expand_as),
    "repeat": Operator("tile", _repeat),
    "repeat_interleave": Operator("repeat", _repeat_interleave),
    "movedim": Operator("moveaxis", _movedim),
    "squeeze": Operator("squeeze", _squeeze),
    "squeeze.multiple": Operator("squeeze", _squeeze),
    "constant_pad_nd": Operator("pad", lambda x, pad, value=0: _pad(x, pad, "constant", value)),
    "nn.functional.pad.constant": Operator("pad", _pad),
    "nn.functional.pad.reflect": Operator("pad", _pad),
    "nn.functional.pad.replicate": Operator("pad", _pad),
    "nn.functional.pad.replicate_negative": Operator("pad", _pad),
    "nn.functional.pad.circular": Operator("pad", _pad),
    "meshgrid.variadic_tensors": Operator("meshgrid", _meshgrid),
    "meshgrid.list_of_tensors": Operator("meshgrid", _meshgrid),
    "fliplr": Operator("flip", lambda x: call("flip", x, 1)),
    "flipud": Operator("flip", lambda x: call("flip", x, 0)),
    "roll": Operator("roll", _roll),
    "diag": Operator("diag", _diag),
    "linalg.diagonal": Operator(
        "diagonal", lambda A, *, offset=0, dim1=-2, dim2=-1: call("diagonal", A, offset, dim1, dim2)
    ),
}
