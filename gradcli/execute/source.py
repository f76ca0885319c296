"""A graph over scalars as one Python function: a line a step, on floats alone.

    graph -> share -> lines of source -> compile -> a function of keywords

The lines compute with ``math`` and Python's operators, which raise where a number leaves their domain or
overflows; then, and where a strong product has to be told from a plain one, the plan answers instead. So
the smooth path pays for none of it. The source is printed here from records alone, never from a text.
"""

from __future__ import annotations

import keyword
import operator
import unicodedata
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from gradcli.execute import backends
from gradcli.execute.products import told_by
from gradcli.graph.node import CONSTANT, INPUT, Node, ops, reachable
from gradcli.graph.regions import Regions
from gradcli.graph.simplify import share

# Longer functions take seconds to compile, and the plan is linear.
_MOST_STEPS = 20_000

_INFIX: dict[Any, str] = {
    operator.add: "+",
    operator.sub: "-",
    operator.mul: "*",
    operator.truediv: "/",
    operator.lt: "<",
    operator.le: "<=",
    operator.gt: ">",
    operator.ge: ">=",
    operator.eq: "==",
    operator.ne: "!=",
}


def function(
    value: Node, gradients: Sequence[tuple[str, Node]], names: Sequence[str], otherwise: Callable[..., Any]
) -> Callable[..., Any] | None:
    """A function of keywords that gives the value, and the gradients by name.

    Args:
        value: a scalar node.
        gradients: for each name its derivative, a scalar node.
        names: of all inputs.
        otherwise: answers where floats cannot, with the same keywords.

    Returns:
        The function; nothing where the graph has no such form: an array, a choice, a name that is none in
        Python, or too many steps.
    """
    outputs = share([value, *[node for _, node in gradients]], {})
    nodes = reachable(outputs)
    fits = len(nodes) <= _MOST_STEPS and all(map(_sayable, names))
    if not fits or not all(map(backends.runs_on_floats, nodes)) or Regions(nodes, outputs).any:
        return None
    written = _Written(nodes, outputs)
    pairs = zip([name for name, _ in gradients], outputs[1:], strict=True)
    by_name = ", ".join([f"{name!r}: {written.of[node]}" for name, node in pairs])
    parameters = ", ".join([f"{name}=None" for name in names])
    floats = " and ".join([f"_type({name}) is _float" for name in names]) or "True"
    keywords = ", ".join([f"{name}={name}" for name in names])
    told = " and ".join([f"{written.of[node]} == {written.of[node]}" for node in written.told]) or "True"
    lines = [
        f"def compiled({'*, ' if names else ''}{parameters}):",
        f"    if {floats}:",
        "        try:",
        *[f"            {line}" for line in written.lines],
        f"            if {told}:",
        f"                return {written.of[outputs[0]]}, {{{by_name}}}",
        "        except _errors:",
        "            pass",
        f"    return _otherwise({keywords})",
    ]
    # Names of its own for what is built in: a user's name may be one of those.
    space = {
        **written.space,
        "_otherwise": otherwise,
        "_type": type,
        "_float": float,
        "_errors": (ArithmeticError, ValueError),
    }
    return compiled(lines, space, "compiled")


def compiled(lines: Sequence[str], space: dict[str, Any], name: str) -> Callable[..., Any]:
    """The function of a name that lines of source define, among the values that they name."""
    exec(compile("\n".join(lines), "<compiled expression>", "exec"), space)
    found: Callable[..., Any] = space[name]
    return found


def _sayable(name: str) -> bool:
    """Whether a name of the language is the same name in Python, and none of ours."""
    plain = name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")
    return plain and unicodedata.normalize("NFKC", name) == name


class _Written:
    """The steps of a graph as lines, the name of each node, and what the lines call.

    Attributes:
        of: how a node is named.
        told: the outputs in which a nan shows where a plain product may be wrong.
    """

    def __init__(self, nodes: Sequence[Node], outputs: Sequence[Node]) -> None:
        self.lines: list[str] = []
        self.of: dict[Node, str] = {}
        self.space: dict[str, Any] = {"_inf": float("inf"), "_nan": float("nan")}
        told = told_by(nodes)
        self.told = [node for node in dict.fromkeys(outputs) if told is not None and node in told.nodes]
        for node in nodes:
            if node.op is CONSTANT:
                self.of[node] = _literal(node.values[0])
            elif node.op is INPUT:
                self.of[node] = node.values[0]
            else:
                self._step(node, plain=told is not None)

    def _step(self, node: Node, *, plain: bool) -> None:
        arguments = [self.of[arg] for arg in node.args]
        kernel = backends.function(node.op.scalar)
        if kernel is backends.function("scalars.identity"):
            self.of[node] = arguments[0]
            return
        name = self.of[node] = f"_{len(self.of)}"
        if node.op is ops.pow and node.args[1].op is CONSTANT and node.args[1].values[0] in (2.0, 3.0, 4.0):
            # As the kernel multiplies; a fourth power is the square of a square.
            (a, _), exponent = arguments, node.args[1].values[0]
            text = {2.0: f"{a} * {a}", 3.0: f"{a} * {a} * {a}", 4.0: f"({a} * {a}) * ({a} * {a})"}[exponent]
        elif node.op is ops.strong and plain:
            text = " * ".join(arguments)
        else:
            text = self._call(getattr(kernel, "unguarded", kernel), arguments, node.parameters)
        self.lines.append(f"{name} = {text}")

    def _call(self, kernel: Callable[..., Any], arguments: list[str], parameters: dict[str, Any]) -> str:
        if kernel is operator.neg:
            return f"-{arguments[0]}"
        if kernel in _INFIX:
            return f" {_INFIX[kernel]} ".join(arguments)
        if parameters:
            kernel = partial(kernel, **parameters)
        name = next((known for known, one in self.space.items() if one is kernel), f"_f{len(self.space)}")
        self.space[name] = kernel
        return f"{name}({', '.join(arguments)})"


def _literal(number: float | bool) -> str:
    """A constant as Python reads it; in brackets, for a negative one may stand behind a power or a minus."""
    if isinstance(number, bool):
        return str(number)
    if number != number:
        return "_nan"
    text = repr(float(number)).replace("inf", "_inf")
    return f"({text})" if text.startswith("-") else text
