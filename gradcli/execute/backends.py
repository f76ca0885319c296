"""The two ways to run a step: on plain floats, and on NumPy arrays."""

from __future__ import annotations

import operator
from collections.abc import Callable, Container, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from importlib import import_module
from operator import attrgetter
from typing import Any, Protocol

from gradcli.errors import EvaluationError
from gradcli.graph.node import CONSTANT, INPUT, Kind, Node
from gradcli.graph.shapes import Shape, Unknown

Value = Any

_OURS = (
    "kernels",
    "scalars",
    "activation_scalars",
    "reduction_scalars",
    "special_scalars",
    "trigonometry_scalars",
)


class Backend(Protocol):
    """What a plan asks of the place it runs in.

    Attributes:
        width: how many bytes a number takes.
    """

    width: int

    def constant(self, node: Node) -> Value:
        """The value of a constant node."""

    def given(self, value: Value, kind: Kind) -> Value:
        """An input's value, as the kernels expect it."""

    def kernel(self, node: Node) -> Callable[..., Value]:
        """The function that computes a node."""

    def result(self, value: Value, shape: Shape, kind: Kind, taken: Container[int]) -> Value:
        """An output's value, as the user gets it and may change it: none of those taken, by their ``id``."""

    @property
    def multiply(self) -> Callable[..., Value]:
        """The plain product."""

    def holds_nan(self, values: Sequence[Value]) -> bool:
        """Whether there is a nan in one of them, or may be."""

    def quietly(self) -> AbstractContextManager[Any]:
        """The context to run in: overflow and nan are results, not warnings."""


def runs_on_floats(node: Node) -> bool:
    """Whether a node can be computed without NumPy."""
    return node.shape == () and (node.op is CONSTANT or node.op is INPUT or node.op.scalar != "")


def run_on_floats(nodes: Sequence[Node]) -> bool:
    """Whether all of them can be computed without NumPy; a long graph has few operations."""
    if any(map(attrgetter("shape"), nodes)):
        return False
    return all(map(runs_on_floats, {node.op.name: node for node in nodes}.values()))


@cache
def function(path: str, of: str = " of an array") -> Callable[..., Value]:
    """The function a record names, such as ``numpy.sin`` or ``kernels.matrices.inv``.

    Args:
        path: the module and the function.
        of: what it is wanted for, where its package may be missing.

    Raises:
        EvaluationError: it comes from a package that is not installed.
    """
    home, name = path.rsplit(".", 1)
    package = home.split(".")[0]
    try:
        module = import_module(f"gradcli.execute.{home}" if package in _OURS else home)
    except ImportError:
        raise EvaluationError(
            f"{name}(){of} needs {package}, which is not installed",
            hint=f"install it with: pip install 'gradcli[{package}]'",
        ) from None
    found: Callable[..., Value] = getattr(module, name)
    return found


class Floats:
    """Plain floats and bools; NumPy is never imported."""

    width = 8

    def constant(self, node: Node) -> Value:
        """A float or a bool."""
        return node.values[0]

    def given(self, value: Value, kind: Kind) -> Value:
        """A float or a bool, also from an array of one element."""
        return value if isinstance(value, (float, bool)) else value.item()

    def kernel(self, node: Node) -> Callable[..., Value]:
        """The record's scalar function."""
        return function(node.op.scalar)

    def result(self, value: Value, shape: Shape, kind: Kind, taken: Container[int]) -> Value:
        """As it is."""
        return value

    @property
    def multiply(self) -> Callable[..., Value]:
        """Of two floats."""
        return operator.mul

    def holds_nan(self, values: Sequence[Value]) -> bool:
        """Only a nan differs from itself."""
        return any(value != value for value in values)

    def quietly(self) -> AbstractContextManager[Any]:
        """Nothing to silence."""
        return nullcontext()


class Arrays:
    """NumPy arrays of one floating-point type, and of booleans."""

    def __init__(self, dtype: str) -> None:
        import numpy

        self._numpy = numpy
        self._dtype = numpy.dtype(dtype)
        self.width = self._dtype.itemsize

    def constant(self, node: Node) -> Value:
        """A number as a float, which takes the type of what it meets; else an array."""
        data = node.values[0]
        if node.shape == () and not isinstance(data, tuple):
            return data
        return self._numpy.array(data, bool if node.kind == "bool" else self._dtype).reshape(node.shape)

    def given(self, value: Value, kind: Kind) -> Value:
        """An array of the plan's type, also from booleans that count as numbers."""
        if type(value) is self._numpy.ndarray and value.dtype is self._dtype:
            return value
        array = self._numpy.asarray(value)
        return array if kind == "bool" and array.dtype == bool else array.astype(self._dtype, copy=False)

    def kernel(self, node: Node) -> Callable[..., Value]:
        """The record's NumPy function, in the plan's type."""
        found = function(node.op.kernel)
        # A position may be larger than the whole numbers that the type holds.
        if self._dtype == self._numpy.float64 or node.kind == "bool" or node.op.gradless:
            return found
        return lambda *arguments, **parameters: self._narrow(found(*arguments, **parameters))

    def _narrow(self, value: Value) -> Value:
        return self._numpy.asarray(value, dtype=self._dtype)

    def result(self, value: Value, shape: Shape, kind: Kind, taken: Container[int]) -> Value:
        """An array of the node's shape, the user's own; a double or a bool by itself is Python's own."""
        array = self._numpy.asarray(value, bool if kind == "bool" else self._dtype)
        if shape == () and self._dtype == self._numpy.float64:
            return array.item()
        known = [size for size in shape if not isinstance(size, Unknown)]
        if array.shape != shape and len(known) == len(shape):
            array = self._numpy.broadcast_to(array, known)
        if array.base is not None or id(array) in taken:
            # A view, often a read-only one, what the user gave or gets already, or a constant of the plan.
            array = array.copy()
        return array

    @property
    def multiply(self) -> Callable[..., Value]:
        """Of two arrays."""
        found: Callable[..., Value] = self._numpy.multiply
        return found

    def holds_nan(self, values: Sequence[Value]) -> bool:
        """A sum finds one in an array; infinities of both signs look like a nan to it."""
        if all(isinstance(value, float) for value in values):
            return any(value != value for value in values)
        with self.quietly():
            sums = [self._numpy.add.reduce(value, axis=None) for value in values]
        return any(one != one for one in sums)

    def quietly(self) -> AbstractContextManager[Any]:
        """Without NumPy's floating-point warnings."""
        return self._numpy.errstate(all="ignore")


def floats() -> Backend:
    """The backend on plain floats."""
    return Floats()


def numpy(dtype: str) -> Backend:
    """The backend on arrays."""
    return Arrays(dtype)
