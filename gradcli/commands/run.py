"""``gradcli run``: a program."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from gradcli.commands import options
from gradcli.commands.answering import warn_of_unused
from gradcli.commands.command import expression_command
from gradcli.commands.inputs import Inputs
from gradcli.commands.interrupts import orderly
from gradcli.commands.streams import Streams
from gradcli.errors import EmptyInputError, Source, UsageError
from gradcli.language.automaton import PROGRAM

_EXAMPLES = """
gradcli run -e 'x = tensor([1, 2], requires_grad=true); sum(x^2).backward(); print(x.grad)'
gradcli run -e 'for i in range(3) { print(i, a*i) }' a=10
"""


@expression_command("run", _EXAMPLES)
@click.argument("words", nargs=-1, metavar="[FILE] [NAME=VALUE]...")
@click.option("-e", "--text", metavar="TEXT", help="The program itself.")
@click.option("-f", "--file", metavar="FILE", help="Read the program from a file; - is standard input.")
@click.option("--vars", metavar="FILE", help="Many names at once: a JSON object, TOML or npz.")
@options.seed
@options.memory
@click.option("--json", is_flag=True, help="An error as one JSON object.")
@options.appearance
def command(text: str | None, **shared: Any) -> None:
    """Run a program: tensors, loops, branches, training.

    It prints what it is told to print, and nothing else. Values of names, also from files (NAME=@FILE),
    become numbers and tensors of the program.
    """
    settings = options.settings_of(shared)
    if text is not None and settings.file is not None:
        raise UsageError("the program is given twice: with -e and with -f", hint="leave one out")
    words = settings.words
    if text is None and settings.file is None:
        if not words:
            raise EmptyInputError(
                "there is no program",
                hint="name a file (- is standard input), or give the text with -e",
            )
        settings, words = settings._replace(file=words[0]), words[1:]
    inputs = Inputs(settings)
    source = Source(text) if text is not None else inputs.program()
    given = inputs.given(words, PROGRAM)

    from gradcli.programs.console import Console
    from gradcli.programs.run import run

    # What was printed is written and the line of progress erased before Ctrl-C ends it.
    with orderly(), Streams(settings) as streams:
        watching = sys.stderr.isatty() and not settings.quiet and os.environ.get("TERM") != "dumb"
        console = Console(streams.write, sys.stderr if watching else None)
        try:
            ran = run(source, given, console, streams.warn, seed=settings.seed)
        finally:
            streams.flush()
        warn_of_unused(streams, inputs, given, ran.used, what=PROGRAM)
