"""What translators are made of: names of tensors, and how the language writes values and calls.

A translator has the signature of PyTorch's function and answers with text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple


class Untranslatable(Exception):
    """The language does not say this; the reason."""


class Name(str):
    """A tensor, as the text calls it."""

    shape: tuple[int, ...]
    kind: str
    # What a tensor holds that PyTorch takes for a parameter, which the language wants in writing.
    numbers: Any = None

    @property
    def ndim(self) -> int:
        """How many axes it has."""
        return len(self.shape)


class Operator(NamedTuple):
    """How an operator of PyTorch is said.

    Attributes:
        function: its name in the language.
        translate: the text, from PyTorch's arguments.
        compared: what of PyTorch's results the language gives; by default what PyTorch's own tests look at.
    """

    function: str
    translate: Callable[..., str]
    compared: Callable[[tuple[Any, ...]], tuple[Any, ...]] | None = None


def first(results: tuple[Any, ...]) -> tuple[Any, ...]:
    """Without indices, residuals and the like."""
    return results[:1]


def written(value: Any) -> str:
    """A value as the language writes it."""
    if isinstance(value, Name):
        return str(value)
    if value is None or isinstance(value, bool):
        return str(value) if value is None else str(value).lower()
    if isinstance(value, complex):
        raise Untranslatable("complex numbers")
    if isinstance(value, (int, float)):
        text = repr(float(value)) if isinstance(value, float) else str(value)
        return {"inf": "inf", "-inf": "-inf", "nan": "nan"}.get(text, text)
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (list, tuple)):
        items = [written(one) for one in value]
        if value and all(isinstance(one, Name) for one in value):
            return f"[{', '.join(items)}]"
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    raise Untranslatable(f"an argument of type {type(value).__name__}")


def call(function: str, *args: Any, **kwargs: Any) -> str:
    """``function(a, b, key=value)``."""
    parts = [written(one) for one in args] + [f"{key}={written(one)}" for key, one in kwargs.items()]
    return f"{function}({', '.join(parts)})"


def same(function: str) -> Callable[..., str]:
    """The function takes PyTorch's arguments as they are."""

    def translate(*args: Any, **kwargs: Any) -> str:
        return call(function, *args, **kwargs)

    return translate


def template(text: str) -> Callable[..., str]:
    """Arguments by position in a text."""

    def translate(*args: Any, **kwargs: Any) -> str:
        if kwargs or len(args) != text.count("{"):
            raise Untranslatable("other arguments")
        return text.format(*[f"({written(one)})" for one in args])

    return translate


def tuples(sizes: Sequence[Any]) -> tuple[Any, ...]:
    """PyTorch takes sizes one by one or in a tuple."""
    return tuple(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], (list, tuple)) else tuple(sizes)


def settled(value: Any) -> Any:
    """A parameter that PyTorch takes from a tensor too, in writing."""
    if not isinstance(value, Name):
        return value
    if value.numbers is None:
        raise Untranslatable("a parameter from a tensor")
    return value.numbers


def alike(names: str) -> dict[str, Operator]:
    """Operators that take PyTorch's arguments as they stand, by their names there."""
    return {
        name: Operator(short, same(short)) for name in names.split() for short in [name.rsplit(".", 1)[-1]]
    }
