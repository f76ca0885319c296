"""The table of mistakes: how each is recognised, what is said about it, what to do, and examples.

It is asked from top to bottom, so each recogniser may rely on the ones before it having said no. The tests
run over the same table.
"""

from gradcli.language.mistakes import (
    blocks,
    brackets,
    characters,
    foreign,
    neighbours,
    numbers,
    operators,
    powers,
    statements,
    words,
)

HINTS = (
    *characters.HINTS,
    *words.HINTS,
    *numbers.HINTS,
    *powers.HINTS,
    *operators.HINTS,
    *statements.HINTS,
    *brackets.HINTS,
    *neighbours.HINTS,
)

PROGRAM_HINTS = (*blocks.HINTS, *foreign.HINTS, *HINTS)
"""In a program its own mistakes are asked for first."""
