"""The profiler: what ran inside of what, whose time it is, and which file it writes."""

import json
import threading

import pytest

from gradcli import functions, grad, no_grad, profiler, tensor
from gradcli.autograd.modes import state
from gradcli.autograd.profiler.averages import averages
from gradcli.autograd.profiler.recording import Recording
from gradcli.errors import AutogradError, AutogradValueError


def vector(*numbers):
    return tensor([float(one) for one in numbers], requires_grad=True)


def by_key(found):
    return {one.key: one for one in found}


def names(p, kind):
    return [event.name for event in p.events() if event.kind == kind]


def test_forward_and_backward_of_every_operation():
    x = vector(1, 2, 3)
    with profiler.profile() as p:
        ((x + 2) * (x + 2) * 2).mean().backward()
    assert names(p, "forward") == ["add", "add", "mul", "mul", "mean"]
    # The newest first, as the engine goes.
    assert names(p, "backward") == [
        "MeanBackward0",
        "MulBackward0",
        "MulBackward0",
        "AddBackward0",
        "AddBackward0",
        "torch::autograd::AccumulateGrad",
    ]
    assert {key: one.count for key, one in by_key(p.key_averages()).items()} == {
        "add": 2,
        "mul": 2,
        "mean": 1,
        "MeanBackward0": 1,
        "MulBackward0": 2,
        "AddBackward0": 2,
        "torch::autograd::AccumulateGrad": 1,
    }


def test_nothing_is_recorded_before_and_after():
    x = vector(1, 2)
    y = x * 3
    with profiler.profile() as p:
        y.sum()
    x.exp()
    assert names(p, "forward") == ["sum"]
    assert state.recorder is None


def test_a_profile_ends_with_its_block_also_by_an_error():
    def failing(p):
        with p, profiler.record_function("half"):
            vector(1).exp()
            raise ZeroDivisionError

    p = profiler.profile()
    with pytest.raises(ZeroDivisionError):
        failing(p)
    assert state.recorder is None
    assert [event.name for event in p.events()] == ["half", "exp"]


def test_a_profile_that_is_not_enabled():
    with profiler.profile(enabled=False) as p:
        vector(1).exp()
    assert p.events() == []


def test_other_threads_are_not_recorded():
    with profiler.profile() as p:
        other = threading.Thread(target=lambda: vector(1).exp())
        other.start()
        other.join()
        vector(1).sin()
    assert names(p, "forward") == ["sin"]


def test_what_pytorch_refuses():
    with profiler.profile() as p:
        with pytest.raises(AutogradError, match="Profiler is already enabled on this thread"):
            profiler.profile().__enter__()
        with pytest.raises(AutogradError, match="Profiler didn't finish running"):
            p.events()
        assert str(p) == "<unfinished profile>"
    with pytest.raises(AutogradError, match="Profiler context manager is not reentrant"), p:
        pass


def recorded():
    """A block of 100 ns that holds an operation of 10 and a block of 40, which holds one of 30."""
    recording = Recording(shapes=False, memory=True)
    recording.forward("mul", 5, 15, [], [])
    recording.forward("sin", 25, 55, [], [])
    recording.block("inner", 20, 60)
    recording.block("outer", 0, 100)
    recording.forward("mul", 110, 117, [], [])
    return recording.finished()


def test_self_time_is_what_nothing_inside_took():
    events = recorded()
    found = [(event.name, event.duration, event.own) for event in events]
    assert found == [("outer", 100, 50), ("mul", 10, 10), ("inner", 40, 10), ("sin", 30, 30), ("mul", 7, 7)]
    assert [None if event.parent is None else event.parent.name for event in events] == [
        None,
        "outer",
        "outer",
        "inner",
        None,
    ]
    assert [event.block for event in events] == ["outer", "outer", "inner", "inner", None]


def test_every_nanosecond_is_in_one_row():
    for group in ("name", "block"):
        rows = averages(recorded(), group, shapes=False, memory=True)
        assert rows.self_time_total == pytest.approx((100 + 7) / 1e3)
    rows = by_key(averages(recorded(), "block", shapes=False, memory=True))
    assert [(key, one.self_time_total, one.time_total) for key, one in rows.items()] == [
        ("outer", pytest.approx(0.06), pytest.approx(0.1)),
        ("inner", pytest.approx(0.04), pytest.approx(0.04)),
        ("(outside of blocks)", pytest.approx(0.007), pytest.approx(0.007)),
    ]


def test_a_block_inside_of_one_of_the_same_name_counts_once_in_the_total():
    recording = Recording(shapes=False, memory=True)
    recording.block("again", 10, 90)
    recording.block("again", 0, 100)
    (row,) = averages(recording.finished(), "name", shapes=False, memory=True)
    assert (row.count, row.time_total, row.self_time_total) == (2, 0.1, 0.1)


def test_what_begins_when_another_ends_is_not_inside_of_it():
    recording = Recording(shapes=False, memory=True)
    recording.block("first", 0, 10)
    recording.block("second", 10, 10)
    assert [event.parent for event in recording.finished()] == [None, None]


def test_the_way_back_belongs_to_the_block_of_its_operation():
    x = vector(1, 2)
    with profiler.profile() as p:
        with profiler.record_function("layer"):
            y = x * x
        with profiler.record_function("loss"):
            loss = y.sum()
        loss.backward()
    blocks = {event.name: event.block for event in p.events() if event.kind == "backward"}
    assert blocks["MulBackward0"] == "layer"
    assert blocks["SumBackward0"] == "loss"
    causes = {event.name: event.cause.name for event in p.events() if event.cause is not None}
    assert causes == {"MulBackward0": "mul", "SumBackward0": "sum"}
    rows = by_key(p._averages("block"))
    assert {key: one.count for key, one in rows.items()} == {
        "layer": 1,
        "loss": 1,
        "loss (backward)": 1,
        "layer (backward)": 1,
        "(outside of blocks) (backward)": 1,
    }


def test_a_block_around_the_whole_way_back_holds_it():
    x = vector(1, 2)
    with profiler.profile() as p:
        loss = (x * x).sum()
        with profiler.record_function("back"):
            loss.backward()
    (block,) = [event for event in p.events() if event.name == "back"]
    assert [event.name for event in p.events() if event.parent is block] == names(p, "backward")
    assert block.own == block.duration - sum(event.duration for event in p.events() if event.parent is block)


def test_record_function_decorates():
    @profiler.record_function("power")
    def power(x, n):
        """Its name stays."""
        return x if n == 1 else x * power(x, n - 1)

    with profiler.profile() as p:
        power(vector(2), 3)
    assert power.__name__ == "power"
    assert [event.name for event in p.events()] == ["power", "power", "power", "mul", "mul"]
    assert by_key(p.key_averages())["power"].count == 3


def test_a_block_that_began_before_the_profile_is_left_out():
    with profiler.record_function("early"), profiler.profile() as p:
        vector(1).exp()
    assert [event.name for event in p.events()] == ["exp"]


def test_what_is_made_of_others_holds_them():
    with profiler.profile() as p:
        functions.cross_entropy(tensor([[1.0, 2.0], [3.0, 4.0]]), tensor([0.0, 1.0]))
    whole, *parts = p.events()
    assert whole.name == "cross_entropy"
    assert {part.parent for part in parts} == {whole}
    assert whole.own == whole.duration - sum(part.duration for part in parts)
    assert whole.memory == sum(part.self_memory for part in parts) > 0


def test_the_way_back_of_the_way_back():
    x = vector(1, 2)
    with profiler.profile() as p:
        (first,) = grad((x**3).sum(), x, create_graph=True)
        first.sum().backward()
    outer = [event for event in p.events() if event.name == "PowBackward0"]
    # 3x² is computed, tracked, while the first one runs; and the second is that of x² there.
    inside = [event for event in p.events() if event.parent is outer[0]]
    assert inside
    assert outer[1].cause in inside
    assert outer[0].memory == sum(event.self_memory for event in inside)


def test_changes_in_place():
    with profiler.profile() as p, no_grad():
        x = vector(1, 2)
        x.mul_(2)
        x += 1
        x.zero_()
        x[0] = 3.0
    assert [event.name for event in p.events() if event.name.endswith("_")] == [
        "mul_",
        "add_",
        "fill_",
        "copy_",
    ]
    assert not any(event.self_memory for event in p.events())


def test_a_change_of_a_leaf_under_no_grad_made_no_backward_node():
    w = vector(1, 2)
    loss = (w + 1).sum()
    with profiler.profile() as p:
        with no_grad():
            w.add_(1)
        loss.backward()
    (arrival,) = [event for event in p.events() if event.name.endswith("AccumulateGrad")]
    assert arrival.cause is None


def test_bytes_are_those_of_new_results():
    x = vector(*range(10))
    with profiler.profile() as p:
        y = x * x
        z = y.reshape(2, 5)
        total = z.sum()
        total.backward()
    made = {event.name: event.self_memory for event in p.events()}
    # Ten doubles; a view of them; one number; the stretched cotangent and its other shape are views of
    # one number that was there; then x * g twice, and their sum.
    assert (made["mul"], made["reshape"], made["sum"]) == (80, 0, 8)
    assert made["SumBackward0"] == made["ViewBackward0"] == 0
    assert made["MulBackward0"] == 160
    rows = by_key(p.key_averages())
    assert rows["mul"].memory == 80


def test_shapes():
    x = vector(1, 2, 3)
    with profiler.profile(record_shapes=True) as p:
        y = x * 2
        y * y
        y.sum() * 2
    rows = p.key_averages(group_by_input_shape=True)
    found = {(one.key, one.input_shapes): one.count for one in rows}
    assert found == {
        ("mul", ((3,), ())): 1,
        ("mul", ((3,), (3,))): 1,
        ("sum", ((3,),)): 1,
        ("mul", ((), ())): 1,
    }
    assert "[[3], [3]]" in p.table(group_by="input_shape")
    assert "Input Shapes" not in p.table()


def test_shapes_that_were_not_recorded():
    with profiler.profile() as p:
        vector(1).exp()
    with pytest.raises(AutogradValueError, match=r"not recorded. write profile\(record_shapes=True\)"):
        p.key_averages(group_by_input_shape=True)


def rows_of(table):
    return [line.split()[0] for line in table.split("\n")[3:-2]]


def fabricated():
    recording = Recording(shapes=False, memory=True)
    recording.forward("rare", 0, 1_000_000, [], [])
    for start in range(2_000_000, 2_000_300, 100):
        recording.forward("often", start, start + 100, [], [tensor([1.0, 2.0])])
    return averages(recording.finished(), "name", shapes=False, memory=True)


def test_a_table_to_the_letter():
    assert fabricated().table() == (
        "-----  ------  -------  -------  -------  -------  ----  --------  ----------\n"
        "Name   Self %     Self  Total %    Total      Avg   Mem  Self Mem  # of Calls\n"
        "-----  ------  -------  -------  -------  -------  ----  --------  ----------\n"
        "rare   99.97%  1.000ms   99.97%  1.000ms  1.000ms   0 B       0 B           1\n"
        "often   0.03%  0.300us    0.03%  0.300us  0.100us  48 B      48 B           3\n"
        "-----  ------  -------  -------  -------  -------  ----  --------  ----------\n"
        "Self time total: 1.000ms"
    )


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("self_time_total", "rare"),
        ("time_total", "rare"),
        ("time_avg", "rare"),
        ("self_cpu_time_total", "rare"),
        ("count", "often"),
        ("memory", "often"),
        ("self_memory", "often"),
        ("name", "often"),
        (None, "rare"),
    ],
)
def test_orders(order, first):
    assert rows_of(fabricated().table(order))[0] == first


def test_limits_and_refusals():
    assert rows_of(fabricated().table(row_limit=1)) == ["rare"]
    assert rows_of(fabricated().table(row_limit=-1)) == ["rare", "often"]
    with pytest.raises(AutogradValueError, match=r"no order 'speed'\. one of self_time_total"):
        fabricated().table("speed")
    with profiler.profile(profile_memory=False) as p:
        vector(1).exp()
    with pytest.raises(AutogradValueError, match="cannot be grouped by 'colour'"):
        p.table(group_by="colour")
    assert "Mem" not in p.table()
    assert str(p) == p.table(None)


def test_the_chrome_trace(tmp_path):
    x = vector(1, 2)
    with profiler.profile(record_shapes=True) as p, profiler.record_function("all"):
        (x * x).sum().backward()
    path = tmp_path / "trace.json"
    p.export_chrome_trace(str(path))
    assert list(tmp_path.iterdir()) == [path]
    events = json.loads(path.read_text(encoding="utf-8"))["traceEvents"]
    assert [one["name"] for one in events] == [event.name for event in p.events()]
    for one, event in zip(events, p.events(), strict=True):
        assert set(one) == {"ph", "cat", "name", "ts", "dur", "pid", "tid", "args"}
        assert one["ph"] == "X"
        assert one["dur"] == pytest.approx(event.time_total)
    whole = events[0]
    assert whole["ts"] == 0
    for one in events[1:]:
        assert one["ts"] + one["dur"] <= whole["dur"]
    numbers = {one["name"]: one["args"].get("sequence number") for one in events}
    assert numbers["mul"] == numbers["MulBackward0"]
    assert numbers["sum"] == numbers["SumBackward0"] != numbers["mul"]
    assert events[1]["args"]["input shapes"] == [[2], [2]]


def test_an_empty_trace(tmp_path):
    with profiler.profile() as p:
        pass
    p.export_chrome_trace(str(tmp_path / "t.json"))
    assert json.loads((tmp_path / "t.json").read_text())["traceEvents"] == []
    assert "Self time total: 0.000us" in str(p)
