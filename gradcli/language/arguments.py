"""The arguments of a call: which array and which parameter each one is.

Arrays stay nodes; parameters are static, and ``language.parameters`` computes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gradcli.errors import CallProblem, Span
from gradcli.graph.node import Array, Operation, Parameter, constant
from gradcli.graph.operations.compose import Composite
from gradcli.graph.operations.record import REQUIRED
from gradcli.language.meaning import Group, Listing, Meaning, Nothing, kind_of
from gradcli.language.names import CONSTANTS, listed, nearest
from gradcli.language.parameters import Evaluate, parameter_value

# What NumPy or PyTorch call an argument, and the names that it may have here.
_ALIASES = {
    "dim": ("axis",),
    "dims": ("axes", "axis"),
    "dim1": ("axis1",),
    "dim2": ("axis2",),
    "keepdim": ("keepdims",),
    "ord": ("p",),
    "ddof": ("correction",),
    "num": ("n",),
    "fill_value": ("value",),
    "constant_values": ("value",),
    "pad_width": ("width",),
    "shifts": ("shift",),
    "diagonal": ("offset", "k"),
    "k": ("offset",),
    "min": ("lo",),
    "max": ("hi",),
    "negative_slope": ("slope",),
    "method": ("interpolation",),
    # PyTorch's older flag: true is a correction of 1.
    "unbiased": ("correction",),
}
# The kinds that several whole numbers, written one after the other, stand for: x.permute(2, 0, 1).
_SPREAD = ("shape", "open shape", "permutation", "axes")


def slots(record: Operation | Composite, method: bool = False) -> list[str]:
    """The names of a call's arguments in their order; a method's first array comes before all others."""
    names = [_bare(form) for form in record.arguments]
    order = list(record.form) or [*names, *[p.name for p in record.parameters if p.kind != "seed"]]
    if method and names:
        order.remove(names[0])
        order.insert(0, names[0])
    return order


def _bare(form: str) -> str:
    return form.partition("=")[0].strip("*")


def signature(record: Operation | Composite) -> str:
    """How a function is called: ``sum(x, axis=None, keepdims=false)``."""
    written = {}
    for form in record.arguments:
        name, optional, default = form.partition("=")
        several = "a, b, ..." if form.startswith("*") else "[a, b, ...]" if form.endswith("*") else ""
        written[_bare(form)] = several or (f"{name}={default.replace('none', 'None')}" if optional else name)
    for parameter in record.parameters:
        default = "" if parameter.default is REQUIRED else f"={_written(parameter.default)}"
        written[parameter.name] = f"{parameter.name}{default}"
    return f"{record.name}({', '.join([written[name] for name in slots(record)])})"


def _written(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return str(value).lower() if isinstance(value, bool) else str(value)


def bind(
    record: Operation | Composite,
    positional: Sequence[Meaning],
    keywords: Mapping[str, Meaning],
    as_array: Callable[[Meaning], Array],
    evaluate: Evaluate,
    *,
    method: bool = False,
) -> tuple[list[Array | None], dict[str, Any]]:
    """Sort arguments into arrays and parameters.

    Raises:
        CallProblem: too many, too few, one given twice, an unknown keyword, or one of the wrong kind.
    """
    form = f"its form is {signature(record)}"
    order = slots(record, method)
    spread = next((_bare(one) for one in record.arguments if one.startswith("*")), None)
    declared = {parameter.name: parameter for parameter in record.parameters}
    if len(positional) > len(order) and order and order[-1] in declared:
        positional = _gathered(positional, len(order) - 1, declared[order[-1]])
    # What comes after arrays of any number is given by name.
    placed = order if spread is None else order[: order.index(spread)]
    given: dict[str, Meaning] = dict(zip(placed, positional, strict=False))
    if spread is not None:
        _spread(given, spread, list(positional[len(placed) :]))
    elif len(positional) > len(order):
        plural = "argument" if len(order) == 1 else "arguments"
        raise CallProblem(
            f"{record.name}() takes {len(order) or 'no'} {plural}, and got {len(positional)}", hint=form
        )
    for written, meaning in keywords.items():
        name = _named(written, order)
        if name not in order:
            near = listed(nearest(name, order))
            hint = f"did you mean {near}?" if near else form
            raise CallProblem(f"{record.name}() has no argument '{written}'", hint=hint)
        if name in given:
            raise CallProblem(f"{record.name}() got {name} twice", hint=form)
        given[name] = meaning
    arrays: list[Array | None] = []
    for one in record.arguments:
        arrays.extend(_arrays(record, one, given.pop(_bare(one), None), as_array))
    parameters = {
        name: parameter_value(record.name, declared[name], meaning, evaluate, form)
        for name, meaning in given.items()
    }
    for parameter in record.parameters:
        if parameters.setdefault(parameter.name, parameter.default) is REQUIRED:
            raise _missing(record, parameter.name)
    return arrays, parameters


def _gathered(positional: Sequence[Meaning], place: int, last: Parameter) -> Sequence[Meaning]:
    """Whole numbers at the end of a call as the one tuple that the last parameter takes."""
    rest = positional[place:]
    if last.kind not in _SPREAD or not all(isinstance(one, Array) and one.shape == () for one in rest):
        return positional
    return [*positional[:place], Group(tuple(rest), Span(0, 0))]


def _named(written: str, order: Sequence[str]) -> str:
    """The argument that a keyword is for, which may be known by another name."""
    if written in order:
        return written
    return next((name for name in _ALIASES.get(written, ()) if name in order), written)


def _spread(given: dict[str, Meaning], name: str, rest: list[Meaning]) -> None:
    """All that is left over belongs to one argument; a single list hands over what it holds."""
    if len(rest) == 1 and isinstance(rest[0], (Listing, Group)):
        given[name] = rest[0]
    elif rest:
        given[name] = Group(tuple(rest), Span(0, 0))


def _missing(record: Operation | Composite, name: str) -> CallProblem:
    return CallProblem(f"{record.name}() needs {name}", hint=f"its form is {signature(record)}")


def _arrays(
    record: Operation | Composite, form: str, meaning: Meaning | None, as_array: Callable[[Meaning], Array]
) -> list[Array | None]:
    _, optional, default = form.partition("=")
    if meaning is None or (optional and isinstance(meaning, Nothing)):
        if not optional:
            raise _missing(record, _bare(form))
        if default == "none":
            return [None]
        sign, word = (-1, default[1:]) if default.startswith("-") else (1, default)
        return [constant(sign * CONSTANTS[word])]
    if "*" not in form:
        if not isinstance(meaning, (Array, Listing)):
            brackets = "an array stands in square brackets; " if isinstance(meaning, Group) else ""
            raise CallProblem(
                f"{record.name}() needs a number or an array for {_bare(form)}, and got {kind_of(meaning)}",
                hint=f"{brackets}its form is {signature(record)}",
            )
        return [as_array(meaning)]
    if not isinstance(meaning, (Listing, Group)) or not meaning.items:
        raise CallProblem(
            f"{record.name}() takes its arrays in one list", hint=f"write {record.name}([a, b])"
        )
    return [as_array(item) for item in meaning.items]
