"""A whole program, from its text to its last statement."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from gradcli.autograd.making import manual_seed
from gradcli.autograd.modes import enable_grad
from gradcli.errors import GradcliError, Source, Span
from gradcli.language.automaton import PROGRAM
from gradcli.language.meaning import Scope, span_of
from gradcli.language.names import Given
from gradcli.language.parser import parse
from gradcli.language.walk import walk
from gradcli.programs import expressions, statements
from gradcli.programs.console import Console
from gradcli.programs.context import ProgramContext

_RULES = {**expressions.RULES, **statements.RULES}


class Ran(NamedTuple):
    """A program that has run: the given names that it used, and what its own names hold."""

    used: set[str]
    names: Scope


def run(
    source: Source,
    given: Mapping[str, Given],
    console: Console,
    warn: Callable[[GradcliError], None],
    *,
    seed: int = 0,
) -> Ran:
    """Run a program.

    Args:
        source: its text.
        given: the values of names from outside.
        console: where it prints.
        warn: is told of what PyTorch would warn of, under the program's own text.
        seed: what its random numbers are drawn from.

    Raises:
        GradcliError: whatever goes wrong, under the program's own text.
    """
    tree = parse(source, PROGRAM)
    context = ProgramContext(source, given, console)
    context.walk = lambda body, scope: walk(_RULES, context, body, scope)
    scope: Scope = {}
    manual_seed(seed)

    warned: set[tuple[str, Span | None]] = set()

    def told(message: Any, *_: Any, **__: Any) -> None:
        span = None if context.here is None else span_of(context.here)
        if (str(message), span) in warned:
            return  # in a loop, once is enough
        warned.add((str(message), span))
        warn(GradcliError(str(message), span=span, source=source))

    try:
        # The modes are as before when it ends, however it does.
        with enable_grad(), warnings.catch_warnings():
            warnings.simplefilter("always", UserWarning)
            warnings.showwarning = told
            walk(_RULES, context, tree, scope)
    except GradcliError as error:
        error.source = error.source or source
        # The advice of tensors is written for Python.
        error.hint = re.sub(r"\b(True|False)\b", lambda word: word[0].lower(), error.hint)
        raise
    finally:
        console.erase()
    return Ran(set(context.used), scope)
