"""A gradient written by hand, element by element against the automatic one and the differences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.answers import Answers
from gradcli.checking.differences import central, one_sided
from gradcli.checking.directions import scales
from gradcli.checking.kinks import Kinks
from gradcli.checking.moving import Moving
from gradcli.checking.result import Element, Row, Verdict
from gradcli.errors import GradientProblem, ShapeProblem
from gradcli.graph.shapes import describe
from gradcli.language.names import Given, listed, nearest

Array = Any

# Numbers that were written with six digits or computed another way still agree.
_RELATIVE = 1e-6
_SHOWN = 5


def refuse_others(
    expression: Answers, theirs: Mapping[str, Given], gradients: Mapping[str, Array], values: Sequence[Array]
) -> None:
    """Check that the given gradients can be gradients of this expression.

    Raises:
        GradientProblem: the expression is no scalar, or there is no such name.
        ShapeProblem: one is not of its name's shape.
    """
    import numpy

    if theirs and (len(values) != 1 or values[0].size != 1):
        shapes = listed([describe(one.shape) for one in values], "and")
        raise GradientProblem(
            f"a gradient is that of a scalar: the output is {shapes}",
            hint="reduce it with sum() or mean()",
            source=expression.source,
        )
    for name, one in theirs.items():
        if name not in gradients:
            near = listed(nearest(name, gradients) or gradients)
            raise GradientProblem(
                f"a gradient is given for {name}, which is not differentiated by", hint=f"give it for {near}"
            )
        shape = numpy.shape(gradients[name])
        if one.shape != shape:
            raise ShapeProblem(
                f"the given gradient of {name} is {describe(one.shape)} and {name} is {describe(shape)}: "
                "they must have one shape"
            )


def compared(
    function: Moving, kinks: Kinks, ours: Array, theirs: Any, noise: float
) -> tuple[Row, list[Element]]:
    """The row on a given gradient, and the elements that differ the most.

    Where the function has no derivative, any slope between those of its two sides will do.
    """
    import numpy

    theirs = numpy.asarray(theirs, dtype=numpy.float64)
    unit = scales(function.base)
    with numpy.errstate(all="ignore"):
        apart = numpy.where(
            (theirs == ours) | (numpy.isnan(theirs) & numpy.isnan(ours)), 0.0, abs(theirs - ours)
        )
        rounding = noise / unit
        largest = float(numpy.max(numpy.abs(ours), initial=0.0, where=numpy.isfinite(ours)))
        room = _RELATIVE * numpy.abs(ours) + 1e-9 * largest + rounding
        excess = numpy.where(
            numpy.isnan(apart), math.inf, apart - numpy.where(numpy.isfinite(room), room, 0.0)
        )
    different = [tuple(place) for place in numpy.argwhere(excess > 0).tolist()]
    different.sort(key=lambda place: -excess[place])
    elements: list[Element] = []
    allowed = 0
    for place in different:
        if len(elements) == _SHOWN:
            break
        direction = numpy.zeros(function.base.shape)
        direction[place] = unit[place]
        scale = float(unit[place])
        slopes = _numeric(function, direction, noise, bool(kinks.met(direction)))
        low, high = min(slopes) / scale, max(slopes) / scale
        given = float(theirs[place])
        if len(slopes) > 1 and low - _RELATIVE * abs(low) <= given <= high + _RELATIVE * abs(high):
            allowed += 1
            continue
        elements.append(Element(function.name, place, given, float(ours[place]), slopes[0] / scale))
    worst = float(numpy.max(apart, initial=0.0)) if apart.size else 0.0
    note = f"{allowed} within the slopes of both sides" if allowed else ""
    if elements:
        count = len(different) - allowed
        note = f"{count} of {apart.size} differ" if apart.size > 1 else ""
    verdict: Verdict = "disagrees" if elements else "not differentiable here" if allowed else "agrees"
    estimate = float(numpy.max(room, initial=0.0)) if room.size else 0.0
    return Row(function.name, "given gradient", worst, estimate, verdict, note), elements


def _numeric(function: Moving, direction: Array, noise: float, kink: bool) -> list[float]:
    """The slope along a direction; to the right and to the left where there is a kink."""
    import numpy

    along = function.along([numpy.ones(output.shape) for output in function.outputs], direction)

    def sure(found: Any) -> bool:
        return bool(found.error <= 1e-9 * abs(found.value))

    if not kink:
        return [central(along, noise, sure).value]
    return [one_sided(along, noise, sign, sure).value for sign in (1.0, -1.0)]
