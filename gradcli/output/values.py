"""What a value is to the printers: a number or an array goes in, its shape and Python numbers come out.

Arrays are met by their methods alone, so a scalar command never loads NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeGuard


class Array(Protocol):
    """The part of a NumPy array that printing needs."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The length along each axis."""

    @property
    def dtype(self) -> Any:
        """The element type, with ``kind`` and ``itemsize``."""

    def tolist(self) -> Any:
        """Nested lists of Python numbers, or one number for rank 0."""

    def astype(self, dtype: Any, /) -> Any:
        """The same elements as another type."""

    def __getitem__(self, index: Any, /) -> Any: ...


class Sparse(Protocol):
    """A matrix by its entries: for each its row, its column and its value."""

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns there are."""

    @property
    def row(self) -> Array:
        """The rows."""

    @property
    def col(self) -> Array:
        """The columns."""

    @property
    def data(self) -> Array:
        """The values."""


Value = float | bool | Array
"""A number (a Python int counts as one) or an array."""

Leaf = Value | tuple[Value, ...]
"""A value, or the values of several outputs; ``is_sparse`` tells where one is a sparse matrix."""

Result = Mapping[str, Any]
"""One result: ``{"value": Leaf, "grad": {name: Leaf}}`` and its relatives of the JSON output."""


def is_sparse(value: object) -> TypeGuard[Sparse]:
    """Whether a value is a matrix by its entries."""
    return hasattr(value, "col")


def shape_of(value: Value) -> tuple[int, ...]:
    """The shape of a value; a plain number has none: ``()``."""
    return () if isinstance(value, int | float) else tuple(value.shape)


def to_lists(value: Value) -> Any:
    """A value as one Python number or as nested lists of them.

    A float32 becomes the float whose shortest digits are the shortest digits of the float32: 0.1 and not
    0.10000000149011612.
    """
    if isinstance(value, int | float):
        return value
    if value.dtype.kind == "f" and value.dtype.itemsize < 8:
        return value.astype(str).astype(float).tolist()
    return value.tolist()
