"""The graph of a text run on tensors, operation by operation, as a user of tensors would have written it.

    text -> build (graph) -> the same steps as a plan's, on tensors -> values with a backward graph

What was written runs, not what is computed instead of it. A call that has one backward node in PyTorch,
``unbind``, is one call here too; of a choice only the branch that is taken runs, as with Python's own ``if``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

from gradcli.autograd import calls
from gradcli.autograd.making import as_tensor, tensor
from gradcli.autograd.tensor import Tensor
from gradcli.errors import EvaluationError, ShapeProblem
from gradcli.execute.plan import Plan
from gradcli.execute.straight import Step
from gradcli.graph.node import INPUT, Node, ops
from gradcli.graph.operations.comparison import CHOICE
from gradcli.language.build import Built
from gradcli.language.graphs import Call

Value = Any
Around = Callable[[Node], AbstractContextManager[Any]]


class Replayed(NamedTuple):
    """What a replay came to.

    Attributes:
        outputs: the results.
        ran: the nodes that were run, in order; of a call with several results the first that was used.
        tensors: what each node that has a value came to; a number where that is what was written.
        leaves: the tensors of the names to differentiate by.
    """

    outputs: list[Tensor]
    ran: list[Node]
    tensors: dict[Node, Any]
    leaves: dict[str, Tensor]


class Replay:
    """A graph made ready to run on tensors, as often as needed.

    Args:
        built: the graph of a text.
        wrt: the names whose gradients are tracked, given or assigned.
        both: run both branches of every choice, where no value says which one is taken.
    """

    def __init__(self, built: Built, wrt: Sequence[str], *, both: bool = False) -> None:
        self._built = built
        self._both = both
        self._line = Plan(built.written.outputs, whole=True).literal
        self._places = {place: node for node, place in self._line.slots.items()}
        self._named = {built.written.names[name]: name for name in wrt if name in built.written.names}
        self._calls: dict[Node, Call] = {}
        self._inner: set[Node] = set()
        users = _users(self._line.slots)
        for call in built.calls:
            inner = _inside(call) - set(call.results)
            # What a derivative in the text reads of a call's inside is not hidden in one call.
            if all(users.get(one, set()) <= inner | set(call.results) for one in inner):
                self._inner |= inner
                self._calls.update(dict.fromkeys(call.results, call))

    def run(self, values: Mapping[str, Value], around: Around | None = None) -> Replayed:
        """Run it.

        Args:
            values: of the given names.
            around: a context for each node, in which it runs.

        Raises:
            EvaluationError: an operation is impossible for these values, with ``node`` set.
        """
        slots: dict[int, Any] = dict(self._line.constants)
        leaves: dict[str, Tensor] = {}
        for name, place, kind in self._line.inputs:
            slots[place] = _input(values[name], kind)
            self._mark(self._places[place], slots, leaves)
        ran: list[Node] = []
        for step in self._line.steps:
            node = step.node
            if node in self._inner or step.target in slots:
                continue
            if not self._both and step.region is not None and not slots.get(step.region):
                continue
            if node is None:
                slots[step.target] = step.kernel(*[slots[place] for place in step.arguments])
                continue
            try:
                if self._passes(step, slots):
                    continue
                ran.append(node)
                with nullcontext() if around is None else around(node):
                    self._step(step, node, slots)
            except (EvaluationError, ShapeProblem) as error:
                raise self._placed(error, node) from None
            self._mark(node, slots, leaves)
        tensors = {node: slots[place] for node, place in self._line.slots.items() if place in slots}
        outputs = [_tensor(tensors[node]) for node in self._built.written.outputs]
        return Replayed(outputs, ran, tensors, leaves)

    def _passes(self, step: Step, slots: dict[int, Any]) -> bool:
        """Whether a step is none for a user of tensors: a name for a value, or a branch that was taken."""
        assert step.node is not None
        if step.node.op is CHOICE and not self._both:
            condition, taken, other = step.arguments
            slots[step.target] = _tensor(slots[taken if slots[condition] else other])
            return True
        if step.node.op is ops.alias and step.node not in self._named:
            slots[step.target] = slots[step.arguments[0]]
            return True
        return False

    def _step(self, step: Step, node: Node, slots: dict[int, Any]) -> None:
        call = self._calls.get(node)
        if call is None:
            arguments = [slots[place] for place in step.arguments]
            slots[step.target] = calls.apply(node.op, arguments, step.parameters)
            return
        places = self._line.slots
        given = [None if one is None else _argument(slots[places[one]]) for one in call.arguments]
        found = calls.call(call.record, given, call.parameters)
        for one, result in zip(call.results, found if isinstance(found, tuple) else (found,), strict=True):
            if one in places:
                slots[places[one]] = result

    def _mark(self, node: Node, slots: dict[int, Any], leaves: dict[str, Tensor]) -> None:
        """Let a name to differentiate by be a leaf, or keep its gradient where it comes from others."""
        name = self._named.get(node)
        if name is None:
            return
        found: Tensor = slots[self._line.slots[node]]
        if found.requires_grad:
            found.retain_grad()
        else:
            found.requires_grad = True
        leaves[name] = found

    def _placed(self, error: EvaluationError | ShapeProblem, node: Node) -> EvaluationError:
        """Shapes were checked while the graph was built; only those of masked arrays can still not fit."""
        found = (
            error if isinstance(error, EvaluationError) else EvaluationError(error.message, hint=error.hint)
        )
        found.node, found.built = node, self._built
        return found


def _input(value: Value, kind: str) -> Tensor:
    return tensor(value, dtype="bool" if kind == "bool" else "float64")


def _tensor(value: Any) -> Tensor:
    return value if isinstance(value, Tensor) else as_tensor(value)


def _argument(value: Any) -> Any:
    """A number stays the number that was written."""
    return value if isinstance(value, Tensor | float | bool) else as_tensor(value)


def _users(nodes: Iterable[Node]) -> dict[Node, set[Node]]:
    """For each node those that are made of it."""
    found: dict[Node, set[Node]] = {}
    for node in nodes:
        for arg in node.args:
            found.setdefault(arg, set()).add(node)
    return found


def _inside(call: Call) -> set[Node]:
    """What a call made of its arguments, its results included."""
    given = {one for one in call.arguments if one is not None}
    found: set[Node] = set()
    stack = list(call.results)
    while stack:
        node = stack.pop()
        if node not in found and node not in given and node.op is not INPUT:
            found.add(node)
            stack.extend(node.args)
    return found
