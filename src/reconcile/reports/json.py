"""Writes the plan document itself, as JSON."""

from __future__ import annotations

from reconcile.planfile.document import Document
from reconcile.planfile.json_form import json_text, to_json
from reconcile.reports.formats import Options


def render(document: Document, options: Options) -> str:
    """Return the document as JSON, the same for the same run."""
    return json_text(to_json(document))
