"""Mistakes: powers, roots and coefficients with two readings."""

from __future__ import annotations

from gradcli.language.failure import SUPERSCRIPT, Failure, bracketed
from gradcli.language.mistakes.hint import Fields, Hint


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


def power_of_function(f: Failure) -> Fields:
    """``sin^2(x)``, ``sin²(x)``."""
    if f.kind(-1) in SUPERSCRIPT and f.kind() == "LPAR":
        name, exponent, argument = -2, SUPERSCRIPT[f.kind(-1)], 0
    elif f.kind() == "COEFFICIENT" and f.kind(-1) == "POWER" and f.kind(1) == "LPAR":
        name, exponent, argument = -2, f.word(), 1
    else:
        return None
    if f.kind(name) != "NAME" or len(f.word(name)) < 2:
        return None
    return {
        "name": f.word(name),
        "exponent": exponent,
        "argument": f.right(argument),
        "span": (f.words[f.index + name][1], max(f.end, f.right_end(argument))),
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


HINTS = (
    Hint(
        root_of_power,
        "this has two readings",
        "write sqrt({argument}^{exponent}) or sqrt{bracketed}^{exponent}",
        {
            "√x²": "write sqrt(x^2) or sqrt(x)^2",
            "1 + √x^2": "write sqrt(x^2) or sqrt(x)^2",
            "√(x + 1)³": "write sqrt((x + 1)^3) or sqrt(x + 1)^3",
        },
    ),
    Hint(
        root_of_coefficient,
        "this has two readings",
        "write sqrt({number})*{right} or sqrt({number}*{right})",
        {
            "√2x": "write sqrt(2)*x or sqrt(2*x)",
            "√2 x": "write sqrt(2)*x or sqrt(2*x)",
            "1 - √2sin(x)": "write sqrt(2)*sin(x) or sqrt(2*sin(x))",
        },
    ),
    Hint(
        root_of_sign,
        "'√' takes the next name, number, call or bracket",
        "write sqrt({sign}{right})",
        {"√-x": "write sqrt(-x)"},
    ),
    Hint(
        power_of_superscript,
        "this has two readings",
        "write ({left}^{first})^{second} or {left}^{other}",
        {
            "x²^3": "write (x^2)^3 or x^(2^3)",
            "x²³": "write (x^2)^3 or x^23",
            "2 * y³^n": "write (y^3)^n or y^(3^n)",
        },
    ),
    Hint(
        power_of_function,
        "this has two readings",
        "write {name}{argument}^{exponent} for a power of {name}, {name}^{exponent}*{argument} to multiply",
        {
            "sin^2(x)": "write sin(x)^2 for a power of sin, sin^2*(x) to multiply",
            "1 - cos²(x)": "write cos(x)^2 for a power of cos, cos^2*(x) to multiply",
        },
    ),
    Hint(
        coefficient,
        "this has two readings",
        "write {left}{operator}({number}*{right}) or ({left}{operator}{number})*{right}",
        {
            "1/2x": "write 1/(2*x) or (1/2)*x",
            "1 + a*b / 2sin(x)": "write a*b/(2*sin(x)) or (a*b/2)*sin(x)",
            "2^3x": "write 2^(3*x) or (2^3)*x",
            "2^-3x": "write 2^(-3*x) or (2^-3)*x",
            "10 % 3(x + 1)": "write 10%(3*(x + 1)) or (10%3)*(x + 1)",
            "1/2 x": "write 1/(2*x) or (1/2)*x",
            "1/2x^2": "write 1/(2*x^2) or (1/2)*x^2",
        },
    ),
)
