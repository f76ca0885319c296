"""The topics that functions are listed under, in order, with the modules of the table that each holds."""

from __future__ import annotations

from itertools import chain

DERIVATIVES = "Derivatives"
TOPICS = {
    "Arithmetic": ("arithmetic",),
    "Comparison, logic and choice": ("comparison",),
    "Functions of one number": ("elementwise",),
    "Functions of two or three numbers": ("pairs",),
    "Trigonometric and hyperbolic functions": ("trigonometry",),
    "Special functions": ("special",),
    DERIVATIVES: (),
    "Sums and other reductions": ("reduction",),
    "Statistics": ("statistics",),
    "Counts and positions, which have no gradient": ("counting",),
    "Running sums, products, extremes and integrals": ("integrals", "scans"),
    "Elements in order": ("ordering",),
    "Making arrays": ("arrays", "making", "random"),
    "Sizes of arrays": ("measures",),
    "Shapes and axes": ("shaping", "rearranging"),
    "Joining, splitting and padding": ("joining", "padding"),
    "Picking elements": ("picking", "indexing"),
    "Products of vectors and matrices": ("contractions", "products"),
    "Matrices": ("diagonals", "least_squares", "matrices", "powers_of_matrices"),
    "Factors, eigenvalues and singular values": ("spectra", "decompositions", "singular"),
    "Norms": ("norms", "vector_norms"),
    "Polynomials, interpolation and lists of numbers": ("numbers",),
    "Activations": ("activations", "gates"),
    "Layers": ("convolution", "learning", "normalisation", "pooling"),
    "Losses": ("losses", "binary", "cross_entropy"),
}

_PLACES = {module: place for place, module in enumerate(chain.from_iterable(TOPICS.values()))}


def place(module: str) -> int:
    """Where a module of the table comes among all; one that is named nowhere comes last."""
    return _PLACES.get(module, len(_PLACES))


def heading(module: str) -> str:
    """The topic of a module of the table; one that is named nowhere is a topic of its own."""
    return next((title for title, modules in TOPICS.items() if module in modules), module)
