"""``grad``, ``diff``, ``jacobian`` and their like in a program: of tensors, through the backward graph.

As in an expression they nest: what they give can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gradcli.autograd import functional
from gradcli.autograd.calls import call
from gradcli.autograd.making import eye, ones, zeros
from gradcli.autograd.requests import grad
from gradcli.autograd.tensor import Tensor
from gradcli.errors import CallProblem, GradientProblem
from gradcli.graph.node import Array, ops
from gradcli.graph.shapes import describe, elements
from gradcli.language.meaning import Function, Group, Listing, Meaning, Nothing, kind_of, span_of
from gradcli.language.names import DERIVATIVES
from gradcli.language.tree import Tree
from gradcli.programs.context import ProgramContext
from gradcli.programs.forms import checked
from gradcli.programs.host import from_python


def derivative(
    context: ProgramContext,
    tree: Tree,
    word: str,
    positional: Sequence[Meaning],
    keywords: Mapping[str, Meaning],
) -> Meaning:
    """Differentiate.

    ``grad`` takes what PyTorch's takes, and its result can be differentiated unless ``create_graph=false``;
    one input gives one gradient, a list of inputs a tuple. The others take an expression and a tensor that it
    was made of, or a function and its inputs.
    """
    if positional and isinstance(positional[0], Function) and hasattr(functional, word):
        # Of a function, as torch.autograd.functional has it.
        of_function = getattr(functional, word)
        checked(tree, word, of_function, positional, keywords)
        return context.host(tree, of_function, positional, keywords)
    if word == "grad":
        checked(tree, word, grad, positional, keywords)
        named = dict(zip(("outputs", "inputs", "grad_outputs", "retain_graph"), positional, strict=False))
        named.update(keywords)
        alone = isinstance(named["inputs"], Array)
        for name in ("outputs", "inputs", "grad_outputs"):
            if name in named and not isinstance(named[name], Nothing):
                named[name] = _tensors(context, tree, named[name])
        named.setdefault("create_graph", from_python(True))
        found = context.host(tree, grad, (), named)
        return found.items[0] if alone and isinstance(found, Group) else found
    taken = list(positional) + [keywords[key] for key in keywords if key == DERIVATIVES[word]]
    least = 3 if DERIVATIVES[word] == "v" else 2
    if not least <= len(taken) <= (2 if not DERIVATIVES[word] else 3) or len(taken) < len(positional) + len(
        keywords
    ):
        extra = {"v": ", v", "n": ", n"}.get(DERIVATIVES[word], "")
        raise CallProblem(
            f"{word}() takes an expression and a tensor{' and a vector' if extra == ', v' else ''}",
            span=span_of(tree),
            hint=f"write {word}(y, x{extra})",
        )
    arrays = [context.tensor(context.array(one, span_of(tree))) for one in taken]
    found = context.guard(tree, _FORMS[word], *arrays)
    return from_python(found)


def _tensors(context: ProgramContext, tree: Tree, meaning: Meaning) -> Meaning:
    if isinstance(meaning, Listing | Group):
        return meaning._replace(
            items=tuple([context.tensor(context.array(one, span_of(tree))) for one in meaning.items])
        )
    if isinstance(meaning, Array):
        return context.tensor(meaning)
    raise CallProblem(f"{kind_of(meaning)} cannot be differentiated", span=span_of(tree))


def _vjp(y: Tensor, x: Tensor, v: Tensor) -> Tensor:
    return _product(y, x, v, batched=False)


def _product(y: Tensor, x: Tensor, v: Tensor, *, batched: bool) -> Tensor:
    lead = v.shape[:1] if batched else ()
    if not y.requires_grad:
        # Not grad's own complaint: what x has no part in has the derivative 0.
        _required(x)
        return zeros(lead + x.array.shape)
    found: Tensor
    (found,) = grad([y], [x], [v], create_graph=True, is_grads_batched=batched, materialize_grads=True)
    return found


def _required(x: Tensor) -> None:
    grad([x], [x], [ones(x.array.shape)])


def _gradient(y: Tensor, x: Tensor) -> Tensor:
    if y.shape != ():
        raise GradientProblem(
            f"grad can be implicitly created only for scalar outputs: this expression is {describe(y.shape)}",
            hint="use jacobian(), or reduce it with sum() or mean()",
        )
    return _vjp(y, x, ones(()))


def _jacobian(y: Tensor, x: Tensor) -> Tensor:
    size = elements(y.shape)
    seeds = _reshaped(eye(size), (size, *y.array.shape))
    rows = _product(y, x, seeds, batched=True)
    return _reshaped(rows, (*y.shape, *x.shape))


def _reshaped(x: Tensor, shape: tuple[Any, ...]) -> Tensor:
    found: Tensor = call(ops.reshape, [x], {"shape": shape})  # type: ignore[assignment]
    return found


def _hessian(y: Tensor, x: Tensor) -> Tensor:
    return _jacobian(_gradient(y, x), x)


def _laplacian(y: Tensor, x: Tensor) -> Tensor:
    size = elements(x.shape)
    matrix = _reshaped(_hessian(y, x), (size, size))
    found: Tensor = call(ops.trace, [matrix], {})  # type: ignore[assignment]
    return found


def _jvp(y: Tensor, x: Tensor, v: Tensor) -> Tensor:
    # The gradient is linear in the weights of the output, and its slope by them is the product.
    weights = zeros(y.array.shape, requires_grad=True)
    return _vjp(_vjp(y, x, weights), weights, v)


def _hvp(y: Tensor, x: Tensor, v: Tensor) -> Tensor:
    return _vjp(_gradient(y, x), x, v)


def _diff(y: Tensor, x: Tensor, n: Tensor | None = None) -> Tensor:
    times = 1 if n is None else n.item()
    if times != times or not 0 <= times <= 1000 or times != int(times):
        raise CallProblem(
            f"diff() cannot be repeated {times:g} times", hint="n is a whole number from 0 to 1000"
        )
    for _ in range(int(times)):
        y = _diff_once(y, x)
    return y


def _diff_once(y: Tensor, x: Tensor) -> Tensor:
    if y.shape == () and x.shape == ():
        return _gradient(y, x)
    if x.shape == ():
        return _jvp(y, x, ones(()))
    if y.shape != x.shape:
        raise GradientProblem(
            f"diff() needs a scalar to differentiate by, or an elementwise expression: "
            f"x is {describe(x.shape)} and the expression {describe(y.shape)}",
            hint="use grad() for a scalar expression, or jacobian()",
        )
    size = elements(x.shape)
    square = _reshaped(_jacobian(y, x), (size, size))
    found: Tensor = call(ops.diagonal, [square], {"offset": 0, "axis1": 0, "axis2": 1})  # type: ignore[assignment]
    if square.array[eye(size).array == 0].any():
        raise GradientProblem(
            "diff() needs a scalar to differentiate by, or an elementwise expression: "
            "here an element of the expression depends on several of x",
            hint="use grad() for a scalar expression, or jacobian()",
        )
    return _reshaped(found, tuple(x.shape))


_FORMS: dict[str, Callable[..., Tensor]] = {
    "diff": _diff,
    "jacobian": _jacobian,
    "hessian": _hessian,
    "laplacian": _laplacian,
    "jvp": _jvp,
    "vjp": _vjp,
    "hvp": _hvp,
}
