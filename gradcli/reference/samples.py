"""The samples of a record, read."""

from __future__ import annotations

from gradcli.graph.node import Operation
from gradcli.graph.operations.compose import Composite
from gradcli.graph.operations.record import Sample
from gradcli.graph.shapes import elements

Record = Operation | Composite


def telling(record: Record) -> list[Sample]:
    """Samples in order; those with no element, or with single ones alone, come last."""

    def little(sample: Sample) -> tuple[bool, bool]:
        sizes = [elements(shape_of(form)) for form in sample[1].values()]
        return 0 in sizes, max(sizes, default=2) < 2

    return sorted(record.samples, key=little)


def shape_of(form: str) -> tuple[int, ...]:
    """The shape of a sample's argument, such as ``2x3 positive``."""
    size = form.split()[0]
    return () if size == "()" else tuple([int(one) for one in size.split("x")])
