"""The public names: each can be had, and none is public by accident."""

from __future__ import annotations

import importlib
import subprocess
import sys
import types

import pytest

import gradcli


@pytest.mark.parametrize("name", gradcli.__all__)
def test_a_public_name_can_be_had(name):
    assert getattr(gradcli, name) is not None


def test_public_names_are_sorted_and_told_once():
    assert gradcli.__all__ == sorted(set(gradcli.__all__))


def test_what_is_no_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = gradcli.nothing


def test_the_modules_of_tensors_list_what_they_have():
    for name in ("functional", "optim", "profiler"):
        module = getattr(gradcli, name)
        assert isinstance(module, types.ModuleType)
        assert len(set(module.__all__)) == len(module.__all__) > 0
        assert all(hasattr(module, one) for one in module.__all__)


def test_importing_the_package_loads_no_numpy():
    """A command imports only what it uses; ``import gradcli`` is the start of every command."""
    program = "import sys, gradcli; sys.exit('numpy' in sys.modules or 'gradcli.autograd' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
    assert importlib.import_module("gradcli") is gradcli
