"""The table of operations, by topic. Importing it fills ``graph.node.ops`` and loads no NumPy."""

from gradcli.graph.operations import (
    arithmetic,
    arrays,
    comparison,
    convolution,
    elementwise,
    indexing,
    internal,
    learning,
    matrices,
    norms,
    pooling,
    products,
    reduction,
    shaping,
)

__all__ = [
    "arithmetic",
    "arrays",
    "comparison",
    "convolution",
    "elementwise",
    "indexing",
    "internal",
    "learning",
    "matrices",
    "norms",
    "pooling",
    "products",
    "reduction",
    "shaping",
]
