"""What goes in and out of these functions: tensors or tuples of them, and what strict mode asks of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradcli.autograd.calls import call
from gradcli.autograd.making import zeros_like
from gradcli.autograd.requests import grad
from gradcli.autograd.sentences import size
from gradcli.autograd.tensor import Tensor
from gradcli.errors import AutogradError, AutogradTypeError
from gradcli.graph.node import ops

Function = Callable[..., Any]
Tensors = tuple[Tensor, ...]
Given = Tensor | Tensors
OUTPUTS = "outputs of the user-provided function"

_STRICT = "leave strict out, and what is independent has the derivative 0"


def tensors(given: Any, what: str, asker: str) -> tuple[bool, Tensors]:
    """A tensor or a tuple of them as a tuple, and whether it was one.

    Raises:
        AutogradTypeError: it is neither.
    """
    several = isinstance(given, tuple)
    found = given if isinstance(given, tuple) else (given,)
    for place, one in enumerate(found):
        if not isinstance(one, Tensor):
            where = f"value at index {place}" if several else f"given {what}"
            raise AutogradTypeError(
                f"The {what} given to {asker} must be either a Tensor or a tuple of Tensors but the {where} "
                f"has type {type(one)}.",
                hint="write tensor(...) around it",
            )
    return several, found


def entered(inputs: Tensors, create_graph: bool, *, tracked: bool = True) -> Tensors:
    """The tensors that the user's function sees: never those that were given.

    They are others, so that what the function has caught of the given ones elsewhere is no path.

    Args:
        inputs: what was given.
        create_graph: whether the given ones are to be reached by a later way back.
        tracked: whether the new ones require a gradient.
    """
    return tuple(
        [
            reshaped(one, one.array.shape) if create_graph and one.tracked else _apart(one, tracked=tracked)
            for one in inputs
        ]
    )


def _apart(one: Tensor, *, tracked: bool) -> Tensor:
    return one.detach().requires_grad_() if tracked else one.detach()


def reshaped(one: Tensor, shape: tuple[int, ...]) -> Tensor:
    """A tensor in other sizes, tracked."""
    found = call(ops.reshape, [one], {"shape": shape})
    assert isinstance(found, Tensor)
    return found


def vector(v: Any, like: Tensors, several: bool, asker: str, create_graph: bool, missing: str) -> Any:
    """The vector of a product, or nothing where one number is left out.

    Args:
        v: what was given.
        like: what it must have the shapes of.
        several: whether that was a tuple.
        asker: the function that was called.
        create_graph: whether its result can be differentiated by the vector.
        missing: what has to be a single number if there is no vector.

    Raises:
        AutogradError: it is missing, or has other sizes.
        AutogradTypeError: it is no tensor.
    """
    if v is None:
        if len(like) != 1 or like[0].array.size != 1:
            raise AutogradError(
                f"The vector v can only be None if the {missing} a single Tensor with a single element.",
                hint=f"give v of {', '.join([size(one.array.shape) for one in like])}",
            )
        return None
    found = entered(tensors(v, "v", asker)[1], create_graph, tracked=False)
    if len(found) != len(like):
        said = (
            f"v is a tuple of invalid length: should be {len(like)} but got {len(found)}."
            if several
            else "The given v should contain a single Tensor."
        )
        raise AutogradError(said, hint="give one tensor for each, in a tuple")
    for place, (one, other) in enumerate(zip(found, like, strict=True)):
        if one.array.shape != other.array.shape:
            entry = f"Entry {place} in " if several else ""
            raise AutogradError(
                f"{entry}v has invalid size: should be {size(other.array.shape)} but got "
                f"{size(one.array.shape)}.",
                hint="nothing is broadcast here",
            )
    return found


def gradients(
    outputs: Sequence[Tensor | None],
    inputs: Tensors,
    seeds: Sequence[Tensor] | None = None,
    *,
    create_graph: bool = False,
    keep: bool | None = None,
    batched: bool = False,
) -> tuple[Tensor | None, ...]:
    """As ``grad``, for outputs that need not be tracked, or be there at all."""
    places = [place for place, one in enumerate(outputs) if one is not None and one.tracked]
    if not places:
        return (None,) * len(inputs)
    return grad(
        [one for place, one in enumerate(outputs) if place in places and one is not None],
        inputs,
        None if seeds is None else [seeds[place] for place in places],
        retain_graph=keep,
        create_graph=create_graph,
        allow_unused=True,
        is_grads_batched=batched,
    )


def demand(found: Sequence[Tensor | None], otherwise: str) -> None:
    """What strict mode asks of outputs and of first derivatives: that all are tracked.

    Args:
        found: the tensors.
        otherwise: what to say of one that is not, with ``{}`` for its number.

    Raises:
        AutogradError: one is not tracked, or missing.
    """
    for place, one in enumerate(found):
        if one is None:
            raise independent("The output of the user-provided function is independent of input {}.", place)
        if not one.tracked:
            raise AutogradError(otherwise.format(place), hint=_STRICT)


def independent(sentence: str, place: int, more: str = "") -> AutogradError:
    """What strict mode says of a derivative that has no path."""
    return AutogradError(
        f"{sentence.format(place)} This is not allowed in strict mode{more or '.'}", hint=_STRICT
    )


def filled(
    found: Sequence[Tensor | None],
    like: Tensors,
    *,
    strict: bool,
    create_graph: bool,
    missing: str,
    matrix: str,
    more: str = "",
) -> Tensors:
    """Zeros in the place of derivatives that have no path.

    Args:
        found: the derivatives.
        like: what they have the shapes of.
        strict: complain instead.
        create_graph: whether they are to be differentiated further, which strict mode asks of them then.
        missing: what to say of one that is missing, with ``{}`` for its number.
        matrix: ``"jacobian"`` or ``"hessian"``, whose product this is.
        more: the end of that sentence.

    Raises:
        AutogradError: in strict mode, of a derivative that has no path.
    """
    complete = []
    for place, (one, other) in enumerate(zip(found, like, strict=True)):
        if one is None:
            if strict:
                raise independent(missing, place, more)
            one = zeros_like(other)
        elif strict and create_graph and not one.tracked:
            raise independent(
                f"The {matrix} of the user-provided function is independent of input {{}}.",
                place,
                " when create_graph=True.",
            )
        complete.append(one)
    return tuple(complete)


def given_back(found: Tensors, several: bool, create_graph: bool) -> Any:
    """What the user gets: a tuple where one was given, without a history unless it was asked for."""
    kept = found if create_graph else tuple([one.detach() for one in found])
    return kept if several else kept[0]
