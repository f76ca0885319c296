"""Second derivatives of a scalar: the Hessian is symmetric, and is the slope of the gradient."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from gradcli.checking.differences import Slope
from gradcli.checking.directions import generator, length, scales
from gradcli.checking.judge import Outcome, judged, row, verdict_on
from gradcli.checking.kinks import Found, Kinks
from gradcli.checking.moving import Moving
from gradcli.checking.result import Row
from gradcli.execute.plan import Plan
from gradcli.graph import derive

Array = Any

_EPSILON = 2.0**-52
# A second derivative is made of more roundings than a value; each step of a rule adds some.
_SECOND = 64.0


def curvature(
    function: Moving, kinks: Kinks, names: tuple[str, ...], noise: float
) -> Iterator[tuple[Row, list[Found]]]:
    """The rows on the Hessian, each with the kinks that it met; none where there is no Hessian."""
    if len(function.outputs) != 1 or function.outputs[0].shape != ():
        return
    v = _random(function.base, "v", function.name)
    yield _symmetry(function, names, noise, v), []
    yield _slope_of_gradient(function, kinks, noise, v)


def _random(x: Array, *words: object) -> Array:
    rng = generator(*words)
    return scales(x) * rng.integers(4, 9, x.shape) / 8 * rng.choice([-1.0, 1.0], x.shape)


def _symmetry(function: Moving, names: tuple[str, ...], noise: float, v: Array) -> Row:
    """<w, H v> = <v, H w>, where v moves this name and w all of them."""
    import numpy

    name = function.name
    # An assigned name and those that it is made of do not move apart from each other.
    free = function.key == name
    others = [one for one in names if free and one != name and one in function.values]
    points = {function.key: function.base, **{x: numpy.asarray(function.values[x], float) for x in others}}
    w = {one: _random(x, "w", one) for one, x in points.items()}
    only = {one: v if one == function.key else numpy.zeros(x.shape) for one, x in points.items()}
    of_v, of_w = function.curved(only), function.curved(w)
    left = [w[one] * of_v[one] for one in points]
    right = v * of_w[function.key]
    total = float(sum(numpy.sum(one) for one in left))
    size = float(sum(numpy.sum(numpy.abs(one)) for one in left) + numpy.sum(numpy.abs(right)))
    found = float(numpy.sum(right))
    if not math.isfinite(total) or not math.isfinite(found):
        return Row(name, "Hessian symmetry", None, None, "skipped", "it is not finite here")
    theirs = Slope(found, _SECOND * (noise + _EPSILON * size))
    verdict = verdict_on(total, size, theirs)
    size = length(v) * math.hypot(*[length(x) for x in w.values()])
    return row(name, "Hessian symmetry", [(Outcome(verdict, theirs, abs(total - found)), size)])


def _slope_of_gradient(function: Moving, kinks: Kinks, noise: float, v: Array) -> tuple[Row, list[Found]]:
    """<w, H v> against the differences of <w, gradient> along v."""
    import numpy

    name, method = function.name, "Hessian differences"
    (first,) = derive.gradient(function.outputs[0], [function.x])
    w = _random(function.base, "w", name)
    parts = w * function.curved({function.key: v})[function.key]
    if first is None:
        return Row(name, method, None, None, "skipped", "nothing depends on it smoothly"), []
    if not numpy.all(numpy.isfinite(parts)):
        return Row(name, method, None, None, "skipped", "it is not finite here"), []
    plan = Plan([first])

    def at(direction: Array, step: float) -> list[Array]:
        return [numpy.asarray(one) for one in plan.run(function.inputs(direction, step))]

    met = kinks.met(v)
    outcome = judged(
        float(numpy.sum(parts)),
        float(numpy.sum(numpy.abs(parts))),
        function.summed(at, [w], v),
        _SECOND * noise,
        met,
    )
    return row(name, method, [(outcome, length(v) * length(w))]), list(outcome.kinks)
