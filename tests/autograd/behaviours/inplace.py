"""Changes in place: what they do to the graph, and which are refused."""

from __future__ import annotations

from .telling import behaviour, facts, name, sentence, tree


@behaviour
def a_leaf_that_requires_a_gradient_may_not_be_changed(lib):
    return sentence(lambda: lib.tensor([1.0, 2.0], requires_grad=True).add_(1))


@behaviour
def augmented_assignment_to_a_leaf_is_such_a_change(lib):
    def change():
        x = lib.tensor([1.0, 2.0], requires_grad=True)
        x += 1

    return sentence(change)


@behaviour
def assignment_by_index_to_a_leaf_is_one_through_a_view(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)

    def change():
        x[0] = 5.0

    return facts(sentence(change), x)


@behaviour
def a_refused_change_changes_nothing(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    sentence(lambda: x.mul_(5))
    return facts(x, x._version, x.is_leaf)


@behaviour
def a_leaf_may_be_changed_under_no_grad_and_stays_a_leaf(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    with lib.no_grad():
        x -= 0.5
        x[0] = 9.0
    return facts(x, x.is_leaf, x.requires_grad, x._version)


@behaviour
def a_change_in_place_returns_the_tensor_itself(lib):
    x = lib.tensor([1.0, 2.0])
    y = x
    y += 1
    return facts(x.mul_(2) is x, y is x, x)


@behaviour
def a_change_of_a_result_becomes_its_last_node(lib):
    y = lib.tensor([1.0, 2.0], requires_grad=True) * 2
    y.add_(3)
    y.exp_()
    return tree(y.grad_fn)


@behaviour
def gradients_go_through_changes_in_place(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    y.mul_(y.clone())
    y.add_(x)
    y.sum().backward()
    return facts(y, x.grad)


@behaviour
def a_tensor_times_its_detached_self_in_place_has_lost_a_factor(lib):
    y = lib.tensor([2.0, 3.0], requires_grad=True) * 1
    y.mul_(y.detach())
    return sentence(lambda: y.sum().backward())


@behaviour
def a_tensor_times_itself_in_place_has_lost_both_factors(lib):
    y = lib.tensor([2.0, 3.0], requires_grad=True) * 1
    y.mul_(y)
    return sentence(lambda: y.sum().backward())


@behaviour
def a_constant_becomes_a_result_when_a_result_is_added_in_place(lib):
    x, total = lib.tensor([2.0], requires_grad=True), lib.tensor([1.0])
    total += x
    before = facts(total.requires_grad, total.is_leaf, name(total.grad_fn))
    total.backward()
    return facts(before, x.grad)


@behaviour
def a_running_total_in_place_collects_every_term(lib):
    x, total = lib.tensor(2.0, requires_grad=True), lib.zeros(())
    for power in (1, 2, 3):
        total += x**power
    total.backward()
    return facts(total, x.grad, total._version)


@behaviour
def zeroing_cuts_a_result_off_from_what_made_it(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    y.zero_()
    y.sum().backward()
    return facts(x.grad, name(y.grad_fn))


@behaviour
def filling_part_of_a_result_cuts_that_part_off(lib):
    x = lib.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 3
    y[1] = 0.0
    y.sum().backward()
    return facts(y, x.grad)


@behaviour
def copying_into_a_result_sends_the_gradient_to_the_source(lib):
    x, s = lib.tensor([1.0, 2.0], requires_grad=True), lib.tensor([5.0, 6.0], requires_grad=True)
    y = x * 3
    y.copy_(s)
    (y * y).sum().backward()
    return facts(y, x.grad, s.grad, name(y.grad_fn))


@behaviour
def an_assigned_part_sends_its_gradient_to_what_was_assigned(lib):
    x, s = lib.tensor([1.0, 2.0, 3.0], requires_grad=True), lib.tensor(5.0, requires_grad=True)
    y = x * 2
    y[0] = s
    (y * lib.tensor([7.0, 11.0, 13.0])).sum().backward()
    return facts(x.grad, s.grad)


@behaviour
def a_broadcast_assignment_sums_its_gradient(lib):
    y, s = lib.zeros(2, 3), lib.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y[:] = s
    (y * lib.tensor([[1.0], [10.0]])).sum().backward()
    return facts(y, s.grad)


@behaviour
def an_assignment_by_mask_is_differentiable(lib):
    x = lib.tensor([-1.0, 2.0, -3.0], requires_grad=True)
    y = x * 1
    y[y < 0] = 0.0
    y.sum().backward()
    return facts(y, x.grad)


@behaviour
def an_assignment_by_a_list_of_indices_is_differentiable(lib):
    x, s = lib.tensor([1.0, 2.0, 3.0], requires_grad=True), lib.tensor([5.0, 6.0], requires_grad=True)
    y = x * 1
    y[[2, 0]] = s * s
    y.sum().backward()
    return facts(y, x.grad, s.grad)


@behaviour
def an_assignment_by_index_is_one_node_of_copies(lib):
    y = lib.tensor([1.0, 2.0], requires_grad=True) * 2
    y[0] = 5.0
    return name(y.grad_fn).split("::")[-1]


@behaviour
def a_change_in_place_may_not_change_the_shape(lib):
    x = lib.tensor([[1.0], [2.0]])
    return facts(sentence(lambda: x.add_(lib.ones(2, 3))), x)


@behaviour
def a_source_of_more_axes_is_not_copied_in(lib):
    return sentence(lambda: lib.zeros(2).copy_(lib.ones(1, 2)))


@behaviour
def a_source_that_overlaps_what_is_written_is_refused(lib):
    x = lib.tensor([1.0, 2.0, 3.0])
    return facts(sentence(lambda: x[1:].add_(x[:2])), x)


@behaviour
def a_change_in_place_keeps_the_type(lib):
    x = lib.tensor([1.0, 2.0], dtype=lib.float32)
    x.add_(lib.tensor([0.5, 0.5], dtype=lib.float64))
    return facts(str(x.dtype).removeprefix("torch."), x)


@behaviour
def whole_numbers_do_not_become_fractions_in_place(lib):
    x = lib.tensor([1, 2])
    return facts(sentence(lambda: x.add_(0.5)), x)


@behaviour
def a_saved_result_of_the_change_itself_is_up_to_date(lib):
    x = lib.tensor([0.0, 1.0], requires_grad=True)
    y = x * 2
    y.exp_()
    y.sum().backward()
    return facts(x.grad, y._version)


@behaviour
def a_saved_argument_of_the_change_itself_was_copied_before(lib):
    x = lib.tensor([0.0, 1.0], requires_grad=True)
    y = x * 2
    y.sin_()
    y.sum().backward()
    return facts(y, x.grad)


@behaviour
def a_product_in_place_keeps_a_copy_of_what_it_overwrites(lib):
    x, z = lib.tensor([2.0, 3.0], requires_grad=True), lib.tensor([5.0, 7.0], requires_grad=True)
    y = x * 1
    y.mul_(z)
    y.sum().backward()
    return facts(x.grad, z.grad)


@behaviour
def clamping_in_place_masks_the_gradient(lib):
    x = lib.tensor([-5.0, 0.5, 5.0], requires_grad=True)
    y = x * 1
    y.clamp_(-1.0, 1.0)
    y.sum().backward()
    return facts(y, x.grad)


@behaviour
def a_leaf_that_joins_a_graph_in_place_is_no_leaf_any_more(lib):
    x = lib.tensor([2.0], requires_grad=True)
    buffer = lib.zeros(1)
    was = buffer.is_leaf
    buffer.copy_(x)
    return facts(was, buffer.is_leaf, tree(buffer.grad_fn))


@behaviour
def a_change_in_place_under_no_grad_leaves_the_graph_as_it_was(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    with lib.no_grad():
        y.mul_(100)
    y.sum().backward()
    return facts(y, x.grad, tree(y.grad_fn))


@behaviour
def what_is_copied_into_whole_numbers_is_cut_off(lib):
    x, w = lib.tensor([1, 2, 3]), lib.tensor([1.5, -2.5, 0.5], requires_grad=True)
    told = [facts(x.clone().zero_()), facts(x.clone().fill_(7.9)), facts(x.clone().copy_(w))]
    x[0], x[1:] = 4.5, w[1:] * 2
    return [*told, facts(x), x.requires_grad]


@behaviour
def a_view_that_is_a_leaf_may_not_be_changed_either(lib):
    v = lib.ones(3)[:2]
    v.requires_grad_()
    return facts(sentence(lambda: v.mul_(2)), v)


@behaviour
def an_assignment_that_does_not_fit_is_refused(lib):
    x = lib.tensor([1.0, 2.0, 3.0])

    def give(key, value):
        x[key] = value

    keys = ([0, 5], lib.tensor([True, False]), [-4])
    told = [sentence(lambda key=key: give(key, 1.0))[0] for key in keys]
    several = (([0, 5], 1.0), ([0, 1], lib.ones(3)), (0, "a"), ([0], "a"))
    return [
        told,
        *[sentence(lambda key=key, value=value: give(key, value)) for key, value in several],
        facts(x),
    ]
