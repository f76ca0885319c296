"""The names of a text that only its user can give a value."""

from __future__ import annotations

from gradcli.language import symbols
from gradcli.language.lexer import normal
from gradcli.language.names import CONSTANTS
from gradcli.language.tree import Token, Tree


def free_names(tree: Tree) -> tuple[str, ...]:
    """Names that are read before they are assigned, and are no constants, in order of appearance."""
    found: dict[str, None] = {}
    assigned: set[str] = set()
    for statement in tree.children:
        if not isinstance(statement, Tree):
            continue
        if statement.rule != "assignment":
            _collect(statement, assigned, found)
            continue
        target, right = statement.children
        if isinstance(target, Tree) and isinstance(right, Tree):
            if target.rule == "call":
                parameters: dict[str, None] = {}
                for part in target.children[1:]:
                    _collect(part, set(), parameters)
                _collect(right, assigned | set(parameters), found)
            else:
                _collect(right, assigned, found)
                names: dict[str, None] = {}
                _collect(target, set(), names)
                assigned |= set(names)
    return tuple([name for name in found if name not in CONSTANTS])


def _collect(part: Tree | Token, assigned: set[str], found: dict[str, None]) -> None:
    stack: list[Tree | Token] = [part]
    while stack:
        one = stack.pop()
        if isinstance(one, Token):
            continue
        if one.rule == "name" and isinstance(one.children[0], Token):
            name = normal(one.children[0].text)
            name = symbols.CONSTANTS.get(name, name)
            if name not in assigned:
                found.setdefault(name)
        stack.extend(reversed(one.children))
