"""Says when a live object was last written, and by whom, which no system says of a single field."""

from __future__ import annotations

from reconcile.planfile.document_parts import DocumentBlocked, DocumentOperation
from reconcile.planning.last_write import last_written
from reconcile.reports.common.escape import inert


def written_words(item: DocumentOperation | DocumentBlocked) -> str:
    """Return who last wrote what is live and when, where its difference is not the manifests' own change."""
    written = item.live_written if item.may_be_drift else None
    return "" if written is None else inert(last_written(*written))
