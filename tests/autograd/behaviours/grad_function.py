"""grad: gradients that are returned, and each of its arguments."""

from __future__ import annotations

from .telling import behaviour, facts, name, sentence


@behaviour
def grad_returns_and_accumulates_nothing(lib):
    x, y = lib.tensor([2.0], requires_grad=True), lib.tensor([3.0], requires_grad=True)
    z = x * y
    return facts(lib.grad(z, (x, y)), x.grad, y.grad)


@behaviour
def grad_returns_a_tuple_also_for_one_input(lib):
    x = lib.tensor([2.0], requires_grad=True)
    answer = lib.grad(x * x, x)
    return facts(type(answer).__name__, len(answer))


@behaviour
def grad_by_a_result_stops_there(lib):
    x = lib.tensor([2.0], requires_grad=True)
    y = x * 3
    return facts(lib.grad(y * y, y))


@behaviour
def grad_by_a_result_and_what_made_it(lib):
    x = lib.tensor([2.0], requires_grad=True)
    y = x * 3
    return facts(lib.grad(y * y, (y, x)))


@behaviour
def grad_by_the_output_itself_is_the_seed(lib):
    x = lib.tensor([2.0], requires_grad=True)
    y = x * 3
    return facts(lib.grad(y, y), lib.grad(x, x))


@behaviour
def grad_needs_a_scalar_unless_it_gets_a_seed(lib):
    x = lib.tensor([2.0, 3.0], requires_grad=True)
    return facts(
        sentence(lambda: lib.grad(x * x, x)), lib.grad(x * x, x, grad_outputs=lib.tensor([1.0, 10.0]))
    )


@behaviour
def a_single_element_of_any_shape_counts_as_a_scalar(lib):
    x = lib.tensor([[2.0]], requires_grad=True)
    return facts(lib.grad(x * x, x))


@behaviour
def seeds_of_several_outputs_add_up(lib):
    x = lib.tensor([2.0, 3.0], requires_grad=True)
    seeds = (lib.tensor([1.0, 10.0]), lib.tensor([100.0, 1000.0]))
    return facts(lib.grad((x * 1, x * x), x, seeds))


@behaviour
def a_seed_of_none_is_one_where_the_output_is_a_scalar(lib):
    x = lib.tensor([2.0, 3.0], requires_grad=True)
    seeds = (None, lib.tensor([100.0, 1000.0]))
    return facts(lib.grad((x.sum(), x * x), x, seeds))


@behaviour
def a_seed_has_the_shape_of_its_output(lib):
    x = lib.tensor([2.0, 3.0, 4.0], requires_grad=True)
    return facts(
        sentence(lambda: lib.grad(x * x, x, lib.tensor([1.0, 2.0]))),
        sentence(lambda: (x * x).backward(lib.tensor(1.0))),
        sentence(lambda: x.sum().backward(lib.tensor([1.0]))),
    )


@behaviour
def there_is_one_seed_for_each_output(lib):
    x = lib.tensor([2.0, 3.0], requires_grad=True)
    seeds = (lib.ones(2),)
    return sentence(lambda: lib.grad((x * 1, x * x), x, seeds))


@behaviour
def a_seed_is_a_tensor(lib):
    x = lib.tensor([2.0, 3.0], requires_grad=True)
    return sentence(lambda: (x * x).backward([1.0, 2.0]))


@behaviour
def a_seed_of_whole_numbers_is_taken_as_it_is(lib):
    x = lib.tensor([2.0, 3.0], requires_grad=True)
    (x * x).backward(lib.tensor([1, 10]))
    return facts(x.grad)


@behaviour
def an_unused_input_is_an_error(lib):
    x, y = lib.tensor([2.0], requires_grad=True), lib.tensor([2.0], requires_grad=True)
    return sentence(lambda: lib.grad(x * x, (x, y)))


@behaviour
def an_unused_input_is_none_where_that_is_allowed(lib):
    x, y = lib.tensor([2.0], requires_grad=True), lib.tensor([2.0], requires_grad=True)
    return facts(lib.grad(x * x, (x, y), allow_unused=True))


@behaviour
def an_unused_input_is_zero_where_gradients_are_materialized(lib):
    x, y = lib.tensor([2.0], requires_grad=True), lib.tensor([2.0, 3.0], requires_grad=True)
    return facts(lib.grad(x * x, (x, y), materialize_grads=True))


@behaviour
def materializing_and_refusing_the_unused_contradict(lib):
    x = lib.tensor([2.0], requires_grad=True)
    return sentence(lambda: lib.grad(x * x, x, allow_unused=False, materialize_grads=True))


@behaviour
def an_input_must_require_a_gradient(lib):
    x, y = lib.tensor([2.0], requires_grad=True), lib.tensor([2.0])
    return sentence(lambda: lib.grad(x * y, y))


@behaviour
def grad_needs_an_input(lib):
    x = lib.tensor([2.0], requires_grad=True)
    return sentence(lambda: lib.grad(x * x, []))


@behaviour
def an_output_must_require_a_gradient(lib):
    x = lib.tensor([2.0], requires_grad=True)
    return sentence(lambda: lib.grad(lib.tensor([2.0]) * 2, x))


@behaviour
def the_same_input_twice_is_answered_twice(lib):
    x = lib.tensor([2.0], requires_grad=True)
    return facts(lib.grad(x * x, (x, x)))


@behaviour
def a_batch_of_seeds_gives_a_batch_of_gradients(lib):
    x = lib.tensor([1.0, 2.0, 3.0], requires_grad=True)
    return facts(lib.grad(x * x, x, grad_outputs=lib.eye(3), is_grads_batched=True))


@behaviour
def a_batch_of_seeds_has_one_axis_more_than_the_output(lib):
    x = lib.tensor([1.0, 2.0, 3.0], requires_grad=True)
    seeds = lib.ones(2, 3)
    return sentence(lambda: lib.grad(x.sum() * 1, x, grad_outputs=seeds, is_grads_batched=True))


@behaviour
def grad_frees_the_graph_as_backward_does(lib):
    x = lib.tensor([2.0], requires_grad=True)
    y = x * x
    lib.grad(y, x)
    return sentence(lambda: lib.grad(y, x))


@behaviour
def without_create_graph_the_answer_has_no_history(lib):
    x = lib.tensor([2.0], requires_grad=True)
    (g,) = lib.grad(x * x, x)
    return facts(g.requires_grad, g.grad_fn, g.is_leaf)


@behaviour
def with_create_graph_the_answer_has_one(lib):
    x = lib.tensor([2.0], requires_grad=True)
    (g,) = lib.grad(x * x * x, x, create_graph=True)
    return facts(g.requires_grad, g.is_leaf, lib.grad(g, x))


@behaviour
def backward_may_be_told_which_leaves(lib):
    x, y = lib.tensor([2.0], requires_grad=True), lib.tensor([3.0], requires_grad=True)
    (x * y).backward(inputs=[x])
    return facts(x.grad, y.grad)


@behaviour
def backward_may_be_told_a_result(lib):
    x = lib.tensor([2.0], requires_grad=True)
    y = x * 3
    y.retain_grad()
    (y * y).backward(inputs=[y])
    return facts(x.grad, y.grad)


@behaviour
def backward_needs_an_input_if_it_is_told_any(lib):
    x = lib.tensor([2.0], requires_grad=True)
    return sentence(lambda: (x * x).backward(inputs=[]))


@behaviour
def backward_needs_a_scalar_or_a_gradient(lib):
    x = lib.tensor([2.0, 3.0], requires_grad=True)
    first = sentence((x * x).backward)
    (x * x).backward(gradient=lib.tensor([1.0, 10.0]))
    return facts(first, x.grad)


@behaviour
def backward_of_a_constant_is_refused(lib):
    return facts(
        sentence(lib.tensor([2.0]).backward), sentence((lib.tensor([2.0]) * lib.tensor([2.0])).backward)
    )


@behaviour
def backward_of_a_leaf_gives_it_the_seed(lib):
    x = lib.tensor([2.0, 3.0], requires_grad=True)
    x.backward(lib.tensor([5.0, 7.0]))
    return facts(x.grad)


@behaviour
def backward_of_several_roots_needs_a_seed_for_each_that_is_no_scalar(lib):
    x = lib.tensor([2.0, 3.0], requires_grad=True)
    first = sentence(lambda: lib.backward([x.sum(), x * x]))
    lib.backward([x.sum(), x * x], [None, lib.tensor([1.0, 10.0])])
    return facts(first, x.grad)


@behaviour
def the_seed_is_not_changed_by_what_is_added_to_the_gradient(lib):
    x, seed = lib.tensor([2.0, 3.0], requires_grad=True), lib.tensor([5.0, 7.0])
    (x + 0).backward(seed)
    (x * 2).sum().backward()
    return facts(seed, x.grad)


@behaviour
def a_seed_that_requires_a_gradient_is_part_of_the_graph(lib):
    x, v = lib.tensor([2.0], requires_grad=True), lib.tensor([5.0], requires_grad=True)
    (g,) = lib.grad(x * x, x, grad_outputs=v, create_graph=True)
    return facts(lib.grad(g, (x, v)), name(g.grad_fn) is not None)
