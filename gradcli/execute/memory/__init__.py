"""What a run will hold, what it may, and the sentence where that is too much.

    steps, shapes, what kernels note --peak--> bytes --refusal--> nothing, or an error

``room`` is what there is, ``sizes`` is how it is written.
"""
