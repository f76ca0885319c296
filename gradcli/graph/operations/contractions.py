"""Einstein's summation, composed of transposes, sums and products of matrices as PyTorch composes it.

Operands are contracted from left to right. While that goes on, each axis has a label: its letter, or
a number for an axis that an ellipsis stands for, counted from the right as broadcasting counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import REQUIRED
from gradcli.graph.shapes import Shape, Size, agree, describe, elements, is_known

Label = str | int


class _Term(NamedTuple):
    """An array with a label for each axis, no label twice."""

    array: Node
    labels: tuple[Label, ...]

    def size(self, label: Label) -> Size:
        return self.array.shape[self.labels.index(label)]

    def ordered(self, labels: Sequence[Label]) -> Node:
        """The array with its axes in another order."""
        order = tuple([self.labels.index(label) for label in labels])
        return self.array if order == tuple(range(len(order))) else ops.transpose(self.array, axes=order)

    def summed(self, gone: Sequence[Label]) -> _Term:
        """Summed over some labels."""
        if not gone:
            return self
        axes = tuple([self.labels.index(label) for label in gone])
        rest = tuple([label for label in self.labels if label not in gone])
        return _Term(ops.sum(self.array, axis=axes), rest)


def _einsum(*operands: Node, equation: str) -> Node:
    inputs, output = _read(equation, operands)
    pairs = zip(inputs, operands, strict=True)
    terms = [_term(text, operand, place) for place, (text, operand) in enumerate(pairs)]
    _check_sizes(terms)
    wanted = _output_labels(equation, output, inputs, terms)
    first, *rest = terms
    for place, term in enumerate(rest):
        later = {label for one in rest[place + 1 :] for label in one.labels} | set(wanted)
        first = _contracted(first, term, later)
    first = first.summed([label for label in first.labels if label not in wanted])
    return first.ordered(wanted)


# Reading the equation.


def _read(equation: str, operands: Sequence[Node]) -> tuple[list[str], str | None]:
    """The subscripts of each operand, and of the output where it is written."""
    left, arrow, right = "".join(equation.split()).partition("->")
    inputs = left.split(",")
    for text in (*inputs, right):
        for letter in text.replace("...", "", 1):
            if not letter.isalpha():
                raise _misread(equation, letter)
    if len(inputs) != len(operands):
        plural = "array" if len(operands) == 1 else "arrays"
        raise CallProblem(
            f'einsum() has letters for {len(inputs)} in "{equation}", and got {len(operands)} {plural}',
            hint="write the letters of each array, with commas between",
        )
    return inputs, right if arrow else None


def _misread(equation: str, letter: str) -> CallProblem:
    return CallProblem(
        f"einsum() cannot read '{letter}' in \"{equation}\"",
        hint='write letters for axes, such as "ij,jk->ik", and ... for any others',
    )


def _term(text: str, operand: Node, place: int) -> _Term:
    """Label the axes of an operand, and take the diagonal where a letter comes twice."""
    before, dots, after = text.partition("...")
    named = len(before) + len(after)
    hidden = operand.ndim - named
    if hidden < 0 or (hidden and not dots):
        plural = "letter" if named == 1 else "letters"
        raise ShapeProblem(
            f'einsum() has {named} {plural} in "{text}" for array {place + 1}, '
            f"which is {describe(operand.shape)}",
            hint="one letter an axis; ... stands for any number of them",
        )
    labels: list[Label] = [*before, *range(-hidden, 0), *after]
    array = operand
    while repeated := next((label for label in labels if labels.count(label) > 1), None):
        array, labels = _diagonal(array, labels, repeated)
    return _Term(array, tuple(labels))


def _diagonal(array: Node, labels: list[Label], label: Label) -> tuple[Node, list[Label]]:
    first = labels.index(label)
    second = labels.index(label, first + 1)
    a, b = array.shape[first], array.shape[second]
    if not agree((a,), (b,)):
        raise ShapeProblem(f"einsum() takes a diagonal over '{label}', whose sizes {a} and {b} differ")
    rest = [axis for axis in range(len(labels)) if axis not in (first, second)]
    order = (*rest, first, second)
    if order != tuple(range(len(order))):
        array = ops.transpose(array, axes=order)
    return ops.diagonal(array), [*[labels[axis] for axis in rest], label]


def _check_sizes(terms: Sequence[_Term]) -> None:
    found: dict[Label, Size] = {}
    for term in terms:
        for label, size in zip(term.labels, term.array.shape, strict=True):
            known = found.setdefault(label, size)
            if known == 1:
                found[label] = size
            elif size != 1 and not agree((size,), (known,)):
                what = f"'{label}'" if isinstance(label, str) else f"axis {label} of the ellipsis"
                raise ShapeProblem(f"einsum() needs one size for {what}: got {known} and {size}")


def _output_labels(
    equation: str, output: str | None, inputs: Sequence[str], terms: Sequence[_Term]
) -> list[Label]:
    hidden: list[Label] = sorted({one for term in terms for one in term.labels if isinstance(one, int)})
    letters = "".join(inputs).replace(".", "")
    if output is None:
        return [*hidden, *[one for one in sorted(set(letters)) if letters.count(one) == 1]]
    before, dots, after = output.partition("...")
    for letter in before + after:
        if letter not in letters:
            raise CallProblem(f"einsum() has '{letter}' in the output of \"{equation}\", and in no array")
        if output.count(letter) > 1:
            raise CallProblem(f"einsum() has '{letter}' twice in the output of \"{equation}\"")
    # Without an ellipsis in the output its axes are summed over, as PyTorch has it.
    return [*before, *(hidden if dots else ()), *after]


# Contracting.


def _contracted(a: _Term, b: _Term, later: set[Label]) -> _Term:
    """The product of two, summed over what nothing after it needs."""
    a = a.summed([one for one in a.labels if one not in later and one not in b.labels])
    b = b.summed([one for one in b.labels if one not in later and one not in a.labels])
    # A size of 1 stretches; where it would be summed over, the other is summed alone.
    for label in [one for one in a.labels if one in b.labels and one not in later]:
        if 1 in (a.size(label), b.size(label)) and a.size(label) != b.size(label):
            a, b = a.summed([label]), b.summed([label])
    both = [one for one in a.labels if one in b.labels]
    inner = [one for one in both if one not in later]
    if not inner:
        return _multiplied(a, b)
    batch = [one for one in both if one in later]
    rows = [one for one in a.labels if one not in both]
    columns = [one for one in b.labels if one not in both]
    left = _folded(a.ordered([*batch, *rows, *inner]), len(batch), len(rows), len(inner))
    right = _folded(b.ordered([*batch, *inner, *columns]), len(batch), len(inner), len(columns))
    product = _product(left, right, bool(rows), bool(columns))
    if len(rows) > 1 or len(columns) > 1:
        sizes = [*[a.size(one) for one in rows], *[b.size(one) for one in columns]]
        product = ops.reshape(product, shape=(*product.shape[: len(batch)], *sizes))
    return _Term(product, (*batch, *rows, *columns))


def _product(left: Node, right: Node, rows: bool, columns: bool) -> Node:
    if rows:
        return ops.matmat(left, right) if columns else ops.matvec(left, right)
    return ops.vecmat(left, right) if columns else ops.vecdot(left, right)


def _multiplied(a: _Term, b: _Term) -> _Term:
    labels = (*a.labels, *[one for one in b.labels if one not in a.labels])

    def spread(term: _Term) -> Node:
        array = term.ordered([one for one in labels if one in term.labels])
        missing = tuple([place - len(labels) for place, one in enumerate(labels) if one not in term.labels])
        return ops.unsqueeze(array, axis=missing) if missing else array

    return _Term(spread(a) * spread(b), labels)


def _folded(array: Node, batch: int, first: int, second: int) -> Node:
    """Two groups of axes after the batch made one each; an empty one stays away."""
    if first <= 1 and second <= 1:
        return array
    if not is_known(array.shape):
        raise ShapeProblem("einsum() of a masked array: its size is known only when it runs")
    groups = (array.shape[batch : batch + first], array.shape[batch + first :])
    shape: Shape = (*array.shape[:batch], *[elements(group) for group in groups if group])
    return ops.reshape(array, shape=shape)


compose(
    "einsum",
    "*operands",
    _einsum,
    parameters=(Parameter("equation", "text", REQUIRED),),
    form="equation operands",
    samples=[
        ('einsum("ij,jk->ik", a, b)', {"a": "2x3", "b": "3x2"}),
        ('einsum("ij,jk", [a, b])', {"a": "2x3", "b": "3x2"}),
        ('einsum("i,i->", a, b)', {"a": "3", "b": "3"}),
        ('einsum("ii", x)', {"x": "3x3"}),
        ('einsum("ii->i", x)', {"x": "3x3"}),
        ('einsum("iji->j", x)', {"x": "2x3x2"}),
        ('einsum("ji", x)', {"x": "2x3"}),
        ('einsum("...ij,...jk->...ik", a, b)', {"a": "2x2x3", "b": "3x2"}),
        ('einsum("bij,bkj->bik", a, b)', {"a": "2x2x3", "b": "2x1x3"}),
        ('einsum("ijk,kjl->il", a, b)', {"a": "2x2x3", "b": "3x2x2"}),
        ('einsum("i,j,ij->", a, b, c)', {"a": "2", "b": "3", "c": "2x3"}),
        ('einsum("i,j->ji", a, b)', {"a": "2", "b": "3"}),
        ('einsum("ij,j->i", a, b)', {"a": "2x3", "b": "1"}),
        ('einsum(",i->i", a, b)', {"a": "()", "b": "3"}),
        ('einsum("ij,jk->ik", a, b)', {"a": "2x0", "b": "0x2"}),
    ],
    doc="products summed over the letters that the result lacks",
)


# The products of two that sum over a pair of axes.


def _inner(a: Node, b: Node) -> Node:
    """Summed over the last axis of both: ``a.shape[:-1] + b.shape[:-1]``."""
    if not a.ndim or not b.ndim:
        return a * b
    if not agree(a.shape[-1:], b.shape[-1:]):
        raise _unequal("inner", a, b, "their last axes")
    left: list[Label] = list(range(-2 * a.ndim, -a.ndim - 1))
    right: list[Label] = list(range(b.ndim - 1))
    return _contracted(_Term(a, (*left, "x")), _Term(b, (*right, "x")), {*left, *right}).array


def _dot(a: Node, b: Node) -> Node:
    """Summed over the last axis of a and the last but one of b, as NumPy has it, or over its only one."""
    if not a.ndim or not b.ndim:
        return a * b
    left: list[Label] = list(range(-2 * a.ndim, -a.ndim - 1))
    right: list[Label] = list(range(b.ndim))
    place = max(b.ndim - 2, 0)
    if not agree(a.shape[-1:], b.shape[place : place + 1]):
        raise _unequal("dot", a, b, "the axes it sums over")
    del right[place]
    labels = (*right[:place], "x", *right[place:])
    return _contracted(_Term(a, (*left, "x")), _Term(b, labels), {*left, *right}).array


def _vdot(a: Node, b: Node) -> Node:
    """All elements of one times those of the other, summed."""
    flat = [x if x.ndim == 1 else ops.reshape(x, shape=(-1,)) for x in (a, b)]
    if is_known(a.shape + b.shape) and elements(a.shape) != elements(b.shape):
        raise _unequal("vdot", a, b, "their numbers of elements")
    return ops.vecdot(*flat)


def _unequal(name: str, a: Node, b: Node, what: str) -> ShapeProblem:
    return ShapeProblem(f"{name}() of {describe(a.shape)} and {describe(b.shape)}: {what} differ")


compose(
    "inner",
    "a b",
    _inner,
    samples=[
        ("inner(a, b)", {"a": "3", "b": "3"}),
        ("inner(a, b)", {"a": "2x3", "b": "2x2x3"}),
        ("inner(a, b)", {"a": "()", "b": "3"}),
    ],
    doc="the products summed over the last axis of both",
)
compose(
    "dot",
    "a b",
    _dot,
    doc="the inner product; of a number, the product",
    samples=[
        ("dot(a, b)", {"a": "2x3", "b": "3"}),
        ("dot(a, b)", {"a": "()", "b": "3"}),
        ("dot(a, b)", {"a": "2x3", "b": "2x3x2"}),
        ("dot(a, b)", {"a": "2x2x3", "b": "3x2"}),
        ("dot(a, b)", {"a": "3", "b": "2x3x2"}),
    ],
)
compose(
    "vdot",
    "a b",
    _vdot,
    samples=[("vdot(a, b)", {"a": "2x3", "b": "3x2"}), ("vdot(a, b)", {"a": "()", "b": "1"})],
    doc="all elements of one times those of the other, summed",
)
