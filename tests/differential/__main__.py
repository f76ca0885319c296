"""gradcli against PyTorch and mpmath.

``python -m tests.differential [operators|expressions|autograd|optimisers] [NAME ...]``

Needs the extra ``differential``. Not a part of the test suite. A NAME is an operator as PyTorch's tests call
it, such as ``linalg.norm``. Exits with 1 when something disagrees. ``autograd --write`` and ``optimisers
--write`` record what PyTorch tells of each behaviour, and what it answers in each training.
"""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table


def operators(names: list[str], console: Console) -> bool:
    """PyTorch's own samples of its operators; whether nothing disagrees without a reason."""
    from tests.differential.operators import compare

    rows = compare(names)
    table = Table(title="samples of PyTorch's operators")
    for column in ("operator", "seen", "translated", "agreed", "excepted", "failed", "skipped"):
        table.add_column(column, justify="left" if column in ("operator", "skipped") else "right")
    for row in rows:
        counts = (row.seen, row.translated, row.agreed, row.excepted.total(), len(row.failures))
        reasons = "; ".join([f"{count} {reason}" for reason, count in row.skipped.items()])
        table.add_row(row.name, *map(str, counts), reasons)
    console.print(table)
    for row in rows:
        for failure in row.failures:
            console.print(f"{row.name}: {failure}", style="red", markup=False, highlight=False)
    for row in rows:
        for rule, count in row.excepted.items():
            console.print(f"{row.name}: {count} excepted by {rule}", markup=False, highlight=False)
    seen, translated = sum(row.seen for row in rows), sum(row.translated for row in rows)
    agreed, failed = sum(row.agreed for row in rows), sum(len(row.failures) for row in rows)
    excepted = sum(row.excepted.total() for row in rows)
    used = sum(1 for row in rows if row.agreed)
    console.print(f"{seen} samples seen, {translated} translated ({translated / max(seen, 1):.1%}).")
    console.print(
        f"{agreed} agree, over {used} operators; {excepted} are excepted "
        f"({excepted / max(translated, 1):.1%}); {failed} disagree."
    )
    return failed == 0


def expressions(names: list[str], console: Console) -> bool:
    """Random nested expressions against mpmath."""
    from tests.differential.expressions import DIGITS, check

    agreed, failures = check()
    for failure in failures:
        console.print(failure, style="red", markup=False, highlight=False)
    console.print(
        f"{agreed} of {agreed + len(failures)} random expressions agree with mpmath at {DIGITS} digits."
    )
    return not failures


def autograd(names: list[str], console: Console) -> bool:
    """Behaviours of autograd on both libraries, or what PyTorch tells of them into the file of facts."""
    from tests.differential.autograd import compare, write

    if "--write" in names:
        console.print(f"{write()} behaviours recorded.")
        return True
    return compare(console)


def optimisers(names: list[str], console: Console) -> bool:
    """Trainings, step by step against PyTorch's."""
    from tests.differential.optimisers import CLOSE, compare, write

    if "--write" in names:
        write()
    rows = compare()
    apart = [row for row in rows if not row.difference <= CLOSE]
    for row in apart:
        console.print(f"{row.name}: {row.difference:.1e}", style="red", markup=False, highlight=False)
    widest = max(row.difference for row in rows)
    console.print(f"{len(rows) - len(apart)} of {len(rows)} trainings agree; at most {widest:.1e} apart.")
    return not apart


PARTS = {
    "operators": operators,
    "expressions": expressions,
    "autograd": autograd,
    "optimisers": optimisers,
}


def main(words: list[str]) -> int:
    """Run what is asked for, or all of it."""
    from tests.differential.samples import known

    console = Console(width=160)
    parts, names = [word for word in words if word in PARTS], [word for word in words if word not in PARTS]
    unknown = [name for name in names if name not in known() and name != "--write"]
    if unknown:
        console.print(f"no operator that is translated has the name {unknown[0]}", markup=False)
        return 2
    wanted = parts or (["operators"] if names else list(PARTS))
    good = [PARTS[part](names, console) for part in wanted]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
