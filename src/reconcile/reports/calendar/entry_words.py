"""Says in words what an entry of a calendar is, when it is, and what it collides with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from reconcile.planfile.calendar_document import Calendar, CalendarEntry, EntryKind
from reconcile.reports.common.closing import count
from reconcile.reports.common.code_spans import clipped
from reconcile.reports.common.escape import inert

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONGEST = 300
"""Characters of a text from a file that are shown."""

_DAY = timedelta(days=1)
_WHAT: dict[EntryKind, str] = {
    "firing": "fires",
    "run": "run",
    "release": "release",
    "requested": "requested",
    "freeze": "freeze",
}


def shown(text: str) -> str:
    """Return a text from a file as it may stand in a line."""
    return clipped(inert(text), LONGEST)


def what(entry: CalendarEntry) -> str:
    """Return what an entry is, in a word; of many firings how many."""
    return count_of_firings(entry) if entry.last else _WHAT[entry.kind]


def count_of_firings(entry: CalendarEntry) -> str:
    """Return how many firings an entry stands for."""
    return f"fires {entry.number:,} times"


def beside(entry: CalendarEntry) -> str:
    """Return what stands beside an address: the name, where it is another, or why there is a freeze."""
    if entry.kind == "freeze":
        return shown(entry.reason)
    return "" if entry.address.rpartition("/")[2] == entry.name else shown(entry.name)


def title(entry: CalendarEntry) -> str:
    """Return the address of an entry, and what stands beside it."""
    more = beside(entry)
    return f"{shown(entry.address)}  ({more})" if more else shown(entry.address)


def clock(moment: datetime) -> str:
    """Return the time of day of a moment, in UTC, without seconds where they are zero."""
    at = moment.astimezone(UTC)
    return at.isoformat(timespec="seconds" if at.second else "minutes")[11:].partition("+")[0]


def day(moment: datetime) -> str:
    """Return the day of a moment, in UTC, with its weekday."""
    at = moment.astimezone(UTC)
    return f"{WEEKDAYS[at.weekday()]} {at.date().isoformat()}"


def day_and_clock(moment: datetime) -> str:
    """Return the day and the time of day of a moment, in UTC."""
    return f"{day(moment)} {clock(moment)}"


def local_time(entry: CalendarEntry) -> str:
    """Return when a firing is by the clock of its own zone; nothing where that is UTC."""
    own = datetime.fromisoformat(entry.start) if entry.kind == "firing" else None
    if own is None or own.tzinfo is None or entry.zone in (None, "UTC"):
        return ""
    if entry.last:
        return shown(entry.zone or "")
    here = own.isoformat(timespec="seconds" if own.second else "minutes")[11:]
    return f"{WEEKDAYS[own.weekday()]} {here} {shown(entry.zone or '')}"


def when(entry: CalendarEntry, start: datetime) -> str:
    """Return when an entry is on its day, the first of the calendar if it began before `start`."""
    if entry.kind == "release":
        return "all day"
    begins, ends = entry.begins, entry.ends
    if begins < start:
        return "since before"
    if entry.last:
        return f"{clock(begins)}-{clock(datetime.fromisoformat(entry.last))}"
    within = ends is not None and ends > begins and ends.date() == begins.date()
    return f"{clock(begins)}-{clock(ends)}" if within and ends else clock(begins)


def further(entry: CalendarEntry, start: datetime) -> Iterator[str]:
    """Yield what of the time of an entry its day does not say: since when, how long, its own clock."""
    begins, ends = entry.begins, entry.ends
    if entry.kind == "release":
        yield f"{entry.start} to {entry.end or 'an unknown day'}"
        return
    if begins < start:
        yield f"since {day_and_clock(begins)}"
    if entry.kind == "freeze" and ends is None:
        yield "without an end in sight"
    if ends is not None and ends > begins and (begins < start or ends.date() != begins.date()):
        yield f"to {day_and_clock(ends)}"
    if own := local_time(entry):
        yield own


def place(entry: CalendarEntry) -> str:
    """Return the line that an entry comes from."""
    return inert(f"{entry.source.file}:{entry.source.line}")


def collisions(entry: CalendarEntry) -> Iterator[str]:
    """Yield a line for each thing that an entry collides with."""
    yield from (shown(f"{each.code}: {each.message}") for each in entry.collides)


def span_words(calendar: Calendar) -> str:
    """Return which span of time a calendar is of; of firings to the last one it says only the beginning."""
    start, until = (datetime.fromisoformat(text) for text in (calendar.from_, calendar.until))
    if calendar.next is not None:
        many = "firing" if calendar.next == 1 else f"{calendar.next:,} firings"
        return f"the next {many} of each schedule, from {_bound(start)} on"
    if clock(start) == clock(until) == "00:00":
        return f"{day(start)} to {day(until - _DAY)}"
    return f"{_bound(start)} to {_bound(until)}"


def _bound(moment: datetime) -> str:
    return day(moment) if clock(moment) == "00:00" else day_and_clock(moment)


def last_line(calendar: Calendar) -> str:
    """Return the last line, which people search for: how much there is of what."""
    return f"Calendar: {count_of_kinds(calendar.entries)}."


def count_of_kinds(entries: Sequence[CalendarEntry]) -> str:
    """Return how many entries there are of each kind, and how many collide."""
    each = {name: sum(entry.number for entry in entries if entry.kind == name) for name in _WHAT}
    parts = (
        count(each["firing"], "firing"),
        count(each["run"], "run"),
        count(each["release"], "release"),
        f"{each['requested']} requested",
        count(each["freeze"], "freeze"),
        f"{sum(map(_colliding, entries))} in collision",
    )
    return ", ".join(parts)


def _colliding(entry: CalendarEntry) -> int:
    """Return how many of what an entry stands for collide, those not listed as the listed ones do."""
    listed = sum(bool(each.collides) for each in entry.firings)
    if not entry.collides or entry.last is None:
        return int(bool(entry.collides))
    return entry.number if listed == len(entry.firings) else listed
