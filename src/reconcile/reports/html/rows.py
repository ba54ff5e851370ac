"""Makes the rows of the page, each a changed field or one thing said beside the operations, as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconcile.named_tuple import NamedTuple
from reconcile.planfile.document import Document
from reconcile.planfile.document_parts import (
    DocumentBlocked,
    DocumentChange,
    DocumentKnown,
    DocumentNote,
    DocumentOperation,
    Source,
)
from reconcile.reports.common.blocked_text import reason_of
from reconcile.reports.common.escape import inert, named_value, value
from reconcile.reports.common.firing_lines import firing_lines
from reconcile.reports.common.keep_line import keep_it
from reconcile.reports.common.urgency import of_the_run
from reconcile.reports.common.written_words import written_words

COLUMNS = ("Object", "Action", "Field", "Before", "After", "Label", "Place")
DRIFT_COLUMNS = ("Object", "Action", "Field", "Live value", "Wanted value", "Label", "Place")
"""The same of a drift check, which says on which side a value is."""

_LONGEST = 4_000


class Row(NamedTuple):
    """Hold one row; `cells` are in the order of COLUMNS, already harmless, and not yet escaped."""

    system: str
    kind: str
    label: str
    cells: tuple[str, ...]


def rows(document: Document) -> Iterator[Row]:
    """Yield all that the document says: where it goes, what is wrong, then the operations in order."""
    for change in document.project_changes:
        yield _of_change("project file", "", change)
    yield from (_of_known(item) for item in document.known if item.new)
    for finding in of_the_run(document):
        yield _row(finding.what, "", "", after=finding.words, source=finding.source)
    yield from _outcomes(document)
    for each in document.undo or ():
        yield _row(each.status, each.address, each.path, after=each.reason, source=each.source)
    for lost in document.not_read:
        yield _row("not read", lost.address or lost.system, "", after=lost.reason, source=lost.source)
    for item in document.blocked:
        yield _of_blocked(item)
    for operation in document.operations:
        yield from _operation(operation)
    for kind in ("dropped", "unverified", "finished"):
        yield from (_of_noted(kind, item) for item in getattr(document, kind))
    yield from (_of_known(item) for item in document.known if not item.new)


def _row(
    kind: str,
    address: str,
    field: str,
    *,
    before: str = "",
    after: str = "",
    label: str = "",
    source: Source | None = None,
    keep: str = "",
    below: Sequence[str] = (),
) -> Row:
    """Return a row; `keep` is what to write at its place, and stands below that place.

    The lines `below` stand under what comes after.
    """
    place = inert(f"{source.file}:{source.line}" if source else "")
    told = (address or "the run", kind, field, before, after, label)
    cells = [*map(inert, told)]
    cells[4] = "\n".join((cells[4], *below))
    below = f"{place}\n{inert(keep)}" if keep else place
    return Row(inert(address.partition("/")[0]), kind, label, (*cells, below))


def _outcomes(document: Document) -> Iterator[Row]:
    for outcome in document.outcomes or ():
        sent = outcome.requests_sent
        words = outcome.detail or f"{sent} {'request' if sent == 1 else 'requests'} sent"
        yield _row(outcome.status.replace("_", " "), outcome.address, "", after=words)


def _operation(operation: DocumentOperation) -> Iterator[Row]:
    """Yield a row for each field, or one for the whole operation where it names no field."""
    action, address = operation.action, operation.address
    told = written_words(operation)
    if told or not operation.changes:
        known = "; ".join(filter(None, (operation.known_as, told)))
        yield _row(action, address, "", before=known, source=operation.source)
    for change in operation.changes:
        yield _of_change(action, address, change)


def _of_change(kind: str, address: str, change: DocumentChange) -> Row:
    called = (change.value_name, change.entry_name)
    named, within = (f" ({name})" if name else "" for name in called)
    before = value(change.before, _LONGEST) + (named if change.before is not None else "")
    after = named_value(change.after, change.named, _LONGEST) + (named if change.before is None else "")
    return _row(
        kind,
        address,
        change.path + within,
        before=before,
        after=after,
        label=change.label or "",
        below=firing_lines(change),
        source=change.source,
        keep=keep_it(kind, change, _LONGEST),
    )


def _of_blocked(item: DocumentBlocked) -> Row:
    after = "; ".join(filter(None, (value(item.after, _LONGEST), item.reason, written_words(item))))
    before, label = value(item.before, _LONGEST), item.label or ""
    return _row(
        "blocked",
        item.address,
        item.path,
        before=before,
        after=after,
        label=label,
        source=item.source,
    )


def _of_known(item: DocumentKnown) -> Row:
    what, live = "newly known" if item.new else "known", value(item.live, _LONGEST)
    return _row(what, item.address, item.path, before=live, after=reason_of(item), source=item.source)


def _of_noted(kind: str, item: DocumentNote) -> Row:
    before = value(item.value, _LONGEST) if item.value is not None else ""
    return _row(kind, item.address, item.path, before=before, after=item.reason, source=item.source)
