"""Whatever went wrong, as an error of gradcli's: any exception goes in, a GradcliError comes out."""

from __future__ import annotations

import click

from gradcli.errors import EvaluationError, GradcliError, OutputError, UsageError

# An option of more commands than these is named for what it does, and not for where it belongs.
_FEW = 2


def as_gradcli_error(error: Exception) -> GradcliError:
    """The sentence for an exception; one of gradcli's own stays as it is."""
    if isinstance(error, GradcliError):
        return error
    if isinstance(error, click.ClickException):
        return _usage(error)
    if isinstance(error, OSError):
        return _system(error)
    if isinstance(error, MemoryError):
        from gradcli.execute.straight import out_of_memory

        return out_of_memory(error)
    if isinstance(error, RecursionError):
        return EvaluationError("it is nested too deeply")
    return EvaluationError(
        f"gradcli itself failed: {type(error).__name__}: {error}",
        hint="this is a fault of gradcli; --debug shows where, please report it",
    )


def _usage(error: click.ClickException) -> UsageError:
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "gradcli"
    hint = f"{command} --help shows the options"
    if isinstance(error, click.NoSuchOption):
        # Not Click's format_message: the advice belongs into the hint.
        return UsageError(_first_small(error.message), hint=f"{_advice(error)}{hint}")
    return UsageError(_first_small(error.format_message()), hint=hint)


def _advice(error: click.NoSuchOption) -> str:
    """Where an option belongs, or what it may have been meant to be."""
    from gradcli.commands.group import commands_with

    name = error.option_name
    owners = commands_with(name)
    if owners and isinstance(error.ctx and error.ctx.command, click.Group):
        return f"{name} goes after a command: gradcli {owners[0]} {name}; "
    if 0 < len(owners) <= _FEW:
        return f"{name} belongs to {' and '.join(owners)}; "
    if error.possibilities:
        from gradcli.language.names import listed

        return f"did you mean {listed(error.possibilities)}? "
    return ""


def _first_small(sentence: object) -> str:
    text = str(sentence).rstrip(".")
    return text[:1].lower() + text[1:]


def _system(error: OSError) -> OutputError:
    # Files are opened where their errors are known: what is left is a write to standard output.
    what = (error.strerror or str(error)).lower()
    return OutputError(f"{error.filename or 'standard output'} cannot be written: {what}")
