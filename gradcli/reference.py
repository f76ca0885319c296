"""What there is to know of a function, taken from its record: for ``gradcli functions`` and the README.

Derivatives are printed by taking them: a function is applied to symbols, ``g`` is pulled back
through it, and the graph that comes out is written as a formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple

from gradcli.errors import NameProblem, Source
from gradcli.graph import derive
from gradcli.graph.node import Node, Operation, ops, reachable, variable
from gradcli.graph.operations.compose import Composite
from gradcli.graph.operations.record import REQUIRED, Sample
from gradcli.graph.shapes import Shape, describe, elements, is_known
from gradcli.language import derivatives
from gradcli.language.arguments import signature
from gradcli.language.build import Built, build
from gradcli.language.names import (
    DERIVATIVES,
    MEASURES,
    Given,
    function_names,
    functions,
    listed,
    nearest,
    operators,
)
from gradcli.language.parser import parse
from gradcli.output.formula import formula

Record = Operation | Composite

_LONGEST_LINE = 70
_ELSEWHERE = {
    "derivatives": "Derivatives of expressions.",
    "measures": "What an array is: whole numbers, known before anything runs.",
}
_MEASURED = {
    "size": "how many elements an array has",
    "shape": "its sizes, a tuple",
    "ndim": "how many axes it has",
}


class Pullback(NamedTuple):
    """How a call's gradient goes back to one argument, in a formula with ``g`` for the result's gradient."""

    call: str
    argument: str
    formula: str


class Example(NamedTuple):
    """A call with values for its names."""

    text: str
    values: tuple[tuple[str, Any], ...]


class Entry(NamedTuple):
    """A function.

    Attributes:
        name: its name.
        signature: how it is called.
        line: a line on it.
        topic: the part of the table that it stands in.
        aliases: its other names.
        symbol: how it is written between its operands, or nothing.
        pullbacks: its derivative; empty where it is zero or there is none.
        stands_for: for a composed function, calls with the formulas that they stand for.
        torch: PyTorch's backward nodes.
        domain: for each argument the numbers that it is tested on.
        conventions: what holds where there is no derivative.
        example: a call to try.
    """

    name: str
    signature: str
    line: str
    topic: str
    aliases: tuple[str, ...] = ()
    symbol: str = ""
    pullbacks: tuple[Pullback, ...] = ()
    stands_for: tuple[tuple[str, str], ...] = ()
    torch: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    conventions: tuple[str, ...] = ()
    example: Example | None = None


def topics() -> dict[str, list[Entry]]:
    """Every function once, under the first sentence of its topic."""
    found: dict[str, list[Entry]] = {}
    records = {record.name: record for record in functions().values()}
    for record in records.values():
        found.setdefault(_title(record.topic), []).append(_entry(record))
    for name in (*DERIVATIVES, *MEASURES):
        entry = _form(name)
        found.setdefault(entry.topic, []).append(entry)
    return found


def entry(word: str) -> Entry:
    """A function by its name, an alias or its symbol.

    Raises:
        NameProblem: there is none.
    """
    record = functions().get(word) or operators().get("^" if word == "**" else word)
    if record is None:
        record = next((one for one in ops if one.symbol == word and not one.hidden), None)
    if record is not None:
        return _entry(record)
    if word in DERIVATIVES or word in MEASURES:
        return _form(word)
    near = listed(nearest(word, function_names()))
    raise NameProblem(
        f"there is no function {word}",
        hint=f"did you mean {near}?" if near else "gradcli functions lists them all",
    )


def _title(topic: str) -> str:
    module = import_module(f"gradcli.graph.operations.{topic}")
    return (module.__doc__ or topic).partition("\n")[0]


def _form(name: str) -> Entry:
    if name in MEASURES:
        return Entry(name, f"{name}(x)", _MEASURED[name], _ELSEWHERE["measures"])
    rule = derivatives.FORMS.get(name, derivatives.derivative)
    said = (rule.__doc__ or "").partition("\n")[0]
    form = f"{name}(expr, x{', n=1' if name == 'diff' else ''})"
    text = "diff(x^3, x)" if name == "diff" else f"{name}(sum(x^3), x)"
    example = Example(text, (("x", 2.0 if name == "diff" else [1.0, 2.0]),))
    return Entry(name, form, _small(said), _ELSEWHERE["derivatives"], example=example)


def _small(sentence: str) -> str:
    return (sentence[:1].lower() + sentence[1:]).rstrip(".").replace("``", "")


def _entry(record: Record) -> Entry:
    applied = list(_applied(record))
    pullbacks = tuple([one for node in applied for one in _pullbacks(node)])
    stands_for = tuple(_stands_for(record)) if isinstance(record, Composite) and not applied else ()
    primitive = [node.op for node in applied] or ([record] if isinstance(record, Operation) else [])
    return Entry(
        record.name,
        signature(record),
        _line(record, pullbacks, stands_for),
        _title(record.topic),
        record.aliases,
        record.symbol if isinstance(record, Operation) else "",
        pullbacks,
        stands_for,
        tuple(dict.fromkeys([op.torch for op in primitive if op.torch])),
        record.domain if isinstance(record, Operation) and not record.samples else (),
        tuple(dict.fromkeys([op.convention for op in primitive if op.convention])),
        _example(record),
    )


def _line(record: Record, pullbacks: tuple[Pullback, ...], stands_for: tuple[tuple[str, str], ...]) -> str:
    if record.doc:
        return record.doc
    if isinstance(record, Composite):
        said = record.build.__doc__
        if said:
            return _small(said.partition("\n")[0])
    if stands_for:
        return next((text for _, text in stands_for if len(text) <= _LONGEST_LINE), "")
    if pullbacks:
        first = [one for one in pullbacks if one.call == pullbacks[0].call]
        text = ", ".join([one.formula for one in first])
        return f"gradient {text}" if len(text) <= _LONGEST_LINE else ""
    if isinstance(record, Operation) and record.gives == "bool":
        return "true or false"
    return "gradient 0" if isinstance(record, Operation) and record.arguments else ""


# A function applied to symbols.


def _applied(record: Record) -> Iterator[Node]:
    """Calls with symbols for the arguments: of an operation, or of a composed function that is one."""
    if isinstance(record, Operation) and record.elementwise and not _demanding(record):
        shapes: list[Shape] = [()] * len(record.arguments)
        yield _on_symbols(record, shapes, {})
        return
    seen: set[str] = set()
    for output in _outputs(record):
        for node in [output] if isinstance(record, Composite) else reversed(reachable([output])):
            own = node.op.spelled == record.name if isinstance(record, Composite) else node.op is record
            if own and node.args and node.op.name not in seen and is_known(node.shape):
                seen.add(node.op.name)
                shapes = [arg.shape for arg in node.args]
                yield _on_symbols(node.op, shapes, node.parameters)


def _demanding(record: Operation) -> bool:
    return any(parameter.default is REQUIRED for parameter in record.parameters)


def _outputs(record: Record) -> Iterator[Node]:
    """The graphs of the record's samples, first those that tell the most."""
    for text, shapes in _telling(record):
        yield _built(text, shapes).outputs[0]


def _telling(record: Record) -> list[Sample]:
    """Samples in order; those with no element, or with single ones alone, come last."""

    def little(sample: Sample) -> tuple[bool, bool]:
        sizes = [elements(_shape(form)) for form in sample[1].values()]
        return 0 in sizes, max(sizes, default=2) < 2

    return sorted(record.samples, key=little)


def _built(text: str, shapes: Mapping[str, str]) -> Built:
    given = {name: Given(_shape(form), "float") for name, form in shapes.items()}
    source = Source(text)
    return build(parse(source), source, given, free=True)


def _shape(form: str) -> tuple[int, ...]:
    size = form.split()[0]
    return () if size == "()" else tuple([int(one) for one in size.split("x")])


def _on_symbols(op: Operation, shapes: list[Shape], parameters: dict[str, Any]) -> Node:
    names = [one.partition("=")[0] for one in op.arguments]
    if op.variadic:
        several = "abcdefh"
        names = [*names[:-1], *[several[i % 7] for i in range(len(shapes) - len(names) + 1)]]
    kinds = [op.takes[min(place, len(op.takes) - 1)] for place in range(len(shapes))]
    symbols = [
        variable(name, shape, "bool" if kind == "bool" else "float")
        for name, shape, kind in zip(names, shapes, kinds, strict=True)
    ]
    made: Node = op(*symbols, **parameters)
    return made


def _pullbacks(node: Node) -> Iterator[Pullback]:
    if node.kind == "bool":
        return
    wrt = [arg for arg in node.args if arg.kind == "float"]
    found = derive.vjp([(node, variable("g", node.shape))], wrt)
    shapes = ", ".join([f"{arg.values[0]} {describe(arg.shape)}" for arg in node.args if arg.shape])
    call = _flat(node) + (f" for {shapes}" if shapes else "")
    for arg, one in zip(wrt, found, strict=True):
        if one is not None:
            yield Pullback(call, arg.values[0], _flat(one))


def _stands_for(record: Composite) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for text, shapes in _telling(record):
        outputs = _built(text, shapes).outputs
        written = formula(outputs).replace("\n", "; ")
        if written not in seen:
            seen.add(written)
            yield text, written


def _flat(node: Node) -> str:
    return formula([node]).replace("\n", "; ")


# A call to try.

# A number of each domain of the table; any other word is met with a half.
_NUMBERS = {"nonzero": 1.5, "three": 3.0, "fraction": 2.3, "positive": 2.0, "low": -0.5, "high": 1.0}
_ORDINARY = (0.5, -1.0, 2.0, 1.5, -0.25, 3.0)


def _example(record: Record) -> Example | None:
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
        text = _flat(_on_symbols(record, [()] * len(names), {}))
        return Example(text, given)
    for text, shapes in _telling(record):
        forms = {name: (_shape(form), [*form.split(), "real"][1]) for name, form in shapes.items()}
        if all(elements(shape) for shape, _ in forms.values()):
            return Example(text, tuple([(name, _values(*form)) for name, form in forms.items()]))
    return None


def _values(shape: tuple[int, ...], word: str) -> Any:
    """Numbers of a domain as nested lists; square ones are matrices that have an inverse."""
    count = elements(shape)
    if word in ("well", "spd"):
        size = shape[-1]
        flat = [3.0 if i % size == i // size % size else 1.0 for i in range(count)]
    else:
        only = None if word == "real" else _NUMBERS.get(word, 0.5)
        flat = [_ORDINARY[i % 6] if only is None else only + i / 4 for i in range(count)]
    nested: list[Any] = flat
    for size in reversed(shape[1:]):
        nested = [nested[i : i + size] for i in range(0, len(nested), size)]
    return nested if shape else nested[0]
