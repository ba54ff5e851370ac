"""Decides what the bytes of a YAML file say: plain values with places; what it means is left to others."""

from __future__ import annotations

from typing import Final

from reconcile.documents.marks import Document, Places
from reconcile.documents.reading import read_documents
from reconcile.documents.scalars import TextBool, TextFloat, TextInt, source_text
from reconcile.documents.split import helpers, read_all
from reconcile.model import Json

__all__ = [
    "Document",
    "Places",
    "TextBool",
    "TextFloat",
    "TextInt",
    "helpers",
    "read_all",
    "read_documents",
    "read_value",
    "source_text",
]


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


_NO_VALUE: Final = 'there is no value; write `""` or `null`, and quote a text that begins with `#`'
_SEVERAL_VALUES: Final = "there are several values, divided by `---`"
