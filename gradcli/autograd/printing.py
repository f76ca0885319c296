"""A tensor as PyTorch prints it: ``tensor([1., 2.], requires_grad=True)``; doubles go unsaid."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

_DIGITS = 4
_EDGE = 3
_MOST = 1000
_WIDTH = 80


def shown(array: Any, suffix: str) -> str:
    """The text of a tensor.

    Args:
        array: its values.
        suffix: what stands behind them, such as ``"requires_grad=True"``.
    """
    prefix = "tensor("
    summarised = array.size > _MOST
    visible = _corners(array) if summarised else array
    write = _writer(visible)
    body = _block(array, len(prefix), write, summarised)
    ends = []
    if array.size == 0 and array.ndim != 1:
        ends.append(f"size={array.shape}")
    default = {"f": "float64", "i": "int64", "u": "int64", "b": "bool"}[array.dtype.kind]
    # Of no elements nobody sees that they are whole, or truths.
    if str(array.dtype) != (default if array.size else "float64"):
        ends.append(f"dtype={array.dtype}")
    if suffix:
        ends.append(suffix)
    # A suffix that does not fit behind the last line, with the bracket, gets one of its own.
    text = prefix + body
    last = len(text) - text.rfind("\n") + 1
    for end in ends:
        if last + len(end) + 2 > _WIDTH:
            text, last = f"{text},\n{' ' * len(prefix)}{end}", len(prefix) + len(end)
        else:
            text, last = f"{text}, {end}", last + len(end) + 2
    return text + ")"


def _corners(array: Any) -> Any:
    """What is shown of a large array."""
    for axis, size in enumerate(array.shape):
        if size > 2 * _EDGE:
            kept = [*range(_EDGE), *range(size - _EDGE, size)]
            array = np.take(array, kept, axis=axis)
    return array


def _writer(array: Any) -> Callable[[Any], str]:
    """How each number is written, so that all have one width."""
    if array.dtype.kind == "b":
        return _padded([str(bool(one)) for one in array.flat], lambda one: str(bool(one)))
    if array.dtype.kind != "f":
        return _padded([str(one) for one in array.flat], str)
    finite = [abs(float(one)) for one in array.flat if math.isfinite(one) and one != 0]
    form = _form(finite)
    # As in PyTorch, what is no finite number, or 0, does not count.
    return _padded([form(one) for one in array.flat if math.isfinite(one) and one != 0], form)


def _form(sizes: list[float]) -> Callable[[Any], str]:
    low, high = (min(sizes), max(sizes)) if sizes else (1.0, 1.0)
    whole = all(one == math.ceil(one) for one in sizes)
    if whole:
        scientific = high / low > 1000.0 or high > 1.0e8
    else:
        scientific = high / low > 1000.0 or high > 1.0e8 or low < 1.0e-4

    def write(one: Any) -> str:
        if not math.isfinite(one):
            return str(float(one))
        if scientific:
            return f"{one:.{_DIGITS}e}"
        return f"{one:.0f}." if whole else f"{one:.{_DIGITS}f}"

    return write


def _padded(texts: list[str], write: Callable[[Any], str]) -> Callable[[Any], str]:
    width = max(map(len, texts), default=0)
    return lambda one: write(one).rjust(width)


def _block(array: Any, indent: int, write: Callable[[Any], str], summarised: bool) -> str:
    if array.size == 0:
        return "[]"
    if array.ndim == 0:
        text: str = write(array[()])
        return text
    if array.ndim == 1:
        return _row(array, indent, write, summarised)
    parts: list[Any] = list(range(len(array)))
    if summarised and len(array) > 2 * _EDGE:
        parts = [*range(_EDGE), None, *range(len(array) - _EDGE, len(array))]
    texts = ["..." if one is None else _block(array[one], indent + 1, write, summarised) for one in parts]
    between = "," + "\n" * (array.ndim - 1) + " " * (indent + 1)
    return f"[{between.join(texts)}]"


def _row(array: Any, indent: int, write: Callable[[Any], str], summarised: bool) -> str:
    if summarised and len(array) > 2 * _EDGE:
        texts = [*map(write, array[:_EDGE]), " ...", *map(write, array[-_EDGE:])]
    else:
        texts = list(map(write, array))
    width = max(map(len, texts), default=0)
    in_line = max(1, (_WIDTH - indent) // (width + 2))
    lines = [", ".join(texts[start : start + in_line]) for start in range(0, len(texts), in_line)]
    return "[" + f",\n{' ' * (indent + 1)}".join(lines) + "]"
