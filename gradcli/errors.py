"""Every error that gradcli raises on purpose, one class a phase.

    GradcliError
      + UsageError            2   the command line, or a file that cannot be read
      + EmptyInputError       4   nothing to read where a single expression was due
      + ExpressionError       3   the expression is wrong; known before anything runs
      |   + SyntaxProblem         the text cannot be read
      |   + NameProblem           a name or function that is not known
      |   + CallProblem           a function called with the wrong arguments
      |   + ShapeProblem          shapes that do not fit
      |   |   + TensorShapeProblem  the same between tensors, a RuntimeError too
      |   |   + TensorIndexProblem  an axis that a tensor does not have, an IndexError too
      |   |   + VectorProblem     a vector that is not of the shape of what it is for
      |   + GradientProblem       a derivative that makes no sense
      + EvaluationError       5   it failed while it ran
      |   + MemoryProblem         it would have held more memory than it may
      + AutogradProblem       5   a rule of tensors was broken; each is one of Python's errors too
      |   + AutogradError         RuntimeError, as PyTorch raises
      |   + AutogradValueError    ValueError
      |   + AutogradTypeError     TypeError
      |   + AutogradIndexError    IndexError
      |   + AutogradKeyError      KeyError
      + OutputError          74   a result that cannot be written

A message is a sentence that says what is wrong; a hint says what to do.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Span(NamedTuple):
    """A stretch of the user's text, in characters from 0; the end is not part of it.

    ``point`` is the part that matters most inside it, such as the operator of a sum.
    """

    start: int
    end: int
    point: tuple[int, int] | None = None


class Source(NamedTuple):
    """A text of the user's and where it came from.

    ``place`` is a file, or empty; ``line`` is the number of the text's first line there, or 0
    where the text stands on its own.
    """

    text: str
    place: str = ""
    line: int = 0

    def part(self, span: Span) -> str:
        """A part of the text, on one line."""
        return " ".join(self.text[span.start : span.end].split())


class GradcliError(Exception):
    """The root of the tree.

    Args:
        message: the sentence, beginning in lower case and without a full stop.
        span: the place in the source's text that it is about.
        hint: what to do about it.
        source: the text; the phase that knows it may add it later.
        notes: lines of context, such as where each shape came from.
    """

    kind = "error"
    exit_code = 5

    def __init__(
        self,
        message: str,
        *,
        span: Span | None = None,
        hint: str = "",
        source: Source | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.hint = hint
        self.source = source
        self.notes = notes

    def __str__(self) -> str:
        # The sentence may be completed on its way to the user.
        return self.message


class UsageError(GradcliError):
    """The command line contradicts itself, or a file cannot be read."""

    kind = "usage"
    exit_code = 2


class EmptyInputError(GradcliError):
    """There was nothing to read where a single expression was due."""

    kind = "empty"
    exit_code = 4


class ExpressionError(GradcliError):
    """The expression is wrong: known before anything runs."""

    kind = "expression"
    exit_code = 3


class SyntaxProblem(ExpressionError):
    """The text does not belong to the language."""

    kind = "syntax"


class NameProblem(ExpressionError):
    """A name without a value, or a function that does not exist."""

    kind = "name"


class CallProblem(ExpressionError):
    """A function called with arguments that it does not take."""

    kind = "call"


class ShapeProblem(ExpressionError):
    """Shapes that do not fit together."""

    kind = "shape"


class TensorShapeProblem(ShapeProblem, RuntimeError):
    """The same between tensors, where PyTorch raises a RuntimeError."""


class TensorIndexProblem(ShapeProblem, IndexError):
    """An axis or a position that a tensor does not have, where PyTorch raises an IndexError."""


class VectorProblem(ShapeProblem):
    """A vector that is not of the shape of the output or the name that it is for.

    Args:
        message: the sentence.
        vector: that output's place, or that name.
        **details: as for every error.
    """

    def __init__(self, message: str, *, vector: int | str, **details: Any) -> None:
        super().__init__(message, **details)
        self.vector = vector


class GradientProblem(ExpressionError):
    """A derivative of something that has none, or of the wrong shape."""

    kind = "gradient"


class EvaluationError(GradcliError):
    """The values made an operation impossible, such as the inverse of a singular matrix.

    ``node`` is the node that raised it, where the run kept track, and ``built`` the graph of the text
    that it belongs to or was derived from.
    """

    kind = "evaluation"
    node: object = None
    built: object = None


class MemoryProblem(EvaluationError):
    """It would hold more memory than it may; known before anything is allocated."""


class AutogradProblem(GradcliError):
    """A rule of tensors was broken: PyTorch's sentence, then our hint.

    From Python both are read at once: ``str(error)`` is the sentence, and the hint behind it.
    """

    kind = "autograd"

    def __str__(self) -> str:
        return f"{self.message.rstrip('.')}. {self.hint}" if self.hint else self.message


class AutogradError(AutogradProblem, RuntimeError):
    """Where PyTorch raises a RuntimeError."""


class AutogradMissingError(AutogradError, NotImplementedError):
    """Where PyTorch raises a NotImplementedError: the user is to write a part, or two do not go together."""


class AutogradValueError(AutogradProblem, ValueError):
    """Where PyTorch raises a ValueError."""


class AutogradTypeError(AutogradProblem, TypeError):
    """Where PyTorch raises a TypeError."""


class AutogradIndexError(AutogradProblem, IndexError):
    """Where PyTorch raises an IndexError."""


class AutogradKeyError(AutogradProblem, KeyError):
    """Where PyTorch raises a KeyError."""


class OutputError(GradcliError):
    """A result that cannot be written."""

    kind = "output"
    exit_code = 74
