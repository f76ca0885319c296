"""All first or second derivatives of a function: a row, or a column, for each unit vector."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.autograd.calls import call
from gradcli.autograd.functional.arguments import (
    OUTPUTS,
    Function,
    Given,
    Tensors,
    demand,
    entered,
    gradients,
    independent,
    reshaped,
    tensors,
)
from gradcli.autograd.functional.products import LINEAR, NOT_TRACKED, pulled, pushed, single
from gradcli.autograd.making import from_numpy
from gradcli.autograd.modes import enable_grad
from gradcli.autograd.tensor import Tensor
from gradcli.errors import AutogradError, AutogradMissingError, AutogradValueError
from gradcli.graph.node import ops

_MODES = ("forward-mode", "reverse-mode")


def jacobian(
    func: Function,
    inputs: Given,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """All derivatives of all outputs.

    Args:
        func: from tensors to a tensor or a tuple of them.
        inputs: where.
        create_graph: whether the result can be differentiated.
        strict: whether an input that an output does not depend on is an error, and not zeros.
        vectorize: one way back for all rows, instead of one for each.
        strategy: ``"reverse-mode"``, or with vectorize ``"forward-mode"``, for more outputs than inputs.

    Returns:
        ``d output / d input``, of shape ``output.shape + input.shape``; a tuple over the outputs if they are
        one, of tuples over the inputs if they are one.

    Raises:
        AutogradError: modes that do not go together; in strict mode, something is independent of the inputs.
        AutogradTypeError: something is no tensor.
        AutogradValueError: no such strategy.
    """
    if strategy not in _MODES:
        raise AutogradValueError(
            'Expected strategy to be either "forward-mode" or "reverse-mode".',
            hint='"forward-mode" pays for more outputs than inputs',
        )
    several, points = tensors(inputs, "inputs", "jacobian")
    if strategy == "forward-mode":
        _allow_forward(create_graph, strict, vectorize)
    if vectorize and strict:
        raise AutogradError(
            "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported "
            "together.",
            hint="set strict=False or vectorize=False",
        )
    with enable_grad():
        points = entered(points, create_graph)
        many, outputs = tensors(func(*points), OUTPUTS, "jacobian")
        if strict:
            demand(outputs, NOT_TRACKED)
        if strategy == "forward-mode":
            found = _columns(outputs, points)
        elif vectorize:
            found = [_batch(one, points, create_graph) for one in outputs]
        else:
            found = [_rows(place, one, points, create_graph, strict) for place, one in enumerate(outputs)]
    if not create_graph:
        found = [tuple([one.detach() for one in row]) for row in found]
    nested = tuple(found) if several else tuple([row[0] for row in found])
    return nested if many else nested[0]


def hessian(
    func: Function,
    inputs: Given,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """All second derivatives of a number: the Jacobian of its gradient.

    Args:
        func: from tensors to a tensor of one element.
        inputs: where.
        create_graph: whether the result can be differentiated.
        strict: whether an input that the gradient does not depend on is an error, and not zeros.
        vectorize: one way back for all rows of the outer Jacobian.
        outer_jacobian_strategy: ``"reverse-mode"``, or ``"forward-mode"`` with vectorize alone.

    Returns:
        The derivatives by an input and another, of shape ``input.shape + other.shape``; a tuple of tuples of
        these if the inputs are a tuple.

    Raises:
        AutogradError: the function gives several numbers; or as ``jacobian``.
        AutogradTypeError: something is no tensor.
        AutogradValueError: no such strategy.
    """
    several, points = tensors(inputs, "inputs", "hessian")

    def number(*inside: Tensor) -> Tensor:
        many, outputs = tensors(func(*inside), OUTPUTS, "hessian")
        if strict:
            demand(outputs, NOT_TRACKED)
        single(many, outputs, "hessian")
        return reshaped(outputs[0], ())

    def slope(*inside: Tensor) -> Any:
        found = jacobian(number, inside, create_graph=True)
        if strict:
            demand(found, LINEAR)
        return found

    found = jacobian(slope, points, create_graph, strict, vectorize, outer_jacobian_strategy)
    return found if several else found[0][0]


def _allow_forward(create_graph: bool, strict: bool, vectorize: bool) -> None:
    refused = (
        (create_graph, "create_graph=True", AutogradMissingError),
        (strict, "strict=True", AutogradError),
    )
    for unfit, flag, error in refused:
        if unfit:
            raise error(
                f'torch.autograd.functional.jacobian: `{flag}` and `strategy="forward-mode"` are not '
                "supported together (yet).",
                hint=f'leave {flag} out, or set strategy="reverse-mode"',
            )
    if not vectorize:
        raise AutogradMissingError(
            "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for "
            "`vectorize=True`.",
            hint="set vectorize=True",
        )


def _units(like: Tensor) -> Tensor:
    """The unit vectors of a tensor's shape along a first axis."""
    shape, count = like.array.shape, like.array.size
    return from_numpy(np.eye(count, dtype=like.array.dtype).reshape((count, *shape)))


def _zeros(output: Tensor, point: Tensor) -> Tensor:
    return from_numpy(np.zeros(output.array.shape + point.array.shape, point.array.dtype))


def _rows(place: int, output: Tensor, points: Tensors, create_graph: bool, strict: bool) -> Tensors:
    """The derivatives of an output by each input, a way back for each element."""
    rows: list[list[Tensor]] = [[] for _ in points]
    units = _units(output).array
    for number in range(output.array.size):
        unit = from_numpy(units[number, ...])
        found = gradients([output], points, [unit], create_graph=create_graph, keep=True)
        for at, (row, one, point) in enumerate(zip(rows, found, points, strict=True)):
            if one is None and strict:
                raise independent(
                    f"Output {place} of the user-provided function is independent of input {{}}.", at
                )
            if strict and create_graph and one is not None and not one.tracked:
                raise independent(
                    "The jacobian of the user-provided function is independent of input {}.",
                    at,
                    " when create_graph=True.",
                )
            row.append(from_numpy(np.zeros_like(point.array)) if one is None else one)
    return tuple(
        [
            _stacked(row, output, point) if row else _zeros(output, point)
            for row, point in zip(rows, points, strict=True)
        ]
    )


def _stacked(row: list[Tensor], output: Tensor, point: Tensor) -> Tensor:
    shape = output.array.shape + point.array.shape
    if not any(one.tracked for one in row):
        return from_numpy(np.stack([one.array for one in row]).reshape(shape))
    found = call(ops.stack, row, {"axis": 0})
    assert isinstance(found, Tensor)
    return reshaped(found, shape)


def _batch(output: Tensor, points: Tensors, create_graph: bool) -> Tensors:
    """The same in one way back, whose gradients have an axis in front for the elements."""
    found = (
        gradients([output], points, [_units(output)], create_graph=create_graph, keep=True, batched=True)
        if output.array.size
        else [None] * len(points)
    )
    return tuple(
        [
            _zeros(output, point) if one is None else reshaped(one, output.array.shape + point.array.shape)
            for one, point in zip(found, points, strict=True)
        ]
    )


def _columns(outputs: Tensors, points: Tensors) -> list[Tensors]:
    """The derivatives of each output by each input, carried forward in a batch for each input."""
    cotangents, back = pulled(outputs, points)
    columns: list[tuple[Tensor | None, ...]] = []
    for start, point in zip(back, points, strict=True):
        if point.array.size:
            columns.append(pushed((start,), cotangents, [_units(point)], keep=True, batched=True))
        else:
            columns.append((None,) * len(outputs))
    found = []
    for place, output in enumerate(outputs):
        row = []
        for column, point in zip(columns, points, strict=True):
            one = column[place]
            shape = output.array.shape + point.array.shape
            array = np.zeros(shape) if one is None else np.moveaxis(one.array, 0, -1).reshape(shape)
            row.append(from_numpy(array.astype(output.array.dtype)))
        found.append(tuple(row))
    return found
