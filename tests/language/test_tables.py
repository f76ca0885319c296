"""The shipped tables are those of the grammar, and the grammar has no conflict."""

from __future__ import annotations

import subprocess
import sys

import pytest
from grammar_texts import stock_lark

from gradcli.language.tables import FILES, build, render, tables_file

pytestmark = pytest.mark.parametrize("language", FILES)


def test_the_shipped_tables_are_those_of_the_grammar(language: str):
    shipped = tables_file(language).read_text("utf-8")
    assert render(build(language)) == shipped, "run: python -m gradcli.language.tables"


def test_the_text_of_the_tables_is_the_tables(language: str):
    tables = build(language)
    held: dict[str, object] = {}
    exec(render(tables), held)
    assert held["TABLES"] == tables


def test_the_grammar_has_no_conflict(language: str):
    assert stock_lark(language).options.strict


def test_no_terminal_has_a_group_of_its_own(language: str):
    """The lexer knows a terminal by the number of its group."""
    import re

    assert [name for name, pattern in build(language)["terminals"] if re.compile(pattern).groups] == []


def test_a_run_never_imports_lark(language: str):
    code = (
        "import sys; from gradcli.errors import Source; from gradcli.language.parser import parse\n"
        f"parse(Source('2x + sin(x)'), {language!r})\n"
        f"try: parse(Source('1 +'), {language!r})\n"
        "except Exception: pass\n"
        "sys.exit(any(name in sys.modules for name in ('lark', 'numpy', 'dataclasses', 'inspect')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
