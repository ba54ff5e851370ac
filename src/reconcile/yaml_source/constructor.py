"""Decides which values and places a stream of YAML events has; what must be refused is left to `checks`.

The values are built from events, with a stack of our own and counted limits, since PyYAML's composer dies on
a few kB of brackets.
"""

from __future__ import annotations

from itertools import repeat
from typing import Any, Final

from yaml.error import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from reconcile.model import Json, Problem
from reconcile.yaml_source.checks import EMPTY_VALUE, ITEM, MAX_DEPTH, MAX_NODES, Notes, StopReading
from reconcile.yaml_source.parser import Events, parser_of
from reconcile.yaml_source.positions import Lines, YamlDocument

_UNSEEN: Final = object()
_TOO_DEEP: Final = "nesting depth"
_LEVELS_AHEAD: Final = 500
"""libyaml (from PyYAML 6.0.4 on) counts a thousand brackets before it tells of the first: a text that ends so
many characters, and so at most as many levels, earlier is still too deep for us, and we tell where."""

_LOUD: Final = frozenset({"True", "TRUE", "False", "FALSE"})


def build_documents(text: str, file: str) -> tuple[tuple[YamlDocument, ...], tuple[Problem, ...]]:
    """Return the documents of a text and its problems, up to the place after which nothing can be read."""
    lines = Lines(text, file)
    notes = Notes(text, lines)
    documents: list[YamlDocument] = []
    try:
        notes.begin_file()
        _take(parser_of(text), file, notes, documents)
    except StopReading:
        pass
    except MarkedYAMLError as error:
        if _TOO_DEEP in (error.problem or "") and error.problem_mark:
            return build_documents(text[: error.problem_mark.index - _LEVELS_AHEAD], file)
        from reconcile.yaml_source.syntax_errors import syntax_problem  # thirty patterns, needed only here

        notes.broken(syntax_problem(error, text, lines))
    notes.marks.keys = notes.names
    notes.marks.loud = not _LOUD.isdisjoint(notes.plain)
    return tuple(documents), tuple(notes.problems)


def _take(parser: Events, file: str, notes: Notes, documents: list[YamlDocument]) -> None:
    # One long function, since at a million events a second every call shows. `key` is None where a
    # mapping waits for its next key, and ITEM in a list; the stack holds (into, key, at) of the parents.
    get_event, names, plain, odd = parser.get_event, notes.names, notes.plain, notes.odd
    anchors, marks, places = notes.anchors, notes.marks, notes.marks.places
    mark = places.append
    stack: list[tuple[Any, Any, int]] = []
    root: list[Json] = []
    into: Any = root
    key: Any = ITEM
    at = first = collections = 0
    room = MAX_NODES
    while True:
        for _ in repeat(None, max(room, 1)):
            event = get_event()
            kind = type(event)
            if kind is ScalarEvent:
                mark(event.start_mark.index)
                value = event.value
                if odd:
                    notes.properties(event)
                    if event.anchor is not None:
                        notes.scalar_anchor(event)
                if key is None:
                    key = names.get(value)
                    if key is None:
                        key = notes.name(event)
                    if key in into:
                        key = notes.duplicate(into, at, key)
                    continue
                if not event.style:
                    source = value
                    value = plain.get(source, _UNSEEN)
                    if value is _UNSEEN:
                        value = notes.plain_value(event, key, len(stack))
                if key is ITEM:
                    into.append(value)
                else:
                    into[key] = value
                    key = None
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                below = len(places)
                mark(event.start_mark.index)
                mark(0)
                collections += 1
                child: Any = {} if kind is MappingStartEvent else []
                if key is ITEM:
                    into.append(child)
                elif key is None:
                    key = notes.refuse_key(below, nested=True)
                else:
                    into[key] = child
                    key = None
                stack.append((into, key, at))
                into, at = child, below
                key = None if kind is MappingStartEvent else ITEM
                if len(stack) > MAX_DEPTH:
                    notes.too_deep(places[at])
                if odd:
                    notes.properties(event)
                    anchors.begin(event.anchor, child, at, len(stack), at - collections + 1)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                places[at + 1] = len(places)
                if odd:
                    anchors.end(at, len(places) - collections)
                if notes.dropped and kind is MappingEndEvent:
                    notes.forget_dropped(into, at)
                into, key, at = stack.pop()
            elif kind is DocumentEndEvent:
                value = root.pop()
                if value is not EMPTY_VALUE:
                    documents.append(YamlDocument(value, file, marks, first))
            elif kind is DocumentStartEvent:
                first = len(places)
                if odd:
                    notes.begin_document(event)
            elif kind is AliasEvent:
                below = len(places)
                mark(event.start_mark.index)
                if key is None:
                    key = notes.refuse_key(below, nested=False)
                    continue
                anchor = notes.alias(event, below - collections, len(stack))
                value = anchor.value
                if anchor.at >= 0:
                    mark(anchor.at)
                    collections += 1
                if key is ITEM:
                    into.append(value)
                else:
                    into[key] = value
                    key = None
                break
            elif kind is StreamEndEvent:
                return
        room = MAX_NODES - anchors.expanded - len(places) + collections
        if room < 0:
            notes.too_many(event.start_mark.index)
