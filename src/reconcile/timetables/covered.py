"""Counts what fires inside spans of time, however many of either there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from reconcile.named_tuple import NamedTuple
from reconcile.timetables.seconds import DAY, Seconds, at_second, by_day, ones, second_of
from reconcile.timetables.spans import Span
from reconcile.timetables.timetable import Timetable

_TICK: Final = timedelta(microseconds=1)
_LONG: Final = timedelta(days=7)
_WHOLE_DAY: Final = DAY - 1


class Covered(NamedTuple):
    """Hold the time that spans cover, to be compared with one timetable after the other."""

    long: tuple[tuple[datetime, datetime], ...]
    """The moments between which each long one lies, the last one counted."""

    short: Mapping[int, int]
    """The seconds of the others, as `seconds.by_day` has them."""

    def firings(self, times: Timetable) -> tuple[int, datetime | None]:
        """Return how many firings of a timetable are covered, and the first of them."""
        if not (times.is_known and times.times):
            return 0, None
        numbers = {before: times.number(before, last) or 0 for before, last in self.long}
        brief = self._in_short(times)
        early = [before for before, number in numbers.items() if number]
        early += [_before_first(day, brief[day]) for day in sorted(brief)[:1]]
        total = sum(numbers.values()) + sum(map(int.bit_count, brief.values()))
        return total, next(times.firings(min(early))) if early else None

    def _in_short(self, times: Timetable) -> dict[int, int]:
        if not self.short:
            return {}
        fires = times.by_day(min(self.short) * DAY - 1, max(self.short) * DAY + _WHOLE_DAY)
        both = ((day, bits & self.short[day]) for day, bits in fires.items() if day in self.short)
        return {day: bits for day, bits in both if bits}


def covered(spans: Iterable[Span], after: datetime, sight: datetime) -> Covered:
    """Return what spans cover after a moment; one without an end in sight covers all up to `sight`."""
    between = [(max(span.start, after + _TICK) - _TICK, (span.end or sight) - _TICK) for span in spans]
    long = tuple((before, last) for before, last in between if last - before > _LONG)
    short = ((second_of(before), second_of(last)) for before, last in between if last - before <= _LONG)
    return Covered(long, by_day(Seconds(one + 1, ones(max(0, last - one))) for one, last in short))


def _before_first(day: int, bits: int) -> datetime:
    return at_second(day * DAY + (bits & -bits).bit_length() - 2)
