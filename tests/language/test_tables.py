"""The shipped tables are those of the grammar, and the grammar has no conflict."""

from __future__ import annotations

import json
import subprocess
import sys

from grammar_texts import stock_lark

from gradcli.language.tables import TABLES, build, render


def test_the_shipped_tables_are_those_of_the_grammar():
    assert render(build()) == TABLES.read_text("utf-8"), "run: python -m gradcli.language.tables"


def test_the_text_of_the_tables_is_the_tables():
    tables = build()
    assert json.loads(render(tables)) == tables


def test_the_grammar_has_no_conflict():
    assert stock_lark().options.strict


def test_no_terminal_has_a_group_of_its_own():
    """The lexer knows a terminal by the number of its group."""
    import re

    assert [name for name, pattern in build()["terminals"] if re.compile(pattern).groups] == []


def test_a_run_never_imports_lark():
    code = (
        "import sys; from gradcli.errors import Source; from gradcli.language.parser import parse\n"
        "parse(Source('2x + sin(x)'))\n"
        "try: parse(Source('1 +'))\n"
        "except Exception: pass\n"
        "sys.exit(any(name in sys.modules for name in ('lark', 'numpy', 'dataclasses', 'inspect')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
