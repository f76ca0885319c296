"""The walk over a tree: its rules call for each other's results, and none of them recurses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import GeneratorType
from typing import Any, TypeVar

from gradcli.errors import GradcliError
from gradcli.language.context import Context
from gradcli.language.meaning import Meaning, Scope, span_of
from gradcli.language.rules import Step
from gradcli.language.tree import Tree

C = TypeVar("C", bound=Context[Any])
Rules = Mapping[str, Callable[[C, Tree, Scope], Step | Meaning]]


def walk(rules: Rules[C], context: C, tree: Tree, scope: Scope) -> Meaning:
    """Mean a tree: the rules that wait for their parts stand on a stack of our own.

    A rule that is left by an error is closed, the innermost first, so that its ``finally`` runs.

    Raises:
        GradcliError: whatever a rule raises, under the text of the rule.
    """
    waiting: list[Step] = []
    trees = [tree]
    try:
        value: Any = rules[tree.rule](context, tree, scope)
        while True:
            if isinstance(value, GeneratorType):
                waiting.append(value)
                value = None
            elif waiting:
                trees.pop()
            else:
                result: Meaning = value
                return result
            try:
                wanted, inner = waiting[-1].send(value)
            except StopIteration as stop:
                waiting.pop()
                value = stop.value
            else:
                trees.append(wanted)
                value = rules[wanted.rule](context, wanted, inner)
    except GradcliError as error:
        if error.span is None and error.source is None:
            error.span = span_of(trees[-1])
        raise
    finally:
        while waiting:
            waiting.pop().close()
