"""Renders a calendar, each format in a module of its own that is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from reconcile.planfile.calendar_document import Calendar
from reconcile.reports.formats import Options

CALENDAR_FORMATS: Mapping[str, str] = {
    "text": "day_blocks",
    "json": "calendar_json",
    "ics": "ics",
    "html": "calendar_page",
}


def render_calendar(name: str, calendar: Calendar, options: Options | None = None) -> str:
    """Return a calendar in the named format; ValueError where a calendar has no such format."""
    if name not in CALENDAR_FORMATS:
        formats = ", ".join(CALENDAR_FORMATS)
        raise ValueError(f"a calendar has no format `{name}`: there are {formats}")
    module = import_module(f"reconcile.reports.calendar.{CALENDAR_FORMATS[name]}")
    text: str = module.render(calendar, options or Options())
    return text
