"""Holds when a value fires, and compares two such values; how a value is read is left to its system."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from heapq import merge
from itertools import islice, product, zip_longest
from typing import Any, Final, Literal, TypeAlias

from reconcile.named_tuple import NamedTuple
from reconcile.timetables.firings import (
    LAST_YEAR,
    ClockChange,
    WallTimes,
    clock_changes,
    count,
    fired_until,
    firings,
)
from reconcile.timetables.seconds import Box, by_day, of_boxes, second_of

ZoneFrom: TypeAlias = Literal["option", "system", "default"]
"""Where a zone is named: by the system's option `timeZone`, by the schedule itself, or nowhere."""

ReadTimes: TypeAlias = "Callable[[Any, Mapping[str, Any], Mapping[str, Any]], Timetable]"
"""Returns when a value fires, given the object around it and the options of its system."""

DEFAULT_ZONE: Final = "UTC"
MOST: Final = 14 * 24 * 60
"""Firings that are listed: one a minute in fourteen days."""
_ENOUGH: Final = 100
"""Firings that are compared one by one; what agrees for longer is compared by its days."""
_Days: TypeAlias = tuple[Box, tuple[int, ...]]


class Times(NamedTuple):
    """Hold wall-clock times in one zone."""

    schedules: tuple[WallTimes, ...]
    zone: tzinfo


class Timetable(NamedTuple):
    """Hold when a value fires; one without `times` fires never."""

    times: tuple[Times, ...] = ()
    zone: str = DEFAULT_ZONE
    zone_from: ZoneFrom = "default"
    is_known: bool = True
    """Whether the grammar reads the value; else nobody can tell when it fires."""

    def firings(self, after: datetime) -> Iterator[datetime]:
        """Yield the instants after `after`, each once, in order, each in its zone."""
        last: datetime | None = None
        for instant in merge(*(firings(each.schedules, each.zone, after) for each in self.times), key=_utc):
            if last is None or _utc(instant) != _utc(last):
                yield instant
            last = instant

    def number(self, start: datetime, end: datetime) -> int | None:
        """Return how many firings there are from `start`, itself left out, to `end`, itself counted.

        None where nobody can tell.
        """
        if not self.is_known:
            return None
        if len(self.times) == 1:
            return count(*self.times[0], start, end)
        return sum(map(int.bit_count, self.by_day(second_of(start), second_of(end)).values()))

    def by_day(self, after: int, last: int) -> dict[int, int]:
        """Return the seconds after `after`, up to `last`, at which it fires, as `seconds.by_day` has them."""
        return by_day(
            found for each in self.times for found in fired_until(each.schedules, each.zone, after, last)
        )

    def within(self, start: datetime, end: datetime) -> tuple[datetime, ...] | None:
        """Return the firings from `start`, itself left out, to `end`, itself counted.

        None where nobody can tell them, or where they are more than MOST.
        """
        number = self.number(start, end)
        return None if number is None or number > MOST else tuple(islice(self.firings(start), number))

    def clock_changes(self, start: datetime, days: int) -> list[ClockChange]:
        """Return the days on which a change of clocks takes or doubles firings."""
        return sorted(
            change for each in self.times for change in clock_changes(each.schedules, each.zone, start, days)
        )


def timetable(schedules: Sequence[WallTimes], zone: str, zone_from: ZoneFrom) -> Timetable:
    """Return the timetable of wall-clock times in the zone of a name; unknown where nobody has that zone."""
    found = zone_of(zone)
    if found is None:
        return Timetable((), zone, zone_from, is_known=False)
    return Timetable((Times(tuple(schedules), found),) if schedules else (), zone, zone_from)


def zone_of(name: str) -> tzinfo | None:
    """Return the zone of a name of IANA; None where this machine has none of that name."""
    import zoneinfo  # a run that asks no schedule when it fires does without

    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return UTC if name == DEFAULT_ZONE else None


def fires_alike(one: Timetable, other: Timetable, after: datetime) -> bool:
    """Tell whether two timetables have the same firings from now on; nobody can tell of an unknown one."""
    if not (one.is_known and other.is_known):
        return False
    if one.times == other.times:
        return True
    compared = 0
    both = (islice(each.firings(after), _ENOUGH) for each in (one, other))
    for mine, theirs in zip_longest(*both):
        if mine is None or theirs is None or _utc(mine) != _utc(theirs):
            return False
        compared += 1
    return compared < _ENOUGH or _same_days(one, other, after)


def _same_days(one: Timetable, other: Timetable, after: datetime) -> bool:
    """Tell whether two timetables have the same times on each day; several zones count as different."""
    if len(one.times) > 1 or len(other.times) > 1:
        return False
    (mine,), (theirs,) = one.times, other.times
    months = product(range(after.year, LAST_YEAR + 1), range(1, 13))
    return all(_same_month(mine, theirs, year, month) for year, month in months)


def _same_month(one: Times, other: Times, year: int, month: int) -> bool:
    first, second = _month(one, year, month), _month(other, year, month)
    if one.zone is not other.zone:
        days = {day for _, listed in first | second for day in listed}
        noons = (datetime(year, month, day, 12) for day in days)
        if not all(_same_clock(one.zone, other.zone, noon) for noon in noons):
            return False
    return first == second or _same_times(first, second)


@lru_cache(maxsize=256)
def _same_times(first: frozenset[_Days], second: frozenset[_Days]) -> bool:
    """Tell whether two months have the same times on each day."""
    days = {day for _, listed in first | second for day in listed}
    return all(_times_of(first, day) == _times_of(second, day) for day in days)


def _month(times: Times, year: int, month: int) -> frozenset[_Days]:
    """Return the times of day that a month has, each with its days."""
    return frozenset(
        (each.box, tuple(days)) for each in times.schedules if (days := each.days_of(year, month))
    )


def _times_of(month: frozenset[_Days], day: int) -> int:
    return of_boxes(tuple(sorted(box for box, days in month if day in days)))


def _same_clock(one: tzinfo, other: tzinfo, noon: datetime) -> bool:
    return noon.replace(tzinfo=one).utcoffset() == noon.replace(tzinfo=other).utcoffset()


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)
