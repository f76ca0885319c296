"""What each rule of the grammar means, calls apart.

A rule is a generator: it yields the trees it needs, with the names visible there, and is
sent what they mean. It reads like a recursive function, and ``build`` keeps the stack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from typing import Any

from gradcli.errors import NameProblem, ShapeProblem, Span, SyntaxProblem
from gradcli.graph.node import Array, Operation, as_node, constant, ops
from gradcli.graph.operations.compose import composites
from gradcli.language.context import Context
from gradcli.language.meaning import (
    NOTHING,
    Function,
    Group,
    Listing,
    Meaning,
    Scope,
    Text,
    kind_of,
    number_in,
    span_of,
)
from gradcli.language.names import CONSTANTS, is_function, listed, nearest, operators
from gradcli.language.subscripts import Item, bound, item, slice_parts
from gradcli.language.symbols import OPERATORS
from gradcli.language.tree import Token, Tree

Step = Generator[tuple[Tree, Scope], Any, Meaning]
Rule = Callable[[Context[Any], Tree, Scope], Step | Meaning]

_OTHER_BASES = re.compile(r"0([xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)\b")


def _number(context: Context[Array], tree: Tree, scope: Scope) -> Meaning:
    return context.at(tree, constant(_digits(tree.word(0))))


def _boolean(context: Context[Array], tree: Tree, scope: Scope) -> Meaning:
    word = tree.word(0)
    return context.at(tree, constant(word.text == "true", kind="bool"))


def _none(context: Context[Array], tree: Tree, scope: Scope) -> Meaning:
    return NOTHING


def _string(context: Context[Array], tree: Tree, scope: Scope) -> Meaning:
    word = tree.word(0)
    return Text(word.text[1:-1])


def _name(context: Context[Array], tree: Tree, scope: Scope) -> Meaning:
    name = context.name(tree)
    found = scope.get(name)
    if isinstance(found, Function):
        raise NameProblem(f"{name} is a function", span=span_of(tree), hint=f"call it: {found.usage}")
    if found is not None:
        return found
    if name in context.given:
        return context.input(name, tree)
    if name in CONSTANTS:
        return context.at(tree, constant(CONSTANTS[name]))
    if is_function(name):
        raise NameProblem(
            f"{name} is a function, and has no value", span=span_of(tree), hint=f"call it: {name}(...)"
        )
    if context.free:
        return context.input(name, tree)
    raise _unknown(context, name, tree, scope)


def _unknown(context: Context[Array], name: str, tree: Tree, scope: Scope) -> NameProblem:
    there = sorted({*context.given, *[n for n, value in scope.items() if isinstance(value, Array)]})
    near = nearest(name, [*there, *CONSTANTS])
    hint = f"give it one: {name}=..."
    if name == "i":
        hint = "gradcli is real-valued: i is not the imaginary unit, but it may be given a value: i=..."
    elif near:
        hint = f"did you mean {listed(near)}? Or {hint}"
    notes = (f"the names there are: {', '.join(there)}",) if there else ()
    return NameProblem(f"{name} has no value", span=span_of(tree), hint=hint, notes=notes)


def _array(context: Context[Array], tree: Tree, scope: Scope) -> Step:
    items = []
    for child in tree.parts:
        items.append((yield child, scope))
    return Listing(tuple(items), span_of(tree))


def _tuple(context: Context[Array], tree: Tree, scope: Scope) -> Step:
    items = []
    for child in tree.parts:
        items.append((yield child, scope))
    return Group(tuple(items), span_of(tree))


def _unary(context: Context[Array], tree: Tree, scope: Scope) -> Step:
    operator, operand = tree.word(0), tree.part(1)
    x = context.array((yield operand, scope), span_of(operand))
    if operator.kind == "NOT":
        return context.apply(ops.logical_not, [x], {}, tree)
    if operator.kind == "ROOT":
        return context.apply(ops.sqrt, [x], {}, tree)
    if operator.kind == "PLUS":
        return x
    number = number_in(x)
    if number is not None and x.kind == "float":
        return context.at(tree, constant(-number))
    return context.apply(ops.neg, [x], {}, tree)


def _binary(context: Context[Array], tree: Tree, scope: Scope) -> Step:
    left, operator, right = tree.part(0), tree.word(1), tree.part(2)
    a = context.array((yield left, scope), span_of(left))
    if operator.kind in ("AND", "OR") and a.shape == ():
        decided = context.truth(a, span_of(left))
        if decided is (operator.kind == "OR"):
            return context.at(tree, constant(decided, kind="bool"))
    b = context.array((yield right, scope), span_of(right))
    if operator.kind == "MATMUL":
        return context.compose(composites.matmul, [a, b], {}, tree)
    if operator.kind == "POWER":
        b = context.exponent(b, right)
    return context.apply(_operator(operator), [a, b], {}, tree)


def _superscript(context: Context[Array], tree: Tree, scope: Scope) -> Step:
    operand, exponent = tree.part(0), tree.word(1)
    x = context.array((yield operand, scope), span_of(operand))
    return context.apply(ops.pow, [x, as_node(2.0 if exponent.kind == "SQUARED" else 3.0)], {}, tree)


def _coefficient(context: Context[Array], tree: Tree, scope: Scope) -> Step:
    number, operand = tree.word(0), tree.part(1)
    _check_decimal(context, number, scope)
    x = context.array((yield operand, scope), span_of(operand))
    return context.apply(ops.mul, [constant(_digits(number)), x], {}, tree)


def _check_decimal(context: Context[Array], number: Token, scope: Scope) -> None:
    """``0x1F`` is read as 0 times x1F, which nobody means unless x1F has a value."""
    found = _OTHER_BASES.match(context.source.text, number.start)
    if found is None or found.group(1) in scope or found.group(1) in context.given:
        return
    raise SyntaxProblem(
        f"'{found.group()}' is no number of the language: numbers are decimal",
        span=Span(*found.span()),
        hint=f"write {int(found.group(), 0)}",
    )


def _comparison(context: Context[Array], tree: Tree, scope: Scope) -> Step:
    operands = []
    for child in tree.parts:
        operands.append(context.array((yield child, scope), span_of(child)))
    return compared(context, tree, operands)


def compared(context: Context[Array], tree: Tree, operands: list[Array]) -> Array:
    """A chain of comparisons, which holds where all of them do."""
    result: Array | None = None
    for place in range(len(operands) - 1):
        word = tree.word(2 * place + 1)
        pair = operands[place : place + 2]
        one = context.apply(_operator(word), pair, {}, tree)
        result = one if result is None else context.apply(ops.logical_and, [result, one], {}, tree)
    assert result is not None
    return result


def _choice(context: Context[Array], tree: Tree, scope: Scope) -> Step:
    taken, condition, other = tree.parts
    c = context.array((yield condition, scope), span_of(condition))
    holds = context.truth(c, span_of(condition))
    if holds is not None:
        result: Meaning = yield (taken if holds else other), scope
        return result
    a = context.array((yield taken, scope), span_of(taken))
    b = context.array((yield other, scope), span_of(other))
    return context.apply(ops.choice, [c, a, b], {}, tree)


def _attribute(context: Context[Array], tree: Tree, scope: Scope) -> Step:
    operand, name = tree.part(0), tree.word(1)
    x = yield operand, scope
    if name.text != "T":
        hint = f"write .{name.text}(...)" if is_function(name.text) else "transpose with .T"
        raise NameProblem(
            f"values have no attribute '{name.text}'", span=Span(name.start, name.end), hint=hint
        )
    return context.apply(ops.transpose, [context.array(x, span_of(operand))], {}, tree)


def _index(context: Context[Array], tree: Tree, scope: Scope) -> Step:
    operand, *written = tree.parts
    x = yield operand, scope
    items, arrays = yield from subscripts(context, written, scope)
    if isinstance(x, (Group, Listing)) and len(items) == 1 and items[0][0] == "at":
        return member(x, items[0][1], tree)
    return context.subscript(context.array(x, span_of(operand)), items, arrays, tree)


def subscripts(
    context: Context[Array], written: list[Tree], scope: Scope
) -> Generator[tuple[Tree, Scope], Any, tuple[list[Item], list[Array]]]:
    """What stands between ``[`` and ``]``: an item each, and the arrays and masks that they name."""
    items: list[Item] = []
    arrays: list[Array] = []
    for part in written:
        if part.rule == "ellipsis":
            items.append(("rest",))
        elif part.rule == "slice":
            bounds = []
            for place in slice_parts(part):
                meaning = None if place is None else (yield place, scope)
                bounds.append(context.guard(part, bound, meaning, context.evaluate))
            items.append(("slice", *bounds))
        else:
            meaning = yield part, scope
            if isinstance(meaning, Listing):
                meaning = context.array(meaning, meaning.span)
            items.append(context.guard(part, item, meaning, arrays))
    return items, arrays


def member(group: Group | Listing, place: int, tree: Tree) -> Meaning:
    """One of a tuple or a list.

    Raises:
        ShapeProblem: it has fewer.
    """
    if not -len(group.items) <= place < len(group.items):
        raise ShapeProblem(
            f"index {place} is out of range for {kind_of(group)} of {len(group.items)}",
            span=span_of(tree),
        )
    return group.items[place]


def _digits(word: Token) -> float:
    return float(word.text.replace("_", ""))


def _operator(word: Token) -> Operation:
    return operators()[OPERATORS.get(word.text, word.text)]


RULES: dict[str, Rule] = {
    "number": _number,
    "boolean": _boolean,
    "none": _none,
    "string": _string,
    "name": _name,
    "array": _array,
    "tuple": _tuple,
    "unary": _unary,
    "binary": _binary,
    "superscript": _superscript,
    "coefficient": _coefficient,
    "comparison": _comparison,
    "choice": _choice,
    "attribute": _attribute,
    "index": _index,
}
