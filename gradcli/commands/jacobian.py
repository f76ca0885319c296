"""``gradcli jacobian``: the value and the Jacobians."""

from __future__ import annotations

from typing import Any

from gradcli.commands import options
from gradcli.commands.answering import answer
from gradcli.commands.command import expression_command
from gradcli.commands.wrt import names_of, wrt_option

_EXAMPLES = """
gradcli jacobian 'x[1:]*x[:-1]' x=1,2,3 --sparse
gradcli jacobian '[x*y, x/y]' x=1 y=2 --wrt x,y --json
"""


@expression_command("jacobian", _EXAMPLES)
@options.inputs
@wrt_option
@options.sparse
@options.line_mode
@options.numbers
@options.appearance
def command(sparse: bool, **shared: Any) -> None:
    """Print the value and the Jacobian by each name.

    A Jacobian is d output / d name, of the output's shape and then the name's.
    """
    settings = options.settings_of(shared)
    names = names_of(settings.wrt)
    answer(settings, lambda e, given: e.jacobians(given, names, settings.dtype, sparse=sparse))
