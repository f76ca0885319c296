"""Jacobians and Hessians, by the way that takes the fewest runs.

    outputs, names --choice--> rows: one of the identity each
                               compressed: one a colour
                               contracted: by way of a few numbers

Each makes seeds, and ``batches`` runs a plan for as many of them at once as memory has room for.
"""
