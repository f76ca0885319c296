"""A text that the parser refused, seen from the first word that it could not take: what the hints look at.

In come the words and the index of the refused one; the answers are about the words around it, the brackets
open before it, what the grammar would have taken instead, and where the operands beside it stand.
"""

from __future__ import annotations

import re
from functools import cached_property

from gradcli.errors import Source
from gradcli.language.automaton import Automaton
from gradcli.language.lexer import Word

BRACKETS = {"LPAR": ")", "LSQB": "]", "RPAR": "(", "RSQB": "["}
BINARY = ("OR", "AND", "COMPARE", "PLUS", "MINUS", "TIMES", "MATMUL", "DIVIDE", "FLOOR", "MODULO", "POWER")
OPERANDS = (
    "NAME",
    "NUMBER",
    "COEFFICIENT",
    "LPAR",
    "LSQB",
    "ROOT",
    "STRING",
    "TRUE",
    "FALSE",
    "NONE",
    "INFINITY",
)
NUMBERS = ("NUMBER", "COEFFICIENT")
BLOCKS = ("FOR", "WHILE", "IF", "WITH")
"""What a block stands behind, ELSE apart."""
KEYWORDS = ("IF", "ELSE", "AND", "OR", "NOT", "TRUE", "FALSE", "NONE", "FOR", "IN", "WHILE", "WITH", "ASSERT")
SUPERSCRIPT = {"SQUARED": "2", "CUBED": "3"}
SEPARATORS = ("$END", "_NEWLINE", "_SEMICOLON")
CLOSERS = ("RPAR", "RSQB", "RBRACE", "COMMA", *SEPARATORS)
DANGLING = (*BINARY, "NOT", "ROOT", "COEFFICIENT", "IF", "ELSE", "AUGMENTED")
"""What needs a value on its right."""
LONGEST = 40
"""Characters of the user's text that a hint repeats at most."""


def bracketed(operand: str) -> str:
    """An operand in brackets, unless it is in brackets already."""
    depth = 0
    for i, character in enumerate(operand):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return operand if i and i == len(operand) - 1 else f"({operand})"
    return f"({operand})"


class Failure:
    """The refused word is number 0; those before it are counted down from -1, those after it up from 1."""

    def __init__(self, source: Source, machine: Automaton, words: list[Word], index: int) -> None:
        self.source = source
        self.text = source.text
        self.words = words
        self.index = index
        self.start, self.end = words[index][1:]
        self.is_program = machine.is_program
        self._machine = machine
        self._kinds = [*machine.kinds, "unknown"]
        # The parser may have reduced too far before it noticed, so this runs again up to the word before.
        self._states, self._starts = [0], [0]
        for word in words[:index]:
            self._feed(self._states, self._starts, word)

    def kind(self, offset: int = 0) -> str:
        """The kind of a word; the empty string outside the text."""
        i = self.index + offset
        return self._kinds[self.words[i][0]] if 0 <= i < len(self.words) else ""

    def word(self, offset: int = 0) -> str:
        """The text of a word."""
        i = self.index + offset
        return self.text[self.words[i][1] : self.words[i][2]] if 0 <= i < len(self.words) else ""

    def touches(self, offset: int = 0) -> bool:
        """Nothing stands between a word and the one before it."""
        i = self.index + offset
        return 0 < i < len(self.words) and self.words[i - 1][2] == self.words[i][1]

    def shown(self, start: int, end: int) -> str:
        """A stretch of the text as a hint repeats it: on one line, and not too long."""
        piece = self.text[start:end]
        return piece if piece and len(piece) <= LONGEST and "\n" not in piece else "..."

    def accepts(self, kind: str) -> bool:
        """The grammar would take a word of this kind here."""
        return self._after(kind) is not None

    @cached_property
    def wants_operand(self) -> bool:
        """A value is due here."""
        return self.accepts("NUMBER")

    @cached_property
    def ended_operand(self) -> bool:
        """A value ended just before."""
        return not self.wants_operand and (self.accepts("TIMES") or self.accepts("POWER"))

    @cached_property
    def open_brackets(self) -> list[int]:
        """The indices of the words that open a bracket which is still open here, the outermost first.

        A brace is none: what is in it are statements of their own.
        """
        opened: list[int] = []
        for i in range(self.index):
            kind = self._kinds[self.words[i][0]]
            if kind in ("LPAR", "LSQB"):
                opened.append(i)
            elif kind in ("RPAR", "RSQB"):
                opened.pop()
        return opened

    @cached_property
    def open_braces(self) -> list[int]:
        """The indices of the words that open a block which is still open here, the outermost first."""
        opened: list[int] = []
        for i in range(self.index):
            kind = self._kinds[self.words[i][0]]
            if kind == "LBRACE":
                opened.append(i)
            elif kind == "RBRACE":
                opened.pop()
        return opened

    @property
    def never_closed(self) -> bool:
        """Some bracket that is open here is still open at the end of the text."""
        depth = lowest = len(self.open_brackets)
        for kind, _, _ in self.words[self.index :]:
            depth += {"LPAR": 1, "LSQB": 1, "RPAR": -1, "RSQB": -1}.get(self._kinds[kind], 0)
            lowest = min(lowest, depth)
        return lowest > 0

    @cached_property
    def closing(self) -> str:
        """What would close all open brackets, in order."""
        return "".join(BRACKETS[self._kinds[self.words[i][0]]] for i in reversed(self.open_brackets))

    @cached_property
    def opener(self) -> str:
        """The kind of the innermost open bracket; ``call`` or ``index`` if it follows what it is about."""
        if not self.open_brackets:
            return ""
        i = self.open_brackets[-1]
        kind = self._kinds[self.words[i][0]]
        before = self._kinds[self.words[i - 1][0]] if i else ""
        if kind == "LPAR":
            return "call" if before == "NAME" else kind
        return "index" if before in ("NAME", "RPAR", "RSQB", "NUMBER") else kind

    @property
    def closer(self) -> str:
        """The kind that would close the innermost open bracket."""
        return {"": "", ")": "RPAR", "]": "RSQB"}[self.closing[:1]]

    @property
    def missing(self) -> dict[str, str]:
        """For a message: the brackets that are missing, in the order in which they are due."""
        runs = [match[0] for match in re.finditer(r"\)+|\]+", self.closing)]
        counted = [f"a '{run[0]}'" if len(run) == 1 else f"{len(run)} '{run[0]}'" for run in runs]
        *others, last = counted if len(counted) <= 4 else [*counted[:3], "more"]
        listed = f"{', '.join(others)} and {last}" if others else last
        closing = f"'{self.closing}'" if len(self.closing) <= LONGEST // 2 else "them"
        return {
            "missing": f"{listed} {'is' if len(self.closing) == 1 else 'are'} missing",
            "closing": closing,
        }

    @property
    def last_end(self) -> tuple[int, int]:
        """The place right after the word before."""
        end = self.words[self.index - 1][2] if self.index else 0
        return end, end

    @property
    def after_line_end(self) -> bool:
        """A line ended just before, in brackets or not."""
        before = self.words[self.index - 1][1] if self.index else 0
        return "\n" in self.text[before : self.start]

    @property
    def side_by_side(self) -> bool:
        """A value follows a value."""
        return self.ended_operand and self.kind() in OPERANDS

    def statement_start(self) -> int:
        """The index of the first word of the statement."""
        i = self.index
        while i and self._kinds[self.words[i - 1][0]] not in ("_NEWLINE", "_SEMICOLON", "LBRACE", "RBRACE"):
            i -= 1
        return i

    @property
    def opening_word(self) -> str:
        """The kind of the first word of the statement."""
        return self._kinds[self.words[self.statement_start()][0]]

    def left(self, operator: str = "") -> str:
        """The operand that ends just before, as far back as an operator here would reach."""
        return self.shown(self.left_start(operator), self.words[self.index - 1][2])

    def left_start(self, operator: str = "") -> int:
        """Where that operand begins."""
        for kind in [operator] if operator else ["POWER", "TIMES"]:
            stacks = self._after(kind)
            if stacks is not None:
                return stacks[1][-2]
        return self.words[self.index - 1][1]

    def right(self, offset: int = 0, *, power: bool = False) -> str:
        """The operand that begins with a word; with ``power``, also what it is raised to."""
        i = self.index + offset
        return self.shown(self.words[i][1], self.right_end(offset, power=power))

    def right_end(self, offset: int = 0, *, power: bool = False) -> int:
        """Where that operand ends; where it begins if it never does."""
        first = self.index + offset
        goes_on = ("DOT", "LSQB", "POWER", "SQUARED", "CUBED") if power else ("DOT", "LSQB")
        states, starts = [0], [0]
        for i in range(first, len(self.words)):
            kind, start, _ = self.words[i]
            if start - self.words[first][1] > LONGEST:
                break
            is_call = self._kinds[kind] == "LPAR" and self._kinds[self.words[i - 1][0]] == "NAME"
            goes_on_here = is_call or self._kinds[kind] in goes_on
            if i > first and not goes_on_here and self._after("$END", states, starts):
                return self.words[i - 1][2]
            if not self._feed(states, starts, self.words[i]):
                break
        return self.words[first][1]

    def operator_before(self) -> int:
        """The offset of the operator whose right operand is due: signs in between are passed over."""
        offset = -1
        while self.kind(offset) in ("PLUS", "MINUS") and self.kind(offset - 1) in (*BINARY, "ROOT"):
            offset -= 1
        return offset

    def before(self, offset: int) -> Failure:
        """The same text as if an earlier word were the refused one."""
        return Failure(self.source, self._machine, self.words, self.index + offset)

    def _after(
        self, kind: str, states: list[int] | None = None, starts: list[int] | None = None
    ) -> tuple[list[int], list[int]] | None:
        """The stacks once a word of that kind has been taken; None if it would not be."""
        if kind not in self._machine.numbers:
            return None
        states, starts = list(states or self._states), list(starts or self._starts)
        taken = self._feed(states, starts, (self._machine.numbers[kind], self.start, self.start))
        return (states, starts) if taken else None

    def _feed(self, states: list[int], starts: list[int], word: Word) -> bool:
        """Take a word, as the parser does, but for the sake of the stacks alone."""
        kind, start, _ = word
        machine = self._machine
        while (action := machine.actions[states[-1]][kind]) < 0:
            rule = machine.rules[~action]
            if rule.length > 1:
                del states[1 - rule.length :], starts[1 - rule.length :]
            states[-1] = machine.gotos[states[-2]][rule.nonterminal]
        if action:
            states.append(action)
            starts.append(start)
        return action != 0
