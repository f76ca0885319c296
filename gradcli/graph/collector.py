"""The garbage collector rests while a large tree or graph is made.

Every node stays alive, and there are no cycles among them; the collector would look at all of them again
and again.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

LARGE = 10_000
"""Objects that are worth pausing for."""


@contextmanager
def paused(objects: int) -> Iterator[None]:
    """Run without garbage collection if that many objects are about to be made; leaves it as it was found."""
    pause = objects > LARGE and gc.isenabled()
    if pause:
        gc.disable()
    try:
        yield
    finally:
        if pause:
            gc.enable()
