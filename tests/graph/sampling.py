"""What the suite over the table of operations runs on: for every record, graphs with values.

A record says where its arguments live (``domain``) or how it is called (``samples``), and nothing is
written here for any one operation. An unknown word of a domain fails the suite.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations, pairwise, product
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

import gradcli.graph.operations  # noqa: F401  (fills the table)
from gradcli.errors import Source
from gradcli.execute.plan import Plan
from gradcli.graph import derive
from gradcli.graph.node import Node, Operation, constant, ops, reachable, variable
from gradcli.graph.operations.compose import Composite, composites
from gradcli.graph.operations.record import REQUIRED
from gradcli.language.build import build as built
from gradcli.language.names import Given
from gradcli.language.parser import parse

Array = np.ndarray
Draw = Callable[[np.random.Generator, tuple[int, ...]], Array]


def _away_from_zero(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.uniform(0.4, 1.9, shape) * rng.choice([-1.0, 1.0], shape)


def _spread(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    # No two elements closer than differences reach, so that no maximum has a tie.
    size = math.prod(shape)
    step = 3.5 / max(size, 4)
    return ((rng.permutation(size) - size // 2 + rng.uniform(0.2, 0.8)) * step).reshape(shape)


def _square(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    assert shape[-1] == shape[-2], "a matrix domain needs a square shape"
    return rng.uniform(-1, 1, shape) + 2.5 * np.eye(shape[-1])


def _definite(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    half = rng.uniform(-1, 1, shape)
    return half @ np.swapaxes(half, -1, -2) + np.eye(shape[-1])


DOMAINS: dict[str, Draw] = {
    "real": _spread,
    "nonzero": _away_from_zero,
    "positive": lambda rng, shape: rng.uniform(0.4, 2.4, shape),
    "unit": lambda rng, shape: rng.uniform(-0.8, 0.8, shape),
    # Neither a whole number nor a half within 0.1.
    "fraction": lambda rng, shape: rng.integers(-6, 6, shape) / 2 + rng.uniform(0.12, 0.38, shape),
    "three": lambda rng, shape: np.full(shape, 3.0),
    "within_one": lambda rng, shape: rng.uniform(0.1, 0.9, shape),
    "beyond_one": lambda rng, shape: rng.uniform(1.3, 2.9, shape),
    # Away from where tenths are rounded.
    "off_grid": lambda rng, shape: rng.integers(-20, 20, shape) / 10 + rng.uniform(0.08, 0.12, shape),
    "low": lambda rng, shape: rng.uniform(-0.9, -0.3, shape),
    "high": lambda rng, shape: rng.uniform(0.4, 0.9, shape),
    "well": _square,
    "spd": _definite,
}

# Shapes that an elementwise operation is tried on, by the number of its arguments.
ALONE = [(), (3,), (2, 3), (0,), (2, 0)]
PAIRS = [((3,), (2, 3)), ((2, 1), (3,)), ((), (3,)), ((2, 3), ()), ((1,), (0,)), ((1, 1), ())]
TRIPLES = [((3,), (2, 3), ()), ((), (3,), (2, 1)), ((2, 1), (), (1, 3))]


class Sample(NamedTuple):
    """One graph with values for its inputs."""

    label: str
    record: Operation | Composite
    output: Node
    inputs: dict[str, Node]
    values: dict[str, Any]

    @property
    def floats(self) -> list[Node]:
        """The inputs that can be differentiated by."""
        return [node for node in self.inputs.values() if node.kind == "float"]

    @property
    def smooth(self) -> Node:
        """The output as numbers."""
        return ops.number(self.output) if self.output.kind == "bool" else self.output

    @property
    def empty(self) -> bool:
        """Whether it has no element at all, in or out."""
        return 0 in [size for node in [self.output, *self.inputs.values()] for size in node.shape]

    @property
    def sized(self) -> bool:
        """Whether its size is known before it runs."""
        return all(isinstance(size, int) for size in self.output.shape)


def generator(*words: object) -> np.random.Generator:
    """Random numbers that are the same in every run, and of their own for every test."""
    return np.random.default_rng(crc32(repr(words).encode()))


def draw(word: str, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """An array of a domain, by its word."""
    if word not in DOMAINS:
        raise LookupError(f"no domain is called {word!r}: there are {', '.join(DOMAINS)}")
    return np.asarray(DOMAINS[word](rng, shape), dtype=np.float64)


def word_for(record: Operation, position: int) -> str:
    """The domain of an argument; a single word serves them all."""
    domain = record.domain
    return domain[position] if len(domain) == len(record.arguments) else domain[-1]


def defaults(record: Operation) -> dict[str, Any] | None:
    """The parameters of a call that gives none, or nothing where one must be given."""
    found = {parameter.name: parameter.default for parameter in record.parameters}
    return None if REQUIRED in found.values() else found


def shape_of(text: str) -> tuple[int, ...]:
    """``"2x3"``, ``"()"``, ``"0"`` as a shape."""
    return () if text == "()" else tuple(int(size) for size in text.split("x"))


def value_of(array: Array) -> Any:
    """What a plan is given: a scalar is Python's own."""
    return array.item() if array.shape == () else array


def _near_ties(values: Sequence[Any]) -> bool:
    """Whether two arguments are so near each other somewhere that a comparison may turn."""
    for a, b in combinations([np.asarray(value) for value in values], 2):
        if a.dtype == b.dtype == np.float64:
            try:
                apart = np.abs(a - b)
            except ValueError:
                continue
            if np.any((apart < 0.05) & (apart > 0)):
                return True
    return False


def _written(record: Operation | Composite, text: str, shapes: dict[str, str]) -> Sample:
    rng = generator(record.name, text)
    values: dict[str, Any] = {}
    while not values or _near_ties(list(values.values())):
        for name, form in shapes.items():
            size, *words = form.split()
            if len(words) > 1:
                raise LookupError(f"{record.name}: a sample has one domain a name, not {form!r}")
            values[name] = value_of(draw(words[0] if words else "real", shape_of(size), rng))
    output, inputs = build(text, values)
    label = f"{text} | {', '.join(f'{name} {form.strip()}' for name, form in shapes.items())}"
    return Sample(label, record, output, inputs, values)


def build(text: str, values: dict[str, Any]) -> tuple[Node, dict[str, Node]]:
    """The graph of a text, and its inputs."""
    given = {
        name: Given(np.shape(value), "bool" if np.asarray(value).dtype == bool else "float", value)
        for name, value in values.items()
    }
    source = Source(text)
    found = built(parse(source), source, given, tuple(values))
    (output,) = found.outputs
    return output, {name: found.names[name] for name in values if name in found.names}


def _called(record: Operation, shapes: Sequence[tuple[int, ...]]) -> Sample:
    rng = generator(record.name, shapes)
    kinds = [record.takes[min(position, len(record.takes) - 1)] for position in range(len(shapes))]
    inputs = {
        name: variable(name, shape, "bool" if kind == "bool" else "float")
        for name, kind, shape in zip("abc", kinds, shapes, strict=False)
    }
    values: dict[str, Any] = {}
    while not values or _near_ties(list(values.values())):
        for position, (name, kind, shape) in enumerate(zip("abc", kinds, shapes, strict=False)):
            if kind == "bool":
                values[name] = value_of(rng.integers(0, 2, shape).astype(bool))
            else:
                values[name] = value_of(draw(word_for(record, position), shape, rng))
    label = f"{record.name}({', '.join(map(str, shapes))})"
    return Sample(label, record, record(*inputs.values()), inputs, values)


def elementwise_shapes(record: Operation) -> list[tuple[tuple[int, ...], ...]]:
    """The shapes that an elementwise record is called on."""
    count = len(record.arguments)
    same = [(shape,) * count for shape in ALONE]
    if count == 2:
        return same + PAIRS
    return same + TRIPLES if count == 3 else same


def records() -> list[Operation | Composite]:
    """The whole table."""
    return [*ops, *composites]


@cache
def samples(name: str) -> tuple[Sample, ...]:
    """All samples of one record."""
    record = next(one for one in records() if one.name == name)
    found = [_written(record, text, dict(shapes)) for text, shapes in record.samples]
    if isinstance(record, Operation) and record.elementwise and defaults(record) is not None:
        found += [_called(record, shapes) for shapes in elementwise_shapes(record)]
    return tuple(found)


def every_sample() -> list[tuple[str, int]]:
    """The name of each sample's record, and its place there."""
    return [(record.name, place) for record in records() for place in range(len(samples(record.name)))]


def get(name: str, place: int) -> Sample:
    """One sample."""
    return samples(name)[place]


def describe(case: tuple[str, int]) -> str:
    """A sample in pytest's output."""
    return f"{case[0]}: {get(*case).label}"


# Running and differencing.


def run(outputs: Sequence[Node], values: dict[str, Any], dtype: str = "float64") -> list[Any]:
    """The outputs' values."""
    return Plan(outputs, dtype).run(values)


def weight(shape: tuple[int, ...], *words: object) -> Array:
    """Numbers of either sign, none near zero: a cotangent or a tangent that hides nothing."""
    return _away_from_zero(generator("weight", *words), shape)


def literal(array: Any) -> Node:
    """An array as a constant node."""
    array = np.asarray(array, dtype=np.float64)
    return constant(array.item() if array.shape == () else tuple(array.ravel().tolist()), array.shape)


def weighted(output: Node, *words: object) -> Node:
    """A scalar that depends on every element of an output with a weight of its own."""
    if output.shape == ():
        return output * float(weight((), *words))
    if not all(isinstance(size, int) for size in output.shape):
        return ops.sum(output * output * 0.5 + output)
    return ops.sum(output * literal(weight(output.shape, *words)))


def with_zeros(found: Node | None, like: Node) -> Node:
    """A cotangent, or zeros where there is no path."""
    if found is not None:
        return found
    return ops.zeros(shape=like.shape) if like.shape else constant(0.0)


def differences(scalar: Node, sample: Sample, by: Node, reach: float = 0.02) -> Array:
    """The gradient of a scalar by central differences, extrapolated four times (Ridders): error h^8."""
    plan = Plan([scalar])
    name = by.values[0]
    base = np.array(sample.values[name], dtype=np.float64)
    found = np.zeros(base.shape)

    def at(place: tuple[int, ...], shift: float) -> float:
        moved = base.copy()
        moved[place] += shift
        (value,) = plan.run({**sample.values, name: value_of(moved)})
        return float(value)

    for place in product(*map(range, base.shape)):
        steps = [reach / 2**k for k in range(4)]
        column = [(at(place, h) - at(place, -h)) / (2 * h) for h in steps]
        for power in (4, 16, 64):
            column = [(power * fine - rough) / (power - 1) for rough, fine in pairwise(column)]
        found[place] = column[0]
    return found


def uses(sample: Sample) -> bool:
    """Whether the sample's graph holds its record, at once or when it is differentiated."""
    wanted = sample.record.name
    return any(node.op.name == wanted for node in reachable([sample.output]))


def gradient_nodes(scalar: Node, sample: Sample) -> list[Node]:
    """The gradient of a scalar by each input, zeros where there is no path."""
    by = sample.floats
    return [with_zeros(one, x) for one, x in zip(derive.gradient(scalar, by), by, strict=True)]
