"""What the statements of a program do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.autograd.tensor import Tensor
from gradcli.errors import CallProblem, EvaluationError, NameProblem, Span, SyntaxProblem
from gradcli.graph.node import Array
from gradcli.language.binding import define, refuse_word, unpacked
from gradcli.language.lexer import normal
from gradcli.language.meaning import NOTHING, Group, Listing, Meaning, Nothing, Scope, Text, kind_of, span_of
from gradcli.language.names import functions as language_functions
from gradcli.language.names import listed, nearest, operators
from gradcli.language.rules import Step, subscripts
from gradcli.language.symbols import OPERATORS
from gradcli.language.tree import Tree
from gradcli.programs import functions, members
from gradcli.programs.context import ProgramContext
from gradcli.programs.expressions import entry, entry_key, entry_name
from gradcli.programs.host import Object, from_python, to_python


def _block(context: ProgramContext, tree: Tree, scope: Scope) -> Step:
    for statement in tree.parts:
        yield statement, scope
    return NOTHING


def _holds(context: ProgramContext, meaning: Meaning, tree: Tree) -> bool:
    """Whether a condition holds; None does not."""
    if isinstance(meaning, Nothing):
        return False
    if not isinstance(meaning, (Array, Listing)):
        raise CallProblem(
            f"{kind_of(meaning)} is neither true nor false",
            span=span_of(tree),
            hint="compare it, as in x == 3",
        )
    return bool(context.guard(tree, context.truth, context.array(meaning, span_of(tree)), span_of(tree)))


def _if(context: ProgramContext, tree: Tree, scope: Scope) -> Step:
    condition, block, *other = tree.parts
    if _holds(context, (yield condition, scope), condition):
        yield block, scope
    elif other:
        yield other[0], scope
    return NOTHING


def _while(context: ProgramContext, tree: Tree, scope: Scope) -> Step:
    condition, block = tree.parts
    while _holds(context, (yield condition, scope), condition):
        yield block, scope
    return NOTHING


def _for(context: ProgramContext, tree: Tree, scope: Scope) -> Step:
    target, over, block = tree.parts
    there = functions.elements(context, over, (yield over, scope))
    names = [context.name(part) for part in (target.parts if target.rule == "tuple" else [target])]
    watched = context.loops == 0 and isinstance(there, range) and context.console.watched
    context.loops += 1
    if watched:
        context.console.start()
    try:
        for done, one in enumerate(there):
            value = from_python(one)
            if target.rule == "tuple":
                scope.update(zip(names, _parts(context, value, len(names), over), strict=True))
            else:
                scope[names[0]] = value
            yield block, scope
            if watched:
                context.console.tick(done + 1, len(there))
    finally:
        context.loops -= 1
        if watched:
            context.console.erase()
    return NOTHING


def _parts(context: ProgramContext, value: Meaning, count: int, tree: Tree) -> Sequence[Meaning]:
    """The values of several names: those of a tuple or a list, or the rows of a tensor."""
    if isinstance(value, Tensor) and value.shape:
        value = Group(tuple(functions.elements(context, tree, value)), span_of(tree))  # type: ignore[arg-type]
    return unpacked(value, count, tree)


def _with(context: ProgramContext, tree: Tree, scope: Scope) -> Step:
    written, block = tree.parts
    if written.rule == "name":
        name = context.name(written)
        near = nearest(name, functions.MODES)
        if near and name not in scope and name not in functions.MODES:
            raise NameProblem(
                f"there is no mode {name}", span=span_of(written), hint=f"did you mean {listed(near)}?"
            )
    meaning: Meaning = yield written, scope
    manager: Any = meaning.value if isinstance(meaning, Object) else None
    if not hasattr(manager, "__enter__"):
        raise CallProblem(
            f"{kind_of(meaning)} cannot stand behind 'with'",
            span=span_of(written),
            hint="write with no_grad { ... }, enable_grad, inference_mode or detect_anomaly",
        )
    with manager:
        yield block, scope
    return NOTHING


def _assert(context: ProgramContext, tree: Tree, scope: Scope) -> Step:
    condition, *texts = tree.parts
    if _holds(context, (yield condition, scope), condition):
        return NOTHING
    said: Meaning = (yield texts[0], scope) if texts else Text("")
    text = said.text if isinstance(said, Text) else ""
    raise EvaluationError(f"this does not hold{f': {text}' if text else ''}", span=span_of(condition))


def _assignment(context: ProgramContext, tree: Tree, scope: Scope) -> Step:
    target, right = tree.parts
    if target.rule == "call":
        name = target.word(0)
        if functions.known(normal(name.text)):
            raise NameProblem(
                f"{name.text}() is a function of programs already",
                span=Span(name.start, name.end),
                hint="choose another name",
            )
        define(context, target, right, scope)
        return NOTHING
    if target.rule != "tuple":
        value: Meaning = yield right, scope
        yield from _assign(context, target, value, scope)
        return NOTHING
    value = yield right, scope
    try:
        parts = _parts(context, value, len(target.parts), tree)
    except CallProblem as error:
        if right.rule in ("call", "method") and right.word(right.rule == "method").text in _VALUES_ALONE:
            error.hint = "it gives values alone; topk gives values and positions, argmax the position of one"
        raise
    for part, one in zip(target.parts, parts, strict=True):
        yield from _assign(context, part, one, scope)
    return NOTHING


def _assign(context: ProgramContext, target: Tree, value: Meaning, scope: Scope) -> Step:
    """Give one target its value."""
    refuse_word(target)
    if target.rule == "name":
        scope[context.name(target)] = context.held(value, span_of(target))
    elif target.rule == "attribute":
        x: Meaning = yield target.part(0), scope
        members.assign(context, target, x, target.word(1).text, value)
    elif target.rule == "index":
        operand, *written = target.parts
        x = yield operand, scope
        if isinstance(x, Object) and isinstance(x.value, dict):
            key: Meaning = yield entry_key(x, written), scope
            context.guard(target, entry, x, key)
            x.value[entry_name(key)] = to_python(value, context.callback)
            return NOTHING
        items, arrays = yield from subscripts(context, written, scope)
        tensor = _changeable(context, x, operand)
        given = context.array(value, span_of(target))
        put: Any = given if isinstance(given, Tensor) else context.evaluate(given)
        context.guard(target, tensor.__setitem__, context.key(items, arrays), put)
    else:
        raise SyntaxProblem(
            "the left side of '=' must be a name, a part of a tensor, or a function with its parameters",
            span=Span(target.start, target.end),
            hint="compare with ==",
        )
    return NOTHING


def _changeable(context: ProgramContext, x: Meaning, tree: Tree) -> Tensor:
    if isinstance(x, Tensor):
        return x
    what = kind_of(x) if not isinstance(x, Array) else "a number"
    raise CallProblem(
        f"{what} has no elements that could be changed",
        span=span_of(tree),
        hint="make it a tensor: tensor([1, 2])",
    )


def _augmented(context: ProgramContext, tree: Tree, scope: Scope) -> Step:
    """``x += 1``: in place on a tensor; on a number the name gets another one."""
    target, right = tree.part(0), tree.part(2)
    if target.rule not in ("name", "attribute", "index"):
        raise SyntaxProblem(
            f"'{tree.word(1).text}' changes one name or a part of a tensor",
            span=Span(target.start, target.end),
        )
    before: Meaning = yield target, scope
    if isinstance(before, Listing) and not before.items:
        raise CallProblem(
            "an empty list has no elements that could be changed",
            span=span_of(target),
            hint=f"concat([{context.source.text[target.start : target.end]}, [1]]) is one that is longer",
        )
    value: Meaning = yield right, scope
    a, b = context.array(before, span_of(target)), context.array(value, span_of(right))
    sign = tree.word(1).text.removesuffix("=")
    sign = OPERATORS.get(sign, sign)
    if sign == "@":
        found = context.compose(language_functions()["matmul"], [a, b], {}, tree)  # type: ignore[arg-type]
    elif isinstance(a, Tensor):
        change = getattr(a, _IN_PLACE[sign])
        found = context.guard(tree, change, b if isinstance(b, Tensor) else context.evaluate(b))
    else:
        found = context.apply(operators()[sign], [a, b], {}, tree)
    if target.rule != "name" and found is before and target.rule == "attribute":
        return NOTHING
    yield from _assign(context, target, found, scope)
    return NOTHING


# PyTorch gives positions as well.
_VALUES_ALONE = ("max", "min", "sort", "median")
_IN_PLACE = {
    "+": "__iadd__",
    "-": "__isub__",
    "*": "__imul__",
    "/": "__itruediv__",
    "//": "__ifloordiv__",
    "%": "__imod__",
    "^": "__ipow__",
}

RULES = {
    "start": _block,
    "block": _block,
    "if": _if,
    "while": _while,
    "for": _for,
    "with": _with,
    "assert": _assert,
    "assignment": _assignment,
    "augmented": _augmented,
}
"""The rules of the statements of a program."""
