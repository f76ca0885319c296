"""``gradcli run`` from a shell: where the program and its values come from, its output and its exit codes."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from calling import call, environment, shell, terminal

TRAINING = """\
w = tensor([0.0], requires_grad=true)
opt = SGD([w], lr=0.1)
for step in range(100) {
    loss = mean((w*X - Y)^2)
    opt.zero_grad(); loss.backward(); opt.step()
}
print(w)
"""


@pytest.fixture
def training(tmp_path):
    path = tmp_path / "train.grad"
    path.write_text(TRAINING, encoding="utf-8")
    return path


def test_the_program_of_the_readme_of_tensors(training, tmp_path):
    data = tmp_path / "x.csv"
    data.write_text("1\n2\n3\n", encoding="utf-8")
    assert call("run", str(training), f"X=@{data}", "Y=2,4,6") == (
        0,
        "tensor([2.], requires_grad=True)\n",
        "",
    )


def test_a_program_may_be_text_a_file_or_standard_input(training):
    answer = (0, "tensor([2.], requires_grad=True)\n", "")
    values = ("X=1,2,3", "Y=2,4,6")
    assert call("run", "-e", TRAINING, *values) == answer
    assert call("run", "-f", str(training), *values) == answer
    assert call("run", "-", *values, stdin=TRAINING) == answer
    assert call("run", "-f", "-", *values, stdin=TRAINING) == answer
    assert call("run", *values[:0], "-e", "print(n)", "n=3") == (0, "3\n", "")


def test_many_values_at_once(tmp_path):
    path = tmp_path / "values.json"
    path.write_text('{"x": [1, 2], "n": 3}', encoding="utf-8")
    assert call("run", "-e", "print(n*x)", "--vars", str(path)).out == "tensor([3., 6.])\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("-e", "x = = 3"), 3, "error: "),
        (("-e", "print(y)"), 3, "error: y has no value"),
        (("-e", "x = [1, 2] + [1, 2, 3]"), 3, "error: The size of tensor a (2) must match"),
        (("-e", "tensor([1.]).backward()"), 5, "error: element 0 of tensors does not require grad"),
        (("-e", "assert 1 > 2"), 5, "error: this does not hold"),
        (("-e", "inv([[0, 0], [0, 0]])"), 5, "error: "),
        (("-e", "# nothing"), 4, "error: there is no program to read"),
        ((), 4, "error: there is no program"),
        (("nowhere.grad",), 2, "error: nowhere.grad cannot be read: no such file or directory"),
        (("-e", "print(1)", "oops"), 2, "error: 'oops' is no NAME=VALUE"),
        (("-e", "print(1)", "for=3"), 2, "error: for is a word of the language and cannot be given a value"),
        (("-e", "print(1)", "-f", "x"), 2, "error: the program is given twice: with -e and with -f"),
    ],
)
def test_exit_codes(arguments, code, said):
    answer = call("run", *arguments)
    assert answer.code == code
    assert answer.err.startswith(said)


def test_what_was_printed_before_a_failure_stays():
    assert call("run", "-e", "print(1)\nassert false").out == "1\n"


def test_an_error_names_the_file_the_line_and_the_column(tmp_path):
    path = tmp_path / "wrong.grad"
    path.write_text("x = 1\n\nif x {\n    y = x + z\n}\n", encoding="utf-8")
    assert call("run", str(path)).err.splitlines() == [
        "error: z has no value",
        f"  {path}:4:13",
        "      y = x + z",
        "              ^",
        "  the names there are: x",
        "  hint: give it one: z=...",
    ]


def test_an_error_as_json():
    answer = call("run", "--json", "-e", "x = 1\nassert x > 2")
    error = json.loads(answer.err)["error"]
    assert (error["kind"], error["line"], error["column"]) == ("evaluation", 2, 8)


def test_warnings_and_their_silence():
    text = "x = tensor([1.], requires_grad=true); y = 2x; print(y.grad)"
    answer = call("run", "-e", text, "z=3")
    assert answer.out == "None\n"
    assert answer.err.startswith("warning: The .grad attribute of a Tensor that is not a leaf Tensor")
    assert "warning: z is given, and the program does not use it" in answer.err
    assert call("run", "-e", text, "z=3", "--quiet") == (0, "None\n", "")


def test_random_numbers_are_the_same_in_every_run():
    text = "print(rand(2).tolist())"
    assert call("run", "-e", text) == call("run", "-e", text)
    assert call("run", "-e", text).out != call("run", "-e", text, "--seed", "1").out


def test_progress_is_shown_at_a_terminal_alone(tmp_path):
    loop = "for i in range(60) { t = 0; while t < 1e3 { t += 1 } }"
    seen = terminal("run", "-e", loop)
    assert " of 60, " in seen.out
    assert shell(f"gradcli run -e '{loop}'") == (0, "", "")


def test_an_interrupt_ends_it_and_what_was_printed_is_written():
    # The warning tells when it has come so far; what is printed waits in a buffer.
    text = "print(1); y = 2*tensor(1, requires_grad=true); y.grad; while true { }"
    run = subprocess.Popen(
        [sys.executable, "-m", "gradcli", "run", "-e", text],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert run.stderr.readline().startswith(b"warning: The .grad attribute")
    started = time.monotonic()
    os.kill(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=30)
    assert out == b"1\n"
    assert b"Traceback" not in err
    # As a shell sees it: 128 and the number of the signal, which is 130.
    assert run.returncode == -signal.SIGINT
    assert time.monotonic() - started < 10


def test_an_interrupt_erases_the_line_of_progress():
    loop = "for i in range(1e6) { t = 0; while t < 100 { t += 1 } }"
    seen = terminal("run", "-e", loop, typed=b"\x03", until=" of 1000000, ")
    assert seen.code == -signal.SIGINT
    assert re.search(r" a second.*\r +\r$", seen.out, re.DOTALL)
