"""What the backward of a function of one's own may return, and how it is checked."""

from __future__ import annotations

from .telling import behaviour, facts, sentence


def scaling(lib, backward, forward=lambda ctx, x: x * 2):
    """A function whose backward, and maybe forward, is given."""
    return type(
        "Scale", (lib.Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    )


@behaviour
def a_gradient_of_another_shape_is_refused(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    return sentence(scaling(lib, lambda ctx, g: lib.ones(5)).apply(x).sum().backward)


@behaviour
def a_gradient_that_broadcasts_is_summed_to_the_shape_of_the_input(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    scaling(lib, lambda ctx, g: lib.ones(3, 2) * g).apply(x).sum().backward()
    return facts(x.grad)


@behaviour
def too_many_gradients_are_refused(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    return sentence(scaling(lib, lambda ctx, g: (g, g)).apply(x).sum().backward)


@behaviour
def gradients_of_none_beyond_the_inputs_are_let_pass(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    scaling(lib, lambda ctx, g: (g, None)).apply(x).sum().backward()
    return facts(x.grad)


@behaviour
def too_few_gradients_are_refused(lib):
    x, y = lib.tensor([1.0], requires_grad=True), lib.tensor([2.0], requires_grad=True)
    return sentence(scaling(lib, lambda ctx, g: g, lambda ctx, x, y: x * y).apply(x, y).backward)


@behaviour
def a_gradient_that_is_no_tensor_is_refused(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    return sentence(scaling(lib, lambda ctx, g: 5.0).apply(x).sum().backward)


@behaviour
def a_gradient_of_none_is_no_gradient(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    scaling(lib, lambda ctx, g: None).apply(x).sum().backward()
    return facts(x.grad)


@behaviour
def a_backward_of_tensor_operations_can_be_differentiated(lib):
    class Cube(lib.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 3 * x**2

    x = lib.tensor([2.0], requires_grad=True)
    (g,) = lib.grad(Cube.apply(x), x, create_graph=True)
    passed = lib.gradcheck(Cube.apply, (x,)), lib.gradgradcheck(Cube.apply, (x,))
    return facts(g, lib.grad(g, x), passed)


@behaviour
def gradcheck_finds_a_wrong_backward(lib):
    x = lib.tensor([2.0], requires_grad=True)
    wrong = scaling(lib, lambda ctx, g: g * 3)
    return facts(
        sentence(lambda: lib.gradcheck(wrong.apply, (x,))),
        lib.gradcheck(wrong.apply, (x,), raise_exception=False),
    )


@behaviour
def gradcheck_needs_an_input_that_requires_a_gradient(lib):
    return sentence(lambda: lib.gradcheck(lib.sin, (lib.tensor([2.0]),)))
