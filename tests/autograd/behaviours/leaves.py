"""What is a leaf, what requires a gradient, and who may change that."""

from __future__ import annotations

from .telling import behaviour, facts, kind, name, sentence


@behaviour
def a_tensor_requires_no_gradient_unless_asked(lib):
    x = lib.tensor([1.0, 2.0])
    return facts(x.requires_grad, x.is_leaf, x.grad, x.grad_fn)


@behaviour
def a_leaf_that_requires_a_gradient_has_no_grad_fn(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    return facts(x.requires_grad, x.is_leaf, x.grad, x.grad_fn)


@behaviour
def one_input_that_requires_a_gradient_is_enough(lib):
    x, y = lib.tensor([1.0], requires_grad=True), lib.tensor([2.0])
    z = x * y
    return facts(z.requires_grad, z.is_leaf, name(z.grad_fn))


@behaviour
def what_constants_make_is_a_leaf_too(lib):
    z = lib.tensor([1.0]) * lib.tensor([2.0])
    return facts(z.requires_grad, z.is_leaf, z.grad_fn)


@behaviour
def requires_grad_can_be_asked_for_later(lib):
    x = lib.tensor([2.0])
    before = x * x
    x.requires_grad = True
    after = x * x
    return facts(before.requires_grad, after.requires_grad)


@behaviour
def requires_grad_in_place_returns_the_tensor_itself(lib):
    x = lib.tensor([2.0])
    return facts(x.requires_grad_() is x, x.requires_grad, x.requires_grad_(False).requires_grad)


@behaviour
def requires_grad_can_be_taken_back_from_a_leaf(lib):
    x = lib.tensor([2.0], requires_grad=True)
    x.requires_grad = False
    return facts(x.requires_grad, (x * x).requires_grad)


@behaviour
def a_result_cannot_stop_requiring_a_gradient(lib):
    y = lib.tensor([2.0], requires_grad=True) * 3

    def change():
        y.requires_grad = False

    return facts(sentence(change), y.requires_grad)


@behaviour
def a_result_may_be_told_what_it_is_by_the_method_alone(lib):
    y = lib.tensor([2.0], requires_grad=True) * 3

    def change():
        y.requires_grad = True

    return facts(sentence(change), y.requires_grad_() is y, y.is_leaf)


@behaviour
def whole_numbers_are_made_without_a_gradient(lib):
    x = lib.tensor([1, 2])
    return facts(kind(x), x.requires_grad, sentence(lambda: lib.tensor([1, 2], requires_grad=True)))


@behaviour
def whole_numbers_refuse_requires_grad_in_place(lib):
    return sentence(lib.tensor([1, 2]).requires_grad_)


@behaviour
def whole_numbers_refuse_the_attribute_requires_grad(lib):
    x = lib.tensor([1, 2])

    def change():
        x.requires_grad = True

    return sentence(change)


@behaviour
def a_comparison_requires_no_gradient(lib):
    x = lib.tensor([1.0, 3.0], requires_grad=True)
    return facts(x > 2, (x > 2).requires_grad, kind(x > 2))


@behaviour
def as_tensor_of_a_tensor_is_that_tensor(lib):
    x = lib.tensor([1.0], requires_grad=True)
    return facts(lib.as_tensor(x) is x)


@behaviour
def makers_take_requires_grad(lib):
    made = [
        lib.zeros(2, requires_grad=True),
        lib.ones(2, 3, requires_grad=True),
        lib.full((2,), 7.0, requires_grad=True),
        lib.eye(2, requires_grad=True),
        lib.linspace(0, 1, 5, requires_grad=True),
        lib.arange(3.0, requires_grad=True),
    ]
    return [facts(one, one.requires_grad, one.is_leaf) for one in made]


@behaviour
def zeros_like_takes_shape_and_type_and_not_the_history(lib):
    y = lib.tensor([1.0, 2.0], requires_grad=True) * 2
    z, o = lib.zeros_like(y), lib.ones_like(y)
    return facts(z, o, z.requires_grad, o.grad_fn)


@behaviour
def output_nr_tells_which_result_of_a_node_it_is(lib):
    parts = lib.tensor([1.0, 2.0, 3.0], requires_grad=True).unbind()
    return [part.output_nr for part in parts]
