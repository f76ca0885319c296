"""The functions that only programs have: those of Python and PyTorch by their paths, and our own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from gradcli.errors import CallProblem
from gradcli.graph.node import Array, constant
from gradcli.language import calls
from gradcli.language.meaning import Group, Listing, Meaning, Text, kind_of, number_in, span_of
from gradcli.language.names import function_names
from gradcli.language.tree import Tree
from gradcli.programs.context import ProgramContext
from gradcli.programs.forms import arranged, checked
from gradcli.programs.host import NOWHERE, Object, from_python, shown

_LARGEST = 2.0**53

MODES = ("no_grad", "enable_grad", "inference_mode", "detect_anomaly")
"""What stands behind ``with``, also without brackets."""

# Where the functions of Python are; a program that calls none of a module does not load it.
_PATHS = {
    "modes": (
        *MODES,
        "set_grad_enabled",
        "set_detect_anomaly",
        "is_grad_enabled",
        "is_inference_mode_enabled",
    ),
    "requests": ("backward",),
    "functional": ("vhp",),
    "making": ("manual_seed",),
    "profiler": ("profile", "record_function"),
    "optim": (
        *("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "LBFGS", "StepLR", "CosineAnnealingLR"),
        *("clip_grad_norm_", "clip_grad_value_"),
    ),
}
_HOME = {word: module for module, words in _PATHS.items() for word in words}

# Functions of the language that make an array, which in a program may require a gradient at once.
_MAKERS = (
    *("zeros", "ones", "full", "eye", "identity", "arange", "linspace", "logspace", "rand", "randn"),
    *("zeros_like", "ones_like", "full_like", "rand_like", "randn_like"),
)


def python(word: str) -> Callable[..., Any]:
    """A function of Python by its name in a program."""
    found: Callable[..., Any] = getattr(import_module(f"gradcli.autograd.{_HOME[word]}"), word)
    return found


def known(word: str) -> bool:
    """Whether programs have a function of that name, besides those of the language."""
    return word in _HOME or word in _OWN


def names() -> list[str]:
    """Every name that a program can call."""
    return [*_HOME, *_OWN, *function_names()]


def call(
    context: ProgramContext,
    tree: Tree,
    word: str,
    positional: Sequence[Meaning],
    keywords: Mapping[str, Meaning],
) -> Meaning:
    """Call a function that only programs have."""
    if word in _OWN:
        return _OWN[word](context, tree, list(positional), dict(keywords))
    function = python(word)
    return context.host(tree, function, *arranged(context, tree, word, function, positional, keywords))


def of_language(
    context: ProgramContext, tree: Tree, word: str, positional: list[Meaning], keywords: dict[str, Meaning]
) -> Meaning:
    """Call a function of the language, which in a program may make what requires a gradient."""
    if (
        word in ("min", "max")
        and len(positional) > 1
        and all(number_in(one) is not None for one in positional)
    ):
        return constant((min if word == "min" else max)([context.evaluate(one) for one in positional]))  # type: ignore[arg-type]
    required = keywords.pop("requires_grad", None) if word in _MAKERS else None
    result = calls.apply(context, tree, word, positional, keywords)
    if required is None:
        return result
    made = context.tensor(context.array(result, span_of(tree)))
    return context.host(tree, made.requires_grad_, [required], {})


def _print(context: ProgramContext, tree: Tree, values: list[Meaning], named: dict[str, Meaning]) -> Meaning:
    between = {"sep": " ", "end": "\n"}
    for name, value in named.items():
        if name not in between or not isinstance(value, Text):
            raise CallProblem(
                f"print() has no argument '{name}'"
                if name not in between
                else f"{name} of print() is a text",
                hint='its form is print(a, b, ..., sep=" ", end="...")',
            )
        between[name] = value.text
    context.console.print(between["sep"].join(map(shown, values)) + between["end"])
    return from_python(None)


def _tensor(context: ProgramContext, tree: Tree, values: list[Meaning], named: dict[str, Meaning]) -> Meaning:
    from gradcli.autograd.making import tensor

    checked(tree, "tensor", tensor, values, named)
    data, *rest = values or [named.pop("data")]
    if rest and isinstance(rest[0], Array):
        raise CallProblem(
            "tensor() takes all numbers in one list", span=span_of(tree), hint="write tensor([1, 2])"
        )
    # As every number of a program, those of a tensor are float64 unless another type is asked for.
    array = context.tensor(context.array(data, span_of(tree)))
    if array.kind == "float" and not rest:
        named = {"dtype": Text("float64"), **named}
    return context.host(tree, tensor, [array, *rest], named)


def _whole(context: ProgramContext, tree: Tree, word: str, one: Meaning) -> int:
    if isinstance(one, Array) and one.shape == ():
        value = context.evaluate(one)
        if abs(value) < _LARGEST and value == int(value):
            return int(value)
        raise CallProblem(f"{word}() needs whole numbers, and got {value:g}", span=span_of(tree))
    raise CallProblem(f"{word}() needs whole numbers, and got {kind_of(one)}", span=span_of(tree))


def _no_names(word: str, named: dict[str, Meaning], form: str) -> None:
    if named:
        raise CallProblem(f"{word}() has no argument '{next(iter(named))}'", hint=f"its form is {form}")


def _range(context: ProgramContext, tree: Tree, values: list[Meaning], named: dict[str, Meaning]) -> Meaning:
    form = "range(n), range(start, end) or range(start, end, step)"
    _no_names("range", named, form)
    if not 1 <= len(values) <= 3:
        raise CallProblem(
            f"range() takes 1 to 3 whole numbers, and got {len(values)}", hint=f"its form is {form}"
        )
    bounds = [_whole(context, tree, "range", one) for one in values]
    if len(bounds) == 3 and bounds[2] == 0:
        raise CallProblem("the step of a range cannot be 0", span=span_of(tree))
    return Object(range(*bounds))


def _single(word: str, values: list[Meaning], named: dict[str, Meaning]) -> Meaning:
    _no_names(word, named, f"{word}(x)")
    if len(values) != 1:
        raise CallProblem(f"{word}() takes one value, and got {len(values)}", hint=f"its form is {word}(x)")
    return values[0]


def _len(context: ProgramContext, tree: Tree, values: list[Meaning], named: dict[str, Meaning]) -> Meaning:
    x = _single("len", values, named)
    if isinstance(x, Group | Listing):
        return constant(float(len(x.items)))
    if isinstance(x, Text):
        return constant(float(len(x.text)))
    if isinstance(x, Object) and isinstance(x.value, range | dict | list):
        return constant(float(len(x.value)))
    array = context.tensor(context.array(x, span_of(tree)))
    return context.host(tree, array.__len__, (), {})


def _float(context: ProgramContext, tree: Tree, values: list[Meaning], named: dict[str, Meaning]) -> Meaning:
    x = context.tensor(context.array(_single("float", values, named), span_of(tree)))
    return constant(float(context.guard(tree, x.item)))


def _int(context: ProgramContext, tree: Tree, values: list[Meaning], named: dict[str, Meaning]) -> Meaning:
    x = context.tensor(context.array(_single("int", values, named), span_of(tree)))
    value = float(context.guard(tree, x.item))
    if value - value != 0:
        raise CallProblem(f"int() needs a finite number, and got {value:g}", span=span_of(tree))
    return constant(float(int(value)))


def _bool(context: ProgramContext, tree: Tree, values: list[Meaning], named: dict[str, Meaning]) -> Meaning:
    x = context.array(_single("bool", values, named), span_of(tree))
    return constant(bool(context.guard(tree, context.truth, x, span_of(tree))), kind="bool")


def _str(context: ProgramContext, tree: Tree, values: list[Meaning], named: dict[str, Meaning]) -> Meaning:
    return Text(shown(_single("str", values, named)))


def elements(context: ProgramContext, tree: Tree, x: Meaning) -> Sequence[Meaning] | range:
    """What a loop goes through.

    Raises:
        CallProblem: there is nothing to go through.
    """
    if isinstance(x, Object) and isinstance(x.value, range):
        return x.value
    if isinstance(x, Object) and isinstance(x.value, list | tuple):
        return [from_python(one) for one in x.value]
    if isinstance(x, Group | Listing):
        return x.items
    if isinstance(x, Array):
        if x.shape == ():
            raise CallProblem(
                "a number has no elements to go through", span=span_of(tree), hint="write range(n) to count"
            )
        found: list[Meaning] = list(context.guard(tree, context.tensor(x).__iter__))
        return found
    raise CallProblem(f"{kind_of(x)} has no elements to go through", span=span_of(tree))


def _items(context: ProgramContext, tree: Tree, x: Meaning) -> list[Meaning]:
    return [from_python(one) for one in elements(context, tree, x)]


def _zip(context: ProgramContext, tree: Tree, values: list[Meaning], named: dict[str, Meaning]) -> Meaning:
    _no_names("zip", named, "zip(a, b, ...)")
    rows = zip(*[_items(context, tree, one) for one in values], strict=False)
    return Listing(tuple([Group(row, NOWHERE) for row in rows]), span_of(tree))


def _enumerate(
    context: ProgramContext, tree: Tree, values: list[Meaning], named: dict[str, Meaning]
) -> Meaning:
    items = _items(context, tree, _single("enumerate", values, named))
    rows = [Group((constant(float(place)), one), NOWHERE) for place, one in enumerate(items)]
    return Listing(tuple(rows), span_of(tree))


_OWN: dict[str, Callable[[ProgramContext, Tree, list[Meaning], dict[str, Meaning]], Meaning]] = {
    "print": _print,
    "tensor": _tensor,
    "range": _range,
    "len": _len,
    "enumerate": _enumerate,
    "zip": _zip,
    "float": _float,
    "int": _int,
    "bool": _bool,
    "str": _str,
}
