"""Hypothesis strategies for texts of the language: well-typed expressions, and calls that need not be.

A well-typed expression is drawn for a shape: what it is made of broadcasts, indexes or reduces to it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from gradcli.graph.operations.record import REQUIRED
from gradcli.language.names import DERIVATIVES, functions

Shape = tuple[int, ...]

# The names that an expression may use.
SHAPES: dict[str, Shape] = {"s": (), "x": (3,), "y": (3,), "A": (2, 3), "B": (3, 3)}

SMOOTH = [
    "sin({})",
    "cos({})",
    "tanh({})",
    "exp({} / 4)",
    "sigmoid({})",
    "softplus({})",
    "atan({})",
    "({})^2",
    "-({})",
]
SMOOTH += [
    "log(1 + ({})^2)",
    "sqrt(1 + ({})^2)",
    "1 / (2 + sin({}))",
    "erf({})",
    "expm1({} / 4)",
    "asinh({})",
    "gelu({})",
    "digamma(2 + sin({}))",
    "log1p(exp({}))",
]
BENT = [
    "abs({})",
    "relu({})",
    "clip({}, -1, 1)",
    "where({0} > 0.3, {0}, 2 * {0})",
    "leaky_relu({})",
    "softsign({})",
]
BINARY = [
    "({}) + ({})",
    "({}) - ({})",
    "({}) * ({})",
    "({}) / (2 + cos({}))",
    "hypot(1, {}) * ({})",
    "atan2({}, 3 + sin({}))",
]
BINARY += [
    "maximum({}, {})",
    "minimum({}, {})",
    "logaddexp({}, {})",
    "lerp({}, {}, 0.3)",
    "xlogy({}, 2 + tanh({}))",
]
REDUCTIONS = ["sum", "mean", "max", "min", "logsumexp", "prod", "var", "norm", "std", "median"]

# Arrays that stay as they are but for their elements' places, or for what is before them.
ARRANGED = ["flip({}, axis=-1)", "roll({}, 1, axis=-1)", "sort({}, axis=-1)", "cumsum({}, axis=0)"]
ARRANGED += [
    "softmax({}, axis=-1)",
    "log_softmax({}, axis=0)",
    "cummax({}, axis=-1)[0]",
    "logcumsumexp({}, axis=0)",
]
ARRANGED += [
    "cumprod({}, axis=-1)",
    "layer_norm({})",
    "normalize({}, axis=-1)",
    "reshape(ravel({0}), shape({0}))",
]
ARRANGED += ["pad({}, 1)[1:-1, 1:-1]", "unsqueeze({}, 0)[0]"]
# What a matrix becomes, by the shape of that; M is one that is far from singular.
REGULAR = "(tanh({}) / 2 + 2 * eye(3))"
MATRICES: dict[Shape, list[str]] = {
    (): ["det(M)", "logdet(M)", "trace({})", 'norm({}, "fro")', 'einsum("ij,ji", {}, B)', 'norm(M, "nuc")'],
    (3,): ["diag({})", "solve(M, x)", "svdvals(M)", 'einsum("ij,j->i", {}, y)', "({}) @ y", "eigvalsh(M)"],
    (3, 3): ["inv(M)", "tril({})", "triu({}, 1)", "({}).T", "expm(tanh({}))", "matrix_power(M, 2)"],
}
MATRICES[(3,)] += ["lstsq(M, y)", "flatten({})[2:5]", "topk({}, 2)[0][:, 0]"]
MATRICES[(3, 3)] += ["cholesky(M @ M.T)", "kron({}, x)[:, :3]", "pinv(M)", "cumsum({}, axis=1)", "M @ {}"]


def leaves(shape: Shape) -> list[str]:
    """Names and pieces of names with a shape, and numbers that stretch to it."""
    found = [name for name, known in SHAPES.items() if known == shape]
    pieces: dict[Shape, list[str]] = {
        (): ["x[0]", "y[-1]", "A[1, 2]", "B[0, 0]", "0.7", "x @ y"],
        (3,): ["A[0]", "B[:, 1]", "x[::-1]", "y[[2, 0, 2]]", "B @ x", "diag(B)", "concat([x[1:], y[:1]])"],
        (2,): ["x[1:]", "A[:, 0]", "A @ y", "stack([s, x[1]])"],
        (2, 3): ["B[1:]", "A * x", "stack([x, y])", "A @ B"],
        (3, 3): ["outer(x, y)", "B.T", "A.T @ A", "B[[1, 1, 0]]"],
        (3, 2): ["A.T", "reshape(A, (3, 2))", "B[:, :2]"],
    }
    return found + pieces.get(shape, [])


@st.composite
def expressions(draw: st.DrawFn, shape: Shape = (), depth: int = 4) -> str:
    """A text of a shape."""
    kinds = (
        ["leaf"]
        if depth == 0
        else [
            "smooth",
            "smooth",
            "bent",
            "binary",
            "binary",
            "reduction",
            "index",
            "leaf",
            "arranged",
            "matrix",
        ]
    )
    kind = draw(st.sampled_from(kinds))
    if kind == "smooth" or kind == "bent":
        inner = draw(expressions(shape, depth - 1))
        return draw(st.sampled_from(SMOOTH if kind == "smooth" else BENT)).format(inner)
    if kind == "binary":
        left, right = draw(st.sampled_from(stretching_to(shape)))
        return draw(st.sampled_from(BINARY)).format(
            draw(expressions(left, depth - 1)), draw(expressions(right, depth - 1))
        )
    if kind == "arranged" and shape:
        forms = [form for form in ARRANGED if len(shape) == 2 or "pad" not in form]
        return draw(st.sampled_from(forms)).format(draw(expressions(shape, depth - 1)))
    if kind == "matrix" and shape in MATRICES:
        form = draw(st.sampled_from(MATRICES[shape])).replace("M", REGULAR)
        inner = draw(expressions((3, 3), depth - 1))
        return form.replace("{}", inner)
    if kind == "reduction":
        name = draw(st.sampled_from(REDUCTIONS))
        outer = [one for one in SHAPES.values() if len(one) == len(shape) + 1]
        options = [
            (one, axis) for one in outer for axis in range(len(one)) if one[:axis] + one[axis + 1 :] == shape
        ]
        if options:
            larger, axis = draw(st.sampled_from(options))
            return f"{name}({draw(expressions(larger, depth - 1))}, axis={axis})"
    if kind == "index" and shape in ((), (3,)):
        return f"({draw(expressions((3, *shape), depth - 1))})[{draw(st.integers(-3, 2))}]"
    known = leaves(shape)
    return draw(st.sampled_from(known)) if known else f"zeros({shape}) + s"


def stretching_to(shape: Shape) -> list[tuple[Shape, Shape]]:
    """Pairs of shapes that broadcast to one."""
    pairs: list[tuple[Shape, Shape]] = [(shape, shape)]
    if shape:
        pairs += [(shape, ()), ((), shape)]
    if len(shape) == 2:
        pairs += [(shape, shape[1:]), (shape[1:], shape)]
    return pairs


@st.composite
def values(draw: st.DrawFn) -> dict[str, Any]:
    """A point: numbers of moderate size, no two alike."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    return {
        name: rng.uniform(-2, 2, shape) if shape else float(rng.uniform(-2, 2))
        for name, shape in SHAPES.items()
    }


# Calls that need not make sense.

ODDS = [
    "0",
    "1",
    "-1",
    "2.5",
    "1e308",
    "-1e-320",
    "inf",
    "nan",
    "true",
    "None",
    '"mean"',
    '"ij"',
    "(2, 3)",
    "(0,)",
    "()",
    "[]",
]
ODDS += [
    "[1, 2]",
    "[[1, 2], [3, 4]]",
    "[x, y]",
    "[x, A]",
    "(x, y)",
    "s",
    "x",
    "A",
    "B",
    "x > 0",
    "zeros((0, 3))",
    "zeros(0)",
]
ODDS += ["ones((2, 1, 3))", "x[x > 0]", "-1 * x", "3", "eye(2)", "[0, 1]", "[inf, -inf, nan]"]
KEYWORDS = [
    "axis",
    "dim",
    "keepdims",
    "p",
    "n",
    "k",
    "shape",
    "axes",
    "correction",
    "reduction",
    "stride",
    "eps",
    "weight",
    "mode",
]


PLAIN = ["x", "A", "B", "s", "[1, 2]", "x > 0", "ones((2, 1, 3))", "zeros((0, 3))", "x[x > 0]", "1", "0"]
# What a parameter may be, by its kind.
FITTING = {
    "axes": ["0", "-1", "None", "(0,)", "(0, 1)"],
    "axis": ["0", "-1", "1"],
    "flag": ["true", "false"],
    "integer": ["0", "1", "2", "-1"],
    "integers": ["1", "2", "(1, 1)", "[0, 1]", "((1, 1),)"],
    "widths": ["1", "(1, 2)", "((1, 1),)", "((0, 1), (2, 0))"],
    "number": ["0.5", "1.0", "2", "0", "-1"],
    "open shape": ["(-1,)", "(3, 3)", "(2, 3)", "(1, 3)"],
    "order": ["1", "2", "inf", "0.5", "-1"],
    "padding": ["0", "1", '"same"', '"valid"'],
    "permutation": ["(1, 0)", "(0, 1)"],
    "shape": ["(2, 3)", "3", "()", "(0,)"],
    "size": ["1", "2", "3"],
    "whole": ["1", "3", "[1]", "(1, 2)"],
}


@st.composite
def calls(draw: st.DrawFn) -> str:
    """Any function: of anything, or of as many arrays and parameters as it takes, often such as fit."""
    name = draw(st.sampled_from(sorted({*functions(), *DERIVATIVES})))
    record = functions().get(name)
    keywords: dict[str, str] = {}
    if record is None and draw(st.booleans()):
        arguments = [draw(st.sampled_from(["sum(x^2)", "x^2", "sin(s)", "sum(B @ x)", "outer(x, x)"]))]
        arguments += [draw(st.sampled_from(["x", "s", "x", "B"])), draw(st.sampled_from(PLAIN))]
        del arguments[2 if name in ("diff", "grad", "jacobian", "hessian", "laplacian", "detach") else 3 :]
        del arguments[1 if name in ("detach", "stop_gradient") else 3 :]
    elif record is not None and draw(st.integers(0, 7)):
        declared = {one.name: one for one in record.parameters if one.kind != "seed"}
        like = draw(st.sampled_from([*PLAIN, *PLAIN[:3] * 3, "eye(3) + B @ B.T"]))
        fixed = draw(st.booleans())
        spoken = [one.split("=")[0] for one in record.arguments if "=" not in one or draw(st.booleans())]
        arrays = {
            one: like if fixed else f"[{like}, {like}]" if one.endswith("*") else draw(st.sampled_from(PLAIN))
            for one in spoken
        }
        given = {key for key, one in declared.items() if one.default is REQUIRED}
        given |= set(draw(st.sets(st.sampled_from(sorted(declared)), max_size=2))) if declared else set()
        for key in given:
            choices = [f'"{text}"' for text in declared[key].choices] or FITTING.get(declared[key].kind, ODDS)
            keywords[key] = draw(st.sampled_from(choices if draw(st.integers(0, 14)) else ODDS))
        # Where a parameter may come first, all go by their names.
        arguments = [f"{one}={value}" if record.form else value for one, value in arrays.items()]
    else:
        arguments = [draw(st.sampled_from(ODDS)) for _ in range(draw(st.integers(0, 4)))]
    if not draw(st.integers(0, 11)):
        keywords[draw(st.sampled_from(KEYWORDS))] = draw(st.sampled_from(ODDS))
    text = f"{name}({', '.join([*arguments, *[f'{key}={value}' for key, value in keywords.items()]])})"
    return text if draw(st.booleans()) else f"sum({text} * x[0])"


def point() -> dict[str, Any]:
    """Values for the names of such calls."""
    return {
        name: np.linspace(-1, 2, math.prod(shape)).reshape(shape) if shape else 0.5
        for name, shape in SHAPES.items()
    }
