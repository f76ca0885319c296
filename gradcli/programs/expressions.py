"""Where an expression means more in a program: functions as values, members, calls with effects."""

from __future__ import annotations

from typing import Any

from gradcli.autograd.tensor import Tensor
from gradcli.errors import CallProblem, NameProblem, ShapeProblem, Span
from gradcli.graph.node import Array
from gradcli.language import calls, rules
from gradcli.language.lexer import normal
from gradcli.language.meaning import (
    Function,
    Group,
    Listing,
    Meaning,
    Nothing,
    Scope,
    Text,
    kind_of,
    number_in,
    span_of,
)
from gradcli.language.names import DERIVATIVES, is_function, listed, nearest
from gradcli.language.rules import Step, compared, member, subscripts
from gradcli.language.tree import Token, Tree
from gradcli.programs import derivatives, functions, members
from gradcli.programs.context import NONE_SO_FAR, ProgramContext
from gradcli.programs.elsewhere import instead_of, instead_of_member
from gradcli.programs.host import Object, from_python, same, shown

# How far behind a name its attributes are looked for.
_FAR = 60
_ARRAYS = (Array, Listing)
_ENTRIES = 'the entries of a dict have names: ["lr"]'
# What stands in the brackets of an index and has no value of its own.
_NO_NAMES = ("slice", "ellipsis")


def _name(context: ProgramContext, tree: Tree, scope: Scope) -> Meaning | Step:
    name = context.name(tree)
    found = scope.get(name)
    if found is not None:
        return found
    if name not in context.given:
        if name in functions.MODES:
            return context.host(tree, functions.python(name), (), {})
        hint = instead_of(name, context.source.text[tree.end : tree.end + _FAR])
        if hint:
            raise NameProblem(f"{name} has no value", span=span_of(tree), hint=hint)
        if functions.known(name):
            raise NameProblem(
                f"{name} is a function, and has no value", span=span_of(tree), hint=f"call it: {name}(...)"
            )
    return rules.RULES["name"](context, tree, scope)


def _comparison(context: ProgramContext, tree: Tree, scope: Scope) -> Step:
    operands: list[Meaning] = []
    for part in tree.parts:
        operands.append((yield part, scope))
    if all(isinstance(one, _ARRAYS) for one in operands):
        arrays = [context.array(one, span_of(part)) for one, part in zip(operands, tree.parts, strict=True)]
        return compared(context, tree, arrays)
    left, right = operands[0], operands[1]
    sign = tree.word(1).text
    if len(operands) > 2 or sign not in ("==", "!=", "≠"):
        other = next(one for one in operands if not isinstance(one, _ARRAYS))
        raise CallProblem(f"{kind_of(other)} has no order", span=span_of(tree), hint="compare with == or !=")
    return from_python(same(left, right) == (sign == "=="))


def _attribute(context: ProgramContext, tree: Tree, scope: Scope) -> Step:
    operand, word = tree.part(0), tree.word(1)
    x: Meaning = yield operand, scope
    name = normal(word.text)
    owner = members.owner(context, x)
    record = members.of(owner)
    if not record.has_attribute(name):
        raise _no_member(x, word, record, "attribute")
    try:
        return from_python(context.guard(tree, getattr, owner, name))
    except AttributeError:
        # Not every node of the backward graph has saved what another one has.
        raise _no_member(x, word, record, "attribute") from None


def _no_member(x: Meaning, word: Token, record: members.Members, what: str) -> NameProblem:
    name = word.text
    if isinstance(x, Nothing):
        hint = NONE_SO_FAR
    elif instead_of_member(name) and isinstance(x, Array | Listing):
        hint = instead_of_member(name)
    elif what == "method" and record.has_attribute(name):
        hint = f"it is no function: write .{name} without brackets"
    elif record.has_method(name) or (isinstance(x, Array) and is_function(name)):
        hint = f"write .{name}(...)"
    else:
        near = nearest(name, record.attributes if what == "attribute" else record.methods)
        there = f"there are {listed(record.names, 'and')}" if record.names else ""
        hint = f"did you mean {listed(near)}?" if near else there
        if not near and record.in_place:
            hint = "all functions of the language are its methods; gradcli functions lists them"
    return NameProblem(
        f"{kind_of(x) if not isinstance(x, Tensor) else 'a tensor'} has no {what} '{name}'",
        span=Span(word.start, word.end),
        hint=hint,
    )


def _index(context: ProgramContext, tree: Tree, scope: Scope) -> Step:
    operand, *written = tree.parts
    x: Meaning = yield operand, scope
    if isinstance(x, Object):
        key: Meaning = yield entry_key(x, written), scope
        return from_python(context.guard(tree, entry, x, key))
    items, arrays = yield from subscripts(context, written, scope)
    if isinstance(x, Group | Listing) and len(items) == 1:
        if items[0][0] == "at":
            return member(x, items[0][1], tree)
        if items[0][0] == "slice":
            return x._replace(items=x.items[slice(*items[0][1:])])
    return context.subscript(context.array(x, span_of(operand)), items, arrays, tree)


def entry_key(x: Object, written: list[Tree]) -> Tree:
    """The name of an entry as it is written between the brackets.

    Raises:
        ShapeProblem: the object has no entries, or this is a slice and no name.
    """
    if isinstance(x.value, dict) and len(written) == 1 and written[0].rule not in _NO_NAMES:
        return written[0]
    span = Span(span_of(written[0]).start, span_of(written[-1]).end)
    if isinstance(x.value, dict):
        raise ShapeProblem(f"{x.kind} has no such entry", span=span, hint=_ENTRIES)
    raise ShapeProblem(
        f"{x.kind} has no parts that an index could pick", span=span, hint="go through it with for"
    )


def entry(x: Object, key: Meaning) -> Any:
    """What an object such as a parameter group holds under a name.

    Raises:
        ShapeProblem: it holds nothing under that name.
    """
    name = entry_name(key)
    if name is None:
        raise ShapeProblem(f"{x.kind} has no such entry", hint=_ENTRIES)
    if name not in x.value:
        there = listed([shown(from_python(one), inside=True) for one in x.value], "and")
        raise ShapeProblem(
            f"there is no {shown(key, inside=True)} in it",
            hint=f"there are {there}" if there else "it is empty",
        )
    return x.value[name]


def entry_name(key: Meaning) -> str | float | None:
    """What a dict of Python calls an entry; nothing for what names none."""
    return key.text if isinstance(key, Text) else number_in(key)


def _call(context: ProgramContext, tree: Tree, scope: Scope) -> Step:
    name = tree.word(0)
    word = normal(name.text)
    if isinstance(scope.get(word), Function):
        return (yield from calls.call(context, tree, name, tree.parts, scope))
    if not (is_function(word) or functions.known(word)) and instead_of(word):
        raise NameProblem(
            f"there is no function {word}()", span=Span(name.start, name.end), hint=instead_of(word)
        )
    if not functions.known(word) and word not in DERIVATIVES:
        if not is_function(word):
            _check_name(context, word, name, scope)
        positional, keywords = yield from calls.arguments(word, tree.parts, scope)
        if is_function(word):
            return functions.of_language(context, tree, word, positional, keywords)
        return (yield from calls.call(context, tree, name, tree.parts, scope))
    positional, keywords = yield from calls.arguments(word, tree.parts, scope)
    if word in DERIVATIVES:
        return derivatives.derivative(context, tree, word, positional, keywords)
    return functions.call(context, tree, word, positional, keywords)


def _check_name(context: ProgramContext, word: str, name: Token, scope: Scope) -> None:
    """Refuse a function that is not there, with those of programs among the nearest names."""
    if word in scope or word in context.given:
        return
    own = [known for known, value in scope.items() if isinstance(value, Function)]
    near = nearest(word, [*own, *functions.names()])
    raise NameProblem(
        f"there is no function {word}()",
        span=Span(name.start, name.end),
        hint=f"did you mean {listed(near)}?" if near else f"define it: {word}(x) = ...",
    )


def _method(context: ProgramContext, tree: Tree, scope: Scope) -> Step:
    operand, *written = tree.parts
    name = tree.word(1)
    word = normal(name.text)
    x: Meaning = yield operand, scope
    positional, keywords = yield from calls.arguments(word, written, scope)
    if isinstance(scope.get(word), Function):
        function = scope[word]
        assert isinstance(function, Function)
        return (yield from calls.inline(context, tree, function, [x, *positional], keywords))
    owner = members.owner(context, x)
    record = members.of(owner)
    if record.has_method(word):
        return members.call(context, tree, owner, word, positional, keywords)
    word = members.OTHER_NAMES.get(word, word)
    if isinstance(x, Array | Listing) and is_function(word) and word not in DERIVATIVES:
        return calls.apply(context, tree, word, [x, *positional], keywords)
    raise _no_member(x, name, record, "method")


RULES = {
    **rules.RULES,
    "name": _name,
    "comparison": _comparison,
    "attribute": _attribute,
    "index": _index,
    "call": _call,
    "method": _method,
}
"""The rules of the expressions of a program."""
