"""Collects the firings of one schedule by days of UTC, within bounds however often it fires."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice, takewhile
from typing import Final

from reconcile.named_tuple import NamedTuple
from reconcile.session.calendar_window import Window
from reconcile.timetables.seconds import DAY, at_second, second_of
from reconcile.timetables.timetable import MOST, Timetable

TICK: Final = timedelta(microseconds=1)


class FiringDay(NamedTuple):
    """Hold the firings of a day: how many, the first, the last, and those that are listed."""

    number: int
    first: datetime
    last: datetime
    listed: tuple[datetime, ...]


def firing_days(times: Timetable, window: Window) -> Iterator[FiringDay]:
    """Yield the days of the window on which it fires; of all of them at most MOST firings are listed."""
    most = MOST + 1 if window.most is None else window.most
    ahead = islice(times.firings(window.start - TICK), most)
    found = [*takewhile(lambda instant: instant < window.until, ahead)]
    if len(found) > MOST:
        yield from _counted(times, window, found[:MOST])
        return
    for _, day in groupby(found, key=lambda instant: instant.astimezone(UTC).date()):
        listed = tuple(day)
        yield FiringDay(len(listed), listed[0], listed[-1], listed)


def _counted(times: Timetable, window: Window, found: Iterable[datetime]) -> Iterator[FiringDay]:
    """Yield the days of what fires more often than is listed: those that are `found` come first."""
    days = times.by_day(second_of(window.start - TICK), second_of(window.until - TICK))
    zone = times.times[0].zone if len(times.times) == 1 else UTC
    ahead = iter(found)
    for day, bits in sorted(days.items()):
        listed = tuple(islice(ahead, bits.bit_count()))
        first, last = (bits & -bits).bit_length() - 1, bits.bit_length() - 1
        edges = [at_second(day * DAY + place).astimezone(zone) for place in (first, last)]
        yield FiringDay(bits.bit_count(), edges[0], edges[1], listed)
