"""Writes ``reference/functional.json``: ``python -m tests.differential.functional_facts``; needs torch."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HOME = Path(__file__).parent.parent / "autograd"


def main() -> None:
    """Ask PyTorch every case."""
    sys.path.insert(0, str(HOME))
    import alike
    import function_cases
    import functional_cases

    parts = {"functional": functional_cases.CASES, "function": function_cases.CASES}
    lib = alike.theirs()
    found: dict[str, dict[str, Any]] = {}
    for part, cases in parts.items():
        found[part] = {name: alike.answer(body, lib) for name, body in cases.items()}
        for one in found[part].values():
            one.pop("raised", None)
    alike.REFERENCE.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
