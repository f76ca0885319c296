"""``gradcli eval``: the value."""

from __future__ import annotations

from typing import Any

import click

from gradcli.commands import options
from gradcli.commands.answering import answer
from gradcli.commands.command import expression_command
from gradcli.errors import UsageError

_EXAMPLES = """
gradcli eval 'norm([3, 4])'
gradcli eval 'A @ x' 'A=[[1,2],[3,4]]' x=1,1 --json
"""


@expression_command("eval", _EXAMPLES)
@options.inputs
@options.line_mode
@options.numbers
@options.appearance
@click.option("--exit-status", is_flag=True, help="Exit with 1 when the value is false or nan.")
@click.pass_context
def command(ctx: click.Context, /, exit_status: bool, **shared: Any) -> None:
    """Print the value of an expression."""
    settings = options.settings_of(shared)
    if exit_status and settings.lines:
        raise UsageError("--exit-status is about one value, and --lines gives many", hint="leave one out")
    found = answer(settings, lambda e, given: e.value(given, settings.dtype), alone=True)
    if exit_status and found is not None and _is_no(found.result["value"]):
        ctx.exit(1)


def _is_no(value: Any) -> bool:
    if isinstance(value, tuple):
        return any(map(_is_no, value))
    if isinstance(value, (float, bool)):
        return value is False or value != value
    return bool((value != value).any()) or (value.dtype == bool and not value.all())
