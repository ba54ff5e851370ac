"""Leaves out of a document who wrote what is live; when it was written stays."""

from __future__ import annotations

from collections.abc import Collection

from reconcile.planfile.document import Document
from reconcile.planfile.document_parts import LastWritten


def without_names(whole: Document) -> Document:
    """Return a document that leaves out who wrote what is live, in outcomes, refusals and problems too."""
    written = [operation.live_written for operation in whole.operations]
    written += [item.live_written for item in whole.blocked]
    names = {f" by {each.by}" for each in written if each and each.by}
    outcomes = whole.outcomes and tuple(
        each._replace(detail=_unnamed(each.detail, names)) for each in whole.outcomes
    )
    return whole._replace(
        operations=tuple(each._replace(live_written=_bare(each.live_written)) for each in whole.operations),
        blocked=tuple(each._replace(live_written=_bare(each.live_written)) for each in whole.blocked),
        outcomes=outcomes,
        would_refuse=tuple(
            each._replace(message=_unnamed(each.message, names)) for each in whole.would_refuse
        ),
        problems=tuple(each._replace(message=_unnamed(each.message, names)) for each in whole.problems),
        refused=tuple(_unnamed(words, names) for words in whole.refused),
    )


def _bare(written: LastWritten | None) -> LastWritten | None:
    return None if written is None else written._replace(by=None)


def _unnamed(words: str, names: Collection[str]) -> str:
    for name in names:
        words = words.replace(name, "")
    return words
