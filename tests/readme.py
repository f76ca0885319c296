"""What the README promises, read from it.

python tests/readme.py run        prints the command marked <!-- run -->
python tests/readme.py write      writes the list of functions anew, from the table
"""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path

from gradcli.reference.entries import topics

README = Path(__file__).parent.parent / "README.md"

# Keeps a function and its aliases on one line.
_GLUE = "\N{NO-BREAK SPACE}"

_MARKED = re.compile(r"<!-- (\w+) -->\n```sh\n(.*?)```", re.DOTALL)
_FUNCTIONS = re.compile(r"(<!-- functions -->\n).*?(\n<!-- end -->)", re.DOTALL)
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
            # A command goes on behind a backslash, or in lines that the shell prompts for with "> ".
            while lines[words - 1].endswith("\\") or lines[words].startswith("> "):
                words += 1
            command = "\n".join([line.removeprefix("> ") for line in lines[:words]])
            found.append((command, "\n".join(lines[words:]).rstrip("\n")))
    return found


def function_list() -> str:
    """Every function by topic, as ``gradcli functions`` lists them, aliases in brackets."""
    lines = []
    for title, entries in topics().items():
        names = [
            f"`{one.name} ({', '.join(one.aliases)})`" if one.aliases else f"`{one.name}`" for one in entries
        ]
        joined = " ".join([name.replace(" ", _GLUE) for name in names])
        text = f"- {title.rstrip('.')}: {joined}"
        lines += textwrap.wrap(text, 118, subsequent_indent="  ", break_on_hyphens=False)
    return "\n".join(lines).replace(_GLUE, " ")


def with_function_list(text: str) -> str:
    """The README with that list in its place."""
    return _FUNCTIONS.sub(lambda found: found[1] + function_list() + found[2], text)


if __name__ == "__main__":
    if sys.argv[1] == "write":
        README.write_text(with_function_list(README.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(commands()[sys.argv[1]], end="")
