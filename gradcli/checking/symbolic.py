"""The derivative that SymPy finds, where SymPy is installed and knows every operation.

The graph is run on arrays of SymPy's expressions: what rearranges elements is NumPy's own work.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from gradcli.checking.differences import Slope
from gradcli.checking.directions import FEW, scales
from gradcli.checking.judge import Outcome, row, verdict_on
from gradcli.checking.moving import Moving
from gradcli.checking.result import Row
from gradcli.execute.backends import function as kernel
from gradcli.graph.node import CONSTANT, INPUT, Node, reachable
from gradcli.graph.shapes import elements, is_known

Array = Any
Symbolic = Any

METHOD = "SymPy"

_EPSILON = 2.0**-52
_DIGITS = 40
# Written out, as trees that share nothing.
_LONGEST = 400

# Kernels that only add, multiply and rearrange: NumPy runs them on anything.
_AS_THEY_ARE = frozenset(
    {"sum", "mean", "prod", "matmat", "matvec", "vecmat", "vecdot", "trace", "diagonal", "reshape"}
    | {"transpose", "unsqueeze", "squeeze", "broadcast_to", "concat", "stack", "alias", "detach"}
)


def compared(function: Moving, weights: Sequence[Array], gradient: Array, noise: float, wobble: Array) -> Row:
    """The row on SymPy's derivative."""
    import numpy

    try:
        import sympy  # type: ignore[import-untyped]
    except ImportError:
        return _skipped(function, "SymPy is not installed: pip install 'gradcli[sympy]'")
    if function.base.size > FEW:
        return _skipped(function, f"there are more than {FEW} elements")
    if not all(numpy.all(numpy.isfinite(value)) for value in function.values.values()):
        return _skipped(function, "a value is not finite")
    if not _short(function):
        return _skipped(function, "the formula is too long")
    try:
        return _row(function, weights, gradient, noise, wobble, sympy)
    except _UnknownOperation as unknown:
        return _skipped(function, f"SymPy is not asked about {unknown}")
    except Exception as error:  # whatever another program makes of the formula
        return _skipped(function, f"SymPy finds none: {type(error).__name__}")


class _UnknownOperation(Exception):
    """An operation without a counterpart."""


def _skipped(function: Moving, why: str) -> Row:
    return Row(function.name, METHOD, None, None, "skipped", why)


def _short(function: Moving) -> bool:
    length: dict[Node, int] = {}
    for node in reachable(function.outputs):
        if not is_known(node.shape):
            return False
        # Each element of a sum or a product of matrices is made of several of its arguments' elements.
        terms = 1
        if node.args and node.op.name in _AS_THEY_ARE:
            inner = node.args[0].shape[-1:] if node.op.symbol == "@" else ()
            terms = max(elements(inner), elements(node.args[0].shape) // max(1, elements(node.shape)))
        length[node] = 1 + terms * sum(length[arg] for arg in node.args)
        if length[node] * max(1, elements(node.shape)) > _LONGEST:
            return False
    return True


def _row(
    function: Moving, weights: Sequence[Array], gradient: Array, noise: float, wobble: Array, sympy: Any
) -> Row:
    import numpy

    symbols = numpy.empty(function.base.shape, dtype=object)
    point = {}
    for place in numpy.ndindex(symbols.shape):
        symbols[place] = sympy.Symbol("x" + "_".join(map(str, place)), real=True)
        point[symbols[place]] = sympy.Float(float(function.base[place]), _DIGITS)
    found = _run(function, symbols, sympy)
    total = sum(
        sympy.Float(float(w[place]), _DIGITS) * numpy.asarray(one, dtype=object)[place]
        for w, one in zip(weights, found, strict=True)
        for place in numpy.ndindex(w.shape)
        if w[place] != 0
    )
    outcomes = []
    unit = scales(function.base)
    for place in numpy.ndindex(symbols.shape):
        exact = sympy.diff(total, symbols[place]).subs(point).evalf(20)
        theirs = float(exact) * float(unit[place])
        if not math.isfinite(theirs) or exact.has(sympy.DiracDelta, sympy.Derivative, sympy.Subs):
            return _skipped(function, "SymPy finds no number at the point")
        ours = float(gradient[place]) * float(unit[place])
        lost = float(wobble[place]) * float(unit[place])
        slope = Slope(theirs, noise + lost + 8 * _EPSILON * abs(theirs))
        verdict = verdict_on(ours, abs(ours), slope)
        outcomes.append((Outcome(verdict, slope, abs(ours - theirs)), float(unit[place])))
    return row(function.name, METHOD, outcomes)


def _run(function: Moving, symbols: Array, sympy: Any) -> list[Symbolic]:
    import numpy

    values: dict[Node, Symbolic] = {}

    def exact(array: Any) -> Array:
        return numpy.vectorize(lambda one: sympy.Float(float(one), _DIGITS), otypes=[object])(array)

    for node in reachable(function.outputs):
        if node.kind == "bool":
            raise _UnknownOperation(node.op.spelled)
        if node is function.x:
            values[node] = symbols
        elif node.op is INPUT:
            values[node] = exact(function.values[node.values[0]])
        elif node.op is CONSTANT:
            values[node] = exact(numpy.asarray(node.values[0], dtype=float).reshape(node.shape))
        elif node.op.name == "index" and len(node.args) == 1:
            values[node] = kernel(node.op.kernel)(values[node.args[0]], **node.parameters)
        elif node.op.name in _AS_THEY_ARE:
            values[node] = kernel(node.op.kernel)(*[values[arg] for arg in node.args], **node.parameters)
        else:
            ready = _elementwise(node, sympy)
            values[node] = numpy.vectorize(ready, otypes=[object])(*[values[arg] for arg in node.args])
    return [values[output] for output in function.outputs]


def _elementwise(node: Node, sympy: Any) -> Callable[..., Symbolic]:
    """SymPy's function of an operation: of the same name, unless it says otherwise."""
    own: dict[str, Callable[..., Symbolic]] = {
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b,
        "neg": lambda x: -x,
        "pow": lambda a, b: (
            a ** (sympy.Integer(int(b)) if getattr(b, "is_Float", False) and b == int(b) else b)
        ),
        "square": lambda x: x**2,
        "reciprocal": lambda x: 1 / x,
        "expm1": lambda x: sympy.exp(x) - 1,
        "exp2": lambda x: 2**x,
        "log1p": lambda x: sympy.log(1 + x),
        "log2": lambda x: sympy.log(x) / sympy.log(2),
        "log10": lambda x: sympy.log(x) / sympy.log(10),
        "abs": lambda x: sympy.sqrt(x**2),
        "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
        "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
        "hypot": lambda a, b: sympy.sqrt(a**2 + b**2),
        "lgamma": sympy.loggamma,
    }
    same = "sqrt exp log sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf erfc atan2 digamma"
    found = own.get(node.op.name) or (getattr(sympy, node.op.name) if node.op.name in same.split() else None)
    if found is None or node.values:
        raise _UnknownOperation(node.op.spelled)
    return found
