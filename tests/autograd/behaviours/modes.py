"""Switching the graph off and on."""

from __future__ import annotations

from threading import Event, Thread

from .telling import behaviour, facts, name, sentence


@behaviour
def under_no_grad_results_require_nothing(lib):
    x = lib.tensor([1.0], requires_grad=True)
    with lib.no_grad():
        y = x * 2
    return facts(y.requires_grad, y.grad_fn, y.is_leaf, x.requires_grad)


@behaviour
def a_leaf_made_under_no_grad_may_require_a_gradient(lib):
    with lib.no_grad():
        x = lib.tensor([1.0], requires_grad=True)
    (x * 2).backward()
    return facts(x.requires_grad, x.grad)


@behaviour
def backward_of_what_no_grad_made_is_refused(lib):
    x = lib.tensor([1.0], requires_grad=True)
    with lib.no_grad():
        y = x * 2
    return sentence(y.backward)


@behaviour
def backward_itself_runs_under_no_grad(lib):
    x = lib.tensor([3.0], requires_grad=True)
    y = x * x
    with lib.no_grad():
        y.backward()
    return facts(x.grad)


@behaviour
def grad_of_second_order_runs_under_no_grad_too(lib):
    x = lib.tensor(3.0, requires_grad=True)
    y = x * x * x
    with lib.no_grad():
        (first,) = lib.grad(y, x, create_graph=True)
    return facts(first.requires_grad, lib.grad(first, x))


@behaviour
def modes_nest_and_come_back(lib):
    seen = [lib.is_grad_enabled()]
    with lib.no_grad():
        seen.append(lib.is_grad_enabled())
        with lib.enable_grad():
            seen.append(lib.is_grad_enabled())
            with lib.no_grad():
                seen.append(lib.is_grad_enabled())
            seen.append(lib.is_grad_enabled())
        seen.append(lib.is_grad_enabled())
    return facts(seen, lib.is_grad_enabled())


@behaviour
def enable_grad_inside_no_grad_records(lib):
    x = lib.tensor([3.0], requires_grad=True)
    with lib.no_grad(), lib.enable_grad():
        y = x * x
    y.backward()
    return facts(y.requires_grad, x.grad)


@behaviour
def an_error_inside_leaves_the_mode_as_it_was(lib):
    def fail():
        with lib.no_grad():
            raise ValueError("mine")

    return facts(sentence(fail), lib.is_grad_enabled())


@behaviour
def set_grad_enabled_takes_a_truth(lib):
    x = lib.tensor([1.0], requires_grad=True)
    seen = []
    for training in (False, True):
        with lib.set_grad_enabled(training):
            seen.append((x * 2).requires_grad)
    return facts(seen, lib.is_grad_enabled())


@behaviour
def set_grad_enabled_is_a_function_as_well(lib):
    x = lib.tensor([1.0], requires_grad=True)
    lib.set_grad_enabled(False)
    off = (x * 2).requires_grad
    lib.set_grad_enabled(True)
    return facts(off, (x * 2).requires_grad)


@behaviour
def no_grad_decorates_a_function(lib):
    @lib.no_grad()
    def double(x):
        """Twice."""
        return x * 2, lib.is_grad_enabled()

    y, enabled = double(lib.tensor([1.0], requires_grad=True))
    return facts(y.requires_grad, enabled, lib.is_grad_enabled(), double.__name__, double.__doc__)


@behaviour
def no_grad_decorates_without_brackets_too(lib):
    @lib.no_grad
    def double(x):
        return x * 2

    return facts(double(lib.tensor([1.0], requires_grad=True)).requires_grad)


@behaviour
def enable_grad_decorates_a_function(lib):
    @lib.enable_grad()
    def double(x):
        return x * 2

    with lib.no_grad():
        y = double(lib.tensor([1.0], requires_grad=True))
        inside = lib.is_grad_enabled()
    return facts(y.requires_grad, inside)


@behaviour
def set_grad_enabled_decorates_a_function(lib):
    @lib.set_grad_enabled(False)
    def double(x):
        return x * 2

    return facts(double(lib.tensor([1.0], requires_grad=True)).requires_grad, lib.is_grad_enabled())


@behaviour
def a_decorated_function_may_call_itself(lib):
    @lib.no_grad()
    def power(x, n):
        return x if n == 1 else x * power(x, n - 1)

    y = power(lib.tensor([2.0], requires_grad=True), 5)
    return facts(y, y.requires_grad, lib.is_grad_enabled())


@behaviour
def a_decorated_generator_is_in_the_mode_only_while_it_runs(lib):
    @lib.no_grad()
    def steps():
        for _ in range(2):
            yield lib.is_grad_enabled()

    return [[inside, lib.is_grad_enabled()] for inside in steps()]


@behaviour
def a_decorated_function_that_fails_leaves_the_mode_as_it_was(lib):
    @lib.no_grad()
    def fail():
        raise ValueError("mine")

    return facts(sentence(fail), lib.is_grad_enabled())


@behaviour
def inference_mode_records_nothing(lib):
    x = lib.tensor([1.0], requires_grad=True)
    with lib.inference_mode():
        inside = facts(lib.is_grad_enabled(), lib.is_inference_mode_enabled())
        y = x * 2
    return facts(inside, lib.is_inference_mode_enabled(), y.requires_grad, y.grad_fn)


@behaviour
def an_inference_tensor_may_not_be_saved_for_backward(lib):
    with lib.inference_mode():
        y = lib.tensor([1.0]) * 2
    return sentence(lambda: y * lib.tensor([1.0], requires_grad=True))


@behaviour
def an_inference_tensor_may_take_part_where_nothing_is_saved(lib):
    with lib.inference_mode():
        y = lib.tensor([1.0]) * 2
    x = lib.tensor([1.0], requires_grad=True)
    z = x + y
    z.backward()
    return facts(z, x.grad)


@behaviour
def an_inference_tensor_may_not_be_changed_outside(lib):
    with lib.inference_mode():
        y = lib.tensor([1.0]) * 2
    return sentence(lambda: y.add_(1))


@behaviour
def an_inference_tensor_may_not_come_to_require_a_gradient(lib):
    with lib.inference_mode():
        y = lib.tensor([1.0]) * 2
    return sentence(y.requires_grad_)


@behaviour
def a_clone_of_an_inference_tensor_is_a_usual_one(lib):
    with lib.inference_mode():
        y = lib.tensor([3.0]) * 2
    x = lib.tensor([1.0], requires_grad=True)
    (x * y.clone()).backward()
    return facts(x.grad)


@behaviour
def inference_tensors_do_not_count_versions(lib):
    with lib.inference_mode():
        y = lib.tensor([1.0]) * 2
    return sentence(lambda: y._version)


@behaviour
def a_usual_tensor_may_be_changed_in_inference_mode(lib):
    x = lib.tensor([1.0])
    with lib.inference_mode():
        x.add_(1)
    return facts(x, x._version)


@behaviour
def inference_mode_can_be_switched_off_inside(lib):
    x = lib.tensor([1.0], requires_grad=True)
    with lib.inference_mode(), lib.inference_mode(False):
        y = x * 2
    return facts(y.requires_grad, name(y.grad_fn))


@behaviour
def inference_mode_decorates_a_function(lib):
    @lib.inference_mode()
    def double(x):
        return x * 2, lib.is_inference_mode_enabled()

    y, inside = double(lib.tensor([1.0], requires_grad=True))
    return facts(y.requires_grad, inside, lib.is_inference_mode_enabled())


@behaviour
def a_decorator_goes_back_to_the_mode_of_each_call(lib):
    @lib.set_grad_enabled(False)
    def off():
        return lib.is_grad_enabled()

    @lib.set_grad_enabled(True)
    def on():
        return lib.is_grad_enabled()

    seen = [on(), lib.is_grad_enabled(), off(), lib.is_grad_enabled()]
    with lib.no_grad():
        seen += [on(), lib.is_grad_enabled(), off(), lib.is_grad_enabled()]
    return facts(*seen, lib.is_grad_enabled())


@behaviour
def calls_of_a_decorated_function_overlap_in_threads(lib):
    @lib.no_grad()
    def inside(here, go_on):
        here.set()
        go_on.wait(5)

    def in_thread(seen, here, go_on, mode, gone):
        with mode():
            inside(here, go_on)
            seen.append(lib.is_grad_enabled())
        gone.set()

    # The first comes in first, and goes out first.
    one, other, gone, first, second = Event(), Event(), Event(), [], []
    threads = [
        Thread(target=in_thread, args=(first, one, other, lib.enable_grad, gone)),
        Thread(target=in_thread, args=(second, other, gone, lib.no_grad, Event())),
    ]
    for thread in threads:
        thread.start()
        one.wait(5)
    for thread in threads:
        thread.join()
    return facts(*first, *second, lib.is_grad_enabled())
