"""What is said about a text that does not belong to the language: ``problem`` turns a failure into a sentence.

The table below is asked from top to bottom. A record holds the sentence, what to do, how the mistake is recognised
and examples of it with the advice that each gets: the tests run over this table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..errors import Span, SyntaxProblem
from . import characters, mistakes
from .characters import Fields
from .failure import Failure


class Hint(NamedTuple):
    """A mistake that people make: ``{fields}`` come from ``recognise``, which gives None where it is another."""

    recognise: Callable[[Failure], Fields]
    message: str
    fix: str
    examples: dict[str, str]


HINTS = (
    # Characters that begin no word
    Hint(
        characters.bars,
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
        characters.factorial,
        "'!' is not an operator of the language",
        "write factorial{argument}",
        {"5!": "write factorial(5)", "2 * (n + 1)!": "write factorial(n + 1)"},
    ),
    Hint(
        characters.logic,
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
        characters.prime,
        "a prime is not a derivative here",
        "write diff({call}, {argument})",
        {"f'(x)": "write diff(f(x), x)"},
    ),
    Hint(
        characters.transpose,
        "a quote is not a transpose here",
        "write {left}.T",
        {"A'": "write A.T", "A' @ b": "write A.T", "(A + B)'": "write (A + B).T", "A.'": "write A.T"},
    ),
    Hint(
        characters.quoted,
        "text stands between double quotes",
        'write "{inside}"',
        {"einsum('ij->i', A)": 'write "ij->i"', "einsum(“i->”, x)": 'write "i->"', "f('a": 'write "..."'},
    ),
    Hint(
        characters.unclosed_text,
        "this text is never closed",
        "add a '\"' at its end",
        {'einsum("ij->i, A)': "add a '\"' at its end"},
    ),
    Hint(
        characters.braces,
        "'{found}' has no meaning in an expression",
        "write ( and ) to group, [ and ] for an array",
        {"{x + 1} * 2": "write ( and ) to group, [ and ] for an array"},
    ),
    Hint(
        characters.prefixed,
        "'{found}' is not part of a name",
        "write {name}",
        {"$x + 1": "write x", r"\sin(x)": "write sin"},
    ),
    Hint(
        characters.question,
        "'?' is not an operator of the language",
        "write A if CONDITION else B, or where(CONDITION, A, B)",
        {"x > 0 ? 1 : 2": "write A if CONDITION else B, or where(CONDITION, A, B)"},
    ),
    Hint(
        characters.superscript,
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
        characters.sign,
        "'{found}' is not a character of the language",
        "write a function, such as {call}",
        {"∑x": "write a function, such as sum(x)", "∂f": "write a function, such as diff(f, x)"},
    ),
    Hint(
        characters.lookalike,
        "'{found}' is not a character of the language",
        "write {plain}",
        {"3 – 2": "write -", "（x)": "write (", "½": "write 1/2", "x ⋅ y": "write *", "x[…]": "write ..."},
    ),
    Hint(
        characters.no_name,
        "'{found}' is not a name",
        "use letters, digits and _ alone",
        {"x½ + 1": "use letters, digits and _ alone"},
    ),
    Hint(
        characters.stranger,
        "{found} is not a character of the language",
        "remove it",
        {"x € 2": "remove it", "x\u200b + 1": "remove it", "☃": "remove it"},
    ),
    # Numbers
    Hint(
        mistakes.two_points,
        "'{found}' has two decimal points",
        "remove one of them",
        {"1.2.3": "remove one of them", "x + 1.5.0": "remove one of them"},
    ),
    Hint(
        mistakes.dotted_range,
        "two dots are not a range",
        "write linspace({left}, {right}, 10), or arange({left}, {right}) for whole steps without the end",
        {
            "1..2": "write linspace(1, 2, 10), or arange(1, 2) for whole steps without the end",
            "a..b": "write linspace(a, b, 10), or arange(a, b) for whole steps without the end",
            "sum(1...n)": "write linspace(1, n, 10), or arange(1, n) for whole steps without the end",
        },
    ),
    Hint(
        mistakes.thousands,
        "'{found}' is more than one number: a whole number does not begin with a 0",
        "write {number} for one number",
        {
            "1,000": "write 1000 for one number",
            "2 * 12,000,000": "write 12000000 for one number",
            "1 000 + x": "write 1000 for one number",
        },
    ),
    Hint(
        mistakes.leading_zero,
        "'{found}' begins with a 0, as no whole number does",
        "write {plain}",
        {"007": "write 7", "x + 00": "write 0", "[1, 02]": "write 2", "01.5": "write 1.5"},
    ),
    # Roots, powers and coefficients
    Hint(
        mistakes.root_of_power,
        "this has two readings",
        "write sqrt({argument}^{exponent}) or sqrt{bracketed}^{exponent}",
        {
            "√x²": "write sqrt(x^2) or sqrt(x)^2",
            "1 + √x^2": "write sqrt(x^2) or sqrt(x)^2",
            "√(x + 1)³": "write sqrt((x + 1)^3) or sqrt(x + 1)^3",
        },
    ),
    Hint(
        mistakes.root_of_coefficient,
        "this has two readings",
        "write sqrt({number})*{right} or sqrt({number}*{right})",
        {
            "√2x": "write sqrt(2)*x or sqrt(2*x)",
            "√2 x": "write sqrt(2)*x or sqrt(2*x)",
            "1 - √2sin(x)": "write sqrt(2)*sin(x) or sqrt(2*sin(x))",
        },
    ),
    Hint(
        mistakes.root_of_sign,
        "'√' takes the next name, number, call or bracket",
        "write sqrt({sign}{right})",
        {"√-x": "write sqrt(-x)"},
    ),
    Hint(
        mistakes.power_of_superscript,
        "this has two readings",
        "write ({left}^{first})^{second} or {left}^{other}",
        {
            "x²^3": "write (x^2)^3 or x^(2^3)",
            "x²³": "write (x^2)^3 or x^23",
            "2 * y³^n": "write (y^3)^n or y^(3^n)",
        },
    ),
    Hint(
        mistakes.coefficient,
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
    # Operators
    Hint(
        mistakes.dotted_operator,
        "'.{operator}' is not an operator: all of them work element by element",
        "write {operator}",
        {"x .* y": "write *", "[1, 2].^2": "write ^", "a ./ b": "write /"},
    ),
    Hint(
        mistakes.arrow,
        "an arrow is not part of the language",
        "write >= to compare, f(x) = x^2 to define a function",
        {
            "x -> x^2": "write >= to compare, f(x) = x^2 to define a function",
            "x => 2": "write >= to compare, f(x) = x^2 to define a function",
        },
    ),
    Hint(
        mistakes.misspelt_comparison,
        "'{found}' is not a comparison",
        "write {word}",
        {"x =< 2": "write <=", "x <> 2": "write !=", "x === 2": "write =="},
    ),
    Hint(
        mistakes.in_place,
        "'{operator}=' belongs to programs",
        "write {left} = {left} {operator} {right}",
        {"x += 1": "write x = x + 1", "x *= 2^n": "write x = x * 2^n"},
    ),
    Hint(
        mistakes.percent,
        "'%' is the remainder of a division, and needs a value on its right",
        "write {left}/100 for a percentage",
        {"10%": "write 10/100 for a percentage", "f(5%, 1)": "write 5/100 for a percentage"},
    ),
    Hint(
        mistakes.keyword_as_name,
        "'{word}' is a word of the language and cannot be a name",
        "choose another name, such as {word}_",
        {"if = 3": "choose another name, such as if_", "x + else": "choose another name, such as else_"},
    ),
    Hint(
        mistakes.keyword_given_a_value,
        "'{word}' is a word of the language and cannot be a name",
        "choose another name, such as {word}_",
        {"f(true=3)": "choose another name, such as true_"},
    ),
    Hint(
        mistakes.if_first,
        "the value stands first, and then its condition",
        "write A if CONDITION else B",
        {
            "if x > 0 then 1 else 2": "write A if CONDITION else B",
            "1 + if x else y": "write A if CONDITION else B",
        },
    ),
    Hint(
        mistakes.lone_not,
        "'not' binds less than the operator before it",
        "write (not {right})",
        {"x + not y": "write (not y)", "a == not b": "write (not b)"},
    ),
    Hint(
        mistakes.doubled,
        "a value is missing between '{first}' and '{second}'",
        "remove one of the two, or write the value",
        {
            "1+*2": "remove one of the two, or write the value",
            "x ** ** 2": "remove one of the two, or write the value",
            "x and or y": "remove one of the two, or write the value",
        },
    ),
    Hint(
        mistakes.no_left_side,
        "a value is missing before '{operator}'",
        "write the value, or remove the '{operator}'",
        {
            "* 2": "write the value, or remove the '*'",
            "f(/ 2)": "write the value, or remove the '/'",
            "= 3": "write the value, or remove the '='",
            "and x": "write the value, or remove the 'and'",
        },
    ),
    # The choice, assignments and comparisons
    Hint(
        mistakes.chained,
        "one name at a time is given a value",
        "write {inner} = {right}; {outer} = {inner}",
        {"a = b = 3": "write b = 3; a = b", "x = 1; p = q = x + 1": "write q = x + 1; p = q"},
    ),
    Hint(
        mistakes.equal_for_comparison,
        "'=' gives a name its value, and cannot stand here",
        "write == to compare",
        {
            "(x = 3)": "write == to compare",
            "where(x[0] = 3, 1, 2)": "write == to compare",
            "1 if x = 3 else 2": "write == to compare",
            "[x = 3]": "write == to compare",
        },
    ),
    Hint(
        mistakes.no_else,
        "an 'else' is missing: a choice has two values",
        "write A if CONDITION else B",
        {"a if b": "write A if CONDITION else B", "f(a if b, c)": "write A if CONDITION else B"},
    ),
    Hint(
        mistakes.else_without_if,
        "there is no 'if' before this 'else'",
        "write A if CONDITION else B",
        {"a else b": "write A if CONDITION else B"},
    ),
    Hint(
        mistakes.no_right_side,
        "a value is missing after '='",
        "write it, as in {left} = 1",
        {
            "x = ": "write it, as in x = 1",
            "f(axis=)": "write it, as in axis = 1",
            "y =; 3": "write it, as in y = 1",
        },
    ),
    Hint(mistakes.colon_equal, "':=' is not part of the language", "write =", {"x := 3": "write ="}),
    Hint(
        mistakes.colon,
        "'{word}' belongs inside an index",
        "write x[1:3] for a part of x, arange(1, 3) for a range",
        {
            "1:3": "write x[1:3] for a part of x, arange(1, 3) for a range",
            "sum(a:b)": "write x[1:3] for a part of x, arange(1, 3) for a range",
            "f(...)": "write x[1:3] for a part of x, arange(1, 3) for a range",
        },
    ),
    # Lists, arguments and brackets
    Hint(
        mistakes.rows,
        "a ';' does not separate rows",
        "rows are nested lists: write {rows}",
        {
            "[1,2;3,4]": "rows are nested lists: write [[1,2], [3,4]]",
            "det([a, b; c, d])": "rows are nested lists: write [[a, b], [c, d]]",
            "[x[0]; y": "rows are nested lists: write [[1, 2], [3, 4]]",
        },
    ),
    Hint(
        mistakes.separator_in_brackets,
        "a ';' separates statements, and cannot stand in brackets",
        "write a ',' between values",
        {"f(a; b)": "write a ',' between values"},
    ),
    Hint(
        mistakes.empty_piece,
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
        mistakes.empty_index,
        "an index is missing between the brackets",
        "write x[0] for the first element, x[:] for all",
        {"x[]": "write x[0] for the first element, x[:] for all"},
    ),
    Hint(
        mistakes.unclosed,
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
        mistakes.unfinished,
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
        mistakes.no_member,
        "a name is missing after '.'",
        "write it, as in x.T",
        {"x.": "write it, as in x.T", "f(x., 2)": "write it, as in x.T"},
    ),
    Hint(
        mistakes.stray,
        "this '{found}' closes nothing",
        "remove it, or open it with '{opener}'",
        {"1+2)": "remove it, or open it with '('", "x]": "remove it, or open it with '['"},
    ),
    Hint(
        mistakes.mismatched,
        "this '{found}' cannot close the '{opener}' before it",
        "write '{word}'",
        {"(1 + 2]": "write ')'", "f([1, 2)": "write ']'"},
    ),
    Hint(
        mistakes.closed_too_early,
        "'{operator}' needs a value on its right",
        "write it before the '{found}'",
        {"(1 +)": "write it before the ')'", "f(2 *, 3)": "write it before the ','"},
    ),
    # Two values side by side
    Hint(
        mistakes.line_break,
        "the line ends and {missing}",
        "add {closing} where the line ends",
        {"y = (x + 2\ny * 2": "add ')' where the line ends"},
    ),
    Hint(
        mistakes.program_word,
        "'{word}' belongs to programs",
        "put it in a file and run it with gradcli run",
        {"for i in range(3)": "put it in a file and run it with gradcli run"},
    ),
    Hint(
        mistakes.definition,
        "'{word}' is not a word of the language",
        "write {written}",
        {"lambda x: x^2": "write f(x) = x^2", "let y = 3": "write x = 3"},
    ),
    Hint(
        mistakes.member_number,
        "a number cannot follow '.'",
        "write {left}[{number}] for an element, {left}*{word} for a product",
        {"x.2": "write x[2] for an element, x*.2 for a product"},
    ),
    Hint(
        mistakes.numbers_in_list,
        "two numbers stand side by side",
        "write {left}, {right}",
        {"[1 2 3]": "write 1, 2", "f(1 2)": "write 1, 2"},
    ),
    Hint(
        mistakes.spaced_coefficient,
        "two values stand side by side",
        "write {number}{right} without the space, or {number}*{right}{comma}",
        {
            "2 x": "write 2x without the space, or 2*x",
            "2 (x + 1)": "write 2(x + 1) without the space, or 2*(x + 1)",
            "[2 x]": "write 2x without the space, or 2*x, or 2, x for two values",
        },
    ),
    Hint(
        mistakes.call_without_brackets,
        "two values stand side by side",
        "write {name}{bracketed} to call {name}, {name}*{right} to multiply{comma}",
        {
            "sin x": "write sin(x) to call sin, sin*x to multiply",
            "2 + sqrt 2": "write sqrt(2) to call sqrt, sqrt*2 to multiply",
            "f(aa b)": "write aa(b) to call aa, aa*b to multiply, or aa, b for two values",
        },
    ),
    Hint(
        mistakes.side_by_side,
        "two values stand side by side",
        "write {left}*{right}{comma}",
        {
            "x y": "write x*y",
            "(a)(b)": "write (a)*(b)",
            "f(x)(y)": "write f(x)*(y)",
            "x 2": "write x*2",
            "x² y": "write x²*y",
            "3(x)y": "write (x)*y",
            "f(x y)": "write x*y, or x, y for two values",
        },
    ),
)


EXPECTED = (
    ("NUMBER", ("a number", "a name", "'('")),
    ("NAME", ("a name",)),
    ("PLUS", ("an operator",)),
    ("ELSE", ("'else'",)),
    ("COLON", ("':'",)),
    ("COMMA", ("','",)),
    ("RPAR", ("')'",)),
    ("RSQB", ("']'",)),
    ("$END", ("the end of the expression",)),
)
"""What may stand somewhere, in words, if a word of that kind may."""


def problem(failure: Failure) -> SyntaxProblem:
    """The sentence about a refused text, and what to do about it."""
    for hint in HINTS:
        fields = hint.recognise(failure)
        if fields is not None:
            start, end = fields.pop("span", (failure.start, failure.end))
            span = Span(start, end, (failure.start, failure.end) if end > start else None)
            message, fix = hint.message.format_map(fields), hint.fix.format_map(fields)
            return SyntaxProblem(message, span=span, hint=fix, source=failure.source)
    found = "the end" if failure.kind() == "$END" else f"'{failure.shown(failure.start, failure.end)}'"
    return SyntaxProblem(
        f"expected {expected(failure)}, not {found}",
        span=Span(failure.start, failure.end),
        source=failure.source,
    )


def expected(failure: Failure) -> str:
    """What the grammar would take in place of the refused word."""
    words: dict[str, None] = {}
    for kind, names in EXPECTED:
        if failure.accepts(kind):
            words.update(dict.fromkeys(names))
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last
