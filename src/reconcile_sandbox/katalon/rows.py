"""Decides which row an id in a request means, and how ids are read; nothing is changed here."""

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
    """A 400 with its reason."""
    return Refused(400, message)


def number_of(value: Json) -> int | None:
    """An id, written as a number or as digits; None for null."""
    return None if value is None else int(value)


def find(call: Call, collection: str, number: int | None) -> Fields | None:
    """The row with this id, if there is one."""
    return next((row for row in call.state[collection] if row["id"] == number), None)


def known(call: Call, collection: str, number: int | None) -> Fields:
    """The row with this id; Refused where there is none."""
    found = find(call, collection, number)
    if found is None:
        raise Refused(int(call.switches["unknown_id"]), f"There is no {_WORDS[collection]} {number}.")
    return found


def in_path(call: Call, collection: str) -> Fields:
    """The row that the path names; Refused where there is none."""
    return known(call, collection, int(call.params["id"]))


def next_id(call: Call, collection: str) -> int:
    """An id that no row has yet."""
    return max((int(row["id"]) for row in call.state[collection]), default=0) + 1


def timestamp(call: Call) -> str:
    """The time of the request, as the vendor's page writes it."""
    return call.now.strftime("%Y-%m-%dT%H:%M:%SZ")


def require_known_keys(call: Call, schema: Schema, had: Collection[str] = ()) -> None:
    """No key that the schema lacks and the row does not have, where the switch refuses those."""
    if call.switches["unknown_fields"] == "ignore" or call.body is None:
        return
    for key in call.body:
        if key not in schema["properties"] and key not in had:
            raise bad(f"{key[:40]} is not a known field.")
