"""Reads which span of time a calendar is asked for; what takes place in it is left to others."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

from reconcile.errors import WrongUsage
from reconcile.named_tuple import NamedTuple
from reconcile.planfile.calendar_document import start_of_day
from reconcile.session.limits import DAYS
from reconcile.timetables.firings import LAST_YEAR

FIRST_YEAR: Final = 1970
END: Final = datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
"""Nothing fires from here on."""

_IS_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Period(NamedTuple):
    """Hold which span of time is asked for, as somebody typed it."""

    since: str | None = None
    days: int | None = None
    next: int | None = None


class Window(NamedTuple):
    """Hold a span of time, half open, and how many of each schedule are asked for; None for all."""

    start: datetime
    until: datetime
    most: int | None = None

    def shows(self, begins: datetime, ends: datetime | None) -> bool:
        """Tell whether any of what begins and ends then lies in the span; without an end it is an instant."""
        is_left = ends is not None and ends > max(begins, self.start)
        return begins < self.until and (begins >= self.start or is_left)


def window_of(period: Period, now: datetime) -> Window:
    """Return the span that begins at a day or an instant, or today; WrongUsage where it cannot be told."""
    if period.days is not None and period.next is not None:
        raise WrongUsage("--days and --next both say how far: give one of them")
    start = start_of_day(now.astimezone(UTC).date()) if period.since is None else _start(period.since)
    if period.next is not None:
        return Window(start, END, period.next)
    return Window(start, start + timedelta(days=DAYS.default if period.days is None else period.days))


def _start(text: str) -> datetime:
    try:
        found = start_of_day(date.fromisoformat(text)) if _IS_DAY.fullmatch(text) else _instant(text)
    except (ValueError, OverflowError):
        words = "--from takes a day, such as 2026-12-24, or an instant with an offset"
        raise WrongUsage(f"{words}, such as 2026-12-24T09:00:00+01:00") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise WrongUsage(f"--from is in {FIRST_YEAR} at the earliest and in {LAST_YEAR} at the latest")
    return found


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text.upper())
    if found.tzinfo is None:
        raise ValueError("no offset")
    return found.astimezone(UTC)
