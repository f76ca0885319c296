"""The README's commands: ``python tests/readme.py run`` prints the one marked ``<!-- run -->``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"

_MARKED = re.compile(r"<!-- (\w+) -->\n```sh\n(.*?)```", re.DOTALL)
_SESSION = re.compile(r"```console\n(.*?)```", re.DOTALL)


def commands() -> dict[str, str]:
    """The marked shell commands, by their mark."""
    return dict(_MARKED.findall(README.read_text(encoding="utf-8")))


def sessions() -> list[tuple[str, str]]:
    """Every ``$ command`` of the README with the output that it shows."""
    found = []
    for block in _SESSION.findall(README.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.split("\n")
            words = 1
            while lines[words - 1].endswith("\\"):
                words += 1
            found.append(("\n".join(lines[:words]), "\n".join(lines[words:]).rstrip("\n")))
    return found


if __name__ == "__main__":
    print(commands()[sys.argv[1]], end="")
