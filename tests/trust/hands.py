"""Other people: what they change by hand in live systems, and what of it a client has been shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Any

from .drawing import Drawn, Fields

ROWS = {
    "releases": ("flexdeploy", "releases", "releaseId"),
    "runs": ("brpm", "runs", "id"),
    "links": ("katalon", "runConfigurations", "id"),
}
EDITED = {
    "releases": ("description", "scheduleBuildExpression"),
    "runs": ("description", "duration"),
    "links": ("releaseId",),
}
FIELDS = {
    "releases": (
        "description",
        "scheduleBuildExpression",
        "properties",
        "cmsDetails",
        "projects",
        "pipelineId",
    ),
    "runs": ("description", "duration", "start_at", "end_at", "owner_id"),
    "links": ("releaseId",),
}
"""What is watched of an object: nobody but its owner may change it unseen."""


@dataclass(frozen=True)
class Edit:
    """What somebody changed by hand, and when."""

    at: float
    collection: str
    id: str
    field: str
    value: Any


class Hands:
    """People who edit what was live from the beginning."""

    def __init__(self, drawn: Drawn, state: Fields) -> None:
        self.edits: list[Edit] = []
        self._drawn = drawn
        self._known = {
            name: [str(row[key]) for row in _seeded(drawn, system, collection)]
            for name, (system, collection, key) in ROWS.items()
        }

    def edit(self, rng: Random, now: float, state: Fields) -> Edit | None:
        """One edit of one field of one object."""
        places = [(name, id_) for name, ids in self._known.items() for id_ in ids]
        if not places:
            return None
        name, id_ = rng.choice(places)
        field = rng.choice(EDITED[name])
        row = row_of(state, name, id_)
        if row is None:
            return None
        return self.put(now, state, Edit(now, name, id_, field, self._value(field, rng)))

    def put(self, now: float, state: Fields, edit: Edit) -> Edit:
        """Makes this edit now."""
        row = row_of(state, edit.collection, edit.id)
        assert row is not None
        row[edit.field] = edit.value
        self.edits.append(replace(edit, at=now))
        return self.edits[-1]

    def _value(self, field: str, rng: Random) -> Any:
        number = len(self.edits) + 1
        return {
            "description": f"by hand {self._drawn.seed}.{number}",
            "scheduleBuildExpression": f"0 {number % 60} {number // 60 % 24} * * ?",
            "duration": 100 + number,
            "releaseId": rng.choice((67890, 67891, None)),
        }[field]


def _seeded(drawn: Drawn, system: str, collection: str) -> list[Fields]:
    rows: list[Fields] = drawn.state.get(system, {}).get(collection, [])
    return rows


def row_of(state: Fields, name: str, id_: str) -> Fields | None:
    """The live object, as its system holds it."""
    system, collection, key = ROWS[name]
    return next((row for row in state[system][collection] if str(row[key]) == id_), None)


def written_to(path: str) -> tuple[str, str] | None:
    """The object that a write is for, where it names one that is watched."""
    parts = path.strip("/").split("/")
    if len(parts) > 1 and parts[-2] == "releases" and "flexdeploy" in parts and parts[-1].isdigit():
        return "releases", parts[-1]
    if len(parts) > 1 and parts[-2] == "runs" and parts[-1].isdigit():
        return "runs", parts[-1]
    if "run-configurations" in parts:
        return "links", parts[parts.index("run-configurations") + 1]
    return None


def shown_of(collection: str, id_: str, answer: Any) -> Fields | None:
    """What an answer shows of an object."""
    rows = answer if isinstance(answer, list) else [answer]
    if isinstance(answer, dict) and isinstance(answer.get("content"), list):
        rows = answer["content"]
    if isinstance(answer, dict) and isinstance(answer.get("runConfiguration"), dict):
        rows = [answer["runConfiguration"]]
    key = ROWS[collection][2]
    found = [row for row in rows if isinstance(row, dict) and str(row.get(key)) == id_]
    return found[0] if found else None
