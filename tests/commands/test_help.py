"""Help pages, whose examples run; and what starting up does not load."""

import re
import subprocess
import sys
from importlib import import_module

import pytest
from calling import call, environment, shell

from gradcli import __version__
from gradcli.commands.group import COMMANDS

HEAVY = ("numpy", "lark", "rich")


def examples(page):
    """The commands at the end of a help page."""
    assert "Examples:" in page
    end = page.rpartition("Examples:")[2]
    lines = [line.strip() for line in end.strip().split("\n")]
    assert all(line.startswith("$ ") for line in lines)
    return [line.removeprefix("$ ") for line in lines]


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_a_help_page_ends_with_two_examples_that_run(name):
    page = call(*name.split(), "--help")
    assert (page.code, page.err) == (0, "")
    found = examples(page.out)
    assert len(found) == 2
    for command in found:
        assert re.search(rf"\bgradcli {name or 'grad'}\b", command)
        done = shell(command)
        assert (done.code, done.err) == (0, ""), command
        assert done.out.strip()


@pytest.mark.parametrize("name", COMMANDS)
def test_three_ways_to_the_same_help_page(name):
    page = call(name, "--help")
    assert call(name, "-h") == page
    assert call("help", name) == page
    words = {"functions": "[NAME]", "run": "[FILE] [NAME=VALUE]..."}.get(name, "[EXPR] [NAME=VALUE]...")
    assert page.out.startswith(f"Usage: gradcli {name} [OPTIONS] {words}\n")


def test_help_of_the_whole_lists_every_command():
    page = call("--help")
    assert call("-h") == call("help") == page
    lines = page.out.split("Commands:")[1].split("\n")[1 : len(COMMANDS) + 1]
    assert [line.split()[0] for line in lines] == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_their_own_pages_say(name):
    command = import_module(f"gradcli.commands.{name}").command
    assert COMMANDS[name] == command.callback.__doc__.split("\n")[0]


def test_no_command_at_all_is_a_usage_error_that_helps():
    called = call()
    assert called == (2, "", call("--help").out)


def test_the_version():
    assert call("--version") == (0, f"gradcli {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["evl", "1"], "there is no command 'evl'", "did you mean gradcli eval?"),
        (["jacobi", "1"], "there is no command 'jacobi'", "did you mean gradcli jacobian?"),
        (["x+1"], "there is no command 'x+1'", "for the value of an expression: gradcli eval 'x+1'"),
        (["x'"], "there is no command 'x''", "for the value of an expression: gradcli eval 'x'\\'''"),
        (
            ["grad", "--wtr", "x", "x"],
            "no such option '--wtr'",
            "did you mean --wrt, --vector or --strict? gradcli grad --help shows the options",
        ),
        (
            ["grad", "x^2", "x=1", "--sparse"],
            "no such option '--sparse'",
            "--sparse belongs to jacobian and hessian; gradcli grad --help shows the options",
        ),
        (
            ["eval", "x", "--against", "3"],
            "no such option '--against'",
            "--against belongs to check; gradcli eval --help shows the options",
        ),
        (
            ["--sparse", "jacobian", "x"],
            "no such option '--sparse'",
            "--sparse goes after a command: gradcli jacobian --sparse; gradcli --help shows the options",
        ),
        (
            ["jacobian", "x", "--sparse=1"],
            "option '--sparse' does not take a value",
            "gradcli jacobian --help shows the options",
        ),
        (["eval", "--zzz"], "no such option '--zzz'", "gradcli eval --help shows the options"),
        (["eval", "1", "-f"], "option '-f' needs a value", "gradcli eval --help shows the options"),
        (
            ["grad", "x", "--vector"],
            "option '--vector' needs a value",
            "gradcli grad --help shows the options",
        ),
        (
            ["eval", "1", "-o", "yaml"],
            "invalid value for '-o' / '--output': 'yaml' is not one of "
            "'table', 'json', 'jsonl', 'csv', 'npy', 'npz', 'raw'",
            "gradcli eval --help shows the options",
        ),
    ],
    ids=str,
)
def test_a_slip_in_the_command_line_is_told_with_the_way_out(arguments, message, hint):
    assert call(*arguments) == (2, "", f"error: {message}\n  hint: {hint}\n")


def loaded_by(*arguments):
    """The modules that a call leaves behind."""
    code = (
        "import sys\n"
        "from gradcli.commands.entry import run\n"
        f"code = run({list(arguments)!r})\n"
        "print(*sys.modules, file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, env=environment(), capture_output=True, encoding="utf-8"
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["help"]], ids=str)
def test_help_loads_no_command(arguments):
    modules = loaded_by(*arguments)
    assert not modules & {*HEAVY, *(f"gradcli.commands.{name}" for name in COMMANDS), "gradcli.graph"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["eval", "1 + 2"],
        ["grad", "x^2", "x=3", "--wrt", "x"],
        ["grad", "exp(-x*y)", "x=3", "y=2", "--json"],
        ["jacobian", "x^2", "x=3"],
        ["hessian", "x*y^2", "x=3", "y=2"],
        ["jvp", "x^2, 2x", "x=3", "--vector", "2"],
        ["vjp", "x^2", "x=3", "--vector", "2"],
        ["hvp", "x*y^2", "x=3", "y=2", "--vector", "x=1", "--vector", "y=2"],
        ["vhp", "x*y^2", "x=3", "y=2", "--wrt", "x", "--vector", "1"],
        ["graph", "x^2", "x=3", "--wrt", "x"],
        ["parse", "x^2"],
        ["functions"],
        ["functions", "sin"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_numbers_alone_load_nothing_heavy(arguments):
    assert not loaded_by(*arguments) & set(HEAVY)


@pytest.mark.parametrize("name", ["v.json", "v.toml"])
def test_numbers_from_files_load_nothing_heavy(name, tmp_path):
    path = tmp_path / name
    path.write_text('{"x": 2.0, "ok": true}' if name == "v.json" else "x = 2\nok = true\n")
    assert not loaded_by("grad", "x^2 if ok else 0", "--vars", str(path)) & set(HEAVY)


def test_a_number_alone_in_a_file_loads_nothing_heavy(tmp_path):
    path = tmp_path / "x.json"
    path.write_text("2.0")
    assert not loaded_by("eval", "x^2", f"x=@{path}") & set(HEAVY)


def test_arrays_load_numpy_and_nothing_else_heavy():
    assert loaded_by("grad", "sum(x^2)", "x=1,2") & set(HEAVY) == {"numpy"}
