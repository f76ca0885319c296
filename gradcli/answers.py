"""Questions about a text, and their answers.

Each question says what to derive of a graph; ``asking`` is the line from the text to the values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gradcli import seeds
from gradcli.asking import Answer, Line, Names, Ready, Values
from gradcli.graph import derive
from gradcli.graph.node import Node, constant, ops
from gradcli.graph.shapes import Shape, is_known
from gradcli.language.build import Built
from gradcli.language.names import Given

__all__ = ["Answer", "Answers", "Names", "Values"]


class Answers(Line):
    """One text, ready to be asked.

    Args:
        text: the expression.
        place: the file that the text came from, for its errors.
        line: the number of its first line there.
        seed: what its random numbers are drawn from.
        stable: compute what overflows only because of how it is written in another way.

    Raises:
        CallProblem: the seed is no whole number, or a negative one.
        SyntaxProblem: the text does not belong to the language.
        EmptyInputError: there is nothing in it.
    """

    def value(self, given: Values, dtype: str = "float64") -> Answer:
        """Answer ``{"value": v}``."""
        return self.asked(("value",), given, (), dtype, _underived)[0]

    def gradient(
        self, given: Values, wrt: Names = None, cotangents: Sequence[Given] = (), dtype: str = "float64"
    ) -> Answer:
        """Answer ``{"value": v, "grad": {name: g}}``, the outputs weighted by the cotangents if given."""
        return self._pulled("grad", given, wrt, cotangents, dtype)

    def gradient_ready(self, given: Values, wrt: Names = None) -> Ready:
        """The same, ready to run on other values of the same shapes."""
        return self.ready(("gradient",), given, wrt, "float64", _pulled())

    def vjp(
        self, given: Values, wrt: Names = None, cotangents: Sequence[Given] = (), dtype: str = "float64"
    ) -> Answer:
        """Answer ``{"value": v, "vjp": {name: g}}``: the same, by the other name that it has."""
        return self._pulled("vjp", given, wrt, cotangents, dtype)

    def _pulled(
        self, title: str, given: Values, wrt: Names, cotangents: Sequence[Given], dtype: str
    ) -> Answer:
        question = ("gradient", *[(one.shape, one.kind) for one in cotangents])
        vectors = seeds.cotangent_inputs(cotangents)
        answer, names, found = self.asked(question, given, wrt, dtype, _pulled(cotangents), vectors)
        answer.result[title] = dict(zip(names, found, strict=True))
        return answer

    def jacobians(
        self, given: Values, wrt: Names = None, dtype: str = "float64", *, sparse: bool = False
    ) -> Answer:
        """Answer ``{"value": v, "jacobian": {name: J}}``, a tuple of matrices for several outputs.

        If sparse, a matrix is a ``Sparse``.
        """
        built = self.built(given, wrt)
        answer, names, _ = self.asked(("value",), given, wrt, dtype, _underived)
        outputs = list(map(seeds.as_float, built.outputs))
        ready, found = self.matrices(
            ("jacobian",), built, given, wrt, dtype, lambda _: outputs, sparse=sparse
        )
        answer.nodes.extend(ready.probe)
        by = f" by {', '.join(names)}"
        each = [f" of output {place}" for place in range(len(outputs))] if built.several else [""]
        for of, chosen in zip([""] if ready.together else each, ready.chosen, strict=True):
            answer.remarks.append(f"the Jacobian{of}{by} {chosen}")
        several = {name: tuple([one[name] for one in found]) for name in names}
        answer.result["jacobian"] = several if built.several else found[0]
        return answer

    def hessians(
        self, given: Values, wrt: Names = None, dtype: str = "float64", *, sparse: bool = False
    ) -> Answer:
        """Answer ``{"value": v, "hessian": {name: {name: H}}}``: the Jacobians of the gradient."""
        built = self.built(given, wrt)
        output = seeds.scalar(built)
        answer, names, _ = self.asked(("value",), given, wrt, dtype, _underived)

        def slopes(nodes: list[Node]) -> list[Node]:
            return _filled(derive.gradient(output, nodes, built.trail), nodes)

        ready, found = self.matrices(
            ("hessian",), built, given, wrt, dtype, slopes, sparse=sparse, symmetric=True
        )
        answer.nodes.extend(ready.probe)
        by = f" by {', '.join(names)}"
        titles = [f"the Jacobian{by} of the gradient by {name}" for name in names]
        for title, chosen in zip(
            [f"the Hessian{by}"] if ready.together else titles, ready.chosen, strict=True
        ):
            answer.remarks.append(f"{title} {chosen}")
        answer.result["hessian"] = dict(zip(names, found, strict=True))
        return answer

    def jvp(self, given: Values, tangents: Values, dtype: str = "float64") -> Answer:
        """Answer ``{"value": v, "jvp": d}``: the change of the outputs along a tangent of some names."""

        def make(built: Built, wrt: list[Node]) -> list[Node]:
            outputs = [seeds.as_float(output) for output in built.outputs]
            found = derive.jvp(outputs, wrt, seeds.tangents_of(wrt, tangents), built.trail)
            return _filled(found, outputs)

        question = ("jvp", *[(one.shape, one.kind) for one in tangents.values()])
        vectors = seeds.tangent_inputs(tangents)
        answer, _, found = self.asked(question, given, tuple(tangents), dtype, make, vectors)
        answer.result["jvp"] = tuple(found) if answer.built.several else found[0]
        return answer

    def hvp(self, given: Values, tangents: Values, dtype: str = "float64") -> Answer:
        """Answer ``{"value": v, "hvp": {name: Hv}}``: the Hessian of a scalar times a tangent."""
        return self._curved("hvp", given, tangents, dtype)

    def vhp(self, given: Values, tangents: Values, dtype: str = "float64") -> Answer:
        """Answer ``{"value": v, "vhp": {name: vH}}``: the same, for a Hessian is symmetric."""
        return self._curved("vhp", given, tangents, dtype)

    def _curved(self, title: str, given: Values, tangents: Values, dtype: str) -> Answer:
        def make(built: Built, wrt: list[Node]) -> list[Node]:
            output = seeds.scalar(built)
            return _filled(derive.hvp(output, wrt, seeds.tangents_of(wrt, tangents), built.trail), wrt)

        question = ("hvp", *[(one.shape, one.kind) for one in tangents.values()])
        vectors = seeds.tangent_inputs(tangents)
        answer, names, found = self.asked(question, given, tuple(tangents), dtype, make, vectors)
        answer.result[title] = dict(zip(names, found, strict=True))
        return answer

    def graph(self, given: Values, wrt: Names = None) -> Built:
        """The graph alone; a name without a value is a scalar."""
        return self.built(given, wrt, free=True)


def _pulled(cotangents: Sequence[Given] = ()) -> Callable[[Built, list[Node]], list[Node]]:
    """What derives the cotangents of names from those of the outputs."""

    def make(built: Built, wrt: list[Node]) -> list[Node]:
        return _filled(derive.vjp(seeds.started(built, cotangents), wrt, built.trail), wrt)

    return make


def _underived(built: Built, wrt: list[Node]) -> list[Node]:
    """For a question about the value alone."""
    return []


def _filled(found: Sequence[Node | None], like: Sequence[Node]) -> list[Node]:
    """Derivatives with zeros where there is no path."""
    return [_zeros(x) if one is None else one for one, x in zip(found, like, strict=True)]


def _zeros(x: Node) -> Node:
    shape: Shape = x.shape
    if not is_known(shape):
        return ops.zeros_like(ops.detach(x))
    return ops.zeros(shape=shape) if shape else constant(0.0)
