"""Tree and named values -> graph: names looked up, calls bound, shapes checked.

The walk is one generator a rule. A rule yields the trees it needs and is sent what they
mean, so it reads like a recursive function while ``_walk`` keeps the stack: an expression
as deep as memory allows works.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Mapping
from typing import Any, NamedTuple

from gradcli.errors import (
    CallProblem,
    ExpressionError,
    GradcliError,
    GradientProblem,
    NameProblem,
    ShapeProblem,
    Source,
    Span,
    SyntaxProblem,
)
from gradcli.graph.derive import Trail
from gradcli.graph.node import CONSTANT, INPUT, Node, as_node, constant, describe, ops, reachable, variable
from gradcli.graph.operations.compose import Composite, composites
from gradcli.graph.operations.indexing import subscript
from gradcli.language import derivatives
from gradcli.language.arguments import bind
from gradcli.language.lexer import normal
from gradcli.language.meaning import (
    NOTHING,
    Function,
    Group,
    Listing,
    Meaning,
    Scope,
    Text,
    kind_of,
    span_of,
)
from gradcli.language.names import (
    CONSTANTS,
    DERIVATIVES,
    MEASURES,
    SYMBOLS,
    Given,
    function_names,
    functions,
    is_function,
    listed,
    nearest,
)
from gradcli.language.subscripts import bound, item, slice_parts
from gradcli.language.tree import Token, Tree

Step = Generator[tuple[Tree, Scope], Any, Meaning]

_BINARY = {
    "PLUS": "add",
    "MINUS": "sub",
    "TIMES": "mul",
    "DIVIDE": "div",
    "FLOOR": "floor_divide",
    "MODULO": "remainder",
    "POWER": "pow",
    "AND": "logical_and",
    "OR": "logical_or",
}
_COMPARE = {
    "<": "lt",
    "<=": "le",
    "≤": "le",
    ">": "gt",
    ">=": "ge",
    "≥": "ge",
    "==": "eq",
    "!=": "ne",
    "≠": "ne",
}


class Built(NamedTuple):
    """A graph made from a text.

    Attributes:
        outputs: the results, in order.
        several: whether the text ends in a tuple of results.
        names: the node of every name, given or assigned.
        spans: where in the text a node comes from.
        trail: which node a derivative node comes from.
        sized: names whose values decided a size, an axis or a slice.
        used: the given names that the text uses.
    """

    outputs: list[Node]
    several: bool
    names: dict[str, Node]
    spans: dict[Node, Span]
    trail: Trail
    sized: set[str]
    used: set[str]
    source: Source


class Builder:
    """One build of one text.

    Args:
        source: the text, for the errors.
        given: what is known of each name.
        wrt: the names that will be differentiated by: no size may depend on them.
        free: a name without a value is a scalar input, instead of an error.
    """

    def __init__(
        self, source: Source, given: Mapping[str, Given], wrt: Collection[str] = (), free: bool = False
    ) -> None:
        self._source = source
        self._given = given
        self._wrt = wrt
        self._free = free
        self._inputs: dict[str, Node] = {}
        self._spans: dict[Node, Span] = {}
        self._trail = Trail()
        self._sized: set[str] = set()
        self._calling: list[str] = []
        self._differentiates = False

    def build(self, tree: Tree) -> Built:
        """Build the statements of a whole text.

        Raises:
            ExpressionError: whatever is wrong with it, under its text.
        """
        self._differentiates = derivatives.contains_derivative(tree, DERIVATIVES)
        scope: Scope = {}
        try:
            meaning: Meaning | Function = NOTHING
            for statement in tree.children:
                assert isinstance(statement, Tree)
                meaning = self._statement(statement, scope)
            outputs, several = self._results(meaning, statement)
        except GradcliError as error:
            error.source = error.source or self._source
            raise
        assigned = {name: value for name, value in scope.items() if isinstance(value, Node)}
        return Built(
            outputs,
            several,
            {**self._inputs, **assigned},
            self._spans,
            self._trail,
            self._sized,
            set(self._inputs),
            self._source,
        )

    # Statements.

    def _statement(self, tree: Tree, scope: Scope) -> Meaning | Function:
        if tree.rule != "assignment":
            return self._walk(tree, scope)
        target, right = tree.children
        assert isinstance(target, Tree)
        assert isinstance(right, Tree)
        if target.rule == "call":
            return self._define(target, right, scope)
        names = self._targets(target)
        meaning = self._walk(right, scope)
        if target.rule != "tuple":
            self._bind(scope, names[0], meaning, right)
            return meaning
        if not isinstance(meaning, (Group, Listing)) or len(meaning.items) != len(names):
            count = len(meaning.items) if isinstance(meaning, (Group, Listing)) else 1
            raise CallProblem(
                f"{len(names)} names on the left side, and {count} on the right", span=span_of(tree)
            )
        for name, one in zip(names, meaning.items, strict=True):
            self._bind(scope, name, one, right)
        return meaning

    def _targets(self, target: Tree) -> list[str]:
        parts = target.children if target.rule == "tuple" else [target]
        names = []
        for part in parts:
            if not isinstance(part, Tree) or part.rule != "name":
                raise SyntaxProblem(
                    "the left side of '=' must be a name, names, or a function with its parameters",
                    span=Span(target.start, target.end),
                    hint="compare with ==",
                )
            names.append(self._name(part))
        return names

    def _bind(self, scope: Scope, name: str, meaning: Meaning, tree: Tree) -> None:
        if isinstance(meaning, Group):
            scope[name] = meaning
            return
        node = self._array(meaning, span_of(tree))
        # A second name for the same node must be free on its own when it is differentiated by.
        if (self._differentiates or name in self._wrt) and tree.rule == "name":
            node = ops.alias(node)
        scope[name] = node

    def _define(self, target: Tree, body: Tree, scope: Scope) -> Function:
        name = target.children[0]
        assert isinstance(name, Token)
        parameters = []
        for part in target.children[1:]:
            if not isinstance(part, Tree) or part.rule != "name":
                raise SyntaxProblem(
                    "the parameters of a function must be names",
                    span=Span(part.start, part.end),
                    hint="write f(a, b) = a^2 + b",
                )
            parameters.append(self._name(part))
        span = Span(name.start, name.end)
        if is_function(name.text):
            raise NameProblem(
                f"{name.text}() is a function of the language already", span=span, hint="choose another name"
            )
        if len(set(parameters)) < len(parameters):
            raise SyntaxProblem("two parameters have the same name", span=Span(target.start, target.end))
        differentiates = derivatives.contains_derivative(body, DERIVATIVES)
        function = Function(normal(name.text), tuple(parameters), body, dict(scope), differentiates)
        scope[function.name] = function
        return function

    def _results(self, meaning: Meaning | Function, tree: Tree) -> tuple[list[Node], bool]:
        if isinstance(meaning, Function):
            raise SyntaxProblem(
                f"the last line defines the function {meaning.name}() and gives no result",
                span=Span(tree.start, tree.end),
                hint="add a line that uses it",
            )
        if isinstance(meaning, Group):
            if not meaning.items:
                raise SyntaxProblem("an empty tuple has no result", span=meaning.span)
            return [self._array(one, meaning.span) for one in meaning.items], True
        return [self._array(meaning, span_of(tree))], False

    # The walk.

    def _walk(self, tree: Tree, scope: Scope) -> Meaning:
        stack: list[Step] = []
        value: Any = self._visit(tree, scope)
        while True:
            if isinstance(value, Generator):
                stack.append(value)
                value = None
            elif not stack:
                result: Meaning = value
                return result
            try:
                wanted, inner = stack[-1].send(value)
            except StopIteration as stop:
                stack.pop()
                value = stop.value
            else:
                value = self._visit(wanted, inner)

    def _visit(self, tree: Tree, scope: Scope) -> Step | Meaning:
        rule: Callable[[Tree, Scope], Step | Meaning] = getattr(self, f"_visit_{tree.rule}")
        return rule(tree, scope)

    def _visit_number(self, tree: Tree, scope: Scope) -> Meaning:
        return self._at(tree, constant(_number(tree.children[0])))

    def _visit_boolean(self, tree: Tree, scope: Scope) -> Meaning:
        (word,) = tree.children
        assert isinstance(word, Token)
        return self._at(tree, constant(word.text == "true", kind="bool"))

    def _visit_none(self, tree: Tree, scope: Scope) -> Meaning:
        return NOTHING

    def _visit_string(self, tree: Tree, scope: Scope) -> Meaning:
        (word,) = tree.children
        assert isinstance(word, Token)
        return Text(word.text[1:-1])

    def _visit_name(self, tree: Tree, scope: Scope) -> Meaning:
        name = self._name(tree)
        found = scope.get(name)
        if isinstance(found, Function):
            raise NameProblem(f"{name} is a function", span=span_of(tree), hint=f"call it: {_usage(found)}")
        if found is not None:
            return found
        if name in self._given:
            return self._input(name, tree)
        if name in CONSTANTS:
            return self._at(tree, constant(CONSTANTS[name]))
        if is_function(name):
            raise NameProblem(
                f"{name} is a function, and has no value", span=span_of(tree), hint=f"call it: {name}(...)"
            )
        if self._free:
            return self._input(name, tree)
        raise self._unknown(name, tree, scope)

    def _name(self, tree: Tree) -> str:
        (word,) = tree.children
        assert isinstance(word, Token)
        name = normal(word.text)
        symbol = SYMBOLS.get(name)
        return name if symbol is None or name in self._given else symbol

    def _input(self, name: str, tree: Tree) -> Node:
        if name not in self._inputs:
            known = self._given.get(name)
            shape, kind = ((), "float") if known is None else (known.shape, known.kind)
            self._inputs[name] = self._at(tree, variable(name, shape, kind))
        return self._inputs[name]

    def _unknown(self, name: str, tree: Tree, scope: Scope) -> NameProblem:
        there = sorted({*self._given, *[n for n, value in scope.items() if isinstance(value, Node)]})
        near = nearest(name, [*there, *CONSTANTS])
        hint = f"give it one: {name}=..."
        if name == "i":
            hint = "gradcli is real-valued: i is not the imaginary unit, but it may be given a value: i=..."
        elif near:
            hint = f"did you mean {listed(near)}? Or {hint}"
        notes = (f"the names there are: {', '.join(there)}",) if there else ()
        return NameProblem(f"{name} has no value", span=span_of(tree), hint=hint, notes=notes)

    def _visit_array(self, tree: Tree, scope: Scope) -> Step:
        items = []
        for child in tree.children:
            assert isinstance(child, Tree)
            items.append((yield child, scope))
        return Listing(tuple(items), span_of(tree))

    def _visit_tuple(self, tree: Tree, scope: Scope) -> Step:
        items = []
        for child in tree.children:
            assert isinstance(child, Tree)
            items.append((yield child, scope))
        return Group(tuple(items), span_of(tree))

    def _visit_unary(self, tree: Tree, scope: Scope) -> Step:
        operator, operand = tree.children
        assert isinstance(operand, Tree)
        x = self._array((yield operand, scope), span_of(operand))
        if operator.kind == "NOT":
            return self._apply(ops.logical_not, [x], {}, tree)
        if operator.kind == "ROOT":
            return self._apply(ops.sqrt, [x], {}, tree)
        if operator.kind == "PLUS":
            return x
        if x.op is CONSTANT and x.shape == () and x.kind == "float":
            return self._at(tree, constant(-x.values[0]))
        return self._apply(ops.neg, [x], {}, tree)

    def _visit_binary(self, tree: Tree, scope: Scope) -> Step:
        left, operator, right = tree.children
        assert isinstance(left, Tree)
        assert isinstance(right, Tree)
        a = self._array((yield left, scope), span_of(left))
        b = self._array((yield right, scope), span_of(right))
        if operator.kind == "MATMUL":
            return self._apply(composites["matmul"], [a, b], {}, tree)
        if operator.kind == "POWER" and b.shape == () and b.op is not CONSTANT and _is_number(b):
            b = self._at(right, constant(self._evaluate(b)))
        return self._apply(getattr(ops, _BINARY[operator.kind]), [a, b], {}, tree)

    def _visit_superscript(self, tree: Tree, scope: Scope) -> Step:
        operand, exponent = tree.children
        assert isinstance(operand, Tree)
        x = self._array((yield operand, scope), span_of(operand))
        return self._apply(ops.pow, [x, as_node(2.0 if exponent.kind == "SQUARED" else 3.0)], {}, tree)

    def _visit_coefficient(self, tree: Tree, scope: Scope) -> Step:
        number, operand = tree.children
        assert isinstance(operand, Tree)
        x = self._array((yield operand, scope), span_of(operand))
        return self._apply(ops.mul, [constant(_number(number)), x], {}, tree)

    def _visit_comparison(self, tree: Tree, scope: Scope) -> Step:
        operands = []
        for child in tree.children[::2]:
            assert isinstance(child, Tree)
            operands.append(self._array((yield child, scope), span_of(child)))
        result: Node | None = None
        for place, word in enumerate(tree.children[1::2]):
            assert isinstance(word, Token)
            pair = operands[place : place + 2]
            one = self._apply(getattr(ops, _COMPARE[word.text]), pair, {}, tree)
            result = one if result is None else self._apply(ops.logical_and, [result, one], {}, tree)
        assert result is not None
        return result

    def _visit_choice(self, tree: Tree, scope: Scope) -> Step:
        taken, _, condition, _, other = tree.children
        assert isinstance(taken, Tree)
        assert isinstance(condition, Tree)
        assert isinstance(other, Tree)
        c = self._array((yield condition, scope), span_of(condition))
        a = self._array((yield taken, scope), span_of(taken))
        b = self._array((yield other, scope), span_of(other))
        return self._apply(ops.choice, [c, a, b], {}, tree)

    def _visit_attribute(self, tree: Tree, scope: Scope) -> Step:
        operand, name = tree.children
        assert isinstance(operand, Tree)
        assert isinstance(name, Token)
        x = yield operand, scope
        if name.text != "T":
            hint = f"write .{name.text}(...)" if is_function(name.text) else "transpose with .T"
            raise NameProblem(
                f"values have no attribute '{name.text}'", span=Span(name.start, name.end), hint=hint
            )
        return self._apply(ops.transpose, [self._array(x, span_of(operand))], {}, tree)

    def _visit_index(self, tree: Tree, scope: Scope) -> Step:
        operand, *subscripts = tree.children
        assert isinstance(operand, Tree)
        x = yield operand, scope
        items: list[tuple[Any, ...]] = []
        arrays: list[Node] = []
        for part in subscripts:
            assert isinstance(part, Tree)
            if part.rule == "ellipsis":
                items.append(("rest",))
            elif part.rule == "slice":
                bounds = []
                for place in slice_parts(part):
                    meaning = None if place is None else (yield place, scope)
                    bounds.append(self._guard(part, bound, meaning, self._evaluate))
                items.append(("slice", *bounds))
            else:
                meaning = yield part, scope
                if isinstance(meaning, Listing):
                    meaning = self._array(meaning, meaning.span)
                items.append(self._guard(part, item, meaning, arrays))
        if isinstance(x, (Group, Listing)) and len(items) == 1 and items[0][0] == "at":
            return self._member(x, items[0][1], tree)
        node = self._array(x, span_of(operand))
        return self._at(tree, self._guard(tree, subscript, node, items, arrays, operands=[node]))

    def _member(self, group: Group | Listing, place: int, tree: Tree) -> Meaning:
        if not -len(group.items) <= place < len(group.items):
            raise ShapeProblem(
                f"index {place} is out of range for {kind_of(group)} of {len(group.items)}",
                span=span_of(tree),
            )
        return group.items[place]

    # Calls.

    def _visit_call(self, tree: Tree, scope: Scope) -> Step:
        name, *arguments = tree.children
        assert isinstance(name, Token)
        return self._call(tree, name, arguments, scope)

    def _visit_method(self, tree: Tree, scope: Scope) -> Step:
        operand, name, *arguments = tree.children
        assert isinstance(name, Token)
        return self._call(tree, name, [operand, *arguments], scope)

    def _call(self, tree: Tree, name: Token, arguments: list[Tree | Token], scope: Scope) -> Step:
        word = normal(name.text)
        function = scope.get(word)
        if not isinstance(function, Function):
            if word in DERIVATIVES:
                return (yield from self._derivative(tree, word, arguments, scope))
            if not is_function(word):
                raise self._no_function(word, name, tree, scope)
        positional: list[Meaning] = []
        keywords: dict[str, Meaning] = {}
        for argument in arguments:
            assert isinstance(argument, Tree)
            if argument.rule == "keyword":
                key, right = argument.children
                assert isinstance(key, Token)
                assert isinstance(right, Tree)
                if key.text in keywords:
                    raise CallProblem(
                        f"{word}() got {key.text} twice", span=Span(argument.start, argument.end)
                    )
                keywords[key.text] = yield right, scope
            elif keywords:
                raise CallProblem(
                    "an argument without a name cannot follow one with a name",
                    span=Span(argument.start, argument.end),
                )
            else:
                positional.append((yield argument, scope))
        if isinstance(function, Function):
            return (yield from self._inline(tree, function, positional, keywords))
        if word in MEASURES:
            return self._measure(tree, word, positional, keywords)
        record = functions()[word]
        arrays, parameters = self._guard(
            tree, bind, record, positional, keywords, lambda m: self._array(m, span_of(tree)), self._evaluate
        )
        return self._apply(record, arrays, parameters, tree)

    def _inline(
        self, tree: Tree, function: Function, positional: list[Meaning], keywords: dict[str, Meaning]
    ) -> Step:
        names = function.parameters
        given = dict(zip(names, positional, strict=False))
        if len(positional) > len(names) or any(k not in names or k in given for k in keywords):
            raise CallProblem(
                f"{function.name}() takes {listed(names, 'and') or 'no argument'}",
                span=span_of(tree),
                hint=f"its form is {_usage(function)}",
            )
        given.update(keywords)
        scope = dict(function.scope)
        for name in names:
            if name not in given:
                raise CallProblem(
                    f"{function.name}() needs {name}",
                    span=span_of(tree),
                    hint=f"its form is {_usage(function)}",
                )
            meaning = given[name]
            if not isinstance(meaning, Group):
                meaning = self._array(meaning, span_of(tree))
                meaning = ops.alias(meaning) if function.differentiates else meaning
            scope[name] = meaning
        self._calling.append(function.name)
        result = yield function.body, scope
        self._calling.pop()
        return result

    def _no_function(self, word: str, name: Token, tree: Tree, scope: Scope) -> ExpressionError:
        span = Span(name.start, name.end)
        if word in self._calling:
            return NameProblem(
                f"the function {word}() calls itself",
                span=span,
                hint="a function of an expression may not; write the steps out",
            )
        if word in scope or word in self._given:
            text = self._source.text[name.end : tree.end]
            return NameProblem(
                f"{word} is a value, and is called like a function",
                span=span,
                hint=f"multiply: {word}*{text}",
            )
        own = [known for known, value in scope.items() if isinstance(value, Function)]
        near = nearest(word, [*own, *function_names()])
        hint = f"did you mean {listed(near)}?" if near else "define it: " + f"{word}(x) = ..."
        return NameProblem(f"there is no function {word}()", span=span, hint=hint)

    def _measure(
        self, tree: Tree, word: str, positional: list[Meaning], keywords: dict[str, Meaning]
    ) -> Meaning:
        if len(positional) != 1 or keywords:
            raise CallProblem(f"{word}() takes one array", span=span_of(tree))
        x = self._array(positional[0], span_of(tree))
        if word == "ndim":
            return self._at(tree, constant(float(x.ndim)))
        counts = [
            constant(float(size)) if isinstance(size, int) else ops.count(x, axis=(axis - x.ndim,))
            for axis, size in enumerate(x.shape)
        ]
        if word == "shape":
            return Group(tuple(counts), span_of(tree))
        if all(isinstance(size, int) for size in x.shape):
            total = 1.0
            for one in counts:
                total *= one.values[0]
            return self._at(tree, constant(total))
        return self._at(tree, ops.count(x, axis=tuple(range(-x.ndim, 0))))

    def _derivative(self, tree: Tree, word: str, arguments: list[Tree | Token], scope: Scope) -> Step:
        form = "diff(expr, x) or diff(expr, x, n)" if word == "diff" else f"{word}(expr, x)"
        if not 2 <= len(arguments) <= (3 if word == "diff" else 2):
            raise CallProblem(
                f"{word}() takes an expression and a name", span=span_of(tree), hint=f"write {form}"
            )
        expression, by, *rest = arguments
        assert isinstance(expression, Tree)
        assert isinstance(by, Tree)
        if by.rule != "name":
            raise CallProblem(
                f"{word}() differentiates by a name", span=Span(by.start, by.end), hint=f"write {form}"
            )
        x = self._array((yield by, scope), span_of(by))
        y = self._array((yield expression, scope), span_of(expression))
        name = self._name(by)
        if name in self._sized:
            raise GradientProblem(f"{name} decides a size, so there is no derivative by it", span=span_of(by))
        if x.kind == "bool":
            raise GradientProblem(f"{name} is true or false: there is no derivative by it", span=span_of(by))
        y = ops.number(y) if y.kind == "bool" else y
        if word != "diff":
            return self._at(tree, self._guard(tree, derivatives.FORMS[word], y, x, self._trail))
        order = 1
        if rest:
            last = rest[0].children[1] if rest[0].rule == "keyword" else rest[0]  # type: ignore[union-attr]
            assert isinstance(last, Tree)
            times = self._evaluate(self._array((yield last, scope), span_of(last)))
            if times != times or times < 0 or times > 1000 or times != int(times):
                raise CallProblem(f"diff() cannot be repeated {times:g} times", span=span_of(last))
            order = int(times)
        return self._at(tree, self._guard(tree, derivatives.derivative, y, x, order, self._trail))

    # What every rule shares.

    def _at(self, tree: Tree, node: Node) -> Node:
        self._spans.setdefault(node, span_of(tree))
        return node

    def _apply(self, record: Any, arguments: list[Node], parameters: dict[str, Any], tree: Tree) -> Node:
        node: Node = self._guard(tree, record, *arguments, operands=arguments, **parameters)
        if isinstance(record, Composite):
            for inner in reachable([node]):
                if inner.number > arguments[-1].number if arguments else False:
                    self._spans.setdefault(inner, span_of(tree))
        return self._at(tree, node)

    def _guard(
        self,
        tree: Tree,
        call: Callable[..., Any],
        *arguments: Any,
        operands: list[Node] | None = None,
        **named: Any,
    ) -> Any:
        """Call what knows nothing of the text; what it raises is put under the text."""
        try:
            return call(*arguments, **named)
        except ExpressionError as error:
            error.span = error.span or span_of(tree)
            if isinstance(error, ShapeProblem) and operands:
                error.notes = error.notes or self._provenance(operands)
            raise

    def _provenance(self, operands: list[Node]) -> tuple[str, ...]:
        parts = []
        for node in operands:
            span = self._spans.get(node)
            if span is None or node.op is CONSTANT:
                continue
            text = " ".join(self._source.text[span.start : span.end].split())
            origin = ""
            if node.op is INPUT:
                text = node.values[0]
                known = self._given.get(text)
                origin = f", given by {known.origin}" if known and known.origin else ""
            parts.append(f"{text} is {describe(node.shape)}{origin}")
        return ("; ".join(dict.fromkeys(parts)),) if parts else ()

    def _array(self, meaning: Meaning, span: Span) -> Node:
        """A meaning as one array: a list is stacked."""
        if isinstance(meaning, Node):
            return meaning
        if isinstance(meaning, Listing):
            return self._stacked(meaning)
        raise CallProblem(f"{kind_of(meaning)} stands where a number or an array is due", span=span)

    def _stacked(self, listing: Listing) -> Node:
        """Nested lists as one array, innermost first."""
        order: list[Listing] = []
        pending = [listing]
        while pending:
            one = pending.pop()
            order.append(one)
            pending.extend([inner for inner in one.items if isinstance(inner, Listing)])
        made: dict[int, Node] = {}
        for one in reversed(order):
            items = [
                made[id(inner)] if isinstance(inner, Listing) else self._array(inner, one.span)
                for inner in one.items
            ]
            made[id(one)] = self._row(one, items)
        return made[id(listing)]

    def _row(self, listing: Listing, items: list[Node]) -> Node:
        if not items:
            return constant((), (0,))
        for node in items[1:]:
            if node.shape != items[0].shape:
                raise _ragged(listing, items[0], node)
        if all(node.op is CONSTANT for node in items):
            data: list[float] = []
            for node in items:
                value = node.values[0]
                data.extend(value if isinstance(value, tuple) else (value,))
            kind = "bool" if all(node.kind == "bool" for node in items) else "float"
            made = constant(tuple(data), (len(items), *items[0].shape), kind)  # type: ignore[arg-type]
        else:
            made = ops.stack(*items, axis=0)
        self._spans.setdefault(made, listing.span)
        return made

    def _evaluate(self, node: Node) -> float:
        """The value of what decides a size, while the graph is being built."""
        from gradcli.execute.plan import Plan

        needed = [one.values[0] for one in reachable([node]) if one.op is INPUT]
        span = self._spans.get(node)
        values = {}
        for name in needed:
            known = self._given.get(name)
            if known is None or known.value is None:
                raise NameProblem(
                    f"a size depends on {name}, which has no value",
                    span=span,
                    hint=f"give it one: {name}=...",
                )
            if name in self._wrt:
                raise GradientProblem(f"a size depends on {name}, so there is no derivative by it", span=span)
            values[name] = known.value
        self._sized.update(needed)
        (value,) = Plan([node]).run(values)
        return float(value)


def _number(word: Tree | Token) -> float:
    assert isinstance(word, Token)
    return float(word.text.replace("_", ""))


def _is_number(node: Node) -> bool:
    """Whether a node is arithmetic on constants alone."""
    return all(one.op is CONSTANT or (one.shape == () and one.op is not INPUT) for one in reachable([node]))


def _usage(function: Function) -> str:
    return f"{function.name}({', '.join(function.parameters)})"


def _ragged(listing: Listing, first: Node, other: Node) -> ShapeProblem:
    if first.ndim == other.ndim == 1:
        message = (
            f"the rows of an array must agree: one has {first.shape[0]} elements, another {other.shape[0]}"
        )
    else:
        message = (
            f"the elements of an array must agree in shape: one is {describe(first.shape)}, "
            f"another {describe(other.shape)}"
        )
    return ShapeProblem(message, span=listing.span)
