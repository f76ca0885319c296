"""Numbers as text: a value goes in, digits that read back come out.

Without a precision a number has the shortest digits that read back to the same float, and a whole one has no
``.0``. With precision N it has N significant digits. An array is written in brackets: ``[[1, 2], [3, 4]]``.
"""

from __future__ import annotations

from typing import Any

from gradcli.output.values import Value, to_lists


def format_number(number: float | bool, precision: int | None = None) -> str:
    """One number, such as ``3``, ``-0``, ``0.1``, ``1e+100``, ``nan``, ``-inf`` or ``true``."""
    if isinstance(number, bool):
        return "true" if number else "false"
    if isinstance(number, int):
        return str(number)
    if precision is not None:
        return f"%.{precision}g" % number
    # Not repr(number): NumPy's float64 is a float, and its repr is np.float64(3.0).
    return float.__repr__(number).removesuffix(".0")


def format_row(numbers: list[Any], precision: int | None = None) -> list[str]:
    """The numbers of one row, all of one type, as `format_number` writes them, but faster."""
    if not numbers or not isinstance(numbers[0], float):
        return [format_number(number, precision) for number in numbers]
    if precision is not None:
        return list(map(f"%.{precision}g".__mod__, numbers))
    return [digits.removesuffix(".0") for digits in map(float.__repr__, numbers)]


def format_value(value: Value, precision: int | None = None) -> str:
    """A value on one line, an array in brackets."""
    if isinstance(value, int | float):
        return format_number(value, precision)
    return _brackets(to_lists(value), precision)


def _brackets(item: Any, precision: int | None) -> str:
    """Nested lists in brackets; they are as deep as the rank of an array, at most 64."""
    if not isinstance(item, list):
        return format_number(item, precision)
    if item and isinstance(item[0], list):
        return "[" + ", ".join([_brackets(part, precision) for part in item]) + "]"
    return "[" + ", ".join(format_row(item, precision)) + "]"
