"""Shapes that do not fit between tensors: PyTorch's sentence, with that of the language behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gradcli.errors import ShapeProblem, TensorIndexProblem, TensorShapeProblem

Shapes = Sequence[tuple[int, ...]]

_NO_SUCH_AXIS = re.compile(r"axis (-?\d+) is out of range: the array has (\d+) ax")


def shape_problem(
    error: ShapeProblem, name: str, shapes: Sequence[Sequence[Any]], parameters: Mapping[str, Any]
) -> ShapeProblem:
    """What to say of shapes that a function refuses.

    Args:
        error: what the table of operations says.
        name: the function.
        shapes: of its arguments.
        parameters: its other arguments.
    """
    axis = _NO_SUCH_AXIS.match(error.message)
    if axis is not None:
        ndim = max(int(axis[2]), 1)
        said = f"Dimension out of range (expected to be in range of [{-ndim}, {ndim - 1}], but got {axis[1]})"
        return TensorIndexProblem(said, hint=error.message)
    known = [tuple(shape) for shape in shapes]
    say = _SENTENCES.get(name)
    said = say(known, parameters) if say is not None else ""
    if not said and error.message.startswith("these shapes do not broadcast"):
        said = _broadcast(known)
    return (
        TensorShapeProblem(said, hint=error.message)
        if said
        else TensorShapeProblem(error.message, hint=error.hint)
    )


def not_expanding(target: Sequence[Any], source: Sequence[Any]) -> TensorShapeProblem | None:
    """What to say of values that do not stretch to the shape that they are assigned to."""
    said = _expand([tuple(source)], {"shape": tuple(target)})
    return TensorShapeProblem(said, hint="the values stretch to what they are assigned to") if said else None


def _broadcast(shapes: Shapes) -> str:
    if len(shapes) != 2:
        return ""
    a, b = shapes
    for place in range(-1, -min(len(a), len(b)) - 1, -1):
        if a[place] != b[place] and 1 not in (a[place], b[place]):
            axis = max(len(a), len(b)) + place
            return (
                f"The size of tensor a ({a[place]}) must match the size of tensor b ({b[place]}) "
                f"at non-singleton dimension {axis}"
            )
    return ""


def _product(shapes: Shapes, parameters: Mapping[str, Any]) -> str:
    if [len(shape) for shape in shapes] == [1, 1]:
        return _dot(shapes, parameters)
    if [len(shape) for shape in shapes] != [2, 2]:
        return ""
    (m, n), (k, p) = shapes
    return f"mat1 and mat2 shapes cannot be multiplied ({m}x{n} and {k}x{p})"


def _dot(shapes: Shapes, parameters: Mapping[str, Any]) -> str:
    if [len(shape) for shape in shapes] != [1, 1]:
        return ""
    (n,), (k,) = shapes
    return (
        f"inconsistent tensor size, expected tensor [{n}] and src [{k}] to have the same number of elements, "
        f"but got {n} and {k} elements respectively"
    )


def _reshape(shapes: Shapes, parameters: Mapping[str, Any]) -> str:
    size = 1
    for one in shapes[0]:
        size *= one
    return f"shape '{list(parameters['shape'])}' is invalid for input of size {size}"


def _concat(shapes: Shapes, parameters: Mapping[str, Any]) -> str:
    axis, first = parameters.get("axis", 0), shapes[0]
    axis = axis + len(first) if axis < 0 else axis
    for number, other in enumerate(shapes):
        if len(other) != len(first):
            return f"Tensors must have same number of dimensions: got {len(first)} and {len(other)}"
        for place, (a, b) in enumerate(zip(first, other, strict=True)):
            if a != b and place != axis:
                return (
                    f"Sizes of tensors must match except in dimension {axis}. Expected size {a} but got size "
                    f"{b} for tensor number {number} in the list."
                )
    return ""


def _stack(shapes: Shapes, parameters: Mapping[str, Any]) -> str:
    for number, other in enumerate(shapes):
        if other != shapes[0]:
            return (
                f"stack expects each tensor to be equal size, but got {list(shapes[0])} at entry 0 and "
                f"{list(other)} at entry {number}"
            )
    return ""


def _expand(shapes: Shapes, parameters: Mapping[str, Any]) -> str:
    (old,), wanted = shapes, parameters["shape"]
    for place in range(-1, -min(len(old), len(wanted)) - 1, -1):
        if old[place] not in (1, wanted[place]) and wanted[place] != -1:
            return (
                f"The expanded size of the tensor ({wanted[place]}) must match the existing size "
                f"({old[place]}) at non-singleton dimension {len(wanted) + place}"
            )
    return ""


def _extreme(name: str) -> Callable[[Shapes, Mapping[str, Any]], str]:
    def say(shapes: Shapes, parameters: Mapping[str, Any]) -> str:
        if 0 not in shapes[0]:
            return ""
        return (
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction "
            "dim with the 'dim' argument."
        )

    return say


_SENTENCES: dict[str, Callable[[Shapes, Mapping[str, Any]], str]] = {
    "matmul": _product,
    "dot": _dot,
    "vecdot": _dot,
    "reshape": _reshape,
    "concat": _concat,
    "stack": _stack,
    "broadcast_to": _expand,
    "max": _extreme("max"),
    "min": _extreme("min"),
}
