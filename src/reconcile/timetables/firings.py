"""Computes when a scheduler fires, from wall-clock times and a zone; a system says which times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from heapq import merge
from itertools import takewhile
from typing import Final, NamedTuple

LAST_YEAR: Final = 2099
"""No scheduler's expression goes on after it."""

_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_AROUND: Final = timedelta(hours=3)
"""A change of clocks moves no wall time further than that."""


class WallTimes(NamedTuple):
    """Describe wall-clock times that come again: every second, minute and hour of a set, on some days."""

    hours: tuple[int, ...]
    minutes: tuple[int, ...]
    seconds: tuple[int, ...]
    months: tuple[int, ...]
    years: tuple[int, ...]
    days: Callable[[int, int], Sequence[int]]
    """Returns the days of a year's month, in order."""

    fires_twice: bool = False
    """Whether a wall time that comes twice fires twice; else at its second coming. In a hole none fires."""

    def dates(self, start: date) -> Iterator[date]:
        """Yield the days on which it fires, from `start` on."""
        for year in self.years:
            if year < start.year:
                continue
            for month in self.months:
                if (year, month) < (start.year, start.month):
                    continue
                for day in self.days(year, month):
                    if (found := date(year, month, day)) >= start:
                        yield found

    def times(self, first: time = time()) -> Iterator[time]:
        """Yield the times of such a day, from `first` on."""
        for hour in self.hours:
            if hour < first.hour:
                continue
            for minute in self.minutes:
                if (hour, minute) < (first.hour, first.minute):
                    continue
                yield from (at for second in self.seconds if (at := time(hour, minute, second)) >= first)

    @property
    def a_day(self) -> int:
        """Return how many times such a day has."""
        return len(self.hours) * len(self.minutes) * len(self.seconds)


class ClockChange(NamedTuple):
    """Say how many firings a change of clocks takes from a day, and how many come twice."""

    day: date
    lost: int
    doubled: int


class _Shift(NamedTuple):
    """Describe the wall times that a change of clocks passes over, or lets come twice."""

    begin: datetime
    end: datetime
    is_hole: bool

    def holds(self, wall: datetime) -> bool:
        return self.begin <= wall < self.end


def firings(schedules: Sequence[WallTimes], zone: tzinfo, after: datetime) -> Iterator[datetime]:
    """Yield the instants after `after` at which a schedule fires, each once, in order, in their zone."""
    last: datetime | None = None
    for instant in merge(*(_firings(each, zone, after) for each in schedules), key=_moment):
        if last is None or _moment(instant) != _moment(last):
            yield instant
        last = instant


def count(schedules: Sequence[WallTimes], zone: tzinfo, start: datetime, end: datetime) -> int:
    """Return how many firings there are from `start`, itself left out, to `end`, itself counted."""
    if len(schedules) == 1:
        return _count(schedules[0], zone, start, end)
    return sum(1 for _ in takewhile(lambda instant: instant <= end, firings(schedules, zone, start)))


def clock_changes(
    schedules: Sequence[WallTimes], zone: tzinfo, start: datetime, days: int
) -> list[ClockChange]:
    """Return the days among the next `days` on which a change of clocks takes or doubles firings."""
    found = []
    for day, shift in _shifts(zone, start.astimezone(zone).date(), days):
        walls = {
            wall
            for each in schedules
            if next(each.dates(day), None) == day
            for at in each.times()
            if shift.holds(wall := datetime.combine(day, at))
        }
        twice = any(each.fires_twice for each in schedules)
        if walls and (shift.is_hole or twice):
            found.append(ClockChange(day, *((len(walls), 0) if shift.is_hole else (0, len(walls)))))
    return found


def _moment(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


def _firings(each: WallTimes, zone: tzinfo, after: datetime) -> Iterator[datetime]:
    after = after.astimezone(UTC)
    local = after.astimezone(zone)
    wall = local.replace(tzinfo=None, fold=0)
    shift = _shift(zone, wall.date())
    if shift is not None and not shift.is_hole and shift.holds(wall) and not local.fold:
        wall = shift.begin  # what comes twice is still to come a second time
    for day in each.dates(wall.date()):
        first = wall.time() if day == wall.date() else time()
        yield from (instant for instant in _of_day(each, zone, day, first) if instant > after)


def _of_day(each: WallTimes, zone: tzinfo, day: date, first: time = time()) -> Iterator[datetime]:
    """Yield the instants of the day's wall times, in order."""
    walls = (datetime.combine(day, at) for at in each.times(first))
    shift = _shift(zone, day)
    if shift is None:
        yield from (wall.replace(tzinfo=zone) for wall in walls)
    elif shift.is_hole:
        yield from (wall.replace(tzinfo=zone) for wall in walls if not shift.holds(wall))
    elif each.fires_twice:
        second = (datetime.combine(day, at) for at in each.times(first))
        again = (wall.replace(tzinfo=zone, fold=1) for wall in second if shift.holds(wall))
        yield from merge((wall.replace(tzinfo=zone) for wall in walls), again, key=_moment)
    else:
        yield from (wall.replace(tzinfo=zone, fold=1) for wall in walls)


def _count(each: WallTimes, zone: tzinfo, start: datetime, end: datetime) -> int:
    first, last = (moment.astimezone(zone).date() for moment in (start, end))
    found = 0
    for day in takewhile(lambda day: day <= last + _DAY, each.dates(first - _DAY)):
        if first < day < last and _shift(zone, day) is None:
            found += each.a_day
        else:
            found += sum(start < instant <= end for instant in _of_day(each, zone, day))
    return found


@lru_cache(maxsize=4096)
def _shift(zone: tzinfo, day: date) -> _Shift | None:
    """Return the change of clocks that may reach into a day; None for no change."""
    midnight = datetime.combine(day, time())
    early, late = ((midnight + by).replace(tzinfo=zone) for by in (-_AROUND, _DAY + _AROUND))
    before, after = _offset(early), _offset(late)
    if before == after:
        return None
    low, high = early.astimezone(UTC), late.astimezone(UTC)
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        low, high = (middle, high) if _offset(middle.astimezone(zone)) == before else (low, middle)
    at = high.replace(tzinfo=None, microsecond=0)
    begin, end = sorted((at + before, at + after))
    return _Shift(begin, end, is_hole=after > before)


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()


def _shifts(zone: tzinfo, first: date, days: int) -> Iterator[tuple[date, _Shift]]:
    """Yield the changes of clocks of the days after `first`, each at the day of its wall times."""
    found = {
        shift
        for day in (first + _DAY * at for at in range(days + 1))
        if (shift := _shift(zone, day)) is not None
    }
    yield from sorted((shift.begin.date(), shift) for shift in found)
