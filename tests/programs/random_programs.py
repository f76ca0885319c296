"""Random programs: statements put together by the grammar with little regard for sense, and words mixed up.

A program may fail in any of the ways that it deserves. What it must not do is show that it was written in
Python, or last for ever.
"""

from __future__ import annotations

import re
from random import Random

from gradcli.language.names import DERIVATIVES, functions
from gradcli.programs.functions import names as callable_names

NAMES = ("a", "b", "c", "x", "y", "w", "n", "i", "sum", "e", "θ", "opt")
FUNCTIONS = ("f", "g", "h")
NUMBERS = ("0", "1", "2", "3", "-1", "0.5", "-2.5", "1e-3", "1e300", "7", "nan", "inf", "pi", "2x", "true")
ARRAYS = (
    "tensor([1, 2, 3], requires_grad=true)",
    "tensor([[1, 2, 3], [4, 5, 6]], requires_grad=true)",
    "tensor(2, requires_grad=true)",
    "[1, 2, 3]",
    "[[1, -2], [0, 4]]",
    "rand(3)",
    "randn((2, 3))",
    "eye(3)",
    "zeros((0, 3))",
    "[true, false, true]",
    "range(3)",
    'tensor([1, 2], dtype="float32")',
)
ODD = ('"text"', "None", "(1, 2)", "(a,)", "[a, b]", "[]", "()", "f", "no_grad", "sin", "x.shape", "nowhere")
ATTRIBUTES = (
    *("T", "_version", "data", "dtype", "grad", "grad_fn", "is_leaf", "ndim", "output_nr", "requires_grad"),
    *("retains_grad", "shape", "_saved_self", "_saved_result", "next_functions", "variable", "metadata"),
    *("param_groups", "state", "last_epoch", "item", "foo"),
)
METHODS = (
    *(
        "backward",
        "clone",
        "detach",
        "detach_",
        "dim",
        "fill_",
        "item",
        "mm",
        "mv",
        "numpy",
        "requires_grad_",
    ),
    *("retain_grad", "t", "tolist", "view", "zero_", "copy_", "add_", "mul_", "exp_", "clamp_", "sqrt_"),
    *("name", "step", "zero_grad", "state_dict", "table", "key_averages", "get_last_lr", "foo"),
)
OPERATORS = ("+", "-", "*", "/", "//", "%", "@", "^", "**", "<", "<=", "==", "!=", " and ", " or ")
AUGMENTED = ("+=", "-=", "*=", "/=", "//=", "%=", "@=", "^=", "**=")
MODES = ("no_grad", "enable_grad", "inference_mode", "detect_anomaly", "no_grad()", "set_grad_enabled(false)")
KEYWORDS = (
    *("axis", "dim", "keepdims", "requires_grad", "dtype", "lr", "momentum", "gradient", "retain_graph"),
    *("create_graph", "out", "n"),
)
CALLS = (*callable_names(), *FUNCTIONS, *FUNCTIONS, *FUNCTIONS)
ON_TENSORS = (*METHODS, *METHODS, *functions(), *(f"{name}_" for name in functions()))

_WORDS = re.compile(r'\s+|"[^"\n]*"|[^\W\d]\w*|[\d.]+|[-+*/%@^=<>!]=|.', re.DOTALL)


class Writer:
    """Writes programs.

    Args:
        random: where its choices come from.
    """

    def __init__(self, random: Random) -> None:
        self.random = random

    def program(self) -> str:
        """A program of a few statements, behind some that give names to sensible values."""
        known = [f"{name} = {self.random.choice(ARRAYS)}" for name in self.random.sample(NAMES, 6)]
        known.append(f"f(x) = {self.expression(2)}")
        return "\n".join([*known, *self.statements(self.random.randint(1, 8), depth=2)])

    def statements(self, count: int, depth: int) -> list[str]:
        """Some statements, a line each."""
        return [self.statement(depth) for _ in range(count)]

    def block(self, depth: int) -> str:
        """Statements in braces."""
        between = self.random.choice(("\n", "; "))
        inner = between.join(self.statements(self.random.randint(0, 3), depth - 1))
        return self.random.choice((f"{{ {inner} }}", f"{{\n{inner}\n}}"))

    def statement(self, depth: int) -> str:
        """Any statement."""
        pick = self.random.choice
        kinds = ["assign", "assign", "augment", "print", "call", "pair", "member", "element", "function"]
        if depth:
            kinds += ["if", "for", "while", "with", "assert"]
        kind = pick(kinds)
        if kind == "assign":
            return f"{pick(NAMES)} = {self.expression(3)}"
        if kind == "augment":
            target = pick(
                (pick(NAMES), f"{pick(NAMES)}[{self.index()}]", f"{pick(NAMES)}.{pick(ATTRIBUTES)}")
            )
            return f"{target} {pick(AUGMENTED)} {self.expression(2)}"
        if kind == "print":
            return f"print({self.expression(3)}, {self.expression(1)})"
        if kind == "call":
            return self.expression(3)
        if kind == "pair":
            return f"{pick(NAMES)}, {pick(NAMES)} = {self.expression(2)}"
        if kind == "member":
            return f"{pick(NAMES)}.{pick(ATTRIBUTES)} = {self.expression(2)}"
        if kind == "element":
            return f"{pick(NAMES)}[{self.index()}] = {self.expression(2)}"
        if kind == "function":
            return f"{pick(FUNCTIONS)}({pick(NAMES)}) = {self.expression(2)}"
        return self._compound(kind, depth)

    def _compound(self, kind: str, depth: int) -> str:
        pick = self.random.choice
        if kind == "if":
            other = pick(("", f" else {self.block(depth)}", f" else if {pick(NAMES)} {self.block(depth)}"))
            return f"if {self.expression(2)} {self.block(depth)}{other}"
        if kind == "for":
            target = pick((pick(NAMES), f"{pick(NAMES)}, {pick(NAMES)}"))
            over = pick(
                ("range(3)", pick(NAMES), f"zip({pick(NAMES)}, b)", "enumerate(a)", self.expression(1))
            )
            return f"for {target} in {over} {self.block(depth)}"
        if kind == "while":
            # One round at most, whatever the block does to its names.
            return f'while {self.expression(1)} {{ {self.statement(0)}; assert false, "once" }}'
        if kind == "with":
            return f"with {pick((*MODES, *MODES, self.expression(1)))} {self.block(depth)}"
        return f"assert {self.expression(2)}{pick(('', ', ' + self.expression(1)))}"

    def index(self) -> str:
        """What stands between the brackets of an index."""
        pick = self.random.choice
        return pick(
            ("0", "-1", "5", ":", "1:", "::2", "..., 0", "None", ":, 0", pick(NAMES), self.expression(1))
        )

    def arguments(self, depth: int) -> str:
        """What stands between the brackets of a call."""
        pick = self.random.choice
        written = [self.expression(depth) for _ in range(pick((0, 1, 1, 1, 2, 2, 3)))]
        if self.random.random() < 0.2:
            written.append(f"{pick(KEYWORDS)}={pick((*NUMBERS, *ODD, 'true', '0', '1'))}")
        return ", ".join(written)

    def expression(self, depth: int) -> str:
        """Any expression, of no more than so many levels."""
        pick, chance = self.random.choice, self.random.random()
        if depth == 0 or chance < 0.15:
            return pick((*NAMES, *NAMES, *NUMBERS, *NUMBERS, pick(ARRAYS), pick(ODD)))
        inner = depth - 1
        if chance < 0.35:
            return f"({self.expression(inner)} {pick(OPERATORS)} {self.expression(inner)})"
        if chance < 0.55:
            return f"{pick(CALLS)}({self.arguments(inner)})"
        if chance < 0.75:
            return f"({self.expression(inner)}).{pick(ON_TENSORS)}({self.arguments(inner)})"
        if chance < 0.82:
            return f"({self.expression(inner)}).{pick(ATTRIBUTES)}"
        if chance < 0.9:
            return f"({self.expression(inner)})[{self.index()}]"
        if chance < 0.94:
            return f"({self.expression(inner)} if {self.expression(inner)} else {self.expression(inner)})"
        if chance < 0.97:
            return f"{pick(tuple(DERIVATIVES))}({self.expression(inner)}, {pick(NAMES)})"
        return pick(
            (f"[{self.arguments(inner)}]", f"(not {self.expression(inner)})", f"-{self.expression(inner)}")
        )


def mixed_up(text: str, random: Random) -> str:
    """A text with a few of its words lost, doubled, swapped or replaced by others of it."""
    words = _WORDS.findall(text)
    for _ in range(random.randint(1, 3)):
        i, j = random.randrange(len(words)), random.randrange(len(words))
        match random.randrange(6):
            case 0:
                words[i] = ""
            case 1:
                words[i] *= 2
            case 2:
                words[i], words[j] = words[j], words[i]
            case 3:
                words[i] = words[j]
            case 4:
                words[i] += random.choice("()[]{},;:=.\"'#\n \t!|&~`$?@é\x00\u2028²√")
            case _:
                del words[i : i + random.randint(1, 10)]
                words.append("")
    return "".join(words)
