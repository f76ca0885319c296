"""Mistakes of programs: blocks and their braces."""

from __future__ import annotations

from gradcli.language.failure import BLOCKS, SEPARATORS, Failure
from gradcli.language.mistakes.hint import Fields, Hint
from gradcli.language.mistakes.neighbours import FOREIGN

THEN = ("then", "do", "begin")
FORMS = {
    "FOR": "for i in range(10) { ... }",
    "WHILE": "while x < 10 { ... }",
    "IF": "if x < 10 { ... }",
    "ELSE": "} else { ... }",
    "WITH": "with no_grad { ... }",
}


def unclosed_bracket(f: Failure) -> Fields:
    """``if f(x {``, and a bracket left open on a line before a block."""
    if f.kind() not in ("LBRACE", "RBRACE", *BLOCKS, "ASSERT") or not f.open_brackets or f.wants_operand:
        return None
    if "BRACE" not in f.kind() and not f.after_line_end:
        return None
    where = "where the line ends" if f.after_line_end else f"before the '{f.word()}'"
    return {**f.missing, "where": where, "span": f.last_end}


def elif_(f: Failure) -> Fields:
    """``} elif x {``."""
    for offset in (0, -1):
        if f.kind(offset) == "NAME" and f.word(offset) in ("elif", "elsif", "elseif"):
            return {"word": f.word(offset), "span": f.words[f.index + offset][1:]}
    return None


def else_on_its_own_line(f: Failure) -> Fields:
    """``else`` on the line below its ``}``."""
    if f.kind() != "ELSE" or f.kind(-1) not in ("_NEWLINE", "_SEMICOLON"):
        return None
    offset = -1
    while f.kind(offset) in ("_NEWLINE", "_SEMICOLON"):
        offset -= 1
    return {} if f.kind(offset) == "RBRACE" else None


def else_without_if(f: Failure) -> Fields:
    """``else`` that follows no ``if`` and its block."""
    starts = f.kind(-1) in ("", "_NEWLINE", "_SEMICOLON", "LBRACE", "RBRACE")
    return {} if f.kind() == "ELSE" and starts else None


def colon(f: Failure) -> Fields:
    """``if x > 0:``."""
    if f.kind() != "COLON" or f.open_brackets or not _is_header(f) or f.kind(1) == "EQUAL":
        return None
    return {"form": FORMS["ELSE" if f.kind(-1) == "ELSE" else f.opening_word]}


def then(f: Failure) -> Fields:
    """``if x > 0 then``, ``while x do``."""
    if f.word() not in THEN or f.opening_word not in BLOCKS or f.open_brackets or f.wants_operand:
        return None
    return {"word": f.word(), "form": FORMS[f.opening_word]}


def no_block(f: Failure) -> Fields:
    """``if x > 0`` and the end of the line, or a statement on it."""
    if not _is_header(f) or f.open_brackets or not f.accepts("LBRACE") or f.kind() == "LBRACE":
        return None
    if f.side_by_side and f.word() in FOREIGN:
        return None
    if f.kind() in SEPARATORS or f.kind(-1) == "ELSE" or f.side_by_side:
        word = "else" if f.kind(-1) == "ELSE" else f.text[slice(*f.words[f.statement_start()][1:])]
        return {"word": word, "form": FORMS[word.upper()], "span": f.last_end}
    return None


def no_condition(f: Failure) -> Fields:
    """``while {``."""
    if f.kind() != "LBRACE" or f.kind(-1) not in (*BLOCKS, "IN") or f.open_brackets:
        return None
    word = "FOR" if f.kind(-1) == "IN" else f.kind(-1)
    return {"word": f.word(-1), "form": FORMS[word]}


def no_in(f: Failure) -> Fields:
    """``for i = 1:10``, ``for x of y``, ``for i range(3)``."""
    if f.opening_word != "FOR" or not f.accepts("IN"):
        return None
    return {"name": f.word(-1)}


def loop_brackets(f: Failure) -> Fields:
    """``for (i = 0; ...``."""
    return {} if f.kind(-1) == "FOR" and f.kind() == "LPAR" else None


def named_context(f: Failure) -> Fields:
    """``with profile() as p {``."""
    if f.opening_word != "WITH" or f.word() != "as" or f.kind(1) != "NAME":
        return None
    made = f.shown(f.words[f.statement_start() + 1][1], f.words[f.index - 1][2])
    return {"name": f.word(1), "made": made}


def stray_block(f: Failure) -> Fields:
    """``x = {1}``, ``f(x) {``."""
    return {} if f.kind() == "LBRACE" else None


def unclosed_block(f: Failure) -> Fields:
    """A ``{`` and the end of the program."""
    if f.kind() != "$END" or not f.open_braces or f.open_brackets or not f.accepts("RBRACE"):
        return None
    _, start, end = f.words[f.open_braces[-1]]
    return {"span": (start, end)}


def stray_brace(f: Failure) -> Fields:
    """``x = 1 }``."""
    return {} if f.kind() == "RBRACE" and not f.open_braces and not f.open_brackets else None


def statement_after_block(f: Failure) -> Fields:
    """``if x { y = 1 } z = 2``."""
    if f.kind(-1) != "RBRACE" or f.kind() in ("$END", "ELSE"):
        return None
    return {"found": f.shown(f.start, f.end)}


def _is_header(f: Failure) -> bool:
    """Whether the statement so far is what stands before a block."""
    return (f.kind(-1) == "ELSE" and not f.wants_operand) or f.opening_word in BLOCKS


HINTS = (
    Hint(
        unclosed_bracket,
        "{missing}",
        "add {closing} {where}",
        {
            "if f(x { y = 1 }": "add ')' before the '{'",
            "y = (x + 2\nfor i in x { }": "add ')' where the line ends",
            "if x { y = f(2 }": "add ')' before the '}'",
        },
    ),
    Hint(
        elif_,
        "'{word}' is not a word of the language",
        "write }} else if CONDITION {{ on one line",
        {
            "if x { y = 1 } elif z { y = 2 }": "write } else if CONDITION { on one line",
            "if x { y = 1 }\nelif z { y = 2 }": "write } else if CONDITION { on one line",
        },
    ),
    Hint(
        else_on_its_own_line,
        "'else' stands on the line of its '}}'",
        "write }} else {{",
        {"if x { y = 1 }\nelse { y = 2 }": "write } else {", "if x { y = 1 }; else { }": "write } else {"},
    ),
    Hint(
        else_without_if,
        "there is no 'if' before this 'else'",
        "write if CONDITION {{ ... }} else {{ ... }}",
        {"else { x = 1 }": "write if CONDITION { ... } else { ... }"},
    ),
    Hint(
        colon,
        "a block stands in braces, not behind a ':'",
        "write {form}",
        {
            "if x > 0:\n    y = 1": "write if x < 10 { ... }",
            "for i in range(3):\n    y = 1": "write for i in range(10) { ... }",
            "with no_grad():\n    y = 1": "write with no_grad { ... }",
            "if x { y = 1 } else: y = 2": "write } else { ... }",
        },
    ),
    Hint(
        then,
        "'{word}' is not a word of the language",
        "write {form}",
        {"if x > 0 then y = 1": "write if x < 10 { ... }", "while x do": "write while x < 10 { ... }"},
    ),
    Hint(
        named_context,
        "'as' is not a word of the language",
        "give it its name first: {name} = {made}; with {name} {{ ... }}",
        {"with profile() as p { y = 1 }": "give it its name first: p = profile(); with p { ... }"},
    ),
    Hint(
        loop_brackets,
        "the names of a 'for' stand without brackets",
        "write for i in range(10) {{ ... }}",
        {"for (i = 0; i < 3; i += 1) { }": "write for i in range(10) { ... }"},
    ),
    Hint(
        no_in,
        "an 'in' is missing",
        "write for {name} in range(10) {{ ... }}",
        {
            "for i = 1:10 { }": "write for i in range(10) { ... }",
            "for x of y { }": "write for x in range(10) { ... }",
        },
    ),
    Hint(
        no_condition,
        "a value is missing after '{word}'",
        "write {form}",
        {
            "while { x += 1 }": "write while x < 10 { ... }",
            "for i in { }": "write for i in range(10) { ... }",
        },
    ),
    Hint(
        no_block,
        "a block is missing after this '{word}': it opens with '{{' on the same line",
        "write {form}",
        {
            "if x > 0\n    y = 1": "write if x < 10 { ... }",
            "if x\n{ y = 1 }": "write if x < 10 { ... }",
            "if x { y = 1 } else y = 2": "write } else { ... }",
            "while x < 3 y += 1": "write while x < 10 { ... }",
        },
    ),
    Hint(
        statement_after_block,
        "a new statement begins with '{found}'",
        "write a ';' or a new line before it",
        {"if x { y = 1 } z = 2": "write a ';' or a new line before it"},
    ),
    Hint(
        stray_block,
        "a block belongs to for, while, if, else or with",
        "write ( and ) to group, [ and ] for an array; a function is one expression: f(x) = x^2",
        dict.fromkeys(
            ("x = {1, 2}", "f(x) { x^2 }", "{x + 1} * 2"),
            "write ( and ) to group, [ and ] for an array; a function is one expression: f(x) = x^2",
        ),
    ),
    Hint(
        unclosed_block,
        "this block is never closed",
        "add a '}}' where it ends",
        {
            "for i in x {\n y = 1\n": "add a '}' where it ends",
            "for i in x { if y { z = 1": "add a '}' where it ends",
        },
    ),
    Hint(
        stray_brace,
        "this '}}' closes nothing",
        "remove it, or open a block before it",
        {"x = 1 }": "remove it, or open a block before it"},
    ),
)
