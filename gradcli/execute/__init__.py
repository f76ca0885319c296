"""Running graphs: the plan, the ways it has to run one, and the kernels that these call.

    nodes --plan--> once, over floats | straight, step by step | fast: lowered, in loops, unrolled --> values

Everything above this package speaks of nodes; everything below of arrays. ``loops`` runs arrays block by
block, ``memory`` tells what a run will hold, and ``source`` writes a function of floats.
"""
