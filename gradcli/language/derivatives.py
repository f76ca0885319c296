"""``diff``, ``grad``, ``jacobian``, ``hessian`` and the products with vectors inside an expression."""

from __future__ import annotations

from collections.abc import Callable

from gradcli.errors import GradientProblem
from gradcli.graph import derive
from gradcli.graph.elementwise import is_elementwise
from gradcli.graph.node import Node, constant, ops, reachable
from gradcli.graph.shapes import describe, elements
from gradcli.graph.trail import Trail
from gradcli.language import symbols
from gradcli.language.lexer import normal
from gradcli.language.names import DERIVATIVES
from gradcli.language.tree import Token, Tree

# A graph that is built, planned and run within seconds.
_MOST_NODES = 50_000


def is_derivative(tree: Tree) -> bool:
    """Whether a tree is itself a derivative."""
    return tree.rule in ("call", "method") and any(
        isinstance(child, Token) and child.text in DERIVATIVES for child in tree.children[:2]
    )


def contains_derivative(tree: Tree) -> bool:
    """Whether a tree takes a derivative anywhere."""
    stack: list[Tree | Token] = [tree]
    while stack:
        part = stack.pop()
        if isinstance(part, Tree):
            if is_derivative(part):
                return True
            stack.extend(part.children)
    return False


def differentiated_names(tree: Tree) -> set[str]:
    """The names that a tree differentiates by; some more do no harm."""
    found: set[str] = set()
    stack: list[Tree | Token] = [tree]
    while stack:
        part = stack.pop()
        if isinstance(part, Tree):
            if is_derivative(part):
                for argument in part.parts[1:]:
                    found.update(_names_in(argument))
            stack.extend(part.children)
    return found


def _names_in(tree: Tree) -> set[str]:
    found: set[str] = set()
    stack: list[Tree | Token] = [tree]
    while stack:
        part = stack.pop()
        if isinstance(part, Tree):
            if part.rule == "name":
                found.add(normal(part.word(0).text))
            stack.extend(part.children)
    return {*found, *[symbols.CONSTANTS[name] for name in found if name in symbols.CONSTANTS]}


def _or_zeros(found: Node | None, x: Node) -> Node:
    return ops.zeros_like(ops.detach(x)) if found is None else found


def gradient(expression: Node, x: Node, trail: Trail) -> Node:
    """The gradient of a scalar, of the shape of ``x``."""
    if expression.shape != ():
        raise GradientProblem(
            "grad can be implicitly created only for scalar outputs: this expression is "
            f"{describe(expression.shape)}",
            hint="use jacobian(), or reduce it with sum() or mean()",
        )
    (found,) = derive.gradient(expression, [x], trail)
    return _or_zeros(found, x)


def jacobian(expression: Node, x: Node, trail: Trail) -> Node:
    """The Jacobian, of the shapes of both, one after the other."""
    return derive.jacobian(expression, [x], trail)[0]


def hessian(expression: Node, x: Node, trail: Trail) -> Node:
    """The second derivatives of a scalar."""
    return jacobian(gradient(expression, x, trail), x, trail)


def laplacian(expression: Node, x: Node, trail: Trail) -> Node:
    """The sum of a scalar's second derivatives by each element of ``x``: the trace of its Hessian.

    Where each element of the gradient depends on its own element alone, one vector of ones finds them
    all; elsewhere the whole Hessian is needed.
    """
    slope = gradient(expression, x, trail)
    if is_elementwise(slope, x):
        (found,) = derive.vjp([(slope, ops.ones_like(ops.detach(slope)))], [x], trail)
        return constant(0.0) if found is None else ops.sum(found)
    size = elements(x.shape)
    return ops.trace(ops.reshape(jacobian(slope, x, trail), shape=(size, size)))


def jvp(expression: Node, x: Node, v: Node, trail: Trail) -> Node:
    """How the expression changes when ``x`` moves along ``v``: the Jacobian times a vector."""
    (found,) = derive.jvp([expression], [x], [v], trail)
    return _or_zeros(found, expression)


def vjp(expression: Node, x: Node, v: Node, trail: Trail) -> Node:
    """A vector of the expression's shape times the Jacobian, of the shape of ``x``."""
    (found,) = derive.vjp([(expression, v)], [x], trail)
    return _or_zeros(found, x)


def hvp(expression: Node, x: Node, v: Node, trail: Trail) -> Node:
    """The Hessian of a scalar times a vector: the slope of the gradient along it."""
    (found,) = derive.vjp([(gradient(expression, x, trail), v)], [x], trail)
    return _or_zeros(found, x)


def derivative(expression: Node, x: Node, trail: Trail, order: int = 1) -> Node:
    """The n-th derivative by a scalar, or of an elementwise expression element by element.

    Raises:
        GradientProblem: it is not defined, or its graph grows beyond all use.
    """
    for done in range(1, order + 1):
        expression = _derivative_once(expression, x, trail)
        size = len(reachable([expression]))
        if size > _MOST_NODES and done < order:
            raise GradientProblem(
                f"derivative {done} is made of {size} operations already, and each further one doubles that",
                hint=f"ask for order {done} at most",
            )
    return expression


def _derivative_once(expression: Node, x: Node, trail: Trail) -> Node:
    if x.shape == ():
        if expression.shape == ():
            return gradient(expression, x, trail)
        (found,) = derive.jvp([expression], [x], [constant(1.0)], trail)
    elif is_elementwise(expression, x):
        (found,) = derive.vjp([(expression, ops.ones(shape=x.shape))], [x], trail)
    else:
        raise GradientProblem(
            f"diff() needs a scalar to differentiate by, or an elementwise expression: "
            f"the name is {describe(x.shape)} and the expression {describe(expression.shape)}",
            hint="use grad() for a scalar expression, or jacobian()",
        )
    if found is None:
        return ops.zeros_like(ops.detach(expression))
    return found


FORMS: dict[str, Callable[[Node, Node, Trail], Node]] = {
    "diff": derivative,
    "grad": gradient,
    "jacobian": jacobian,
    "hessian": hessian,
    "laplacian": laplacian,
}
PRODUCTS: dict[str, Callable[[Node, Node, Node, Trail], Node]] = {"jvp": jvp, "vjp": vjp, "hvp": hvp}
