"""What stands between ``[`` and ``]``: positions, slices, masks and arrays of positions."""

from __future__ import annotations

from typing import Any

from gradcli.errors import ShapeProblem
from gradcli.graph.node import Array
from gradcli.language.meaning import Meaning, Nothing, kind_of, number_in
from gradcli.language.parameters import LARGEST, Evaluate
from gradcli.language.tree import Token, Tree

Item = tuple[Any, ...]


def slice_parts(tree: Tree) -> list[Tree | None]:
    """The three places of ``a:b:c``, with ``None`` where nothing stands."""
    parts: list[Tree | None] = [None, None, None]
    place = 0
    for child in tree.children:
        if isinstance(child, Token):
            place += 1
        else:
            parts[place] = child
    return parts


def bound(meaning: Meaning | None, evaluate: Evaluate) -> int | None:
    """A bound of a slice."""
    if meaning is None or isinstance(meaning, Nothing):
        return None
    if not isinstance(meaning, Array) or meaning.shape != ():
        raise ShapeProblem("a slice needs whole numbers around its ':'")
    return _position(evaluate(meaning))


def _position(value: float) -> int:
    if abs(value) >= LARGEST:
        raise ShapeProblem(f"index {value:g} is out of range")
    if value != value or value != int(value):
        raise ShapeProblem(f"an index must be a whole number: got {value:g}")
    return int(value)


def item(meaning: Meaning, arrays: list[Array]) -> Item:
    """One subscript that is not a slice; arrays and masks are added to ``arrays``."""
    if isinstance(meaning, Nothing):
        return ("new",)
    if not isinstance(meaning, Array):
        raise ShapeProblem(f"an index is a whole number, a slice, an array or a mask, not {kind_of(meaning)}")
    if meaning.kind == "bool":
        arrays.append(meaning)
        return ("mask", len(arrays) - 1, meaning.ndim)
    number = number_in(meaning)
    if number is not None:
        return ("at", _position(number))
    arrays.append(meaning)
    return ("array", len(arrays) - 1)
