"""Views in the backward graph: what an assignment to a view does to the tensor whose memory it is.

The new value of the memory is ``where(seen, spread(value), old)``, where spreading is the pullback of the
way to the view; so its own pullback follows from the operations that the view was made with.
"""

from __future__ import annotations

from collections.abc import Hashable

from gradcli.autograd.backward import BackwardNode
from gradcli.autograd.local import Local
from gradcli.autograd.local_node import LocalNode
from gradcli.autograd.variable import Variable
from gradcli.graph import derive
from gradcli.graph.node import Node, constant, ops, variable
from gradcli.graph.shapes import Shape
from gradcli.graph.substitute import substitute

Chain = tuple[tuple[Local, int], ...]

_MOST = 1024
_ready: dict[Hashable, Local] = {}


def rebase(target: Variable, node: BackwardNode, place: int = 0) -> None:
    """Let the memory behind a changed tensor, and all that looks at it, come from ``node``.

    Args:
        target: what was changed, a view or not.
        node: the backward node of the change, as if its result were a tensor of its own.
        place: which of the node's results that is.
    """
    if target._view is None:
        _move_retained(target, node, place)
        target.attach(node, place)
    else:
        base = target._view.base
        local = _kept(("put", target._view.chain, base.array.shape), lambda: _put(target, base))
        needs = (base.tracked, True)
        whole = LocalNode(local, needs, (base.edge if base.tracked else None, (node, place)))
        _move_retained(base, whole)
        base.attach(whole, 0)
    base = target if target._view is None else target._view.base
    if base._edge is not None:
        base.version.by = (base._edge[0].name(), base._edge[1])
    renew(base)


def renew(base: Variable) -> None:
    """Let all views of a tensor come from what it is now."""
    for view in list(base._views or ()):
        if view._view is not None and view._view.origin not in ("", "no_grad", "inference"):
            view._view.spoiled = True
        elif view._view is not None:
            chain = view._view.chain
            local = _kept(("view", chain, base.array.shape), lambda chain=chain: _look(base, chain))
            node = LocalNode(local, (True,), (base.edge,))
            _move_retained(view, node)
            view.attach(node, 0)


def _kept(key: Hashable, make: object) -> Local:
    local = _ready.get(key)
    if local is None:
        if len(_ready) >= _MOST:
            _ready.clear()
        local = _ready[key] = make()  # type: ignore[operator]
    return local


def _move_retained(tensor: Variable, node: BackwardNode, at: int = 0) -> None:
    """A tensor that retains its gradient does so for what it is now."""
    if not tensor._retains or tensor._edge is None:
        return
    before, place = tensor._edge
    if before.retained is not None and place in before.retained:
        node.retained = {at: before.retained.pop(place)}


def _along(node: Node, chain: Chain) -> Node:
    """A node seen through the functions of a chain."""
    for local, place in chain:
        output = local.outputs[place]
        node = substitute([output], {local.inputs[0]: node}).get(output, output)
    return node


def _look(base: Variable, chain: Chain) -> Local:
    whole = variable("base", base.array.shape)
    return Local([_along(whole, chain)], [whole], "AsStridedBackward0")


def _put(target: Variable, base: Variable) -> Local:
    assert target._view is not None
    whole, value = variable("base", base.array.shape), variable("value", target.array.shape)
    view = _along(whole, target._view.chain)
    return Local([merged(whole, view, value)], [whole, value], "torch::autograd::CopySlices")


def merged(whole: Node, part: Node, value: Node) -> Node:
    """An array whose part, made of ``whole`` by picking alone, has another value."""
    (spread,) = derive.vjp([(part, value)], [whole])
    (seen,) = derive.vjp([(part, _ones(part.shape))], [whole])
    assert spread is not None
    assert seen is not None
    return ops.where(ops.ne(seen, 0.0), spread, whole)


def _ones(shape: Shape) -> Node:
    return ops.ones(shape=shape) if shape else constant(1.0)
