"""Says what becomes of each change that an undo is of, and which commits the manifests need reverted then."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.planfile.document import Document
from reconcile.reports.common.change_rows import place
from reconcile.reports.common.escape import inert
from reconcile.reports.common.layout import Row

_SHORT = 12
_WIDEST = len("needs_prune")


def undo_rows(document: Document) -> Iterator[Row]:
    """Yield a row for each change of the record that an undo is of, with one of the five words."""
    for item in document.undo or ():
        parts = (f"{item.status:<{_WIDEST}}", item.address, item.path, item.reason)
        yield Row("  ".join(inert(part) for part in parts), "", place(item.source))


def to_revert(document: Document) -> list[str]:
    """Return the lines that name the commits to revert after an undo, or that say why none can be named."""
    revert = document.revert
    if revert is None:
        return []
    words = revert.words[:1].upper() + revert.words[1:]
    if not revert.commits:
        return [inert(f"{words}.")]
    named = (commit.partition(" ") for commit in revert.commits)
    return [
        inert(f"{words}:"),
        *(f"  {inert(commit[:_SHORT])}  {inert(subject)}" for commit, _, subject in named),
    ]
