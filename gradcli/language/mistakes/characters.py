"""Mistakes: characters that begin no word of the language."""

from __future__ import annotations

import unicodedata

from gradcli.language.failure import Failure, bracketed
from gradcli.language.mistakes.hint import Fields, Hint

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
ELSEWHERE = {
    "&&": "and",
    "||": "or",
    "&": "and",
    "|": "or",
    "∧": "and",
    "∨": "or",
    "!": "not",
    "~": "not",
    "¬": "not",
}
LOOKALIKES = {"–": "-", "—": "-", "∗": "*", "⋅": "*", "∙": "*", "•": "*", "∕": "/", "⁄": "/"}
SIGNS = {"∑": "sum(x)", "∏": "prod(x)", "∂": "diff(f, x)", "∇": "grad(f, x)", "∆": "trace(hessian(f, x))"}
QUOTES = {"'": "'", "“": "”", "”": "”", "„": "“", "‘": "’", "’": "’", "`": "`", "«": "»"}


def bars(f: Failure) -> Fields:
    """``|x|``, and ``||x||`` for a norm."""
    if f.word() != "|" or not f.wants_operand:
        return None
    bar, name = ("||", "norm") if f.text.startswith("||", f.start) else ("|", "abs")
    inside = f.start + len(bar)
    closing = f.text.find(bar, inside)
    if closing < 0:
        return {"name": name, "inside": "..."}
    return {"name": name, "inside": f.shown(inside, closing), "span": (f.start, closing + len(bar))}


def factorial(f: Failure) -> Fields:
    """``5!``."""
    return {"argument": bracketed(f.left("POWER"))} if f.word() == "!" and f.ended_operand else None


def logic(f: Failure) -> Fields:
    """``&&``, ``||`` and ``!`` of C, ``~`` of NumPy, and the signs of logicians."""
    two = f.text[f.start : f.start + 2]
    found = two if two in ELSEWHERE else f.word()
    if f.kind() != "unknown" or found not in ELSEWHERE:
        return None
    if (ELSEWHERE[found] == "not") != f.wants_operand:
        return None
    return {"found": found, "word": ELSEWHERE[found], "span": (f.start, f.start + len(found))}


def tilde(f: Failure) -> Fields:
    """``y ~ a*x + b``."""
    return {} if f.word() == "~" else None


def prime(f: Failure) -> Fields:
    """``f'(x)``, a derivative."""
    if f.word() != "'" or not f.touches() or f.kind(1) != "LPAR" or f.kind(-1) != "NAME":
        return None
    argument = f.right(1)
    return {"call": f.word(-1) + argument, "argument": argument[1:-1] if argument != "..." else "x"}


def transpose(f: Failure) -> Fields:
    """``A'``, and ``A.'``."""
    if f.word() not in ("'", "’") or not f.touches():
        return None
    if f.ended_operand:
        return {"left": f.left("POWER")}
    return {"left": f.before(-1).left("POWER")} if f.kind(-1) == "DOT" else None


def quoted(f: Failure) -> Fields:
    """``'text'`` and typographic quotes."""
    if f.kind() != "unknown" or f.word() not in QUOTES:
        return None
    closing = f.text.find(QUOTES[f.word()], f.end)
    if closing < 0:
        return {"inside": "..."}
    return {"inside": f.shown(f.end, closing), "span": (f.start, closing + 1)}


def unclosed_text(f: Failure) -> Fields:
    """``"text`` to the end of the line."""
    return {} if f.word() == '"' else None


def braces(f: Failure) -> Fields:
    """``{`` and ``}``."""
    return {"found": f.word()} if f.kind() == "unknown" and f.word() in "{}" else None


def prefixed(f: Failure) -> Fields:
    r"""``$x`` of the shell, ``\sin`` of LaTeX."""
    if f.word() not in ("$", "\\") or f.kind(1) != "NAME" or not f.touches(1):
        return None
    return {"found": f.word(), "name": f.word(1), "span": (f.start, f.start + 1 + len(f.word(1)))}


def question(f: Failure) -> Fields:
    """``c ? a : b``."""
    return {} if f.word() == "?" else None


def superscript(f: Failure) -> Fields:
    """``x⁴``, ``x⁻¹``, ``x¹²``: only ² and ³ are in the language."""
    if f.kind() != "unknown" or ord(f.word()[0]) not in SUPERSCRIPTS:
        return None
    start, end = f.start, f.end
    while start and f.text[start - 1].translate(SUPERSCRIPTS) != f.text[start - 1]:
        start -= 1
    while f.text[end : end + 1].translate(SUPERSCRIPTS) != f.text[end : end + 1]:
        end += 1
    offset = -1 if start < f.start else 0
    left = f.before(offset)
    if not left.ended_operand:
        return None
    return {"left": left.left(), "power": f.text[start:end].translate(SUPERSCRIPTS), "span": (start, end)}


def sign(f: Failure) -> Fields:
    """``∑``, ``∂`` and their like, which are functions here."""
    return {"found": f.word(), "call": SIGNS[f.word()]} if f.word() in SIGNS else None


def lookalike(f: Failure) -> Fields:
    """A character that only looks like one of the language, or stands for several: ``–``, ``（``, ``½``."""
    if f.kind() != "unknown" or len(f.word()) > 1:
        return None
    plain = LOOKALIKES.get(f.word()) or unicodedata.normalize("NFKC", f.word()).replace("⁄", "/")
    if plain == f.word() or not plain.isascii() or not plain.isprintable() or not plain.strip():
        return None
    return {"found": f.word(), "plain": plain}


def no_name(f: Failure) -> Fields:
    """``x½``: digits of a kind that no name has."""
    return {"found": f.shown(f.start, f.end)} if f.kind() == "unknown" and len(f.word()) > 1 else None


def stranger(f: Failure) -> Fields:
    """Any other character."""
    if f.kind() != "unknown":
        return None
    word = f.word()
    if word.isprintable() and not word.isspace() and not unicodedata.combining(word):
        return {"found": f"'{word}'"}
    return {"found": f"the invisible character U+{ord(word):04X}"}


HINTS = (
    Hint(
        bars,
        "bars are not part of the language",
        "write {name}({inside})",
        {
            "|x|": "write abs(x)",
            "2 + |x - 3|^2": "write abs(x - 3)",
            "||x||": "write norm(x)",
            "|x": "write abs(...)",
        },
    ),
    Hint(
        factorial,
        "'!' is not an operator of the language",
        "write factorial{argument}",
        {
            "5!": "write factorial(5)",
            "2 * (n + 1)!": "write factorial(n + 1)",
        },
    ),
    Hint(
        logic,
        "'{found}' is not an operator of the language",
        "write {word}",
        {
            "x > 0 && y > 0": "write and",
            "a || b": "write or",
            "a & b": "write and",
            "a | b": "write or",
            "!x": "write not",
            "~(a or b)": "write not",
            "a ∧ ¬b": "write and",
        },
    ),
    Hint(
        tilde,
        "'~' belongs to a model, and this is an expression",
        "write == to compare",
        {"y ~ a*x + b": "write == to compare"},
    ),
    Hint(
        prime,
        "a prime is not a derivative here",
        "write diff({call}, {argument})",
        {"f'(x)": "write diff(f(x), x)"},
    ),
    Hint(
        transpose,
        "a quote is not a transpose here",
        "write {left}.T",
        {"A'": "write A.T", "A' @ b": "write A.T", "(A + B)'": "write (A + B).T", "A.'": "write A.T"},
    ),
    Hint(
        quoted,
        "text stands between double quotes",
        'write "{inside}"',
        {"einsum('ij->i', A)": 'write "ij->i"', "einsum(“i->”, x)": 'write "i->"', "f('a": 'write "..."'},
    ),
    Hint(
        unclosed_text,
        "this text is never closed",
        "add a '\"' at its end",
        {'einsum("ij->i, A)': "add a '\"' at its end"},
    ),
    Hint(
        braces,
        "'{found}' has no meaning in an expression",
        "write ( and ) to group, [ and ] for an array",
        {"{x + 1} * 2": "write ( and ) to group, [ and ] for an array"},
    ),
    Hint(
        prefixed,
        "'{found}' is not part of a name",
        "write {name}",
        {"$x + 1": "write x", r"\sin(x)": "write sin"},
    ),
    Hint(
        question,
        "'?' is not an operator of the language",
        "write A if CONDITION else B, or where(CONDITION, A, B)",
        {"x > 0 ? 1 : 2": "write A if CONDITION else B, or where(CONDITION, A, B)"},
    ),
    Hint(
        superscript,
        "only ² and ³ are read as powers",
        "write {left}^{power}",
        {
            "x⁴": "write x^4",
            "2 * (x + 1)⁻¹": "write (x + 1)^-1",
            "x¹² + 1": "write x^12",
            "x²⁴": "write x^24",
        },
    ),
    Hint(
        sign,
        "'{found}' is not a character of the language",
        "write a function, such as {call}",
        {"∑x": "write a function, such as sum(x)", "∂f": "write a function, such as diff(f, x)"},
    ),
    Hint(
        lookalike,
        "'{found}' is not a character of the language",
        "write {plain}",
        {"3 – 2": "write -", "（x)": "write (", "½": "write 1/2", "x ⋅ y": "write *", "x[…]": "write ..."},
    ),
    Hint(
        no_name,
        "'{found}' is not a name",
        "use letters, digits and _ alone",
        {"x½ + 1": "use letters, digits and _ alone"},
    ),
    Hint(
        stranger,
        "{found} is not a character of the language",
        "remove it",
        {"x € 2": "remove it", "x\u200b + 1": "remove it", "☃": "remove it"},
    ),
)
