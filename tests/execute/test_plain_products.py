"""Plain products in the place of strong ones, and when they will not do."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_array_equal

from gradcli import Expression
from gradcli.execute.products import told_by
from gradcli.graph.node import ops, reachable, variable


def test_a_product_tells_of_a_nan_through_sums_and_choices() -> None:
    g, d, c = variable("g", (3,)), variable("d", (3,)), variable("c", (3,), "bool")
    product = ops.strong(g, d)
    output = ops.sum(ops.where(c, product, 0) * 2)
    told = told_by(reachable([output]))
    assert told is not None
    assert told.nodes >= {product, output}
    assert not told.scales


def test_a_comparison_and_a_power_may_hide_it() -> None:
    g, d = variable("g", (3,)), variable("d", (3,))
    for output in (ops.gt(ops.strong(g, d), 0), ops.pow(ops.strong(g, d), d), ops.sign(ops.strong(g, d))):
        assert told_by(reachable([output])) is None


def test_without_strong_products_nothing_is_looked_at() -> None:
    assert told_by(reachable([variable("g", (3,)) * 2])) is None


def test_a_number_that_multiplies_an_array_tells_by_itself() -> None:
    scale, d = variable("s"), variable("d", (3,))
    told = told_by(reachable([ops.gt(ops.strong(scale, d), 0)]))
    assert told is not None
    assert told.scales == {scale}
    assert not told.nodes


def test_a_scale_of_zero_takes_the_strong_product() -> None:
    f = Expression("sum(s * sqrt(x))")
    for _ in range(3):
        assert_array_equal(f.grad(wrt="x", s=0.0, x=[0.0, 4.0])["x"], [0, 0])
        assert_array_equal(f.grad(wrt="x", s=2.0, x=[0.0, 4.0])["x"], [np.inf, 0.5])


def test_one_plan_serves_smooth_and_singular_points_in_turn() -> None:
    f = Expression("sum(where(x > 0, sqrt(x), 0))")
    for _ in range(2):
        assert_array_equal(f.grad(x=[1.0, 4.0, 4.0])["x"], [0.5, 0.25, 0.25])
        assert_array_equal(f.grad(x=[0.0, 4.0, -1.0])["x"], [0, 0.25, 0])
        assert np.isnan(f.vjp(np.nan, x=[1.0, 4.0, 4.0])[1]["x"]).all()


def test_infinities_of_both_signs_are_no_nan() -> None:
    found = Expression("sum([1, -1] / x)").grad(x=[1e-200, 1e-200])["x"]
    assert_array_equal(found, [-np.inf, np.inf])
