"""Derivatives of Python functions of tensors, as ``torch.autograd.functional`` has them.

    products.py    with a vector: vjp, jvp, vhp, hvp
    matrices.py    in full: jacobian, hessian
    arguments.py   what they all take and give

A product with a Jacobian's columns is the derivative of a product with its rows by the vector: the way back
is linear in it, and is tracked itself.
"""

from gradcli.autograd.functional.matrices import hessian, jacobian
from gradcli.autograd.functional.products import hvp, jvp, vhp, vjp

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]
