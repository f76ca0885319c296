"""A call of a function to try: one of its samples, with numbers."""

from __future__ import annotations

from typing import Any, NamedTuple

from gradcli.graph.node import Operation
from gradcli.graph.shapes import elements
from gradcli.reference.samples import Record, shape_of, telling
from gradcli.reference.symbols import flat, on_symbols


class Example(NamedTuple):
    """A call with values for its names."""

    text: str
    values: tuple[tuple[str, Any], ...]


# A number of each domain of the table; any other word is met with a half.
_NUMBERS = {"nonzero": 1.5, "three": 3.0, "fraction": 2.3, "positive": 2.0, "low": -0.5, "beyond_one": 1.5}
# Domains that end: several numbers of one lie closer together.
_STEPS = {"unit": 0.05, "within_one": 0.05, "low": 0.05, "high": 0.05}
_ORDINARY = (0.5, -1.0, 2.0, 1.5, -0.25, 3.0)


def example(record: Record) -> Example | None:
    """The first sample with elements, or an elementwise call of numbers."""
    if isinstance(record, Operation) and not record.samples:
        names = [one.partition("=")[0] for one in record.arguments]
        words = record.domain if len(record.domain) == len(names) else record.domain[:1] * len(names)
        values = tuple(
            [
                (name, _NUMBERS.get(word, 0.5) + place)
                for place, (name, word) in enumerate(zip(names, words, strict=True))
            ]
        )
        bools = [record.takes[min(place, len(record.takes) - 1)] == "bool" for place in range(len(names))]
        given = tuple(
            [
                (name, place == 0 if isbool else x)
                for place, ((name, x), isbool) in enumerate(zip(values, bools, strict=True))
            ]
        )
        text = flat(on_symbols(record, [()] * len(names), {}))
        return Example(text, given)
    for text, shapes in telling(record):
        forms = {name: (shape_of(form), [*form.split(), "real"][1]) for name, form in shapes.items()}
        if all(elements(shape) for shape, _ in forms.values()):
            arrays = [(name, _values(*form, 2 * place)) for place, (name, form) in enumerate(forms.items())]
            return Example(text, tuple(arrays))
    return None


def _values(shape: tuple[int, ...], word: str, start: int) -> Any:
    """Numbers of a domain as nested lists; square ones are matrices that have an inverse."""
    count = elements(shape)
    if word in ("well", "spd"):
        size = shape[-1]
        flat = [3.0 if i % size == i // size % size else 1.0 for i in range(count)]
    else:
        only = None if word == "real" else _NUMBERS.get(word, 0.5)
        flat = [
            _ORDINARY[(i + start) % 6] if only is None else only + i * _STEPS.get(word, 0.25)
            for i in range(count)
        ]
    nested: list[Any] = flat
    for size in reversed(shape[1:]):
        nested = [nested[i : i + size] for i in range(0, len(nested), size)]
    return nested if shape else nested[0]
