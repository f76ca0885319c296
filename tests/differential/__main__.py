"""gradcli against PyTorch, SymPy and mpmath: ``python -m tests.differential [operators|expressions] [NAME ...]``.

Needs torch and expecttest, mpmath and sympy. Not a part of the test suite.
"""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table


def operators(names: list[str], console: Console) -> bool:
    """PyTorch's own samples of its operators; whether nothing disagrees without a reason."""
    from tests.differential.exceptions import EXCEPTIONS
    from tests.differential.operators import compare

    rows = compare(names)
    table = Table(title="samples of PyTorch's operators")
    for column in ("operator", "seen", "translated", "agreed", "excepted", "skipped"):
        table.add_column(column, justify="left" if column in ("operator", "skipped") else "right")
    for row in rows:
        reasons = "; ".join([f"{count} {reason}" for reason, count in row.skipped.items()])
        table.add_row(row.name, *map(str, (row.seen, row.translated, row.agreed, row.excepted)), reasons)
    console.print(table)
    for row in rows:
        for failure in row.failures:
            console.print(f"{row.name}: {failure}", style="red", markup=False)
        if row.excepted:
            console.print(f"{row.name}: {row.excepted} excepted: {EXCEPTIONS[row.name].rule}", markup=False)
    seen, translated = sum(row.seen for row in rows), sum(row.translated for row in rows)
    excepted, failed = sum(row.excepted for row in rows), sum(len(row.failures) for row in rows)
    used = sum(1 for row in rows if row.agreed)
    console.print(
        f"{translated} of {seen} samples translated ({translated / max(seen, 1):.0%}), over {used} operators; "
        f"{excepted} excepted ({excepted / max(translated, 1):.1%}), {failed} disagree"
    )
    return failed == 0


def expressions(names: list[str], console: Console) -> bool:
    """Random nested expressions against mpmath."""
    from tests.differential.expressions import DIGITS, check

    agreed, failures = check()
    for failure in failures:
        console.print(failure, style="red", markup=False)
    console.print(
        f"{agreed} of {agreed + len(failures)} random expressions agree with mpmath at {DIGITS} digits"
    )
    return not failures


def main(words: list[str]) -> int:
    """Run what is asked for, or all of it."""
    console = Console(width=160)
    parts, names = [word for word in words if word in PARTS], [word for word in words if word not in PARTS]
    wanted = parts or (["operators"] if names else list(PARTS))
    good = [PARTS[part](names, console) for part in wanted]
    return 0 if all(good) else 1


PARTS = {"operators": operators, "expressions": expressions}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
