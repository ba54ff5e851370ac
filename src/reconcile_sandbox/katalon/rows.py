"""Decides which row an id in a request means, and how ids are read; changes nothing."""

from __future__ import annotations

from collections.abc import Collection

from ..system import Call, Fields, Json, Refused, Schema

_WORDS = {
    "runConfigurations": "run configuration",
    "releases": "release",
    "builds": "build",
    "projects": "project",
    "teams": "team",
    "schedulers": "scheduler",
}


def bad(message: str) -> Refused:
    """Return a 400 with its reason."""
    return Refused(400, message)


def number_of(value: Json) -> int | None:
    """Return an id that is written as a number or as digits; None for null."""
    return None if value is None else int(value)


def find(call: Call, collection: str, number: int | None) -> Fields | None:
    """Return the row with this id, if there is one."""
    return next((row for row in call.state[collection] if row["id"] == number), None)


def known(call: Call, collection: str, number: int | None) -> Fields:
    """Return the row with this id; raise Refused where there is none."""
    found = find(call, collection, number)
    if found is None:
        raise Refused(int(call.switches["unknown_id"]), f"There is no {_WORDS[collection]} {number}.")
    return found


def in_path(call: Call, collection: str) -> Fields:
    """Return the row that the path names; raise Refused where there is none."""
    return known(call, collection, int(call.params["id"]))


def next_id(call: Call, collection: str) -> int:
    """Return an id that no row has yet."""
    return max((int(row["id"]) for row in call.state[collection]), default=0) + 1


def timestamp(call: Call) -> str:
    """Return the time of the request, as the vendor's page writes it."""
    return call.now.strftime("%Y-%m-%dT%H:%M:%SZ")


def require_known_keys(call: Call, schema: Schema, had: Collection[str] = ()) -> None:
    """Refuse a key that neither the schema nor the row has, where the switch says so."""
    if call.switches["unknown_fields"] == "ignore" or call.body is None:
        return
    for key in call.body:
        if key not in schema["properties"] and key not in had:
            raise bad(f"{key[:40]} is not a known field.")
