"""``gradcli hessian``: the value and the second derivatives."""

from __future__ import annotations

from typing import Any

from gradcli.commands import options
from gradcli.commands.answering import answer
from gradcli.commands.command import expression_command
from gradcli.commands.wrt import names_of, wrt_option

_EXAMPLES = """
gradcli hessian 'x*y^2' x=2 y=3
gradcli hessian 'sum(x[1:]*x[:-1]^2)' x=1,2,3 --sparse --json
"""


@expression_command("hessian", _EXAMPLES)
@options.inputs
@wrt_option
@options.sparse
@options.line_mode
@options.numbers
@options.appearance
def command(sparse: bool, **shared: Any) -> None:
    """Print the value and the Hessian of a scalar, by pairs of names.

    The block x,y is the gradient by x differentiated by y, of the shape of x and then that of y.
    """
    settings = options.settings_of(shared)
    names = names_of(settings.wrt)
    answer(settings, lambda e, given: e.hessians(given, names, settings.dtype, sparse=sparse))
