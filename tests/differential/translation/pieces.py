"""Pieces of arrays: indexing, picking, cutting and joining."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from tests.differential.translation.say import (
    Name,
    Operator,
    Untranslatable,
    alike,
    call,
    settled,
    written,
)


def _narrow(x: Any, dim: int, start: Any, length: int) -> str:
    colons = [":"] * (dim % x.ndim)
    start = settled(start) % (x.shape[dim] or 1)
    return f"{x}[{', '.join([*colons, f'{start}:{start + length}'])}]"


def _select(x: Any, dim: int, index: int) -> str:
    return f"{x}[{', '.join([*[':'] * (dim % x.ndim), str(index)])}]"


def _getitem(x: Any, key: Any) -> str:
    parts = list(key) if isinstance(key, tuple) else [key]
    return f"{x}[{', '.join(map(_subscript, parts))}]"


def _subscript(one: Any) -> str:
    if isinstance(one, slice):
        ends = [one.start, one.stop, one.step]
        if any(isinstance(end, Name) for end in ends):
            raise Untranslatable("a slice by tensors")
        start, stop, step = ("" if end is None else str(end) for end in ends)
        return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"
    if one is Ellipsis:
        return "..."
    if isinstance(one, bool):
        raise Untranslatable("true or false as a subscript")
    if isinstance(one, list):
        return str(one)
    return written(one)


def _index_select(x: Any, dim: int, index: Any) -> str:
    return call("take", x, index, axis=dim) if x.ndim else f"reshape(take(reshape({x}, (1,)), {index}), ())"


def _take(x: Any, index: Any) -> str:
    return call("take", x, index)


def _masked_select(x: Any, mask: Any) -> str:
    if x.shape == mask.shape:
        return f"{x}[{mask}]"
    ndim = max(x.ndim, mask.ndim)
    pairs = [((1,) * (ndim - one.ndim) + one.shape) for one in (x, mask)]
    shape = tuple([b if a == 1 else a for a, b in zip(*pairs, strict=True)])
    x, mask = (Name(call("broadcast_to", one, shape)) for one in (x, mask))
    return f"{x}[{mask}]" if shape else f"reshape({x}, (1,))[reshape({mask}, (1,))]"


def _split(x: Any, sizes: Any, dim: int = 0) -> str:
    total = x.shape[dim]
    if isinstance(sizes, int):
        sizes = [min(sizes, total - at) for at in range(0, total, sizes)]
    cuts = tuple([sum(sizes[: k + 1]) for k in range(len(sizes) - 1)])
    return call("split", x, cuts, axis=dim) if cuts else f"({x},)"


def _chunk(x: Any, chunks: int, dim: int = 0) -> str:
    return _split(x, -(-x.shape[dim] // chunks), dim)


def _tensor_split(x: Any, cuts: Any, dim: int = 0) -> str:
    cuts = settled(cuts)
    if isinstance(cuts, int):
        size, extra = divmod(x.shape[dim], cuts)
        sizes = [size + (k < extra) for k in range(cuts)]
        cuts = [sum(sizes[: k + 1]) for k in range(cuts - 1)]
    if any(cut < 0 for cut in cuts):
        raise Untranslatable("a cut counted from the end")
    return call("split", x, tuple(cuts), axis=dim) if cuts else f"({x},)"


def _cut_along(axis: int) -> Callable[..., str]:
    def translate(x: Any, cuts: Any) -> str:
        return _tensor_split(x, cuts, 0 if x.ndim == 1 else axis)

    return translate


def _joined(axis: int, atleast: Callable[[Any], tuple[int, ...]]) -> Callable[..., str]:
    """Arrays that get axes of their own first."""

    def translate(*arrays: Any) -> str:
        flat = list(arrays[0]) if isinstance(arrays[0], (list, tuple)) else list(arrays)
        shapes = [atleast(one) for one in flat]
        parts = [
            one if one.shape == shape else Name(call("reshape", one, shape))
            for one, shape in zip(flat, shapes, strict=True)
        ]
        return call("concat", parts, axis=min(axis, len(shapes[0]) - 1))

    return translate


def _rows(x: Any) -> tuple[int, ...]:
    return x.shape if x.ndim > 1 else (1, math.prod(x.shape))


def _columns(x: Any) -> tuple[int, ...]:
    return x.shape if x.ndim > 1 else (math.prod(x.shape), 1)


def _layers(x: Any) -> tuple[int, ...]:
    return x.shape if x.ndim > 2 else (*_rows(x), 1)


def _cat(arrays: Sequence[Any], dim: int = 0) -> str:
    # PyTorch lets arrays of shape (0,) pass anywhere.
    full = [one for one in arrays if one.shape != (0,)] or list(arrays)
    return call("concat", full, axis=dim)


def _gather(x: Any, dim: int, index: Any, **_: Any) -> str:
    if x.ndim and x.ndim == index.ndim:
        return call("gather", x, dim, index)
    flat = Name(call("reshape", x, x.shape or (1,)))
    found = call("gather", flat, 0, Name(call("reshape", index, (math.prod(index.shape),))))
    return call("reshape", Name(found), index.shape)


def _take_along(x: Any, index: Any, dim: int | None = None) -> str:
    if dim is None:
        return call("gather", Name(call("flatten", x)), 0, Name(call("flatten", index)))
    dim %= x.ndim
    wide = [max(a, b) for a, b in zip(x.shape, index.shape, strict=True)]
    shapes = [(*wide[:dim], one.shape[dim], *wide[dim + 1 :]) for one in (x, index)]
    x, index = (Name(call("broadcast_to", one, shape)) for one, shape in zip((x, index), shapes, strict=True))
    return call("gather", x, dim, index)


def _diff(x: Any, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> str:
    if n == 0:
        return str(x)
    around = [one for one in (prepend, x, append) if one is not None]
    start = call("concat", around, axis=dim) if len(around) > 1 else str(x)
    lines, colons = [f"d = {start}"], ":, " * (dim % x.ndim)
    return "\n".join([*lines, *[f"d = d[{colons}1:] - d[{colons}:-1]"] * n, "d"])


OPERATORS: dict[str, Operator] = {
    **alike("""stack unbind
    """),
    "narrow": Operator("index", _narrow),
    "select": Operator("index", _select),
    "__getitem__": Operator("index", _getitem),
    "index_select": Operator("take", _index_select),
    "take": Operator("take", _take),
    "masked_select": Operator("index", _masked_select),
    "split": Operator("split", _split),
    "split.list_args": Operator("split", _split),
    "split_with_sizes": Operator("split", _split),
    "chunk": Operator("split", _chunk),
    "tensor_split": Operator("split", _tensor_split),
    "hstack": Operator("concat", _joined(1, lambda x: x.shape or (1,))),
    "vstack": Operator("concat", _joined(0, _rows)),
    "dstack": Operator("concat", _joined(2, _layers)),
    "column_stack": Operator("concat", _joined(1, _columns)),
    "cat": Operator("concat", _cat),
    "gather": Operator("gather", _gather),
    "take_along_dim": Operator("gather", _take_along),
    "hsplit": Operator("split", _cut_along(1)),
    "vsplit": Operator("split", _cut_along(0)),
    "dsplit": Operator("split", _cut_along(2)),
    "unsafe_split": Operator("split", _split),
    "unsafe_chunk": Operator("split", _chunk),
    "diff": Operator("index", _diff),
}
