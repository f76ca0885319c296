"""Running graphs: the plan, and the kernels that it calls.

Everything above this package speaks of nodes; everything below of arrays. Fusing steps, running
them block by block or on several threads changes ``plan`` and nothing outside this package.
"""
