"""The table, its shape rules, and every derivative graph work where NumPy is not loaded."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from gradcli.errors import Source
from gradcli.graph import derive
from gradcli.graph.node import ops
from gradcli.graph.operations.compose import composites
from gradcli.language.build import build
from gradcli.language.names import Given
from gradcli.language.parser import parse

made = 0
for record in [*ops, *composites]:
    for text, shapes in record.samples:
        given = {}
        for name, form in shapes.items():
            size = form.split()[0]
            given[name] = Given(() if size == "()" else tuple(map(int, size.split("x"))), "float")
        found = build(parse(Source(text)), Source(text), given, tuple(given))
        (output,) = found.outputs
        if output.kind == "float" and all(isinstance(size, int) for size in output.shape):
            wrt = [found.names[name] for name in given if name in found.names]
            derive.hessian(ops.sum(output), wrt)
            derive.jvp([output], wrt, wrt)
            made += 1
assert made > 100, made
loaded = [name for name in ("numpy", "scipy", "lark", "rich", "click") if name in sys.modules]
assert not loaded, loaded
"""


def test_graphs_are_built_and_derived_without_numpy() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
