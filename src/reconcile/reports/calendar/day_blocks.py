"""Writes a calendar as text for a terminal, a day a block, in UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import groupby

from reconcile.planfile.calendar_document import Calendar, CalendarEntry
from reconcile.reports.calendar.entry_words import (
    collisions,
    day,
    further,
    last_line,
    place,
    shown,
    span_words,
    title,
    what,
    when,
)
from reconcile.reports.common.escape import inert
from reconcile.reports.common.layout import Row, laid_out, wrapped
from reconcile.reports.formats import Options

_TIME, _WHAT = 16, 10


def render(calendar: Calendar, options: Options) -> str:
    """Return the calendar as text that ends in its last line."""
    if options.quiet:
        return f"{last_line(calendar)}\n"
    entries = [*calendar.single] if options.verbose else calendar.entries
    start = datetime.fromisoformat(calendar.from_).astimezone(UTC)
    lines = [*wrapped(_heading(calendar), options.width), ""]
    for begins, entries_of_day in groupby(entries, key=lambda entry: max(entry.begins, start).date()):
        lines += [_day(begins), *laid_out([*_rows(entries_of_day, start)], options.width), ""]
    return "\n".join((*lines, last_line(calendar))) + "\n"


def _heading(calendar: Calendar) -> str:
    environment = f"{inert(calendar.environment)} · " if calendar.environment else ""
    return f"{environment}{span_words(calendar)} · times are UTC"


def _day(begins: date) -> str:
    return day(datetime(begins.year, begins.month, begins.day, tzinfo=UTC))


def _rows(entries: Iterator[CalendarEntry], start: datetime) -> Iterator[Row]:
    """Yield a row for each entry, and one below it for what only many words can say."""
    for entry in entries:
        brief = (f"! {each.code}: {shown(each.brief)}" for each in entry.collides if each.brief)
        words = "  ".join((title(entry), *further(entry, start), *brief))
        yield Row(f"  {when(entry, start):<{_TIME}}{what(entry):<{_WHAT}}  {words}", "", place(entry))
        at_length = entry._replace(collides=tuple(each for each in entry.collides if not each.brief))
        yield from (Row(f"  {'':<{_TIME}}! {told}") for told in collisions(at_length))
