"""Finds the spans of time that begin as something fires, each of one length; those that meet are one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from heapq import merge
from typing import Final

from reconcile.named_tuple import NamedTuple
from reconcile.timetables.firings import fired
from reconcile.timetables.seconds import at_second, second_of
from reconcile.timetables.timetable import Timetable

_SIGHT: Final = timedelta(days=1000)
"""How far the end of a span is looked for."""

_SECOND: Final = timedelta(seconds=1)


class Span(NamedTuple):
    """Hold a span of time, half open; without an `end` there is none in sight."""

    start: datetime
    end: datetime | None

    def holds(self, moment: datetime) -> bool:
        """Tell whether a moment lies in the span."""
        return self.start <= moment and (self.end is None or moment < self.end)


def spans(times: Timetable, duration: timedelta, after: datetime) -> Iterator[Span]:
    """Yield the spans that are not over at `after`, in order, in UTC.

    One that goes on and on has no end in sight: it is never over for that.
    """
    length = duration // _SECOND
    sight = second_of(after + _SIGHT)
    start = end = None
    for first, last in merge(*_runs(times, length, second_of(after - duration))):
        if start is None or end is None or first > end:
            if start is not None and end is not None:
                yield _span(start, end)
            start, end = first, last + length
            sight = max(sight, second_of(at_second(first) + _SIGHT))
            continue
        end = max(end, last + length)
        if first > sight:
            yield Span(at_second(start), None)
            return
    if start is not None and end is not None:
        yield _span(start, end)


def _runs(times: Timetable, length: int, after: int) -> Iterator[Iterator[tuple[int, int]]]:
    """Yield, for each of the times, the first and last firings of what meets within a day."""
    for each in times.times:
        days = fired(each.schedules, each.zone, after)
        yield (run for found in days for run in found.runs(length))


def _span(start: int, end: int) -> Span:
    return Span(at_second(start), at_second(end))
