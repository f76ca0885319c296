"""Functions with a backward of one's own."""

from __future__ import annotations

from .custom_gradients import scaling
from .telling import behaviour, facts, name, sentence, tree


@behaviour
def a_function_saves_its_result_for_backward(lib):
    class Exp(lib.Function):
        @staticmethod
        def forward(ctx, x):
            result = lib.exp(x)
            ctx.save_for_backward(result)
            return result

        @staticmethod
        def backward(ctx, g):
            (result,) = ctx.saved_tensors
            return g * result * 10

    x = lib.tensor([0.0, 1.0], requires_grad=True)
    y = Exp.apply(x)
    y.sum().backward()
    return facts(y, x.grad, tree(y.grad_fn))


@behaviour
def inside_forward_nothing_is_recorded(lib):
    def forward(ctx, x):
        seen.append([lib.is_grad_enabled(), (x * 2).requires_grad])
        return x * 2

    seen = []
    y = scaling(lib, lambda ctx, g: g, forward).apply(lib.tensor([1.0], requires_grad=True))
    return facts(seen, y.requires_grad)


@behaviour
def inside_backward_nothing_is_recorded_unless_asked(lib):
    def backward(ctx, g):
        seen.append(lib.is_grad_enabled())
        return g * 2

    seen, x = [], lib.tensor([1.0], requires_grad=True)
    y = scaling(lib, backward).apply(x)
    lib.grad(y, x, retain_graph=True)
    lib.grad(y, x, create_graph=True)
    return seen


@behaviour
def needs_input_grad_tells_which_gradients_are_wanted(lib):
    class Product(lib.Function):
        @staticmethod
        def forward(ctx, x, y, n):
            ctx.save_for_backward(x, y)
            return x * y * n

        @staticmethod
        def backward(ctx, g):
            seen.append(list(ctx.needs_input_grad))
            x, _ = ctx.saved_tensors
            return None, g * x * 5, None

    seen, x, y = [], lib.tensor([2.0]), lib.tensor([3.0], requires_grad=True)
    Product.apply(x, y, 5).backward()
    return facts(seen, y.grad)


@behaviour
def notes_on_the_context_come_back_in_backward(lib):
    class Power(lib.Function):
        @staticmethod
        def forward(ctx, x, n):
            ctx.n = n
            ctx.save_for_backward(x)
            return x**n

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * ctx.n * x ** (ctx.n - 1), None

    x = lib.tensor([2.0], requires_grad=True)
    Power.apply(x, 3).backward()
    return facts(x.grad)


@behaviour
def a_saved_input_is_the_tensor_itself(lib):
    class Same(lib.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx, g):
            seen.append(ctx.saved_tensors[0] is x)
            return g

    seen, x = [], lib.tensor([2.0], requires_grad=True)
    Same.apply(x).backward()
    return seen


@behaviour
def a_saved_tensor_that_was_changed_is_refused(lib):
    class Square(lib.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            return g * 2 * ctx.saved_tensors[0]

    y = lib.tensor([2.0], requires_grad=True) * 1
    z = Square.apply(y)
    y.add_(1)
    return sentence(z.backward)


@behaviour
def a_forward_that_returns_no_tensor_has_no_history(lib):
    y = scaling(lib, lambda ctx, g: g, lambda ctx, x: 5).apply(lib.tensor([1.0], requires_grad=True))
    return facts(y)


@behaviour
def several_results_have_one_node_and_a_gradient_each(lib):
    class Both(lib.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, g, h):
            return g * 2 + h * 3

    x = lib.tensor([1.0], requires_grad=True)
    y, z = Both.apply(x)
    (y * 10 + z * 100).backward()
    return facts(x.grad, y.grad_fn is z.grad_fn, y.output_nr, z.output_nr, name(z.grad_fn))


@behaviour
def a_result_that_was_not_used_has_a_gradient_of_zeros(lib):
    class Both(lib.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, g, h):
            seen.append(facts(g, h))
            return g * 2

    seen, x = [], lib.tensor([1.0, 2.0], requires_grad=True)
    Both.apply(x)[0].sum().backward()
    return seen


@behaviour
def without_materializing_a_result_that_was_not_used_has_none(lib):
    class Both(lib.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, g, h):
            seen.append(facts(g, h))
            return g * 2

    seen, x = [], lib.tensor([1.0, 2.0], requires_grad=True)
    Both.apply(x)[0].sum().backward()
    return seen


@behaviour
def a_result_that_is_marked_requires_no_gradient(lib):
    class Split(lib.Function):
        @staticmethod
        def forward(ctx, x):
            signs = x * 0 + 1
            ctx.mark_non_differentiable(signs)
            return x * 2, signs

        @staticmethod
        def backward(ctx, g, h):
            seen.append(facts(h))
            return g * 2

    seen, x = [], lib.tensor([1.0, 2.0], requires_grad=True)
    y, signs = Split.apply(x)
    y.sum().backward()
    return facts(y.requires_grad, signs.requires_grad, seen, x.grad)


@behaviour
def an_input_that_was_changed_is_marked_dirty(lib):
    class Double(lib.Function):
        @staticmethod
        def forward(ctx, x):
            x.mul_(2)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = lib.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    z = Double.apply(y)
    z.sum().backward()
    return facts(z is y, y, y._version, x.grad, name(y.grad_fn))


@behaviour
def an_input_that_is_returned_as_it_is_becomes_a_view(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    y = scaling(lib, lambda ctx, g: g * 7, lambda ctx, x: x).apply(x)
    y.sum().backward()
    return facts(y is x, y.is_leaf, name(y.grad_fn), x.grad)


@behaviour
def a_function_of_constants_is_a_constant(lib):
    y = scaling(lib, lambda ctx, g: g).apply(lib.tensor([1.0]))
    return facts(y, y.requires_grad, y.grad_fn)


@behaviour
def a_function_without_backward_says_so_when_it_is_due(lib):
    class Lonely(lib.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

    y = Lonely.apply(lib.tensor([1.0], requires_grad=True))
    return facts(y, sentence(y.backward))


@behaviour
def what_a_function_saved_is_freed_with_the_graph(lib):
    class Square(lib.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            return g * 2 * ctx.saved_tensors[0]

    y = Square.apply(lib.tensor([1.0], requires_grad=True))
    y.backward()
    return sentence(y.backward)
