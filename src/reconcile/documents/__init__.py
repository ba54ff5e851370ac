"""Decides what the bytes of a YAML file say: plain values with places; what it means is left to others."""

from __future__ import annotations

from reconcile.documents.marks import Document, Places
from reconcile.documents.reading import read_documents
from reconcile.documents.scalars import TextBool, TextFloat, TextInt, source_text
from reconcile.documents.split import helpers, read_all
from reconcile.documents.values import read_value, value_of

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
    "value_of",
]
