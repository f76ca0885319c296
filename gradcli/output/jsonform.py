"""Results and errors as strict JSON, one object on one line.

A result is a mapping whose leaves are values: ``dumps({"value": v, "grad": {"x": g}})``. Numbers have the
shortest digits that read back to the same float, ``3.0`` and not ``3``, so that a reader gets a float back
and the sign of ``-0.0`` survives. JSON has no nan and no infinity: they are the strings "nan", "inf", "-inf".
"""

from __future__ import annotations

from collections.abc import Mapping
from json import JSONEncoder
from math import isfinite
from typing import Any

from gradcli.errors import GradcliError
from gradcli.output.position import line_and_column
from gradcli.output.values import Result, is_sparse, to_lists


def _tree(value: Any) -> Any:
    """What JSON holds of an array or a sparse matrix."""
    if is_sparse(value):
        parts = {"row": value.row, "col": value.col, "data": value.data}
        return {"shape": list(value.shape), **{name: to_lists(part) for name, part in parts.items()}}
    return to_lists(value)


# One encoder for all: json.dumps with arguments makes a new one at each call. Results hold no cycles.
_encode = JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, default=_tree).encode
_encode_ascii = JSONEncoder(allow_nan=False, check_circular=False).encode


def dumps(result: Result, precision: int | None = None) -> str:
    """A result as one line of JSON; with precision N its numbers have N significant digits."""
    if precision is None:
        try:
            return _encode(result)
        except ValueError:  # a nan or an infinity somewhere: rare, so not searched for beforehand
            pass
    return _encode(_finite(result, precision))


def _finite(item: Any, precision: int | None) -> Any:
    """The same tree with numbers that JSON can hold; it is as deep as the rank of an array."""
    if isinstance(item, float):
        if not isfinite(item):
            return "nan" if item != item else "inf" if item > 0 else "-inf"
        return item if precision is None else float(f"%.{precision}g" % item)
    if item is None or isinstance(item, str | int):
        return item
    if isinstance(item, Mapping):
        return {key: _finite(part, precision) for key, part in item.items()}
    if not isinstance(item, list | tuple):
        return _finite(_tree(item), precision)
    return [_finite(part, precision) for part in item]


def error_object(error: GradcliError) -> dict[str, object]:
    """What JSON tells of an error; line and column count from 1, and what is not known is null."""
    line = column = span = None
    if error.span is not None:
        span = [error.span.start, error.span.end]
        if error.source is not None:
            line, column = line_and_column(error.source.text, error.span)
    return {
        "kind": error.kind,
        "message": error.message,
        "hint": error.hint or None,
        "line": line,
        "column": column,
        "span": span,
    }


def dumps_error(error: GradcliError, line: int | None = None, severity: str = "error") -> str:
    """An error as one line of JSON; under ``--lines``, ``line`` is the input line that it answers."""
    outer = {} if line is None else {"line": line}
    tree = {**outer, severity: {**error_object(error), **({} if severity == "error" else {"kind": severity})}}
    text = _encode(tree)
    try:
        text.encode()
    except UnicodeEncodeError:  # a file name that is no UTF-8, as the shell handed it over
        return _encode_ascii(tree)
    return text
