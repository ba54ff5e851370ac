"""Computes when a scheduler fires, from wall-clock times and a zone; a system says which times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import takewhile
from typing import Final

from reconcile.named_tuple import NamedTuple
from reconcile.timetables.seconds import DAY, Box, Seconds, day_of, midnight, of_boxes, ones, second_of

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

    @property
    def box(self) -> Box:
        """Return the times that one of its days has."""
        return self.hours, self.minutes, self.seconds

    def days_of(self, year: int, month: int) -> Sequence[int]:
        """Return the days of a month on which it fires."""
        named = self.years[0] <= year <= self.years[-1] and year in self.years and month in self.months
        return self.days(year, month) if named else ()


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
    before: int
    """The offset of the zone until then, in seconds."""
    after: int

    def within(self, day: date) -> tuple[int, int]:
        """Return the first second of a day that it is about, and the first that it no longer is about."""
        zero = datetime.combine(day, time())
        begin, end = (min(max((wall - zero) // _SECOND, 0), DAY) for wall in (self.begin, self.end))
        return begin, end


def firings(schedules: Sequence[WallTimes], zone: tzinfo, after: datetime) -> Iterator[datetime]:
    """Yield the instants after `after` at which a schedule fires, each once, in order, in their zone."""
    for found in fired(schedules, zone, second_of(after)):
        yield from (datetime.fromtimestamp(second, zone) for second in found.each())


def fired(schedules: Sequence[WallTimes], zone: tzinfo, after: int) -> Iterator[Seconds]:
    """Yield the seconds after `after` at which a schedule fires, in order, those of each day together."""
    start = day_of(after) - _DAY
    for year in range(start.year, LAST_YEAR + 1):
        for month in range(start.month if year == start.year else 1, 13):
            for day, active in _days(schedules, year, month).items():
                if day >= start and (found := _of_day(active, zone, day).after(after)).bits:
                    yield found


def fired_until(schedules: Sequence[WallTimes], zone: tzinfo, after: int, last: int) -> Iterator[Seconds]:
    """Yield what `fired` does, up to the second `last`, itself counted."""
    for found in takewhile(lambda found: found.origin <= last, fired(schedules, zone, after)):
        yield found.until(last)


def count(schedules: Sequence[WallTimes], zone: tzinfo, start: datetime, end: datetime) -> int:
    """Return how many firings there are from `start`, itself left out, to `end`, itself counted."""
    first, last = second_of(start), second_of(end)
    early, late = day_of(first) - _DAY, day_of(last) + _DAY
    partly = {(day.year, day.month) for day in (early, early + 2 * _DAY, late - 2 * _DAY, late)}
    found = 0
    for year, month in _months(early, late):
        if (year, month) not in partly:
            found += _of_month(schedules, zone, year, month)
            continue
        days = _days(schedules, year, month).items()
        each = (_of_day(active, zone, day) for day, active in days if early <= day <= late)
        found += sum(one.after(first).until(last).bits.bit_count() for one in each)
    return found


def clock_changes(
    schedules: Sequence[WallTimes], zone: tzinfo, start: datetime, days: int
) -> list[ClockChange]:
    """Return the days among the next `days` on which a change of clocks takes or doubles firings."""
    found = []
    for day, shift in _shifts(zone, start.astimezone(zone).date(), days):
        active = _days(schedules, day.year, day.month).get(day, ())
        begin, end = shift.within(day)
        walls = ((_walls(active) & ones(end)) >> begin).bit_count()
        if walls and (shift.is_hole or any(each.fires_twice for each in schedules)):
            found.append(ClockChange(day, *((walls, 0) if shift.is_hole else (0, walls))))
    return found


def _months(early: date, late: date) -> Iterator[tuple[int, int]]:
    first, last = (day.year * 12 + day.month - 1 for day in (early, late))
    yield from ((month // 12, month % 12 + 1) for month in range(first, last + 1))


def _days(schedules: Sequence[WallTimes], year: int, month: int) -> Mapping[date, tuple[WallTimes, ...]]:
    """Return the days of a month on which any of the schedules fires, in order, each with those that do."""
    found: dict[int, tuple[WallTimes, ...]] = {}
    for each in schedules:
        for day in each.days_of(year, month):
            found[day] = (*found.get(day, ()), each)
    return {date(year, month, day): found[day] for day in sorted(found)}


def _of_month(schedules: Sequence[WallTimes], zone: tzinfo, year: int, month: int) -> int:
    """Return how many firings there are in a whole month."""
    changed = [day for day in _changed(zone, year) if day.month == month]
    if len(schedules) == 1 and not changed:
        return len(schedules[0].days_of(year, month)) * _walls(tuple(schedules)).bit_count()
    return sum(
        (_of_day(active, zone, day).bits if day in changed else _walls(active)).bit_count()
        for day, active in _days(schedules, year, month).items()
    )


def _walls(active: tuple[WallTimes, ...]) -> int:
    """Return the wall times of a day as the bits of its seconds."""
    return of_boxes(tuple(each.box for each in active))


def _of_day(active: tuple[WallTimes, ...], zone: tzinfo, day: date) -> Seconds:
    """Return the seconds at which schedules fire on a day on which all of them do."""
    shift = _shift(zone, day)
    if shift is None:
        offset = _offset(datetime.combine(day, time(), zone))
        return Seconds(midnight(day) - offset // _SECOND, _walls(active))
    twice = tuple(each for each in active if each.fires_twice)
    begin, end = shift.within(day)
    early = _walls(active) & ones(begin) | _walls(twice) & ones(0 if shift.is_hole else end)
    late = _from(_walls(active), end) | _from(_walls(active), DAY if shift.is_hole else begin)
    furthest = max(shift.before, shift.after)
    bits = early << furthest - shift.before | late << furthest - shift.after
    return Seconds(midnight(day) - furthest, bits)


def _from(bits: int, place: int) -> int:
    return bits >> place << place


@lru_cache(maxsize=1024)
def _changed(zone: tzinfo, year: int) -> frozenset[date]:
    """Return the days of a year into which a change of clocks may reach."""
    first = date(year, 1, 1)
    days = (first + _DAY * at for at in range((date(year + 1, 1, 1) - first).days))
    return frozenset(day for day in days if len({*map(_offset, _around(zone, day))}) > 1)


def _around(zone: tzinfo, day: date) -> tuple[datetime, datetime]:
    """Return the moments before and after a day between which a change of clocks may reach into it."""
    zero = datetime.combine(day, time(), zone)
    return zero - _AROUND, zero + _DAY + _AROUND


@lru_cache(maxsize=4096)
def _shift(zone: tzinfo, day: date) -> _Shift | None:
    """Return the change of clocks that may reach into a day; None for no change."""
    early, late = _around(zone, day)
    before, after = _offset(early), _offset(late)
    if before == after:
        return None
    low, high = early.astimezone(UTC), late.astimezone(UTC)
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        low, high = (middle, high) if _offset(middle.astimezone(zone)) == before else (low, middle)
    at = high.replace(tzinfo=None, microsecond=0)
    begin, end = sorted((at + before, at + after))
    return _Shift(begin, end, after > before, before // _SECOND, after // _SECOND)


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()


def _shifts(zone: tzinfo, first: date, days: int) -> Iterator[tuple[date, _Shift]]:
    """Yield the changes of clocks of the days after `first`, each at the day of its wall times."""
    found = {
        shift
        for day in (first + _DAY * at for at in range(days + 1))
        if day in _changed(zone, day.year) and (shift := _shift(zone, day)) is not None
    }
    yield from sorted((shift.begin.date(), shift) for shift in found)
