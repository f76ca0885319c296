"""Whatever is typed, gradcli answers with a result or with a sentence, and one of its exit codes."""

import os
import random

import pytest
from calling import call, shell

from gradcli.language.names import function_names

PIECES = [
    *"xyAb012.-+*/^%@()[],;=<>:#'\"\\|&!?$~{}\n\t\0",
    *(
        "**",
        "//",
        "==",
        "...",
        ".T",
        "axis=0",
        "keepdims=true",
        "²",
        "√",
        "θ",
        "×",
        "−",
        "∞",
        "\ud800",
        "\u202e",
    ),
    *(
        "1e308",
        "1e-320",
        "1e",
        "0x1F",
        "1_000",
        "1..2",
        "if",
        "else",
        "and",
        "not",
        "true",
        "None",
        "nan",
        "inf",
    ),
    *(
        "f(a)=a;",
        "diff(",
        "grad(",
        "zeros(",
        "[1,2,3]",
        "[[1,2],[3,4]]",
        "x>0",
        "(2,2)",
        "None",
        "\ufeff",
        "\u200b",
    ),
]
GIVEN = [[], ["x=1,2,3", "y=2", "A=[[1,2],[3,4]]", "b=1,2"], ["x=3", "y=2", "A=[[2,1],[1,3]]", "b=1,2"]]


def scrambled(dice):
    return "".join(dice.choices(PIECES, k=dice.randint(1, 12)))


def bytes_of_any_kind(dice):
    return dice.randbytes(dice.randint(1, 20)).decode("utf-8", "surrogateescape")


def calls_of_anything(dice, depth=2):
    if depth == 0 or dice.random() < 0.3:
        return dice.choice(
            ["x", "y", "A", "b", "2", "-0.5", "[1,2]", "[]", "nan", "x>0", "A[0]", "None", "(2,2)", "1e9"]
        )
    arguments = [calls_of_anything(dice, depth - 1) for _ in range(dice.choice([1, 1, 2, 3]))]
    if dice.random() < 0.2:
        arguments.append(dice.choice(["axis=0", "axis=-1", "axis=(0,1)", "keepdims=true", "n=2"]))
    return f"{dice.choice(function_names())}({', '.join(arguments)})"


@pytest.mark.parametrize(
    "make", [scrambled, bytes_of_any_kind, calls_of_anything], ids=lambda make: make.__name__
)
@pytest.mark.parametrize("seed", range(5))
def test_fuzzed_words_end_in_a_sentence(make, seed):
    dice = random.Random(f"{make.__name__} {seed}")
    for _ in range(30):
        command = dice.choice(["eval", "grad", "jacobian", "graph", "parse"])
        arguments = [command, "--", make(dice), *dice.choice([*GIVEN, [f"x={make(dice)}"], [make(dice)]])]
        called = call(*arguments)
        assert called.code in (0, 2, 3, 4, 5), arguments
        assert "Traceback" not in called.err
        assert "Warning" not in called.err, arguments
        assert (called.code == 0) or (called.out == "" and called.err.startswith(("error: ", "warning: "))), (
            arguments
        )
        assert "itself failed" not in called.err, arguments


DEEP = 20_000
EXTREMES = {
    "brackets": ("(" * DEEP + "1" + ")" * DEEP, "1"),
    "signs": ("-" * (2 * DEEP) + "1", "1"),
    "powers": ("^".join(["1"] * DEEP), "1"),
    "terms": ("+".join(["1"] * DEEP), str(DEEP)),
    "lines": ("\n".join(["x = 1"] * DEEP), "1"),
    "a long name": ("n" * 100_000 + "= 2; " + "n" * 100_000, "2"),
    "a long comment": ("1 #" + "x" * 1_000_000, "1"),
    "digits": ("0." + "3" * 100_000, "0.3333333333333333"),
    "nested calls": ("abs(" * 5000 + "-1" + ")" * 5000, "1"),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_size_alone_is_no_error(name):
    text, value = EXTREMES[name]
    called = call("eval", "-f", "-", stdin=text)
    assert (called.code, called.out) == (0, value + "\n")


@pytest.mark.parametrize(
    "text",
    [
        "(" * DEEP,
        ")" * DEEP,
        "[" * DEEP,
        "x" * 1_000_000,
        "1 " * DEEP,
        "+" * DEEP,
        "f(" * DEEP,
        "'" * DEEP,
    ],
    ids=lambda text: text[:2].strip() + str(len(text)),
)
def test_a_long_wrong_text_is_a_short_report(text):
    called = call("eval", "-f", "-", stdin=text)
    assert called.code == 3
    assert max(map(len, called.err.split("\n")[1:])) <= 420
    assert len(called.err.split("\n")) < 12


@pytest.mark.parametrize(
    "path", ["/dev/null", "/", ".", "", "\0", "nosuch\udcff", "x" * 5000, "/dev/full"], ids=ascii
)
def test_a_path_that_holds_no_value(path):
    for arguments in (["x", f"x=@{path}"], ["x", "--vars", path]):
        called = call("eval", *arguments)
        assert called.code == 2
        assert called.err.startswith("error: ")
        assert "itself failed" not in called.err


@pytest.mark.parametrize("path", ["/", ".", "\0", "nosuch\udcff", "x" * 5000], ids=ascii)
def test_a_path_that_holds_no_expression(path):
    for option in ([], ["--lines"]):
        called = call("eval", "-f", path, *option)
        assert (called.code, called.out) == (2, "")
        assert called.err.startswith("error: ")
        assert "itself failed" not in called.err


ENDLESS = pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="there is no file without end")


@ENDLESS
@pytest.mark.parametrize(
    "command",
    [
        "eval -f /dev/zero",
        "eval -f - < /dev/zero",
        "eval --lines < /dev/zero",
        "eval --lines -f /dev/zero",
        "eval x x=@- < /dev/zero",
        "eval x --vars <(cat /dev/zero)",
    ],
)
def test_zero_bytes_without_end_are_refused(command):
    called = shell(f"gradcli {command}")
    assert (called.code, called.out) == (2, "")
    assert "it is no text: there are zero bytes in it\n" in called.err


@ENDLESS
@pytest.mark.parametrize("option", ["-f -", "--lines"])
def test_letters_without_end_are_refused(option):
    # A limit of the shell's, so that the test is quick.
    called = shell(f"ulimit -v 1000000; tr '\\0' x < /dev/zero | gradcli eval {option}")
    assert (called.code, called.out) == (2, "")
    assert "is longer than memory has room for: 64000000 bytes and more\n" in called.err


def test_the_number_of_a_vector_has_no_end():
    called = call("grad", "x", "x=1", "--vector", "1" * 5000 + "=1")
    assert called.code == 3
    assert called.err.startswith("error: the left side of '='")
