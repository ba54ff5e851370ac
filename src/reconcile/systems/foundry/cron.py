"""Decides which texts are Foundry's five-field cron expressions; when one fires is left to the server.

Vendor page: Foundry, "Create a schedule", time triggers; the fields are minute, hour, day of month, month and
day of week.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple


class _Field(NamedTuple):
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()

    def number(self, text: str) -> int | None:
        """Return the value that a text stands for; None for one that is none of the field's."""
        if text in self.names:
            return self.names.index(text) + self.low
        value = int(text) if re.fullmatch("[0-9]{1,4}", text) else -1
        return value if self.low <= value <= self.high else None

    @property
    def range(self) -> str:
        """Return the values that there are, in words."""
        return f"{self.low}-{self.high}" + (f" or {self.names[0]}-{self.names[-1]}" if self.names else "")


_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: Final = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, 7, _WEEKDAYS),
)
_MINUTE, _HOUR, _DAY, _MONTH, _WEEKDAY = _FIELDS
_END: Final = "[0-9]{1,9}|[A-Z]{3,}"
_ENTRY: Final = re.compile(rf"(?:\*|(?P<first>{_END})(?:-(?P<last>{_END}))?)(?:/(?P<step>[0-9]{{1,4}}))?")
_LAST_OR_NTH: Final = re.compile(r"(?P<day>[0-7]|[A-Z]{3})(?:L|#(?P<nth>[1-5]))")
_EXAMPLE: Final = "30 2 * * 1-5"
_LIMIT: Final = 1024


class Verdict(NamedTuple):
    """Hold what no scheduler takes of an expression, and what this grammar does not know; each with its
    field.
    """

    errors: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@lru_cache(maxsize=1024)
def judge(text: str) -> Verdict:
    """Return what is wrong with an expression; nothing where it is in order."""
    if len(text) > _LIMIT:
        return Verdict((f"{len(text)} characters: write at most {_LIMIT}",))
    fields = text.upper().split()
    if len(fields) in (6, 7):
        words = f"{len(fields)} fields: Foundry has no seconds and no year: write such as `{_EXAMPLE}`"
        return Verdict((words,))
    if len(fields) != len(_FIELDS):
        return Verdict((f"not 5 fields, but {len(fields)}: write such as `{_EXAMPLE}`",))
    entries = [
        (field, entry) for field, each in zip(_FIELDS, fields, strict=True) for entry in each.split(",")
    ]
    odd = [(field, entry) for field, entry in entries if not _is_lone(field, entry)]
    return Verdict(
        tuple(f"{field.name}: {words}" for field, entry in odd for words in _complaints(field, entry)),
        tuple(f"{field.name}: {words}" for field, entry in odd for words in _doubts(field, entry)),
    )


@lru_cache(maxsize=1024)
def normal(text: str) -> str:
    """Return the form in which two expressions are compared: upper case, one blank between fields."""
    return " ".join(text.upper().split())


def _doubts(field: _Field, entry: str) -> Iterator[str]:
    """Yield what some schedulers take of an entry and others do not; one that is empty none takes."""
    found = _ENTRY.fullmatch(entry)
    if not entry or found is None:
        yield from (f"{entry[:40]} is not {field.range}, * or */2, or several with commas",) if entry else ()
        return
    first, last = (field.number(found[end] or "") for end in ("first", "last"))
    if first is not None and last is not None and first > last:
        yield f"{entry[:40]} goes past the end of its field, for which {_two_ranges(field, found)}"
    if found["step"] and int(found["step"]) > field.high:
        yield f"step {found['step']} in {entry[:40]} is more than {field.high}"


def _two_ranges(field: _Field, found: re.Match[str]) -> str:
    """Say how a range past the end of its field is written otherwise; steps would start anew in a second."""
    if found["step"]:
        return "two ranges can stand"
    first, last = found["first"], found["last"]
    high = str(6 if field is _WEEKDAY else field.high)
    top, low = (field.names[-1], field.names[0]) if first in field.names else (high, str(field.low))
    ranges = (first if first == top else f"{first}-{top}", last if last == low else f"{low}-{last}")
    return f"{','.join(ranges)} can stand"


def _is_lone(field: _Field, entry: str) -> bool:
    """Tell whether an entry is the last day, the last of a weekday, or the nth of one."""
    if field is _WEEKDAY:
        found = _LAST_OR_NTH.fullmatch(entry)
        return entry == "L" or (found is not None and field.number(found["day"]) is not None)
    return field is _DAY and entry == "L"


def _complaints(field: _Field, entry: str) -> Iterator[str]:
    found = _ENTRY.fullmatch(entry)
    if not found:
        yield from () if entry else (f"an empty entry is not {field.range}: remove the comma",)
        return
    ends = [end for end in (found["first"], found["last"]) if end]
    yield from (f"{end[:40]} is not {field.range}" for end in ends if field.number(end) is None)
    if found["step"] and not int(found["step"]):
        yield f"step {found['step']} in {entry[:40]} is not 1-{field.high}"


def fields_of(text: str) -> tuple[str, str, str, str, str]:
    """Return the five fields of an expression that is in order, in capitals."""
    minute, hour, day, month, weekday = text.upper().split()
    return minute, hour, day, month, weekday


def lone_weekday(entry: str) -> tuple[int, int | None] | None:
    """Return the weekday that an entry names the last (None) or the nth of; None for another entry."""
    found = _LAST_OR_NTH.fullmatch(entry)
    if found is None:
        return None
    return _WEEKDAY.number(found["day"]) or 0, int(found["nth"]) if found["nth"] else None


def values_of(name: str, text: str) -> tuple[int, ...]:
    """Return the values of a field that is in order, such as those of "hour", in order."""
    field = next(field for field in _FIELDS if field.name == name)
    return tuple(sorted({value for entry in text.split(",") for value in _spread(field, entry)}))


def _spread(field: _Field, entry: str) -> Iterator[int]:
    found = _ENTRY.fullmatch("SAT" if entry == "L" else entry)
    if found is None:
        return
    first = field.low if found["first"] is None else field.number(found["first"]) or 0
    steps = found["step"] is not None
    ends_itself = found["first"] is not None and found["last"] is None and not steps
    last = first if ends_itself else field.high
    last = last if found["last"] is None else field.number(found["last"]) or 0
    yield from range(first, last + 1, int(found["step"] or 1))
