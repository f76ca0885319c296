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
    assert told_by(reachable([output])) >= {product, output}


def test_a_comparison_and_a_power_may_hide_it() -> None:
    g, d = variable("g", (3,)), variable("d", (3,))
    for output in (ops.gt(ops.strong(g, d), 0), ops.pow(ops.strong(g, d), d), ops.sign(ops.strong(g, d))):
        assert told_by(reachable([output])) == set()


def test_without_strong_products_nothing_is_looked_at() -> None:
    assert told_by(reachable([variable("g", (3,)) * 2])) == set()


def test_one_plan_serves_smooth_and_singular_points_in_turn() -> None:
    f = Expression("sum(where(x > 0, sqrt(x), 0))")
    for _ in range(2):
        assert_array_equal(f.grad(x=[1.0, 4.0, 4.0])["x"], [0.5, 0.25, 0.25])
        assert_array_equal(f.grad(x=[0.0, 4.0, -1.0])["x"], [0, 0.25, 0])
        assert np.isnan(f.vjp(np.nan, x=[1.0, 4.0, 4.0])[1]["x"]).all()


def test_infinities_of_both_signs_are_no_nan() -> None:
    found = Expression("sum([1, -1] / x)").grad(x=[1e-200, 1e-200])["x"]
    assert_array_equal(found, [-np.inf, np.inf])
