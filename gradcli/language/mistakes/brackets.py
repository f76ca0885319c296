"""Mistakes: lists, arguments and brackets, open or closed in the wrong place."""

from __future__ import annotations

from gradcli.language.failure import BRACKETS, CLOSERS, DANGLING, SEPARATORS, Failure
from gradcli.language.mistakes.hint import Fields, Hint


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
    return {**f.missing, "span": f.last_end}


def unfinished(f: Failure) -> Fields:
    """``1 +``, and ``(1 +``."""
    if f.kind() not in SEPARATORS or not f.wants_operand or f.kind(-1) not in DANGLING:
        return None
    more = f", and {f.missing['missing']}" if f.open_brackets else ""
    fix = f" and '{f.closing[:20]}'" if f.open_brackets else ""
    where = "expression" if f.kind() == "$END" and not f.is_program else "statement"
    return {"where": where, "operator": f.word(-1), "more": more, "fix": fix, "span": f.last_end}


def no_member(f: Failure) -> Fields:
    """``x.``."""
    return {"span": f.last_end} if f.kind(-1) == "DOT" and f.kind() in CLOSERS else None


def stray(f: Failure) -> Fields:
    """``1 + 2)``."""
    if f.kind() not in ("RPAR", "RSQB") or f.open_brackets:
        return None
    return {"found": f.word(), "opener": BRACKETS[f.kind()]}


def mismatched(f: Failure) -> Fields:
    """``(1 + 2]``."""
    if f.kind() not in ("RPAR", "RSQB") or f.kind() == f.closer or not f.ended_operand:
        return None
    return {"found": f.word(), "opener": f.text[f.words[f.open_brackets[-1]][1]], "word": f.closing[0]}


def closed_too_early(f: Failure) -> Fields:
    """``(1 +)``."""
    if f.kind() not in (*CLOSERS, "COLON", "LBRACE") or not f.wants_operand or f.kind(-1) not in DANGLING:
        return None
    return {"operator": f.word(-1), "found": f.word()}


HINTS = (
    Hint(
        rows,
        "a ';' does not separate rows",
        "rows are nested lists: write {rows}",
        {
            "[1,2;3,4]": "rows are nested lists: write [[1,2], [3,4]]",
            "det([a, b; c, d])": "rows are nested lists: write [[a, b], [c, d]]",
            "[x[0]; y": "rows are nested lists: write [[1, 2], [3, 4]]",
        },
    ),
    Hint(
        separator_in_brackets,
        "a ';' separates statements, and cannot stand in brackets",
        "write a ',' between values",
        {"f(a; b)": "write a ',' between values"},
    ),
    Hint(
        empty_piece,
        "a value is missing before this ','",
        "write the value, or remove the ','",
        {
            "f(,)": "write the value, or remove the ','",
            "[1,,2]": "write the value, or remove the ','",
            ", 2": "write the value, or remove the ','",
            "x; , y": "write the value, or remove the ','",
        },
    ),
    Hint(
        empty_index,
        "an index is missing between the brackets",
        "write x[0] for the first element, x[:] for all",
        {"x[]": "write x[0] for the first element, x[:] for all"},
    ),
    Hint(
        unclosed,
        "unexpected end of the expression: {missing}",
        "add {closing} at the end",
        {
            "mean((x + 2)": "add ')' at the end",
            "f([1, 2": "add '])' at the end",
            "f(": "add ')' at the end",
            "x[": "add ']' at the end",
            "((((1": "add '))))' at the end",
        },
    ),
    Hint(
        unfinished,
        "unexpected end of the {where}: '{operator}' needs a value on its right{more}",
        "add the value{fix}",
        {
            "1 +": "add the value",
            "mean((x+2)*": "add the value and ')'",
            "x = 2 -\nx": "add the value",
            "1 and not": "add the value",
            "f(a if": "add the value and ')'",
        },
    ),
    Hint(
        no_member,
        "a name is missing after '.'",
        "write it, as in x.T",
        {"x.": "write it, as in x.T", "f(x., 2)": "write it, as in x.T"},
    ),
    Hint(
        stray,
        "this '{found}' closes nothing",
        "remove it, or open it with '{opener}'",
        {"1+2)": "remove it, or open it with '('", "x]": "remove it, or open it with '['"},
    ),
    Hint(
        mismatched,
        "this '{found}' cannot close the '{opener}' before it",
        "write '{word}'",
        {"(1 + 2]": "write ')'", "f([1, 2)": "write ']'"},
    ),
    Hint(
        closed_too_early,
        "'{operator}' needs a value on its right",
        "write it before the '{found}'",
        {"(1 +)": "write it before the ')'", "f(2 *, 3)": "write it before the ','"},
    ),
)
