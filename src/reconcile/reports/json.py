"""Writes the plan document itself, as JSON."""

from __future__ import annotations

from reconcile.planfile.document import Document
from reconcile.planfile.json_form import to_json
from reconcile.planfile.write import json_text
from reconcile.reports.formats import Options


def render(document: Document, options: Options) -> str:
    """Return the document as JSON, the same for the same run."""
    return json_text(to_json(document))
