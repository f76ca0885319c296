"""What is said about a text outside the language: ``problem`` turns a failure into a sentence.

The sentence is that of the first mistake of the table that recognises the failure; where none does, it says
what might have stood there instead.
"""

from __future__ import annotations

from gradcli.errors import Span, SyntaxProblem
from gradcli.language.failure import Failure
from gradcli.language.mistakes import HINTS, PROGRAM_HINTS

EXPECTED = (
    ("NUMBER", ("a number", "a name", "'('")),
    ("NAME", ("a name",)),
    ("TIMES", ("an operator",)),
    ("ELSE", ("'else'",)),
    ("COLON", ("':'",)),
    ("COMMA", ("','",)),
    ("RPAR", ("')'",)),
    ("RSQB", ("']'",)),
    ("LBRACE", ("'{'",)),
    ("RBRACE", ("'}'",)),
    ("$END", ("the end of the {whole}",)),
)
"""What may stand somewhere, in words, if a word of that kind may."""


def problem(failure: Failure) -> SyntaxProblem:
    """The sentence about a refused text, and what to do about it."""
    for hint in PROGRAM_HINTS if failure.is_program else HINTS:
        fields = hint.recognise(failure)
        if fields is not None:
            start, end = fields.pop("span", (failure.start, failure.end))
            inside = start <= failure.start < failure.end <= end
            span = Span(start, end, (failure.start, failure.end) if inside else None)
            message, fix = hint.message.format_map(fields), hint.fix.format_map(fields)
            return SyntaxProblem(message, span=span, hint=fix, source=failure.source)
    found = "the end" if failure.kind() == "$END" else f"'{failure.shown(failure.start, failure.end)}'"
    return SyntaxProblem(
        f"expected {expected(failure)}, not {found}",
        span=Span(failure.start, failure.end),
        source=failure.source,
    )


def expected(failure: Failure) -> str:
    """What the grammar would take in place of the refused word."""
    words: dict[str, None] = {}
    for kind, names in EXPECTED:
        if failure.accepts(kind):
            words.update(dict.fromkeys(names))
    whole = "statement" if failure.is_program else "expression"
    *others, last = [word.replace("{whole}", whole) for word in words]
    return f"{', '.join(others)} or {last}" if others else last
