"""Arrays block by block, over the cores there are.

    nodes --fuse--> loops --buffers, lines--> a function of a block --blocks, threads--> results

``reuse`` is where large results come from.
"""
