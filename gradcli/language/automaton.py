"""The shipped tables as Python objects, loaded at the first parse and once.

In flows ``expression_tables.py`` or ``program_tables.py`` (``tables.py`` writes them and says what they
hold); out comes what the lexer and the parser index at every token.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

EXPRESSION, PROGRAM = "expression", "program"
"""The two languages: a program is made of expressions, and of statements with effects."""

_BRACKETS = {"LPAR": 1, "LSQB": 1, "RPAR": -1, "RSQB": -1}
# At a brace newlines count again, whatever is open before it.
_BRACES = {"LBRACE": -sys.maxsize, "RBRACE": -sys.maxsize}


class Rule(NamedTuple):
    """How many symbols it replaces, by which nonterminal, and the part of the tree that it makes of them."""

    nonterminal: int
    length: int
    name: str | None
    """The rule of the tree; None for a list of children that the rule above takes in."""
    kept: list[int] | None
    """The children of the tree: index i, or ~i for a list to take in; None for all as they are."""
    is_single: bool
    """A single child takes the place of the tree."""
    is_unit: bool
    """Nothing but another name for its only symbol."""


class Automaton:
    """The lexer's pattern and the LALR machine, with terminals, states, nonterminals and rules as numbers.

    The state 0 is where it starts, so 0 is free to mean an error in ``actions``; there n > 0 shifts to the
    state n and n < 0 reduces the rule ~n.
    """

    def __init__(self, language: str) -> None:
        self.is_program = language == PROGRAM
        tables: dict[str, Any] = import_module(f"gradcli.language.{language}_tables").TABLES
        terminals, keywords = tables["terminals"], tables["keywords"]
        self.kinds: list[str] = [name for name, _ in terminals] + list(keywords.values()) + ["$END"]
        """The names of the terminals; the end of the text is the last."""
        number = {kind: i for i, kind in enumerate(self.kinds)}
        self.end = number["$END"]
        self.unknown = self.end + 1
        """A character that begins no word, and that no state can use."""
        self.numbers = number
        self.keywords: dict[str, int] = {word: number[kind] for word, kind in keywords.items()}
        self.ignored = [kind in tables["ignored"] for kind in self.kinds]
        self.silent = [kind in tables["silent"] for kind in self.kinds]
        depths = _BRACKETS | _BRACES if self.is_program else _BRACKETS
        self.depth_change: dict[int, int] = {number[kind]: change for kind, change in depths.items()}
        special = {"NAME", "_NEWLINE", *depths, *tables["ignored"]}
        self.ordinary = [kind not in special for kind, _ in terminals] + [False]
        """By group of the pattern: what is a word of its terminal's kind wherever it stands."""

        # Group i + 1 is the terminal i. What begins no word is taken a character at a time.
        groups = "|".join(f"({pattern})" for _, pattern in terminals)
        self.pattern = re.compile(f"{groups}|(.)", re.DOTALL)

        self.rules = [
            Rule(nonterminal, length, name, kept, bool(single), bool(single) and length == 1 and kept is None)
            for nonterminal, length, name, kept, single in tables["rules"]
        ]
        actions = [[*row, 0] for row in tables["actions"]]
        self.actions: list[list[int]] = [actions[row] for row, _ in tables["states"]]
        self.gotos: list[list[int]] = [tables["gotos"][row] for _, row in tables["states"]]
        self.unit_ends: dict[tuple[int, int, int], int] = {}
        """What ``skip_units`` found so far: a number climbs a dozen rules before it meets a ``+``."""

    def skip_units(self, below: int, state: int, kind: int) -> int:
        """The state that follows when unit rules alone are reduced before a word of that kind."""
        while (action := self.actions[state][kind]) < 0 and self.rules[~action].is_unit:
            state = self.gotos[below][self.rules[~action].nonterminal]
        return state


@cache
def automaton(language: str = EXPRESSION) -> Automaton:
    """The machine of a language."""
    return Automaton(language)
