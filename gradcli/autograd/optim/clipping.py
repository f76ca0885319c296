"""Gradients kept small before a step: by their norm, all together, or value by value.

Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks" (ICML 2013).
"""

from __future__ import annotations

import math
import types
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.autograd.making import from_numpy
from gradcli.autograd.optim.options import real
from gradcli.autograd.tensor import Tensor
from gradcli.errors import AutogradError, AutogradTypeError

__all__ = ["clip_grad_norm_", "clip_grad_value_"]

# Added to the norm that is divided by, as in PyTorch: gradients of zero stay zero.
NEVER_ZERO = 1e-6


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> Tensor:
    """Scale all gradients by one factor, in place, so that the norm of them all is at most ``max_norm``.

    Args:
        parameters: tensors; those without a gradient are passed over.
        max_norm: the largest norm.
        norm_type: the p of the norm, ``inf`` and ``-inf`` among them.
        error_if_nonfinite: refuse a norm that is nan or infinite. Otherwise the gradients become nan or zero.

    Returns:
        The norm before, of shape ().

    Raises:
        AutogradError: the norm is not finite, or that of an empty gradient does not exist.
    """
    norm_type, max_norm = _order(norm_type), real(max_norm, "max_norm")
    gradients = _gradients(parameters)
    with np.errstate(all="ignore"):
        # The norm of the norms, as PyTorch rounds it.
        total = (
            _norm(np.array([_norm(g.array, norm_type) for g in gradients]), norm_type) if gradients else 0.0
        )
        if error_if_nonfinite and not math.isfinite(total):
            raise AutogradError(
                f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it "
                "cannot be clipped. To disable this error and scale the gradients by the non-finite norm "
                "anyway, set `error_if_nonfinite=False`",
                hint="look for the parameter whose gradient is nan or inf",
            )
        factor = np.minimum(max_norm / (total + NEVER_ZERO), 1.0)
        for g in gradients:
            scaled = g.array
            scaled *= factor
            g._bump()
    return from_numpy(np.array(total))


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float) -> None:
    """Bring each value of each gradient into [-clip_value, clip_value], in place.

    Args:
        parameters: tensors; those without a gradient are passed over.
        clip_value: the largest value.
    """
    clip_value = real(clip_value, "clip_value")
    for g in _gradients(parameters):
        np.clip(g.array, -clip_value, clip_value, out=g.array)
        g._bump()


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    if not isinstance(parameters, Iterable):
        raise _no_tensor("got", parameters)
    tensors = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    for p in tensors:
        if not isinstance(p, Tensor):
            raise _no_tensor("one of the parameters is", p)
    if not tensors and isinstance(parameters, types.GeneratorType):
        warnings.warn(
            "`parameters` is an empty generator, no gradient clipping will occur.", UserWarning, stacklevel=3
        )
    return [p.grad for p in tensors if p.grad is not None]


def _no_tensor(what: str, value: Any) -> AutogradTypeError:
    return AutogradTypeError(
        f"the gradients of tensors are clipped, but {what} {type(value).__name__}",
        hint="pass the parameters, as to the optimiser",
    )


def _order(norm_type: Any) -> float:
    return math.inf if norm_type == "inf" else real(norm_type, "norm_type")


def _norm(values: NDArray[Any], p: float) -> Any:
    """The p-norm of all values as one vector: at p of 0 their number that is not 0, at -inf the smallest."""
    size = np.abs(values)
    if math.isinf(p):
        if not size.size:
            raise AutogradError(
                f"linalg.vector_norm cannot compute the {p} norm on an empty tensor because the operation "
                "does not have an identity",
                hint="leave empty parameters out",
            )
        return size.max() if p > 0 else size.min()
    if p == 0:
        return np.count_nonzero(size)
    if p == 1:
        return size.sum()
    return np.sqrt((size * size).sum()) if p == 2 else (size**p).sum() ** (1 / p)
