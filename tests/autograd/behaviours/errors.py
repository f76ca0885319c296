"""What does not fit is said in one sentence."""

from __future__ import annotations

from .telling import behaviour, facts, sentence


@behaviour
def shapes_that_do_not_broadcast(lib):
    return sentence(lambda: lib.ones(2) + lib.ones(3))


@behaviour
def matrices_that_do_not_multiply(lib):
    return sentence(lambda: lib.ones(2, 3) @ lib.ones(2, 3))


@behaviour
def vectors_that_have_no_inner_product(lib):
    return sentence(lambda: lib.dot(lib.ones(2), lib.ones(3)))


@behaviour
def a_shape_that_holds_another_number_of_elements(lib):
    return sentence(lambda: lib.ones(2, 3).reshape(4))


@behaviour
def parts_that_do_not_join(lib):
    return sentence(lambda: lib.cat([lib.ones(1, 3), lib.ones(1, 2)]))


@behaviour
def parts_that_do_not_stack(lib):
    return sentence(lambda: lib.stack([lib.ones(3), lib.ones(2)]))


@behaviour
def an_axis_that_is_not_there(lib):
    return sentence(lambda: lib.ones(2).sum(dim=3))


@behaviour
def an_index_that_is_not_there(lib):
    x = lib.ones(2)
    return facts(sentence(lambda: x[5]), sentence(lambda: x[-3]), sentence(lambda: x[[5]]))


@behaviour
def an_index_too_many(lib):
    return sentence(lambda: lib.ones(2)[0, 0])


@behaviour
def a_largest_of_nothing(lib):
    return sentence(lambda: lib.zeros(0).max())


@behaviour
def a_shape_that_does_not_expand(lib):
    return sentence(lambda: lib.ones(2).expand(3))


@behaviour
def a_list_of_rows_of_different_lengths(lib):
    return sentence(lambda: lib.tensor([[1.0, 2.0], [3.0]]))


@behaviour
def an_assignment_that_does_not_fit(lib):
    x = lib.zeros(3)

    def assign():
        x[:2] = lib.ones(3)

    return facts(sentence(assign), x)


@behaviour
def a_gradient_of_a_position_is_no_gradient(lib):
    x = lib.tensor([1.0, 3.0, 2.0], requires_grad=True)
    y = x.argmax()
    return facts(y, y.requires_grad, sentence(y.backward))


@behaviour
def what_is_no_tensor_has_no_gradient(lib):
    x = lib.tensor(2.0, requires_grad=True)
    y = x * x
    calls = (lambda: lib.grad(y, [3]), lambda: y.backward(inputs=[3]))
    return [sentence(call) for call in calls] + [sentence(lambda: lib.grad(y, 3))[0]]
