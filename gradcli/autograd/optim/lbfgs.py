"""L-BFGS: steps along Newton's direction, with an inverse Hessian made of the last changes of the gradient.

Nocedal, Wright, "Numerical optimization" (2nd edition, 2006), algorithm 7.5; the rules for when to stop are
those of minFunc (Schmidt 2005), as PyTorch has them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradcli.autograd.making import from_numpy
from gradcli.autograd.modes import enable_grad
from gradcli.autograd.optim.first_order import rate
from gradcli.autograd.optim.inverse_hessian import InverseHessian
from gradcli.autograd.optim.line_search import Point, strong_wolfe
from gradcli.autograd.optim.optimizer import Closure, Optimizer, Parameters, State
from gradcli.autograd.optim.options import learning_rate, whole
from gradcli.autograd.tensor import Tensor
from gradcli.errors import AutogradError, AutogradTypeError, AutogradValueError

__all__ = ["LBFGS"]

Vector = NDArray[Any]


class LBFGS(Optimizer):
    """L-BFGS, many iterations in a step; it calls the closure as often as it needs the loss.

    Args:
        params: tensors, in one group.
        lr: the length of an iteration's step, or the first that the line search tries.
        max_iter: the iterations of a step.
        max_eval: the evaluations of a step; ``max_iter * 5 // 4`` unless given.
        tolerance_grad: stop where no component of the gradient is larger.
        tolerance_change: stop where the loss and the parameters change less.
        history_size: how many changes of the gradient are kept.
        line_search_fn: None, or ``"strong_wolfe"`` to choose the length of each step.

    Raises:
        AutogradValueError: the learning rate is negative, or there are several groups.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        defaults = {
            "lr": learning_rate(lr),
            "max_iter": whole(max_iter, "max_iter"),
            "max_eval": max_iter * 5 // 4 if max_eval is None else whole(max_eval, "max_eval"),
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": whole(history_size, "history_size"),
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, defaults)
        if not self._parameters():
            raise AutogradValueError(
                "optimizer got an empty parameter list", hint="pass the tensors to optimise"
            )
        if len(self.param_groups) != 1:
            raise AutogradValueError(
                "LBFGS doesn't support per-parameter options (parameter groups)",
                hint="pass all parameters in one list",
            )

    def step(self, closure: Closure | None = None) -> Any:
        """Iterate until an option says stop.

        Args:
            closure: sets the gradients to zero, computes the loss, calls ``backward()`` and returns the loss.

        Returns:
            What the closure returned first.

        Raises:
            AutogradTypeError: there is no closure.
            AutogradError: the line search is not known.
        """
        if closure is None:
            raise AutogradTypeError(
                "LBFGS.step() missing 1 required positional argument: 'closure'",
                hint="pass a function that computes the loss, calls backward() and returns the loss",
            )
        if self.param_groups[0]["line_search_fn"] not in (None, "strong_wolfe"):
            raise AutogradError("only 'strong_wolfe' is supported", hint="or leave line_search_fn out")
        outside = np.geterr()

        def measured() -> Any:
            with enable_grad(), np.errstate(**outside):
                return closure()

        # Like every optimiser's: a search that meets inf and nan goes on without a word.
        with np.errstate(all="ignore"):
            return self._iterate(measured)

    def _iterate(self, closure: Closure) -> Any:
        group = self.param_groups[0]
        lr, max_iter, max_eval = rate(group), group["max_iter"], group["max_eval"]
        tolerance_grad, tolerance_change = group["tolerance_grad"], group["tolerance_change"]
        # The state is of all parameters together; as in PyTorch it is kept at the first.
        state = self.state[group["params"][0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)

        answer, loss, g = self._evaluate(closure)
        evaluations = 1
        state["func_evals"] += 1
        if np.abs(g).max() <= tolerance_grad:
            return answer

        matrix = InverseHessian(state, group["history_size"])
        last = _Last.read(state)
        for iteration in range(1, max_iter + 1):
            state["n_iter"] += 1
            if last is None:
                d = -g
                t = min(1.0, 1.0 / np.abs(g).sum()) * lr
            else:
                matrix.learn(last.direction * last.step, g - last.gradient)
                d = matrix.times(-g)
                t = lr
            last = _Last(d, float(t), g, loss)
            slope = g.dot(d)
            if slope > -tolerance_change:
                break
            spent = 0
            if group["line_search_fn"] is not None:
                start = Point(np.float64(0.0), loss, g, slope)
                limit = max_eval - evaluations
                there, spent = strong_wolfe(
                    self._line(closure, d), start, np.float64(t), np.abs(d).max(), tolerance_change, limit
                )
                loss, g = there.loss, there.gradient
                last = last._replace(step=float(there.step))
                self._move(last.step, d)
            else:
                self._move(last.step, d)
                # The loss after the last step is left to the next call, which begins with it.
                if iteration != max_iter:
                    _, loss, g = self._evaluate(closure)
                    spent = 1
            evaluations += spent
            state["func_evals"] += spent
            if (
                evaluations >= max_eval
                or np.abs(g).max() <= tolerance_grad
                or np.abs(d * last.step).max() <= tolerance_change
                or abs(loss - last.loss) < tolerance_change
            ):
                break
        matrix.save(state)
        if last is not None:
            last.write(state)
        return answer

    def _evaluate(self, closure: Closure) -> tuple[Any, float, Vector]:
        """What the closure returns, as a float too, and the gradient of all parameters in one vector."""
        answer = closure()
        gradient = [
            np.zeros(p.array.size, p.array.dtype) if p.grad is None else p.grad.array.reshape(-1)
            for p in self._parameters()
        ]
        return (
            answer,
            answer.item() if isinstance(answer, Tensor) else float(answer),
            np.concatenate(gradient),
        )

    def _move(self, step: float, direction: Vector) -> None:
        at = 0
        for p in self._parameters():
            theta = p.array
            theta += direction[at : at + theta.size].reshape(theta.shape) * step
            at += theta.size
            p._bump()

    def _line(self, closure: Closure, direction: Vector) -> Callable[[np.floating[Any]], Point]:
        """The loss along a direction from here; the parameters are put back after each look."""
        here = [np.array(p.array) for p in self._parameters()]

        def point(step: np.floating[Any]) -> Point:
            self._move(float(step), direction)
            _, loss, gradient = self._evaluate(closure)
            for p, was in zip(self._parameters(), here, strict=True):
                p.array[...] = was
                p._bump()
            return Point(step, loss, gradient, gradient.dot(direction))

        return point


class _Last(NamedTuple):
    """The last iteration: where it went, and the gradient and the loss that it started from."""

    direction: Vector
    step: float
    gradient: Vector
    loss: float

    @classmethod
    def read(cls, state: State) -> _Last | None:
        if "d" not in state:
            return None
        return cls(state["d"].array, state["t"], state["prev_flat_grad"].array, state["prev_loss"])

    def write(self, state: State) -> None:
        state["d"], state["t"] = from_numpy(self.direction), self.step
        state["prev_flat_grad"], state["prev_loss"] = from_numpy(self.gradient), self.loss
