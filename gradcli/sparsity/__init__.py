"""Where a Jacobian can be other than zero, and how few runs find what stands there.

    graph -> pattern (which columns each row has) -> colours (which rows one run serves)

The pattern comes from the graph alone, so it holds at every point. Imported late, as it brings NumPy.
"""
