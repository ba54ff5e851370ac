"""Says when a live object was last written, and by whom, which no system says of a single field."""

from __future__ import annotations

from reconcile.planfile.document_parts import DocumentOperation
from reconcile.reports.common.escape import inert


def written_words(operation: DocumentOperation) -> str:
    """Return who last wrote what is live and when, where its difference is not the manifests' own change."""
    written = operation.live_written
    if written is None or not operation.may_be_drift:
        return ""
    at = f" {written.at}" if written.at else ""
    by = f" by {written.by}" if written.by else ""
    return inert(f"live object last written{at}{by}, whichever field")
