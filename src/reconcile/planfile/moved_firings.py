"""Says which firings a change of a schedule moves, counted from a moment that the caller gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Final, TypeAlias

from reconcile.named_tuple import NamedTuple
from reconcile.timetables.timetable import Timetable, ZoneFrom, fires_alike

_NEXT: Final = 5
_WEEK, _NEAR = timedelta(days=7), timedelta(days=14)
_YEAR: Final = 365

_Instants: TypeAlias = dict[datetime, str]


class DocumentClockChange(NamedTuple):
    """Count the firings that a change of clocks takes from a day, and those that come twice."""

    day: str
    lost: int
    doubled: int


class DocumentFirings(NamedTuple):
    """Say what the change of a schedule moves; null stands for what nobody can tell or list."""

    zone: str
    """The zone of the schedule after the change; each side is in its own."""
    zone_from: ZoneFrom
    before: tuple[str, ...] | None
    """The next five firings."""
    after: tuple[str, ...] | None
    a_week: tuple[int | None, ...]
    """Firings within seven days, before and after."""
    lost: tuple[str, ...] | None
    """Firings within fourteen days that are gone."""
    new: tuple[str, ...] | None
    clocks: tuple[DocumentClockChange, ...]
    """The days of a year on which a change of clocks takes or doubles a firing."""


@lru_cache(maxsize=1024)
def moved_firings(before: Timetable, after: Timetable, now: str) -> DocumentFirings | None:
    """Return what moves between two timetables from `now` on, an instant; None where no firing does."""
    start = datetime.fromisoformat(now)
    if fires_alike(before, after, start):
        return None
    shown = after if after.times or not after.is_known else before
    then, soon = (_near(each, start) for each in (before, after))
    return DocumentFirings(
        zone=shown.zone,
        zone_from=shown.zone_from,
        before=_next(before, start),
        after=_next(after, start),
        a_week=tuple(each.number(start, start + _WEEK) for each in (before, after)),
        lost=_only(then, soon),
        new=_only(soon, then),
        clocks=tuple(_clocks(after, start)),
    )


def _next(times: Timetable, start: datetime) -> tuple[str, ...] | None:
    if not times.is_known:
        return None
    return tuple(instant.isoformat() for instant in islice(times.firings(start), _NEXT))


def _near(times: Timetable, start: datetime) -> _Instants | None:
    """Return the firings within fourteen days, as they are spelled; None where nobody can list them."""
    found = times.within(start, start + _NEAR)
    return None if found is None else {instant.astimezone(UTC): instant.isoformat() for instant in found}


def _only(one: _Instants | None, other: _Instants | None) -> tuple[str, ...] | None:
    """Return what fires in `one` alone."""
    if one is None or other is None:
        return None
    return tuple(text for instant, text in one.items() if instant not in other)


def _clocks(times: Timetable, start: datetime) -> Iterator[DocumentClockChange]:
    for day, lost, doubled in times.clock_changes(start, _YEAR) if times.is_known else ():
        yield DocumentClockChange(day.isoformat(), lost, doubled)
