"""``x[...]`` and ``x[...] = y`` on tensors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from operator import index
from typing import Any

import numpy as np

from gradcli.autograd.calls import compose
from gradcli.autograd.inplace import allow, assign, put
from gradcli.autograd.sentences import type_name
from gradcli.autograd.variable import Variable, made
from gradcli.errors import (
    AutogradIndexError,
    AutogradTypeError,
    EvaluationError,
    ShapeProblem,
    TensorShapeProblem,
)
from gradcli.graph.node import Node, variable
from gradcli.graph.operations.indexing import subscript

Item = tuple[Any, ...]

_BEYOND = re.compile(r"index (-?\d+) is out of (?:range|bounds) for axis (\d+) with size (\d+)")


def get(x: Variable, key: Any) -> Any:
    """The part of a tensor that a subscript picks: a view of it, unless arrays or masks pick.

    Raises:
        AutogradIndexError: a position out of range, or something that is no subscript.
    """
    items, arrays = _items(key)
    return _picked(x, items, arrays)


def assigned(x: Variable, key: Any, value: Any) -> None:
    """Let a part of a tensor have other values, in place.

    Raises:
        AutogradError: the tensor may not be changed now.
        AutogradIndexError: as ``get``.
        AutogradTypeError: the values are no numbers.
        TensorShapeProblem: they do not stretch to the part.
    """
    if isinstance(value, np.ndarray | list | tuple | np.generic):
        value = made(np.asarray(value))
    if not isinstance(value, Variable | float | int) or (
        isinstance(value, Variable) and value.array.dtype.kind not in "fiub"
    ):
        what = value.array.dtype if isinstance(value, Variable) else type(value).__name__
        raise AutogradTypeError(
            f"can't assign a {what} to a {type_name(x.array).partition(' ')[0]}",
            hint="give numbers, tensors or arrays of them",
        )
    items, arrays = _items(key)
    if len(items) == 1 and items[0][0] == "mask" and not arrays[0].array.ndim:
        # One truth picks all or nothing.
        if arrays[0].array:
            assign(x, value, part=True)
        return
    if not arrays:
        assign(_picked(x, items, []), value, part=True)
        return
    allow(x, [value])
    with _refused(x, items):
        # Whether masks fit what they pick from, before they become positions.
        _selection(items)(
            variable("self", x.array.shape), *[variable("array", one.array.shape, one.kind) for one in arrays]
        )
    # The positions of a mask, whose sizes are known once its values are.
    fixed: list[Item] = []
    positions: list[Variable] = []
    for item in items:
        if item[0] == "mask":
            if not arrays[item[1]].array.ndim:
                raise _no_position()
            for one in np.nonzero(arrays[item[1]].array):
                fixed.append(("array", len(positions)))
                positions.append(made(one))
        elif item[0] == "array":
            fixed.append(("array", len(positions)))
            positions.append(arrays[item[1]])
        else:
            fixed.append(item)
    with _refused(x, items):
        put(x, _numpy_key(fixed, positions), tuple(fixed), positions, value)


def _numpy_key(items: list[Item], positions: list[Variable]) -> tuple[Any, ...]:
    def plain(item: Item) -> Any:
        if item[0] == "array":
            return positions[item[1]].array.astype(np.intp)
        if item[0] == "slice":
            return slice(*item[1:])
        return {"new": None, "rest": Ellipsis}.get(item[0], item[-1])

    return tuple([plain(item) for item in items])


def _selection(items: list[Item]) -> Any:
    def pick(x: Node, *indices: Node) -> Node:
        return subscript(x, list(items), list(indices))

    return pick


def _picked(x: Variable, items: list[Item], arrays: list[Variable]) -> Any:
    with _refused(x, items):
        return compose(_selection(items), ("subscript", tuple(items)), [x, *arrays])


@contextmanager
def _refused(x: Variable, items: list[Item]) -> Iterator[None]:
    """PyTorch's sentences for what a subscript cannot pick.

    Raises:
        AutogradIndexError: in the place of what the graph or a run says.
    """
    try:
        yield
    except TensorShapeProblem:
        raise
    except ShapeProblem as error:
        if not x.array.ndim and error.message.startswith("too many subscripts"):
            raise AutogradIndexError(
                "invalid index of a 0-dim tensor. Use `tensor.item()` to convert it to a number",
                hint="it is one number",
            ) from None
        if error.message.startswith("too many subscripts"):
            raise AutogradIndexError(
                f"too many indices for tensor of dimension {x.array.ndim}", hint=error.message
            ) from None
        at = next((item[1] for item in items if item[0] == "at"), None)
        if len(items) == 1 and at is not None and x.array.ndim:
            size = x.array.shape[0]
            raise AutogradIndexError(
                f"index {at} is out of bounds for dimension 0 with size {size}",
                hint=f"use one of {-size} to {size - 1}",
            ) from None
        raise AutogradIndexError(error.message, hint=error.hint) from None
    except EvaluationError as error:
        raise _out_of_bounds(error.message) or error from None


def _out_of_bounds(said: str) -> AutogradIndexError | None:
    """PyTorch's error for a position that NumPy, or an operation of the table, found out of range."""
    beyond = _BEYOND.match(said)
    if beyond is None:
        return None
    position, axis, size = beyond.groups()
    return AutogradIndexError(
        f"index {position} is out of bounds for dimension {axis} with size {size}",
        hint=f"use positions from -{size} to {int(size) - 1}",
    )


def _no_position() -> AutogradIndexError:
    return AutogradIndexError(
        "a truth is no position", hint="a mask has as many elements as what it picks from"
    )


def _items(key: Any) -> tuple[list[Item], list[Variable]]:
    arrays: list[Variable] = []
    items = [_item(one, arrays) for one in (key if isinstance(key, tuple) else (key,))]
    return items, arrays


def _item(one: Any, arrays: list[Variable]) -> Item:
    if one is None:
        return ("new",)
    if one is Ellipsis:
        return ("rest",)
    if isinstance(one, slice):
        return (
            "slice",
            *[None if bound is None else index(bound) for bound in (one.start, one.stop, one.step)],
        )
    if isinstance(one, bool):
        raise _no_position()
    if isinstance(one, int | np.integer):
        return ("at", int(one))
    if isinstance(one, list | np.ndarray):
        one = made(np.asarray(one))
    if not isinstance(one, Variable):
        raise AutogradIndexError(
            f"a {type(one).__name__} is no subscript",
            hint="write whole numbers, slices, None, ..., lists or tensors of whole numbers, or masks",
        )
    arrays.append(one)
    if one.kind == "bool":
        return ("mask", len(arrays) - 1, one.array.ndim)
    return ("array", len(arrays) - 1)
