"""Many short texts into trees with positions: our driver and stock Lark, on the same grammar."""

from __future__ import annotations

import random
from typing import Any

from lark import Lark

from gradcli.errors import Source
from gradcli.language.parser import parse
from gradcli.language.tables import grammar
from tests.benchmarks.case import Measured, Side
from tests.benchmarks.timing import DisagreementError, compare
from tests.language.grammar_texts import from_lark

LENGTH = 38
"""Characters that a text has at least; a few more on average."""

_FORMS = [
    "{} + {}",
    "{} - {}",
    "{}*{}",
    "{}/{}",
    "({} + {})",
    "({} - {})",
    "{}^2*{}",
    "sin({})*{}",
    "exp(-{}) + {}",
    "log({}) - {}",
]


def texts(count: int) -> list[str]:
    """As many different expressions: forms inside each other, down to names and numbers."""
    rng = random.Random(0)
    found: dict[str, None] = {}
    while len(found) < count:
        text = "{}"
        while len(text) < LENGTH:
            text = text.replace("{}", rng.choice(_FORMS), 1) if rng.random() < 0.7 else _filled(text, rng)
            text = text if "{}" in text else f"{text} + {{}}"
        while "{}" in text:
            text = _filled(text, rng)
        found[text] = None
    return list(found)


def _filled(text: str, rng: random.Random) -> str:
    return text.replace("{}", rng.choice([*"xyzab", str(rng.randrange(1, 100)), f"{rng.random():.2f}"]), 1)


def parsed(count: int, rounds: int) -> Measured:
    """All of them by either, their trees compared."""
    given = texts(count)
    lark = Lark(grammar("expression"), parser="lalr", propagate_positions=True)

    def ours() -> list[Any]:
        return [parse(Source(text)) for text in given]

    def theirs() -> list[Any]:
        return [lark.parse(text) for text in given]

    if ours() != list(map(from_lark, theirs())):
        raise DisagreementError("the trees differ")
    return compare(Side(ours, _nothing), Side(theirs, _nothing), rounds)


def _nothing(found: list[Any]) -> list[Any]:
    """Trees are no arrays: they were compared before."""
    return []
