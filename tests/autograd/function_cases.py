"""What is asked of PyTorch and of gradcli alike about functions with a backward of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Case = Callable[[Any], Any]
CASES: dict[str, Case] = {}


def case(body: Case) -> Case:
    """Note a case under its name."""
    CASES[body.__name__.replace("_", " ")] = body
    return body


def vector(lib: Any) -> Any:
    return lib.tensor([1.0, 2.0], requires_grad=True)


def made(lib: Any, forward: Any, backward: Any = None, **more: Any) -> Any:
    """A function named Foo."""
    given = {"forward": staticmethod(forward), **more}
    if backward is not None:
        given["backward"] = staticmethod(backward)
    return type("Foo", (lib.Function,), given)


def double(ctx: Any, a: Any) -> Any:
    return a * 2


def exp(lib: Any) -> Any:
    def forward(ctx, a):
        y = a.exp()
        ctx.save_for_backward(y)
        return y

    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y

    return made(lib, forward, backward)


def plus_one_in_place(lib: Any) -> Any:
    def forward(ctx, a):
        a.add_(1)
        ctx.mark_dirty(a)
        return a

    return made(lib, forward, lambda ctx, g: g * 5)


# What it does.


@case
def the_backward_is_used(lib):
    x = vector(lib)
    y = made(lib, double, lambda ctx, g: g * 30).apply(x)
    y.sum().backward()
    return y, x.grad, y.grad_fn.name(), y.grad_fn.next_functions[0][0].name(), y.output_nr


@case
def forward_is_not_tracked(lib):
    seen = []

    def forward(ctx, a):
        y = a * 2
        seen.append(y.requires_grad)
        seen.append(a.requires_grad)
        return y

    made(lib, forward, lambda ctx, g: g).apply(vector(lib))
    return seen


@case
def it_can_be_differentiated_twice(lib):
    x = vector(lib)
    (g,) = lib.grad(exp(lib).apply(x).sum(), x, create_graph=True)
    return g, lib.grad((g * g).sum(), x)


@case
def gradients_are_tracked_only_if_that_is_wanted(lib):
    seen = []

    def backward(ctx, g):
        y = g * ctx.saved_tensors[0]
        seen.append(y.requires_grad)
        return y

    def forward(ctx, a):
        ctx.save_for_backward(a)
        return a * a

    x, foo = vector(lib), made(lib, forward, backward)
    foo.apply(x).sum().backward()
    lib.grad(foo.apply(x).sum(), x, create_graph=True)
    return seen


@case
def what_is_saved_has_its_place_in_the_graph(lib):
    seen = []

    def forward(ctx, a, b):
        y = a * b
        ctx.save_for_backward(a, b, y, None)
        return y

    def backward(ctx, g):
        a, b, y, nothing = ctx.saved_tensors
        seen.extend([a is x, b.requires_grad, y.grad_fn is out.grad_fn, nothing])
        return g * b, None

    x, other = vector(lib), lib.tensor([3.0, 4.0])
    out = made(lib, forward, backward).apply(x, other)
    out.sum().backward()
    return seen, x.grad


@case
def setup_context_is_the_newer_style(lib):
    seen = []

    def setup(ctx, inputs, output):
        ctx.factor = inputs[1]
        seen.extend([len(inputs), inputs[1], output.requires_grad])

    def backward(ctx, g):
        return g * ctx.factor, None

    foo = made(lib, lambda a, factor=2.0: a * factor, backward, setup_context=staticmethod(setup))
    x = vector(lib)
    foo.apply(x).sum().backward()
    foo.apply(x, factor=5.0).sum().backward()
    return seen, x.grad


@case
def vjp_is_another_name_of_backward(lib):
    x = vector(lib)
    made(lib, double, vjp=staticmethod(lambda ctx, g: g * 7)).apply(x).sum().backward()
    return x.grad


@case
def other_arguments_get_none(lib):
    def forward(ctx, name, a, factor, nothing):
        ctx.factor = factor
        return a * factor

    x = vector(lib)
    y = made(lib, forward, lambda ctx, g: (None, g * ctx.factor, None, None)).apply("text", x, 3, None)
    y.sum().backward()
    return x.grad, len(y.grad_fn.next_functions), y.grad_fn.factor


@case
def keywords_take_the_places_that_forward_gives_them(lib):
    x, y = vector(lib), vector(lib)
    foo = made(lib, lambda ctx, a, b, c=1, d=2: a * b * c, lambda ctx, g: (g * 3, g * 5, None))
    foo.apply(x, c=4, b=y).sum().backward()
    return x.grad, y.grad


@case
def a_default_of_forward_is_no_argument_of_backward(lib):
    x = vector(lib)
    made(lib, lambda ctx, a, b=2: a * b, lambda ctx, g: g * 3).apply(x).sum().backward()
    return x.grad


@case
def needs_input_grad_tells_what_is_wanted(lib):
    seen = []

    def backward(ctx, g, *_):
        seen.append(list(ctx.needs_input_grad))
        return g, None, None

    def forward(ctx, a, b, c):
        seen.append(list(ctx.needs_input_grad))
        return a * b

    made(lib, forward, backward).apply(vector(lib), lib.tensor([1.0, 1.0]), 3).sum().backward()
    return seen


@case
def without_a_gradient_nothing_is_noted(lib):
    foo = exp(lib)
    with lib.no_grad():
        inside = foo.apply(vector(lib))
    return inside.requires_grad, foo.apply(lib.tensor([1.0])).grad_fn


@case
def several_outputs(lib):
    seen = []

    def backward(ctx, g, h):
        seen.append((g, h))
        return g * 2 + h * 3

    x = vector(lib)
    y, z = made(lib, lambda ctx, a: (a * 2, (a * 3).sum()), backward).apply(x)
    (y.sum() + 10 * z).backward(retain_graph=True)
    z.backward()
    return seen, x.grad, y.output_nr, z.output_nr, y.grad_fn is z.grad_fn


@case
def nothing_comes_as_none_if_that_is_wanted(lib):
    seen = []

    def forward(ctx, a):
        ctx.set_materialize_grads(False)
        return a * 2, a * 3

    def backward(ctx, g, h):
        seen.append((g, h))
        return g

    made(lib, forward, backward).apply(vector(lib))[0].sum().backward()
    return seen


@case
def outputs_that_are_no_tensors(lib):
    seen = []

    def backward(ctx, *gradients):
        seen.append(gradients)
        return gradients[0]

    found = made(lib, lambda ctx, a: (a * 2, None, 7, "text"), backward).apply(vector(lib))
    found[0].sum().backward()
    return found, seen


@case
def outputs_without_a_gradient(lib):
    seen = []

    def forward(ctx, a):
        y, places = a * 2, a * 3
        ctx.mark_non_differentiable(places)
        return y, places, lib.tensor([1, 2])

    def backward(ctx, *gradients):
        seen.append(gradients)
        return gradients[0]

    y, places, whole = made(lib, forward, backward).apply(vector(lib))
    y.sum().backward()
    return y.requires_grad, places.requires_grad, places.grad_fn, whole.requires_grad, seen


@case
def an_argument_that_is_given_back(lib):
    x = vector(lib)
    y = made(lib, lambda ctx, a: a, lambda ctx, g: g * 3).apply(x)
    y.sum().backward()
    return y is x, y.grad_fn.name(), x.grad, x.is_leaf


@case
def a_view_that_is_given_back(lib):
    x = vector(lib)
    y = made(lib, lambda ctx, a: a[0], lambda ctx, g: g * lib.tensor([3.0, 4.0])).apply(x)
    y.backward()
    return y, x.grad


@case
def a_gradient_that_is_too_large_is_summed(lib):
    x, column = vector(lib), lib.tensor([[1.0], [2.0]], requires_grad=True)
    made(lib, double, lambda ctx, g: lib.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])).apply(
        x
    ).sum().backward()
    wide = lib.tensor([[1.0, 2.0], [3.0, 4.0]])
    made(lib, double, lambda ctx, g: wide).apply(column).sum().backward()
    return x.grad, column.grad


@case
def further_gradients_may_be_none(lib):
    x = vector(lib)
    made(lib, double, lambda ctx, g: (g * 2, None, None)).apply(x).sum().backward()
    return x.grad


@case
def no_gradient_at_all(lib):
    x = vector(lib)
    made(lib, double, lambda ctx, g: None).apply(x).sum().backward()
    return x.grad


@case
def a_tuple_of_one_is_given_back_as_such(lib):
    found = made(lib, lambda ctx, a: (a * 2,), lambda ctx, g: g).apply(vector(lib))
    return len(found), made(lib, lambda ctx, a: (), lambda ctx: None).apply(vector(lib))


@case
def a_second_way_back_if_nothing_was_saved(lib):
    x = vector(lib)
    y = made(lib, double, lambda ctx, g: g * 2).apply(x)
    y.backward(lib.tensor([1.0, 1.0]))
    y.backward(lib.tensor([1.0, 1.0]))
    return x.grad


# Changes in place.


@case
def an_argument_changed_in_place(lib):
    x = vector(lib)
    y = x * 2
    z = plus_one_in_place(lib).apply(y)
    return z is y, y, y._version, y.grad_fn.name(), lib.grad(y.sum(), x)


@case
def a_view_changed_in_place(lib):
    x = vector(lib)
    y = x * 2
    plus_one_in_place(lib).apply(y[0:1])
    return y, lib.grad(y.sum(), x)


@case
def an_argument_without_history_changed_in_place(lib):
    def forward(ctx, a, b):
        a.add_(b)
        ctx.mark_dirty(a)
        return a

    x, memory = vector(lib), lib.tensor([0.0, 0.0])
    found = made(lib, forward, lambda ctx, g: (g * 7, g * 11)).apply(memory, x)
    return memory, memory.requires_grad, lib.grad(found.sum(), x)


@case
def the_second_result_changed_in_place(lib):
    def forward(ctx, a):
        a.mul_(3)
        ctx.mark_dirty(a)
        return a.sum(), a

    x = vector(lib)
    y = x * 1
    total, changed = made(lib, forward, lambda ctx, g, h: g + h * 3).apply(y)
    return y.output_nr, changed is y, lib.grad(total + (y * y).sum(), x)


@case
def a_leaf_changed_in_place(lib):
    return plus_one_in_place(lib).apply(vector(lib))


@case
def a_view_of_a_leaf_changed_in_place(lib):
    return plus_one_in_place(lib).apply(vector(lib)[0:1])


@case
def a_change_in_place_that_is_not_given_back(lib):
    def forward(ctx, a):
        a.add_(1)
        ctx.mark_dirty(a)
        return a * 1

    return made(lib, forward, lambda ctx, g: g).apply(vector(lib) * 2)


@case
def an_argument_that_is_given_back_may_not_be_changed(lib):
    made(lib, lambda ctx, a: a, lambda ctx, g: g).apply(vector(lib) * 2).add_(1)


@case
def a_view_that_is_given_back_may_not_be_changed(lib):
    made(lib, lambda ctx, a: a[0:1], lambda ctx, g: g).apply(vector(lib) * 2).add_(1)


@case
def a_view_of_a_view_that_is_given_back_may_not_be_changed(lib):
    made(lib, lambda ctx, a: a[0:1], lambda ctx, g: g).apply(vector(lib) * 2)[0].add_(1)


@case
def a_saved_result_that_was_changed(lib):
    y = exp(lib).apply(vector(lib))
    y.add_(1)
    y.sum().backward()


@case
def a_saved_argument_that_was_changed(lib):
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return a * a

    x = vector(lib) * 2
    y = made(lib, forward, lambda ctx, g: g * ctx.saved_tensors[0]).apply(x)
    x.mul_(2)
    y.sum().backward()


# What is refused.


@case
def a_second_way_back_if_something_was_saved(lib):
    y = exp(lib).apply(vector(lib)).sum()
    y.backward()
    y.backward()


@case
def saved_tensors_after_they_were_freed(lib):
    y = exp(lib).apply(vector(lib))
    y.sum().backward()
    return y.grad_fn.saved_tensors


@case
def a_gradient_of_other_sizes(lib):
    made(lib, double, lambda ctx, g: lib.ones(5)).apply(vector(lib)).sum().backward()


@case
def a_gradient_that_is_too_small(lib):
    made(lib, double, lambda ctx, g: lib.ones(1)).apply(vector(lib)).sum().backward()


@case
def too_few_gradients(lib):
    x = vector(lib)
    made(lib, lambda ctx, a, b: a * b, lambda ctx, g: g).apply(x, x).sum().backward()


@case
def too_many_gradients(lib):
    made(lib, double, lambda ctx, g: (g, g)).apply(vector(lib)).sum().backward()


@case
def a_gradient_for_what_is_no_tensor(lib):
    made(lib, lambda ctx, a, b: a * b, lambda ctx, g: (g, g)).apply(vector(lib), 3).sum().backward()


@case
def a_gradient_that_is_no_tensor(lib):
    made(lib, double, lambda ctx, g: 1.0).apply(vector(lib)).sum().backward()


@case
def gradients_in_a_list(lib):
    made(lib, double, lambda ctx, g: [g]).apply(vector(lib)).sum().backward()


@case
def saving_what_is_no_tensor(lib):
    def forward(ctx, a):
        ctx.save_for_backward(3.0)
        return a * 1

    made(lib, forward, lambda ctx, g: g).apply(vector(lib))


@case
def no_backward(lib):
    made(lib, double).apply(vector(lib)).sum().backward()


@case
def no_forward(lib):
    type("Foo", (lib.Function,), {}).apply(vector(lib))


@case
def backward_and_vjp(lib):
    foo = made(lib, double, lambda ctx, g: g, vjp=staticmethod(lambda ctx, g: g))
    foo.apply(vector(lib)).sum().backward()


# Once differentiable.


def squared_once(lib: Any) -> Any:
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return a * a

    def backward(ctx, g):
        return g * 2 * ctx.saved_tensors[0]

    return made(lib, forward, lib.once_differentiable(backward))


@case
def once_differentiable_is_differentiated_once(lib):
    x = vector(lib)
    squared_once(lib).apply(x).sum().backward()
    return x.grad


@case
def once_differentiable_is_not_differentiated_twice(lib):
    x, g = vector(lib), lib.tensor([1.0, 1.0], requires_grad=True)
    (found,) = lib.grad(squared_once(lib).apply(x), x, g, create_graph=True)
    found.sum().backward()


# Checks.


@case
def gradcheck_agrees(lib):
    return lib.gradcheck(exp(lib).apply, vector(lib)), lib.gradgradcheck(exp(lib).apply, vector(lib))


@case
def gradcheck_of_several(lib):
    def func(a, b):
        return a * b, (a.exp() * b).sum()

    points = (vector(lib), lib.tensor([[1.0, -1.0]], requires_grad=True))
    return lib.gradcheck(func, points), lib.gradgradcheck(func, points)


def wrong(lib: Any) -> Any:
    return made(lib, double, lambda ctx, g: g * 3).apply


@case
def gradcheck_disagrees(lib):
    lib.gradcheck(wrong(lib), vector(lib))


@case
def gradcheck_disagrees_quietly(lib):
    return lib.gradcheck(wrong(lib), vector(lib), raise_exception=False)


@case
def gradcheck_names_the_output_and_the_input(lib):
    foo = made(lib, lambda ctx, a, b: (a * b, a + b), lambda ctx, g, h: (h, g * 0 + h * 2)).apply
    lib.gradcheck(lambda a, b: foo(a, b)[1], (vector(lib), vector(lib)))


@case
def gradgradcheck_disagrees(lib):
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return a * a

    # The gradient is right; its derivative by the argument is lost.
    foo = made(lib, forward, lambda ctx, g: g * 2 * ctx.saved_tensors[0].detach()).apply
    return lib.gradcheck(foo, vector(lib)), lib.gradgradcheck(foo, vector(lib), raise_exception=False)


@case
def gradcheck_without_an_input_that_requires_a_gradient(lib):
    lib.gradcheck(lambda a: a * 2, lib.tensor([1.0]))


@case
def gradcheck_of_what_is_detached(lib):
    lib.gradcheck(lambda a: a.detach() * 2, vector(lib))


@case
def gradcheck_of_a_constant(lib):
    return lib.gradcheck(lambda a: lib.tensor([1.0]), vector(lib))


@case
def gradcheck_of_a_backward_that_is_not_linear(lib):
    lib.gradcheck(made(lib, double, lambda ctx, g: g * 0 + 2).apply, lib.tensor(1.0, requires_grad=True))


@case
def gradcheck_of_a_backward_that_changes(lib):
    calls = []

    def backward(ctx, g):
        calls.append(1)
        return g * (2 + len(calls) * 1e-9)

    lib.gradcheck(made(lib, double, backward).apply, lib.tensor(1.0, requires_grad=True))


@case
def gradcheck_of_a_backward_that_cannot_do_without(lib):
    def forward(ctx, a):
        ctx.set_materialize_grads(False)
        return a * 2, a * 3

    def backward(ctx, g, h):
        if g is None or h is None:
            raise RuntimeError("both are needed")
        return g * 2 + h * 3

    lib.gradcheck(made(lib, forward, backward).apply, lib.tensor(1.0, requires_grad=True))


def wrong_if_nothing_comes(lib: Any, what: Callable[[], Any]) -> Any:
    def forward(ctx, a):
        ctx.set_materialize_grads(False)
        return a * 2, a * 3

    def backward(ctx, g, h):
        if g is None and (h is None or not h.any()):
            return what()
        return (0 if g is None else g * 2) + (0 if h is None else h * 3)

    return made(lib, forward, backward).apply


@case
def gradcheck_of_a_backward_that_makes_something_of_nothing(lib):
    foo = wrong_if_nothing_comes(lib, lambda: lib.tensor(1.0))
    lib.gradcheck(foo, lib.tensor(1.0, requires_grad=True))


@case
def gradcheck_of_a_backward_that_fails_at_nothing(lib):
    def fail():
        raise RuntimeError("nothing came")

    foo = wrong_if_nothing_comes(lib, fail)
    lib.gradcheck(foo, lib.tensor(1.0, requires_grad=True))


@case
def gradcheck_that_looks_not_so_close(lib):
    foo = wrong_if_nothing_comes(lib, lambda: lib.tensor(1.0))
    return lib.gradcheck(foo, lib.tensor(1.0, requires_grad=True), check_undefined_grad=False)


@case
def gradcheck_of_an_expanded_input(lib):
    lib.gradcheck(lambda a: a * 2, lib.tensor([1.0]).expand((3,)).requires_grad_())
