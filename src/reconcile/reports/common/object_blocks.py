"""Writes one folded block of Markdown for each object of a document, in the document's order."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby

from reconcile.planfile.document import Document
from reconcile.planfile.document_parts import (
    DocumentChange,
    DocumentKnown,
    DocumentOperation,
    DocumentUndo,
)
from reconcile.reports.common.blocked_text import Beside, live_of, reason_of
from reconcile.reports.common.code_spans import clipped, place, span
from reconcile.reports.common.escape import inert, named_value, value
from reconcile.reports.common.firing_lines import firing_lines
from reconcile.reports.common.keep_line import keep_it
from reconcile.reports.common.two_sides import is_drift
from reconcile.reports.common.written_words import written_words

_LONGEST = 1_000
_BESIDE = (
    ("blocked", "Blocked"),
    ("dropped", "No longer managed"),
    ("known", "Known"),
    ("unverified", "Never shown by its server"),
    ("finished", "Finished"),
)


def details(document: Document, *, told: bool = False) -> Iterator[str]:
    """Yield a block for each object of an undo and each operation, then for all that is said beside.

    Where what is urgent was `told` whole, what is newly known is not said again.
    """
    drift = is_drift(document)
    for address, items in groupby(document.undo or (), key=lambda item: item.address):
        yield _block(f"Undo: {_code(address)}", "\n".join(map(_taking, items)))
    for operation in document.operations:
        yield _block(_headline(operation), _diff(operation, drift=drift))
    for key, title in _BESIDE:
        yield from (
            _block(_note_headline(title, item), _note(item, drift=drift))
            for item in getattr(document, key)
            if not (told and _is_newly_known(item))
        )


def _is_newly_known(item: Beside) -> bool:
    return isinstance(item, DocumentKnown) and bool(item.new)


def _taking(item: DocumentUndo) -> str:
    words = f"- **{item.status.replace('_', ' ')}** {span(item.path, _LONGEST)}"
    return f"{words} {span(item.reason, _LONGEST)} {place(item.source)}"


def _block(headline: str, body: str) -> str:
    return f"<details><summary>{headline}</summary>\n\n{body}\n\n</details>\n\n"


def _code(text: str) -> str:
    return f"<code>{escape(clipped(inert(text), _LONGEST))}</code>"


def _headline(operation: DocumentOperation) -> str:
    parts = [operation.action, _code(operation.address), _code(operation.known_as)]
    labels = [change.label for change in operation.changes if change.label]
    counts = [
        f"{labels.count(label)} {label}" for label in ("conflict", "drift", "change") if label in labels
    ]
    return " ".join(parts) + (f": {', '.join(counts)}" if counts else "")


def _diff(operation: DocumentOperation, *, drift: bool) -> str:
    """Return the changes as a fenced diff, in which no line begins with what could close the fence."""
    lines = [line for change in operation.changes for line in _change(operation.action, change, drift=drift)]
    words = written_words(operation)
    told = f"{place(operation.source)} {span(words, _LONGEST)}" if words else place(operation.source)
    return "\n".join((told, "", "```diff", *lines, "```"))


def _change(action: str, change: DocumentChange, *, drift: bool) -> Iterator[str]:
    source = f"{change.source.file}:{change.source.line}"
    name = f"({change.name})" if change.name else ""
    told = (inert(part) for part in (change.path, name, change.label or "", source) if part)
    yield clipped(f"@@ {'  '.join(told)} @@", _LONGEST)
    live, wanted = ("live: ", "wanted: ") if drift else ("", "")
    if change.before is not None or (drift and action == "update"):
        yield clipped(f"- {live}{value(change.before)}", _LONGEST)
    if change.after is not None or change.before is None or drift:
        yield clipped(f"+ {wanted}{named_value(change.after, change.named)}", _LONGEST)
    if change.label == "conflict":
        yield clipped(f"# base: {value(change.base)}", _LONGEST)
    yield from (clipped(f"# {line}", _LONGEST) for line in firing_lines(change))
    if line := keep_it(action, change, _LONGEST):
        yield f"# {line}"


def _note_headline(title: str, item: Beside) -> str:
    path = f" {_code(item.path)}" if item.path else ""
    return f"{title}: {_code(item.address)}{path}"


def _note(item: Beside, *, drift: bool) -> str:
    live = [span(live_of(item), _LONGEST)] if live_of(item) else []
    return " ".join((*live, span(reason_of(item, drift=drift), _LONGEST), place(item.source)))
