"""What a check finds: rows with a verdict each, kinks, and the elements of a gradient that differ."""

from __future__ import annotations

from typing import Literal, NamedTuple

from gradcli.errors import Span

Verdict = Literal["agrees", "disagrees", "not differentiable here", "undecided", "skipped"]


class Row(NamedTuple):
    """One comparison.

    Attributes:
        name: what was differentiated by.
        method: what the automatic derivative was compared with.
        difference: the largest disagreement found; ``None`` where nothing was compared.
        error: the estimated error of the other answer where they disagree the most.
        verdict: what follows from the two.
        note: a sentence on it, or nothing.
    """

    name: str
    method: str
    difference: float | None
    error: float | None
    verdict: Verdict
    note: str = ""


class Kink(NamedTuple):
    """A sub-expression that has no derivative at the point, where that shows in the whole.

    Attributes:
        text: the sub-expression.
        where: the arguments there, such as ``x[2] = 0``.
        convention: what gradcli takes for the derivative.
        span: its place in the text.
    """

    text: str
    where: str
    convention: str
    span: Span | None

    @property
    def sentence(self) -> str:
        """The whole of it."""
        return f"{self.text} at {self.where} is not differentiable: {self.convention}"


class Element(NamedTuple):
    """An element of a given gradient that differs from the automatic one.

    Attributes:
        name: whose gradient it is.
        place: its place there.
        theirs: as it was given.
        ours: the automatic derivative.
        numeric: by differences.
    """

    name: str
    place: tuple[int, ...]
    theirs: float
    ours: float
    numeric: float

    @property
    def label(self) -> str:
        """Such as ``x[2, 0]``."""
        return f"{self.name}[{', '.join(map(str, self.place))}]" if self.place else self.name

    @property
    def sentence(self) -> str:
        """The whole of it."""
        return (
            f"{self.label}: given {self.theirs:.12g}, automatic {self.ours:.12g}, "
            f"by differences {self.numeric:.12g}"
        )


class Checked(NamedTuple):
    """The result of a check."""

    rows: tuple[Row, ...]
    kinks: tuple[Kink, ...]
    elements: tuple[Element, ...]

    @property
    def agrees(self) -> bool:
        """Whether nothing disagrees; a point without a derivative is no disagreement."""
        return all(row.verdict != "disagrees" for row in self.rows)
