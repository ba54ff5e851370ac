"""Decides which texts are Quartz cron expressions, as FlexDeploy takes them; not when they fire."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    special: re.Pattern[str] | None = None
    wraps: bool = True


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS = (
    _Field("seconds", 0, 59),
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field(
        "day of month", 1, 31, special=re.compile(r"L(-([0-9]|[12][0-9]|30))?W?|([1-9]|[12][0-9]|3[01])W")
    ),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 1, 7, _DAYS, re.compile(rf"L|([1-7]|{'|'.join(_DAYS)})(L|#[1-5])")),
    _Field("year", 1900, 2299, wraps=False),
)
_DAY_OF_MONTH, _DAY_OF_WEEK = 3, 5


def cron_problem(text: str) -> str | None:
    """Return what is wrong with an expression, in words; None for one that Quartz takes."""
    fields = text.upper().split()
    if not 6 <= len(fields) <= 7:
        return f"has {len(fields)} fields, not 6 or 7"
    if (fields[_DAY_OF_MONTH] == "?") == (fields[_DAY_OF_WEEK] == "?"):
        return "must have ? for exactly one of day of month and day of week"
    wrong = (field.name for field, part in zip(_FIELDS, fields, strict=False) if not _fits(field, part))
    name = next(wrong, None)
    return None if name is None else f"has a {name} field that Quartz does not take"


def _fits(field: _Field, text: str) -> bool:
    if text == "?":
        return field.name.startswith("day of")
    if field.special is not None and field.special.fullmatch(text):
        return True
    return all(_item_fits(field, item) for item in text.split(","))


def _item_fits(field: _Field, item: str) -> bool:
    span, slash, step = item.partition("/")
    if slash and not _step_fits(field, step):
        return False
    return span == "*" or (slash != "" and span == "") or _span_fits(field, span.split("-"))


def _step_fits(field: _Field, step: str) -> bool:
    return re.fullmatch(r"[0-9]{1,4}", step) is not None and 1 <= int(step) <= field.high


def _span_fits(field: _Field, ends: list[str]) -> bool:
    if len(ends) > 2 or all(end in field.names for end in ends):
        return len(ends) <= 2
    return all(_number_fits(field, end) for end in ends) and (field.wraps or int(ends[0]) <= int(ends[-1]))


def _number_fits(field: _Field, text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,4}", text) is not None and field.low <= int(text) <= field.high
