"""PyTorch's operators, said in the language: a table by the names that PyTorch's tests know them under."""

from __future__ import annotations

from tests.differential.translation import arithmetic, learning, matrices, pieces, reductions, shapes
from tests.differential.translation.say import Name, Operator, Untranslatable

__all__ = ["OPERATORS", "Name", "Operator", "Untranslatable"]

OPERATORS: dict[str, Operator] = {
    **arithmetic.OPERATORS,
    **reductions.OPERATORS,
    **shapes.OPERATORS,
    **pieces.OPERATORS,
    **matrices.OPERATORS,
    **learning.OPERATORS,
}
