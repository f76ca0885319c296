"""A short command loads nothing that it does not use, and other commands do load it."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pytest

SPARED = {
    "numpy": "eval 'x[0]' 'x=[1, 2]'",
    "gradcli.drawing": "graph x^2 x=1",
    "gradcli.execute.straight": "eval '1 if x > 0 else 2' x=1",
    "gradcli.graph.forms": "eval 'log(1 + x)' x=1",
    "gradcli.graph.operations.spectra": "eval 'erf(x)' x=1",
    "gradcli.matrices": "jacobian 'x^2' x=1",
    "gradcli.output.jsonform": "eval x^2 x=1 --json",
}
"""Each module with a command that needs it."""


def loaded(command: str) -> set[str]:
    """The modules there are when a command ends."""
    program = (
        "import sys\n"
        "from gradcli.commands.entry import run\n"
        f"code = run({shlex.split(command)!r})\n"
        "print(*sys.modules, file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return set(run.stderr.split())


def test_the_gradient_of_numbers_spares_them_all() -> None:
    found = loaded("grad 'x^2*sin(x)' x=3 --wrt x")
    assert "gradcli.commands.grad" in found
    assert not found & set(SPARED)


@pytest.mark.parametrize("module", SPARED)
def test_a_command_that_needs_it_loads_it(module: str) -> None:
    assert module in loaded(SPARED[module])
