"""Decides which texts are the five-field cron expressions of Foundry; not when they fire."""

from __future__ import annotations

import re
from typing import TypeAlias

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_Field: TypeAlias = tuple[int, int, tuple[str, ...]]
_FIELDS: tuple[_Field, ...] = (
    (0, 59, ()),
    (0, 23, ()),
    (1, 31, ()),
    (1, 12, _MONTHS),
    (0, 7, _DAYS),
)
_LAST_OR_NTH = rf"L|(?:[0-7]|{'|'.join(_DAYS)})(?:L|#[1-5])"
_PART = re.compile(r"(?:\*|(\w+)(?:-(\w+))?)(?:/([0-9]{1,3}))?", re.ASCII)


def is_cron(text: str, *, wraps: bool = False) -> bool:
    """Tell whether `text` is minute, hour, day of month, month and day of week.

    With `wraps` a range may go past the end of its field.
    """
    fields = text.upper().split()
    return len(fields) == len(_FIELDS) and all(
        _is_last(part, field) or _part_fits(part, field, wraps)
        for said, field in zip(fields, _FIELDS, strict=True)
        for part in said.split(",")
    )


def _is_last(part: str, field: _Field) -> bool:
    """Tell whether `part` is the last day, the last of a weekday, or the nth of one."""
    if field is _FIELDS[2]:
        return part == "L"
    return field is _FIELDS[4] and re.fullmatch(_LAST_OR_NTH, part) is not None


def _part_fits(part: str, field: _Field, wraps: bool) -> bool:
    match, (low, high, names) = _PART.fullmatch(part), field
    if match is None or match[3] == "0":
        return False
    first, last = (_number(word, low, names) for word in (match[1] or str(low), match[2] or str(high)))
    if first is None or last is None or not (low <= first <= high and low <= last <= high):
        return False
    return wraps or first <= last


def _number(word: str, low: int, names: tuple[str, ...]) -> int | None:
    if word in names:
        return names.index(word) + low
    return int(word) if re.fullmatch(r"[0-9]{1,2}", word) else None
