"""``gradcli jacobian``: the value and the Jacobians."""

from __future__ import annotations

from typing import Any

from gradcli.commands import options
from gradcli.commands.answering import answer
from gradcli.commands.command import expression_command

_EXAMPLES = """
gradcli jacobian '2*exp(x)+3*y' x=0.1,0.2 y=1,2
gradcli jacobian '[x*y, x/y]' x=1 y=2 --wrt x,y --json
"""


@expression_command("jacobian", _EXAMPLES)
@options.inputs
@options.wrt
@options.line_mode
@options.numbers
@options.appearance
def command(wrt: str | None, **shared: Any) -> None:
    """Print the value and d output / d name, of the output's shape and then the name's."""
    settings = options.settings_of(shared)
    names = options.names_of(wrt)
    answer(settings, lambda e, given: e.jacobians(given, names, settings.dtype))
