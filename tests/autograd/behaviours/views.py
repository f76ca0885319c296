"""Views: memory that is shared, and what a change through one does to the graphs of the others."""

from __future__ import annotations

from .telling import behaviour, facts, name, sentence, tree


@behaviour
def slices_rows_and_transposes_share_memory(lib):
    x = lib.zeros(2, 3)
    x[0].fill_(1.0)
    x.T[2].add_(5)
    x[:, 1:2].sub_(3)
    x.reshape(6)[5:].fill_(9.0)
    x.unsqueeze(0)[0, 1, 0].fill_(4.0)
    return facts(x)


@behaviour
def arithmetic_shares_no_memory(lib):
    x = lib.tensor([1.0, 2.0])
    (x + 0).fill_(9.0)
    (x * 1).fill_(9.0)
    x.clone().fill_(9.0)
    return facts(x, x._version)


@behaviour
def an_index_by_a_list_or_a_mask_copies(lib):
    x = lib.tensor([1.0, 2.0, 3.0])
    x[[0, 1]].fill_(9.0)
    x[x > 2].fill_(9.0)
    return facts(x, x._version)


@behaviour
def a_view_of_a_leaf_is_a_result(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    return facts(x[0].is_leaf, x[0].requires_grad, name(x[0].grad_fn))


@behaviour
def a_gradient_through_a_view_reaches_its_part_of_the_base(lib):
    x = lib.tensor([1.0, 2.0, 3.0], requires_grad=True)
    (x[1:] * lib.tensor([10.0, 20.0])).sum().backward()
    return facts(x.grad)


@behaviour
def overlapping_views_add_their_gradients_up(lib):
    x = lib.tensor([1.0, 2.0, 3.0], requires_grad=True)
    (x[:2].sum() + x[1:].sum() * 10).backward()
    return facts(x.grad)


@behaviour
def an_index_that_repeats_adds_its_gradients_up(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    (x[[0, 0, 1]] * lib.tensor([1.0, 10.0, 100.0])).sum().backward()
    return facts(x.grad)


@behaviour
def an_expanded_tensor_sums_its_gradient(lib):
    x = lib.tensor([[1.0], [2.0]], requires_grad=True)
    (x.expand(2, 3) * lib.tensor([1.0, 2.0, 3.0])).sum().backward()
    return facts(x.grad)


@behaviour
def the_base_of_a_changed_view_gets_a_node_of_copies(lib):
    base = lib.tensor([1.0, 2.0, 3.0], requires_grad=True) * 2
    view = base[:2]
    view.mul_(10)
    return facts(name(base.grad_fn).split("::")[-1], base, view, base.requires_grad)


@behaviour
def a_changed_view_sees_the_gradient_of_its_change(lib):
    x = lib.tensor([1.0, 2.0, 3.0], requires_grad=True)
    base = x * 2
    base[:2].mul_(10)
    (base * lib.tensor([1.0, 1.0, 7.0])).sum().backward()
    return facts(x.grad, base)


@behaviour
def a_view_made_before_a_change_of_its_base_follows_it(lib):
    x = lib.tensor([1.0, 2.0, 3.0], requires_grad=True)
    base = x * 2
    view = base[1:]
    base.mul_(5)
    view.sum().backward()
    return facts(view, x.grad)


@behaviour
def a_view_made_before_gets_a_new_node_when_it_is_asked_for(lib):
    base = lib.tensor([1.0, 2.0, 3.0], requires_grad=True) * 2
    view = base[1:]
    before = name(view.grad_fn)
    base.mul_(5)
    _, (below, place) = view.grad_fn, view.grad_fn.next_functions[0]
    return facts(before, name(below), place)


@behaviour
def two_views_see_each_others_changes_in_the_gradient(lib):
    x = lib.tensor([1.0, 2.0, 3.0], requires_grad=True)
    base = x * 1
    left, right = base[:2], base[1:]
    left.mul_(10)
    right.sum().backward()
    return facts(right, x.grad)


@behaviour
def a_view_of_a_view_changes_both_bases(lib):
    x = lib.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    base = x * 1
    row = base[1]
    row[0:1].mul_(7)
    (base.sum() + row.sum() * 100).backward()
    return facts(base, x.grad)


@behaviour
def a_constant_base_requires_a_gradient_once_a_view_of_it_does(lib):
    base = lib.zeros(3)
    x = lib.tensor([5.0], requires_grad=True)
    base[1:2].add_(x)
    facts_before = facts(base.requires_grad, base.is_leaf)
    (base * base).sum().backward()
    return facts(facts_before, base, x.grad)


@behaviour
def a_change_of_a_leaf_through_a_view_is_refused(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    return sentence(lambda: x[:1].add_(1))


@behaviour
def a_view_that_was_made_under_no_grad_may_not_be_changed_outside(lib):
    base = lib.tensor([1.0, 2.0], requires_grad=True) * 2
    with lib.no_grad():
        view = base[:1]
    return sentence(lambda: view.mul_(2))


@behaviour
def a_view_that_was_made_under_no_grad_requires_a_gradient_without_a_node(lib):
    base = lib.tensor([1.0, 2.0], requires_grad=True) * 2
    with lib.no_grad():
        view, copy = base[:1], base * 1
    return facts(view.requires_grad, view.grad_fn, copy.requires_grad)


@behaviour
def a_view_that_was_made_under_no_grad_may_be_changed_inside(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    with lib.no_grad():
        x[:1].mul_(5)
    return facts(x, x.requires_grad, x.is_leaf, x._version)


@behaviour
def one_of_several_views_of_a_call_may_not_be_changed(lib):
    parts = (lib.tensor([1.0, 2.0], requires_grad=True) * 2).unbind()
    return sentence(lambda: parts[0].mul_(2))


@behaviour
def parts_of_a_split_may_not_be_changed_either(lib):
    parts = (lib.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True) * 2).split(2)
    return sentence(lambda: parts[1].mul_(2))


@behaviour
def one_of_several_views_may_be_changed_where_no_gradient_is_due(lib):
    base = lib.tensor([1.0, 2.0])
    base.unbind()[0].mul_(5)
    return facts(base, base._version)


@behaviour
def a_base_that_changes_makes_one_of_several_views_useless(lib):
    base = lib.tensor([1.0, 2.0], requires_grad=True) * 2
    part = base.unbind()[0]
    base.mul_(5)
    return sentence(lambda: part * 2)


@behaviour
def an_empty_part_is_a_view_too(lib):
    x = lib.tensor([1.0, 2.0])
    empty = x[2:]
    x.add_(1)
    return facts(empty, empty._version)


@behaviour
def a_reshape_of_scattered_memory_copies(lib):
    x = lib.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    with lib.no_grad():
        x[:, :2].reshape(-1).fill_(9.0)
    y = x[:, :2].reshape(-1)
    return facts(x, x._version, tree(y.grad_fn))


@behaviour
def memory_that_several_elements_share_may_not_be_written(lib):
    x = lib.tensor([1.0]).expand(3)
    return sentence(lambda: x.add_(1))


@behaviour
def a_base_that_changes_spoils_what_a_view_saved(lib):
    base = lib.tensor([1.0, 2.0], requires_grad=True) * 2
    y = lib.sin(base[:1])
    base.zero_()
    return sentence(y.backward)


@behaviour
def a_view_of_a_detached_tensor_has_no_history_but_the_memory(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    x.detach()[0].fill_(9.0)
    return facts(x, x._version, x.detach()[0].grad_fn)


@behaviour
def a_diagonal_is_a_view(lib):
    x = lib.zeros(3, 3)
    x.diagonal().fill_(1.0)
    return facts(x, x._version)


@behaviour
def a_matrix_built_by_rows_sends_each_row_its_gradient(lib):
    x = lib.tensor([2.0, 3.0], requires_grad=True)
    out = lib.zeros(2, 2)
    out[0] = x
    out[1] = x * x
    (out * lib.tensor([[1.0, 2.0], [10.0, 20.0]])).sum().backward()
    return facts(out, x.grad, out._version)


@behaviour
def the_graph_of_a_view_names_each_step(lib):
    x = lib.ones(2, 3, requires_grad=True)
    return tree(x.T[1:].unsqueeze(0).grad_fn)
