"""``--wrt``: the names to differentiate by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

import click

from gradcli.answers import Answers
from gradcli.errors import ExpressionError, GradcliError, Source, Span, UsageError
from gradcli.language.lexer import normal
from gradcli.language.names import Given

_OPTION = "--wrt "

wrt_option = click.option(
    "--wrt", metavar="NAMES", help="The names to differentiate by, as x,y; by default all."
)


def names_of(wrt: str | None) -> tuple[str, ...] | None:
    """The names of ``--wrt x,y``; each once.

    Raises:
        UsageError: a name is missing between commas.
    """
    if wrt is None:
        return None
    for name, span in _pieces(wrt):
        if not name:
            raise UsageError("--wrt takes names, as in --wrt x,y", span=span, source=_source(wrt))
    return tuple(dict.fromkeys([name for name, _ in _pieces(wrt)]))


def put_under_wrt(
    error: GradcliError, wrt: str | None, expression: Answers, given: Mapping[str, Given]
) -> None:
    """Show what is wrong with a name of the option under the option: the text may not hold that name."""
    if wrt is None or error.span is not None or not isinstance(error, ExpressionError):
        return
    for name, span in _pieces(wrt):
        with suppress(GradcliError):
            node = expression.graph(given, [name]).names.get(name)
            if node.kind == "bool" if node is not None else name not in given:
                error.source, error.span = _source(wrt), span
                return


def _source(wrt: str) -> Source:
    """The option as it was typed."""
    return Source(f"{_OPTION}{wrt}")


def _pieces(wrt: str) -> Iterator[tuple[str, Span]]:
    """Each name, and where it stands in the option."""
    start = len(_OPTION)
    for piece in wrt.split(","):
        name = piece.strip()
        begin = start + len(piece) - len(piece.lstrip())
        yield normal(name), Span(begin, begin + len(name))
        start += len(piece) + 1
