"""The version of a tensor: what counts as a change, who shares the count, and when it is asked for."""

from __future__ import annotations

from .telling import behaviour, facts, sentence


@behaviour
def a_new_tensor_has_version_zero(lib):
    x = lib.tensor([1.0, 2.0])
    return facts(x._version, (x + 1)._version)


@behaviour
def each_change_in_place_counts_once(lib):
    x = lib.tensor([1.0, 2.0])
    counts = []
    x.add_(1)
    counts.append(x._version)
    x *= 2
    counts.append(x._version)
    x[0] = 9.0
    counts.append(x._version)
    x.zero_()
    counts.append(x._version)
    x.fill_(3.0)
    counts.append(x._version)
    x.copy_(lib.tensor([5.0, 6.0]))
    counts.append(x._version)
    return facts(counts, x)


@behaviour
def reading_changes_no_version(lib):
    x = lib.tensor([1.0, 2.0])
    _ = x + 1, x[0], x.sum(), x.tolist(), x[0].item()
    return x._version


@behaviour
def a_detached_tensor_shares_the_version(lib):
    x = lib.tensor([1.0, 2.0])
    y = x.detach()
    y.add_(1)
    return facts(x._version, y._version, x)


@behaviour
def data_has_a_version_of_its_own(lib):
    x = lib.tensor([1.0, 2.0])
    x.add_(1)
    y = x.data
    before = y._version
    y.add_(1)
    return facts(before, y._version, x._version, x)


@behaviour
def a_clone_begins_at_version_zero(lib):
    x = lib.tensor([1.0, 2.0])
    x.add_(1)
    return facts(x.clone()._version, x._version)


@behaviour
def views_and_views_of_views_share_the_version(lib):
    x = lib.tensor([[1.0, 2.0], [3.0, 4.0]])
    row = x[0]
    number = row[1]
    number.add_(10)
    return facts(x._version, row._version, number._version, x)


@behaviour
def a_change_through_the_base_counts_for_its_views(lib):
    x = lib.tensor([1.0, 2.0, 3.0])
    tail = x[1:]
    x.mul_(2)
    return facts(tail._version, tail)


@behaviour
def a_product_refuses_a_factor_that_was_changed(lib):
    x = lib.tensor([2.0, 3.0], requires_grad=True)
    y = x + 0
    z = y * y
    y.add_(1)
    return sentence(lambda: z.sum().backward())


@behaviour
def an_exponential_refuses_its_changed_result(lib):
    y = lib.exp(lib.tensor([0.0, 1.0], requires_grad=True))
    y.add_(1)
    return sentence(lambda: y.sum().backward())


@behaviour
def a_sum_saves_nothing_so_its_terms_may_change(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    y = x * 1
    z = y + 5
    y.add_(1)
    z.sum().backward()
    return facts(x.grad, y)


@behaviour
def a_result_that_its_rule_does_not_read_may_change(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    y = lib.sin(x)
    y.mul_(2)
    y.sum().backward()
    return facts(x.grad, y._version)


@behaviour
def a_change_before_the_value_is_saved_is_no_harm(lib):
    x = lib.tensor([2.0, 3.0], requires_grad=True)
    y = x + 0
    y.add_(1)
    (y * y).sum().backward()
    return facts(x.grad, y._version)


@behaviour
def changing_it_back_does_not_help(lib):
    y = lib.tensor([2.0, 3.0], requires_grad=True) + 0
    z = y * y
    y.add_(1)
    y.sub_(1)
    return sentence(lambda: z.sum().backward())


@behaviour
def an_assignment_by_index_is_a_change_as_any_other(lib):
    y = lib.tensor([2.0, 3.0], requires_grad=True) + 0
    z = y * y
    y[0] = 7.0
    return sentence(lambda: z.sum().backward())


@behaviour
def a_change_through_a_view_is_found(lib):
    y = lib.tensor([2.0, 3.0], requires_grad=True) + 0
    z = y * y
    y[:1].mul_(2)
    return sentence(lambda: z.sum().backward())


@behaviour
def a_change_of_another_part_of_the_same_memory_counts_as_well(lib):
    y = lib.tensor([2.0, 3.0], requires_grad=True) + 0
    z = y[:1] * y[:1]
    y[1] = 7.0
    return sentence(lambda: z.sum().backward())


@behaviour
def a_change_through_a_detached_tensor_is_found(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    y = lib.exp(x)
    y.detach().zero_()
    return sentence(lambda: y.sum().backward())


@behaviour
def a_change_through_data_is_not_found_and_the_gradient_is_wrong(lib):
    x = lib.tensor([0.0], requires_grad=True)
    y = lib.exp(x)
    y.data.add_(1)
    y.sum().backward()
    return facts(x.grad, y._version)


@behaviour
def a_change_under_no_grad_is_found(lib):
    y = lib.exp(lib.tensor([0.0, 1.0], requires_grad=True))
    with lib.no_grad():
        y.add_(1)
    return sentence(lambda: y.sum().backward())


@behaviour
def a_leaf_that_was_stepped_before_backward_is_found(lib):
    w = lib.tensor([2.0, 3.0], requires_grad=True)
    loss = (w * w).sum()
    with lib.no_grad():
        w -= 0.1
    return sentence(loss.backward)


@behaviour
def a_constant_that_was_saved_is_watched_too(lib):
    x, c = lib.tensor([2.0], requires_grad=True), lib.tensor([3.0])
    y = x * c
    c.add_(1)
    return sentence(y.backward)


@behaviour
def a_constant_factor_that_nobody_needs_may_change(lib):
    x, c = lib.tensor([2.0]), lib.tensor([3.0], requires_grad=True)
    y = x * c
    c.data.add_(1)
    with lib.no_grad():
        c.add_(1)
    y.backward()
    return facts(c.grad, c._version)


@behaviour
def a_saved_value_is_looked_at_when_backward_reads_it(lib):
    x = lib.tensor([1.0], requires_grad=True)
    y = x * 2
    z = y * y
    y.add_(1)
    return sentence(lambda: z.grad_fn._saved_self)


@behaviour
def only_the_part_of_the_graph_that_runs_is_checked(lib):
    x = lib.tensor([1.0], requires_grad=True)
    y = x * 2
    broken, whole = y * y, y * 3
    y.add_(1)
    whole.backward()
    return facts(x.grad, sentence(broken.backward))


@behaviour
def assigning_data_changes_memory_but_not_the_version(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    x.data = lib.tensor([5.0, 6.0, 7.0])
    return facts(x, x._version, x.requires_grad)
