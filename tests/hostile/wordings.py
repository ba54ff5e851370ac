"""What the source can say: the codes of its problems, and the words of its errors, refusals and reasons."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import reconcile

ROOT = Path(reconcile.__file__).parent
SILENT = (
    "templates",
    "reports",
    "explain",
    "schema",
    "cli/demo",
    "cli/init",
    "cli/foreign_words",
    "cli/explain",
)
"""What speaks of no error of a file or an answer: the formats, the demo; or has tests of its own."""

_CODE = re.compile(r"[a-z]+(-[a-z]+)*")
_KEBAB = re.compile(r"[a-z]+(-[a-z]+)+")
_CODED = {"Problem": 0, "Finding": 1, "ScalarError": 0, "_add": 0, "_stop": 0, "_drop": 0, "_findings": 1}
_DOCUMENTING = {"doc", "Field", "option", "command", "argument", "group", "Kind", "System", "Mark", "section"}
_WORDS = re.compile(r"[^\s`{}]+(?: [^\s`{}]+){2,}")


@cache
def _trees() -> dict[str, ast.Module]:
    files = (file for file in sorted(ROOT.rglob("*.py")))
    found = {file.relative_to(ROOT).with_suffix("").as_posix(): file for file in files}
    return {
        name: ast.parse(file.read_text("utf-8"))
        for name, file in found.items()
        if not name.startswith(SILENT)
    }


def codes() -> set[str]:
    """Every code that a `Problem` can have, read off the calls and tuples in which it is written down."""
    return {code for tree in _trees().values() for node in ast.walk(tree) for code in _codes(node)}


def _codes(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call() if (place := _CODED.get(_called(node))) is not None and len(node.args) > place:
            either = node.args[place]
            ways = [either.body, either.orelse] if isinstance(either, ast.IfExp) else [either]
            yield from (text for way in ways for text in _texts(way) if _CODE.fullmatch(text))
        case ast.Return(value=ast.Tuple(elts=[ast.Constant(value=str(text)), *_])):
            yield from [text] if _KEBAB.fullmatch(text) else []
        case ast.Yield(value=ast.Tuple(elts=[ast.Constant(value=str(text)), *_])):
            yield from [text] if _KEBAB.fullmatch(text) else []


def wordings() -> dict[str, set[str]]:
    """The longest plain run of words of each text that can be a message, by module."""
    return {name: set(_said(tree)) for name, tree in _trees().items()}


def _said(tree: ast.Module) -> Iterator[str]:
    for node in _speaking(tree):
        runs = [run for text in _texts(node) for run in _WORDS.findall(text)]
        if runs:
            yield max(runs, key=len)


def _speaking(node: ast.AST) -> Iterator[ast.AST]:
    """The texts below a node, but for docstrings and for what documents fields, flags and kinds."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Expr(value=ast.Constant()):
                continue
            case ast.Call() if _called(child) in _DOCUMENTING:
                continue
            case ast.JoinedStr():
                yield child
            case ast.Constant(value=str()):
                yield child
        if not isinstance(child, ast.JoinedStr):
            yield from _speaking(child)


def _texts(node: ast.AST) -> list[str]:
    """The plain pieces of a text, in order."""
    return [
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
