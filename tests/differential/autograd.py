"""Behaviours of autograd on both libraries, and the file of the facts as PyTorch tells them."""

from __future__ import annotations

import json
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.autograd.behaviours import BEHAVIOURS, same
from tests.autograd.exceptions import EXCEPTIONS
from tests.autograd.libraries import Library, ours, theirs
from tests.autograd.micrograd import TESTS, values_over

FACTS = Path(__file__).parent.parent / "reference" / "autograd.json"


def torch_facts() -> dict[str, Any]:
    """What PyTorch tells of each behaviour, and of micrograd's two expressions."""
    import torch

    with theirs() as lib:
        behaviours = {name: body(lib) for name, body in sorted(BEHAVIOURS.items())}
        micrograd = {name: body(values_over(lib.tensor)) for name, body in TESTS.items()}
    version = torch.__version__.split("+")[0]
    return {"version": version, "behaviours": behaviours, "micrograd": micrograd}


def write() -> int:
    """Records the facts, a line each; how many there are."""
    known = torch_facts()
    parts = []
    for part in ("behaviours", "micrograd"):
        lines = [
            f"  {json.dumps(name)}: {json.dumps(one, allow_nan=False)}" for name, one in known[part].items()
        ]
        parts.append(f' "{part}": {{\n' + ",\n".join(lines) + "\n }")
    version = f' "version": "{known["version"]}"'
    FACTS.write_text("{\n" + ",\n".join([version, *parts]) + "\n}\n", encoding="utf-8")
    return len(known["behaviours"])


def attempt(lib: Library, name: str) -> Any:
    """What our library tells, or how it failed."""
    try:
        return BEHAVIOURS[name](lib)
    except Exception:
        return traceback.format_exc(limit=-2)


def compare(console: Console) -> bool:
    """Runs every body on both libraries; whether they agree but for the exceptions."""
    theirs_told, lib = torch_facts()["behaviours"], ours()
    agreed, seen, failures, excepted = Counter[str](), Counter[str](), [], []
    for name, body in BEHAVIOURS.items():
        topic = body.__module__.split(".")[-1]
        seen[topic] += 1
        found = attempt(lib, name)
        if same(theirs_told[name], found):
            agreed[topic] += 1
        elif name in EXCEPTIONS:
            excepted.append(f"{name}: excepted by {EXCEPTIONS[name]}")
        else:
            failures.append(f"{name}: PyTorch tells {theirs_told[name]}, gradcli {found}")
    table = Table(title="behaviours of autograd")
    for column in ("topic", "behaviours", "agree"):
        table.add_column(column, justify="left" if column == "topic" else "right")
    for topic, count in seen.items():
        table.add_row(topic, str(count), str(agreed[topic]))
    console.print(table)
    for line in failures:
        console.print(line, style="red", markup=False, highlight=False)
    for line in excepted:
        console.print(line, markup=False, highlight=False)
    console.print(
        f"{agreed.total()} of {seen.total()} behaviours agree; {len(excepted)} are excepted; "
        f"{len(failures)} disagree."
    )
    return not failures
