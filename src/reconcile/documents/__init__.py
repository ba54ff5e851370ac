"""Decides what the bytes of a YAML file say: plain values with places; what it means is left to others."""

from __future__ import annotations

from typing import Final

from reconcile.documents.build import build_documents
from reconcile.documents.marks import Document, Places
from reconcile.documents.parsers import Parser, default_parser
from reconcile.documents.scalars import TextBool, TextFloat, TextInt, source_text
from reconcile.documents.text import read_text
from reconcile.model import Json, Problem

__all__ = [
    "Document",
    "Places",
    "TextBool",
    "TextFloat",
    "TextInt",
    "read_documents",
    "read_value",
    "source_text",
]


def read_documents(
    data: bytes, file: str, *, parser: Parser = default_parser
) -> tuple[tuple[Document, ...], tuple[Problem, ...]]:
    """The documents of a file, in order, and the problems of its text, by place; it never raises.

    A document without any content is left out, one that is not a mapping is not. After a problem that makes
    the rest unreadable, the documents that ended before it are returned. A value with a problem is given as
    null or as its text, and a key with a problem is left out, so that other problems can still be found.
    Read many files with the garbage collector off (`gc.disable`): it would walk all that is read, again and
    again.
    """
    text, problems = read_text(data, file)
    if problems:
        return (), problems
    documents, problems = build_documents(text, file, parser)
    return documents, tuple(sorted(dict.fromkeys(problems), key=_place))


def read_value(text: str) -> Json:
    """The value of `text`, a YAML value as on a command line; a one-line `ValueError` where it has none."""
    documents, problems = read_documents(text.encode("utf-8", "surrogatepass"), "")
    if problems:
        raise ValueError(problems[0].message)
    if not documents:
        raise ValueError(_NO_VALUE)
    if len(documents) > 1:
        raise ValueError(_SEVERAL_VALUES)
    return documents[0].value


def _place(problem: Problem) -> tuple[int, int]:
    return (problem.origin.line, problem.origin.column) if problem.origin else (0, 0)


_NO_VALUE: Final = 'there is no value; write `""` or `null`, and quote a text that begins with `#`'
_SEVERAL_VALUES: Final = "there are several values, divided by `---`"
