"""Describes the calendar that `reconcile calendar` prints; what stands in it is left to others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal, TypeAlias

from reconcile.model import Json, Problem
from reconcile.named_tuple import NamedTuple
from reconcile.planfile.document_parts import Source

EntryKind: TypeAlias = Literal["firing", "run", "release", "requested", "freeze"]

ENTRY_KINDS: Final[tuple[EntryKind, ...]] = ("freeze", "release", "run", "requested", "firing")
"""The kinds of entry, in the order in which those stand that begin together."""

MANY: Final = 24
"""More firings of one schedule than this, on one day, are one row."""

_DAY: Final = timedelta(days=1)


class Collision(NamedTuple):
    """Say with what an entry collides, and how."""

    code: Literal["same-stage", "frozen", "outside-release"]
    other: str
    """The address of what it collides with; in JSON `with`."""

    message: str
    brief: str = ""
    """The same in a few words, where the calendar has what it collides with; empty: there are none."""


class CalendarEntry(NamedTuple):
    """Hold one thing that takes place; instants have their offset, and a release has days."""

    kind: EntryKind
    address: str
    name: str
    start: str
    end: str | None
    """The last day of a release; of all else the instant at which it is over. None: it is not known."""

    zone: str | None
    source: Source
    collides: tuple[Collision, ...] = ()
    systems: tuple[str, ...] = ()
    """The systems that it is about."""

    reason: str = ""
    """Why there is a freeze."""

    number: int = 1
    """How many firings of one day it stands for: the first at `start`, the last at `last`."""

    last: str | None = None
    firings: tuple[CalendarEntry, ...] = ()
    """Those firings, one by one, as far as they are listed."""

    @property
    def begins(self) -> datetime:
        """Return the instant of its start, in UTC."""
        return _instant(self.start)

    @property
    def ends(self) -> datetime | None:
        """Return the instant at which it is over, in UTC; of a release midnight after its last day."""
        if self.end is None or self.kind != "release":
            return None if self.end is None else _instant(self.end)
        return end_of_day(date.fromisoformat(self.end))

    @property
    def order(self) -> tuple[datetime, int, str]:
        """Return by what entries are put in order."""
        return self.begins, ENTRY_KINDS.index(self.kind), self.address


class Calendar(NamedTuple):
    """Hold what takes place in a span of time, in order of start."""

    from_: str
    until: str
    entries: tuple[CalendarEntry, ...]
    environment: str | None = None
    systems: tuple[str, ...] = ()
    """The systems that something here is about, in the order of the project file."""

    next: int | None = None
    """How many firings of each schedule it lists; None for all in its span of time."""

    warnings: tuple[Problem, ...] = ()

    @property
    def single(self) -> Iterator[CalendarEntry]:
        """Yield every entry that is listed, each firing by itself, in order of start."""
        found = (each for entry in self.entries for each in (entry.firings if entry.last else (entry,)))
        yield from sorted(found, key=lambda entry: entry.order)


def calendar_json(calendar: Calendar) -> dict[str, Json]:
    """Return the calendar as JSON."""
    entries = [_entry_json(entry) for entry in calendar.single]
    return {"from": calendar.from_, "until": calendar.until, "entries": entries}


def _entry_json(entry: CalendarEntry) -> dict[str, Json]:
    return {
        "kind": entry.kind,
        "address": entry.address,
        "name": entry.name,
        "start": entry.start,
        "end": entry.end,
        "zone": entry.zone,
        "source": {"file": entry.source.file, "line": entry.source.line},
        "collides": [
            {"code": each.code, "with": each.other, "message": each.message} for each in entry.collides
        ],
    }


def start_of_day(day: date) -> datetime:
    """Return the instant at which a day begins."""
    return datetime.combine(day, time(), UTC)


def end_of_day(day: date) -> datetime:
    """Return the instant at which a day is over; of the last day that there is, the last instant."""
    return start_of_day(day + _DAY) if day < date.max else datetime.max.replace(tzinfo=UTC)


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return start_of_day(found.date()) if found.tzinfo is None else found.astimezone(UTC)
