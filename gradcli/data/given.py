"""A Python value under a name -> what the language may know of it. NumPy is loaded for arrays alone."""

from __future__ import annotations

from typing import Any

from gradcli.errors import CallProblem
from gradcli.language.names import Given


def as_given(name: str, value: Any, origin: str = "") -> Given:
    """A number, a bool, a nested list or an array, as float64 or booleans.

    Raises:
        CallProblem: it is none of these, or its rows do not agree.
    """
    if isinstance(value, bool):
        return Given((), "bool", value, origin)
    if isinstance(value, (int, float)):
        try:
            return Given((), "float", float(value), origin)
        except OverflowError:
            raise CallProblem(f"{name} is too large for a double") from None
    import numpy

    try:
        array = numpy.asarray(value)
    except (ValueError, TypeError, RuntimeError):
        raise CallProblem(f"{name} is no array: its rows do not agree") from None
    if array.dtype == bool:
        return Given(array.shape, "bool", array if array.shape else bool(array), origin)
    if array.dtype.kind not in "iuf":
        raise CallProblem(f"{name} must be made of real numbers, and is of type {array.dtype}")
    array = array.astype(numpy.float64, copy=False)
    return Given(array.shape, "float", array if array.shape else float(array), origin)
