"""Losses of one class of several: of scores (logits), and of their logarithms as probabilities.

The axis of the classes is the second, or the only one.
"""

from __future__ import annotations

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.losses import REDUCTION, total
from gradcli.graph.operations.record import REQUIRED, as_given, column, define, restored, strong
from gradcli.graph.shapes import Shape, agree, describe, elements

_IGNORE = Parameter("ignore_index", "integer", -100)


def _class_axis(x: Node) -> int:
    return min(-1, 1 - x.ndim)


def _members(x: Node, target: Node, ignore_index: int) -> Node:
    axis = _class_axis(x)
    return ops.membership(target, classes=x.shape[axis], axis=axis, ignore_index=ignore_index)


def _along_classes(weight: Node, x: Node) -> Node:
    """A number for each class, ready to multiply an array of scores."""
    return restored(weight, tuple(range(_class_axis(x) + 1, 0)), keepdims=False)


def _counted(x: Node, target: Node, weight: tuple[Node, ...], ignore_index: int) -> Node:
    """The weight of each sample at its class, 0 at all others."""
    hits = _members(x, target, ignore_index)
    return hits * _along_classes(weight[0], x) if weight else hits


def _nll_by_input(
    g: Node, y: Node, x: Node, target: Node, *weight: Node, reduction: str, ignore_index: int
) -> Node:
    counted = _counted(x, target, weight, ignore_index)
    if reduction == "none":
        return strong(ops.unsqueeze(g, axis=_class_axis(x)), 0 - counted)
    g = column(g, x.ndim)
    return strong(g / _nonzero(ops.sum(counted)) if reduction == "mean" else g, 0 - counted)


def _nonzero(divisor: Node) -> Node:
    # Where all samples are ignored the mean is nan, and flat.
    return ops.where(ops.eq(divisor, 0), 1, divisor)


def _nll_by_weight(
    i: int, g: Node, y: Node, x: Node, target: Node, *weight: Node, reduction: str, ignore_index: int
) -> Node:
    axis = _class_axis(x)
    hits = _members(x, target, ignore_index)
    picked = -ops.where(ops.ne(hits, 0), x, 0)
    rest = tuple([one for one in range(-x.ndim, 0) if one != axis])
    if reduction == "none":
        return ops.sum(strong(ops.unsqueeze(g, axis=axis), picked), axis=rest)
    slope = ops.sum(picked, axis=rest)
    if reduction == "mean":
        divisor = _nonzero(ops.sum(hits * _along_classes(weight[0], x)))
        slope = (slope - y * ops.sum(hits, axis=rest)) / divisor
    return strong(column(g, 1), slope)


def _member_shape(target: Shape, classes: int, axis: int, ignore_index: int) -> Shape:
    place = len(target) + 1 + axis
    return (*target[:place], classes, *target[place:])


def _membership_written(node: Node) -> str:
    # A class that is ignored is no class.
    target = "{0}" if node.parameters["ignore_index"] < 0 else "where({0} == {ignore_index}, -1, {0})"
    hit = f"arange({{classes}}) == {target}[..., None]"
    return hit if node.parameters["axis"] == -1 else f"moveaxis({hit}, -1, {{axis}})"


define(
    "membership",
    "target",
    kernel="kernels.losses.membership",
    shape=_member_shape,
    parameters=(Parameter("classes", "size", REQUIRED), Parameter("axis", "integer", REQUIRED), _IGNORE),
    prepare=as_given,
    samples=[("grad(nll_loss(x, [1, 0]), x)", {"x": "2x2"})],
    written=_membership_written,
    hidden=True,
)
define(
    "nll",
    "input target weight*",
    pullback=(_nll_by_input, None, _nll_by_weight),
    kernel="kernels.losses.nll",
    shape=lambda x, target, *_, reduction, ignore_index: target if reduction == "none" else (),
    parameters=(REDUCTION, _IGNORE),
    torch="NllLossBackward0",
    samples=[("nll_loss(x, [1, 0])", {"x": "2x2"})],
    spelling="nll_loss",
    hidden=True,
)


def _check_classes(name: str, x: Node, target: Node | None, weight: Node | None) -> None:
    if x.ndim == 0:
        raise ShapeProblem(f"{name}() needs an input of shape (N, C, ...) or (C,): got ()")
    axis = _class_axis(x)
    (classes,) = x.shape[axis : axis + 1 or None]
    if not isinstance(classes, int):
        raise ShapeProblem(
            f"{name}() of a masked array: how many classes there are is known only when it runs"
        )
    expected = tuple([size for place, size in enumerate(x.shape) if place - x.ndim != axis])
    if target is not None and not agree(target.shape, expected):
        probabilities = f" classes, or of {describe(x.shape)} probabilities" * (name == "cross_entropy")
        raise ShapeProblem(
            f"{name}() with an input of {describe(x.shape)} needs a target of "
            f"{describe(expected)}{probabilities}: got {describe(target.shape)}"
        )
    if weight is not None and weight.shape != (classes,):
        raise ShapeProblem(
            f"{name}() needs a weight for each of its {classes} classes: got {describe(weight.shape)}"
        )


def _nll_loss(x: Node, target: Node, weight: Node | None, reduction: str, ignore_index: int) -> Node:
    _check_classes("nll_loss", x, target, weight)
    arrays = [x, target] if weight is None else [x, target, weight]
    return ops.nll(*arrays, reduction=reduction, ignore_index=ignore_index)


def _of_classes(
    logs: Node, target: Node, weight: Node | None, reduction: str, ignore_index: int, smoothing: float
) -> Node:
    loss = _nll_loss(logs, target, weight, reduction, ignore_index)
    if smoothing == 0:
        return loss
    axis = _class_axis(logs)
    each = -ops.sum(logs if weight is None else logs * _along_classes(weight, logs), axis=axis)
    kept = ops.ne(target, float(ignore_index))
    smooth = ops.where(kept, each, 0)
    if reduction == "mean":
        counted = ops.number(kept)
        if weight is not None:
            place = ops.where(kept, target, 0)
            counted = ops.where(kept, ops.index(weight, place, spec=(("array", 0),)), 0)
        smooth = ops.sum(smooth) / ops.sum(counted)
    else:
        smooth = total(smooth, reduction)
    return loss * (1 - smoothing) + smooth * (smoothing / elements(logs.shape[axis : axis + 1 or None]))


def _of_probabilities(
    logs: Node, target: Node, weight: Node | None, reduction: str, smoothing: float
) -> Node:
    axis = _class_axis(logs)
    if smoothing:
        target = target * (1 - smoothing) + smoothing / elements(logs.shape[axis : axis + 1 or None])
    product = logs * target
    if weight is not None:
        product = product * _along_classes(weight, logs)
    return total(-ops.sum(product, axis=axis), reduction)


def _cross_entropy(
    input: Node,
    target: Node,
    weight: Node | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
) -> Node:
    if not 0 <= label_smoothing <= 1:
        raise CallProblem(f"cross_entropy() needs a label_smoothing from 0 to 1, and got {label_smoothing:g}")
    probabilities = input.ndim > 0 and input.ndim == target.ndim and agree(input.shape, target.shape)
    _check_classes("cross_entropy", input, None if probabilities else target, weight)
    logs = ops.log_softmax(input, axis=_class_axis(input))
    if not probabilities:
        return _of_classes(logs, target, weight, reduction, ignore_index, label_smoothing)
    if ignore_index >= 0:
        raise CallProblem("cross_entropy() of probabilities has no class to ignore: leave ignore_index out")
    return _of_probabilities(logs, target, weight, reduction, label_smoothing)


compose(
    "nll_loss",
    "input target weight=none",
    _nll_loss,
    parameters=(_IGNORE, REDUCTION),
    samples=[
        ("nll_loss(x, [1, 2])", {"x": "2x3"}),
        ("nll_loss(x, [1, 2], w)", {"x": "2x3", "w": "3 positive"}),
        ('nll_loss(x, [1, 2], w, reduction="sum")', {"x": "2x3", "w": "3"}),
        ('nll_loss(x, [1, 2], w, reduction="none", ignore_index=2)', {"x": "2x3", "w": "3"}),
        ("nll_loss(x, [[0, 1], [1, 1]], w, 0)", {"x": "2x2x2", "w": "2 positive"}),
        ("nll_loss(x, 1)", {"x": "3"}),
        ('nll_loss(x, [1, 0][[0, 1, 1][2:1]], reduction="sum")', {"x": "0x3"}),
    ],
    doc="minus the log-probability of the class that is the target",
)
compose(
    "cross_entropy",
    "input target weight=none",
    _cross_entropy,
    parameters=(_IGNORE, REDUCTION, Parameter("label_smoothing", "number", 0.0)),
    samples=[
        ("cross_entropy(x, [1, 2])", {"x": "2x3"}),
        ("cross_entropy(x, [1, 2], w, label_smoothing=0.2)", {"x": "2x3", "w": "3 positive"}),
        ('cross_entropy(x, [1, 2], reduction="none", label_smoothing=0.2)', {"x": "2x3"}),
        ("cross_entropy(x, [[0, 1], [1, 1]], ignore_index=0, label_smoothing=0.1)", {"x": "2x2x2"}),
        ("cross_entropy(x, 1)", {"x": "3"}),
        ("cross_entropy(x, t)", {"x": "2x3", "t": "2x3 positive"}),
        ('cross_entropy(x, t, w, reduction="sum", label_smoothing=0.1)', {"x": "2x2", "t": "2x2", "w": "2"}),
        ('cross_entropy(x, t, reduction="none")', {"x": "2x2x2", "t": "2x2x2"}),
        ("cross_entropy(x, t)", {"x": "3", "t": "3"}),
    ],
    doc="nll_loss of log_softmax; the target is a class, or probabilities",
)
