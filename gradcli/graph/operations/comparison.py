"""Comparisons, logic and choice: what gives or takes a condition."""

from __future__ import annotations

from typing import Any

from gradcli.errors import ShapeProblem
from gradcli.graph.node import Node, ops
from gradcli.graph.operations.record import define
from gradcli.graph.shapes import Shape, agree, describe

for _name, _kernel, _symbol, _scalar in (
    ("lt", "numpy.less", "<", "operator.lt"),
    ("le", "numpy.less_equal", "<=", "operator.le"),
    ("gt", "numpy.greater", ">", "operator.gt"),
    ("ge", "numpy.greater_equal", ">=", "operator.ge"),
    ("eq", "numpy.equal", "==", "operator.eq"),
    ("ne", "numpy.not_equal", "!=", "operator.ne"),
):
    define(
        _name,
        "a b",
        kernel=_kernel,
        kink=lambda a, b: ops.eq(a, b),
        convention="the gradient is that of the side which the comparison chose",
        scalar=_scalar,
        takes="any" if _name in ("eq", "ne") else "float",
        gives="bool",
        symbol=_symbol,
    )

for _name, _kernel, _symbol, _scalar in (
    ("logical_and", "numpy.logical_and", "and", "operator.and_"),
    ("logical_or", "numpy.logical_or", "or", "operator.or_"),
    ("logical_xor", "numpy.logical_xor", "", "operator.xor"),
):
    define(_name, "a b", kernel=_kernel, scalar=_scalar, takes="bool", gives="bool", symbol=_symbol)

define(
    "logical_not",
    kernel="numpy.logical_not",
    scalar="operator.not_",
    takes="bool",
    gives="bool",
    symbol="not",
)
for _name in ("isnan", "isinf", "isfinite"):
    define(_name, kernel=f"numpy.{_name}", scalar=f"math.{_name}", gives="bool")

define(
    "number",
    kernel="kernels.elementwise.number",
    scalar="scalars.number",
    takes="bool",
    spelling="{0}",
    hidden=True,
)
define(
    "where",
    "condition a b",
    pullback=(
        None,
        lambda g, y, condition, a, b: ops.where(condition, g, 0),
        lambda g, y, condition, a, b: ops.where(condition, 0, g),
    ),
    kernel="numpy.where",
    doc="a where the condition is true, else b",
    analytic=True,
    scalar="scalars.where",
    takes=("bool", "float", "float"),
    torch="WhereBackward0",
    samples=[
        ("where(a > 0, a, b)", {"a": "3", "b": "2x3"}),
        ("where(a > b, a * b, 2)", {"a": "2x3", "b": "()"}),
    ],
)


def _choice_shape(condition: Shape, a: Shape, b: Shape, **_: Any) -> Shape:
    if condition != ():
        raise ShapeProblem(
            f"'if' needs a condition that is a single true or false: this one is {describe(condition)}",
            hint="choose element by element with where(condition, a, b)",
        )
    if not agree(a, b):
        raise ShapeProblem(
            f"both branches of 'if' must have one shape: {describe(a)} and {describe(b)}",
            hint="where(condition, a, b) broadcasts its branches",
        )
    return a


def _either(g: Node, *_: Any) -> Node:
    # Which branch was taken is the pass's business: it guards what leaves the branch.
    return g


CHOICE = define(
    "choice",
    "condition a b",
    pullback=(None, _either, _either),
    kernel="kernels.elementwise.choice",
    analytic=True,
    scalar="scalars.where",
    shape=_choice_shape,
    takes=("bool", "float", "float"),
    torch="WhereBackward0",
    samples=[
        ("sum(x) if x[0] > 0 else prod(x)", {"x": "3"}),
        ("x * y if y < 0 else x / y", {"x": "2x3", "y": "() nonzero"}),
    ],
    spelling="{1} if {0} else {2}",
    hidden=True,
)
