"""Who may import whom, read from the source: the picture in the architecture, held to.

A late import, inside a function, counts as one. Imports for type checkers alone do not.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

import gradcli

ROOT = Path(gradcli.__file__).parent
MODULES = {
    "gradcli"
    + "".join(f".{part}" for part in path.relative_to(ROOT).with_suffix("").parts if part != "__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}

NAMES = {path: name for name, path in MODULES.items()}

# What each layer may import of the others; errors may be imported by all.
LAYERS: dict[str, set[str]] = {
    "errors": set(),
    "graph": set(),
    "execute": {"graph"},
    "sparsity": {"graph", "execute"},
    "language": {"graph", "execute"},
    "autograd": {"language", "graph", "execute"},
    "programs": {"language", "autograd", "graph", "execute"},
    "data": {"language", "graph", "execute"},
    "output": set(),
    "matrices": {"", "graph", "execute", "sparsity"},
    "": {"language", "graph", "execute", "sparsity", "matrices", "data", "output", "checking", "autograd"},
    "reference": {"language", "graph", "output"},
    "checking": {"", "language", "graph", "execute", "output"},
    "commands": {"", "checking", "reference", "programs", "language", "graph", "execute", "data", "output"},
    "__main__": {"commands"},
}
# The modules of output that draw graphs and write formulas know nodes.
DRAWING = {"gradcli.output.formula": {"graph"}, "gradcli.output.picture": {"graph"}}

# What runs on arrays alone, and so may load NumPy while it is imported itself.
ON_ARRAYS = (
    "gradcli.execute.kernels.",
    "gradcli.execute.loops.blocks",
    "gradcli.execute.loops.lines",
    "gradcli.execute.loops.reuse",
    "gradcli.autograd.",
    "gradcli.sparsity.",
)
# Who may load a package, and whether while it is imported itself.
PACKAGES: dict[str, tuple[str, ...]] = {
    "click": ("gradcli.commands",),
    "rich": ("gradcli.output.tables",),
    "lark": ("gradcli.language.tables",),
    "sympy": ("gradcli.checking.symbolic",),
}


class Import(NamedTuple):
    """One import: what, and whether it happens inside a function."""

    module: str
    late: bool


def imports(path: Path) -> Iterator[Import]:
    """Every import of a module, those under TYPE_CHECKING left out."""

    def walk(node: ast.AST, late: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if (
                isinstance(child, ast.If)
                and isinstance(child.test, ast.Name)
                and child.test.id == "TYPE_CHECKING"
            ):
                continue
            if isinstance(child, ast.Import):
                yield from (Import(alias.name, late) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                home = NAMES[path].split(".")
                if path.name == "__init__.py":
                    home.append("")
                relative = home[: len(home) - child.level] if child.level else []
                base = ".".join([*relative, *([child.module] if child.module else [])])
                for alias in child.names:
                    inner = f"{base}.{alias.name}"
                    yield Import(inner if inner in MODULES else base, late)
            inside = late or isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            yield from walk(child, inside)

    yield from walk(ast.parse(path.read_text(encoding="utf-8")), late=False)


def layer(module: str) -> str:
    """The layer of one of our modules; modules at the top level share one."""
    parts = module.split(".")
    if len(parts) == 1:
        return ""
    return parts[1] if parts[1] in LAYERS else ""


OURS = {
    name: [one for one in imports(path) if one.module.split(".")[0] == "gradcli"]
    for name, path in MODULES.items()
}
THEIRS = {
    name: [
        one for one in imports(path) if one.module.split(".")[0] not in {"gradcli", *sys.stdlib_module_names}
    ]
    for name, path in MODULES.items()
}


def test_every_folder_has_its_layer() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert folders <= set(LAYERS)


@pytest.mark.parametrize("name", MODULES)
def test_imports_of_our_own(name: str) -> None:
    own = layer(name)
    allowed = {own, "errors", *LAYERS[own], *DRAWING.get(name, set())}
    for one in OURS[name]:
        assert layer(one.module) in allowed, f"{name} imports {one.module}"


@pytest.mark.parametrize("name", MODULES)
def test_imports_of_others(name: str) -> None:
    for one in THEIRS[name]:
        package = one.module.split(".")[0]
        if package == "numpy":
            assert one.late or name.startswith(ON_ARRAYS), f"{name} imports NumPy while it is imported"
        else:
            assert package in PACKAGES, f"{name} imports {package}"
            assert name.startswith(PACKAGES[package]), f"{name} imports {package}"


def test_the_language_runs_nothing_but_sizes() -> None:
    """A graph is built without running anything; a size is the exception, and is imported late."""
    for name in MODULES:
        if layer(name) == "language":
            early = [one.module for one in OURS[name] if not one.late and layer(one.module) == "execute"]
            assert not early, f"{name} imports {early}"


def test_only_the_entry_imports_commands() -> None:
    for name, found in OURS.items():
        if layer(name) not in ("commands", "__main__"):
            assert not [one for one in found if layer(one.module) == "commands"], name


def test_there_is_no_cycle() -> None:
    """Not even a late one; a package's own __init__ is not counted where a module inside is meant."""
    graph = {name: {one.module for one in found if one.module != name} for name, found in OURS.items()}
    order = list(TopologicalSorter(graph).static_order())
    assert set(MODULES) <= set(order)


def test_each_module_can_be_the_first_that_is_imported() -> None:
    """A circle among modules shows only from some of them."""
    program = f"""
import importlib, sys
for name in {sorted(MODULES)!r}:
    for known in [one for one in sys.modules if one.split(".")[0] == "gradcli"]:
        del sys.modules[known]
    if name != "gradcli.__main__":
        importlib.import_module(name)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_the_reader_of_imports_reads() -> None:
    """Against a test that passes because it finds nothing."""
    assert Import("numpy", late=False) in THEIRS["gradcli.execute.kernels.elementwise"]
    assert any(one.late for one in THEIRS["gradcli.execute.backends"])
    assert Import("gradcli.graph.node", late=False) in OURS["gradcli.graph.derive"]
    assert any(one.module == "gradcli.graph.derive" for one in OURS["gradcli.answers"])
