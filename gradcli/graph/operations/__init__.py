"""The table of operations, by topic. Importing it fills ``graph.node.ops`` and loads no NumPy."""

from gradcli.graph.operations import (
    activations,
    arithmetic,
    arrays,
    comparison,
    elementwise,
    indexing,
    internal,
    learning,
    matrices,
    norms,
    pairs,
    products,
    reduction,
    shaping,
    special,
    trigonometry,
)

__all__ = [
    "activations",
    "arithmetic",
    "arrays",
    "comparison",
    "elementwise",
    "indexing",
    "internal",
    "learning",
    "matrices",
    "norms",
    "pairs",
    "products",
    "reduction",
    "shaping",
    "special",
    "trigonometry",
]
