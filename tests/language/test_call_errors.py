"""Every function of the language, called in every wrong way: each call ends in a value or in a good sentence.

A good sentence names the function as it was written, stands under the text, and is in nobody's words
but ours. What is tried comes from the records themselves, so a new function is tried as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

from gradcli.answers import Answers
from gradcli.data.given import as_given
from gradcli.diagnosis import located
from gradcli.errors import GradcliError
from gradcli.graph.operations.record import REQUIRED
from gradcli.language.arguments import slots
from gradcli.language.names import DERIVATIVES, functions

VALUES = {
    "s": 0.5,
    "v": np.array([1.0, 2.0, 3.0]),
    "M": np.array([[1.0, 2.0], [3.0, 4.0]]),
    "R": np.arange(6.0).reshape(2, 3),
    "Z": np.zeros((0, 3)),
    "F": np.ones((1, 1, 2, 2, 2)),
    "N": np.full((2, 2), np.nan),
}
GIVEN = {name: as_given(name, value) for name, value in VALUES.items()}

# For arrays: shapes that do not fit, singular and empty ones, positions and classes that are none.
ARRAYS = ["s", "v", "M", "R", "Z", "F", "N", "zeros(0)", "v > 1", "inf", "[0.5, -100]", "[nan, 1]", "[7, 8]"]
ARRAYS += ['"t"', "None", "(v, s)", "[M, M]", "[v, s]", "ones((2, 2))"]
# For parameters: other kinds, no whole numbers, axes out of range or named twice, sizes beyond any memory.
PARAMETERS = ["v", '"t"', "None", "true", "nan", "-inf", "1.5", "1e300", "1e15", "-1", "-7", "7", "0"]
PARAMETERS += ["()", "(0, 0)", "(0, 9)", "(1.5,)", "(1e15,)", "(2, (3,))", "[1, 2]", "s"]

# What NumPy and Python say, which nobody here wrote.
FOREIGN = re.compile(
    r"operands could|out of bounds|broadcast together|boolean index|array\(|dtype|ndarray|object|NoneType"
    r"|Error|<lambda|<class|np\.|allocate|tuple index|itself failed|positional|unexpected keyword"
    r"|cannot be computed"
)


def wrong_calls(name: str) -> Iterator[str]:
    """Calls of a function, each with at most one thing wrong beside the shapes."""
    record = functions()[name]
    arrays = {form.partition("=")[0].strip("*"): form for form in record.arguments}
    parameters = {one.name: one for one in record.parameters}
    order = slots(record)
    needed = [
        one
        for one in order
        if ("=" not in arrays[one] if one in arrays else parameters[one].default is REQUIRED)
    ]

    def fine(one: str, array: str) -> str:
        if one in arrays:
            return f"[{array}, {array}]" if arrays[one].endswith("*") else array
        if parameters[one].kind == "text":
            return f'"{(*parameters[one].choices, "ij->ij")[0]}"'
        return "(2, 2)" if "shape" in parameters[one].kind else "1"

    def call(array: str, **changed: str) -> str:
        given = {**{one: fine(one, array) for one in needed}, **changed}
        return f"{name}({', '.join([f'{one}={text}' for one, text in given.items()])})"

    yield f"{name}()"
    yield f"{name}({', '.join([fine(one, 'M') for one in order] + ['v'])})"
    yield call("M", wibble="1")
    for one in order:
        for array in ("v", "M", "F"):
            for wrong in ARRAYS if one in arrays else PARAMETERS:
                yield call(array, **{one: wrong})


def outcome(text: str) -> GradcliError | None:
    """What a text is refused with, as a command would say it."""
    used = {name: GIVEN[name] for name in GIVEN if re.search(rf"\b{name}\b(?!=)", text)}
    expression = Answers(text)
    try:
        expression.value(used)
    except GradcliError as error:
        return located(error, expression, used, "float64")
    return None


def is_good(error: GradcliError, text: str) -> bool:
    """Whether an error is ours, under its text, and a sentence."""
    return (
        error.exit_code == (5 if error.kind == "evaluation" else 3)
        and error.span is not None
        and 0 <= error.span.start < error.span.end <= len(text)
        and not FOREIGN.search(error.message)
        and not error.message.endswith(".")
        and not error.hint.endswith(".")
    )


@pytest.mark.parametrize("name", sorted(functions()))
def test_a_wrong_call_is_refused_in_a_sentence_that_names_it(name: str) -> None:
    refused = [(text, error) for text in dict.fromkeys(wrong_calls(name)) if (error := outcome(text))]
    assert refused
    assert [(text, error.message) for text, error in refused if not is_good(error, text)] == []
    # A list whose rows disagree, a tuple that is empty: those are about an argument or the whole result.
    about = [(text, error) for text, error in refused if error.span and error.span.end == len(text)]
    nameless = [(text, error.message) for text, error in about if f"{name}()" not in error.message]
    assert [one for one in nameless if one[1] != "an empty tuple has no result"] == []
    # Only another name of the same function may stand beside it.
    records = functions()
    others = {
        word
        for _, error in about
        for word in re.findall(r"\b(\w+)\(\)", error.message)
        if word in records and records[word] is not records[name]
    }
    assert others == set()


@pytest.mark.parametrize("name", sorted(functions()))
def test_a_keyword_that_is_nearly_right_is_suggested(name: str) -> None:
    order = slots(functions()[name])
    if not order:
        return
    error = outcome(f"{name}({order[-1]}q=1)")
    assert error is not None
    assert error.message == f"{name}() has no argument '{order[-1]}q'"
    assert f"did you mean {order[-1]}" in error.hint


WRONG_DERIVATIVES = [
    "",
    "v",
    "sum(v)",
    "v, v, v, v",
    "sum(v), 3",
    "sum(v), q",
    "sum(v), v > 1",
    "v, v, [[1]]",
]
WRONG_DERIVATIVES += [
    "sum(v), v, (1, 2)",
    'sum(v), v, "t"',
    "sum(v), v, None",
    "sum(v), v, 1.5",
    "argmax(v), v",
]
WRONG_DERIVATIVES += ["sum(v), v, wibble=1", "sum(v), v, nan", "sum(v), v, 1e300", "(v, v), v", "None, v"]
WRONG_DERIVATIVES += ["sum(v), v, R", "logdet(M * 0), M", "sum(inv(M * 0)), M", "sum(inv(M * 0)), M, M"]


@pytest.mark.parametrize("name", sorted(DERIVATIVES))
def test_a_wrong_derivative_is_refused_under_its_text(name: str) -> None:
    texts = [f"{name}({arguments})" for arguments in WRONG_DERIVATIVES]
    refused = [(text, error) for text in texts if (error := outcome(text))]
    assert len(refused) > len(texts) / 2
    bad = [
        (text, error.message)
        for text, error in refused
        if not is_good(error, text) and error.message != "q has no value"
    ]
    assert bad == []


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ("arcsin(s, 2)", "arcsin() takes 1 argument, and got 2", "its form is arcsin(x)"),
        (
            "logspace(v, 2)",
            "logspace() needs two numbers: got (3,) and ()",
            "",
        ),
        (
            "cosh(None)",
            "cosh() needs a number or an array for x, and got None",
            "its form is cosh(x)",
        ),
        ("maximum(v, R.T)", "maximum(): these shapes do not broadcast: (3,) and (3, 2)", ""),
        (
            "gelu(v, approximate=3)",
            'gelu() needs "none" or "tanh" for approximate, and got a number',
            'its form is gelu(x, approximate="none")',
        ),
        (
            "matrix_power(ones((2, 2)), -1)",
            "the matrix of matrix_power() is singular",
            "its rows depend on each other: no other matrix undoes it",
        ),
        ("take(v, [0, 3])", "take(): index 3 is out of range for axis 0 with size 3", ""),
        ("take(v, 1e300)", "take(): index 1e+300 is out of range", ""),
        (
            "v[v > 0] * v[v > 1]",
            "the sizes do not fit: (3,) and (2,)",
            "masks that pick as many elements as each other fit",
        ),
        (
            "diff(sum(v), v, v)",
            "diff() needs a whole number for n, and got an array of shape (3,)",
            "write diff(expr, x) or diff(expr, x, n)",
        ),
        ("eye(1e9) + eye(1e9)", "eye(): this array has more elements than a memory can hold", ""),
    ],
)
def test_the_sentence(text: str, sentence: str, hint: str) -> None:
    error = outcome(text)
    assert error is not None
    assert (error.message, error.hint) == (sentence, hint)


def test_what_has_no_room_is_named_with_its_size() -> None:
    error = outcome("zeros(3, 1e15)")
    assert error is not None
    # Twice 3e15 doubles, the plan's and the caller's; how much is free, the machine knows.
    assert error.message.startswith("zeros(): this would hold 42.6 PiB of memory, and ")


@pytest.mark.parametrize(
    ("text", "sentence", "under"),
    [
        ("1 + logdet(M)", "the matrix of inv() is singular, on the way back through logdet(M)", "logdet(M)"),
        ("1 + sum(M.inv())", "the matrix of inv() is singular", "M.inv()"),
    ],
)
@pytest.mark.parametrize("question", ["gradient", "jacobians", "hessians", "jvp", "hvp"])
def test_an_error_of_the_run_stands_under_its_text_also_on_the_way_back(
    text: str, sentence: str, under: str, question: str
) -> None:
    given = {"M": as_given("M", [[1.0, 2.0], [2.0, 4.0]])}
    expression = Answers(text)
    arguments = [given] if question in ("jvp", "hvp") else []
    with pytest.raises(GradcliError) as caught:
        getattr(expression, question)(given, *arguments)
    error = located(caught.value, expression, given, "float64")
    assert error.message == sentence
    assert error.span is not None
    assert text[error.span.start : error.span.end] == under
