"""The table of exit codes, a row each way to get there; and where the words go."""

import pytest
from calling import call

EXIT_CODES = [
    # all well
    (0, ["eval", "1 + 1"], ""),
    (0, ["grad", "x^2", "x=3"], ""),
    (0, ["jacobian", "[x, 2x]", "x=3"], ""),
    (0, ["graph", "x^2"], ""),
    (0, ["parse", "x^2"], ""),
    (0, ["eval", "0/0"], ""),
    (0, ["eval", "--lines"], ""),
    (0, ["eval", "--lines"], "\n# nothing\n"),
    (0, ["--help"], ""),
    (0, ["-h"], ""),
    (0, ["--version"], ""),
    (0, ["eval", "1 < 2", "--exit-status"], ""),
    (0, ["eval", "[1, 2] > 0", "--exit-status"], ""),
    (0, ["eval", "0", "--exit-status"], ""),
    # the answer is no
    (1, ["eval", "2 < 1", "--exit-status"], ""),
    (1, ["eval", "[1, 2] < 2", "--exit-status"], ""),
    (1, ["eval", "0/0", "--exit-status"], ""),
    (1, ["eval", "[1, nan]", "--exit-status"], ""),
    (1, ["eval", "1, nan", "--exit-status"], ""),
    # usage
    (2, [], ""),
    (2, ["evl", "1"], ""),
    (2, ["x + 1"], ""),
    (2, ["help", "nosuch"], ""),
    (2, ["eval", "1", "--nosuch"], ""),
    (2, ["eval", "1", "--precision", "0"], ""),
    (2, ["eval", "1", "--precision", "18"], ""),
    (2, ["eval", "1", "--dtype", "int"], ""),
    (2, ["eval", "1", "-o", "yaml"], ""),
    (2, ["eval", "1", "--precision"], ""),
    (2, ["eval", "-f"], ""),
    (2, ["eval", "x", "y"], ""),
    (2, ["eval", "x", "x="], ""),
    (2, ["eval", "x", "x=@nosuch.npy"], ""),
    (2, ["eval", "x", "x=@/"], ""),
    (2, ["eval", "x", "--vars", "nosuch.json"], ""),
    (2, ["eval", "-f", "nosuch.grad"], ""),
    (2, ["eval", "-f", "/"], ""),
    (2, ["eval", "--lines", "-f", "nosuch.txt"], ""),
    (2, ["eval", "x", "true=3"], ""),
    (2, ["eval", "x", "x=1", "x=2"], ""),
    (2, ["eval", "x + y", "x=@-", "y=@-"], "1"),
    (2, ["eval", "-f", "-", "x=@-"], "x"),
    (2, ["eval", "1", "--strict"], ""),
    (2, ["eval", "1", "--errors", "e.jsonl"], ""),
    (2, ["eval", "--lines", "-o", "table"], ""),
    (2, ["eval", "--lines", "--exit-status"], ""),
    (2, ["grad", "x", "x=1", "--wrt", ""], ""),
    (2, ["grad", "x, x", "x=1", "--vector", "1=1"], ""),
    (0, ["grad", "x", "x=1", "--vector", "@-"], "1"),
    (2, ["grad", "x", "x=@-", "--vector", "@-"], "1"),
    (2, ["grad", "--lines", "x=1", "--vector", "@-"], "x\n"),
    # the expression is wrong
    (3, ["eval", "1 +"], ""),
    (3, ["eval", "x"], ""),
    (3, ["eval", "men(1)"], ""),
    (3, ["eval", "sin(1, 2)"], ""),
    (3, ["eval", "[1, 2] + [1, 2, 3]"], ""),
    (3, ["eval", "x", "x=1 +"], ""),
    (3, ["eval", "None = 3; 2"], ""),
    (3, ["eval", "zeros(1e99)"], ""),
    (3, ["grad", "[x, x]", "x=1"], ""),
    (3, ["grad", "x", "x=1", "--wrt", "y"], ""),
    (3, ["grad", "x", "x=1", "--vector", "1, 2"], ""),
    (3, ["graph", "[x, x]", "--wrt", "x"], ""),
    (3, ["parse", "1 +"], ""),
    # nothing to read
    (4, ["eval"], ""),
    (4, ["eval", ""], ""),
    (4, ["eval", "# nothing"], ""),
    (4, ["eval", "-f", "-"], ""),
    (4, ["eval", "-f", "-"], " \n# nothing\n"),
    # it failed while it ran
    (5, ["eval", "inv([[1, 2], [2, 4]])"], ""),
    (5, ["eval", "ones(1e15)"], ""),
    (5, ["eval", "--lines"], "1\n2 +\n3\n"),
    (5, ["eval", "--lines", "--json"], "1\n2 +\n3\n"),
    (5, ["eval", "--lines", "--strict"], "1\n2 +\n3\n"),
    # the output cannot be written
    (74, ["eval", "1", "--out", "/dev/full"], ""),
    (74, ["eval", "1", "--out", "/nosuch/file"], ""),
    (74, ["eval", "1", "--out", "/"], ""),
    (74, ["graph", "x", "--out", "/nosuch/file"], ""),
    (74, ["eval", "--lines", "--errors", "/nosuch/file"], "1"),
]


@pytest.mark.parametrize(("code", "arguments", "stdin"), EXIT_CODES, ids=lambda part: str(part)[:40])
def test_exit_code(code, arguments, stdin, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    called = call(*arguments, stdin=stdin)
    assert called.code == code
    assert "itself failed" not in called.err
    # An error is told, once, and results are not mixed with it.
    assert (called.err != "") == (code > 1 or "0/0" in arguments)
    if code > 1 and "--lines" not in arguments:
        assert called.out == ""


def test_every_exit_code_of_the_table_is_reached():
    assert sorted({code for code, _, _ in EXIT_CODES}) == [0, 1, 2, 3, 4, 5, 74]
