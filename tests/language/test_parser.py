"""The parser against stock Lark on the same grammar, and on texts too deep for any recursion."""

from __future__ import annotations

import gc
import random
import time

import pytest
from grammar_texts import from_lark, mutated, random_text, stock_lark
from lark.exceptions import UnexpectedInput

from gradcli.errors import EmptyInputError, Source, SyntaxProblem
from gradcli.language.parser import parse
from gradcli.language.tables import FILES
from gradcli.language.tree import Token, Tree

MANY = 100_000
SIZES = (5, 5, 10, 20, 40, 80)


LANGUAGES = pytest.mark.parametrize("language", FILES)


def texts(count: int, seed: int, language: str) -> list[str]:
    rng = random.Random(seed)
    return [random_text(rng, rng.choice(SIZES), language) for _ in range(count)]


@LANGUAGES
def test_trees_and_positions_are_those_of_lark(language: str):
    for text in texts(2500, 2026, language):
        assert parse(Source(text), language) == from_lark(stock_lark(language).parse(text)), text


@LANGUAGES
def test_mutated_texts_get_the_verdict_of_lark(language: str):
    rng = random.Random(7)
    verdicts = {True: 0, False: 0}
    for text in texts(2500, 7, language):
        text = mutated(rng, text, language)
        try:
            expected = from_lark(stock_lark(language).parse(text))
        except UnexpectedInput:
            expected = None
        try:
            assert parse(Source(text), language) == expected, text
        except (SyntaxProblem, EmptyInputError):
            assert expected is None, text
        verdicts[expected is not None] += 1
    assert min(verdicts.values()) > 500


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        pytest.param("+".join(["x"] * MANY), MANY, id="terms"),
        pytest.param("(" * MANY + "x" + ")" * MANY, 1, id="brackets"),
        pytest.param("-" * MANY + "x", MANY, id="minus"),
        pytest.param("f(" * MANY + "x" + ")" * MANY, MANY, id="calls"),
        pytest.param("^".join(["x"] * MANY), MANY, id="powers"),
        pytest.param("x" + "[0]" * MANY, MANY, id="indices"),
        pytest.param("x" + ".T" * MANY, MANY, id="attributes"),
        pytest.param("x" + " if y else x" * (MANY // 2), MANY // 2, id="choices"),
    ],
)
def test_depth_is_no_limit(text: str, depth: int):
    started = time.perf_counter()
    tree = parse(Source(text))
    assert time.perf_counter() - started < 10  # about half a second; a slow machine is no failure
    assert _depth(tree) >= depth
    assert tree == parse(Source(text))
    assert tree != parse(Source(text.replace("x", "y", 1)))
    assert len(repr(tree)) < 100
    del tree
    gc.collect()


@pytest.mark.parametrize(
    "text",
    [
        "[" + ",".join(["1"] * MANY) + "]",
        "\n".join(["x = 1"] * MANY),
        "0" + " < 1" * MANY,
        "f(" + "x, " * MANY + ")",
    ],
    ids=["elements", "statements", "comparisons", "arguments"],
)
def test_width_is_no_limit(text: str):
    tree = parse(Source(text))
    assert max(len(tree.children), len(tree.children[0].children)) >= MANY


def _depth(tree: Tree) -> int:
    depth, level = 0, [tree]
    while level:
        level = [child for node in level for child in node.children if isinstance(child, Tree)]
        depth += 1
    return depth


def test_a_tree_spans_what_it_holds_and_an_operator_its_brackets():
    (sum_,) = parse(Source(" (x)+( y )")).children
    assert (sum_.start, sum_.end) == (1, 10)
    left, plus, right = sum_.children
    assert (left.start, left.end, right.start, right.end) == (2, 3, 7, 8)
    assert plus == Token("PLUS", "+", 4, 5)


@pytest.mark.parametrize(
    "text", ["", "  ", "# nothing", "\n\n", "\ufeff", "\ufeff \r\n# x\r\n", ";", " ; \n"]
)
def test_nothing_to_read(text: str):
    with pytest.raises(EmptyInputError):
        parse(Source(text))


def test_a_byte_order_mark_and_carriage_returns_are_spaces():
    tree = parse(Source("\ufeffx = 1\r\nx + 2\r\n"))
    assert [child.rule for child in tree.children] == ["assignment", "binary"]
    assert tree.children[0].start == 1


@pytest.mark.parametrize("text", ["(1 +\n2)", "[1,\n\n2]", "f(\nx\n)", "x[\n0\n]", "(1 # one\n + 2)"])
def test_lines_run_on_in_brackets(text: str):
    assert len(parse(Source(text)).children) == 1


def test_a_name_is_the_same_however_its_accent_was_typed():
    composed, decomposed = (parse(Source(text)).children[0] for text in ("é + 1", "e\u0301 + 1"))
    assert composed.children[0].children[0] == Token("NAME", "é", 0, 1)
    assert decomposed.children[0].children[0] == Token("NAME", "é", 0, 2)
    assert decomposed.children[1].start == 3


@pytest.mark.parametrize(
    "name", ["x", "_", "x_1", "θ", "Ж2", "变量", "x̂", "iff", "none", "True", "lambda", "in", "for"]
)
def test_names(name: str):
    assert parse(Source(name)).children[0].rule == "name"


@pytest.mark.parametrize("text", ["½", "x½", "①", "²", "x⁴", "x\u200b", "\x00", "\ud800", "👍"])
def test_what_is_no_name(text: str):
    with pytest.raises(SyntaxProblem):
        parse(Source(text))


@pytest.mark.parametrize(
    "number", ["0", "1", "2.5", ".5", "2.", "1e-3", "1E5", "1_000", "1_000.000_1e1_0", "0.5", "0e0"]
)
def test_numbers(number: str):
    assert parse(Source(number)).children[0].children == [Token("NUMBER", number, 0, len(number))]


@pytest.mark.parametrize("word", ["if", "else", "and", "or", "not"])
def test_reserved_words_are_no_names(word: str):
    with pytest.raises(SyntaxProblem):
        parse(Source(f"{word} * 1"))


def test_every_expression_that_uses_no_word_of_programs_is_a_program():
    for text in texts(1000, 3, "expression"):
        assert parse(Source(text), "program") == parse(Source(text)), text


@pytest.mark.parametrize("word", ["for", "in", "while", "with", "assert"])
def test_programs_reserve_words_of_their_own(word: str):
    assert parse(Source(f"{word} * 1")).children[0].rule == "binary"
    with pytest.raises(SyntaxProblem):
        parse(Source(f"{word} * 1"), "program")


@pytest.mark.parametrize(
    "text",
    [
        "if x { y = 1 }",
        "if x {\ny = 1\n}",
        "if x {\n\n y = 1; \n z = [1,\n2]\n ; }\n",
        "if x { } else { }",
        "if x {\n} else if y {\n} else {\n}",
        "for i in range(3) { for a, b in y { } }",
        "while not x { x[0] += 1 }",
        "with no_grad { a -= 0.1 * a.grad }",
        "with no_grad() {\n# nothing\n}",
        'assert x, "text"',
        "x.grad = None",
        "x[0, 1:] **= 2",
    ],
)
def test_a_statement_of_a_program_is_one(text: str):
    assert len(parse(Source(text), "program").children) == 1


def test_newlines_part_statements_in_braces_alone():
    (loop,) = parse(Source("for i in (a +\nb) {\n x = (1 +\n2)\n y = [3,\n4]\n}"), "program").children
    assert [part.rule for part in loop.parts] == ["name", "binary", "block"]
    assert [part.rule for part in loop.parts[2].parts] == ["assignment", "assignment"]


def test_an_else_belongs_to_the_block_before_it():
    (first,) = parse(Source("if a { } else if b { } else { c }"), "program").children
    name, _, second = first.parts
    assert name.word(0).text == "a"
    assert [part.rule for part in second.parts] == ["name", "block", "block"]


def test_blocks_may_be_as_deep_as_they_like():
    tree = parse(Source("while x { " * MANY + "}" * MANY), "program")
    assert _depth(tree) > MANY
