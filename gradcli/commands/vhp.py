"""``gradcli vhp``: the value, and a vector times the Hessian."""

from __future__ import annotations

from typing import Any

from gradcli.answers import Answers
from gradcli.commands import options
from gradcli.commands.along import answer_along
from gradcli.commands.command import expression_command
from gradcli.commands.vectors import tangent_option
from gradcli.commands.wrt import wrt_option

_EXAMPLES = """
gradcli vhp 'sum(x^3)' x=1,2,3 --vector 1,0,0
gradcli vhp 'x*y^2' x=2 y=3 --wrt y --vector 1 --json
"""


@expression_command("vhp", _EXAMPLES)
@options.inputs
@wrt_option
@tangent_option
@options.line_mode
@options.numbers
@options.appearance
def command(vector: tuple[str, ...], **shared: Any) -> None:
    """Print the value, and a vector times the Hessian of a scalar.

    The same numbers as hvp, for a Hessian is symmetric.
    Without --wrt the names are those that have a vector.
    """
    answer_along(vector, shared, Answers.vhp)
