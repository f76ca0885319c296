"""The check itself: for each name every opinion there is, a row each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from gradcli.answers import Answers, Names
from gradcli.checking import against, complex_step, symbolic
from gradcli.checking.curvature import curvature
from gradcli.checking.differences import Slope
from gradcli.checking.directions import directions, length, weights
from gradcli.checking.judge import Outcome, judged, row, verdict_on
from gradcli.checking.kinks import Found, Kinks
from gradcli.checking.moving import Moving
from gradcli.checking.result import Checked, Element, Kink, Row
from gradcli.errors import GradientProblem
from gradcli.language.build import Built
from gradcli.language.names import Given

Value = Any
Array = Any

_EPSILON = 2.0**-52


def check(
    expression: Answers,
    given: Mapping[str, Given],
    wrt: Names = None,
    theirs: Mapping[str, Given] | None = None,
) -> Checked:
    """Compare the derivative of an expression with all that does not share its rules.

    Args:
        expression: the text.
        given: a value for every name.
        wrt: the names to differentiate by; by default all.
        theirs: gradients to compare with, by name.

    Raises:
        GradcliError: the expression cannot be evaluated or differentiated.
        GradientProblem: there is no name to differentiate by, or a given gradient is no gradient of it.
    """
    import numpy

    # Overflow and nan are results here, and no news.
    with numpy.errstate(all="ignore"):
        return _check(expression, given, wrt, theirs or {})


def _check(
    expression: Answers, given: Mapping[str, Given], wrt: Names, theirs: Mapping[str, Given]
) -> Checked:
    import numpy

    value = expression.value(given).result["value"]
    values = [
        numpy.asarray(one, dtype=numpy.float64) for one in (value if isinstance(value, tuple) else (value,))
    ]
    seeds = weights(values)
    started = [Given(one.shape, "float", one if one.shape else one.item()) for one in seeds]
    names = None if wrt is None else tuple(dict.fromkeys([*((wrt,) if isinstance(wrt, str) else wrt)]))
    gradients = expression.gradient(given, names, started).result["grad"]
    if not gradients:
        raise GradientProblem(
            "there is no name to differentiate by", hint="give one a value", source=expression.source
        )
    against.refuse_others(expression, theirs, gradients, values)
    built = expression.graph(given, tuple(gradients))
    rows: list[Row] = []
    kinks: dict[tuple[str, str, str], Kink] = {}
    elements: list[Element] = []
    for name, gradient in gradients.items():
        one = _Name(expression, built, given, name, numpy.asarray(gradient), seeds)
        for line, met in one.rows(tuple(gradients)):
            rows.append(_with_kinks(line, [one.kinks.described(kink, built) for kink in met], kinks))
        if name in theirs:
            line, different = against.compared(
                one.function, one.kinks, one.gradient, theirs[name].value, one.noise
            )
            rows.append(line)
            elements += different
    return Checked(tuple(rows), tuple(kinks.values()), tuple(elements))


def _with_kinks(line: Row, found: list[Kink], known: dict[tuple[str, str, str], Kink]) -> Row:
    for kink in found:
        known.setdefault((kink.text, kink.where, kink.convention), kink)
    sentences = dict.fromkeys([kink.convention for kink in found])
    return line._replace(note="; ".join([*sentences, *([line.note] if line.note else [])]))


class _Name:
    """One name, and the opinions on the derivative by it."""

    def __init__(
        self,
        expression: Answers,
        built: Built,
        given: Mapping[str, Given],
        name: str,
        gradient: Array,
        seeds: list[Array],
    ) -> None:
        self.function = Moving(expression, built, given, name)
        self.kinks = Kinks(self.function)
        self.gradient = gradient
        self.noise = self.function.noise(seeds)
        self.exact_noise = self.function.noise(seeds, of_all=True)
        self.wobble = self.function.wobble(seeds)
        self._name, self._seeds = name, seeds
        self._directions = list(directions(self.function.base, name))

    def rows(self, names: tuple[str, ...]) -> Iterator[tuple[Row, list[Found]]]:
        """Each row with the kinks that it met."""
        if not self._directions:
            yield Row(self._name, "differences", None, None, "skipped", "it has no element"), []
            return
        yield self._unless_blurred(*self._differences())
        yield self._complex_step(), []
        yield self._adjoint()
        for found in curvature(self.function, self.kinks, names, self.noise):
            yield self._unless_blurred(*found)
        yield symbolic.compared(self.function, self._seeds, self.gradient, self.exact_noise, self.wobble), []

    def _unless_blurred(self, found: Row, met: list[Found]) -> tuple[Row, list[Found]]:
        """Differences cannot step finer than the point's own rounding, which may turn a derivative round."""
        import numpy

        if found.verdict == "disagrees" and numpy.sum(self.wobble) > 0.01 * numpy.sum(
            numpy.abs(self.gradient)
        ):
            found = found._replace(
                verdict="undecided", note="the rounding of the point itself moves it as far"
            )
        return found, met

    def _slope(self, direction: Array) -> tuple[float, float]:
        """The automatic slope along a direction, and the sum of the sizes of its parts."""
        import numpy

        # What a direction does not move counts for nothing, infinite as it may be.
        parts = numpy.where(direction == 0, 0.0, self.gradient * direction)
        return float(numpy.sum(parts)), float(numpy.sum(numpy.abs(parts)))

    def _differences(self) -> tuple[Row, list[Found]]:
        outcomes = []
        for direction in self._directions:
            function = self.function.along(self._seeds, direction)
            met = self.kinks.met(direction)
            outcomes.append((judged(*self._slope(direction), function, self.noise, met), length(direction)))
        return row(self._name, "differences", outcomes), [k for one, _ in outcomes for k in one.kinks]

    def _complex_step(self) -> Row:
        import numpy

        name, method = self._name, "complex step"
        other = complex_step.obstacle(self.function)
        if other:
            return Row(
                name, method, None, None, "skipped", f"{other} is not analytic, or takes no complex numbers"
            )
        outcomes = []
        for direction in self._directions:
            found = complex_step.slope(self.function, self._seeds, direction)
            if found is None:
                return Row(name, method, None, None, "skipped", "an operation takes no complex numbers")
            met = self.kinks.met(direction)
            if met or not math.isfinite(found):
                continue
            slope, size = self._slope(direction)
            lost = float(numpy.sum(self.wobble * numpy.abs(direction)))
            theirs = Slope(found, self.exact_noise + lost + 8 * _EPSILON * abs(found))
            verdict = verdict_on(slope, size, theirs)
            outcomes.append((Outcome(verdict, theirs, abs(slope - found)), length(direction)))
        if not outcomes:
            return Row(name, method, None, None, "skipped", "the point is at the edge of the domain")
        return row(name, method, outcomes)

    def _adjoint(self) -> tuple[Row, list[Found]]:
        """<J v, u> = <v, J' u>: forward mode against reverse mode."""
        import numpy

        direction = self._directions[-1]
        pushed = self.function.pushed(direction)
        parts = [numpy.where(u == 0, 0.0, u * one) for u, one in zip(self._seeds, pushed, strict=True)]
        forward = float(sum(numpy.sum(one) for one in parts))
        size = float(sum(numpy.sum(numpy.abs(one)) for one in parts))
        slope, other = self._slope(direction)
        method = "adjoint identity"
        if not math.isfinite(forward) and (math.isnan(forward) == math.isnan(slope) or forward == slope):
            return Row(self._name, method, None, None, "skipped", "both modes are not finite here"), []
        theirs = Slope(forward, 8 * (self.noise + _EPSILON * size))
        verdict = verdict_on(slope, other, theirs)
        note = "" if math.isfinite(forward + slope) else f"it is {forward:g} forward and {slope:g} in reverse"
        outcome = Outcome(verdict, theirs, abs(slope - forward), note)
        return row(self._name, method, [(outcome, length(direction))]), []
