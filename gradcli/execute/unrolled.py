"""A straight list of steps as one Python function, a line a step.

    steps -> lines -> compile -> from the inputs to the outputs' values as they are computed

Where arrays are small, the time is that of going from one step to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from gradcli.execute.source import compiled
from gradcli.execute.straight import Step, Straight

Value = Any

# Longer functions take seconds to compile.
_MOST_STEPS = 5000


def unrolled(line: Straight) -> Callable[[Mapping[str, Value]], Sequence[Value]]:
    """The function that runs a line without branches.

    Args:
        line: the line.

    Returns:
        From a value for every input, by name, to those of the outputs, and then of ``line.given``. It raises
        whatever a kernel raises.
    """
    wanted = [*[place for place, _, _ in line.outputs], *line.given]
    if len(line.steps) > _MOST_STEPS:
        return lambda values: list(map(line.fill(values).__getitem__, wanted))
    space: dict[str, Any] = {"quietly": line.backend.quietly, "given": line.backend.given}
    lines = ["def run(values):"]
    for place, value in line.constants:
        space[f"s{place}"] = value
    for name, place, kind in line.inputs:
        # What a user wrote is a value, and no part of the lines.
        space[f"n{place}"] = name
        lines.append(f"    s{place} = given(values[n{place}], {kind!r})")
    lines.append("    with quietly():" if line.steps else "")
    for number, step in enumerate(line.steps):
        space[f"k{number}"] = partial(step.kernel, **step.parameters) if step.parameters else step.kernel
        arguments = ", ".join([f"s{place}" for place in step.arguments])
        lines.append(f"        {_targets(step)} = k{number}({arguments})")
        # A constant is a name of the module's, and stays.
        forgotten = [f"s{place}" for place in step.forget if f"s{place}" not in space]
        if forgotten:
            lines.append(f"        {' = '.join(forgotten)} = None")
    lines.append(f"    return {', '.join([f's{place}' for place in wanted])},")
    return compiled(lines, space, "run")


def _targets(step: Step) -> str:
    return ", ".join([f"s{place}" for place in step.targets]) + "," if step.targets else f"s{step.target}"
