"""Anomaly mode: the first nan on the way back, and who made it."""

from __future__ import annotations

import warnings

from .telling import behaviour, facts, quietly, sentence, warned


def root_of_minus_one(lib):
    """A scalar whose gradient is nan."""
    return lib.sqrt(lib.tensor([-1.0], requires_grad=True) * 2).sum()


@behaviour
def without_anomaly_mode_a_nan_goes_its_way(lib):
    x = lib.tensor([-1.0], requires_grad=True)
    lib.sqrt(x).backward()
    return facts(x.grad)


@behaviour
def anomaly_mode_says_that_it_is_slow(lib):
    return warned(lambda: lib.detect_anomaly())


@behaviour
def anomaly_mode_names_the_node_of_the_first_nan(lib):
    def run():
        with lib.detect_anomaly():
            root_of_minus_one(lib).backward()

    return quietly(lambda: sentence(run))


@behaviour
def anomaly_mode_warns_with_the_call_that_made_the_node(lib):
    def run():
        with lib.detect_anomaly():
            loss = root_of_minus_one(lib)
            with warnings.catch_warnings(record=True) as seen:
                warnings.simplefilter("always")
                sentence(loss.backward)
        return [[str(one.message).split(". ")[0], "root_of_minus_one" in str(one.message)] for one in seen]

    return quietly(run)


@behaviour
def anomaly_mode_knows_no_call_of_what_was_made_before_it(lib):
    def run():
        loss = root_of_minus_one(lib)
        with lib.detect_anomaly(), warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            failed = sentence(loss.backward)
        return [failed, *[str(one.message).split(". ")[:2] for one in seen]]

    return quietly(run)


@behaviour
def anomaly_mode_says_which_gradient_of_the_node_is_nan(lib):
    def run():
        x = lib.tensor([0.0], requires_grad=True)
        y = lib.tensor([0.0], requires_grad=True)
        with lib.detect_anomaly():
            (x / y).backward()

    return quietly(lambda: sentence(run))


@behaviour
def anomaly_mode_need_not_look_for_nans(lib):
    x = lib.tensor([-1.0], requires_grad=True)

    def run():
        with lib.detect_anomaly(check_nan=False):
            lib.sqrt(x).backward()

    quietly(run)
    return facts(x.grad)


@behaviour
def anomaly_mode_ends_with_its_block(lib):
    def run():
        with lib.detect_anomaly():
            pass
        root_of_minus_one(lib).backward()

    return quietly(lambda: sentence(run))


@behaviour
def set_detect_anomaly_is_a_function_as_well(lib):
    def run():
        lib.set_detect_anomaly(True)
        try:
            return sentence(root_of_minus_one(lib).backward)
        finally:
            lib.set_detect_anomaly(False)

    return quietly(lambda: [run(), sentence(root_of_minus_one(lib).backward)])


@behaviour
def an_infinity_is_no_anomaly(lib):
    x = lib.tensor([0.0], requires_grad=True)

    def run():
        with lib.detect_anomaly():
            lib.sqrt(x).backward()

    quietly(run)
    return facts(x.grad)


@behaviour
def anomaly_mode_names_the_node_whose_saved_value_was_changed(lib):
    def run():
        with lib.detect_anomaly():
            y = lib.exp(lib.tensor([0.0], requires_grad=True))
            y.add_(1)
            with warnings.catch_warnings(record=True) as seen:
                warnings.simplefilter("always")
                failed = sentence(y.backward)
        return [failed[0], *[str(one.message).split(". ")[0] for one in seen]]

    return quietly(run)
