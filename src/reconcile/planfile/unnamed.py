"""Leaves out of a document who wrote what is live; when it was written stays."""

from __future__ import annotations

from collections.abc import Collection

from reconcile.planfile.document import Document
from reconcile.planfile.document_parts import DocumentOutcome


def without_names(whole: Document) -> Document:
    """Return a document that leaves out who wrote what is live, in the details of outcomes too."""
    every = [operation.live_written for operation in whole.operations if operation.live_written]
    names = {f" by {written.by}" for written in every if written.by}
    told = tuple(_unnamed(outcome, names) for outcome in whole.outcomes or ())
    bare = tuple(
        operation._replace(live_written=operation.live_written and operation.live_written._replace(by=None))
        for operation in whole.operations
    )
    return whole._replace(operations=bare, outcomes=None if whole.outcomes is None else told)


def _unnamed(outcome: DocumentOutcome, names: Collection[str]) -> DocumentOutcome:
    for name in names:
        outcome = outcome._replace(detail=outcome.detail.replace(name, ""))
    return outcome
