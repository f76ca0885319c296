"""Where time and memory go: ``with profiler.profile() as p: ...``, and then ``print(p.table())``.

recording   what ran, when and inside of what
averages    the same by name, by block or by the shapes of arguments
table       averages as text
trace       the file that chrome://tracing and Perfetto show
"""

from gradcli.autograd.profiler.averages import Average, Averages
from gradcli.autograd.profiler.profile import profile, record_function
from gradcli.autograd.profiler.recording import Event

__all__ = ["Average", "Averages", "Event", "profile", "record_function"]
