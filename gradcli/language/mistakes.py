"""Recognisers for words in the wrong place; ``hints.py`` holds what is said about them.

Each takes a failure and gives the fields of its message and hint, or None for "not this one". They are asked in the
order of the table there, so that each may rely on the ones before it having said no.
"""

from __future__ import annotations

import re

from .characters import Fields
from .failure import BINARY, BRACKETS, OPERANDS, Failure, bracketed

SUPERSCRIPT = {"SQUARED": "2", "CUBED": "3"}
KEYWORDS = ("IF", "ELSE", "AND", "OR", "NOT", "TRUE", "FALSE", "NONE")
SEPARATORS = ("$END", "_NEWLINE", "_SEMICOLON")
CLOSERS = ("RPAR", "RSQB", "COMMA", *SEPARATORS)
NUMBERS = ("NUMBER", "COEFFICIENT")
DANGLING = (*BINARY, "NOT", "ROOT", "COEFFICIENT", "IF", "ELSE")
"""What needs a value on its right."""


# Numbers


def two_points(f: Failure) -> Fields:
    """``1.2.3``."""
    if f.kind(-1) != "NUMBER" or f.kind() not in NUMBERS or not f.touches() or "." not in f.word(-1):
        return None
    return {"found": f.word(-1) + f.word()} if f.word().startswith(".") else None


def dotted_range(f: Failure) -> Fields:
    """``1..2``, ``a..b``, ``1...3``."""
    if f.kind(-1) == "DOT" and f.touches() and (f.kind() == "DOT" or f.word().startswith(".")):
        left = f.before(-1).left("POWER")
        right = f.right(1) if f.kind() == "DOT" else f.word().lstrip(".")
        return {"left": left, "right": right}
    if f.kind() == "ELLIPSIS" and f.ended_operand:
        return {"left": f.left("POWER"), "right": f.right(1)}
    return None


def thousands(f: Failure) -> Fields:
    """``1,000``, ``1 000``: groups of digits."""
    return _digits(f, r"(?<![\w.])\d{1,3}(?:[, ]\d{3})+(?!\w)")


def leading_zero(f: Failure) -> Fields:
    """``007``."""
    return _digits(f, r"(?<![\w.])0[0-9_]+(?:\.[0-9]*)?")


def _digits(f: Failure, pattern: str) -> Fields:
    """The stretch of digits like that in which the refused number stands."""
    if f.kind() not in NUMBERS or f.kind(-1) != "NUMBER":
        return None
    window = max(0, f.start - 60)
    for match in re.compile(pattern, re.ASCII).finditer(f.text, window, f.start + 60):
        if match.start() < f.start < match.end():
            number = re.sub("[ ,_]", "", match[0])
            plain = number.lstrip("0")
            plain = plain if plain[:1].isdigit() else "0" + plain
            return {"found": match[0], "number": number, "plain": plain, "span": match.span()}
    return None


# Powers, roots and coefficients


def root_of_power(f: Failure) -> Fields:
    """``√x²``, ``√x^2``."""
    if f.kind() not in ("SQUARED", "CUBED", "POWER") or not f.ended_operand or f.accepts(f.kind()):
        return None
    start = f.left_start("TIMES")
    operand = f.text.find("√", start)
    if operand < 0:
        return None
    while f.text[operand : operand + 1] in ("√", " "):
        operand += 1
    if f.kind() == "POWER":
        exponent, end = f.right(1), f.right_end(1)
    else:
        exponent, end = SUPERSCRIPT[f.kind()], f.end
    argument = f.shown(operand, f.words[f.index - 1][2])
    return {
        "argument": argument,
        "bracketed": bracketed(argument),
        "exponent": exponent,
        "span": (start, end),
    }


def root_of_coefficient(f: Failure) -> Fields:
    """``√2x``, ``√2 x``."""
    number = _multiplies(f)
    if number is None or number.kind(-1) != "ROOT":
        return None
    span = (number.words[number.index - 1][1], max(f.end, number.right_end(1, power=True)))
    return {"number": number.word(), "right": number.right(1, power=True), "span": span}


def root_of_sign(f: Failure) -> Fields:
    """``√-x``."""
    if f.kind(-1) != "ROOT" or f.kind() not in ("PLUS", "MINUS"):
        return None
    return {"sign": f.word(), "right": f.right(1)}


def power_of_superscript(f: Failure) -> Fields:
    """``x²^3``, ``x²³``."""
    if f.kind(-1) not in SUPERSCRIPT or f.kind() not in (*SUPERSCRIPT, "POWER"):
        return None
    left, first = f.before(-1), SUPERSCRIPT[f.kind(-1)]
    span = (left.left_start("POWER"), f.right_end(1) if f.kind() == "POWER" else f.end)
    if f.kind() != "POWER":
        second = SUPERSCRIPT[f.kind()]
        return {
            "left": left.left("POWER"),
            "first": first,
            "second": second,
            "other": first + second,
            "span": span,
        }
    second = f.right(1)
    return {
        "left": left.left("POWER"),
        "first": first,
        "second": second,
        "other": f"({first}^{second})",
        "span": span,
    }


def coefficient(f: Failure) -> Fields:
    """``1/2x``, ``2^3x``, ``1/2 x``."""
    number = _multiplies(f)
    if number is None:
        return None
    operator = number.before(number.operator_before())
    is_power = operator.kind() == "POWER"
    reach = "POWER" if is_power else "TIMES"
    sign = operator.shown(operator.end, number.start).strip() if operator.end < number.start else ""
    return {
        "left": operator.left(reach),
        "operator": operator.word(),
        "number": sign + number.word(),
        "right": number.right(1, power=not is_power),
        "span": (operator.left_start(reach), max(f.end, number.right_end(1, power=not is_power))),
    }


def _multiplies(f: Failure) -> Failure | None:
    """The number before a value that it multiplies, or seems to, where the grammar has no coefficient."""
    if f.kind() == "COEFFICIENT" and f.wants_operand:
        return f
    if f.kind(-1) == "NUMBER" and f.kind() in ("NAME", "LPAR", "ROOT") and f.ended_operand:
        number = f.before(-1)
        return None if number.accepts("COEFFICIENT") else number
    return None


# Operators


def dotted_operator(f: Failure) -> Fields:
    """``.*``, ``.^``."""
    return {"operator": f.word()} if f.kind(-1) == "DOT" and f.kind() in BINARY and f.touches() else None


def arrow(f: Failure) -> Fields:
    """``x -> x^2``."""
    return {"word": "->"} if f.kind(-1) in ("MINUS", "EQUAL") and f.word() == ">" and f.touches() else None


def misspelt_comparison(f: Failure) -> Fields:
    """``=>``, ``=<``, ``<>``, ``===``."""
    spellings = {"=<": "<=", "<>": "!=", "===": "==", "!==": "!=", "==<": "<="}
    found = f.word(-1) + f.word()
    if not f.touches() or found not in spellings:
        return None
    return {"found": found, "word": spellings[found], "span": (f.words[f.index - 1][1], f.end)}


def in_place(f: Failure) -> Fields:
    """``x += 1``."""
    if f.kind() != "EQUAL" or f.kind(-1) not in BINARY or not f.touches() or f.open_brackets:
        return None
    return {"operator": f.word(-1), "left": f.before(-1).left("TIMES"), "right": f.right(1, power=True)}


def percent(f: Failure) -> Fields:
    """``10%``."""
    if f.kind(-1) != "MODULO" or f.wants_operand is False or f.kind() not in (*CLOSERS, *BINARY):
        return None
    return {"left": f.before(-1).left("POWER")}


def lone_not(f: Failure) -> Fields:
    """``x + not y``."""
    if f.kind() != "NOT" or not f.wants_operand:
        return None
    return {"right": f.right(1)}


def doubled(f: Failure) -> Fields:
    """``1 + * 2``."""
    if (
        f.kind() not in (*BINARY, *SUPERSCRIPT)
        or f.kind(-1) not in (*BINARY, "NOT", "ROOT")
        or not f.wants_operand
    ):
        return None
    return {"first": f.word(-1), "second": f.word(), "span": (f.words[f.index - 1][1], f.end)}


def no_left_side(f: Failure) -> Fields:
    """``* 2``, ``(/ 2)``, ``= 3``."""
    if not f.wants_operand or f.kind() not in (*BINARY, *SUPERSCRIPT, "EQUAL"):
        return None
    return {"operator": f.word()}


# Names, keywords and the choice


def keyword_as_name(f: Failure) -> Fields:
    """``if = 3``, ``x + or``, ``x.if``."""
    if f.kind() not in KEYWORDS or not (f.wants_operand or f.kind(-1) == "DOT"):
        return None
    stands_alone = f.kind(1) in (*CLOSERS, *BINARY, "EQUAL", "DOT")
    return (
        {"word": f.word()}
        if stands_alone and f.kind() in KEYWORDS[:2] or f.kind(1) == "EQUAL" or (f.kind(-1) == "DOT")
        else None
    )


def keyword_given_a_value(f: Failure) -> Fields:
    """``f(true=3)``."""
    return {"word": f.word(-1)} if f.kind() == "EQUAL" and f.kind(-1) in KEYWORDS else None


def if_first(f: Failure) -> Fields:
    """``if x > 0 then 1``: the value stands first here."""
    return {} if f.kind() in ("IF", "ELSE") and f.wants_operand else None


def logic_without_value(f: Failure) -> Fields:
    """``and x``."""
    return {"operator": f.word()} if f.kind() in ("AND", "OR") and f.wants_operand else None


def no_else(f: Failure) -> Fields:
    """``a if c``."""
    return {} if f.kind() in (*CLOSERS, "IF", "EQUAL") and f.accepts("ELSE") else None


def else_without_if(f: Failure) -> Fields:
    """``a else b``."""
    return {} if f.kind() == "ELSE" and f.ended_operand else None


# Assignments


def chained(f: Failure) -> Fields:
    """``a = b = 3``."""
    if f.kind() != "EQUAL" or f.open_brackets or f.accepts("ELSE"):
        return None
    start = f.statement_start()
    equals = [i for i in range(start, f.index) if f.kind(i - f.index) == "EQUAL"]
    if not equals:
        return None
    outer = f.shown(f.words[start][1], f.words[equals[-1] - 1][2])
    inner = f.shown(f.words[equals[-1] + 1][1], f.words[f.index - 1][2])
    last = next(i for i in range(f.index, len(f.words)) if f.kind(i - f.index) in SEPARATORS)
    return {"outer": outer, "inner": inner, "right": f.shown(f.end, f.words[last - 1][2]).strip()}


def equal_for_comparison(f: Failure) -> Fields:
    """``(x = 3)``."""
    return {} if f.kind() == "EQUAL" and f.ended_operand else None


def no_right_side(f: Failure) -> Fields:
    """``x =``."""
    if f.kind(-1) != "EQUAL" or f.kind() not in CLOSERS:
        return None
    before = f.index - 2
    return {"left": f.shown(f.words[before][1], f.words[before][2]), "span": _end(f)}


def colon_equal(f: Failure) -> Fields:
    """``x := 3``."""
    return {} if f.kind() == "COLON" and f.kind(1) == "EQUAL" else None


def colon(f: Failure) -> Fields:
    """``1:3`` outside an index."""
    return {"word": f.word()} if f.kind() in ("COLON", "ELLIPSIS") and f.opener != "index" else None


# Lists, arguments and brackets


def rows(f: Failure) -> Fields:
    """``[1, 2; 3, 4]``."""
    if f.kind() != "_SEMICOLON" or not f.open_brackets or f.opener == "call":
        return None
    opening = f.open_brackets[-1]
    if f.words[opening][2] - f.words[opening][1] != 1 or f.text[f.words[opening][1]] != "[":
        return None
    start, closing, depth = (
        f.words[opening][2],
        f.text.find("]", f.end),
        f.text.find("[", f.words[opening][2]),
    )
    if closing < 0 or 0 <= depth < closing:
        return {"rows": "[[1, 2], [3, 4]]"}
    pieces = [piece.strip() for piece in f.text[start:closing].split(";") if piece.strip()]
    written = "[" + ", ".join(f"[{piece}]" for piece in pieces) + "]"
    return {"rows": written if len(written) < 60 and "\n" not in written else "[[1, 2], [3, 4]]"}


def separator_in_brackets(f: Failure) -> Fields:
    """``f(a; b)``."""
    return {} if f.kind() == "_SEMICOLON" and f.open_brackets else None


def empty_piece(f: Failure) -> Fields:
    """``f(,)``, ``[1,,2]``."""
    return {} if f.kind() == "COMMA" and f.wants_operand and f.kind(-1) not in DANGLING else None


def empty_index(f: Failure) -> Fields:
    """``x[]``."""
    return {} if f.kind() == "RSQB" and f.kind(-1) == "LSQB" else None


def unclosed(f: Failure) -> Fields:
    """``mean((x + 2)``."""
    if f.kind() != "$END" or not f.open_brackets or f.kind(-1) in (*DANGLING, "DOT", "EQUAL"):
        return None
    return {**_missing(f), "span": _end(f)}


def unfinished(f: Failure) -> Fields:
    """``1 +``, and ``(1 +``."""
    if f.kind() not in SEPARATORS or not f.wants_operand or f.kind(-1) not in DANGLING:
        return None
    more = f", and {_missing(f)['missing']}" if f.open_brackets else ""
    fix = f" and '{f.closing[:20]}'" if f.open_brackets else ""
    where = "expression" if f.kind() == "$END" else "statement"
    return {"where": where, "operator": f.word(-1), "more": more, "fix": fix, "span": _end(f)}


def no_member(f: Failure) -> Fields:
    """``x.``."""
    return {"span": _end(f)} if f.kind(-1) == "DOT" and f.kind() in CLOSERS else None


def stray(f: Failure) -> Fields:
    """``1 + 2)``."""
    if f.kind() not in ("RPAR", "RSQB") or f.open_brackets:
        return None
    return {"found": f.word(), "opener": BRACKETS[f.kind()]}


def mismatched(f: Failure) -> Fields:
    """``(1 + 2]``."""
    if f.kind() not in ("RPAR", "RSQB") or f.kind() == _closer(f) or not f.ended_operand:
        return None
    return {"found": f.word(), "opener": f.text[f.words[f.open_brackets[-1]][1]], "word": f.closing[0]}


def closed_too_early(f: Failure) -> Fields:
    """``(1 +)``."""
    if f.kind() not in (*CLOSERS, "COLON") or not f.wants_operand or f.kind(-1) not in DANGLING:
        return None
    return {"operator": f.word(-1), "found": f.word()}


def _closer(f: Failure) -> str:
    """The kind that closes the innermost bracket."""
    return "" if not f.open_brackets else "RPAR" if f.closing[0] == ")" else "RSQB"


def _missing(f: Failure) -> dict[str, str]:
    """The brackets that are missing, in the order in which they are due."""
    groups = [match[0] for match in re.finditer(r"\)+|\]+", f.closing)]
    counted = [f"a '{g[0]}'" if len(g) == 1 else f"{len(g)} '{g[0]}'" for g in groups[:4]]
    if len(groups) > 4:
        counted[3:] = ["more"]
    listed = counted[0] if len(counted) == 1 else ", ".join(counted[:-1]) + " and " + counted[-1]
    verb = "is" if len(f.closing) == 1 else "are"
    closing = f"'{f.closing}'" if len(f.closing) <= 20 else "them"
    return {"missing": f"{listed} {verb} missing", "closing": closing}


def _end(f: Failure) -> tuple[int, int]:
    """The place right after the word before."""
    end = f.words[f.index - 1][2] if f.index else 0
    return end, end


# Two values side by side


def _side_by_side(f: Failure) -> bool:
    return f.ended_operand and f.kind() in OPERANDS


def line_break(f: Failure) -> Fields:
    """A bracket left open, and the next line read on as part of it."""
    if not _side_by_side(f) or "\n" not in f.text[f.words[f.index - 1][2] : f.start]:
        return None
    return {**_missing(f), "span": _end(f)} if f.open_brackets else None


def program_word(f: Failure) -> Fields:
    """``for x in ...``: statements of programs."""
    if f.kind(-1) != "NAME" or f.word(-1) not in ("for", "while", "with", "assert") or not _side_by_side(f):
        return None
    return {"word": f.word(-1), "span": f.words[f.index - 1][1:]}


def definition(f: Failure) -> Fields:
    """``def f(x): ...``, ``lambda x: ...``, ``let x = 3``."""
    words = {
        "def": "f(x) = x^2",
        "lambda": "f(x) = x^2",
        "function": "f(x) = x^2",
        "let": "x = 3",
        "var": "x = 3",
    }
    if f.kind(-1) != "NAME" or f.word(-1) not in words or not _side_by_side(f):
        return None
    return {"word": f.word(-1), "written": words[f.word(-1)], "span": f.words[f.index - 1][1:]}


def member_number(f: Failure) -> Fields:
    """``x.2``."""
    if f.kind() != "NUMBER" or not f.word().startswith(".") or not f.touches() or not f.ended_operand:
        return None
    return {"left": f.left("POWER"), "number": f.word()[1:], "word": f.word()}


def spaced_coefficient(f: Failure) -> Fields:
    """``2 x``."""
    if (
        f.kind(-1) != "NUMBER"
        or f.touches()
        or f.kind() not in ("NAME", "LPAR", "ROOT")
        or not _side_by_side(f)
    ):
        return None
    return {
        "number": f.word(-1),
        "right": f.right(),
        **_between(f),
        "comma": _comma(f, f.word(-1), f.right()),
    }


def call_without_brackets(f: Failure) -> Fields:
    """``sin x``."""
    if (
        f.kind(-1) != "NAME"
        or f.kind() == "LPAR"
        or len(f.word(-1)) < 2
        or f.touches()
        or not _side_by_side(f)
    ):
        return None
    if f.kind(-2) == "DOT":
        return None
    right = f.right()
    comma = _comma(f, f.word(-1), right)
    return {"name": f.word(-1), "right": right, "bracketed": bracketed(right), **_between(f), "comma": comma}


def numbers_in_list(f: Failure) -> Fields:
    """``[1 2 3]``."""
    if (
        f.opener not in ("LSQB", "call")
        or f.kind() not in NUMBERS
        or f.kind(-1) != "NUMBER"
        or not f.ended_operand
    ):
        return None
    return {"left": f.word(-1), "right": f.word(), **_between(f)}


def side_by_side(f: Failure) -> Fields:
    """``x y``, ``(a)(b)``."""
    if not _side_by_side(f):
        return None
    left, right = f.left("POWER" if f.accepts("POWER") else "TIMES"), f.right()
    return {"left": left, "right": right, **_between(f), "comma": _comma(f, left, right)}


def _between(f: Failure) -> dict[str, tuple[int, int]]:
    """The span of two values side by side: the first one's end and the second one."""
    return {"span": (f.words[f.index - 1][1], max(f.end, f.right_end()))}


def _comma(f: Failure, left: str, right: str) -> str:
    """The third reading that two values have where several may stand."""
    return f", or {left}, {right} for two values" if f.opener in ("LSQB", "call") else ""
