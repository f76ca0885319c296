"""Where it went wrong: the first sub-expression that became nan or inf, or that could not run.

A plan merges and forgets; here the graph runs once more as it was written, every value kept.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gradcli.answers import Answer, Answers
from gradcli.errors import EvaluationError, GradcliError, MemoryProblem, Source, Span
from gradcli.execute.plan import trace
from gradcli.graph.node import CONSTANT, INPUT, Node
from gradcli.graph.trail import Trail
from gradcli.language.blame import name_function
from gradcli.language.build import Built
from gradcli.language.lexer import normal
from gradcli.language.names import Given
from gradcli.language.parser import parse
from gradcli.output.numbers import format_number
from gradcli.output.values import is_sparse

if TYPE_CHECKING:
    from gradcli.drawing import Drawing

Value = Any

_DERIVATIVES = {
    "grad": "gradient",
    "jacobian": "Jacobian",
    "hessian": "Hessian",
    "jvp": "change along the vector",
    "vjp": "product of the vector with the Jacobian",
    "hvp": "product of the Hessian with the vector",
    "vhp": "product of the vector with the Hessian",
}


def first_fault(answer: Answer, dtype: str = "float64") -> GradcliError | None:
    """A warning that names the origin of a nan or an infinity in the results, if there is one."""
    found = _first(answer.result)
    if found is None:
        return None
    try:
        values = trace(answer.nodes, answer.values, dtype)
    except GradcliError:
        return None
    return _origin(answer.built, [answer.built.trail], values, *found)


def drawn_fault(drawn: Drawing, wrt: Sequence[str]) -> GradcliError | None:
    """The same for a drawing, whose values are known; empty ones tell nothing."""
    values, built = drawn.computed, drawn.built
    names = built.written.names
    slopes = {name: drawn.gradients.get(names[name]) for name in wrt if name in names}
    result = {
        "value": tuple([values.get(output) for output in built.outputs]),
        "grad": {name: values.get(node) for name, node in slopes.items() if node is not None},
    }
    found = _first(result)
    return None if found is None else _origin(built, [drawn.trail, built.trail], values, *found)


def _first(result: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is wrong with the first result that holds a nan or an infinity, and which of the two it is."""
    for name, value in _leaves(result):
        bad = _badness(value)
        if bad:
            said = f"is {format_number(value)}" if isinstance(value, (int, float)) else f"holds {bad}"
            return f"{name} {said}", bad
    return None


def _leaves(result: Mapping[str, Any], outer: str = "") -> list[tuple[str, Value]]:
    found: list[tuple[str, Value]] = []
    for name, item in result.items():
        label = f"the {_DERIVATIVES.get(name, name)}"
        if outer:
            label = f"{outer} {'and' if ' by ' in outer else 'by'} {name}"
        if isinstance(item, Mapping):
            found.extend(_leaves(item, label))
        elif name != "outputs":
            for one in item if isinstance(item, tuple) else (item,):
                found.append((label, one.data if is_sparse(one) else one))
    return found


def _badness(value: Value) -> str:
    """``"nan"``, ``"inf"`` or nothing."""
    if isinstance(value, (int, float)):
        return "nan" if value != value else "inf" if math.isinf(value) else ""
    if value is None or value.dtype == bool or not value.size:
        return ""
    import numpy

    with numpy.errstate(all="ignore"):
        total = value.sum()
        if numpy.isfinite(total):
            return ""
        if numpy.isnan(value).any():
            return "nan"
        return "inf" if numpy.isinf(value).any() else ""


def _origin(
    built: Built, trails: Sequence[Trail], values: Mapping[Node, Value], finding: str, bad: str
) -> GradcliError | None:
    for node in sorted(values, key=lambda one: one.number):
        if _badness(values[node]) != bad or node.op is CONSTANT:
            continue
        if any(_badness(values.get(arg)) == bad for arg in node.args):
            continue
        return _sentence(built, trails, node, finding, bad, values)
    # It was written there: nothing produced it.
    return None


def _sentence(
    built: Built,
    trails: Sequence[Trail],
    node: Node,
    finding: str,
    bad: str,
    values: Mapping[Node, Value],
) -> GradcliError:
    if node.op is INPUT:
        return GradcliError(
            f"{finding}, because {node.values[0]} was given so",
            span=built.spans.get(node),
            source=built.source,
        )
    span, back = _span(built, trails, node)
    where = _text(built.source, span)
    way = "on the way back through" if back else "in"
    notes = () if back else _arguments(built, node, bad, values)
    return GradcliError(
        f"{finding}: it first appears {way} {where}", span=span, source=built.source, notes=notes
    )


def _span(built: Built, trails: Sequence[Trail], node: Node) -> tuple[Span | None, bool]:
    """The text a node comes from, and whether it comes from differentiating it."""
    back = False
    while node not in built.spans:
        origin = next((one for trail in trails if (one := trail.origin(node)) is not None), None)
        if origin is None or origin.number >= node.number:
            return None, back
        node, back = origin, True
    return built.spans[node], back


def _text(source: Source, span: Span | None) -> str:
    text = "the derivative" if span is None else source.part(span)
    return text if len(text) <= 60 else text[:57] + "..."


def _arguments(built: Built, node: Node, bad: str, values: Mapping[Node, Value]) -> tuple[str, ...]:
    """What the operation was given at the first bad element."""
    place = _first_bad(values[node], bad)
    parts = []
    for arg in node.args:
        span = built.spans.get(arg)
        value = values.get(arg)
        if span is None or arg.op is CONSTANT or value is None:
            continue
        if place and getattr(value, "shape", ()) == getattr(values[node], "shape", None):
            value = value[place]
        elif getattr(value, "shape", ()) != ():
            continue
        parts.append(f"{_text(built.source, span)} is {format_number(float(value), 6)}")
    at = f" at index [{', '.join(map(str, place))}]" if place else ""
    return (f"{' and '.join(parts)}{at}",) if parts else (at.strip(),) if at else ()


def _first_bad(value: Value, bad: str) -> tuple[int, ...]:
    if isinstance(value, (int, float)) or not value.shape:
        return ()
    import numpy

    mask = numpy.isnan(value) if bad == "nan" else numpy.isinf(value)
    return tuple([int(one) for one in numpy.argwhere(mask)[0]])


def located(error: GradcliError, expression: Answers, given: Mapping[str, Given], dtype: str) -> GradcliError:
    """Put an error of the run under the sub-expression that raised it, and let it name the function there."""
    if not isinstance(error, EvaluationError) or error.span is not None:
        return error
    span, back = None, False
    if isinstance(error.node, Node) and isinstance(error.built, Built):
        span, back = _span(error.built, [error.built.trail], error.node)
    # What has no room to run cannot run to show where.
    error.span = span if isinstance(error, MemoryProblem) else span or _traced(expression, given, dtype)
    if error.span is not None:
        text = _text(expression.source, error.span)
        word = _called(expression.source, error.span)
        if back and not isinstance(error, MemoryProblem):
            error.message = f"{error.message}, on the way back through {text}"
        elif word:
            name_function(error, word)
    return error


def _traced(expression: Answers, given: Mapping[str, Given], dtype: str) -> Span | None:
    """Where the values themselves cannot be computed; the graph runs once more to find it."""
    try:
        built = expression.graph(given)
    except GradcliError:
        return None
    try:
        trace(built.outputs, {name: one.value for name, one in given.items()}, dtype)
    except EvaluationError as found:
        return _span(built, [built.trail], found.node)[0] if isinstance(found.node, Node) else None
    except GradcliError:
        pass
    return None


def _called(source: Source, span: Span) -> str:
    """The function that a stretch of the text calls; empty if it is no call."""
    try:
        (tree,) = parse(Source(source.text[span.start : span.end])).parts
    except (GradcliError, ValueError):
        return ""
    place = {"call": 0, "method": 1}.get(tree.rule)
    return "" if place is None else normal(tree.word(place).text)
