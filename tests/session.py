"""The README's picture: ``python tests/session.py`` draws it anew from real output."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

PICTURE = Path(__file__).parent.parent / ".github" / "session.svg"

COMMANDS = [
    "gradcli grad 'mean((x+2)*(x+2)*2)' x=1,2,3 --wrt x -o table",
    "gradcli graph 'loss = (w*x - y)^2; loss' x=1 y=2 w=1 --wrt w",
    "gradcli eval 'sum(x + y)' x=1,2,3 y=1,2",
]


def transcript() -> list[str]:
    """Each command with what it prints, as a terminal of 76 columns shows it."""
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    environment = {"PATH": path, "COLUMNS": "76", "PYTHONIOENCODING": "utf-8"}
    lines = []
    for command in COMMANDS:
        done = subprocess.run(
            command,
            shell=True,
            check=False,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        lines += [f"$ {command}", *done.stdout.rstrip("\n").split("\n")]
    return lines


def draw() -> str:
    """The transcript as SVG."""
    console = Console(record=True, width=76, file=io.StringIO())
    for line in transcript():
        style = "bold green" if line.startswith("$ ") else "red" if line.startswith("error") else ""
        console.print(Text(line, style=style), soft_wrap=True)
    svg = console.export_svg(title="gradcli", theme=MONOKAI, unique_id="session")
    # The theme's web font would be fetched from elsewhere: any monospaced one will do.
    start, end = svg.index("@font-face"), svg.rindex("@font-face")
    end = svg.index("}", end) + 1
    # Without it some viewers drop the spaces that a line begins with.
    return (svg[:start] + svg[end:]).replace("<svg ", '<svg xml:space="preserve" ', 1)


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
