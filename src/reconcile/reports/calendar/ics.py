"""Writes a calendar as RFC 5545, the same for the same manifests: who subscribes has nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from json import dumps
from uuid import UUID, uuid5

from reconcile.planfile.calendar_document import Calendar, CalendarEntry
from reconcile.reports.calendar.entry_words import (
    collisions,
    count_of_firings,
    day_and_clock,
    local_time,
    place,
    shown,
    what,
)
from reconcile.reports.formats import Options

_OURS = UUID("0c2f6a6e-6d0b-5c0e-9d9c-5a0f0f0f5b45")
_OCTETS = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_DAY = timedelta(days=1)


def render(calendar: Calendar, options: Options) -> str:
    """Return the calendar, whose lines end as RFC 5545 wants it."""
    lines = chain(_head(calendar), *map(_event, calendar.entries), ("END:VCALENDAR",))
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _head(calendar: Calendar) -> Iterator[str]:
    name = _text(f"Releases {shown(calendar.environment)}" if calendar.environment else "Releases")
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//reconcile//calendar//EN", "CALSCALE:GREGORIAN")
    yield from (f"NAME:{name}", f"X-WR-CALNAME:{name}")


def _event(entry: CalendarEntry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_uid(entry)}"
    yield f"DTSTAMP:{_instant(entry.begins)}"
    yield from _times(entry)
    yield f"SUMMARY:{_text(_summary(entry))}"
    yield "DESCRIPTION:" + _text("\n".join(_description(entry)))
    yield f"CATEGORIES:{_text(entry.kind)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _uid(entry: CalendarEntry) -> str:
    """Return what an entry is known by: its kind, its address, and which of many it is.

    What can be only once is known without its time, and is moved where that changes. Many firings of a day
    are known by their day, however many of them the window shows.
    """
    parts = [entry.kind, entry.address]
    if entry.last:
        parts.append(entry.begins.date().isoformat())
    elif entry.kind in ("firing", "freeze"):
        parts.append(_instant(entry.begins))
    return f"{uuid5(_OURS, dumps(parts))}@reconcile"


def _times(entry: CalendarEntry) -> Iterator[str]:
    if entry.kind == "release":
        yield f"DTSTART;VALUE=DATE:{_day(date.fromisoformat(entry.start))}"
        if entry.end is not None:
            last = date.fromisoformat(entry.end)
            yield f"DTEND;VALUE=DATE:{_day(min(last, date.max - _DAY) + _DAY)}"
        return
    yield f"DTSTART:{_instant(entry.begins)}"
    ends = datetime.fromisoformat(entry.last) if entry.last else entry.ends
    if ends is not None and ends > entry.begins:
        yield f"DTEND:{_instant(ends)}"


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z".translate(_BARE)


def _day(day: date) -> str:
    return day.isoformat().translate(_BARE)


_BARE = str.maketrans("", "", "-:")


def _summary(entry: CalendarEntry) -> str:
    mark = "! " if entry.collides else ""
    if entry.kind == "firing":
        return f"{mark}{shown(entry.name)} {count_of_firings(entry) if entry.last else what(entry)}"
    return f"{mark}{what(entry).capitalize()}: {shown(entry.name)}"


def _description(entry: CalendarEntry) -> Iterator[str]:
    yield shown(entry.address)
    yield from filter(None, (shown(entry.reason), local_time(entry)))
    if entry.last:
        first, last = entry.begins, datetime.fromisoformat(entry.last)
        yield f"first {day_and_clock(first)}, last {day_and_clock(last)}, UTC"
    if entry.end is None and entry.kind == "freeze":
        yield "without an end in sight"
    yield from collisions(entry)
    yield place(entry)


def _text(text: str) -> str:
    """Return a text as a value; a colon before a colon is spelled, for a line of a log may begin there."""
    return text.replace("::", ":\\u003a").translate(_ESCAPES)


def _folded(line: str) -> Iterator[str]:
    """Yield a line in pieces of at most 75 octets, the later ones with a blank before them."""
    left, begin = line.encode(), b""
    while len(left) > _OCTETS - len(begin):
        at = _OCTETS - len(begin)
        while left[at] & 0xC0 == 0x80:  # in the middle of a character
            at -= 1
        yield (begin + left[:at]).decode()
        left, begin = left[at:], b" "
    yield (begin + left).decode()
