"""Holds seconds as the bits of a number, so that as many as there are are counted and compared at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, reduce
from operator import or_
from re import finditer
from typing import Final, TypeAlias

from reconcile.named_tuple import NamedTuple

DAY: Final = 86_400
Box: TypeAlias = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
"""The hours, minutes and seconds that a day has, each with each."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = _EPOCH.toordinal()
_SECOND: Final = timedelta(seconds=1)
_FIRST: Final = -2 * DAY
_LAST: Final = (date(2100, 1, 3).toordinal() - _EPOCH_DAY) * DAY
"""Seconds between which every firing of a scheduler lies."""


class Seconds(NamedTuple):
    """Hold seconds: where bit N is set, the one that is N after `origin`, in seconds since the epoch."""

    origin: int
    bits: int

    def after(self, second: int) -> Seconds:
        """Return those that come after a second."""
        low = max(0, second + 1 - self.origin)
        return Seconds(self.origin, self.bits >> low << low) if low else self

    def until(self, second: int) -> Seconds:
        """Return those up to a second, itself counted."""
        high = max(0, second + 1 - self.origin)
        return self if high >= self.bits.bit_length() else Seconds(self.origin, self.bits & ones(high))

    def each(self) -> Iterator[int]:
        """Yield them in order."""
        text, at = _spelled(self.bits), -1
        while (at := text.find("1", at + 1)) >= 0:
            yield self.origin + at

    def runs(self, length: int) -> Iterator[tuple[int, int]]:
        """Yield the first and the last of those that are no more than `length` from the next one."""
        near = min(length, 2 * DAY)
        for first, end in _runs(self.bits, near):
            yield self.origin + first, self.origin + end - near


def second_of(moment: datetime) -> int:
    """Return the second in which a moment lies, no further from now than a scheduler goes."""
    return min(max((moment - _EPOCH) // _SECOND, _FIRST), _LAST)


def at_second(second: int) -> datetime:
    """Return the moment at which a second begins, in UTC."""
    return datetime.fromtimestamp(second, UTC)


def midnight(day: date) -> int:
    """Return the second at which a day of UTC begins."""
    return (day.toordinal() - _EPOCH_DAY) * DAY


def day_of(second: int) -> date:
    """Return the day of UTC in which a second lies."""
    return date.fromordinal(_EPOCH_DAY + second // DAY)


def ones(count: int) -> int:
    """Return so many bits, all of them set."""
    return (1 << count) - 1


@lru_cache(maxsize=512)
def of_boxes(boxes: tuple[Box, ...]) -> int:
    """Return the seconds of a day that any of the boxes has, as bits from its midnight on."""
    return reduce(or_, map(_of_box, boxes), 0)


@lru_cache(maxsize=512)
def _of_box(box: Box) -> int:
    hours, minutes, seconds = box
    return _at(hours, 3600, _at(minutes, 60, _at(seconds, 1, 1)))


def _at(places: Sequence[int], apart: int, bits: int) -> int:
    return reduce(or_, (bits << place * apart for place in places), 0)


def by_day(found: Iterable[Seconds]) -> dict[int, int]:
    """Return seconds as the bits of the days of UTC in which they lie, by the number of the day."""
    days: dict[int, int] = {}
    for origin, bits in found:
        day, place = divmod(origin, DAY)
        left = bits << place
        while left:
            days[day] = days.get(day, 0) | (left & _WHOLE)
            day, left = day + 1, left >> DAY
    return days


_WHOLE: Final = ones(DAY)


@lru_cache(maxsize=64)
def _spelled(bits: int) -> str:
    return format(bits, "b")[::-1]


@lru_cache(maxsize=64)
def _runs(bits: int, length: int) -> tuple[tuple[int, int], ...]:
    """Return where each run of seconds begins and ends, each second taken to last so long."""
    covered, wide = bits, 1
    while wide < length:
        covered |= covered << min(wide, length - wide)
        wide = min(2 * wide, length)
    return tuple(found.span() for found in finditer("1+", format(covered, "b")[::-1]))
