"""Reads the wall-clock times out of a Quartz expression that is in order; zones are left to others."""

from __future__ import annotations

import re
from calendar import SATURDAY, SUNDAY, monthrange
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Final

from reconcile.timetables import quartz
from reconcile.timetables.firings import WallTimes

Days = Callable[[int, int], Sequence[int]]
_LAST: Final = re.compile(r"L(?:-(?P<before>\d+))?(?P<weekday>W?)")
_NEAREST: Final = re.compile(r"(?P<day>\d+)W")
_WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@lru_cache(maxsize=1024)
def quartz_times(text: str) -> tuple[WallTimes, ...]:
    """Return the times of each expression of a text that is in order; none for a blank one."""
    return tuple(map(_times, (part.upper().split() for part in text.split(";") if part.strip())))


def _times(fields: list[str]) -> WallTimes:
    second, minute, hour, day, month, weekday, *years = fields
    return WallTimes(
        hours=quartz.values_of("hour", hour),
        minutes=quartz.values_of("minute", minute),
        seconds=quartz.values_of("second", second),
        months=quartz.values_of("month", month),
        years=quartz.values_of("year", *years) if years else quartz.values_of("year", "*"),
        days=lru_cache(maxsize=64)(_days_of_month(day) if weekday == "?" else _days_of_week(weekday)),
    )


def _days_of_month(text: str) -> Days:
    if found := _LAST.fullmatch(text):
        return partial(_from_the_end, int(found["before"] or 0), nearest=bool(found["weekday"]))
    if found := _NEAREST.fullmatch(text):
        return partial(_nearest_weekday, int(found["day"]))
    return partial(_listed, quartz.values_of("day-of-month", text))


def _listed(days: Sequence[int], year: int, month: int) -> Sequence[int]:
    last = monthrange(year, month)[1]
    return [day for day in days if day <= last]


def _from_the_end(before: int, year: int, month: int, *, nearest: bool) -> Sequence[int]:
    day = monthrange(year, month)[1] - before
    if day < 1:
        return []
    return _nearest_weekday(day, year, month) if nearest else [day]


def _nearest_weekday(day: int, year: int, month: int) -> Sequence[int]:
    """Return the weekday nearest to a day, within its month.

    A day that the month lacks is one of the next month for Quartz; the Friday before may be in this one.
    """
    first, last = monthrange(year, month)
    falls_on = (first + day - 1) % 7
    if falls_on == SATURDAY:
        day += 2 if day == 1 else -1
    elif falls_on == SUNDAY:
        day += -2 if day == last else 1
    return [day] if day <= last else []


def _days_of_week(text: str) -> Days:
    if text == "L":
        return partial(_on, (7,))
    if text.endswith("L"):
        return partial(_nth, _number(text[:-1]), -1)
    if "#" in text:
        weekday, _, nth = text.partition("#")
        return partial(_nth, _number(weekday), int(nth) - 1)
    return partial(_on, quartz.values_of("day-of-week", text))


def _number(weekday: str) -> int:
    return int(weekday) if weekday.isdigit() else _WEEKDAYS.index(weekday) + 1


def _on(weekdays: Sequence[int], year: int, month: int) -> Sequence[int]:
    first, last = monthrange(year, month)
    return [day for day in range(1, last + 1) if (first + day) % 7 + 1 in weekdays]


def _nth(weekday: int, nth: int, year: int, month: int) -> Sequence[int]:
    days = _on((weekday,), year, month)
    return days[nth:][:1] if nth < len(days) else []
