"""What is asked of the engine: ``backward``, which accumulates at leaves, and ``grad``, which gives back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gradcli.autograd import accumulate
from gradcli.autograd.backward import Edge, Value
from gradcli.autograd.engine import Pass
from gradcli.autograd.sentences import UNTRACKED, size
from gradcli.autograd.variable import Variable, made
from gradcli.errors import AutogradError, AutogradTypeError, AutogradValueError

Gradients = Sequence[Variable | None] | Variable | None


def backward(
    tensors: Sequence[Variable] | Variable,
    grad_tensors: Gradients = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Sequence[Variable] | Variable | None = None,
) -> None:
    """Go back from tensors, and add what arrives to the ``.grad`` of the leaves.

    Args:
        tensors: where to start.
        grad_tensors: their gradients, of their shapes; not needed for a tensor of one element.
        retain_graph: whether another way back may follow; by default as ``create_graph``.
        create_graph: whether the gradients can be differentiated themselves.
        inputs: accumulate at these tensors alone.

    Raises:
        AutogradError: a tensor is not tracked, or has several elements and no gradient; what was saved is
            gone, or was changed since.
    """
    if inputs is not None:
        inputs = _tensors(inputs)
        if not inputs:
            raise AutogradError(
                "`inputs` argument to `backward()` cannot be empty.", hint="leave it out for all leaves"
            )
    roots = _roots(_tensors(tensors), grad_tensors, create_graph=create_graph, lead=None)
    wanted = None if inputs is None else [_edge_of(one) for one in inputs]
    keep = create_graph if retain_graph is None else retain_graph
    found = Pass(keep=keep, tracked=create_graph, wanted=wanted).run(roots)
    # An input that is named twice is one all the same.
    for edge, one in dict(zip(wanted or (), inputs or (), strict=True)).items():
        # A tensor that retains its gradient has it already.
        if edge in found and not one._retains:
            accumulate.add(one, found[edge], tracked=create_graph)


def grad(
    outputs: Sequence[Variable] | Variable,
    inputs: Sequence[Variable] | Variable,
    grad_outputs: Gradients = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Any, ...]:
    """The gradients of outputs by inputs; no ``.grad`` is touched.

    Args:
        outputs: what is differentiated.
        inputs: by what, leaves or tensors in the middle.
        grad_outputs: the gradients of the outputs; not needed for an output of one element.
        retain_graph: whether another way back may follow; by default as ``create_graph``.
        create_graph: whether the gradients can be differentiated themselves.
        allow_unused: give ``None`` for an input that no output depends on, instead of an error.
        is_grads_batched: ``grad_outputs`` hold several gradients along a first axis, and so will the answers.
        materialize_grads: give zeros instead of ``None``.

    Returns:
        A gradient for each input, of its shape, behind the axis of a batch if there is one.

    Raises:
        AutogradError: as ``backward``; or an input is not tracked, or not used.
        AutogradValueError: zeros are wanted, and unused inputs are not allowed.
    """
    outputs, inputs = _tensors(outputs), _tensors(inputs)
    if materialize_grads and allow_unused is False:
        raise AutogradValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, "
            "but got: allow_unused=False.",
            hint="leave allow_unused out",
        )
    if not inputs:
        raise AutogradError(
            "`inputs` argument to `grad()` cannot be empty.", hint="name what to differentiate by"
        )
    for one in inputs:
        if not one.tracked:
            raise AutogradError(
                "One of the differentiated Tensors does not require grad",
                hint="make it with requires_grad=True before it is used",
            )
    given = _several(grad_outputs) if grad_outputs is not None else ()
    lead = given[0].array.shape[:1] if is_grads_batched and given and given[0] is not None else ()
    roots = _roots(outputs, given or None, create_graph=create_graph, lead=lead)
    edges = [_edge_of(one) for one in inputs]
    keep = create_graph if retain_graph is None else retain_graph
    found = Pass(keep=keep, tracked=create_graph, wanted=edges, lead=lead).run(roots)
    answers: list[Any] = []
    for place, (one, edge) in enumerate(zip(inputs, edges, strict=True)):
        value = found.get(edge)
        if value is None and not (allow_unused or materialize_grads):
            raise AutogradError(
                f"The differentiated Tensor at index {place} appears to not have been used in the graph. "
                "Set allow_unused=True if this is the desired behavior.",
                hint="or differentiate by what the output was made of, and not by a copy of it",
            )
        if value is None and materialize_grads:
            value = np.zeros(lead + one.array.shape, one.array.dtype)
        answers.append(_owned(value, one))
    return tuple(answers)


def _owned(value: Value | None, of: Variable) -> Any:
    """A gradient as its user gets it: a tensor whose memory nothing else holds."""
    if value is None or isinstance(value, Variable):
        return value
    return made(np.array(value, dtype=of.array.dtype))


def _several(given: Any) -> tuple[Any, ...]:
    """A tensor, or several, as a tuple.

    Raises:
        AutogradTypeError: it is neither.
    """
    if isinstance(given, Variable):
        return (given,)
    if isinstance(given, Iterable):
        return tuple(given)
    raise AutogradTypeError(
        f"'{type(given).__name__}' object is not iterable", hint="write tensor(...) around it"
    )


def _tensors(given: Any) -> tuple[Any, ...]:
    """The same, and all of them tensors.

    Raises:
        AutogradError: one is something else.
    """
    found = _several(given)
    for one in found:
        if not isinstance(one, Variable):
            raise AutogradError(
                f"all inputs have to be Tensors or GradientEdges, but got {type(one).__name__}",
                hint="write tensor(...) around it",
            )
    return found


def _edge_of(one: Variable) -> Edge:
    edge = one.edge
    if edge is None:
        raise AutogradError(
            "One of the differentiated Tensors does not require grad",
            hint="make it with requires_grad=True before it is used",
        )
    return edge


def _roots(
    tensors: tuple[Variable, ...], gradients: Gradients, *, create_graph: bool, lead: tuple[int, ...] | None
) -> list[tuple[Edge, Value]]:
    given = (None,) * len(tensors) if gradients is None else _several(gradients)
    if len(given) != len(tensors):
        raise AutogradError(
            f"got {len(tensors)} tensors and {len(given)} gradients",
            hint="give one gradient for each, or None",
        )
    roots = []
    for place, (tensor, gradient) in enumerate(zip(tensors, given, strict=True)):
        value = _start(place, tensor, gradient, lead or ())
        edge = tensor.edge
        if edge is None:
            raise AutogradError(
                UNTRACKED.format(place),
                hint="make what it comes from with requires_grad=True, and compute it outside of no_grad",
            )
        if create_graph:
            root = value if isinstance(value, Variable) else made(np.asarray(value))
        else:
            root = value.array if isinstance(value, Variable) else value
        roots.append((edge, root))
    return roots


def _innermost(gradient: Any) -> str:
    """What stands where a tensor is due: PyTorch looks into a list."""
    while isinstance(gradient, list | tuple) and gradient:
        gradient = gradient[0]
    return type(gradient).__name__


def _start(place: int, tensor: Variable, gradient: Any, lead: tuple[int, ...]) -> Value:
    """The gradient that a tensor starts with."""
    if gradient is None:
        if not tensor.tracked:
            return 1.0
        if tensor.array.size != 1:
            raise AutogradError(
                "grad can be implicitly created only for scalar outputs",
                hint=f"the output is {tensor.array.shape}: give backward() a gradient of that shape, or "
                "reduce it with sum() or mean()",
            )
        return np.ones(tensor.array.shape, tensor.array.dtype)
    if not isinstance(gradient, Variable):
        raise AutogradTypeError(
            f"gradients can be either Tensors or None, but got {_innermost(gradient)}",
            hint="write tensor(...) around it",
        )
    if gradient.array.shape[len(lead) :] != tensor.array.shape and lead:
        raise AutogradError(
            "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch "
            "dimension. The sizes of the remaining dimensions are expected to match the shape of "
            f"corresponding output, but a mismatch was detected: grad_output[{place}] has a shape of "
            f"{size(gradient.array.shape)} and output[{place}] has a shape of {size(tensor.array.shape)}.",
            hint="each row along the first axis is one gradient",
        )
    if gradient.array.shape[len(lead) :] != tensor.array.shape:
        raise AutogradError(
            f"Mismatch in shape: grad_output[{place}] has a shape of {size(gradient.array.shape)} and "
            f"output[{place}] has a shape of {size(tensor.array.shape)}.",
            hint="a gradient has the shape of what it is the gradient of; nothing is broadcast here",
        )
    if gradient.array.dtype.kind != "f":
        return made(gradient.array.astype(tensor.array.dtype))
    return gradient
