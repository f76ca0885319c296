"""Ask an expression a question and print the answer: once, or for each line of the input."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Set
from contextlib import nullcontext
from typing import Any

import click

from gradcli.answers import Answer, Answers
from gradcli.commands.faults import as_gradcli_error
from gradcli.commands.inputs import Inputs
from gradcli.commands.memory import check_text
from gradcli.commands.options import Settings
from gradcli.commands.streams import Streams, report
from gradcli.commands.wrt import put_under_wrt
from gradcli.diagnosis import first_fault, located
from gradcli.errors import EmptyInputError, GradcliError, Source, UsageError
from gradcli.language.automaton import EXPRESSION
from gradcli.language.names import Given
from gradcli.output import plain

Ask = Callable[[Answers, Mapping[str, Given]], Answer]

PARTLY_FAILED = 5

_BINARY = ("npy", "npz")


def answer(
    settings: Settings, ask: Ask, *, alone: bool = False, inputs: Inputs | None = None
) -> Answer | None:
    """Answer a call.

    Args:
        settings: the shared options.
        ask: the question.
        alone: print a single value without its name.
        inputs: what the call reads, if the question reads of it too.

    Returns:
        The answer, if there was one expression.
    """
    for option, value in (("--strict", settings.strict), ("--errors", settings.errors)):
        if value and not settings.lines:
            raise UsageError(f"{option} goes with --lines")
    if settings.output in _BINARY and settings.out is None and sys.stdout.isatty():
        raise UsageError(
            f"{settings.output} is no text, and cannot be shown on a terminal", hint="name a file: --out FILE"
        )
    inputs = Inputs(settings) if inputs is None else inputs
    if settings.lines:
        _Lines(inputs, ask).run()
        return None
    expression, given = inputs.expression()
    found = _asked(expression, given, ask, settings)
    with Streams(settings) as streams:
        warn_of_unused(streams, inputs, given, found.built.used)
        fault = first_fault(found, settings.dtype)
        _show(found.result, streams, alone)
        streams.remark(found.remarks)
    if fault is not None:
        streams.warn(fault)
    return found


def _show(result: Mapping[str, Any], streams: Streams, alone: bool) -> None:
    precision = streams.settings.precision
    if streams.form == "table":
        from gradcli.output.tables import show_results

        show_results(plain.fields(result), streams.screen(), precision)
        return
    if streams.form in _BINARY:
        from gradcli.output.single import single, write_file

        write_file(single(result, streams.form), streams.write_bytes)
        return
    check_text(plain.fields(result))
    if streams.form == "csv":
        from gradcli.output.single import csv_text, single

        text = csv_text(single(result, "csv"), precision)
    elif streams.form == "json":
        from gradcli.output import jsonform

        text = jsonform.dumps(result, precision)
    elif alone:
        text = plain.value_text(result["value"], precision)
    else:
        text = plain.named_text(result, precision)
    streams.write(text + "\n")


def _asked(expression: Answers, given: Mapping[str, Given], ask: Ask, settings: Settings) -> Answer:
    try:
        return ask(expression, given)
    except GradcliError as error:
        raise placed(error, settings, expression, given) from None


def placed(
    error: GradcliError, settings: Settings, expression: Answers, given: Mapping[str, Given]
) -> GradcliError:
    """An error with the text that it is about, and its place there."""
    error.source = error.source or expression.source
    if not settings.lines:  # there the number of the line tells more
        put_under_wrt(error, settings.wrt, expression, given)
    return located(error, expression, given, settings.dtype)


def warn_of_unused(
    streams: Streams, inputs: Inputs, given: Mapping[str, Given], used: Set[str], what: str = EXPRESSION
) -> None:
    """A warning for every NAME=VALUE that nothing uses; entries of --vars may go unused in silence."""
    words = {word.partition("=")[0].strip() for word in inputs.settings.words if "=" in word}
    for name in given:
        if name in words and name not in used and name not in inputs.used:
            streams.warn(GradcliError(f"{name} is given, and the {what} does not use it"))


class _Lines:
    """Every line of the input an expression; output line i answers input line i."""

    def __init__(self, inputs: Inputs, ask: Ask) -> None:
        settings = self._settings = inputs.settings
        self._ask = ask
        self._inputs = inputs
        self._streams = Streams(settings)
        if self._streams.form not in ("raw", "json"):
            what = "tables" if self._streams.form == "table" else self._streams.form
            raise UsageError(
                f"--lines answers with a line each, not with {what}", hint="use -o raw or --json"
            )
        self._json = self._streams.form == "json"
        self._place = "" if settings.file in (None, "-") else str(settings.file)
        self._failed: list[int] = []
        self._failures = 0
        self._faults = 0
        self._first_fault: tuple[int, GradcliError] | None = None
        self._used: set[str] = set()

    def run(self) -> None:
        """Answer until the input ends."""
        given = self._inputs.given(self._settings.words)
        number = 0
        with self._streams, self._collector() as collected:
            for chunk in self._inputs.chunks():
                for line in chunk:
                    number += 1
                    self._streams.write(self._line(number, line, given, collected) + "\n")
                    if self._failures and self._settings.strict:
                        break
                self._streams.flush()
                if collected is not None:
                    collected.flush()
                if self._failures and self._settings.strict:
                    break
        self._summary(number, given)

    def _collector(self) -> Streams | nullcontext[None]:
        if self._settings.errors is None:
            return nullcontext()
        collector = Streams(Settings((), out=self._settings.errors))
        # A file that cannot be written is told of before anything is read.
        collector.write("")
        return collector

    def _line(self, number: int, line: str, given: Mapping[str, Given], collected: Streams | None) -> str:
        try:
            expression = Answers(line, self._place, number, seed=self._settings.seed)
            found = _asked(expression, given, self._ask, self._settings)
            check_text(plain.fields(found.result))
        except EmptyInputError:
            return "null" if self._json else ""
        except Exception as error:  # whatever it is, the other lines are due their answers
            fault = as_gradcli_error(error)
            fault.source = fault.source or Source(line, self._place, number)
            return self._bad(number, fault, collected)
        self._used |= found.built.used
        self._streams.remark(found.remarks, number)
        warning = None if self._settings.quiet else first_fault(found, self._settings.dtype)
        if warning is not None:
            self._faults += 1
            self._first_fault = self._first_fault or (number, warning)
        if self._json:
            from gradcli.output import jsonform

            return jsonform.dumps(found.result, self._settings.precision)
        return plain.line_text(found.result, self._settings.precision)

    def _bad(self, number: int, error: GradcliError, collected: Streams | None) -> str:
        self._failures += 1
        self._failed.append(number) if not self._failed else None
        from gradcli.output import jsonform

        text = jsonform.dumps_error(error, number)
        if collected is not None:
            collected.write(text + "\n")
        elif not self._json:
            # In order with the answers, where both go to one place.
            self._streams.flush()
            report(error, "error", self._settings)
        return text if self._json else ""

    def _summary(self, number: int, given: Mapping[str, Given]) -> None:
        if self._first_fault is not None:
            line, fault = self._first_fault
            if self._faults > 1:
                fault.notes = (
                    *fault.notes,
                    f"{self._faults} results hold nan or inf; line {line} is the first",
                )
            self._streams.warn(fault)
        if number > self._failures:
            warn_of_unused(self._streams, self._inputs, given, self._used)
        if self._failures:
            plural = "line" if number == 1 else "lines"
            sentence = f"{self._failures} of {number} {plural} failed; the first is line {self._failed[0]}"
            report(GradcliError(sentence), "error", self._settings)
            click.get_current_context().exit(PARTLY_FAILED)
