"""Gradients against differences: whether a backward, a user's own one before all, is right.

The Jacobian that a way back gives, row by row, is compared with central differences of the function itself.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.autograd.making import from_numpy, zeros_like
from gradcli.autograd.memory import repeats
from gradcli.autograd.printing import shown
from gradcli.autograd.requests import grad
from gradcli.autograd.tensor import Tensor
from gradcli.autograd.two_jacobians import (
    Function,
    GradcheckError,
    Matrix,
    analytical,
    difference,
    numerical,
    several,
    tracked,
)
from gradcli.errors import AutogradError, AutogradValueError

Given = Tensor | Sequence[Any]


def gradcheck(
    func: Function,
    inputs: Given,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
) -> bool:
    """Compare the gradients of a function with differences.

    Args:
        func: from tensors, and whatever else, to a tensor or a tuple.
        inputs: its arguments; by those that require a gradient it is differentiated. They are moved in place,
            and put back.
        eps: how far they are moved.
        atol: how far a derivative may be off.
        rtol: the same in proportion to it.
        raise_exception: otherwise a wrong gradient is answered with ``False``.
        nondet_tol: how far two ways back may differ.
        check_undefined_grad: whether backward must do without the gradients of some of several results.
        check_grad_dtypes: whether gradients must have the types of their inputs.
        check_batched_grad: whether several gradients at once must give what they give one by one.

    Raises:
        GradcheckError: a gradient is wrong.
        AutogradValueError: no input requires a gradient.
        AutogradError: an input's elements share memory.
    """
    arguments = several(inputs)
    _check_inputs(arguments)
    try:
        results = several(func(*arguments))
        outputs = tracked(results)
        looked = [
            at for at, one in enumerate(results) if isinstance(one, Tensor) and (one.tracked or not outputs)
        ]
        differences = numerical(func, arguments, looked, eps)
        if not outputs:
            _check_constant(differences)
            return True
        for place, output in enumerate(outputs):
            slopes = analytical(output, tracked(arguments), nondet_tol, check_grad_dtypes)
            pairs = zip(slopes, differences[place], strict=True)
            for at, (found, expected) in enumerate(pairs):
                if not np.allclose(found, expected, rtol, atol):
                    raise GradcheckError(
                        f"Jacobian mismatch for output {place} with respect to input {at},\n"
                        f"numerical:{shown(expected, '')}\nanalytical:{shown(found, '')}",
                        hint=difference(found, expected),
                    )
            if check_batched_grad:
                _check_batch(place, output, tracked(arguments))
        _check_zero(outputs, tracked(arguments))
        if check_undefined_grad:
            _check_undefined(tracked(func(*arguments)), tracked(arguments))
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Function,
    inputs: Given,
    grad_outputs: Given | None = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
) -> bool:
    """Compare the second derivatives of a function with differences of its first ones.

    Args:
        func: from tensors, and whatever else, to a tensor or a tuple.
        inputs: its arguments.
        grad_outputs: gradients of the results, by which backward is differentiated too; random ones if none
            are given.
        eps: as for ``gradcheck``, and so the others.
        atol: see there.
        rtol: see there.
        raise_exception: see there.
        nondet_tol: see there.
        check_undefined_grad: see there.
        check_grad_dtypes: see there.
        check_batched_grad: see there.

    Raises:
        GradcheckError: a second derivative is wrong.
        AutogradError: backward cannot be differentiated.
        AutogradValueError: no input requires a gradient.
    """
    arguments = several(inputs)
    if grad_outputs is None:
        rng = np.random.default_rng(0)
        cotangents: tuple[Any, ...] = tuple(
            [
                from_numpy(np.asarray(rng.uniform(-1, 1, one.array.shape), one.array.dtype)).requires_grad_()
                for one in tracked(func(*arguments))
            ]
        )
    else:
        cotangents = several(grad_outputs)
    count = len(arguments)

    def slopes(*everything: Any) -> tuple[Any, ...]:
        outputs = tracked(func(*everything[:count]))
        found = grad(
            outputs, tracked(everything[:count]), everything[count:], create_graph=True, allow_unused=True
        )
        return tuple([one for one in found if one is not None])

    return gradcheck(
        slopes,
        (*arguments, *cotangents),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
    )


def _check_inputs(arguments: Sequence[Any]) -> None:
    if not tracked(arguments):
        raise AutogradValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have "
            "requires_grad=True.",
            hint="make them with tensor(..., requires_grad=True)",
        )
    for place, one in enumerate(arguments):
        if not isinstance(one, Tensor) or not one.tracked:
            continue
        if one.array.dtype != np.float64:
            warnings.warn(
                f"Input #{place} requires gradient and is not a double precision floating point or complex. "
                "This check will likely fail if all the inputs are not of double precision floating point or "
                "complex.",
                stacklevel=3,
            )
        if repeats(one.array):
            raise AutogradError(
                f"The {place}th input has a dimension with stride 0. gradcheck only supports inputs that are "
                "non-overlapping to be able to compute the numerical gradients correctly.",
                hint="hand over a clone() of it",
            )


def _check_constant(differences: list[list[Matrix]]) -> None:
    if any(matrix.any() for column in differences for matrix in column):
        raise GradcheckError(
            "Numerical gradient for function expected to be zero",
            hint="no result requires a gradient, but one depends on an input: is there a detach()?",
        )


def _check_batch(place: int, output: Tensor, points: list[Tensor]) -> None:
    rng = np.random.default_rng(0)
    seeds = rng.normal(size=(2, *output.array.shape))
    batch = grad(
        output, points, from_numpy(seeds), retain_graph=True, is_grads_batched=True, materialize_grads=True
    )
    for row in range(2):
        seed = from_numpy(seeds[row, ...])
        single = grad(output, points, seed, retain_graph=True, materialize_grads=True)
        for at, (found, expected) in enumerate(zip(batch, single, strict=True)):
            if not np.allclose(found.array[row], expected.array):
                raise GradcheckError(
                    f"For output {place} and input {at}: gradients of a batch are not the batch of gradients",
                    hint="backward may not depend on what else is in the batch",
                )


def _check_zero(outputs: list[Tensor], points: list[Tensor]) -> None:
    """Backward is linear in the gradients of the results: zeros give zeros."""
    seeds = [zeros_like(one) for one in outputs]
    for found, point in zip(
        grad(outputs, points, seeds, retain_graph=True, allow_unused=True), points, strict=True
    ):
        if found is None:
            continue
        if found.array.any():
            raise GradcheckError(
                "backward not multiplied by grad_output", hint="what comes back for zeros must be zeros"
            )
        if found.array.dtype != point.array.dtype:
            raise GradcheckError(
                "grad is incorrect type", hint=f"it is {found.array.dtype}, the input {point.array.dtype}"
            )


def _check_undefined(outputs: list[Tensor], points: list[Tensor]) -> None:
    """Nothing may come back to some of several results: their gradients are zeros, or None, then."""
    if len(outputs) < 2:
        return
    for left_out in range(len(outputs)):
        some = [one for place, one in enumerate(outputs) if place != left_out]
        seeds = [zeros_like(one) for one in some]
        try:
            found = grad(some, points, seeds, retain_graph=True, allow_unused=True)
        except (RuntimeError, TypeError) as error:
            raise GradcheckError(
                "Expected backward function to handle undefined output grads.",
                hint=f"for no gradient of output {left_out} it said: {error}",
            ) from error
        if any(one is not None and one.array.any() for one in found):
            raise GradcheckError(
                "Expected all input grads to be undefined or zero when all output grads are undefined or "
                "zero.",
                hint=f"with no gradient of output {left_out}",
            )
