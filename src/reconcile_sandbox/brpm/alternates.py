"""Decides which instant the parts of a date-time (`start_at_date`, `_hour`, `_minute`, `_meridian`) mean."""

from __future__ import annotations

import re
from datetime import date, datetime, time, tzinfo

from ..system import Fields, Json
from .instants import require_year

PARTS = ("date", "hour", "minute", "meridian")


class WrongPart(ValueError):
    """Say that a part cannot be read, and which key it has."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def keys(edge: str) -> tuple[str, ...]:
    """Return the keys of the parts of `start_at` or `end_at`."""
    return tuple(f"{edge}_{part}" for part in PARTS)


def folded(edge: str, sent: Fields, before: str | None, zone: tzinfo | None) -> datetime | None:
    """Return the instant that the parts of `edge` name, or None where they clear it.

    What the parts leave out is as `before` was. Raises WrongPart for a part that cannot be read, and for a
    time without a date.
    """
    old = datetime.fromisoformat(before).astimezone(zone) if before else None
    day = _day(f"{edge}_date", sent, old)
    if day is None:
        return None
    hour = _number(f"{edge}_hour", sent, old.hour if old else 0, 23)
    minute = _number(f"{edge}_minute", sent, old.minute if old else 0, 59)
    return datetime.combine(day, time(_of_24(f"{edge}_meridian", sent, hour), minute), zone)


def _day(key: str, sent: Fields, old: datetime | None) -> date | None:
    if key in sent:
        return _date(key, sent[key]) if _text(sent[key]) else None
    if old is None:
        raise WrongPart(key, "can't be blank")
    return old.date()


def _date(key: str, value: Json) -> date:
    text = _text(value)
    american = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text)
    try:
        day = (
            date(int(american[3]), int(american[1]), int(american[2]))
            if american
            else date.fromisoformat(text)
        )
        require_year(day)
    except ValueError:
        raise WrongPart(key, "is not a valid date") from None
    return day


def _number(key: str, sent: Fields, default: int, top: int) -> int:
    text = _text(sent.get(key))
    if not text:
        return default
    if re.fullmatch(r"[0-9]{1,2}", text) is None or int(text) > top:
        raise WrongPart(key, "is invalid")
    return int(text)


def _of_24(key: str, sent: Fields, hour: int) -> int:
    match _text(sent.get(key)).upper():
        case "":
            return hour
        case "AM":
            return hour % 12
        case "PM":
            return hour % 12 + 12
    raise WrongPart(key, "is invalid")


def _text(value: Json) -> str:
    return "" if value is None else str(value).strip()
