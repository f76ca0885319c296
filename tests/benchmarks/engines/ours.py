"""gradcli, as a Python program uses it."""

from __future__ import annotations

from functools import partial

from gradcli import Expression
from tests.benchmarks.case import Inputs, Side, Work


def value(work: Work, inputs: Inputs) -> Side:
    """The value alone."""
    expression = Expression(work.text)
    return Side(partial(expression, **inputs), lambda found: [found])


def gradient(work: Work, inputs: Inputs) -> Side:
    """Value and gradient, of the compiled function."""
    compiled = Expression(work.text).compile(work.wrt)
    return Side(partial(compiled, **inputs), lambda found: [found[0], *[found[1][name] for name in work.wrt]])


def hessian(work: Work, inputs: Inputs) -> Side:
    """The Hessian by one name, dense."""
    expression, (name,) = Expression(work.text), work.wrt
    return Side(partial(expression.hessian, name, **inputs), lambda found: [found[name][name]])


def sparse_jacobian(work: Work, inputs: Inputs) -> Side:
    """The Jacobian by one name, without its zeros."""
    expression, (name,) = Expression(work.text), work.wrt
    call = partial(expression.jacobian, name, sparse=True, **inputs)
    return Side(call, lambda found: [found[name].tocoo()])


def sparse_hessian(work: Work, inputs: Inputs) -> Side:
    """The Hessian by one name, without its zeros."""
    expression, (name,) = Expression(work.text), work.wrt
    call = partial(expression.hessian, name, sparse=True, **inputs)
    return Side(call, lambda found: [found[name][name].tocoo()])
