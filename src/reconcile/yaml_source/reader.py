"""Reads one file: its bytes as text, the text as documents, and what is wrong with either; what documents
declare is left to others.
"""

from __future__ import annotations

from reconcile.model import Problem
from reconcile.yaml_source.constructor import build_documents
from reconcile.yaml_source.decoding import read_text
from reconcile.yaml_source.positions import YamlDocument


def read_documents(data: bytes, file: str) -> tuple[tuple[YamlDocument, ...], tuple[Problem, ...]]:
    """Return the documents of a file, in order, and the problems of its text, by place.

    Raise nothing for any text; raise `ProblemsFound` where there is no parser.

    A document without any content is left out, one that is not a mapping is not. After a problem that makes
    the rest unreadable, the documents that ended before it are returned. A value with a problem is given as
    null or as its text, and a key with a problem is left out, so that other problems can still be found. Read
    many files with the garbage collector off (`gc.disable`), which would walk all that is read, again and
    again.
    """
    text, problems = read_text(data, file)
    if problems:
        return (), problems
    documents, problems = build_documents(text, file)
    return documents, tuple(sorted(dict.fromkeys(problems), key=_place))


def _place(problem: Problem) -> tuple[int, int]:
    return (problem.origin.line, problem.origin.column) if problem.origin else (0, 0)
