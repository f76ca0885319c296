"""Functions whose backward a user writes.

    class Exp(Function):
        @staticmethod
        def forward(ctx, x):
            y = x.exp()
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return g * y

    y = Exp.apply(x)

Written in operations that have derivatives themselves, as here, it can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from inspect import signature
from time import perf_counter_ns
from typing import Any

from gradcli.autograd import inplace
from gradcli.autograd.backward import Apply, BackwardNode, Edge, Value
from gradcli.autograd.function_node import Context, FunctionNode, Likeness
from gradcli.autograd.modes import no_grad, state
from gradcli.autograd.variable import Variable, View, made
from gradcli.autograd.views import rebase
from gradcli.errors import AutogradError, AutogradMissingError, AutogradTypeError
from gradcli.graph.shapes import Shape


class Function:
    """The base of functions with a backward of their own.

    A subclass has the static methods ``forward(ctx, *arguments)`` and ``backward(ctx, *gradients)``; or
    ``forward(*arguments)`` and ``setup_context(ctx, inputs, output)``. ``vjp`` is another name of backward.
    It gets a gradient for each result, and returns one for each argument, ``None`` for what has none. ``ctx``
    is a ``Context``.
    """

    def __init__(self) -> None:
        raise AutogradError(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all static, so you "
            "should invoke them on the class itself.",
            hint=f"write {type(self).__name__}.apply(...)",
        )

    @classmethod
    def apply(cls, *arguments: Any, **keywords: Any) -> Any:
        """Run forward, and note backward for the results.

        Args:
            arguments: tensors, which may need gradients, and whatever else forward takes.
            keywords: the same by name; backward answers each at its position.

        Returns:
            What forward returns, its tensors in the backward graph.

        Raises:
            AutogradError: there is no forward; an argument was changed in place that may not be.
            AutogradTypeError: a tensor that needs a gradient was given for what has a name alone.
        """
        forward, setup = getattr(cls, "forward", None), getattr(cls, "setup_context", None)
        if forward is None:
            raise AutogradMissingError(
                "You must implement the forward function for custom autograd.Function.",
                hint="a static method forward(ctx, x)",
            )
        arguments, keywords = _bound(forward, arguments, keywords, newer=setup is not None)
        for name, one in keywords.items():
            if isinstance(one, Variable) and one.tracked:
                raise AutogradTypeError(
                    f"{cls.__name__}.apply() got the tensor {name!r}, which requires a gradient, by name",
                    hint="backward answers by positions, and forward takes this one by its name alone",
                )
        tracked = [isinstance(one, Variable) and one.tracked for one in arguments]
        context = Context(tuple(tracked))
        edges = tuple([one.edge if one.tracked else None for one in arguments if isinstance(one, Variable)])
        recorder = state.recorder
        start = perf_counter_ns() if recorder is not None else 0
        with no_grad():
            if setup is None:
                output = forward(context, *arguments, **keywords)
            else:
                output = forward(*arguments, **keywords)
                setup(context, arguments, output)
        results = list(output) if isinstance(output, tuple) else [output]
        results = cls._wrapped(context, arguments, results, edges, noted=state.grad and any(tracked))
        if recorder is not None:
            tensors = [one for one in results if isinstance(one, Variable)]
            recorder.forward(f"{cls.__name__}Backward", start, perf_counter_ns(), list(arguments), tensors)
        return tuple(results) if isinstance(output, tuple) else results[0]

    @classmethod
    def _wrapped(
        cls,
        context: Context,
        arguments: Sequence[Any],
        outputs: list[Any],
        edges: tuple[Edge | None, ...],
        *,
        noted: bool,
    ) -> list[Any]:
        """The results as their user gets them."""
        _check_dirty(context, arguments, outputs, noted)
        node = None
        if noted:
            likes = [[_likeness(one) for one in some] for some in (arguments, outputs)]
            node = FunctionNode(cls.__name__, _backward_of(cls), context, likes[0], likes[1], edges)
        results = [_result(one, place, node, context, arguments) for place, one in enumerate(outputs)]
        if node is None:
            context.forget()
            return results
        known = dict(zip([id(one) for one in arguments if isinstance(one, Variable)], edges, strict=False))
        dirty, fixed = ({id(one) for one in some} for some in (context._dirty, context._fixed))
        places = {id(one): place for place, one in reversed(list(enumerate(outputs))) if id(one) not in fixed}

        def origin(saved: Variable) -> Any:
            place = places.get(id(saved))
            if place is not None and (id(saved) in dirty or id(saved) not in known):
                return place
            return known.get(id(saved), saved.edge)

        context.keep(origin)
        return results


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Let a backward compute what cannot be differentiated itself; whoever tries is told so.

    With ``create_graph=True`` its gradients are tracked, to nowhere: what depends on them has no second
    derivative, and not one that silently lacks this function's part.
    """

    @wraps(backward)
    def once(ctx: Context, *gradients: Any) -> Any:
        with no_grad():
            found = backward(ctx, *gradients)
        if not state.grad:
            return found
        several = found if isinstance(found, tuple) else (found,)
        function = None if ctx._node is None else ctx._node()
        edges = [] if function is None else list(function.edges)
        edges += [one.edge for one in gradients if isinstance(one, Variable)]
        node = Undifferentiable(tuple(edges), len(several))
        ends: list[Any] = []
        for place, one in enumerate(several):
            if isinstance(one, Variable):
                one = made(one.array, one.version)
                one.attach(node, place)
            ends.append(one)
        return tuple(ends) if isinstance(found, tuple) else ends[0]

    return once


class Undifferentiable(BackwardNode):
    """Where the way back ends with an error."""

    __slots__ = ("_count",)

    def __init__(self, edges: tuple[Edge | None, ...], count: int) -> None:
        super().__init__(edges)
        self._count = count

    def name(self) -> str:
        """PyTorch's name."""
        return "torch::autograd::Error"

    @property
    def outputs(self) -> int:
        """How many gradients it stands for."""
        return self._count

    def zeros(self, place: int, lead: Shape) -> Value:
        """Nothing: it does not run."""
        return None

    def pull(self, gradients: list[Value], lead: Shape, apply: Apply | None) -> Sequence[Value | None]:
        """Refuse.

        Raises:
            AutogradError: always.
        """
        raise AutogradError(
            "trying to differentiate twice a function that was marked with @once_differentiable",
            hint="write its backward in operations on tensors, and leave the decorator out",
        )


def _bound(
    forward: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any], *, newer: bool
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments by position, as far as they have one; in the newer style defaults are arguments too."""
    if newer:
        bound = signature(forward).bind(*arguments, **keywords)
        bound.apply_defaults()
        return bound.args, bound.kwargs
    if not keywords:
        return arguments, keywords
    bound = signature(forward).bind(None, *arguments, **keywords)
    return bound.args[1:], bound.kwargs


def _backward_of(function: type[Function]) -> Callable[..., Any]:
    """The backward that a user wrote; one that is missing is missed when it runs."""
    backward, vjp = getattr(function, "backward", None), getattr(function, "vjp", None)

    def neither(*_: Any) -> Any:
        raise AutogradMissingError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use "
            "it with backward mode AD.",
            hint="a static method backward(ctx, gradient)",
        )

    def both(*_: Any) -> Any:
        raise AutogradError(
            "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only "
            "implement one of them.",
            hint="they are two names of the same",
        )

    if backward is not None and vjp is not None:
        return both
    return backward or vjp or neither


def _likeness(one: Any) -> Likeness | None:
    return Likeness(one.array.shape, one.array.dtype) if isinstance(one, Variable) else None


def _check_dirty(context: Context, arguments: Sequence[Any], outputs: Sequence[Any], noted: bool) -> None:
    """Count the changes in place that a function owned up to, and refuse those that may not be."""
    for one in context._dirty:
        if not isinstance(one, Variable):
            raise AutogradError(
                f"mark_dirty can only accept variables, but got {type(one).__name__}",
                hint="name the arguments that were changed in place",
            )
        if all(one is not other for other in outputs):
            raise AutogradError(
                "Some elements marked as dirty during the forward method were not returned as output. The "
                "inputs that are modified inplace must all be outputs of the Function.",
                hint="return it as well",
            )
        one._bump()
        if noted and one.tracked and one._edge is None:
            raise AutogradError(
                "a leaf Variable that requires grad has been used in an in-place operation.",
                hint="hand over a clone() of it",
            )
        if noted:
            inplace.allow(one, arguments)


def _result(
    output: Any, place: int, node: FunctionNode | None, context: Context, arguments: Sequence[Any]
) -> Any:
    """One result: the tensor that forward made, or another with its memory where that one is taken."""
    if not isinstance(output, Variable):
        return output
    given = any(output is one for one in arguments)
    dirty = any(output is one for one in context._dirty)
    fixed = any(output is one for one in context._fixed) or output.array.dtype.kind != "f"
    if node is None or fixed:
        return made(output.array, output.version) if (given and not dirty) or output.tracked else output
    if dirty and given:
        rebase(output, node, place)
        return output
    if given or output._view is not None:
        result = made(output.array, output.version)
        base = output if output._view is None else output._view.base
        result._view = View(base, (), "function")
    elif output.tracked:
        result = made(output.array, output.version)
    else:
        result = output
    result.attach(node, place)
    return result
