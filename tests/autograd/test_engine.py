"""The engine's promises about depth, memory and time, and the frees that need no collector."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref

import pytest

import gradcli
from gradcli import functions, tensor

CHAIN = """
import gc, sys
from gradcli import tensor
gc.disable()

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

x = tensor(0.5, requires_grad=True)
(x * x).backward()
before, y = resident(), x
for _ in range(1_000_000):
    y = STEP
print((resident() - before) / 1_000_000)
y.backward()
del y
print(x.grad.item())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("step", ["y * 1.0000001", "y.sin()"])
def test_a_million_nodes_forward_and_backward(step):
    """No recursion, under 1 kB a node, and freed without the collector, which is off."""
    run = subprocess.run(
        [sys.executable, "-c", CHAIN.replace("STEP", step)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    bytes_a_node, gradient = map(float, run.stdout.split())
    assert bytes_a_node < 1000
    assert gradient > 0


@pytest.fixture
def no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def branching(x):
    y = functions.exp(x) * x
    return (y + y.sigmoid())[0] / y.clone().sum()


@pytest.mark.usefixtures("no_collector")
def test_a_dropped_graph_is_freed_at_once():
    x = tensor([1.0, 2.0], requires_grad=True)
    out = branching(x)
    node = weakref.ref(out.grad_fn)
    deep = weakref.ref(out.grad_fn.next_functions[0][0])
    del out
    assert node() is None
    assert deep() is None


@pytest.mark.usefixtures("no_collector")
def test_a_graph_that_was_used_is_freed_at_once():
    x = tensor([1.0, 2.0], requires_grad=True)
    out = branching(x)
    (first,) = gradcli.grad(out, x, create_graph=True)
    first.sum().backward()
    nodes = [weakref.ref(out.grad_fn), weakref.ref(first.grad_fn)]
    del out, first
    assert [one() for one in nodes] == [None, None]


@pytest.mark.usefixtures("no_collector")
def test_a_tensor_changed_in_place_is_freed_at_once():
    x = tensor([1.0, 2.0], requires_grad=True)
    y = x.clone()
    y[0] = 3.0
    y.mul_(2.0)
    y[1:].exp_()
    gone = weakref.ref(y)
    del y
    assert gone() is None


@pytest.mark.usefixtures("no_collector")
def test_a_leaf_and_its_accumulator_are_freed_at_once():
    x = tensor([1.0, 2.0], requires_grad=True)
    (x * x).sum().backward()
    gone = weakref.ref(x)
    del x
    assert gone() is None


def test_contributions_add_up_in_the_order_of_pytorch():
    """Newest first: (0.3 + 0.2) + 0.1, whose last bit is not that of (0.1 + 0.2) + 0.3."""
    x = tensor(1.0, requires_grad=True)
    first, second, third = x * 0.1, x * 0.2, x * 0.3
    (first + second + third).backward()
    assert x.grad.item() == (0.3 + 0.2) + 0.1
    assert x.grad.item() != (0.1 + 0.2) + 0.3
