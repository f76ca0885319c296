"""What happens to a gradient where it arrives: it is added to ``.grad``, or kept as it is retained."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.autograd.sentences import size
from gradcli.autograd.variable import Variable, made
from gradcli.errors import AutogradError, AutogradTypeError

Value = Any


def add(leaf: Variable, value: Value, *, tracked: bool) -> None:
    """Add a gradient to a leaf's, in place as long as nobody wants to differentiate it.

    Args:
        leaf: where it arrives.
        value: the gradient; a tensor if the way back is tracked.
        tracked: whether it is.
    """
    before = leaf._grad
    if isinstance(value, Variable):
        if tracked:
            leaf._grad = _aligned(value, leaf) if before is None else before + value  # type: ignore[operator]
            return
        value = value.array
    if before is None:
        # A copy: other gradients may be the same array.
        leaf._grad = made(np.array(value, dtype=leaf.array.dtype))
    else:
        np.add(before.array, value, out=before.array, casting="same_kind")
        before._bump()


def _aligned(value: Variable, leaf: Variable) -> Variable:
    """A tracked gradient, that nothing else holds as it is."""
    if value.tracked:
        return value
    found: Variable = made(np.array(value.array, dtype=leaf.array.dtype))
    return found


def checked(instead: Any, before: Variable, hook: Any) -> Variable:
    """What a hook gave in the place of a gradient.

    Args:
        instead: what it gave.
        before: the gradient.
        hook: the function, for its name.

    Raises:
        AutogradTypeError: it is no tensor.
        AutogradError: it has another shape.
    """
    if not isinstance(instead, Variable):
        raise AutogradTypeError(
            f"expected Variable, but hook returned '{type(instead).__name__}'",
            hint="a hook returns nothing, or a tensor in the place of the gradient",
        )
    if instead.array.shape != before.array.shape:
        raise AutogradError(
            f"hook '{getattr(hook, '__name__', hook)}' has changed the size of value",
            hint=f"the gradient is {size(before.array.shape)}, what the hook returned "
            f"{size(instead.array.shape)}",
        )
    return instead


def retain(tensor: Variable, gradient: Variable) -> None:
    """Keep the gradient of a tensor in the middle, added to what it has."""
    before = tensor._grad
    if before is None:
        tensor._grad = gradient if gradient.tracked else made(np.array(gradient.array))
    else:
        tensor._grad = before + gradient  # type: ignore[operator]
