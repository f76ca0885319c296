"""Functions with a backward of their own, against PyTorch's answers; and what only we promise of them."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from alike import check, facts
from function_cases import CASES

from gradcli import Function, grad, inference_mode, tensor
from gradcli.autograd.function import once_differentiable
from gradcli.errors import AutogradError, AutogradTypeError

FACTS = facts("function")


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


class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x * x


class Total(Function):
    """Its backward would take a leading axis for a part of the argument."""

    @staticmethod
    def forward(ctx, x):
        ctx.size = x.shape
        return x.sum()

    @staticmethod
    def backward(ctx, g):
        assert g.shape == ()
        return g * tensor(np.ones(ctx.size))


@pytest.mark.parametrize("name", [name for name in CASES if "gradcheck" not in name])
@pytest.mark.filterwarnings("ignore:Backwards compatibility")
def test_as_pytorch(name: str) -> None:
    check(CASES[name], FACTS[name])


def test_each_fact_has_its_case() -> None:
    assert set(FACTS) == set(CASES)


@contextmanager
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def test_a_dropped_graph_is_freed_at_once() -> None:
    with no_collector():
        x = tensor([1.0, 2.0], requires_grad=True)
        y = Exp.apply(x)
        z = Cube.apply(y)
        gone = [weakref.ref(one) for one in (y, z, y.grad_fn, z.grad_fn)]
        del y, z
        assert [one() for one in gone] == [None] * 4


def test_a_graph_that_was_differentiated_twice_is_freed_at_once() -> None:
    with no_collector():
        x = tensor([1.0, 2.0], requires_grad=True)
        y = Exp.apply(Cube.apply(x)).sum()
        (g,) = grad(y, x, create_graph=True)
        (h,) = grad(g.sum(), x)
        gone = [weakref.ref(one) for one in (y, y.grad_fn, g, g.grad_fn, h)]
        del y, g, h
        assert [one() for one in gone] == [None] * 5


def test_a_graph_with_changes_in_place_is_freed_at_once() -> None:
    class AddOne(Function):
        @staticmethod
        def forward(ctx, x):
            x += 1
            ctx.mark_dirty(x)
            ctx.save_for_backward(x)
            return x

        @staticmethod
        def backward(ctx, g):
            assert ctx.saved_tensors[0].grad_fn is not None
            return g

    with no_collector():
        x = tensor([1.0, 2.0], requires_grad=True)
        y = x * 1
        AddOne.apply(y)
        y.sum().backward(retain_graph=True)
        gone = [weakref.ref(one) for one in (y, y.grad_fn)]
        del y
        assert [one() for one in gone] == [None] * 2


def test_third_derivatives() -> None:
    x = tensor([1.0, 2.0], requires_grad=True)
    (first,) = grad(Cube.apply(x).sum(), x, create_graph=True)
    (second,) = grad(first.sum(), x, create_graph=True)
    (third,) = grad(second.sum(), x)
    assert first.tolist() == [3.0, 12.0]
    assert second.tolist() == [6.0, 12.0]
    assert third.tolist() == [6.0, 6.0]


def test_a_batch_of_gradients_reaches_backward_one_by_one() -> None:
    x = tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = Total.apply(x) * 2
    (found,) = grad(y, x, tensor([1.0, 10.0]), is_grads_batched=True, create_graph=True)
    assert found.tolist() == [[2.0] * 3, [20.0] * 3]
    (found,) = grad(Exp.apply(x), x, tensor(np.eye(3)), is_grads_batched=True)
    assert np.array_equal(found.numpy(), np.diag(np.exp([1.0, 2.0, 3.0])))
    (found,) = grad(Exp.apply(x), x, tensor(np.zeros((0, 3))), is_grads_batched=True)
    assert found.shape == (0, 3)


def test_a_gradient_takes_the_type_of_its_argument() -> None:
    seen = []

    class Double(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            seen.append(g.dtype)
            return tensor([1.0, 2.0])

    x = tensor([1.0, 2.0], dtype="float32", requires_grad=True)
    Double.apply(x).sum().backward()
    assert seen == [np.float32]
    assert x.grad is not None
    assert x.grad.dtype == np.float32
    assert x.grad.tolist() == [1.0, 2.0]


def test_a_lost_second_derivative_is_an_error_and_not_a_wrong_number() -> None:
    """PyTorch differentiates x^3 + once(x) to 6x here: the part of once() is lost in silence."""

    class Once(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @once_differentiable
        def backward(ctx, g):
            return g * 2 * ctx.saved_tensors[0]

    x = tensor(2.0, requires_grad=True)
    (g,) = grad(Once.apply(x) + x**3, x, create_graph=True)
    assert g.item() == 16.0
    with pytest.raises(AutogradError, match="trying to differentiate twice a function"):
        grad(g, x)


def test_a_tracked_tensor_by_name_is_refused() -> None:
    class Scaled(Function):
        @staticmethod
        def forward(ctx, x, *, factor):
            return x * factor

    x = tensor(2.0, requires_grad=True)
    with pytest.raises(AutogradTypeError, match="'factor', which requires a gradient, by name"):
        Scaled.apply(x, factor=x)


def test_an_instance_is_of_no_use() -> None:
    with pytest.raises(AutogradError, match="should not be instantiated") as caught:
        Exp()
    assert caught.value.hint == "write Exp.apply(...)"


def test_what_was_made_for_inference_cannot_be_saved() -> None:
    with inference_mode():
        constant = tensor([1.0, 2.0])

    class Times(Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_backward(y)
            return x * y

    with pytest.raises(AutogradError, match="Inference tensors cannot be saved for backward"):
        Times.apply(tensor([1.0, 2.0], requires_grad=True), constant)


def test_a_tensor_from_elsewhere_keeps_its_own_history() -> None:
    """PyTorch overwrites the history of a tensor that forward has caught and gives back."""
    x, other = tensor(2.0, requires_grad=True), tensor(3.0, requires_grad=True)

    class Caught(Function):
        @staticmethod
        def forward(ctx, x):
            return other

        @staticmethod
        def backward(ctx, g):
            return g * 5

    y = Caught.apply(x)
    y.backward()
    assert y.item() == 3.0
    assert x.grad is not None
    assert x.grad.item() == 5.0
    assert other.is_leaf
    assert other.grad is None


def test_one_result_twice() -> None:
    class Twice(Function):
        @staticmethod
        def forward(ctx, x):
            y = x * 2
            return y, y

        @staticmethod
        def backward(ctx, g, h):
            return g * 10 + h * 100

    x = tensor(1.0, requires_grad=True)
    y, z = Twice.apply(x)
    assert (y.output_nr, z.output_nr) == (0, 1)
    (y + z * 2).backward()
    assert x.grad is not None
    assert x.grad.item() == 210.0


def test_a_view_that_is_given_back_keeps_its_backward_when_the_memory_changes() -> None:
    class First(Function):
        @staticmethod
        def forward(ctx, x):
            return x[:1]

        @staticmethod
        def backward(ctx, g):
            return g * tensor([7.0, 0.0])

    x = tensor([1.0, 2.0], requires_grad=True)
    y = x * 1
    part = First.apply(y)[0]
    y += 1
    part.backward()
    assert part.item() == 2.0
    assert x.grad is not None
    assert x.grad.tolist() == [7.0, 0.0]
