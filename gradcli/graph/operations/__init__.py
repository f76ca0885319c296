"""The table of operations, by topic. Importing it fills ``graph.node.ops`` and loads no NumPy."""

from gradcli.graph.operations import (
    arithmetic,
    arrays,
    comparison,
    elementwise,
    indexing,
    internal,
    learning,
    matrices,
    norms,
    products,
    reduction,
    shaping,
    singular,
    spectra,
)

__all__ = [
    "arithmetic",
    "arrays",
    "comparison",
    "elementwise",
    "indexing",
    "internal",
    "learning",
    "matrices",
    "norms",
    "products",
    "reduction",
    "shaping",
    "singular",
    "spectra",
]
