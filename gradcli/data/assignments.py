"""NAME=VALUE words -> known names, in order: each right side sees the names before it.

A value is an expression of the language, a bare list of numbers (``x=1,2,3``) or a file (``x=@data.npy``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from gradcli.data.given import as_given
from gradcli.errors import EmptyInputError, GradcliError, NameProblem, Source, Span, UsageError
from gradcli.execute.plan import Plan
from gradcli.graph.node import ops
from gradcli.language.automaton import EXPRESSION, automaton
from gradcli.language.build import build
from gradcli.language.lexer import normal
from gradcli.language.names import Given
from gradcli.language.parser import parse

_ASSIGNMENT = re.compile(r"\s*([^\W\d]\w*)\s*=(?!=)", re.DOTALL)

ORDER = "the expression comes first, in quotes; then values such as x=3 or x=1,2,3"


class Assigned(NamedTuple):
    """The names that are known after the words, and those that their right sides used."""

    given: dict[str, Given]
    used: set[str]


def assign(
    words: Iterable[str],
    known: Mapping[str, Given],
    stdin: Callable[[], str],
    hint: str = ORDER,
    *,
    seed: int = 0,
    language: str = EXPRESSION,
) -> Assigned:
    """Read every NAME=VALUE.

    Args:
        words: the words.
        known: names that are known already, such as those of ``--vars``.
        stdin: gives the text of standard input, for ``x=@-``.
        hint: what to do about a word that is no NAME=VALUE.
        seed: what random numbers are drawn from.
        language: the names are for an expression, or for a program, which reserves some more words.

    Raises:
        UsageError: a word is no NAME=VALUE, or a file cannot be read.
        ExpressionError: a right side is wrong.
    """
    given, used = dict(known), set[str]()
    waiting = _split(words, hint, language)
    for name, (word, start) in list(waiting.items()):
        del waiting[name]
        try:
            given[name] = read(word, start, given, used, stdin, seed=seed, target=name)
        except NameProblem as error:
            span = error.span or Span(0, 0)
            later = waiting.get(normal(word[span.start : span.end]))
            if later is not None:
                error.hint = f"it is given later: put {later[0]} before {word}"
            raise
    return Assigned(given, used)


def _split(words: Iterable[str], hint: str, language: str) -> dict[str, tuple[str, int]]:
    """Each name with its word, and where in the word its value begins."""
    found: dict[str, tuple[str, int]] = {}
    for word in words:
        sign = _ASSIGNMENT.match(word)
        if sign is None:
            what = "neither an option nor NAME=VALUE" if word.startswith("-") else "no NAME=VALUE"
            raise UsageError(f"'{word}' is {what}", hint=hint)
        name = normal(sign.group(1))
        if name in automaton(language).keywords:
            raise UsageError(f"{name} is a word of the language and cannot be given a value")
        if name in found:
            raise UsageError(f"{name} is given twice: {found[name][0]} and {word}", hint="remove one of them")
        found[name] = word, sign.end()
    return found


def read(
    word: str,
    start: int,
    given: Mapping[str, Given],
    used: set[str],
    stdin: Callable[[], str],
    *,
    seed: int,
    target: str,
) -> Given:
    """The value that a word holds from ``start`` on; the names it uses are added to ``used``.

    Random numbers are drawn from ``seed``, and for each ``target`` are others.
    """
    text = word[start:].strip()
    if text.startswith("@"):
        from gradcli.data.files import read_stdin_value, read_value

        if text == "@":
            raise UsageError(f"{word} names no file", hint="as in @data.csv; @- is standard input")
        array = read_stdin_value(stdin()) if text == "@-" else read_value(text[1:])
        return as_given("the value", array, word)
    try:
        return _evaluate(word, start, given, used, seed, target)
    except EmptyInputError:
        raise UsageError(f"{word.strip()} gives no value", hint="such as 3, or 1,2,3, or @data.csv") from None


def _evaluate(
    word: str, start: int, given: Mapping[str, Given], used: set[str], seed: int, target: str
) -> Given:
    """The value of the text that begins inside a word; results with commas between them are one vector.

    Raises:
        ExpressionError: the text is wrong.
        EvaluationError: it cannot be computed.
    """
    source = Source(word)
    try:
        # Spaces in place of the name: what is wrong with the value is shown under the user's own word.
        tree = parse(Source(" " * start + word[start:]))
        built = build(tree, source, given, seed=seed, target=target)
        (node,) = [ops.stack(*built.outputs, axis=0)] if built.several else built.outputs
        values = {name: one.value for name, one in given.items()}
        (value,) = Plan([node]).run(values)
    except GradcliError as error:
        error.source = source
        raise
    used |= built.used
    return as_given("the value", value, word)
