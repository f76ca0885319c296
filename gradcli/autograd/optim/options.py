"""The numbers that an optimiser is given: read, and refused where they make no sense."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcli.autograd.tensor import Tensor
from gradcli.errors import AutogradTypeError, AutogradValueError

__all__ = ["at_least_zero", "below_one", "learning_rate", "number", "real"]


def number(value: Any, name: str) -> float:
    """A number as it was given, or the one element of a tensor as a float.

    Raises:
        AutogradTypeError: it is neither.
        AutogradValueError: it is a tensor of another number of elements.
    """
    if isinstance(value, Tensor):
        if value.array.size != 1:
            raise AutogradValueError(
                f"Tensor {name} must be 1-element", hint=f"pass a number, or a tensor of one, as {name}"
            )
        return float(value.array.reshape(()))
    if not hasattr(value, "__float__"):
        raise AutogradTypeError(
            f"{name} must be a number, but got {type(value).__name__}", hint=f"pass a number as {name}"
        )
    # Whole numbers stay whole, as they are printed; NumPy's would draw float32 parameters up to float64.
    return value if type(value) in (int, float) else float(value)


def real(value: Any, name: str) -> float:
    """The same as a float in any case."""
    return float(number(value, name))


def whole(value: Any, name: str) -> int:
    """A whole number from zero on, such as how many iterations a step may take."""
    found = real(value, name)
    if found % 1 != 0 or found < 0:
        raise AutogradValueError(
            f"{name} must be a whole number that is not negative, but got {value}",
            hint=f"write {name}=10, for example",
        )
    return int(found)


def _checked(value: Any, name: str, what: str, fits: Callable[[float], bool], hint: str) -> float:
    found = number(value, name)
    if not fits(found):
        raise AutogradValueError(f"Invalid {what}: {found}", hint=hint)
    return found


def at_least_zero(value: Any, name: str, what: str) -> float:
    """A number from zero on; ``what`` is what PyTorch's sentence calls it."""
    return _checked(
        value, name, what, lambda found: found >= 0, f"{name} must be a number that is not negative"
    )


def below_one(value: Any, name: str, what: str) -> float:
    """A number from zero to one, one itself left out."""
    return _checked(value, name, what, lambda found: 0 <= found < 1, f"{name} must be in [0, 1)")


def learning_rate(value: Any) -> float | Tensor:
    """A learning rate from zero on, as it was given.

    A tensor stays one: whoever holds it changes the rate by changing it in place.
    """
    found = at_least_zero(value, "lr", "learning rate")
    return value if isinstance(value, Tensor) else found
