"""gradcheck and gradgradcheck, against PyTorch's verdicts."""

from __future__ import annotations

import numpy as np
import pytest
from alike import check, facts
from function_cases import CASES

from gradcli import Function, gradcheck, gradgradcheck, tensor
from gradcli.errors import AutogradError

FACTS = facts("function")


@pytest.mark.parametrize("name", [name for name in CASES if "gradcheck" in name])
def test_as_pytorch(name: str) -> None:
    check(CASES[name], FACTS[name])


class Wrong(Function):
    """Its gradient is right but for one element."""

    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * tensor([2.0, 2.5])


def test_both_jacobians_are_shown_and_where_they_differ() -> None:
    with pytest.raises(AutogradError) as caught:
        gradcheck(Wrong.apply, tensor([1.0, 2.0], requires_grad=True))
    lines = caught.value.message.splitlines()
    assert lines[0] == "Jacobian mismatch for output 0 with respect to input 0,"
    assert lines[1].startswith("numerical:tensor([[2.0000")
    assert lines[3].startswith("analytical:tensor([[2.0000")
    assert "element 1 of the input and 1 of the output: backward gives 2.5" in caught.value.hint


def test_single_precision_is_warned_of() -> None:
    x = tensor([1.0, 2.0], dtype="float32", requires_grad=True)
    said = "Input #1 requires gradient and is not a double precision floating point or complex"
    with pytest.warns(UserWarning, match=said):
        assert gradcheck(lambda a, b: b * 2, (tensor([1.0]), x), eps=2**-6)


def test_inputs_are_put_back() -> None:
    x = tensor([0.1, 0.2, 0.3], requires_grad=True)

    def fails(a):
        if a.numpy(force=True)[1] > 0.2:
            raise RuntimeError("too far")
        return a * 2

    with pytest.raises(RuntimeError, match="too far"):
        gradcheck(fails, x)
    assert x.tolist() == [0.1, 0.2, 0.3]
    assert gradcheck(lambda a: a * 2, x)
    assert x.tolist() == [0.1, 0.2, 0.3]
    assert x.grad is None


def test_a_function_that_does_nothing() -> None:
    x = tensor([0.1, 0.2], requires_grad=True)
    assert gradcheck(lambda a: a, x)
    assert gradgradcheck(lambda a: a, x)


def test_what_moves_by_itself_is_moved() -> None:
    """The inputs are moved in place, so a function that has caught them sees it too."""
    x = tensor([0.1, 0.2], requires_grad=True)
    assert gradcheck(lambda _: x * x, x)


def test_batches_are_checked_if_that_is_wanted() -> None:
    x = tensor([[0.1, 0.2]], requires_grad=True)
    assert gradcheck(lambda a: (a.exp(), a.sum()), x, check_batched_grad=True)
    assert gradgradcheck(lambda a: (a.exp(), a.sum()), x, check_batched_grad=True)


def test_gradients_of_its_own_choice() -> None:
    x, g = tensor([0.5, 0.25], requires_grad=True), tensor([3.0, -1.0], requires_grad=True)
    assert gradgradcheck(lambda a: a**3, x, g)
    assert gradgradcheck(lambda a: a**3, [x], [g.detach()])


@pytest.mark.parametrize("point", [0.3, -1.7])
def test_tolerances_decide(point: float) -> None:
    class Off(Function):
        """The derivative of x^2 is off by a millionth."""

        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            return g * 2 * ctx.saved_tensors[0] * (1 + 1e-6)

    x = tensor(point, requires_grad=True)
    assert gradcheck(Off.apply, x)
    assert not gradcheck(Off.apply, x, atol=1e-9, rtol=1e-8, raise_exception=False)


def test_an_empty_input() -> None:
    assert gradcheck(lambda a: a.exp(), tensor(np.zeros((0, 2)), requires_grad=True))
