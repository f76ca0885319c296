"""A function of the table applied to tensors: it runs now, and its backward node is noted.

    call(record, arguments, parameters)   an operation or a composed function, by its record
    compose(build, key, arguments)        anything that builds a graph of nodes

What is primitive, or is one node in PyTorch, gets one backward node; what is composed gets one for each
operation that it is made of. Either is derived once for the shapes it meets and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from time import perf_counter_ns
from typing import Any

import numpy as np

from gradcli.autograd.backward import Edge
from gradcli.autograd.local import Line, Local
from gradcli.autograd.local_node import LocalNode
from gradcli.autograd.mismatch import shape_problem
from gradcli.autograd.modes import state
from gradcli.autograd.types import as_numbers, narrow
from gradcli.autograd.variable import Variable, made, viewed
from gradcli.errors import ShapeProblem
from gradcli.execute.straight import failure
from gradcli.graph.node import Kind, Node, Operation, constant, variable
from gradcli.graph.operations.compose import Composite

Argument = Variable | Node | float | bool | None
Result = Variable | tuple[Variable, ...]

_MOST = 2048
_FLOAT64 = np.dtype("float64")
_NOTHING: Mapping[str, Any] = {}

# By the name of the record: what was derived of it, by shapes, types, parameters and exact numbers.
_ready: dict[str, dict[Hashable, Any]] = {}


def call(
    record: Operation | Composite, arguments: Sequence[Argument], parameters: Mapping[str, Any] = _NOTHING
) -> Result:
    """Apply a function of the table to tensors and numbers.

    Raises:
        ExpressionError: shapes or parameters do not fit.
        EvaluationError: the values made it impossible.
        AutogradError: a rule of tensors was broken.
    """
    ready, operands = prepared(record, arguments, parameters)
    if not isinstance(ready, Line):
        return _answer(ready.line, run(ready, operands))
    recorder = state.recorder
    start = perf_counter_ns() if recorder is not None else 0
    results = _replayed(ready, operands)
    if recorder is not None:
        recorder.forward(record.name, start, perf_counter_ns(), operands, [])
    return _answer(ready, results)


def apply(op: Operation, arguments: list[Any], parameters: dict[str, Any]) -> Any:
    """One step of a line, on what stands in its slots."""
    wrapped = [made(one) if isinstance(one, np.ndarray) else one for one in arguments]
    ready, operands = prepared(op, wrapped, parameters)
    assert isinstance(ready, Local)
    return run(ready, operands)[0]


def compose(build: Callable[..., Any], key: Hashable, arguments: Sequence[Argument]) -> Result:
    """Apply what ``build`` makes of nodes, operation by operation.

    Args:
        build: from a node for each argument to a node or a tuple of them.
        key: tells what is built from all else that is ever built.
        arguments: tensors and numbers.
    """
    kept = _ready.setdefault("compose", {})
    signature = (key, *[_signature(one) for one in arguments])
    line = kept.get(signature)
    if line is None:
        if len(kept) >= _MOST:
            kept.clear()
        inputs = [_input(one) for one in arguments]
        built = build(*inputs)
        line = kept[signature] = Line(_listed(built), inputs, scalar=False)
        line.several = isinstance(built, tuple)
    return _answer(line, _replayed(line, list(arguments)))


def _answer(line: Line, results: list[Any]) -> Result:
    return tuple(results) if line.several else results[0]


def _replayed(line: Line, operands: list[Any]) -> list[Variable]:
    slots = line.replay(operands, apply)
    return [
        one if isinstance(one, Variable) else made(np.asarray(one))
        for one in map(slots.__getitem__, line.wanted)
    ]


def _signature(argument: Any) -> Hashable:
    if isinstance(argument, Variable):
        array = argument.array
        return array.shape if array.dtype is _FLOAT64 else (array.shape, array.dtype.char)
    return "truth" if isinstance(argument, bool) else "number"


def _input(argument: Any) -> Node:
    if isinstance(argument, Variable):
        return variable("tensor", argument.array.shape, argument.kind)
    kind: Kind = "bool" if isinstance(argument, bool) else "float"
    return variable("number", (), kind)


def prepared(
    record: Operation | Composite,
    arguments: Sequence[Argument],
    parameters: Mapping[str, Any],
    *,
    typed: bool = False,
) -> tuple[Local | Line, list[Any]]:
    """What is kept of a function for such arguments, and those that are no part of it.

    Args:
        record: the function.
        arguments: tensors and numbers.
        parameters: the rest.
        typed: whether the types of the arguments have been looked at.
    """
    # With their names: they come in the order in which a user wrote them.
    key: list[Hashable] = [(name, _hashable(one)) for name, one in parameters.items()] if parameters else []
    operands: list[Any] = []
    exact = record.exact if isinstance(record, Operation) else ()
    for place, argument in enumerate(arguments):
        if isinstance(argument, Variable):
            array = argument.array
            if array.dtype is _FLOAT64:
                key.append(array.shape)
            elif typed or isinstance(record, Composite):
                key.append((array.shape, array.dtype.char))
            else:
                return prepared(record, as_numbers(record, arguments), parameters, typed=True)
            operands.append(argument)
        elif argument is None:
            key.append(None)
        elif isinstance(argument, Node):
            key.append(("=", argument.kind, argument.shape, str(argument.values)))
        elif exact and record.arguments[place].partition("=")[0] in exact:
            key.append(("=", float(argument).hex()))
        else:
            key.append("truth" if isinstance(argument, bool) else "number")
            operands.append(argument)
    kept = _ready.setdefault(record.name, {})
    signature = tuple(key)
    ready = kept.get(signature)
    if ready is None:
        if len(kept) >= _MOST:
            kept.clear()
        ready = kept[signature] = _derived(record, arguments, parameters)
    return ready, operands


def _hashable(value: Any) -> Hashable:
    """A parameter as part of a key: 0.0 is not -0.0 there, nor True 1."""
    if isinstance(value, list | tuple):
        return tuple(map(_hashable, value))
    if isinstance(value, float | bool):
        return repr(value)
    return value if isinstance(value, Hashable) else str(value)


def _derived(
    record: Operation | Composite, arguments: Sequence[Argument], parameters: Mapping[str, Any]
) -> Local | Line:
    exact = record.exact if isinstance(record, Operation) else ()
    inputs: list[Node] = []
    given: list[Node | None] = []
    for place, argument in enumerate(arguments):
        if argument is None or isinstance(argument, Node):
            given.append(argument)
        elif (
            exact
            and not isinstance(argument, Variable)
            and record.arguments[place].partition("=")[0] in exact
        ):
            given.append(constant(float(argument)))
        else:
            given.append(_input(argument))
            inputs.append(given[-1])  # type: ignore[arg-type]
    try:
        built = record(*given, **parameters)  # type: ignore[arg-type]
    except ShapeProblem as error:
        raise shape_problem(error, record.name, [one.shape for one in inputs], parameters) from None
    outputs = _listed(built)
    if isinstance(record, Composite) and not record.torch:
        line = Line(outputs, inputs, scalar=False)
        line.several = isinstance(built, tuple)
        return line
    name = record.torch if isinstance(record, Composite) else record.backward_name(outputs[0])
    tensors = [one for one in arguments if isinstance(one, Variable)]
    single = all(one.array.shape == () and one.array.dtype in (_FLOAT64, bool) for one in tensors)
    called = record.name if isinstance(record, Composite) else record.spelled
    local = Local(outputs, inputs, name, scalar=single and bool(tensors), called=called)
    gradless = all(node.op.gradless and node.kind == "float" for node in outputs)
    local.dtype = "int64" if gradless else narrow(tensors)
    local.line.several = isinstance(built, tuple)
    return local


def _listed(found: Any) -> list[Node]:
    return list(found) if isinstance(found, tuple) else [found]


def run(local: Local, operands: list[Any]) -> list[Variable]:
    """Run a function on its operands, and note its backward node if its result is to be tracked."""
    recorder = state.recorder
    start = perf_counter_ns() if recorder is not None else 0
    slots = forward(local, operands)
    results = _results(local, operands, slots)
    if state.grad:
        track(local, operands, slots, results)
    if recorder is not None:
        recorder.forward(local.called, start, perf_counter_ns(), operands, results)
    return results


def forward(local: Local, operands: list[Any]) -> list[Any]:
    """What stands in the slots of a function after its run, arrays in the places of tensors."""
    try:
        if local.scalar:
            values = [
                one.array.item()
                if isinstance(one, Variable)
                else one
                if isinstance(one, bool)
                else float(one)
                for one in operands
            ]
            return local.line.run(values)
        values = [one.array if isinstance(one, Variable) else one for one in operands]
        with np.errstate(all="ignore"):
            return local.line.run(values)
    except (ValueError, OverflowError, MemoryError) as error:
        raise failure(error, None) from None


def _results(local: Local, operands: list[Any], slots: list[Any]) -> list[Variable]:
    if local.scalar:
        return [made(np.array(slots[place])) for place in local.line.wanted]
    results: list[Any] = []
    for place in local.line.wanted:
        value = slots[place]
        array = value if type(value) is np.ndarray else np.asarray(value)
        if local.dtype is not None and array.dtype.kind == "f":
            array = array.astype(local.dtype, copy=False)
        if array.base is not None or local.view:
            shared = _sharing(array, operands)
            if local.view and not array.size and isinstance(operands[0], Variable):
                shared = operands[0]
            if shared is not None and local.view:
                results.append(viewed(array, shared, local, len(results)))
                continue
            if shared is not None or not array.flags.writeable:
                array = array.copy()
        elif any(isinstance(one, Variable) and one.array is array for one in operands):
            array = array.copy()
        results.append(made(array))
    return results


def _sharing(array: Any, operands: list[Any]) -> Variable | None:
    for one in operands:
        if isinstance(one, Variable) and np.may_share_memory(array, one.array):
            return one
    return None


def track(local: Local, operands: list[Any], slots: list[Any], results: list[Variable]) -> None:
    """Give the results their place in the backward graph, if an operand is tracked and they depend on it."""
    node = noted(local, operands)
    if node is None:
        return
    if node.pullback.reads:
        node.save(operands, results, slots)
    for place, (result, counted) in enumerate(zip(results, local.counted, strict=True)):
        if counted:
            result._edge = (node, place)
            result.tracked = True


def noted(local: Local, operands: list[Any]) -> LocalNode | None:
    """The backward node of a function applied to operands; nothing if none of them needs a gradient."""
    needs: list[bool] = []
    edges: list[Edge | None] = []
    for slope, one in zip(local.slopes, operands, strict=True):
        edge = one.edge if slope and isinstance(one, Variable) and one.tracked else None
        edges.append(edge)
        needs.append(edge is not None)
    return LocalNode(local, tuple(needs), tuple(edges)) if True in needs else None
