"""Whatever went wrong, as an error of gradcli's: any exception goes in, a GradcliError comes out."""

from __future__ import annotations

import click

from gradcli.errors import EvaluationError, GradcliError, OutputError, UsageError


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
    near = getattr(error, "possibilities", None)
    if isinstance(error, click.NoSuchOption) and near:
        # Not Click's format_message: the advice belongs into the hint.
        from gradcli.language.names import listed

        hint = f"did you mean {listed(near)}? {hint}"
        return UsageError(_first_small(error.message), hint=hint)
    return UsageError(_first_small(error.format_message()), hint=hint)


def _first_small(sentence: object) -> str:
    text = str(sentence).rstrip(".")
    return text[:1].lower() + text[1:]


def _system(error: OSError) -> OutputError:
    # Files are opened where their errors are known: what is left is a write to standard output.
    what = (error.strerror or str(error)).lower()
    return OutputError(f"{error.filename or 'standard output'} cannot be written: {what}")
