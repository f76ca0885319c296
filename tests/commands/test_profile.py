"""``gradcli profile``: whose time it is, how often it ran, what it made."""

import json

import pytest
from calling import call, plain, terminal

TITLES = "calls\tself %\tforward\tforward total\tbackward\tbackward total\tbytes"
MEAN = ["mean((x+2)*(x+2)*2)", "x=1,2,3", "--repeat", "3"]


def table(*arguments):
    """The rows by their names, numbers as such."""
    called = call("profile", *arguments)
    assert (called.code, called.err) == (0, "")
    title, *lines = [line.split("\t", 1) for line in called.out.splitlines()]
    assert title[1] == TITLES
    assert title[0] == (
        "operation" if "--group" in arguments and "subexpression" not in arguments else "expression"
    )
    return {name: [float(one) for one in rest.split("\t")] for name, rest in lines}


def test_every_part_of_the_text_and_how_often_it_ran():
    found = table(*MEAN)
    assert {name: row[0] for name, row in found.items()} == {
        "mean((x+2)*(x+2)*2)": 1,
        "(x+2)*(x+2)*2": 1,
        "(x+2)*(x+2)": 1,
        "x+2": 2,
        "x": 1,
    }
    assert sum(row[1] for row in found.values()) == pytest.approx(100, abs=0.3)
    # Nothing runs for the name itself on the way to the value; on the way back its gradient arrives.
    assert found["x"][2:4] == [0, 0]
    assert found["x"][4] > 0


def test_the_total_holds_what_stands_inside_of_the_text():
    found = table(*MEAN)
    for place in (2, 4):
        own = {name: row[place] for name, row in found.items()}
        total = {name: row[place + 1] for name, row in found.items()}
        assert total["x+2"] == own["x+2"] > 0
        assert total["(x+2)*(x+2)"] >= max(own["(x+2)*(x+2)"], total["x+2"])
        assert total["(x+2)*(x+2)*2"] >= total["(x+2)*(x+2)"]
        assert total["mean((x+2)*(x+2)*2)"] >= total["(x+2)*(x+2)*2"]


def test_with_one_run_totals_are_sums():
    rows = {
        one["expression"]: one
        for one in json.loads(call("profile", *MEAN[:2], "--repeat", "1", "--json").out)["rows"]
    }
    for way in ("forward", "backward"):
        inside = sum(rows[name][way]["self"] for name in ("x+2", "(x+2)*(x+2)", "(x+2)*(x+2)*2"))
        assert rows["(x+2)*(x+2)*2"][way]["total"] == pytest.approx(inside)


def test_bytes():
    found = table(*MEAN)
    # Three doubles forward each time; on the way back x*x gives two arrays of them, times 2 one, and
    # adding a number hands its gradient on.
    assert found["x+2"][-1] == 2 * 24
    assert found["(x+2)*(x+2)"][-1] == 24 + 2 * 24
    assert found["(x+2)*(x+2)*2"][-1] == 24 + 24
    assert found["x"][-1] == 0


@pytest.mark.parametrize(
    ("group", "calls"),
    [
        ("op", {"add": 2, "mul": 2, "mean": 1, "AccumulateGrad": 1}),
        (
            "shape",
            {
                "add (3,), ()": 2,
                "mul (3,), (3,)": 1,
                "mul (3,), ()": 1,
                "mean (3,)": 1,
                "AccumulateGrad": 1,
            },
        ),
    ],
)
def test_groups(group, calls):
    found = table(*MEAN, "--group", group)
    assert {name: row[0] for name, row in found.items()} == calls
    for row in found.values():
        assert row[2] == row[3]
        assert row[4] == row[5]


@pytest.mark.parametrize(("order", "place"), [("calls", 0), ("memory", -1)])
def test_orders(order, place):
    numbers = [row[place] for row in table(*MEAN, "--sort", order).values()]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) > 1


def test_orders_by_time():
    rows = json.loads(call("profile", *MEAN, "--sort", "total", "--json").out)["rows"]
    totals = [row["forward"]["total"] + row["backward"]["total"] for row in rows]
    assert totals == sorted(totals, reverse=True)
    assert rows[0]["expression"] == "mean((x+2)*(x+2)*2)"
    rows = json.loads(call("profile", *MEAN, "--json").out)["rows"]
    own = [row["forward"]["self"] + row["backward"]["self"] for row in rows]
    assert own == sorted(own, reverse=True)


def test_json():
    called = call("profile", "x*y", "x=2", "y=3", "--wrt", "x", "--repeat", "4", "--json")
    found = json.loads(called.out)
    assert (found["unit"], found["repeats"]) == ("us", 4)
    assert {row["expression"] for row in found["rows"]} == {"x*y", "x"}
    assert set(found["rows"][0]) == {"expression", "calls", "forward", "backward", "bytes"}
    assert found["forward"] > 0 < found["backward"]


def test_by_one_name_alone():
    assert set(table("x*y", "x=2", "y=3", "--wrt", "y", "--repeat", "1")) == {"x*y", "y"}


@pytest.mark.parametrize(
    ("arguments", "remark"),
    [
        (["x*2", "x=1,2"], "the way back starts with ones of the output's shape: (2,)"),
        (["x, 2*x", "x=1,2"], "the way back starts with ones of the output's shape: (2,) and (2,)"),
        (["x > 1", "x=2"], "nothing to differentiate: forward only"),
        (["x*2", "x=1"], None),
    ],
)
def test_what_is_differentiated_is_told_to_those_who_ask(arguments, remark):
    called = call("profile", *arguments, "--repeat", "2", "--verbose")
    assert called.code == 0
    assert called.err.splitlines() == [*([remark] if remark else []), "medians of 2 runs"]
    assert call("profile", *arguments, "--repeat", "2").err == ""


def test_a_truth_has_no_way_back():
    assert table("x > 1", "x=2", "--repeat", "1")["x > 1"][4:6] == [0, 0]


def test_only_the_branch_that_is_taken():
    assert set(table("x*x if x > 0 else exp(x)", "x=2", "--repeat", "1")) == {"x > 0", "x*x", "x"}
    assert set(table("x*x if x > 0 else exp(x)", "x=-2", "--repeat", "1")) == {"x > 0", "exp(x)", "x"}


def test_a_call_with_several_results_is_one():
    found = table("a, b, c = unbind(x); a*b*c", "x=1,2,3", "--repeat", "1", "--group", "op")
    assert {name: row[0] for name, row in found.items()} == {"unbind": 1, "mul": 2, "AccumulateGrad": 1}


def test_what_a_derivative_in_the_text_does_is_its_own():
    found = table("x * grad(x^3, x)", "x=2", "--repeat", "1")
    assert set(found) == {"x * grad(x^3, x)", "grad(x^3, x)", "x"}


def test_a_trace(tmp_path):
    path = tmp_path / "trace.json"
    called = call("profile", *MEAN, "--trace", str(path))
    assert called.code == 0
    assert list(tmp_path.iterdir()) == [path]
    events = json.loads(path.read_text(encoding="utf-8"))["traceEvents"]
    assert {one["ph"] for one in events} == {"X"}
    names = [one["name"] for one in events if one["cat"] == "block"]
    assert names == ["x+2", "x+2", "(x+2)*(x+2)", "(x+2)*(x+2)*2", "mean((x+2)*(x+2)*2)"]
    assert next(one["name"] for one in events if one["cat"] == "backward") == "MeanBackward0"


def test_a_trace_that_cannot_be_written(tmp_path):
    called = call("profile", "x", "x=1", "--repeat", "1", "--trace", str(tmp_path / "no" / "t.json"))
    assert called.code == 74
    assert called.out == ""
    assert "t.json cannot be written: no such file or directory" in called.err


def test_to_a_file(tmp_path):
    path = tmp_path / "p.tsv"
    assert call("profile", "x*x", "x=1", "--repeat", "1", "--out", str(path)) == (0, "", "")
    assert path.read_text(encoding="utf-8").startswith(f"expression\t{TITLES}\nx*x\t1\t")


def test_precision():
    rows = call("profile", *MEAN, "--precision", "2").out.splitlines()[1:]
    digits = [cell.replace(".", "").strip("0") or "0" for row in rows for cell in row.split("\t")[3:7]]
    assert max(map(len, digits)) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["x+y", "x=1"], 3, "error: y has no value"),
        (["x", "x=1", "--wrt", "z"], 3, "error: there is no name z to differentiate by"),
        (["inv(A)", "A=[[1,1],[1,1]]"], 5, "error: the matrix of inv() is singular\n  inv(A)\n  ^^^^^^"),
        (["x", "x=1", "--repeat", "0"], 2, "error: invalid value for '--repeat'"),
        (["", "x=1"], 4, "error: "),
    ],
)
def test_errors(arguments, code, message):
    called = call("profile", *arguments)
    assert (called.code, called.out) == (code, "")
    assert called.err.startswith(message)


def test_an_unused_value_is_told():
    assert call("profile", "x", "x=1", "y=2", "--repeat", "1").err.startswith("warning: y is given")


def test_on_a_terminal():
    shown = terminal("profile", "mean((x+2)*(x+2)*2)", "x=1,2,3", "--repeat", "3", columns=80)
    assert shown.code == 0
    lines = plain(shown.out).splitlines()
    assert max(map(len, lines)) <= 80
    assert "│ x+2 " in plain(shown.out)
    assert lines[-1].endswith("backward; medians of 3 runs")
    assert " µs forward and " in lines[-1]
