"""The library's face: an expression as a Python function, with its derivatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from gradcli.answers import Answers, Names
from gradcli.compiled import Compiled, compiled
from gradcli.data.given import as_given
from gradcli.language.names import Given
from gradcli.language.variables import free_names

if TYPE_CHECKING:
    from gradcli.checking.result import Checked

Value = Any


class Expression:
    """An expression of the language, ready to be evaluated and differentiated.

    Values are numbers, nested lists or arrays, given by name; results are floats and arrays.

    Args:
        text: the expression.
        place: the file that the text came from, for its errors.
        line: the number of its first line there.
        seed: what its random numbers are drawn from: the same seed gives the same numbers.
        stable: compute ``log(1 + exp(x))`` as ``softplus(x)``, and likewise whatever else overflows or loses
            its digits only because of how it is written; else operation by operation, literally.

    Raises:
        CallProblem: the seed is no whole number, or a negative one.
        SyntaxProblem: the text does not belong to the language.
        EmptyInputError: there is nothing in it.
    """

    def __init__(
        self, text: str, place: str = "", line: int = 0, *, seed: int = 0, stable: bool = True
    ) -> None:
        self.answers = Answers(text, place, line, seed=seed, stable=stable)

    def __repr__(self) -> str:
        return f"Expression({self.answers.source.text!r})"

    def __reduce__(self) -> tuple[Callable[..., Expression], tuple[str, str, int]]:
        # A copy reads the text anew: graphs are as deep as texts are long.
        source = self.answers.source
        make = partial(type(self), seed=self.answers.seed, stable=self.answers.stable)
        return make, (source.text, source.place, source.line)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names that need a value, in order of appearance."""
        return free_names(self.answers.tree)

    def __call__(self, /, **values: Value) -> Value:
        """The value: a float or an array, or a tuple of them."""
        return self.answers.value(_given(values)).result["value"]

    def grad(self, /, wrt: Names = None, **values: Value) -> dict[str, Value]:
        """The gradient of a scalar by each name, of the name's shape.

        Args:
            wrt: the names; all of them by default.
            **values: a number, a list or an array for every name.

        Raises:
            GradientProblem: the expression is no scalar.
        """
        found: dict[str, Value] = self.answers.gradient(_given(values), wrt).result["grad"]
        return found

    def value_and_grad(self, /, wrt: Names = None, **values: Value) -> tuple[Value, dict[str, Value]]:
        """The value, and the gradient by each name."""
        result = self.answers.gradient(_given(values), wrt).result
        return result["value"], result["grad"]

    def compile(self, /, wrt: Names = None) -> Compiled:
        """A fast function of the same names: it gives the value, and the gradient by each name.

        On floats it is straight-line Python, compiled once, with the answers of ``value_and_grad``;
        other values take their plan.

        Args:
            wrt: the names to differentiate by; all of them by default.
        """
        return compiled(self.answers, self.variables, wrt)

    def jacobian(self, /, wrt: Names = None, *, sparse: bool = False, **values: Value) -> dict[str, Value]:
        """D output / d name, of shape ``output.shape + name.shape``; a tuple of them for several outputs.

        Args:
            wrt: the names; all of them by default.
            sparse: give the entries alone that the graph lets be other than zero, as a ``Sparse``: a matrix
                with a row for each element of the output and a column for each of the name.
            **values: a number, a list or an array for every name.
        """
        found: dict[str, Value] = self.answers.jacobians(_given(values), wrt, sparse=sparse).result[
            "jacobian"
        ]
        return found

    def hessian(
        self, /, wrt: Names = None, *, sparse: bool = False, **values: Value
    ) -> dict[str, dict[str, Value]]:
        """The second derivatives of a scalar: block ``[x][y]`` has shape ``x.shape + y.shape``.

        Args:
            wrt: the names; all of them by default.
            sparse: give the entries alone that the graph lets be other than zero, as a ``Sparse``.
            **values: a number, a list or an array for every name.
        """
        answer = self.answers.hessians(_given(values), wrt, sparse=sparse)
        found: dict[str, dict[str, Value]] = answer.result["hessian"]
        return found

    def vjp(
        self, /, cotangent: Value = None, wrt: Names = None, **values: Value
    ) -> tuple[Value, dict[str, Value]]:
        """The value, and the cotangent of the output pulled back to each name.

        Args:
            cotangent: of the output's shape; a tuple of them for several outputs, and none for a scalar.
            wrt: the names; all of them by default.
            **values: a number, a list or an array for every name.
        """
        cotangents = cotangent if isinstance(cotangent, tuple) else () if cotangent is None else (cotangent,)
        vectors = [as_given("cotangent", one) for one in cotangents]
        result = self.answers.vjp(_given(values), wrt, vectors).result
        return result["value"], result["vjp"]

    def jvp(self, /, tangent: Mapping[str, Value], **values: Value) -> tuple[Value, Value]:
        """The value, and the change of the output along a tangent of some names."""
        result = self.answers.jvp(_given(values), _given(tangent)).result
        return result["value"], result["jvp"]

    def hvp(self, /, tangent: Mapping[str, Value], **values: Value) -> tuple[Value, dict[str, Value]]:
        """The value, and the Hessian of a scalar times a vector, by name."""
        result = self.answers.hvp(_given(values), _given(tangent)).result
        return result["value"], result["hvp"]

    def vhp(self, /, tangent: Mapping[str, Value], **values: Value) -> tuple[Value, dict[str, Value]]:
        """The value, and a vector times the Hessian of a scalar, by name: the same, for it is symmetric."""
        result = self.answers.vhp(_given(values), _given(tangent)).result
        return result["value"], result["vhp"]

    def check(
        self, /, wrt: Names = None, against: Mapping[str, Value] | None = None, **values: Value
    ) -> Checked:
        """Compare the derivative with differences, the complex step, SymPy and itself.

        Args:
            wrt: the names; all of them by default.
            against: gradients to compare with, such as hand-written ones, by name.
            **values: a number, a list or an array for every name.
        """
        from gradcli.checking.check import check

        theirs = {name: as_given(f"the gradient of {name}", one) for name, one in (against or {}).items()}
        return check(self.answers, _given(values), wrt, theirs)


def _given(values: Mapping[str, Value]) -> dict[str, Given]:
    return {name: as_given(name, value) for name, value in values.items()}
