"""SymPy: derivatives as formulas, printed as Python."""

from __future__ import annotations

from functools import partial

import sympy

from tests.benchmarks.case import Inputs, Side, Work


def gradient(work: Work, inputs: Inputs) -> Side:
    """Value and gradient of scalars."""
    names = {name: sympy.Symbol(name) for name in inputs}
    formula = work.formula(sympy, **names)
    derived = [formula, *[formula.diff(names[name]) for name in work.wrt]]
    function = sympy.lambdify(list(names.values()), derived, "math", cse=True)
    return Side(partial(function, *inputs.values()), list)
