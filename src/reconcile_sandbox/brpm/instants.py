"""Decides which instant a text means, and how an instant is stored (UTC, to the second) and shown."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, tzinfo

from ..system import Switches

_YEARS = range(1000, 9999)


def zone_of(switches: Switches) -> tzinfo | None:
    """Return the server's zone."""
    return datetime.fromisoformat(f"2000-01-01T00:00:00{switches['zone']}").tzinfo


def instant(text: str, zone: tzinfo | None) -> datetime:
    """Return the instant that `text` names, in `zone` where it has no offset; ValueError if it names none."""
    plain = re.sub(r" ?(UTC|GMT)$", "Z", text.strip())
    return in_zone(datetime.fromisoformat(re.sub(r" (?=[+-]\d{2}:?\d{2}$)", "", plain)), zone)


def in_zone(moment: datetime, zone: tzinfo | None) -> datetime:
    """Return `moment`, in `zone` where it has no offset; raise ValueError for years that BRPM has not."""
    require_year(moment)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def require_year(day: date) -> None:
    """Raise ValueError for a year that no offset may be added to."""
    if day.year not in _YEARS:
        raise ValueError("the year is out of range")


def utc(moment: datetime) -> str:
    """Return an instant as it is stored."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def stored(moment: datetime, switches: Switches) -> str:
    """Return the start or end of a run as it is stored."""
    local = moment.astimezone(zone_of(switches))
    match switches["dates_precision"]:
        case "minute":
            return utc(local.replace(second=0))
        case "day":
            return utc(local.replace(hour=0, minute=0, second=0))
        case _:
            return utc(local)


def shown(text: str | None, switches: Switches) -> str | None:
    """Return a stored instant as answers write it."""
    if text is None or switches["instants"] == "utc":
        return text
    precision = "milliseconds" if switches["instants"] == "fraction" else "seconds"
    local = datetime.fromisoformat(text).astimezone(zone_of(switches))
    return local.isoformat(timespec=precision).replace("+00:00", "Z")
