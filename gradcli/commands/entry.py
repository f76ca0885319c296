"""From the arguments to an exit code: every error becomes a sentence here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from gradcli.commands.faults import as_gradcli_error
from gradcli.commands.group import gradcli
from gradcli.commands.options import Settings
from gradcli.commands.streams import report
from gradcli.errors import OutputError

INTERRUPTED = 130


def run(arguments: Sequence[str]) -> int:
    """Run a command line; returns its exit code."""
    try:
        with_code = gradcli.main(list(arguments), prog_name="gradcli", standalone_mode=False)
        sys.stdout.flush()
        return with_code if isinstance(with_code, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except Exception as error:
        if "--debug" in arguments:
            raise
        fault = as_gradcli_error(error)
        if isinstance(fault, OutputError):
            _drop_output()
        report(fault, "error", _appearance(arguments))
        return fault.exit_code


def _appearance(arguments: Sequence[str]) -> Settings:
    """How errors are to look; read by hand, as the command line may be what is wrong."""
    found: dict[str, Any] = {}
    options = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    for place, option in enumerate(options):
        name, has_value, value = option.partition("=")
        value = value if has_value else "".join(options[place + 1 : place + 2])
        if option in ("--json", "--ascii"):
            found[option[2:]] = True
        elif name in ("-o", "--output") and value in ("json", "jsonl"):
            found["json"] = True
        elif name == "--color" and value in ("always", "never"):
            found["color"] = value
    return Settings((), **found)


def _drop_output() -> None:
    """What is left in the buffer would fail a second time when Python exits."""
    import os
    from contextlib import suppress

    with suppress(OSError, ValueError):
        lost = sys.stdout.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, lost)
        os.close(nowhere)
