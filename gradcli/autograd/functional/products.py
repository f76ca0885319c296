"""Products of a function's first and second derivatives with a vector, without the matrix."""

from __future__ import annotations

from typing import Any

from gradcli.autograd.functional.arguments import (
    OUTPUTS,
    Function,
    Given,
    Tensors,
    demand,
    entered,
    filled,
    given_back,
    gradients,
    tensors,
    vector,
)
from gradcli.autograd.making import zeros_like
from gradcli.autograd.modes import enable_grad
from gradcli.autograd.tensor import Tensor
from gradcli.errors import AutogradError

NOT_TRACKED = (
    "Output {} of the user-provided function does not require gradients. The outputs must be computed in a "
    "differentiable manner from the input when running in strict mode."
)
LINEAR = (
    "While computing the hessian, found that the jacobian of the user-provided function with respect to "
    "input {} is independent of the input. This is not allowed in strict mode. You should ensure that your "
    "function is twice differentiable and that the jacobian depends on the inputs (this would be violated "
    "by a linear function for example)."
)
_SINGLE_INPUT = "input to the user-provided function is"


def vjp(
    func: Function, inputs: Given, v: Given | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The outputs of a function, and a vector times its Jacobian.

    Args:
        func: from tensors to a tensor or a tuple of them.
        inputs: where.
        v: of the outputs' shapes; not needed for a single number.
        create_graph: whether both results can be differentiated.
        strict: whether an input that no output depends on is an error, and not zeros.

    Returns:
        The outputs, and the product, of the inputs' shapes.

    Raises:
        AutogradError: the vector does not fit; in strict mode, something is independent of the inputs.
        AutogradTypeError: something is no tensor.
    """
    with enable_grad():
        several, points = tensors(inputs, "inputs", "vjp")
        points = entered(points, create_graph)
        many, outputs = _called(func, points, "vjp", strict)
        single = "user-provided function returns"
        cotangents = vector(v, outputs, many, "vjp", create_graph, single)
    found = filled(
        gradients(outputs, points, cotangents, create_graph=create_graph),
        points,
        strict=strict,
        create_graph=create_graph,
        missing="The output of the user-provided function is independent of input {}.",
        matrix="jacobian",
    )
    return given_back(outputs, many, create_graph), given_back(found, several, create_graph)


def jvp(
    func: Function, inputs: Given, v: Given | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The outputs of a function, and its Jacobian times a vector.

    The product is the derivative of ``u -> u J`` along v, which needs no forward mode: two ways back.

    Args:
        func: from tensors to a tensor or a tuple of them.
        inputs: where.
        v: of the inputs' shapes; not needed for a single number.
        create_graph: whether both results can be differentiated.
        strict: whether an input that no output depends on is an error, and not zeros.

    Returns:
        The outputs, and the product, of the outputs' shapes.

    Raises:
        AutogradError: the vector does not fit; in strict mode, something is independent of the inputs.
        AutogradTypeError: something is no tensor.
    """
    with enable_grad():
        _, points, tangents = _entered(inputs, v, "jvp", create_graph)
        many, outputs = _called(func, points, "jvp", strict)
        cotangents, back = pulled(outputs, points)
        if strict:
            demand(
                back,
                "The gradient with respect to input {} is independent of the inputs of the user-provided "
                "function. This is not allowed in strict mode.",
            )
    found = filled(
        pushed(back, cotangents, tangents, create_graph=create_graph),
        outputs,
        strict=strict,
        create_graph=create_graph,
        missing="The gradient with respect to the input is independent of entry {} in the grad_outputs when "
        "using the double backward trick to compute forward mode gradients.",
        matrix="jacobian",
    )
    return given_back(outputs, many, create_graph), given_back(found, many, create_graph)


def vhp(
    func: Function, inputs: Given, v: Given | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The number that a function gives, and a vector times its Hessian.

    Args:
        func: from tensors to a tensor of one element.
        inputs: where.
        v: of the inputs' shapes; not needed for a single number.
        create_graph: whether both results can be differentiated.
        strict: whether an input that the gradient is independent of is an error, and not zeros.

    Returns:
        The output, and the product, of the inputs' shapes.

    Raises:
        AutogradError: the vector does not fit, or there are several numbers; in strict mode, something is
            independent of the inputs.
        AutogradTypeError: something is no tensor.
    """
    with enable_grad():
        several, points, tangents = _entered(inputs, v, "vhp", create_graph)
        output, slope = _slope(func, points, "vhp", strict)
    found = filled(
        gradients(slope, points, tangents, create_graph=create_graph),
        points,
        strict=strict,
        create_graph=create_graph,
        missing="The jacobian of the user-provided function is independent of input {}.",
        matrix="hessian",
    )
    return given_back(output, False, create_graph), given_back(found, several, create_graph)


def hvp(
    func: Function, inputs: Given, v: Given | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The number that a function gives, and its Hessian times a vector; ``vhp`` takes one way back less.

    Args:
        func: from tensors to a tensor of one element.
        inputs: where.
        v: of the inputs' shapes; not needed for a single number.
        create_graph: whether both results can be differentiated.
        strict: whether an input that the gradient is independent of is an error, and not zeros.

    Returns:
        The output, and the product, of the inputs' shapes.

    Raises:
        AutogradError: the vector does not fit, or there are several numbers; in strict mode, something is
            independent of the inputs.
        AutogradTypeError: something is no tensor.
    """
    with enable_grad():
        several, points, tangents = _entered(inputs, v, "hvp", create_graph)
        output, slope = _slope(func, points, "hvp", strict)
        cotangents, back = pulled(slope, points)
    found = filled(
        pushed(back, cotangents, tangents, create_graph=create_graph),
        points,
        strict=strict,
        create_graph=create_graph,
        missing="The hessian of the user-provided function is independent of entry {} in the grad_jacobian.",
        matrix="hessian",
        more=" as it prevents from using the double backward trick to replace forward mode AD.",
    )
    return given_back(output, False, create_graph), given_back(found, several, create_graph)


def pulled(outputs: Any, points: Tensors) -> tuple[tuple[Tensor | None, ...], tuple[Tensor | None, ...]]:
    """A cotangent for each output, tracked, and what it gives at the inputs: a linear function of it.

    The cotangents are zeros; the derivative of a linear function is the same everywhere.
    """
    cotangents = tuple(
        [zeros_like(one, requires_grad=True) if one is not None and one.tracked else None for one in outputs]
    )
    kept = [one for one in outputs if one is not None and one.tracked]
    seeds = [one for one in cotangents if one is not None]
    return cotangents, gradients(kept, points, seeds, create_graph=True)


def pushed(
    back: tuple[Tensor | None, ...],
    cotangents: tuple[Tensor | None, ...],
    tangents: Any,
    *,
    create_graph: bool = False,
    keep: bool | None = None,
    batched: bool = False,
) -> tuple[Tensor | None, ...]:
    """Tangents of the inputs carried to the outputs, by the derivative of what ``pulled`` gave."""
    wanted = tuple([one for one in cotangents if one is not None])
    if not wanted:
        return (None,) * len(cotangents)
    found = iter(gradients(back, wanted, tangents, create_graph=create_graph, keep=keep, batched=batched))
    return tuple([None if one is None else next(found) for one in cotangents])


def _entered(inputs: Given, v: Given | None, asker: str, create_graph: bool) -> tuple[bool, Tensors, Any]:
    several, points = tensors(inputs, "inputs", asker)
    points = entered(points, create_graph)
    return several, points, vector(v, points, several, asker, create_graph, _SINGLE_INPUT)


def _called(func: Function, points: Tensors, asker: str, strict: bool) -> tuple[bool, Tensors]:
    many, outputs = tensors(func(*points), OUTPUTS, asker)
    if strict:
        demand(outputs, NOT_TRACKED)
    return many, outputs


def _slope(func: Function, points: Tensors, asker: str, strict: bool) -> tuple[Tensors, Any]:
    """The single output of a function, and its gradient, tracked."""
    many, outputs = _called(func, points, asker, strict)
    single(many, outputs, asker)
    found = gradients(outputs, points, create_graph=True)
    if strict:
        demand(found, LINEAR)
    return outputs, found


def single(many: bool, outputs: Tensors, asker: str) -> None:
    """Check that a function gives one number.

    Raises:
        AutogradError: it gives a tuple, or several elements.
    """
    if many:
        raise AutogradError(
            f"The function given to {asker} should return a single Tensor", hint="return one, and no tuple"
        )
    if outputs[0].array.size != 1:
        raise AutogradError(
            f"The Tensor returned by the function given to {asker} should contain a single element",
            hint=f"it is {outputs[0].array.shape}: reduce it with sum() or mean()",
        )
