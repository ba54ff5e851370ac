"""Decides what the bytes of a YAML file say, as plain values with places; what it means is left to others."""

from __future__ import annotations

from reconcile.yaml_source.checks import MAX_DEPTH
from reconcile.yaml_source.decoding import MAX_BYTES
from reconcile.yaml_source.flow_value import read_value, value_of
from reconcile.yaml_source.parallel import helpers, read_all
from reconcile.yaml_source.positions import Places, YamlDocument
from reconcile.yaml_source.reader import read_documents
from reconcile.yaml_source.scalars import TextBool, TextFloat, TextInt, source_text

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "Places",
    "TextBool",
    "TextFloat",
    "TextInt",
    "YamlDocument",
    "helpers",
    "read_all",
    "read_documents",
    "read_value",
    "source_text",
    "value_of",
]
