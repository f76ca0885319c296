"""Types of numbers between tensors, where PyTorch's rules are not NumPy's.

Truths count as whole numbers among whole numbers; a tensor without axes does not widen one that has some;
and what has no meaning for a type is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.autograd.variable import Variable, made
from gradcli.errors import AutogradError
from gradcli.graph.node import Operation

_FLOAT32 = np.dtype("float32")


def as_numbers(record: Operation, arguments: Sequence[Any]) -> list[Any]:
    """The arguments with numbers in the place of truths where an operation takes numbers.

    Raises:
        AutogradError: PyTorch refuses the operation for such types.
    """
    kinds = [_kind(one) for one in arguments]
    if "b" not in kinds and "i" not in kinds:
        return list(arguments)
    _check(record.name, arguments, kinds)
    if record.name == "reciprocal" or (record.name == "pow" and kinds == ["i", "f"]):
        # NumPy would stay with whole numbers.
        arguments = [
            made(one.array.astype("float64")) if isinstance(one, Variable) else one for one in arguments
        ]
        kinds = ["f"] * len(kinds)
    if "b" not in kinds:
        return list(arguments)
    tensors = [one.array.dtype for one in arguments if isinstance(one, Variable)]
    floats = [dtype for dtype in tensors if dtype.kind == "f"]
    dtype = np.result_type(*floats) if floats else np.dtype("float64" if "f" in kinds else "int64")
    found: list[Any] = []
    for place, one in enumerate(arguments):
        takes = record.takes[min(place, len(record.takes) - 1)]
        if (
            kinds[place] != "b"
            or takes not in ("float", "alike")
            or (takes == "alike" and set(kinds) == {"b"})
        ):
            found.append(one)
        elif isinstance(one, Variable):
            found.append(made(one.array.astype(dtype)))
        else:
            found.append(int(one))
    return found


def _kind(one: Any) -> str:
    if isinstance(one, Variable):
        return "i" if one.array.dtype.kind == "u" else one.array.dtype.kind
    if isinstance(one, bool):
        return "b"
    return "i" if isinstance(one, int) else "f" if isinstance(one, float) else ""


def _check(name: str, arguments: Sequence[Any], kinds: Sequence[str]) -> None:
    if name in ("mean", "var", "std") and kinds[0] in "bi":
        word = "Long" if kinds[0] == "i" else "Bool"
        raise AutogradError(
            f"{name}(): could not infer output dtype. Input dtype must be either a floating point or complex "
            f"dtype. Got: {word}",
            hint="make the tensor of floats: write 1.0 for 1",
        )
    if name == "pow" and list(kinds) == ["i", "i"]:
        exponent = arguments[1].array if isinstance(arguments[1], Variable) else arguments[1]
        if np.any(np.asarray(exponent) < 0):
            raise AutogradError(
                "Integers to negative integer powers are not allowed.",
                hint="make the base a float: write 2.0 for 2",
            )
    if name == "neg" and kinds[0] == "b":
        raise AutogradError(
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a "
            "mask, use the `~` or `logical_not()` operator instead.",
            hint="~x is true where x is not",
        )
    if name == "sub" and list(kinds) == ["b", "b"]:
        raise AutogradError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or "
            "`logical_xor()` operator instead.",
            hint="x ^ y is true where they differ",
        )


def narrow(tensors: Sequence[Variable]) -> str | None:
    """The type of a result, where NumPy would compute a wider one."""
    floats = [one.array for one in tensors if one.array.dtype.kind == "f"]
    decisive = [one for one in floats if one.ndim] or floats
    return "float32" if decisive and all(one.dtype == _FLOAT32 for one in decisive) else None
