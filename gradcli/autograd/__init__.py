"""PyTorch's autograd as a user meets it, over the table of operations; it has no derivative rule of its own.

    tensor.py      what a user holds: an array, its gradient, and where it came from
    calls.py       runs an operation now, and notes its backward node
    local.py       an operation at given shapes: its run, its pullback, and what that pullback reads
    backward.py    the nodes of the backward graph
    engine.py      walks them, newest first
    function.py    functions whose backward a user writes; gradcheck.py tells whether it is right
    functional/    derivatives of functions of tensors

All state that changes lives here: the values and versions of tensors, their gradients, and the modes.
"""
