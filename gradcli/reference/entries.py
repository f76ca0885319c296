"""The table as its reader sees it: an entry for each function, by topic and by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gradcli.errors import NameProblem
from gradcli.graph.node import Node, Operation, ops
from gradcli.graph.operations.compose import Composite
from gradcli.language import derivatives
from gradcli.language.arguments import signature
from gradcli.language.names import (
    DERIVATIVES,
    function_names,
    functions,
    listed,
    nearest,
    operators,
)
from gradcli.reference.calls import Example, example
from gradcli.reference.samples import Record
from gradcli.reference.symbols import Pullback, applied, conventions, pullbacks, stands_for
from gradcli.reference.topics import DERIVATIVES as DERIVATIVE_TOPIC
from gradcli.reference.topics import TOPICS, heading, place

_LONGEST_LINE = 70
# Of an expression that is no scalar.
_FORM_EXAMPLES = {
    "diff": "diff(x^3, x)",
    "jacobian": "jacobian(x^3, x)",
    "jvp": "jvp(x^3, x, v)",
    "vjp": "vjp(x^3, x, v)",
}


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
    """Every function once, under its topic; what is made of others comes last there."""
    found: dict[str, list[Entry]] = {title: [] for title in TOPICS}
    records = {record.name: record for record in functions().values()}
    for record in sorted(records.values(), key=lambda one: (isinstance(one, Composite), place(one.topic))):
        found.setdefault(heading(record.topic), []).append(_entry(record))
    for name in DERIVATIVES:
        entry = _form(name)
        found[entry.topic].append(entry)
    return {title: entries for title, entries in found.items() if entries}


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
    if word in DERIVATIVES:
        return _form(word)
    near = listed(nearest(word, function_names()))
    raise NameProblem(
        f"there is no function {word}",
        hint=f"did you mean {near}?" if near else "gradcli functions lists them all",
    )


def _form(name: str) -> Entry:
    rules: dict[str, Callable[..., Node]] = {}
    rules.update(derivatives.FORMS)
    rules.update(derivatives.PRODUCTS)
    rule = rules[name]
    said = (rule.__doc__ or "").partition("\n")[0]
    last = {"diff": ", n=1"}.get(name, ", v" if name in derivatives.PRODUCTS else "")
    text = _FORM_EXAMPLES.get(name, f"{name}(sum(x^3), x{last})")
    values = {"x": 2.0 if name == "diff" else [1.0, 2.0], "v": [1.0, 0.5]}
    example = Example(
        text, tuple([(one, value) for one, value in values.items() if one == "x" or last == ", v"])
    )
    return Entry(name, f"{name}(expr, x{last})", _small(said), DERIVATIVE_TOPIC, example=example)


def _small(sentence: str) -> str:
    return (sentence[:1].lower() + sentence[1:]).rstrip(".").replace("``", "")


def _entry(record: Record) -> Entry:
    nodes = list(applied(record))
    rules = tuple([one for node in nodes for one in pullbacks(node)])
    meant = tuple(stands_for(record)) if isinstance(record, Composite) and not nodes else ()
    primitive = [node.op for node in nodes] or ([record] if isinstance(record, Operation) else [])
    return Entry(
        record.name,
        signature(record),
        _line(record, rules, meant),
        heading(record.topic),
        record.aliases,
        record.symbol if isinstance(record, Operation) else "",
        rules,
        meant,
        tuple(dict.fromkeys([op.torch for op in primitive if op.torch])),
        record.domain if isinstance(record, Operation) and not record.samples else (),
        conventions(record),
        example(record),
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
