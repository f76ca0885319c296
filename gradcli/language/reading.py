"""A tree back into text: ``reading`` for people, with every bracket written out, and JSON for programs.

The reading is in the language itself and reads back as itself: coefficients become products, and pasted
symbols the words and operators that they stand for. Nothing recurses: a tree is as deep as its text is long.
"""

from __future__ import annotations

from typing import Any

from gradcli.language.symbols import CONSTANTS, OPERATORS, POWERS
from gradcli.language.tree import Token, Tree

OPERATIONS = ("binary", "unary", "comparison", "choice", "coefficient", "superscript")

Piece = Tree | str


def reading(tree: Tree) -> str:
    """The text of a tree, fully parenthesised: every operation in brackets but the outermost ones."""
    written: list[str] = []
    pending: list[Piece] = [tree]
    while pending:
        piece = pending.pop()
        if isinstance(piece, str):
            written.append(piece)
        else:
            pending.extend(reversed(_pieces(piece)))
    return "".join(written)


def _pieces(tree: Tree) -> list[Piece]:
    """A tree as the texts and trees that it is written with, from left to right."""
    parts: list[Any] = tree.children
    match tree.rule:
        case "start":
            return _joined([_bare(part) for part in parts], "\n")
        case "assignment":
            return [*_bare(parts[0]), " = ", *_bare(parts[1])]
        case "tuple":
            return ["(", *_listed(parts), ",)" if len(parts) == 1 else ")"]
        case "array":
            return ["[", *_listed(parts), "]"]
        case "call":
            return [parts[0].text, "(", *_listed(parts[1:]), ")"]
        case "method":
            return [*_base(parts[0]), ".", parts[1].text, "(", *_listed(parts[2:]), ")"]
        case "attribute":
            return [*_base(parts[0]), ".", parts[1].text]
        case "index":
            return [*_operand(parts[0]), "[", *_listed(parts[1:]), "]"]
        case "keyword":
            return [parts[0].text, "=", parts[1]]
        case "slice":
            return [
                piece
                for part in parts
                for piece in (_operand(part) if isinstance(part, Tree) else [part.text])
            ]
        case "superscript":
            return [*_operand(parts[0]), " ^ ", POWERS[parts[1].text]]
        case "coefficient":
            return [parts[0].text, " * ", *_operand(parts[1])]
        case "unary":
            return _unary(parts[0], parts[1])
        case "binary" | "comparison" | "choice":
            return _joined(
                [_operand(part) if isinstance(part, Tree) else [_symbol(part)] for part in parts], " "
            )
        case _:
            return [
                CONSTANTS.get(part.text, part.text) if tree.rule == "name" else part.text for part in parts
            ]


def _operand(tree: Tree) -> list[Piece]:
    """An operand, in brackets if it is an operation; a root is written as a call."""
    is_root = tree.rule == "unary" and isinstance(tree.children[0], Token) and tree.children[0].kind == "ROOT"
    return ["(", tree, ")"] if tree.rule in OPERATIONS and not is_root else [tree]


def _base(tree: Tree) -> list[Piece]:
    """What stands before a dot, where a number would take the dot for its own."""
    return ["(", tree, ")"] if tree.rule == "number" else _operand(tree)


def _bare(tree: Tree) -> list[Piece]:
    """A line, or a side of an assignment: several results stand there without brackets."""
    if tree.rule != "tuple" or not tree.children:
        return [tree]
    return [*_listed(tree.children), *([","] if len(tree.children) == 1 else [])]


def _unary(operator: Token, operand: Tree) -> list[Piece]:
    if operator.kind == "ROOT":
        return ["sqrt(", operand, ")"]
    return [_symbol(operator), *([" "] if operator.kind == "NOT" else []), *_operand(operand)]


def _symbol(token: Token) -> str:
    return OPERATORS.get(token.text, token.text)


def _listed(parts: list[Any]) -> list[Piece]:
    return _joined([[part] for part in parts], ", ")


def _joined(parts: list[list[Piece]], separator: str) -> list[Piece]:
    """The pieces of all parts, with the separator between parts."""
    pieces: list[Piece] = []
    for part in parts:
        if pieces:
            pieces.append(separator)
        pieces += part
    return pieces


def tree_json_text(tree: Tree) -> str:
    """A tree as one line of JSON: rule, span and children; a leaf has its token's kind, text and span.

    Written piece by piece: the encoder of the standard library recurses.
    """
    import json

    written: list[str] = []
    pending: list[Tree | Token | str] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, str):
            written.append(node)
        elif isinstance(node, Token):
            written.append(json.dumps(_leaf(node), ensure_ascii=False))
        else:
            written.append(f'{{"rule": "{node.rule}", "span": [{node.start}, {node.end}], "children": [')
            pending.append("]}")
            for child in reversed(node.children):
                pending += (child, ", ")
            if node.children:
                pending.pop()
    return "".join(written)


def _leaf(token: Token) -> dict[str, Any]:
    return {"token": token.kind, "text": token.text, "span": [token.start, token.end]}
