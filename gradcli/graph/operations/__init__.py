"""The table of operations, by topic; it needs no NumPy.

Importing it fills ``graph.node.ops`` with what most texts are made of, functions of numbers and sums of them.
To load all topics takes as long as a short command should: the table does it as soon as a name is missed.
"""

from functools import cache

from gradcli.graph.node import ops
from gradcli.graph.operations import (  # noqa: F401  (each enters its records)
    activations,
    arithmetic,
    comparison,
    elementwise,
    indexing,
    internal,
    pairs,
    reduction,
    shaping,
    trigonometry,
)
from gradcli.graph.operations.compose import composites


@cache
def load_others() -> None:
    """Import all other topics."""
    from gradcli.graph.operations import (  # noqa: F401
        arrays,
        binary,
        contractions,
        convolution,
        counting,
        cross_entropy,
        decompositions,
        diagonals,
        gates,
        integrals,
        joining,
        learning,
        least_squares,
        losses,
        making,
        matrices,
        measures,
        normalisation,
        norms,
        numbers,
        ordering,
        padding,
        picking,
        pooling,
        powers_of_matrices,
        products,
        random,
        rearranging,
        scans,
        singular,
        special,
        spectra,
        statistics,
        vector_norms,
    )


ops.followed_by(load_others)
composites.followed_by(load_others)
