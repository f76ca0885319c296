"""The walk over a tree: its rules call for each other's results, and none of them recurses."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any, TypeVar

from gradcli.language.context import Context
from gradcli.language.meaning import Meaning, Scope
from gradcli.language.rules import Step
from gradcli.language.tree import Tree

C = TypeVar("C", bound=Context[Any])


def walk(
    rules: Mapping[str, Callable[[C, Tree, Scope], Step | Meaning]], context: C, tree: Tree, scope: Scope
) -> Meaning:
    """Mean a tree: the rules that wait for their parts stand on a stack of our own.

    A rule that is left by an error is closed, the innermost first, so that its ``finally`` runs.
    """
    stack: list[Step] = []
    value: Any = rules[tree.rule](context, tree, scope)
    try:
        while True:
            if isinstance(value, Generator):
                stack.append(value)
                value = None
            elif not stack:
                result: Meaning = value
                return result
            try:
                wanted, inner = stack[-1].send(value)
            except StopIteration as stop:
                stack.pop()
                value = stop.value
            else:
                value = rules[wanted.rule](context, wanted, inner)
    finally:
        while stack:
            stack.pop().close()
