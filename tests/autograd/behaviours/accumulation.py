"""Where gradients end, and how several of them become one."""

from __future__ import annotations

from .telling import behaviour, bits, facts, sentence, warned


@behaviour
def gradients_add_up_over_calls(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    (x * 3).sum().backward()
    (x * 3).sum().backward()
    return facts(x.grad)


@behaviour
def the_gradient_tensor_stays_the_same_object(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    (x * 3).sum().backward()
    first = x.grad
    (x * x).sum().backward()
    return facts(x.grad is first, first)


@behaviour
def with_create_graph_a_new_gradient_tensor_is_made(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    (x * 3).sum().backward()
    first = x.grad
    warned(lambda: (x * x).sum().backward(create_graph=True))
    return facts(x.grad is first, first, x.grad)


@behaviour
def a_gradient_is_no_part_of_a_graph(lib):
    x = lib.tensor([2.0], requires_grad=True)
    (x**3).sum().backward()
    return facts(x.grad, x.grad.requires_grad, x.grad.grad_fn)


@behaviour
def a_gradient_is_zeroed_in_place(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    (x * 3).sum().backward()
    x.grad.zero_()
    (x * 5).sum().backward()
    return facts(x.grad)


@behaviour
def a_gradient_set_to_none_starts_anew(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    (x * 3).sum().backward()
    old, x.grad = x.grad, None
    (x * 5).sum().backward()
    return facts(old, x.grad)


@behaviour
def a_gradient_that_was_assigned_is_added_to(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    x.grad = lib.tensor([10.0, 20.0])
    (x * 3).sum().backward()
    return facts(x.grad)


@behaviour
def an_assigned_gradient_is_the_same_tensor(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    mine = lib.tensor([10.0, 20.0])
    x.grad = mine
    (x * 3).sum().backward()
    return facts(x.grad is mine, mine)


@behaviour
def an_assigned_gradient_has_the_shape_of_its_tensor(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)

    def assign():
        x.grad = lib.tensor([1.0, 2.0, 3.0])

    return sentence(assign)


@behaviour
def an_assigned_gradient_has_the_type_of_its_tensor(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)

    def assign():
        x.grad = lib.tensor([1.0, 2.0], dtype=lib.float32)

    return sentence(assign)


@behaviour
def an_assigned_gradient_is_a_tensor_or_none(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)

    def assign():
        x.grad = 1.0

    return sentence(assign)


@behaviour
def a_tensor_is_not_its_own_gradient(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)

    def assign():
        x.grad = x

    return sentence(assign)


@behaviour
def a_fan_out_adds_up_in_one_call(lib):
    x = lib.tensor([2.0], requires_grad=True)
    (x * 3 + x * x + x).sum().backward()
    return facts(x.grad)


@behaviour
def a_tensor_used_twice_by_one_operation_gets_both_parts(lib):
    x = lib.tensor([3.0], requires_grad=True)
    (x * x).backward()
    return facts(x.grad)


@behaviour
def contributions_to_a_leaf_add_up_from_the_latest_use(lib):
    def gradient(weights):
        x = lib.tensor(1.0, requires_grad=True)
        parts = [x * weight for weight in weights]
        (parts[0] + parts[1] + parts[2]).backward()
        return bits(x.grad)

    return [gradient(weights) for weights in ([0.1, 0.2, 0.3], [0.3, 0.2, 0.1], [0.2, 0.3, 0.1])]


@behaviour
def contributions_add_up_by_creation_and_not_by_place_in_the_sum(lib):
    x = lib.tensor(1.0, requires_grad=True)
    a, b, c = x * 0.1, x * 0.2, x * 0.3
    (c + (b + a)).backward()
    return bits(x.grad)


@behaviour
def contributions_to_a_result_add_up_from_the_latest_use(lib):
    x = lib.tensor(1.0, requires_grad=True)
    y = x * 1.0
    y.retain_grad()
    a, b, c, d = y * 1.0, y * 1e16, y * -1e16, y * 0.5
    (a + b + c + d).backward()
    return bits(y.grad)


@behaviour
def contributions_of_one_operation_add_up_in_the_order_of_its_arguments(lib):
    x = lib.tensor([1.0, 2.0, 3.0], requires_grad=True)
    weights = lib.tensor([1.0, 1e16, -1e16, 0.5])
    s = x.sum()
    (lib.stack([s, s, s, s]) * weights).sum().backward()
    return bits(x.grad)


@behaviour
def accumulation_over_calls_adds_to_what_is_there(lib):
    x = lib.tensor(1.0, requires_grad=True)
    for weight in (1e16, 1.0, 1.0, -1e16):
        (x * weight).backward()
    return bits(x.grad)


@behaviour
def a_broadcast_gradient_is_summed_to_the_shape_of_its_tensor(lib):
    x = lib.tensor([[1.0], [2.0]], requires_grad=True)
    y = lib.tensor([1.0, 2.0, 3.0], requires_grad=True)
    (x * y).sum().backward()
    return facts(x.grad, y.grad)


@behaviour
def a_branch_that_is_not_used_gets_nothing(lib):
    x, y = lib.tensor([1.0], requires_grad=True), lib.tensor([1.0], requires_grad=True)
    _ = y * 2
    (x * 2).backward()
    return facts(x.grad, y.grad)


@behaviour
def backward_of_several_roots_adds_them_up(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    lib.backward([x.sum(), (x * x).sum()])
    return facts(x.grad)


@behaviour
def an_input_that_is_named_twice_gets_its_gradient_once(lib):
    x = lib.tensor(2.0, requires_grad=True)
    y = x * x
    y.backward(inputs=[x, x], retain_graph=True)
    return facts(x.grad, lib.grad(y, [x, x]))
