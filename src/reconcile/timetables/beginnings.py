"""Finds when a span of time began that others met before, so that it is one span whenever one looks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from reconcile.timetables.spans import Span, spans
from reconcile.timetables.timetable import Timetable

_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Nothing fires before it."""


def begun(times: Timetable, duration: timedelta, span: Span) -> Span:
    """Return a span that was found from some moment on, with what met it before it began.

    One that goes on and on begins with the first firing that there ever is.
    """
    back = duration
    while True:
        after = max(span.start - back, _FIRST)
        found = next(
            each for each in spans(times, duration, after) if each.end is None or each.end > span.start
        )
        if found.start > after or after == _FIRST:  # what began before that is over by then
            return span._replace(start=min(found.start, span.start))
        back *= 2
