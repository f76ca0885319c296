"""Runs a program in this process, for the tests of programs."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from gradcli.errors import GradcliError, Source
from gradcli.language.names import Given
from gradcli.output.report import report_text
from gradcli.programs.console import Console
from gradcli.programs.host import to_python
from gradcli.programs.run import run


class Outcome(NamedTuple):
    """What a program came to."""

    printed: str
    names: dict[str, Any]
    warnings: list[GradcliError]

    def __getitem__(self, name: str) -> Any:  # type: ignore[override]
        """What a name of the program holds, as a value of Python."""
        return to_python(self.names[name], lambda function: function)


def program(text: str, seed: int = 0, place: str = "", **values: Any) -> Outcome:
    """Run a program with values for some names."""
    given = {
        name: Given(np.shape(value), "bool" if np.asarray(value).dtype == bool else "float", value)
        for name, value in values.items()
    }
    printed: list[str] = []
    warned: list[GradcliError] = []
    ran = run(Source(text, place), given, Console(printed.append), warned.append, seed=seed)
    return Outcome("".join(printed), ran.names, warned)


def printed(text: str, **values: Any) -> list[str]:
    """The lines that a program prints."""
    return program(text, **values).printed.splitlines()


def failure(text: str, place: str = "", **values: Any) -> GradcliError:
    """What goes wrong in a program."""
    with pytest.raises(GradcliError) as caught:
        program(text, place=place, **values)
    assert caught.value.source is not None
    assert caught.value.source.text == text
    return caught.value


def reported(text: str, place: str = "") -> list[str]:
    """The report of what goes wrong, line by line."""
    return report_text(failure(text, place)).splitlines()
