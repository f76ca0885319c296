"""``gradcli jvp``: the value, and how it changes along a vector."""

from __future__ import annotations

from typing import Any

from gradcli.answers import Answers
from gradcli.commands import options
from gradcli.commands.along import answer_along
from gradcli.commands.command import expression_command
from gradcli.commands.vectors import tangent_option
from gradcli.commands.wrt import wrt_option

_EXAMPLES = """
gradcli jvp 'sum(x^2)' x=1,2,3 --vector 1,0,0
gradcli jvp '[x*y, x/y]' x=1 y=2 --vector x=1 --vector y=0.5 --json
"""


@expression_command("jvp", _EXAMPLES)
@options.inputs
@wrt_option
@tangent_option
@options.line_mode
@options.numbers
@options.appearance
def command(vector: tuple[str, ...], **shared: Any) -> None:
    """Print the value, and its change along a vector for each name.

    The Jacobian times the vectors, without the matrix: they are pushed forward, in forward mode.
    Without --wrt the names are those that have a vector.
    """
    answer_along(vector, shared, Answers.jvp)
