"""From the arguments to an exit code: every error becomes a sentence here."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from gradcli.commands.group import gradcli
from gradcli.commands.options import Settings
from gradcli.commands.streams import report
from gradcli.errors import EvaluationError, GradcliError, UsageError

INTERRUPTED = 130


def run(arguments: Sequence[str]) -> int:
    """Run a command line; returns its exit code."""
    debug = "--debug" in arguments
    try:
        with_code = gradcli.main(list(arguments), prog_name="gradcli", standalone_mode=False)
        sys.stdout.flush()
        return with_code if isinstance(with_code, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return error.exit_code
    except click.ClickException as error:
        if debug:
            raise
        return _tell(_usage(error), arguments)
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except GradcliError as error:
        if debug:
            raise
        return _tell(error, arguments)
    except OSError as error:
        if debug:
            raise
        return _tell(_system(error), arguments)
    except (MemoryError, RecursionError) as error:
        if debug:
            raise
        return _tell(EvaluationError(f"it is too large for this machine: {type(error).__name__}"), arguments)
    except Exception as error:
        if debug:
            raise
        fault = EvaluationError(
            f"gradcli itself failed: {type(error).__name__}: {error}",
            hint="this is a fault of gradcli; --debug shows where, please report it",
        )
        return _tell(fault, arguments)


def _usage(error: click.ClickException) -> UsageError:
    message = error.format_message().rstrip(".")
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "gradcli"
    return UsageError(message[:1].lower() + message[1:], hint=f"{command} --help shows the options")


def _system(error: OSError) -> GradcliError:
    from gradcli.errors import OutputError

    return OutputError((error.strerror or str(error)).lower())


def _tell(error: GradcliError, arguments: Sequence[str]) -> int:
    if "--json" in arguments:
        from gradcli.output.jsonform import dumps_error

        sys.stderr.write(dumps_error(error) + "\n")
    else:
        color = "never" if "--color=never" in arguments else "auto"
        report(error, "error", Settings((), color=color, ascii="--ascii" in arguments))
    return error.exit_code
