"""Whatever a program says, what comes of it is a sentence under its own text."""

from __future__ import annotations

import random

import pytest

from gradcli.errors import GradcliError, Source
from gradcli.language.names import function_names
from gradcli.programs import functions, members
from gradcli.programs.console import Console
from gradcli.programs.run import run

BEFORE = """\
x = tensor([1, 2], requires_grad=true); w = tensor(2, requires_grad=true); v = [1, 2]; m = eye(2); y = 3
opt = SGD([x, w], lr=0.1); s = StepLR(opt, step_size=2); p = profile(); f(a) = a^2; g() = sum(x^2)
fn = (x*2).grad_fn; h = x.register_hook(f); b = true; t = (1, 2); l = [x, w]
"""
NAMES = ["x", "w", "v", "m", "y", "opt", "s", "p", "f", "g", "fn", "h", "b", "t", "l"]
VALUES = [
    *NAMES,
    *[
        "None",
        '"a"',
        '"lr"',
        "0",
        "1",
        "-1",
        "2.5",
        "nan",
        "inf",
        "1e300",
        "(1,2)",
        "[x,w]",
        "[1,2]",
        "[[1,2],[3,4]]",
        "true",
        "sum(x)",
        "x*2",
        "range(3)",
    ],
    *[
        "opt.param_groups",
        "opt.param_groups[0]",
        "x.detach()",
        "tensor([true])",
        "[]",
        "()",
        "zeros(0)",
        "x.shape",
        "no_grad",
    ],
]
RECORDS = [*[record for _, record in members._MEMBERS], *members._BY_NAME.values()]
ATTRIBUTES = sorted({"_saved_self", *[name for one in RECORDS for name in one.attributes]} - {"_saved_*"})
METHODS = sorted(
    {
        *["add_", "mul_", "clamp_", "max", "sum", "mm", "view"],
        *[name for one in RECORDS for name in one.methods],
    }
)
FUNCTIONS = sorted({*functions.names()} - {"manual_seed"})
KEYWORDS = [
    "gradient",
    "retain_graph",
    "create_graph",
    "inputs",
    "requires_grad",
    "dtype",
    "lr",
    "axis",
    "hook",
    "closure",
    "n",
    "v",
    "x",
    "mode",
]
OPERATORS = ["+", "*", "/", "@", "==", "<", "and", "^", "%", "//"]
SUBSCRIPTS = [*VALUES, ":", "1:", "...", "None, 0", ":, 1"]


def expression(rng: random.Random, depth: int = 0) -> str:
    """An expression that need not make sense."""
    kind = rng.random()
    value = rng.choice(VALUES)
    inner = expression(rng, depth + 1) if depth < 3 else value
    if depth > 2 or kind < 0.3:
        return value
    if kind < 0.45:
        return f"{value}.{rng.choice(ATTRIBUTES)}"
    if kind < 0.65:
        return f"{inner if rng.random() < 0.3 else value}.{rng.choice(METHODS)}({arguments(rng, depth)})"
    if kind < 0.85:
        return f"{rng.choice(FUNCTIONS)}({arguments(rng, depth)})"
    if kind < 0.92:
        return f"({inner}) {rng.choice(OPERATORS)} ({expression(rng, depth + 1)})"
    return f"({inner})[{rng.choice(SUBSCRIPTS)}]"


def arguments(rng: random.Random, depth: int) -> str:
    given = [expression(rng, depth + 1) for _ in range(rng.choice([0, 1, 1, 1, 2, 2, 3]))]
    if rng.random() < 0.3:
        given.append(f"{rng.choice(KEYWORDS)}={expression(rng, depth + 1)}")
    return ", ".join(given)


def statement(rng: random.Random) -> str:
    part = rng.choice(["", "[0]", "[:]", ".grad", ".data", ".requires_grad", '["lr"]'])
    one, other = expression(rng), expression(rng)
    return rng.choice(
        [
            *[one] * 5,
            f"q = {one}",
            f"{rng.choice(NAMES)}{part} {rng.choice(['=', '+=', '*=', '^=', '@='])} {one}",
            f"for i in {one} {{ {other} }}",
            f"for i, j in {one} {{ {other} }}",
            f"with {one} {{ {other} }}",
            f"if {one} {{ {other} }} else {{ {one} }}",
            f"print({one}, {other})",
            f"a, b = {one}",
            f"assert {one}",
        ]
    )


def outcome(text: str) -> GradcliError | None:
    """What goes wrong, if anything does."""
    try:
        run(Source(text), {}, Console(lambda _: None), lambda _: None)
    except GradcliError as error:
        return error
    return None


@pytest.mark.parametrize("seed", range(4))
def test_nothing_but_sentences_comes_of_a_program(seed):
    rng = random.Random(seed)
    texts = [BEFORE + "\n".join([statement(rng) for _ in range(rng.choice([1, 2, 3]))]) for _ in range(400)]
    failed = [(text, error) for text in texts if (error := outcome(text)) is not None]
    assert len(failed) > 100
    for text, error in failed:
        assert error.span is not None, text
        assert 0 <= error.span.start <= error.span.end <= len(text), text
        # A list or a function that stands above may be what is wrong; nothing else there is.
        marked = text[error.span.start : error.span.end]
        assert error.span.end > len(BEFORE) or marked in ("[x, w]", "a^2"), text


def test_every_name_that_can_be_called_can_be_called_with_nothing():
    failed = {word: outcome(f"{word}()") for word in {*functions.names(), *function_names()}}
    assert [word for word, error in failed.items() if error is not None and error.span is None] == []
