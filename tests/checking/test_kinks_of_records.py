"""A record whose own suite keeps away from a point says what holds there, or has a reason."""

from __future__ import annotations

import pytest

import gradcli.graph.operations  # noqa: F401  (fills the table)
from gradcli.graph.node import Operation, ops

# Domains with a hole or an end: what lies there is a pole, a root or a jump.
HOLES = {"nonzero", "fraction", "positive", "unit", "within_one", "beyond_one"}
POLE = "at its pole the value is infinite itself"
STEEP = "its slope is infinite there, as the formula gives it"
REASONS = {
    "acosh": STEEP,
    "atanh": POLE,
    "cbrt": STEEP,
    "celu": "its slope is the same on both sides of 0; the second one jumps",
    "digamma": POLE,
    "div": POLE,
    "entropy_part": STEEP,
    "erfinv": POLE,
    "factorial": POLE,
    "lgamma": POLE,
    "log": POLE,
    "log10": POLE,
    "log1p": POLE,
    "log2": POLE,
    "polygamma": POLE,
    "reciprocal": POLE,
    "rsqrt": POLE,
    "tan": POLE,
}
AVOIDING = [record for record in ops if set(record.domain) & HOLES]


@pytest.mark.parametrize("record", AVOIDING, ids=lambda record: record.name)
def test_a_point_that_a_suite_avoids_is_a_kink_or_has_a_reason(record: Operation) -> None:
    assert (record.kink is not None) != (record.name in REASONS)


def test_every_reason_is_needed() -> None:
    assert set(REASONS) <= {record.name for record in AVOIDING}
