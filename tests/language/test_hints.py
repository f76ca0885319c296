"""Every record of the table of hints, over its own examples."""

from __future__ import annotations

import random
import re

import pytest
from grammar_texts import mutated, random_text

from gradcli.answers import Answers
from gradcli.commands.group import COMMANDS
from gradcli.errors import EmptyInputError, Source, SyntaxProblem
from gradcli.language.mistakes import HINTS, PROGRAM_HINTS
from gradcli.language.mistakes.characters import SIGNS
from gradcli.language.mistakes.hint import Hint
from gradcli.language.names import is_function
from gradcli.language.parser import parse

OF_PROGRAMS = [hint for hint in PROGRAM_HINTS if hint not in HINTS]


def refusal(text: str, language: str = "expression") -> SyntaxProblem:
    with pytest.raises(SyntaxProblem) as caught:
        parse(Source(text), language)
    return caught.value


@pytest.mark.parametrize(
    ("hint", "text", "language"),
    [
        pytest.param(hint, text, language, id=text)
        for hints, language in ((HINTS, "expression"), (OF_PROGRAMS, "program"))
        for hint in hints
        for text in hint.examples
    ],
)
def test_each_example_gets_its_own_sentence(hint: Hint, text: str, language: str):
    problem = refusal(text, language)
    one_brace = re.escape(hint.message.replace("{{", "{").replace("}}", "}"))
    pattern = re.sub(r"\\\{\w+\\\}", ".+", one_brace.replace("\\{more\\}", ".*"))
    assert (problem.hint, bool(re.fullmatch(pattern, problem.message))) == (hint.examples[text], True), (
        problem.message
    )
    assert problem.source == Source(text)
    assert 0 <= problem.span.start <= problem.span.end <= len(text)


# In a program these are right, or another mistake.
OTHERWISE_IN_PROGRAMS = {
    "x += 1",
    "x *= 2^n",
    "{x + 1} * 2",
    "if x > 0 then 1 else 2",
    "for i in range(3)",
    "sum(x for x in y)",
    "let y = 3",
}


@pytest.mark.parametrize(
    ("hint", "text"), [pytest.param(hint, text, id=text) for hint in HINTS for text in hint.examples]
)
def test_a_program_is_told_the_same_of_its_expressions(hint: Hint, text: str):
    problem = None if text in ("x += 1", "x *= 2^n") else refusal(text, "program")
    same = problem is not None and problem.hint == hint.examples[text]
    assert same == (text not in OTHERWISE_IN_PROGRAMS)


def test_the_table_is_about_every_refusal_that_has_a_hint():
    assert all(hint.examples for hint in PROGRAM_HINTS)
    texts = [text for hint in PROGRAM_HINTS for text in hint.examples if text != "{x + 1} * 2"]
    assert len(texts) == len(set(texts))


def unknown(sentence: str, own_text: str = "") -> list[str]:
    """What a sentence names that gradcli does not have: functions and commands, the user's own left out."""
    defined = re.findall(r"(\w+)\([\w, ]*\) = ", sentence)
    functions = [
        name
        for name in re.findall(r"([^\W\d]\w*)\(", sentence)
        if not (is_function(name) or name in ("range", "profile"))
        and name not in defined
        and not re.search(rf"\b{name}\b", own_text)
    ]
    return functions + [name for name in re.findall(r"gradcli (\w+)", sentence) if name not in COMMANDS]


@pytest.mark.parametrize("hint", PROGRAM_HINTS, ids=lambda hint: hint.recognise.__name__)
def test_a_hint_names_only_what_there_is(hint: Hint):
    assert unknown(f"{hint.message}; {hint.fix}") == []
    for text in hint.examples:
        problem = refusal(text, "program" if hint in OF_PROGRAMS else "expression")
        assert unknown(f"{problem.message}; {problem.hint}", text) == []


@pytest.mark.parametrize("sign", SIGNS)
def test_the_hint_of_a_sign_names_only_what_there_is(sign: str):
    assert unknown(refusal(sign).hint) == []


def test_what_a_hint_may_not_name_is_found():
    assert unknown("write superfactorial(5), sin(x) or gradcli dance", "5!") == ["superfactorial", "dance"]
    assert unknown("write f(x) = x^2, or g(x)", "g(2)") == []


@pytest.mark.parametrize(("number", "value"), [("0", 1), ("1", 1), ("5", 120), ("(2 + 2)", 24)])
def test_the_function_in_place_of_a_factorial_is_right(number: str, value: float):
    call = refusal(f"{number}!").hint.removeprefix("write ")
    assert Answers(call).value({}).result["value"] == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mean((x + 2)", "unexpected end of the expression: a ')' is missing"),
        ("f([1, 2", "unexpected end of the expression: a ']' and a ')' are missing"),
        ("((1", "unexpected end of the expression: 2 ')' are missing"),
        ("(f([((1", "unexpected end of the expression: 2 ')', a ']' and 2 ')' are missing"),
        ("[" * 9 + "(1", "unexpected end of the expression: a ')' and 9 ']' are missing"),
        ("1 +", "unexpected end of the expression: '+' needs a value on its right"),
        ("f(1 +", "unexpected end of the expression: '+' needs a value on its right, and a ')' is missing"),
        ("1 if x", "an 'else' is missing: a choice has two values"),
        ("x[...2]", "expected ',' or ']', not '2'"),
        ("x + . y", "expected a number, a name or '(', not '.'"),
        ("x not y", "expected an operator, ',' or the end of the expression, not 'not'"),
    ],
)
def test_sentences(text: str, message: str):
    assert refusal(text).message == message


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("1 + 2)", ")"),
        ("x + |y - 3| * 2", "|y - 3|"),
        ("a + 1/2x - b", "1/2x"),
        ("a + √x² - b", "√x²"),
        ("1 + x y", "x y"),
        ("2 * 1,000", "1,000"),
        ("x + 1* *2", "* *"),
    ],
)
def test_spans(text: str, marked: str):
    span = refusal(text).span
    assert text[span.start : span.end] == marked


@pytest.mark.parametrize("text", ["mean((x+2)*", "(1 + 2", "f(1, 2   # and a comment", "x.  "])
def test_an_unexpected_end_is_right_after_the_last_word(text: str):
    end = len(text.split("  ")[0])
    assert refusal(text).span[:2] == (end, end)


def outcome(text: str, language: str = "expression") -> Exception | None:
    try:
        parse(Source(text), language)
    except Exception as problem:
        return problem
    return None


@pytest.mark.parametrize("language", ["expression", "program"])
def test_nothing_is_left_without_a_sentence(language: str):
    rng = random.Random(11)
    texts = [
        mutated(rng, random_text(rng, rng.choice([3, 5, 10, 20]), language), language) for _ in range(3000)
    ]
    refused = [
        (text, problem) for text in texts if isinstance(problem := outcome(text, language), SyntaxProblem)
    ]
    assert len(refused) > 1000
    for text, problem in refused:
        own_words = re.sub(r"'.*'|U\+\w+", "", problem.message, flags=re.DOTALL)
        assert re.fullmatch(r"[a-z0-9 ,:(²³]*", own_words), problem.message
        assert 0 <= problem.span.start <= problem.span.end <= len(text)


@pytest.mark.parametrize("language", ["expression", "program"])
def test_nothing_but_its_own_errors_comes_of_noise(language: str):
    rng = random.Random(5)
    alphabet = "x12.,;:()[]{}'\"|!&$%?\\²³√½π×−<>=+-*/^@#~` \n\r\t_ei⁴\u0301\u200b\ufeff\x00"
    for _ in range(20_000):
        text = "".join(rng.choices(alphabet, k=rng.randrange(1, 12)))
        assert isinstance(outcome(text, language), SyntaxProblem | EmptyInputError | None), text


LONG = (
    "(" * 100_000,
    "+".join(["x"] * 50_000) + "+",
    "-" * 100_000,
    "x " * 50_000,
    ")" * 100_000,
    "f(" * 50_000 + "]",
    "(" * 50_000 + "1/2x",
    "|" * 100_000,
    "1" + ",000" * 25_000,
    "x" * 100_000 + "!",
    "$" * 100_000,
    "⁴" * 100_000,
    "[" * 50_000 + "1;",
    "√" * 50_000 + "x²",
    "x½" * 50_000,
    "-" * 50_000 + "2 x",
    "1/" * 50_000 + "-" * 50_000 + "2x",
)


LONG_PROGRAMS = (
    *LONG,
    "while x { " * 50_000,
    "}" * 100_000,
    "x = {" * 50_000,
    "if x { } else " * 30_000 + ":",
)


@pytest.mark.parametrize(
    ("text", "language"),
    [*[(text, "expression") for text in LONG], *[(text, "program") for text in LONG_PROGRAMS]],
    ids=lambda text: text[:4],
)
def test_a_long_wrong_text_gets_a_short_sentence(text: str, language: str):
    problem = refusal(text, language)
    assert len(problem.message) < 200
    assert len(problem.hint) < 200
