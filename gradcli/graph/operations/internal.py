"""Operations that appear in derivatives only."""

from __future__ import annotations

from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.record import AXIS, define, strong
from gradcli.graph.shapes import broadcast

define(
    # The chain rule's product: zero where a is, whatever b is. It is linear in a, and its own
    # rules are strong products of the incoming cotangent: masking them where a is zero would
    # lose second derivatives.
    "strong",
    "a b",
    pullback=(lambda g, y, a, b: strong(g, b), lambda g, y, a, b: strong(g, a)),
    kernel="kernels.elementwise.strong",
    scalar="scalars.strong",
    torch="MulBackward0",
    symbol="*",
    hidden=True,
)
define(
    # 1 where a is larger, one half where both are equal; a nan wins over a number.
    "win_share",
    "a b",
    kernel="kernels.elementwise.win_share",
    kink=lambda a, b: ops.eq(a, b),
    convention="the share of a tie is one half, and its gradient is 0",
    scalar="scalars.win_share",
    spelling="where({0} == {1}, 0.5, {0} > {1})",
    hidden=True,
)
define(
    # Where x is the extreme y itself, a nan being equal to a nan.
    "ties",
    "x y",
    kernel="kernels.elementwise.ties",
    scalar="scalars.ties",
    gives="bool",
    spelling="{0} == {1}",
    hidden=True,
)
define(
    "count",
    kernel="kernels.reduction.count",
    shape=lambda shape, axis: (),
    parameters=(AXIS,),
    takes="any",
    samples=[("x * size(x[x > 0])", {"x": "5"})],
    spelling="size",
    hidden=True,
)
define(
    # Sums or stretches x to the shape of like, behind as many leading axes as lead says; for
    # sizes that only the run knows. The first axes of like, as many as keep says, x has too.
    "fit",
    "x like",
    pullback=(
        lambda g, y, x, like, lead, keep: ops.fit(g, x, lead=g.ndim - y.ndim, keep=lead + keep),
        None,
    ),
    kernel="kernels.reduction.fit",
    shape=lambda x, like, lead, keep: x[:lead] + like,
    parameters=(Parameter("lead", "integer", 0), Parameter("keep", "integer", 0)),
    takes="any",
    gives="float",
    samples=[
        ("sum(grad(sum(x[x > 0]^3), x)^2)", {"x": "5"}),
        ("grad(sum((x[x > 0] * y)^2), y)", {"x": "5", "y": "1"}),
    ],
    hidden=True,
)


define(
    # d det(x) / dx, right for singular matrices too; the derivative of a determinant of 4x4 or more.
    "cofactor",
    pullback=lambda g, y, x: ops.cofactor_slope(x, g),
    kernel="kernels.matrices.cofactor",
    shape=lambda shape: shape,
    samples=[
        ("grad(det(x), x)", {"x": "4x4 well"}),
        ("grad(sum(det(x)), x)", {"x": "2x4x4 well"}),
        ("grad(det(x), x)", {"x": "0x0"}),
    ],
    spelling="grad(sum(det({0})), {0})",
    hidden=True,
)


define(
    # The change of the cofactors of x along h: the second derivative of a determinant, symmetric.
    "cofactor_slope",
    "x h",
    pullback=(lambda g, y, x, h: ops.cofactor_turn(x, h, g), lambda g, y, x, h: ops.cofactor_slope(x, g)),
    kernel="kernels.matrices.cofactor_slope",
    shape=lambda x, h: broadcast(x, h),
    samples=[
        ("grad(sum(grad(det(x), x)^2), x)", {"x": "4x4 well"}),
        ("grad(sum(grad(sum(det(x)), x)^2), x)", {"x": "2x4x4 well"}),
        ("grad(sum(grad(det(x), x)^2), x)", {"x": "0x0"}),
    ],
    written=lambda node: "hvp(sum(det({0})), {0}, {1})" if node.args[0].shape == node.args[1].shape else "",
    hidden=True,
)


def _one_more(g: Node, y: Node, x: Node, *directions: Node) -> Node:
    return ops.cofactor_turn(x, *directions, g)


def _one_other(i: int, g: Node, y: Node, x: Node, *directions: Node) -> Node:
    return ops.cofactor_turn(x, *directions[:i], *directions[i + 1 :], g)


define(
    # The change of the cofactors along several directions: all further derivatives of a determinant.
    # It is symmetric in them and in the cotangent, so each rule of it is itself again.
    "cofactor_turn",
    "x directions*",
    pullback=(_one_more, _one_other),
    kernel="kernels.matrices.cofactor_turn",
    shape=lambda x, *directions: broadcast(x, *directions),
    samples=[
        (
            "diff(det(x * [[1, 2, 0, 1], [0, 1, 3, 1], [2, 1, 1, 0], [1, 0, 1, 1]] + eye(4)), x, 3)",
            {"x": "()"},
        ),
        ("diff(det(x * [[[1, 2, 0, 1], [0, 1, 3, 1], [2, 1, 1, 0], [1, 0, 1, 1]]])[0], x, 3)", {"x": "()"}),
    ],
    hidden=True,
)
define(
    # The last axis filled up to a size, where only the run knows how long it is.
    "padded",
    pullback=lambda g, y, x, size, fill: ops.trimmed(g, x),
    kernel="kernels.shaping.padded",
    shape=lambda shape, size, fill: (*shape[:-1], size),
    parameters=(Parameter("size", "size"), Parameter("fill", "number", 0.0)),
    samples=[("grad(prod(x[x < 1]), x)", {"x": "5"})],
    hidden=True,
)
define(
    # And cut back to that of like.
    "trimmed",
    "x like",
    pullback=(lambda g, y, x, like: ops.padded(g, size=x.shape[-1], fill=0.0), None),
    kernel="kernels.shaping.trimmed",
    shape=lambda x, like: (*x[:-1], like[-1]),
    samples=[("grad(sum(grad(prod(x[x < 1]), x)^2), x)", {"x": "5"})],
    hidden=True,
)
