"""Writes a calendar as one page without a script: a line of time for each system, then all as a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import groupby

from reconcile.planfile.calendar_document import Calendar, CalendarEntry, start_of_day
from reconcile.reports.calendar.entry_words import (
    beside,
    collisions,
    day,
    further,
    last_line,
    place,
    shown,
    span_words,
    what,
    when,
)
from reconcile.reports.calendar.timeline import drawn, line_of
from reconcile.reports.formats import Options
from reconcile.reports.one_page import opened, style_of, text

ROWS = 5_000
"""How many rows the table has at most."""

_INSTANT = re.compile(r"\b\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d[+-]\d\d:\d\d)?\b", re.ASCII)
_COLUMNS = ("When", "What", "Object", "Collides", "Place")


def render(calendar: Calendar, options: Options) -> str:
    """Return the page, the same for the same calendar."""
    return "\n".join(_page(calendar)) + "\n"


def _page(calendar: Calendar) -> Iterator[str]:
    title = f"Reconcile calendar: {calendar.environment}" if calendar.environment else "Reconcile calendar"
    yield from opened(title, style_of(__package__, "calendar.css"))
    yield f"<header>\n<h1>{text(title)}</h1>"
    yield f'<p class="where">{text(span_words(calendar))}; days and times are of UTC</p>'
    yield f'<p class="summary">{text(last_line(calendar))}</p>\n</header>\n<main>'
    yield from _lines(calendar)
    yield from _table(calendar)
    yield "</main>\n</body>\n</html>"


def _lines(calendar: Calendar) -> Iterator[str]:
    line = line_of(calendar)
    for number, system in enumerate(calendar.systems):
        here = [entry for entry in calendar.entries if system in entry.systems]
        yield f'<section aria-labelledby="line-{number}">\n<h2 id="line-{number}">{text(system)}</h2>'
        yield from drawn(system, here, line)
        yield "</section>"


def _table(calendar: Calendar) -> Iterator[str]:
    yield '<section aria-labelledby="all">\n<h2 id="all">Day by day</h2>\n<table>'
    yield '<caption class="unseen">All that takes place, each with what it collides with</caption>'
    head = "".join(f'<th scope="col">{name}</th>' for name in _COLUMNS)
    yield f"<thead><tr>{head}</tr></thead>"
    start = datetime.fromisoformat(calendar.from_).astimezone(UTC)
    days = groupby(calendar.entries[:ROWS], key=lambda entry: max(entry.begins, start).date())
    for begins, entries in days:
        yield from _day(begins, [*entries], start)
    yield "</table>"
    left = len(calendar.entries) - ROWS
    if left > 0:
        yield f"<p>{left:,} more: ask for fewer days, or for a part by PATH or --target.</p>"
    yield "</section>"


def _day(begins: date, entries: Sequence[CalendarEntry], start: datetime) -> Iterator[str]:
    yield f'<tbody>\n<tr class="date"><th colspan="5" scope="rowgroup">{day(start_of_day(begins))}</th></tr>'
    yield from (_row(entry, start) for entry in entries)
    yield "</tbody>"


def _row(entry: CalendarEntry, start: datetime) -> str:
    at = "\n".join(
        further(entry, start) if entry.begins < start else (when(entry, start), *further(entry, start))
    )
    named = "\n".join(filter(None, (shown(entry.address), beside(entry))))
    cells = (
        ("what", what(entry)),
        ("object", named),
        ("collides", "\n".join(collisions(entry))),
        ("place", place(entry)),
    )
    rest = "".join(f'<td class="{name}">{_lined(told)}</td>' for name, told in cells)
    tone = "bad" if entry.collides else entry.kind
    return f'<tr class="{tone}"><th scope="row">{_lined(at)}</th>{rest}</tr>'


def _lined(told: str) -> str:
    """Return lines of words as the content of a cell, in which no instant is broken at its hyphens."""
    return "\n".join(_INSTANT.sub(r'<span class="at">\g<0></span>', text(line)) for line in told.split("\n"))
