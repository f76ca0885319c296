"""Text into a tree: ``parse`` runs the LALR machine over the words of a text.

The trees are those that Lark would build from the same grammar, without Lark: its tables are loaded from
``expression_tables.py`` or ``program_tables.py``. A text that the grammar refuses goes to ``hints.py``, which
knows what to say about it.
"""

from __future__ import annotations

from typing import cast

from gradcli.errors import EmptyInputError, Source
from gradcli.graph.collector import paused
from gradcli.language.automaton import EXPRESSION, Automaton, automaton
from gradcli.language.lexer import Word, lex, normal
from gradcli.language.tree import Token, Tree

Part = Tree | Token | list["Part"] | None
"""A symbol's part of the tree: None for a word that it leaves out, a list for children of the rule above."""


def parse(source: Source, language: str = EXPRESSION) -> Tree:
    """The tree of a text, whose root is the rule ``start``.

    Args:
        source: the text.
        language: that of expressions, or that of programs.

    Raises:
        SyntaxProblem: the text does not belong to the language.
        EmptyInputError: there is nothing in it but spaces, comments and separators.
    """
    machine = automaton(language)
    words = lex(source.text, machine)
    separators = (machine.numbers["_NEWLINE"], machine.numbers["_SEMICOLON"], machine.end)
    if words[0][0] in separators and all(kind in separators for kind, _, _ in words):
        raise EmptyInputError(f"there is no {language} to read", source=source)
    with paused(len(words)):
        tree, refused = _run(machine, source.text, words)
    if tree is None:
        from .failure import Failure  # only a wrong text pays for the table of hints
        from .hints import problem

        raise problem(Failure(source, machine, words, refused))
    return tree


def _run(machine: Automaton, text: str, words: list[Word]) -> tuple[Tree | None, int]:
    """Shift and reduce; the tree, or the index of the word that no state takes.

    A symbol on the stack spans all its words, brackets too, while its Tree spans what it holds: ``(x)``
    is a symbol of three characters and a Tree of one.
    """
    actions, gotos, rules, silent, kinds = (
        machine.actions,
        machine.gotos,
        machine.rules,
        machine.silent,
        machine.kinds,
    )
    name = machine.numbers["NAME"]
    unit_ends = machine.unit_ends
    state = end = 0
    states, starts, parts = [0], [0], cast("list[Part]", [None])

    for index, (kind, start, word_end) in enumerate(words):
        action = actions[state][kind]
        while action < 0:
            nonterminal, length, rule, kept, single, is_unit = rules[~action]
            if is_unit:
                key = (states[-2], state, kind)
                try:
                    state = unit_ends[key]
                except KeyError:
                    state = unit_ends[key] = machine.skip_units(*key)
                states[-1] = state
                action = actions[state][kind]
                continue
            children = parts[-length:]
            if length > 1:
                del states[1 - length :], starts[1 - length :], parts[1 - length :]
            if kept is not None:
                children = _kept(children, kept)
            if rule is None:
                parts[-1] = children
            elif single and len(children) == 1:
                parts[-1] = children[0]
            else:
                parts[-1] = Tree(rule, children, starts[-1], end)  # type: ignore[arg-type]
            state = states[-1] = gotos[states[-2]][nonterminal]
            action = actions[state][kind]
        if not action:
            return None, index
        state = action
        states.append(state)
        starts.append(start)
        if silent[kind]:
            parts.append(None)
        else:
            word = text[start:word_end]
            parts.append(Token(kinds[kind], normal(word) if kind == name else word, start, word_end))
        end = word_end
    return cast("Tree", parts[1]), len(words)


def _kept(children: list[Part], kept: list[int]) -> list[Part]:
    """The children that the tree holds, lists among them taken in: the first one as it is, to stay linear."""
    result: list[Part] = []
    for i in kept:
        if i >= 0:
            result.append(children[i])
        elif result:
            result += cast("list[Part]", children[~i])
        else:
            result = cast("list[Part]", children[~i])
    return result
