"""Says in words what stands beside the operations: what is blocked and why, what is live, what is skipped."""

from __future__ import annotations

from typing import TypeAlias

from reconcile.planfile.document import Document
from reconcile.planfile.document_parts import DocumentBlocked, DocumentKnown, DocumentNote
from reconcile.reports.common.escape import value
from reconcile.reports.common.two_sides import two_sides
from reconcile.reports.common.written_words import written_words

Beside: TypeAlias = DocumentBlocked | DocumentKnown | DocumentNote
"""What a document says of a resource beside the operations."""


def reason_of(item: Beside, *, drift: bool = False) -> str:
    """Return why something is beside the operations, with what differs where the reason does not say so."""
    if isinstance(item, DocumentKnown):
        return f"{'newly known' if item.new else 'known'} until {item.until}: {item.reason}"
    return blocked_words(item, drift=drift) if isinstance(item, DocumentBlocked) else item.reason


def live_of(item: Beside) -> str:
    """Return the live value that a note shows before its reason; nothing where it shows none."""
    if isinstance(item, DocumentKnown):
        return f"live {value(item.live)}"
    return value(item.value) if isinstance(item, DocumentNote) and item.value is not None else ""


def blocked_words(item: DocumentBlocked, *, drift: bool = False) -> str:
    """Return why something is blocked, with what differs where the reason does not say, and what is live.

    Who last wrote that, and when, is said where its system says it.
    """
    whom = f"; {words}" if (words := written_words(item)) else ""
    return f"{_held_back(item, drift=drift)}{item.reason}{whom}{_stays(item)}"


def held_up(document: Document) -> dict[str, str]:
    """Return the operations that apply will skip, each with what it needs that is blocked or skipped itself.

    Of a record, which has outcomes, none.
    """
    stuck = {} if document.outcomes is not None else {item.address: "blocked" for item in document.blocked}
    found: dict[str, str] = {}
    for operation in document.operations if stuck else ():
        need = next((need for need in operation.needs if need in stuck), None)
        if need is not None:
            found[operation.address] = f"needs {need}, which is {stuck[need]}"
            stuck[operation.address] = "skipped"
    return found


def _held_back(item: DocumentBlocked, *, drift: bool) -> str:
    """Return the difference that a suspension or the lack of a request keeps open; other reasons tell it."""
    before, after = item.before, item.after
    if item.is_whole:
        return f"to be {'added' if before is None else 'removed'}: " if item.is_suspended else ""
    if not item.is_suspended and (after is not None or before is None):
        return ""
    name = item.value_name
    live = f"{value(before)}{f' ({name})' if name else ''}"
    return f"{two_sides(live, value(after), drift=drift)}: "


def _stays(item: DocumentBlocked) -> str:
    """Return the name of what is live and would come or go as a whole, and the id of an object."""
    name = item.before if item.id is not None else item.value_name
    known = ", ".join(str(part) for part in (name, item.id) if part)
    return f"  ({known})" if known and item.is_whole else ""
