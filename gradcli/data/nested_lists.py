"""Numbers in nested lists, in JSON and TOML: a text goes in, a shape and the numbers in order come out."""

from __future__ import annotations

import json
from itertools import chain
from typing import Any, NamedTuple

from gradcli.data.unreadable import unreadable

DEEPEST = 32
"""The most axes that an array has in every NumPy there is."""

WORDS = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}
TOO_DEEP = ("its lists are nested too deeply", f"an array has at most {DEEPEST} axes")


class Numbers(NamedTuple):
    """An array before NumPy: its shape, and its elements row by row."""

    shape: tuple[int, ...]
    elements: list[float | bool]


def json_value(text: str, name: str) -> Numbers:
    """The value that a JSON text holds."""
    return _unnested(_parse_json(text, name), name)


def json_variables(text: str, name: str) -> dict[str, Numbers]:
    """The values of a JSON object, by name."""
    tree = _parse_json(text, name)
    if not isinstance(tree, dict):
        raise unreadable(name, "it holds no names", 'write an object such as {"x": 3, "y": [1, 2]}')
    return _by_name(tree, name)


def toml_variables(text: str, name: str) -> dict[str, Numbers]:
    """The values of a TOML table, by name."""
    import tomllib  # late: nothing else needs it, and it costs milliseconds

    try:
        tree = tomllib.loads(text)
    except RecursionError:
        raise unreadable(name, *TOO_DEEP) from None
    except ValueError as error:  # tomllib's own, or that of an int with thousands of digits
        raise unreadable(name, f"this is not TOML: {error}", "write lines such as x = [1, 2]") from None
    return _by_name(tree, name)


def _parse_json(text: str, name: str) -> Any:
    def refuse(literal: str) -> Any:
        word = literal.replace("Infinity", "inf").replace("NaN", "nan")
        raise unreadable(name, f"{literal} is not JSON", f'write "{word}", with the quotes')

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise unreadable(name, f"{key} is given twice", "remove one of them")
            found[key] = value
        return found

    try:
        # Every number as a float: that is what it becomes, and an int has a limit on its digits.
        return json.loads(text, parse_constant=refuse, parse_int=float, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        what = f"line {error.lineno}, column {error.colno}: this is not JSON ({error.msg})"
        raise unreadable(name, what, "write lists of numbers such as [[1, 2], [3, 4]]") from None
    except RecursionError:
        raise unreadable(name, *TOO_DEEP) from None


def _by_name(tree: dict[str, Any], name: str) -> dict[str, Numbers]:
    return {key: _unnested(item, name, f"the value of {key}: ") for key, item in tree.items()}


def _unnested(tree: Any, name: str, place: str = "") -> Numbers:
    """Nested lists without their nesting, level by level, so that its depth costs no recursion."""
    shape: list[int] = []
    level = [tree]
    while level and isinstance(level[0], list):
        if len(shape) == DEEPEST:
            raise unreadable(name, place + TOO_DEEP[0], TOO_DEEP[1])
        size = len(level[0])
        for item in level:
            if not isinstance(item, list):
                raise _leaf_beside_list(name, place)
            if len(item) != size:
                what = f"{place}a list of {size} stands beside one of {len(item)}"
                raise unreadable(name, what, 'give all rows the same length; a missing number is "nan"')
        shape.append(size)
        level = list(chain.from_iterable(level))
    if not set(map(type, level)) <= {float}:
        level = [_leaf(item, name, place) for item in level]
    return Numbers(tuple(shape), level)


def _leaf_beside_list(name: str, place: str) -> Exception:
    return unreadable(name, f"{place}a number stands beside a list", "give all rows the same length")


def _leaf(item: Any, name: str, place: str) -> float | bool:
    """One element as a number, or an error that says why it is none."""
    if isinstance(item, bool | float):
        return item
    if isinstance(item, int):
        try:
            return float(item)
        except OverflowError:
            what = f"{place}a whole number is too large for a float"
            raise unreadable(name, what, "write it as inf, or smaller") from None
    if isinstance(item, str) and item in WORDS:
        return WORDS[item]
    if isinstance(item, list):
        raise _leaf_beside_list(name, place)
    what, hint = f"{type(item).__name__}s are no numbers", "write numbers, true or false"
    if item is None:
        what, hint = "null is no number", 'write "nan" for a missing number'
    elif isinstance(item, str):
        what = f"'{item[:30]}' is no number"
        hint = 'write numbers without quotes; only "nan", "inf" and "-inf" have them'
    elif isinstance(item, dict):
        what = "an object with names is no number"
        hint = "hand the whole file over with --vars; there names do not nest"
    raise unreadable(name, place + what, hint)
