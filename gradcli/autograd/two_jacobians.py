"""The Jacobian of a function twice: by differences of what it gives, and by ways back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.autograd.making import from_numpy
from gradcli.autograd.requests import grad
from gradcli.autograd.tensor import Tensor
from gradcli.errors import AutogradError

Function = Callable[..., Any]
Matrix = NDArray[Any]


class GradcheckError(AutogradError):
    """A gradient is not what it should be."""


def several(given: Any) -> tuple[Any, ...]:
    """A tuple or a list as a tuple; anything else as a tuple of one."""
    return tuple(given) if isinstance(given, tuple | list) else (given,)


def tracked(given: Any) -> list[Tensor]:
    """Those of arguments or results that are tensors and require a gradient."""
    return [one for one in several(given) if isinstance(one, Tensor) and one.tracked]


def numerical(
    func: Function, arguments: Sequence[Any], places: Sequence[int], eps: float
) -> list[list[Matrix]]:
    """Central differences.

    Args:
        func: the function.
        arguments: its arguments; those that require a gradient are moved in place, and put back.
        places: the results to look at.
        eps: how far the arguments are moved.

    Returns:
        For each of these results and each input a matrix, with a row for each element of the input.
    """

    def values() -> list[Matrix]:
        # Copies: a function may give back the input itself, which is about to move.
        found = several(func(*arguments))
        return [np.array(found[place].array, dtype=np.float64).reshape(-1) for place in places]

    columns: list[list[Matrix]] = [[] for _ in places]
    for point in tracked(arguments):
        rows: list[list[Matrix]] = [[] for _ in places]
        for at in np.ndindex(point.array.shape):
            before = point.array[at]
            try:
                point.array[at] = before + eps
                above = values()
                point.array[at] = before - eps
                below = values()
            finally:
                point.array[at] = before
            for row, high, low in zip(rows, above, below, strict=True):
                row.append((high - low) / (2 * eps))
        for column, row, value in zip(columns, rows, values(), strict=True):
            column.append(np.array(row).reshape(point.array.size, value.size))
    return columns


def analytical(output: Tensor, points: list[Tensor], nondet_tol: float, dtypes: bool) -> list[Matrix]:
    """The same of one result by ways back, each of them done twice.

    Args:
        output: the result.
        points: the inputs.
        nondet_tol: how far the two may differ.
        dtypes: whether gradients must have the types of the inputs.

    Raises:
        GradcheckError: they differ further, or have another type.
    """
    first, second = [_by_rows(output, points, dtypes) for _ in range(2)]
    for one, again in zip(first, second, strict=True):
        if not np.allclose(one, again, 0.0, nondet_tol, equal_nan=True):
            raise GradcheckError(
                "Backward is not reentrant, i.e., running backward with same input and grad_output multiple "
                "times gives different values, although analytical gradient matches numerical gradient.",
                hint=f"the tolerance for nondeterminism was {nondet_tol}: "
                "backward must not change what it reads, nor draw random numbers",
            )
    return first


def _by_rows(output: Tensor, points: list[Tensor], dtypes: bool) -> list[Matrix]:
    size = output.array.size
    found = [np.zeros((point.array.size, size)) for point in points]
    for at in range(size):
        unit = np.zeros(size, output.array.dtype)
        unit[at] = 1.0
        seed = from_numpy(unit.reshape(output.array.shape))
        gradients = grad(output, points, seed, retain_graph=True, allow_unused=True)
        for matrix, gradient, point in zip(found, gradients, points, strict=True):
            if gradient is None:
                continue
            if dtypes and gradient.array.dtype != point.array.dtype:
                raise GradcheckError(
                    "Gradient has dtype mismatch",
                    hint=f"it is {gradient.array.dtype} for an input of {point.array.dtype}",
                )
            matrix[:, at] = gradient.array.reshape(-1)
    return found


def difference(found: Matrix, expected: Matrix) -> str:
    """Where two Jacobians differ most, in words."""
    apart = np.abs(found - expected)
    apart[np.isnan(apart)] = np.inf
    row, column = np.unravel_index(np.argmax(apart), apart.shape)
    return (
        f"they differ most for element {int(row)} of the input and {int(column)} of the output: backward "
        f"gives {float(found[row, column])!r}, differences {float(expected[row, column])!r}"
    )
