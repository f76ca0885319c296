"""The backward graph: names, next functions, and what they keep."""

from __future__ import annotations

from .telling import behaviour, facts, name, sentence, tree


@behaviour
def a_chain_is_read_from_its_end(lib):
    a = lib.linspace(0.0, 1.0, 5, requires_grad=True)
    return tree((2 * lib.sin(a) + 1).sum().grad_fn)


@behaviour
def a_shared_result_is_one_node_of_the_graph(lib):
    y = lib.tensor([1.0], requires_grad=True) + 2
    z = y * y
    (first, _), (second, _) = z.grad_fn.next_functions
    return facts(first is second, first is y.grad_fn, tree(z.grad_fn))


@behaviour
def a_number_is_no_edge_and_a_constant_tensor_neither(lib):
    x = lib.tensor([1.0], requires_grad=True)
    return facts(tree((x * 2).grad_fn), tree((lib.tensor([2.0]) * x).grad_fn))


@behaviour
def a_leaf_has_one_accumulator_that_knows_it(lib):
    x = lib.tensor([1.0], requires_grad=True)
    ends = [(x * 2).grad_fn.next_functions[0][0], (x + 3).grad_fn.next_functions[0][0]]
    return facts([name(end) for end in ends], ends[0].variable is x, ends[1].variable is x)


@behaviour
def an_accumulator_is_the_end_of_the_graph(lib):
    x = lib.tensor([1.0], requires_grad=True)
    return facts((x * 2).grad_fn.next_functions[0][0].next_functions)


@behaviour
def next_functions_say_which_output_they_mean(lib):
    a, b, c = lib.tensor([1.0, 2.0, 3.0], requires_grad=True).unbind()
    d = a * b
    return facts(tree(d.grad_fn), tree((d * c).grad_fn))


@behaviour
def the_arithmetic_operators_have_their_names(lib):
    x, y = lib.tensor([2.0], requires_grad=True), lib.tensor([3.0], requires_grad=True)
    results = [x + y, x - y, x * y, x / y, -x, x**2, x**y, 2**x, 2 - x, 2 / x, x @ y]
    return [name(one.grad_fn) for one in results]


@behaviour
def a_quotient_by_a_tensor_has_two_edges_and_by_a_number_one(lib):
    x, y = lib.tensor([2.0], requires_grad=True), lib.tensor([3.0], requires_grad=True)
    return facts(tree((x / y).grad_fn), tree((x / 2).grad_fn))


@behaviour
def a_number_over_a_tensor_is_a_reciprocal_times_it(lib):
    return tree((3 / lib.tensor([2.0], requires_grad=True)).grad_fn)


@behaviour
def reductions_over_all_and_over_an_axis_are_two_nodes(lib):
    x = lib.tensor([[1.0, 2.0], [3.0, 5.0]], requires_grad=True)
    results = [x.sum(), x.sum(dim=0), x.mean(), x.mean(dim=0), x.prod(), x.prod(dim=0)]
    return [name(one.grad_fn) for one in results]


@behaviour
def shapes_and_slices_have_nodes_of_their_own(lib):
    x = lib.ones(2, 3, requires_grad=True)
    results = [x[0], x[:, 1:], x[None], x.T, x.unsqueeze(0), x.expand(4, 2, 3), x.reshape(3, 2)]
    results += [lib.cat([x, x]), lib.stack([x, x]), x.flip(0)]
    return [name(one.grad_fn) for one in results]


@behaviour
def functions_have_the_names_of_their_rules(lib):
    x = lib.tensor([0.5, 0.25], requires_grad=True)
    results = [lib.exp(x), lib.log(x), lib.sqrt(x), lib.sin(x), lib.cos(x), lib.tanh(x), lib.sigmoid(x)]
    results += [lib.relu(x), lib.abs(x), lib.erf(x), lib.maximum(x, x), lib.logaddexp(x, x), lib.atan2(x, x)]
    results += [lib.softmax(x, 0), lib.logsumexp(x, 0), lib.cumsum(x, 0), lib.where(x > 0, x, x * 2)]
    return [name(one.grad_fn) for one in results]


@behaviour
def a_product_keeps_both_factors(lib):
    x, y = lib.tensor([2.0], requires_grad=True), lib.tensor([3.0], requires_grad=True)
    node = (x * y).grad_fn
    return facts(node._saved_self, node._saved_other)


@behaviour
def a_product_keeps_no_factor_that_nobody_needs(lib):
    x, y = lib.tensor([2.0], requires_grad=True), lib.tensor([3.0])
    node = (x * y).grad_fn
    return facts(node._saved_self, node._saved_other)


@behaviour
def a_product_with_a_number_keeps_the_number(lib):
    node = (lib.tensor([2.0], requires_grad=True) * 3).grad_fn
    return facts(node._saved_self, float(node._saved_other))


@behaviour
def a_power_keeps_its_exponent_and_base(lib):
    node = (lib.tensor([2.0], requires_grad=True) ** 3).grad_fn
    return facts(node._saved_self, node._saved_exponent)


@behaviour
def an_exponential_keeps_its_result_and_a_sine_its_argument(lib):
    x = lib.tensor([0.0], requires_grad=True)
    return facts(lib.exp(x).grad_fn._saved_result, lib.sin(x).grad_fn._saved_self)


@behaviour
def a_saved_leaf_is_the_leaf_itself(lib):
    x = lib.tensor([2.0], requires_grad=True)
    saved = lib.sin(x).grad_fn._saved_self
    return facts(saved is x, saved.is_leaf)


@behaviour
def a_saved_result_still_knows_its_node(lib):
    y = lib.exp(lib.tensor([0.0], requires_grad=True))
    return facts(y.grad_fn._saved_result.grad_fn is y.grad_fn)


@behaviour
def what_was_saved_is_gone_after_backward(lib):
    y = lib.exp(lib.tensor([0.0], requires_grad=True))
    node = y.grad_fn
    y.sum().backward()
    return sentence(lambda: node._saved_result)


@behaviour
def what_was_saved_stays_with_retain_graph(lib):
    y = lib.exp(lib.tensor([0.0], requires_grad=True))
    y.sum().backward(retain_graph=True)
    return facts(y.grad_fn._saved_result)


@behaviour
def parameters_of_an_operation_are_saved_too(lib):
    x = lib.ones(2, 3, requires_grad=True)
    node = x.sum(dim=0, keepdim=True).grad_fn
    return facts(node._saved_dim, node._saved_keepdim)


@behaviour
def the_graph_can_be_walked_after_backward(lib):
    y = (lib.exp(lib.tensor([0.0], requires_grad=True)) * 2).sum()
    y.backward()
    return tree(y.grad_fn)


@behaviour
def a_node_has_a_dictionary_for_notes(lib):
    y = lib.tensor([1.0], requires_grad=True) * 2
    y.grad_fn.metadata["mine"] = 5
    return facts(y.grad_fn.metadata)


@behaviour
def a_gradient_that_was_kept_is_a_graph_of_its_own(lib):
    x = lib.tensor(2.0, requires_grad=True)
    (g,) = lib.grad(x * x * x, x, create_graph=True)
    return facts(g.requires_grad, g.is_leaf, g.grad_fn is not None)
