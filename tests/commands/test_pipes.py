"""In a shell: pipes that close, disks that are full, signals, and answers that come at once."""

import os
import select
import signal
import subprocess
import sys
import time

import pytest
from calling import CLOSED_PIPE, INTERRUPTED, environment, shell

FULL = "standard output cannot be written: no space left on device"


def test_a_closed_pipe_ends_the_program_quietly():
    done = shell("yes 'x^2' | gradcli eval --lines x=3 | head -1; echo ${PIPESTATUS[1]}")
    assert done == (0, f"9\n{CLOSED_PIPE}\n", "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "command",
    [
        "gradcli eval 1",
        "gradcli grad x^2 x=3 -o table",
        "gradcli graph x",
        "gradcli parse x",
        "echo 1 | gradcli eval --lines",
        "gradcli --help",
        "gradcli eval --help",
    ],
)
def test_a_full_disk_is_one_sentence(command):
    assert shell(f"{command} > /dev/full") == (74, "", f"error: {FULL}\n")


def test_a_closed_stream_is_told_of():
    assert shell("gradcli eval 1 >&-") == (74, "", "error: standard output cannot be written: it is closed\n")
    expected = "error: standard input cannot be read: it is closed\n"
    assert shell("gradcli eval -f - <&-") == (2, "", expected)
    assert shell("gradcli eval --lines <&-") == (2, "", expected)
    assert shell("gradcli eval 1 <&-") == (0, "1\n", "")
    assert shell("gradcli eval 1+ 2>&-") == (3, "", "")


def test_a_line_is_answered_before_the_next_one_comes():
    process = subprocess.Popen(
        [sys.executable, "-m", "gradcli", "eval", "--lines"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    )
    try:
        for place in range(3):
            process.stdin.write(b"%d + 1\n" % place)
            process.stdin.flush()
            # The pipe stays open: without a flush nothing would come.
            assert select.select([process.stdout], [], [], 10)[0], "no answer after ten seconds"
            assert process.stdout.readline() == b"%d\n" % (place + 1)
        process.stdin.close()
        assert process.wait(timeout=10) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_an_interrupt_ends_it_at_once():
    process = subprocess.Popen(
        [sys.executable, "-m", "gradcli", "eval", "--lines"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    process.stdin.write(b"1\n")
    process.stdin.flush()
    process.stdout.readline()
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    # Killed by the signal itself, which a shell reports as 130.
    assert (process.returncode, err) == (INTERRUPTED, b"")
    assert time.monotonic() - start < 2


def test_an_interrupt_inside_the_library_is_130(monkeypatch):
    from gradcli.commands import group
    from gradcli.commands.entry import run

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(group.LazyGroup, "main", interrupted)
    assert run(["eval", "1"]) == 130


def test_both_streams_in_one_place_keep_their_order():
    done = shell("printf '1\\n2 +\\n3\\n' | gradcli eval --lines 2>&1")
    assert done.out.split("\n")[:2] == [
        "1",
        "error: unexpected end of the expression: '+' needs a value on its right",
    ]


def test_process_substitution_gives_values():
    assert shell("gradcli eval 'x + y' --vars <(echo '{\"x\": 3, \"y\": 4}')").out == "7\n"
    assert shell("gradcli eval 'x + y' --vars <(printf 'x = 3\\ny = 5\\n')").out == "8\n"
    assert shell("gradcli eval x x=@<(echo '3 4')").out == "3 4\n"


def test_a_bare_environment_is_enough():
    command = (
        "env -i PATH=\"$PATH\" LC_ALL=C HOME=/nonexistent TERM=dumb TMPDIR=/nonexistent gradcli graph 'x + 1'"
    )
    assert shell(command) == (
        0,
        "          shape  expression\n*-\\  add  ()     x + 1\n| o  1    ()\no    x    ()\n",
        "",
    )


def test_names_beyond_ascii_in_the_c_locale():
    assert shell("LC_ALL=C gradcli eval 'θ + 1' θ=2").out == "3\n"


def test_a_loop_of_a_shell_descends_to_the_minimum():
    # (x - 3)², by steps of 0.25 times its gradient: the distance to 3 halves each time.
    script = """
    x=5
    for i in 1 2 3; do
        g=$(gradcli grad '(x-3)^2' x=$x --wrt x | cut -f2 | tail -1) || exit
        x=$(gradcli eval "$x-0.25*($g)") || exit
    done
    echo $x
    """
    assert shell(script) == (0, "3.25\n", "")


def test_memory_is_bounded_where_the_system_has_no_bound():
    pytest.importorskip("resource")
    done = shell("gradcli eval 'sum(ones(1e15))'")
    assert done.code == 5
    assert done.err.startswith("error: ones(): this would hold 7.11 PiB of memory, and ")


def test_a_bound_on_memory_is_kept():
    done = shell("gradcli grad 'sum(sort(x)*2)' 'x=ones(1000000)' --max-memory 10MB")
    assert done.code == 5
    message, text, mark, *_ = done.err.splitlines()
    assert message.startswith("error: ")
    assert message.endswith(" MiB of memory, and 9.54 MiB are allowed")
    assert text == "  sum(sort(x)*2)"
    assert mark.strip("^ ") == ""
    done = shell("gradcli eval x x=1 --max-memory lots")
    assert done.code == 2
    assert done.err.startswith("error: --max-memory takes a size such as 2GB or 500MiB, and got 'lots'")


def test_a_profiler_sees_the_end():
    """Who is not watched ends at once, and leaves the taking down to the system."""
    done = shell(f"{sys.executable} -m cProfile -m gradcli eval 1+1")
    assert done.code == 0
    assert done.out.startswith("2\n")
    assert "function calls" in done.out
