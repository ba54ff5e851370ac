"""Reads the wall-clock times out of a Foundry cron expression that is in order; zones are left to others."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Final

from reconcile.provider import WallTimes
from reconcile.systems.foundry.cron import fields_of, lone_weekday, values_of

_YEARS: Final = tuple(range(1970, 2100))
_EVERY_MONTH: Final = tuple(range(1, 13))


@lru_cache(maxsize=1024)
def wall_times(text: str) -> WallTimes:
    """Return the times of an expression that `judge` finds nothing wrong with.

    A minute that does not come does not fire, one that comes twice fires twice.
    """
    minute, hour, day, month, weekday = fields_of(text)
    days = _either(day, weekday) if "*" not in (day, weekday) else _both(day, weekday)
    return WallTimes(
        hours=values_of("hour", hour),
        minutes=values_of("minute", minute),
        seconds=(0,),
        months=values_of("month", month) if month != "*" else _EVERY_MONTH,
        years=_YEARS,
        days=lru_cache(maxsize=64)(days),
        fires_twice=True,
    )


def fires_ever(text: str) -> bool:
    """Tell whether any day fits such an expression; days of months and of weeks come again after 28 years."""
    times = wall_times(text)
    return any(times.days(year, month) for year in range(2000, 2028) for month in times.months)


_Days = Callable[[int, int], Sequence[int]]


def _either(day: str, weekday: str) -> _Days:
    """Return the days that one of two restricted fields names."""

    def days(year: int, month: int) -> Sequence[int]:
        return sorted({*_of_month(day, year, month), *_of_week(weekday, year, month)})

    return days


def _both(day: str, weekday: str) -> _Days:
    return partial(_of_month, day) if weekday == "*" else partial(_of_week, weekday)


def _of_month(text: str, year: int, month: int) -> Sequence[int]:
    last = monthrange(year, month)[1]
    listed = {day for entry in text.split(",") if entry != "L" for day in values_of("day of month", entry)}
    return sorted({day for day in listed if day <= last} | ({last} if "L" in text.split(",") else set()))


def _of_week(text: str, year: int, month: int) -> Sequence[int]:
    return sorted({day for entry in text.split(",") for day in _of_entry(entry, year, month)})


def _of_entry(entry: str, year: int, month: int) -> Sequence[int]:
    found = lone_weekday(entry)
    if found is None:
        return [day for weekday in values_of("day of week", entry) for day in _on(weekday % 7, year, month)]
    weekday, nth = found
    days = _on(weekday % 7, year, month)
    return days[-1:] if nth is None else days[nth - 1 : nth]


def _on(weekday: int, year: int, month: int) -> Sequence[int]:
    """Return the days of a month that fall on a weekday, Sunday being 0."""
    first, last = monthrange(year, month)
    return [day for day in range(1, last + 1) if (first + day) % 7 == weekday]
