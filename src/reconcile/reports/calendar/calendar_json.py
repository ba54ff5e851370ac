"""Writes a calendar as JSON, each firing by itself."""

from __future__ import annotations

from reconcile.planfile.calendar_document import Calendar, calendar_json
from reconcile.planfile.json_form import json_text
from reconcile.reports.formats import Options


def render(calendar: Calendar, options: Options) -> str:
    """Return the calendar as JSON, the same for the same calendar."""
    return json_text(calendar_json(calendar))
