"""Changes in place: whether they are allowed, and what they do to values, versions and the backward graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from time import perf_counter_ns
from typing import Any

import numpy as np

from gradcli.autograd.calls import Argument, call, forward, noted, prepared
from gradcli.autograd.local import Local
from gradcli.autograd.memory import owner, repeats
from gradcli.autograd.mismatch import not_expanding, shape_problem
from gradcli.autograd.modes import state
from gradcli.autograd.sentences import (
    LEAF_IN_PLACE,
    VIEW_OF_LEAF_IN_PLACE,
    dtype_name,
    function_name,
    refusal,
)
from gradcli.autograd.variable import Variable
from gradcli.autograd.views import merged, rebase
from gradcli.errors import AutogradError, EvaluationError, ShapeProblem, TensorShapeProblem
from gradcli.graph.node import Operation, constant, ops, variable
from gradcli.graph.operations.compose import Composite
from gradcli.graph.operations.indexing import subscript
from gradcli.graph.shapes import Shape

# What is derived of a change is kept for so many shapes.
_MOST = 1024


def change(
    target: Variable,
    record: Operation | Composite,
    arguments: Sequence[Argument],
    parameters: Mapping[str, Any],
) -> None:
    """Let a tensor become what a function makes of the arguments, of which it may be one.

    Raises:
        AutogradError: it may not be changed now, or does not hold such values.
    """
    allow(target, arguments)
    ready, operands = prepared(record, arguments, parameters)
    if isinstance(ready, Local) and not ready.line.several:
        _run(target, ready, operands)
        return
    result = None if isinstance(ready, Local) else call(record, arguments, parameters)
    if result is None or isinstance(result, tuple):
        raise AutogradError(
            f"{record.name}_() has several results and cannot take the place of one tensor",
            hint="leave the _ out",
        )
    assign(target, result)


def assign(target: Variable, value: Variable | float | bool, *, part: bool = False) -> None:
    """Copy values into a tensor, stretched to its shape.

    Args:
        target: the tensor.
        value: what it is to hold.
        part: whether this is an assignment to a part, where axes of size 1 in front are dropped.
    """
    allow(target, [value])
    shape = value.array.shape if isinstance(value, Variable) else ()
    _run(target, _copying(target.array.shape, shape, part), [target, value], cast=True)


@lru_cache(_MOST)
def _copying(target: Shape, shape: Shape, part: bool) -> Local:
    old, new = variable("self", target), variable("value", shape)
    front = len(shape) - len(target)
    fitting = new
    if part and front > 0 and set(shape[:front]) == {1}:
        fitting = ops.reshape(new, shape=shape[front:])
    if part:
        unfit = not_expanding(target, fitting.shape)
        if unfit is not None:
            raise unfit
    try:
        whole = ops.where(constant(True, kind="bool"), fitting, old)
    except ShapeProblem as error:
        raise shape_problem(error, "add", [old.shape, new.shape], {}) from None
    return Local([whole], [old, new], "torch::autograd::CopyBackwards", called="copy")


def fill(target: Variable, value: Variable | float | bool, name: str) -> None:
    """Give all elements one value; what they came from gets the gradient 0."""
    allow(target, [target, value])
    _run(target, _filling(target.array.shape, name), [target, value], cast=True)


@lru_cache(_MOST)
def _filling(shape: Shape, name: str) -> Local:
    old, new = variable("self", shape), variable("value", ())
    whole = ops.where(constant(True, kind="bool"), new, old)
    return Local([whole], [old, new], name, called="fill")


def put(
    target: Variable,
    key: tuple[Any, ...],
    items: tuple[tuple[Any, ...], ...],
    positions: Sequence[Variable],
    value: Variable | float | bool,
) -> None:
    """Let what positions pick have other values.

    Args:
        target: the tensor.
        key: the part in NumPy's form.
        items: the same in that of ``graph.operations.indexing``.
        positions: arrays of whole numbers.
        value: what broadcasts with the part.

    Raises:
        TensorShapeProblem: it does not.
        EvaluationError: a position is out of range.
    """
    shape = value.array.shape if isinstance(value, Variable) else ()
    local = _putting(target.array.shape, shape, items, tuple([one.array.shape for one in positions]))
    # Of a place that is picked twice the last value stays, where merging would add them up.
    found = target.array.copy()
    try:
        found[key] = value.array if isinstance(value, Variable) else value
    except IndexError as error:
        raise EvaluationError(str(error)) from None
    _run(target, local, [target, value, *positions], found)


@lru_cache(_MOST)
def _putting(
    target: Shape, shape: Shape, items: tuple[tuple[Any, ...], ...], positions: tuple[Shape, ...]
) -> Local:
    old, new = variable("self", target), variable("value", shape)
    places = [variable("positions", one) for one in positions]
    part = subscript(old, list(items), list(places))
    try:
        wide = new if part.shape == shape else ops.broadcast_to(new, shape=part.shape)
    except ShapeProblem:
        raise TensorShapeProblem(
            f"shape mismatch: value tensor of shape {list(shape)} cannot be broadcast to indexing result of "
            f"shape {list(part.shape)}",
            hint="the values stretch to what they are assigned to",
        ) from None
    return Local([merged(old, part, wide)], [old, new, *places], "IndexPutBackward0", called="index_put")


def allow(target: Variable, arguments: Sequence[Any]) -> None:
    """Check that a tensor may be changed in place now.

    Raises:
        AutogradError: PyTorch's sentence, and what to do instead.
    """
    if target._inference and not state.inference:
        raise AutogradError(
            "Inplace update to inference tensor outside InferenceMode is not allowed.",
            hint="make a clone() of it, and change that",
        )
    involved = any(isinstance(one, Variable) and one.tracked for one in (target, *arguments))
    if state.grad and (involved or (target._view is not None and target._view.base.tracked)):
        _allow_tracked(target)
    if not target.array.flags.writeable:
        _unlock(target)
    for one in arguments:
        if isinstance(one, Variable) and one is not target and one.version is target.version:
            _apart(target.array, one.array)


def _apart(written: Any, read: Any) -> None:
    """What is read must be what is written, or lie apart from it."""
    same = written.ctypes.data == read.ctypes.data and written.strides == read.strides
    plain = written.flags.c_contiguous and read.flags.c_contiguous
    if plain and not (same and written.shape == read.shape) and np.may_share_memory(written, read):
        raise AutogradError(
            "unsupported operation: some elements of the input tensor and the written-to tensor refer "
            "to a single memory location. Please clone() the tensor before performing the operation.",
            hint="read from a clone()",
        )


def _allow_tracked(target: Variable) -> None:
    view = target._view
    if view is not None and view.origin == "function":
        raise AutogradError(
            f"{_which(target)} is a view and is being modified inplace. This view "
            "was created inside a custom Function (or because an input was returned as-is) and the autograd "
            "logic to handle view+inplace would override the custom backward associated with the custom "
            "Function, leading to incorrect gradients. This behavior is forbidden.",
            hint="change a clone() of it",
        )
    if view is None:
        if target.tracked and target._edge is None:
            raise refusal(LEAF_IN_PLACE)
        return
    if view.origin in ("no_grad", "inference"):
        raise AutogradError(
            f"A view was created in {view.origin} mode and is being modified inplace with grad mode enabled. "
            "Given that this use case is ambiguous and error-prone, it is forbidden.",
            hint="do both inside that block, or both outside",
        )
    if view.origin:
        place = view.chain[-1][1]
        raise AutogradError(
            f"Output {place} of {view.origin} is a view and is being modified inplace. This view is the "
            "output of a function that returns multiple views. Such functions do not allow the output views "
            "to be modified inplace.",
            hint="compute a new tensor instead, or pick the part with an index",
        )
    if any(one.tracked and one._edge is None for one in (view.base, target)):
        raise refusal(VIEW_OF_LEAF_IN_PLACE)


def _which(target: Variable) -> str:
    """A result of a user's function in words."""
    assert target._edge is not None
    node, place = target._edge
    return f"Output {place} of {function_name(node.name())}"


def _unlock(target: Variable) -> None:
    """NumPy hands out some views for reading alone; an expanded one must stay so."""
    array = target.array
    if repeats(array):
        raise AutogradError(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory "
            "location. Please clone() the tensor before performing the operation.",
            hint="y = y.clone(), and then change y",
        )
    if not owner(array).flags.writeable:
        raise AutogradError(
            "the array that this tensor shares its memory with is for reading alone",
            hint="change a clone() of it",
        )
    array.flags.writeable = True


def _run(
    target: Variable, local: Local, operands: list[Any], value: Any = None, *, cast: bool = False
) -> None:
    """Change a tensor to what a function makes of operands, or to a value that is known already.

    Args:
        target: the tensor.
        local: the function.
        operands: what it is applied to.
        value: the result, if that is not what the function runs to.
        cast: whether floats may become whole numbers, as in a copy.
    """
    recorder = state.recorder
    start = perf_counter_ns() if recorder is not None else 0
    slots = forward(local, operands)
    if value is None:
        value = slots[local.line.wanted[0]]
    shape = np.shape(value)
    if shape != target.array.shape:
        raise AutogradError(
            f"output with shape {list(target.array.shape)} doesn't match the broadcast shape {list(shape)}",
            hint="a change in place keeps the shape: compute a new tensor instead",
        )
    node = noted(local, operands) if state.grad and target.array.dtype.kind == "f" else None
    if node is not None and node.pullback.reads:
        node.save(operands, [target], slots, in_place=True)
    _write(target, value, cast)
    target._bump()
    if node is not None:
        rebase(target, node)
    if recorder is not None:
        # Its memory is no new memory, but an edge it has.
        recorder.forward(f"{local.called}_", start, perf_counter_ns(), operands, [target])


def _write(target: Variable, value: Any, cast: bool) -> None:
    if not cast and np.result_type(value).kind == "f" and target.array.dtype.kind != "f":
        names = [dtype_name(one) for one in (np.asarray(value), target.array)]
        raise AutogradError(
            f"result type {names[0]} can't be cast to the desired output type {names[1]}",
            hint="make the tensor of floats: tensor([1., 2.])",
        )
    np.copyto(target.array, value, casting="unsafe")
