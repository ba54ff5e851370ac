"""Decides until when a difference may be left as it is; what is left is decided elsewhere."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AT_MOST: Final = timedelta(days=90)


def until_flaw(text: str, now: datetime) -> str:
    """Return why a difference cannot be known until then, or nothing. A day counts to its end, UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return "write a day, such as 2026-12-24, or an instant with its offset"
    if _DAY.fullmatch(text):
        moment = moment.replace(tzinfo=UTC) + timedelta(days=1)
    if moment.tzinfo is None:
        return "an instant needs its offset, such as 2026-12-24T18:00:00Z"
    if moment <= now:
        return "that is over"
    # a day counts to its end, so the ninetieth day ahead is one of them
    return f"at most {_AT_MOST.days} days ahead" if moment > now + _AT_MOST + timedelta(days=1) else ""
