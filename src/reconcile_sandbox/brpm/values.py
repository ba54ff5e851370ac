"""Decides what the attributes in a request make of a run, and tells all that is wrong with them at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeAlias

from ..system import Call, Fields, Json, Refused
from . import alternates
from .instants import instant, stored, zone_of

_Errors: TypeAlias = dict[str, list[str]]
_Wrong: TypeAlias = tuple[str, str]

IDS = ("owner_id", "plan_id", "plan_stage_id", "requestor_id")
EDGES = ("start_at", "end_at")
WRITABLE = (
    "name", *IDS, "description", "duration", *EDGES,
    *alternates.keys("start_at"), *alternates.keys("end_at"),
)  # fmt: skip
"""The attributes that the page lists for POST and PUT."""


def take(call: Call, run: Fields, sent: Fields) -> None:
    """Write the attributes in `sent` into `run`; raise Refused with 422, half-written, for wrong ones."""
    wrong = list(_read(run, sent))
    for edge in EDGES:
        wrong += _read_edge(call, run, edge, sent)
    known = {key for key, _ in wrong}
    wrong += [(key, message) for key, message in _misfits(call, run, sent) if key not in known]
    if wrong:
        raise invalid(wrong)
    if call.switches["duration"] == "derived" and run["start_at"] and run["end_at"]:
        run["duration"] = _minutes(run["start_at"], run["end_at"])


def invalid(wrong: list[_Wrong]) -> Refused:
    """Return a 422 whose body names each attribute with all that is wrong with it."""
    errors: _Errors = {}
    for key, message in wrong:
        errors.setdefault(key, []).append(message)
    return Refused(422, "the values cannot be taken", errors)


def _text(value: Json) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise ValueError("is not a text")


def _number(value: Json) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value) is not None:
        return int(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and value == int(value):
        return int(value)
    raise ValueError("is not a number")


_READERS: dict[str, Callable[[Json], Json]] = {
    "name": _text,
    "description": _text,
    "duration": _number,
    **dict.fromkeys(IDS, _number),
}


def _read(run: Fields, sent: Fields) -> Iterator[_Wrong]:
    for key, read in _READERS.items():
        if key in sent:
            try:
                run[key] = read(sent[key])
            except ValueError as error:
                yield key, str(error)


def _read_edge(call: Call, run: Fields, edge: str, sent: Fields) -> Iterator[_Wrong]:
    parts = any(key in sent for key in alternates.keys(edge))
    if not parts and edge not in sent:
        return
    preferred = call.switches["start_both_forms"]
    if parts and edge in sent and preferred == "reject":
        yield edge, "cannot be sent with its parts"
        return
    try:
        by_parts = parts and (edge not in sent or preferred == "alternates")
        moment = _of_parts(call, run, edge, sent) if by_parts else _of_text(call, sent[edge])
        run[edge] = None if moment is None else stored(moment, call.switches)
    except alternates.WrongPart as error:
        yield error.key, str(error)
    except (ValueError, OverflowError):
        yield edge, "is not a valid date-time"


def _of_parts(call: Call, run: Fields, edge: str, sent: Fields) -> datetime | None:
    return alternates.folded(edge, sent, run[edge], zone_of(call.switches))


def _of_text(call: Call, value: Json) -> datetime | None:
    text = _text(value)
    return instant(text, zone_of(call.switches)) if text and text.strip() else None


def _misfits(call: Call, run: Fields, sent: Fields) -> Iterator[_Wrong]:
    for key in ("name", *IDS):
        if run[key] is None or not str(run[key]).strip():
            yield key, "can't be blank"
    if len(run["name"] or "") > 255 and "name" in sent:
        yield "name", "is too long (maximum is 255 characters)"
    if call.switches["unique_names"] == "reject" and "name" in sent and _is_taken(call, run):
        yield "name", "has already been taken"
    yield from ((key, "does not exist") for key in _dangling(call, run))


def _is_taken(call: Call, run: Fields) -> bool:
    return any(
        row["name"] == run["name"] and row["id"] != run["id"] and row["aasm_state"] != "deleted"
        for row in call.state["runs"]
    )


def _dangling(call: Call, run: Fields) -> Iterator[str]:
    users = {row["id"] for row in call.state["users"]}
    yield from (key for key in ("owner_id", "requestor_id") if run[key] is not None and run[key] not in users)
    plan = next((row for row in call.state["plans"] if row["id"] == run["plan_id"]), None)
    if plan is None and run["plan_id"] is not None:
        yield "plan_id"
    stages = plan["plan_template"]["stages"] if plan is not None else ()
    if plan is not None and run["plan_stage_id"] not in [None, *(row["id"] for row in stages)]:
        yield "plan_stage_id"


def _minutes(start: str, end: str) -> int:
    return int((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() // 60)
