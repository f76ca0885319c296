"""From the grammar files to the tables that the parser runs on: a step of development, not of a run.

    python -m gradcli.language.tables

Lark reads ``expression.lark``, and for programs ``program.lark`` behind it, proves each language free of
conflicts and computes the LALR tables. They are written to ``expression_tables.py`` and
``program_tables.py`` beside this file, and that is all the parser needs: no other module imports Lark.

``TABLES`` holds, with every name replaced by its number:

    terminals   [name, regular expression] in the order in which the lexer tries them
    keywords    the words that the lexer takes for names until it looks them up: word -> name
    ignored     the names of the terminals that the parser never sees
    silent      the names of the terminals that the tree never holds
    rules       [nonterminal, length, rule of the tree or None, children kept or null, inlined when single];
                a kept child is its index i, or ~i when its own children take its place
    states      [row of actions, row of gotos] of each state; the first one is where it starts
    actions     rows: the state to shift to, ~rule to reduce, 0 for an error; a column for each terminal, the
                keywords after the others and the end of the text last
    gotos       rows: the state after a nonterminal; a column for each
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

HERE = Path(__file__).parent
FILES = {"expression": ("expression.lark",), "program": ("expression.lark", "program.lark")}
"""Each language with the files whose texts, one after the other, are its grammar."""


def tables_file(language: str) -> Path:
    """Where the tables of a language are."""
    return HERE / f"{language}_tables.py"


def grammar(language: str) -> str:
    """The grammar of a language: inside the package once it is installed, next to it in the repository."""
    places = (HERE.parent / "grammars", HERE.parent.parent / "grammars")
    folder = next(place for place in places if place.is_dir())
    return "\n".join([(folder / name).read_text("utf-8") for name in FILES[language]])


def build(language: str) -> dict[str, Any]:
    """The tables of a language."""
    from lark import Lark

    lark = Lark(grammar(language), parser="lalr", lexer="basic", strict=True)
    lexer: Any = lark.parser.lexer
    table: Any = lark.parser.parser._parse_table

    rules = sorted(lark.rules, key=_rule_order)
    keywords = _keywords(lexer.terminals)
    terminals = [t for t in lexer.terminals if t.name not in keywords.values()]
    kinds = [t.name for t in terminals] + list(keywords.values()) + ["$END"]
    nonterminals = sorted({rule.origin.name for rule in rules})

    states = _reachable(table)
    action_rows, goto_rows = _Rows(), _Rows()
    numbered_states = []
    for state in states:
        row = table.states[state]
        actions = [_action(row.get(kind), states, rules) for kind in kinds]
        if state == table.end_states["start"]:
            actions[-1] = states[
                state
            ]  # Lark stops here by itself; a loop over the tokens shifts the end too
        gotos = [states[row[name][1]] if name in row else 0 for name in nonterminals]
        numbered_states.append([action_rows.number(actions), goto_rows.number(gotos)])

    return {
        "terminals": [[t.name, t.pattern.to_regexp()] for t in terminals],
        "keywords": keywords,
        "ignored": sorted(lexer.ignore_types),
        "silent": _silent(rules),
        "rules": [_rule(rule, nonterminals) for rule in rules],
        "states": numbered_states,
        "actions": action_rows.rows,
        "gotos": goto_rows.rows,
    }


def render(tables: dict[str, Any]) -> str:
    """A module that holds the tables, an entry a line, so that a change of the grammar is readable.

    Python keeps it compiled, and has it in a tenth of the time that a file of JSON takes.
    """
    lines = ['"""Written by ``gradcli.language.tables``, which says what it holds."""\n', "TABLES = {"]
    for key, value in tables.items():
        if isinstance(value, dict):
            lines.append(f"{key!r}: {value!a},")
        else:
            lines += [f"{key!r}: [", *[f"{one!a}," for one in value], "],"]
    return "\n".join([*lines, "}", ""])


class _Rows:
    """Rows by number, equal ones once."""

    def __init__(self) -> None:
        self.rows: list[list[int]] = []
        self._numbers: dict[tuple[int, ...], int] = {}

    def number(self, row: list[int]) -> int:
        number = self._numbers.setdefault(tuple(row), len(self.rows))
        if number == len(self.rows):
            self.rows.append(row)
        return number


def _keywords(terminals: list[TerminalDef]) -> dict[str, str]:
    """The literal words that the pattern of names matches too."""
    name = next(t for t in terminals if t.name == "NAME")
    literals = (t for t in terminals if t.pattern.type == "str" and t.priority == name.priority)
    return {
        t.pattern.value: t.name for t in literals if re.fullmatch(name.pattern.to_regexp(), t.pattern.value)
    }


def _reachable(table: Any) -> dict[int, int]:
    """The states by number, from the start and breadth first: Lark's own numbers change from run to run."""
    order = {table.start_states["start"]: 0}
    queue = list(order)
    for state in queue:
        for _, (action, target) in sorted(table.states[state].items()):
            if action.name == "Shift" and target not in order:
                order[target] = len(order)
                queue.append(target)
    return order


def _action(entry: Any, states: dict[int, int], rules: list[Rule]) -> int:
    """An entry of Lark's table as a number."""
    if entry is None:
        return 0
    action, argument = entry
    return states[argument] if action.name == "Shift" else ~rules.index(argument)


def _rule_order(rule: Rule) -> tuple[str, list[str]]:
    return rule.origin.name, [symbol.name for symbol in rule.expansion]


def _rule(rule: Rule, nonterminals: list[str]) -> list[Any]:
    """How to build a rule: see the module's docstring."""
    kept = []
    symbol: Any
    for i, symbol in enumerate(rule.expansion):
        if symbol.is_term:
            if not symbol.filter_out:
                kept.append(i)
        else:
            kept.append(~i if symbol.name.startswith("_") else i)
    origin = rule.origin.name
    return [
        nonterminals.index(origin),
        len(rule.expansion),
        None if origin.startswith("_") else str(rule.alias or origin),
        None if kept == list(range(len(rule.expansion))) else kept,
        int(rule.options.expand1 and not rule.alias),
    ]


def _silent(rules: list[Rule]) -> list[str]:
    """The terminals that no rule keeps."""
    symbols: list[Any] = [symbol for rule in rules for symbol in rule.expansion if symbol.is_term]
    return sorted({s.name for s in symbols} - {s.name for s in symbols if not s.filter_out})


if __name__ == "__main__":
    for one in FILES:
        tables_file(one).write_text(render(build(one)), "utf-8")
