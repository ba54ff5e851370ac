"""Decides which rids and instants are new, and how the stored ones read in answers."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

from ..system import Call, Fields, Json, Switches

_NAMES = uuid.UUID("6f2c1a0e-0f3e-5a58-9a53-0d8f5b1e7c42")
_RID = re.compile(r"(ri\.[^.]*\.[^.]*\.[^.]*\.)([a-zA-Z0-9._-]+)")
_KINDS = {
    "schedules": "ri.scheduler.main.schedule",
    "versions": "ri.scheduler.main.schedule-version",
    "runs": "ri.scheduler.main.run",
    "builds": "ri.foundry.main.build",
}
_ELSEWHERE = timezone(timedelta(hours=5, minutes=30))


def rid(collection: str, number: int | str) -> str:
    """Return the rid of the nth thing, the same each time."""
    return f"{_KINDS[collection]}.{uuid.uuid5(_NAMES, f'{collection} {number}')}"


def new_rid(call: Call, collection: str) -> str:
    """Return a rid that nothing in a collection has."""
    taken = {row["rid"] for row in call.state[collection]}
    while True:
        call.state["minted"] += 1
        drawn = rid(collection, call.state["minted"])
        if drawn not in taken:
            return drawn


def found(rows: Iterable[Fields], wanted: str) -> Fields | None:
    """Return the row with a rid, in whatever case the last part of that rid is written."""
    return next((row for row in rows if row["rid"].lower() == wanted.lower()), None)


def now(call: Call) -> str:
    """Return the time by the clock that stamps what is created, as it is stored."""
    return stored(call.now + timedelta(seconds=int(call.switches["clock_skew_seconds"])))


def stored(moment: datetime) -> str:
    """Return an instant as it is stored: in UTC, so that the order of the texts is the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parsed(text: str) -> datetime:
    """Return an instant that a seed has; raise ValueError without an offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"the state does not fit: {text} needs an offset, such as Z")
    return moment


def shown_time(text: str, switches: Switches) -> str:
    """Return an instant as answers have it."""
    moment = datetime.fromisoformat(text)
    match switches["time_format"]:
        case "seconds":
            return _zulu(moment, "seconds")
        case "nanos":
            return _zulu(moment, "microseconds").replace("Z", "000Z")
        case "offset":
            return moment.astimezone(_ELSEWHERE).isoformat(timespec="milliseconds")
        case _:
            return _zulu(moment, "milliseconds")


def shouted(value: Json) -> Json:
    """Return any JSON with the last part of each rid in upper case, keys included."""
    if isinstance(value, list):
        return [shouted(item) for item in value]
    if isinstance(value, dict):
        return {shouted(key): shouted(item) for key, item in value.items()}
    match = _RID.fullmatch(value) if isinstance(value, str) else None
    return f"{match[1]}{match[2].upper()}" if match else value


def _zulu(moment: datetime, digits: str) -> str:
    return moment.isoformat(timespec=digits).replace("+00:00", "Z")
