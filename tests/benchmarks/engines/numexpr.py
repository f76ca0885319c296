"""numexpr: elementwise values, block by block, and no derivatives."""

from __future__ import annotations

import numexpr

from tests.benchmarks.case import Inputs, Side, Work

numexpr.set_num_threads(2)


def value(work: Work, inputs: Inputs) -> Side:
    """The value of a text that is the same in both languages."""
    return Side(lambda: numexpr.evaluate(work.text, inputs), lambda found: [found])
