"""Decides what one value on a command line means, a flow value of YAML or a text as it stands; which field
takes it is left to others.
"""

from __future__ import annotations

from typing import Any, Final

from yaml.error import YAMLError
from yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from reconcile.model import Json
from reconcile.yaml_source.parser import parser_of
from reconcile.yaml_source.reader import read_documents
from reconcile.yaml_source.scalars import ScalarError, resolve

_OPENING: Final = ("{", "[", '"', "'")


def value_of(text: str) -> Json:
    """Return the value that `text` spells: in brackets or quotes, or one number, truth value or null.

    Anything else is the text itself. Raises a one-line `ValueError` where brackets or quotes hold what no
    manifest may, and for what is no Unicode.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("the value is not UTF-8") from None
    if text.lstrip().startswith(_OPENING):
        return read_value(text) if _is_flow(text) else text
    try:
        return resolve(text) if text else text
    except ScalarError:
        return text


def read_value(text: str) -> Json:
    """Return the value of `text`, one YAML document; a one-line `ValueError` where `text` is wrong."""
    documents, problems = read_documents(text.encode(), "")
    if problems:
        raise ValueError(problems[0].message)
    return documents[0].value


def _is_flow(text: str) -> bool:
    """Tell whether `text` is one value in brackets or quotes, with nothing around it but white space."""
    parser = parser_of(text)
    starts = [0]
    root: Any = None
    end = 0
    try:
        while not isinstance(event := parser.get_event(), StreamEndEvent):
            if isinstance(event, DocumentStartEvent | DocumentEndEvent):
                starts.append(0)
            else:
                root = root or (event if isinstance(event, NodeEvent) else None)
                end = event.end_mark.index
    except YAMLError:
        return False
    return len(starts) == 3 and _is_closed(root) and not text[end:].strip()


def _is_closed(root: Any) -> bool:
    if isinstance(root, ScalarEvent):
        return root.style in {'"', "'"}
    return isinstance(root, MappingStartEvent | SequenceStartEvent) and bool(root.flow_style)
