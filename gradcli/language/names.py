"""The names of the language: functions, constants, and what the user gives."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

import gradcli.graph.operations  # noqa: F401  (fills the table)
from gradcli.graph.node import Kind, Operation, ops
from gradcli.graph.operations.compose import Composite, composites
from gradcli.graph.shapes import Shape

CONSTANTS = {"pi": math.pi, "tau": math.tau, "e": math.e, "inf": math.inf, "nan": math.nan}

# What each takes behind the expression and the name.
DERIVATIVES = {
    "diff": "n",
    "grad": "",
    "jacobian": "",
    "hessian": "",
    "laplacian": "",
    "jvp": "v",
    "vjp": "v",
    "hvp": "v",
}

_LOOKS_AT_MOST = 200


class Given(NamedTuple):
    """A name's value: its shape and kind, the value itself, and how the user wrote it."""

    shape: Shape
    kind: Kind
    value: Any = None
    origin: str = ""


@cache
def functions() -> Mapping[str, Operation | Composite]:
    """The functions of the language, by name and alias."""
    return _by_name([*ops, *composites])


def function_called(name: str) -> Operation | Composite | None:
    """The function of the language with that name or alias, if there is one."""
    return _common().get(name) or functions().get(name)


@cache
def _common() -> Mapping[str, Operation | Composite]:
    """Those that take no time to load."""
    return _by_name([*ops.loaded.values(), *composites.loaded.values()])


def _by_name(records: Iterable[Operation | Composite]) -> dict[str, Operation | Composite]:
    found: dict[str, Operation | Composite] = {}
    for record in records:
        if isinstance(record, Composite) or not record.hidden:
            found.update(dict.fromkeys((record.name, *record.aliases), record))
    return found


@cache
def operators() -> Mapping[str, Operation]:
    """The operations that stand between their operands, by symbol; all of them are common."""
    common = ops.loaded.values()
    return {one.symbol: one for one in common if one.symbol and len(one.arguments) == 2 and not one.hidden}


def is_function(name: str) -> bool:
    """Whether the language has a function of that name."""
    return name in DERIVATIVES or function_called(name) is not None


def function_names() -> list[str]:
    """Every name that can be called."""
    return [*functions(), *DERIVATIVES]


def nearest(name: str, known: Iterable[str], at_most: int = 3) -> list[str]:
    """The known names that look most like a wrong one, best first."""
    if len(name) > _LOOKS_AT_MOST:
        return []
    # Any two letters are one edit apart: that makes no suggestion.
    bound = len(name) - 1 if len(name) < 3 else 1 + len(name) // 3
    scored = []
    for candidate in known:
        distance = _distance(name.lower(), candidate.lower(), bound)
        if distance <= bound and (len(name) > 1 or len(candidate) <= 2):
            same_start = sum(map(str.__eq__, name[:3].lower(), candidate.lower()))
            scored.append((distance - same_start / 10, abs(len(candidate) - len(name)), candidate))
    return [candidate for *_, candidate in sorted(scored)[:at_most]]


def _distance(a: str, b: str, bound: int) -> int:
    """Edits between two words, neighbours swapped counting as one (optimal string alignment)."""
    if abs(len(a) - len(b)) > bound:
        return bound + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return row[-1]


def listed(words: Iterable[str], last: str = "or") -> str:
    """Words in a sentence: ``a, b or c``."""
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""
