"""The table of forms: formulas that overflow, or lose their digits, only because of how they are written.

A form is one record: what it is called, the operations that stand at its root, and a function that
answers with the node that computes it, or ``None`` where the root is something else. Forms of one
root are tried in the order of the table. A form sees what other forms have made of the arguments:
``log(1/(1+exp(-x)))`` comes here as ``log(sigmoid(x))``.

Every form must be the same function: its value and its derivatives of all orders may differ from what
was written by rounding alone, except where what was written overflows, underflows or loses its digits,
and at the corners of ``sqrt(x*x)``. A nan stays one, and shapes stay the same.
"""

from gradcli.graph.forms import differences, logarithms, ratios, roots
from gradcli.graph.forms.record import FORMS, Form

__all__ = ["FORMS", "Form", "differences", "logarithms", "ratios", "roots"]
