"""NAME=VALUE words -> known names, in order: each right side sees the names before it.

A value is an expression of the language, a bare list of numbers (``x=1,2,3``) or a file (``x=@data.npy``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from gradcli.data.given import as_given
from gradcli.errors import GradcliError, Source, UsageError
from gradcli.execute.plan import Plan
from gradcli.graph.node import ops
from gradcli.language.build import build
from gradcli.language.lexer import normal
from gradcli.language.names import Given
from gradcli.language.parser import parse

_ASSIGNMENT = re.compile(r"\s*([^\W\d]\w*)\s*=(?!=)\s*(.*)", re.DOTALL)
_RESERVED = frozenset(("if", "else", "and", "or", "not", "true", "false", "None"))


def assign(words: Iterable[str], known: Mapping[str, Given], stdin: Callable[[], str]) -> dict[str, Given]:
    """Read every NAME=VALUE.

    Args:
        words: the words.
        known: names that are known already, such as those of ``--vars``.
        stdin: gives the text of standard input, for ``x=@-``.

    Raises:
        UsageError: a word is no NAME=VALUE, or a file cannot be read.
        ExpressionError: a right side is wrong.
    """
    given = dict(known)
    for word in words:
        found = _ASSIGNMENT.fullmatch(word)
        if found is None:
            raise UsageError(
                f"'{word}' is no NAME=VALUE",
                hint="the expression comes first, in quotes; then values such as x=3 or x=1,2,3",
            )
        name, text = normal(found.group(1)), found.group(2)
        if name in _RESERVED:
            raise UsageError(f"{name} is a word of the language and cannot be given a value")
        given[name] = _read(name, text, word, given, stdin)
    return given


def _read(name: str, text: str, word: str, given: Mapping[str, Given], stdin: Callable[[], str]) -> Given:
    if text.startswith("@"):
        from gradcli.data.files import read_stdin_value, read_value

        array = read_stdin_value(stdin()) if text == "@-" else read_value(text[1:])
        return as_given(name, array, word)
    return evaluate(text, word, given)


def evaluate(text: str, origin: str, given: Mapping[str, Given], place: str = "") -> Given:
    """The value of a text on its own; results with commas between them are one vector.

    Raises:
        ExpressionError: the text is wrong.
        EvaluationError: it cannot be computed.
    """
    source = Source(text, place)
    tree = parse(source)
    try:
        built = build(tree, source, given)
        (node,) = [ops.stack(*built.outputs, axis=0)] if built.several else built.outputs
        values = {name: one.value for name, one in given.items()}
        (value,) = Plan([node]).run(values)
    except GradcliError as error:
        error.source = error.source or source
        raise
    return as_given("the value", value, origin)
