"""Tensors made of data, of sizes, and at random; names and defaults are PyTorch's."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from operator import index
from typing import Any

import numpy as np

from gradcli.autograd.calls import call
from gradcli.autograd.tensor import Tensor
from gradcli.autograd.variable import Variable, made
from gradcli.errors import AutogradError, AutogradTypeError, AutogradValueError
from gradcli.graph.node import ops

Data = Any
Size = int | Sequence[int]


def tensor(data: Data, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor with a copy of the data: a number, nested lists, an array.

    Integers make a tensor of int64, which cannot require a gradient; floats one of float64.

    Raises:
        AutogradValueError: rows that do not agree.
        AutogradTypeError: something that is no number.
        AutogradError: integers or booleans that are to require a gradient.
    """
    found: Tensor = made(_array(data, dtype).copy())
    return _required(found, requires_grad)


def as_tensor(data: Data, dtype: Any = None) -> Tensor:
    """The same without a copy, if it is a tensor or an array of that type already."""
    if isinstance(data, Tensor) and dtype in (None, data.array.dtype):
        return data
    found: Tensor = made(_array(data, dtype))
    return found


def from_numpy(array: Any) -> Tensor:
    """A tensor that shares the memory of an array.

    Raises:
        AutogradTypeError: it is no array, or not one of numbers or truths.
    """
    if not isinstance(array, np.ndarray):
        raise AutogradTypeError(
            f"expected np.ndarray (got {type(array).__name__})", hint="tensor(...) takes all other data"
        )
    found: Tensor = made(_array(array, None))
    return found


def _array(data: Data, dtype: Any) -> Any:
    if isinstance(data, Variable):
        data = data.array
    elif isinstance(data, list | tuple):
        data = _plain(data)
    try:
        array = np.asarray(data, dtype)
    except (ValueError, TypeError) as error:
        raise _not_an_array(data, error) from None
    if array.dtype.kind not in "fiub":
        raise AutogradTypeError(
            f"can't convert {type(data).__name__} of type {array.dtype} to a tensor",
            hint="a tensor holds numbers, or true and false",
        )
    return array


def _plain(data: Sequence[Any]) -> list[Any]:
    """Nested lists with numbers and arrays in the place of tensors."""
    return [
        one.array if isinstance(one, Variable) else _plain(one) if isinstance(one, list | tuple) else one
        for one in data
    ]


def _not_an_array(data: Data, error: Exception) -> AutogradValueError | AutogradTypeError:
    lengths = {len(one) for one in data if isinstance(one, list | tuple)} if isinstance(data, list) else set()
    if len(lengths) > 1:
        first, *others = [len(one) for one in data if isinstance(one, list | tuple)]
        other = next(one for one in others if one != first)
        return AutogradValueError(
            f"expected sequence of length {first} at dim 1 (got {other})",
            hint="the rows of an array must agree",
        )
    return AutogradTypeError(
        f"this is no data of a tensor: {error}", hint="give numbers, lists of them or an array"
    )


def _required(found: Tensor, requires_grad: bool) -> Tensor:
    if requires_grad:
        if found.array.dtype.kind != "f":
            raise AutogradError(
                "Only Tensors of floating point and complex dtype can require gradients",
                hint="write 1.0 for 1, or give dtype='float64'",
            )
        found.tracked = True
    return found


def _sizes(size: tuple[Any, ...]) -> tuple[int, ...]:
    if len(size) == 1 and isinstance(size[0], list | tuple):
        size = tuple(size[0])
    return tuple(map(int, size))


def zeros(*size: Any, dtype: Any = "float64", requires_grad: bool = False) -> Tensor:
    """Zeros; sizes one by one or in a tuple."""
    return _required(made(np.zeros(_sizes(size), dtype)), requires_grad)


def ones(*size: Any, dtype: Any = "float64", requires_grad: bool = False) -> Tensor:
    """Ones."""
    return _required(made(np.ones(_sizes(size), dtype)), requires_grad)


def full(size: Size, fill_value: float, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """One value everywhere."""
    sizes = (size,) if isinstance(size, int) else tuple(size)
    return _required(made(np.full(sizes, fill_value, dtype)), requires_grad)


def empty(*size: Any, dtype: Any = "float64", requires_grad: bool = False) -> Tensor:
    """Memory that is still to be filled: zeros here, so that the same program gives the same numbers."""
    return zeros(*size, dtype=dtype, requires_grad=requires_grad)


def eye(n: int, m: int | None = None, dtype: Any = "float64", requires_grad: bool = False) -> Tensor:
    """The identity matrix, or its first rows and columns."""
    return _required(made(np.eye(n, m, dtype=dtype)), requires_grad)


def arange(*bounds: float, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Numbers from a start to an end, without the end: whole ones if the bounds are."""
    return _required(made(np.arange(*bounds, dtype=dtype)), requires_grad)


def linspace(
    start: float, end: float, steps: int, dtype: Any = "float64", requires_grad: bool = False
) -> Tensor:
    """Evenly spaced numbers, both ends included."""
    array = call(ops.linspace, [float(start), float(end)], {"n": int(steps)})
    assert isinstance(array, Variable)
    return _required(made(array.array.astype(dtype)), requires_grad)


def zeros_like(like: Variable, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros of the sizes and the type of a tensor."""
    return _required(made(np.zeros(like.array.shape, dtype or like.array.dtype)), requires_grad)


def ones_like(like: Variable, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones of the sizes and the type of a tensor."""
    return _required(made(np.ones(like.array.shape, dtype or like.array.dtype)), requires_grad)


class _Draws:
    """Where random tensors get their seeds: what ``manual_seed`` says, and the number of the call."""

    def __init__(self) -> None:
        self.start(0)

    def start(self, seed: int) -> None:
        self._seed = seed
        self._calls = count()

    def next(self) -> tuple[int, int, int]:
        return self._seed, 0, next(self._calls)


draws = _Draws()


def manual_seed(seed: int) -> None:
    """Start the random numbers of this process anew; without it their seed is 0.

    Raises:
        AutogradTypeError: it is no whole number.
        AutogradValueError: it is a negative one.
    """
    try:
        number = index(seed)
    except TypeError:
        raise AutogradTypeError(
            f"manual_seed expected a whole number, but got {seed}", hint="write manual_seed(0)"
        ) from None
    if number < 0:
        raise AutogradValueError(
            f"manual_seed expected a number that is not negative, but got {seed}", hint="write manual_seed(0)"
        )
    draws.start(number)


def _random(name: str, size: tuple[Any, ...], dtype: Any, requires_grad: bool) -> Tensor:
    from gradcli.execute.backends import function

    array = function(f"kernels.random.{name}")(_sizes(size), draws.next())
    return _required(made(array.astype(dtype)), requires_grad)


def rand(*size: Any, dtype: Any = "float64", requires_grad: bool = False) -> Tensor:
    """Evenly distributed numbers from 0 to 1, without 1."""
    return _random("rand", size, dtype, requires_grad)


def randn(*size: Any, dtype: Any = "float64", requires_grad: bool = False) -> Tensor:
    """Normally distributed numbers, with mean 0 and variance 1."""
    return _random("randn", size, dtype, requires_grad)


def rand_like(like: Variable, requires_grad: bool = False) -> Tensor:
    """Evenly distributed numbers in the sizes of a tensor."""
    return _random("rand", like.array.shape, like.array.dtype, requires_grad)


def randn_like(like: Variable, requires_grad: bool = False) -> Tensor:
    """Normally distributed numbers in the sizes of a tensor."""
    return _random("randn", like.array.shape, like.array.dtype, requires_grad)
