"""``gradcli hvp``: the value, and the Hessian times a vector."""

from __future__ import annotations

from typing import Any

from gradcli.answers import Answers
from gradcli.commands import options
from gradcli.commands.along import answer_along
from gradcli.commands.command import expression_command
from gradcli.commands.vectors import tangent_option
from gradcli.commands.wrt import wrt_option

_EXAMPLES = """
gradcli hvp 'sum(x^3)' x=1,2,3 --vector 1,0,0
gradcli hvp 'x*y^2' x=2 y=3 --vector x=1 --vector y=0 --json
"""


@expression_command("hvp", _EXAMPLES)
@options.inputs
@wrt_option
@tangent_option
@options.line_mode
@options.numbers
@options.appearance
def command(vector: tuple[str, ...], **shared: Any) -> None:
    """Print the value, and the Hessian of a scalar times a vector.

    The matrix is never built: the gradient is pulled back once more.
    Without --wrt the names are those that have a vector.
    """
    answer_along(vector, shared, Answers.hvp)
