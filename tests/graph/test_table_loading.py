"""Commands load the common topics of the table; whoever needs more, or all, never sees less."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import gradcli.graph.operations
from gradcli.graph.node import ops
from gradcli.graph.operations.compose import composites
from gradcli.graph.table import Table

# Where nothing has asked for the others yet.
FRESH = """
import sys
import gradcli.graph.operations
from gradcli.graph.node import constant, ops, variable
from gradcli.graph.operations.compose import composites
from gradcli.language import names

def loaded():
    return "gradcli.graph.operations.spectra" in sys.modules

assert not loaded()
"""
NO_TOPICS = {"__init__", "compose", "record"}


def in_a_fresh_process(program: str) -> None:
    run = subprocess.run([sys.executable, "-c", FRESH + program], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_every_topic_is_loaded_in_the_end() -> None:
    files = {path.stem for path in Path(gradcli.graph.operations.__file__).parent.glob("*.py")}
    assert {record.topic for record in [*ops, *composites]} == files - NO_TOPICS


@pytest.mark.parametrize(
    "asked",
    [
        "ops.erf(variable('x'))",
        "composites.matmul(variable('x', (2,)), variable('x', (2,)))",
        "assert len(list(ops)) == len(ops.records) == len(ops.loaded)",
        "assert len(list(composites)) == len(composites.records)",
        "assert 'erf' in ops",
        "assert 'matmul' in composites",
        "assert names.function_called('swish').name == 'silu'",
        "assert not names.is_function('no_such_function')",
        "assert 'erf' in names.functions()",
        "assert 'erf' in names.function_names()",
    ],
)
def test_a_miss_loads_the_others(asked: str) -> None:
    in_a_fresh_process(f"{asked}\nassert loaded()")


@pytest.mark.parametrize(
    "asked",
    [
        "ops.sin(variable('x'))",
        "variable('x') * 2 + 1",
        "assert 'sin' in ops",
        "assert names.function_called('arcsin').name == 'asin'",
        "assert names.is_function('grad')",
        """
from gradcli import Expression
value, found = Expression("x^2*sin(x)").value_and_grad(x=3.0)
""",
    ],
)
def test_what_is_common_loads_no_others(asked: str) -> None:
    in_a_fresh_process(f"{asked}\nassert not loaded()")


def test_all_operators_are_common() -> None:
    in_a_fresh_process("""
common = dict(names.operators())
assert not loaded()
list(ops)
names.operators.cache_clear()
assert common == names.operators()
""")


def test_the_order_does_not_depend_on_what_was_loaded_first() -> None:
    in_a_fresh_process("""
import gradcli.graph.operations.spectra
topics = [one.topic for one in ops]
assert topics == sorted(topics)
""")


def test_a_name_that_no_topic_has_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no_such_operation"):
        _ = ops.no_such_operation


def test_a_table_alone_holds_what_was_entered() -> None:
    table: Table[int] = Table()
    table.enter("one", 1)
    assert table.one == 1
    assert "one" in table
    assert "two" not in table
    assert dict(table.loaded) == table.records == {"one": 1}
