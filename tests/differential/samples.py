"""PyTorch's own samples of its operators, as texts of the language with values for their names."""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.testing._internal.common_methods_invocations import op_db

from tests.differential.translation import OPERATORS, Name, Operator, Untranslatable

# A sample of more elements says nothing that a smaller one does not.
LARGEST = 4000


class Call(NamedTuple):
    """One sample: the text with its values, and the same computation in PyTorch.

    Attributes:
        text: the expression.
        values: NumPy arrays by name.
        leaves: the tensors to differentiate by, by name.
        run: PyTorch's outputs, as a tuple of tensors.
        twice: whether PyTorch has a second derivative.
        kwargs: PyTorch's arguments by keyword, as they are said.
    """

    text: str
    values: dict[str, Any]
    leaves: dict[str, torch.Tensor]
    run: Callable[[], tuple[torch.Tensor, ...]]
    twice: bool
    kwargs: dict[str, Any]


class Skipped(NamedTuple):
    """A sample that is not translated, and why."""

    reason: str


def operators() -> Iterator[tuple[str, Operator, Any]]:
    """The operators of the language among PyTorch's, with their records there."""
    for info in op_db:
        name = f"{info.name}.{info.variant_test_name}" if info.variant_test_name else info.name
        if name in OPERATORS and torch.float64 in info.dtypes:
            yield name, OPERATORS[name], info


def known() -> set[str]:
    """The names of those operators."""
    return {name for name, _, _ in operators()}


def calls(operator: Operator, info: Any) -> Iterator[Call | Skipped | None]:
    """The samples of one operator; ``None`` for one without real float inputs."""
    with warnings.catch_warnings(), torch.random.fork_rng():
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        random.seed(0)
        np.random.seed(0)
        samples = list(info.sample_inputs("cpu", torch.float64, requires_grad=info.supports_autograd))
    for sample in samples:
        if not _is_real(sample):
            yield None
            continue
        try:
            yield _call(operator, info, sample)
        except Untranslatable as error:
            yield Skipped(str(error))


def _tensors(value: Any) -> list[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        return [one for item in value for one in _tensors(item)]
    if isinstance(value, dict):
        return _tensors(list(value.values()))
    return []


def _is_real(sample: Any) -> bool:
    found = _tensors([sample.input, sample.args, sample.kwargs])
    return any(one.dtype == torch.float64 for one in found) and not any(one.is_complex() for one in found)


def _call(operator: Operator, info: Any, sample: Any) -> Call:
    if sum(one.numel() for one in _tensors([sample.input, sample.args, sample.kwargs])) > LARGEST:
        raise Untranslatable(f"more than {LARGEST} elements")
    values: dict[str, Any] = {}
    leaves: dict[str, torch.Tensor] = {}
    tensors: dict[int, tuple[Name, torch.Tensor]] = {}

    def visit(value: Any) -> tuple[Any, Any]:
        """For PyTorch and for the text."""
        if isinstance(value, torch.Tensor):
            return leaf(value)
        if isinstance(value, (list, tuple)):
            pairs = [visit(one) for one in value]
            kind = type(value) if type(value) in (list, tuple) else tuple
            return kind([a for a, _ in pairs]), kind([b for _, b in pairs])
        if isinstance(value, slice):
            pairs = [visit(one) for one in (value.start, value.stop, value.step)]
            return slice(*[a for a, _ in pairs]), slice(*[b for _, b in pairs])
        if isinstance(value, torch.dtype) and value != torch.float64:
            raise Untranslatable("another type of numbers")
        return value, value

    def leaf(tensor: torch.Tensor) -> tuple[torch.Tensor, Name]:
        if id(tensor) in tensors:
            name, copy = tensors[id(tensor)]
            return copy, name
        if tensor.layout != torch.strided:
            raise Untranslatable("a sparse tensor")
        copy = tensor.detach().clone().requires_grad_(tensor.requires_grad)
        name = Name("abcdefghijklm"[len(values)])
        name.shape, name.kind = tuple(tensor.shape), "bool" if tensor.dtype == torch.bool else "float"
        if tensor.dtype == torch.int64 or (tensor.ndim == 0 and not tensor.requires_grad):
            name.numbers = tensor.tolist()
        array = copy.numpy(force=True)
        values[str(name)] = array if array.dtype == bool else array.astype(float)
        if tensor.requires_grad:
            leaves[str(name)] = copy
        tensors[id(tensor)] = name, copy
        return copy, name

    first, first_name = visit(sample.input)
    args = [visit(one) for one in sample.args]
    kwargs = {key: visit(one) for key, one in sample.kwargs.items()}
    keep = {key: said for key, (_, said) in kwargs.items()}
    for key in ("dtype", "out_dtype"):
        if isinstance(keep.get(key), torch.dtype):
            del keep[key]
    symmetric = "hermitian" in getattr(info.gradcheck_wrapper, "__name__", "") or (
        info.name in ("linalg.eigh", "linalg.eigvalsh")
    )
    if symmetric:
        first_name = _named(f"({first_name} + swapaxes({first_name}, -1, -2))", first_name)
    if "triangular" in getattr(info.gradcheck_wrapper, "__name__", ""):
        raise Untranslatable("a triangular system")
    said_args = [said for _, said in args]
    try:
        text = operator.translate(first_name, *said_args, **keep)
    except TypeError as error:
        raise Untranslatable(f"other arguments: {error}") from None

    def run() -> tuple[torch.Tensor, ...]:
        plain = [value for value, _ in args], {key: value for key, (value, _) in kwargs.items()}
        out = (
            info.gradcheck_wrapper(info.op, first, *plain[0], **plain[1])
            if symmetric
            else info.op(first, *plain[0], **plain[1])
        )
        if operator.compared is None:
            out = sample.output_process_fn_grad(out)
        out = tuple(out) if isinstance(out, (tuple, list)) else (out,)
        return out if operator.compared is None else operator.compared(out)

    return Call(text, values, leaves, run, bool(info.supports_gradgrad), keep)


def _named(text: str, like: Name) -> Name:
    name = Name(text)
    name.shape, name.kind = like.shape, like.kind
    return name


def scale(value: Any) -> float:
    """The size of an array's largest finite element, 1 at least."""
    finite = [abs(one) for one in value.ravel().tolist() if math.isfinite(one)]
    return max([1.0, *finite])
