"""Finds the spans of time that begin as something fires, each of one length; those that meet are one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from reconcile.timetables.timetable import Timetable

_MOST: Final = 20_000
"""Occurrences that are followed while each meets the next."""


class Span(NamedTuple):
    """Hold a span of time, half open; without an `end` there is none in sight."""

    start: datetime
    end: datetime | None

    def holds(self, moment: datetime) -> bool:
        """Tell whether a moment lies in the span."""
        return self.start <= moment and (self.end is None or moment < self.end)


def spans(times: Timetable, duration: timedelta, after: datetime) -> Iterator[Span]:
    """Yield the spans that are not over at `after`, in order, in UTC."""
    open_: Span | None = None
    met = 0
    for instant in times.firings(after - duration):
        start = instant.astimezone(UTC)
        end = start + duration
        if open_ is None or open_.end is None or start > open_.end:
            if open_ is not None:
                yield open_
            open_, met = Span(start, end), 0
            continue
        open_, met = Span(open_.start, end), met + 1
        if met > _MOST:
            yield Span(open_.start, None)
            return
    if open_ is not None:
        yield open_
