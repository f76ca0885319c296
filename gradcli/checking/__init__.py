"""Second opinions on a derivative: an expression and a point go in, a verdict for each name comes out.

    Answers, values ──> Function (one name moves) ──> slopes along directions ──> rows
                             │                          differences, complex step, SymPy
                             └──> kinks: sub-expressions without a derivative at the point

Nothing here prints, and nothing takes the automatic derivative for granted: ``differences`` and
``complex_step`` see a function of one number and no graph of a derivative.
"""
