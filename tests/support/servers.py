"""Two small servers in memory, written from the vendor's page and not from the engine's tables."""

from __future__ import annotations

from typing import Any, Protocol

from reconcile.model import Json, Request

Row = dict[str, Any]


class Server(Protocol):
    """What a world needs of a server: rows by id, reads, and writes that take effect at once."""

    rows: dict[int, Row]

    def read(self, request: Request) -> Json: ...
    def write(self, request: Request) -> Json: ...


class Releases:
    """FlexDeploy's releases: POST, PATCH that only adds, PUT that resets what it does not say."""

    def __init__(self, *rows: Row) -> None:
        self.rows: dict[int, Row] = {row["releaseId"]: row for row in rows}

    def read(self, request: Request) -> Json:
        """One release by id, or those whose names contain a text."""
        id_ = request.path.removeprefix("/releases").strip("/")
        if id_:
            return self.rows.get(int(id_))
        part = dict(request.query).get("releaseName", "").lower()
        return [row for row in self.rows.values() if part in row["releaseName"].lower()]

    def write(self, request: Request) -> Json:
        """The effect of a POST, PATCH or PUT, and its answer."""
        body = request.body
        if request.method == "POST":
            id_ = max(self.rows, default=100) + 1
            row: Row = {"releaseId": id_, **EMPTY}
            self.rows[id_] = row
        else:
            row = self.rows[int(request.path.rsplit("/", 1)[1])]
        if request.method == "PUT":
            row.update({**EMPTY, "releaseStatus": row["releaseStatus"]})
        for name, value in body.items():
            if value is not None and name != "releaseId":
                row[name] = _merged(name, row.get(name), value, exact=request.method == "PUT")
        return row


EMPTY: Row = {
    "releaseStatus": "NOTSTARTED",
    "description": None,
    "pipelineId": None,
    "pipelineName": None,
    "scheduleBuildExpression": None,
    "projects": [],
    "cmsDetails": None,
    "properties": [],
}
_KEYS = {"projects": ("projectId", "packageName"), "properties": ("propertyName",)}


def _merged(name: str, have: Any, want: Any, *, exact: bool) -> Any:
    if name == "cmsDetails":
        return {**(have or {}), **want}
    if name not in _KEYS:
        return want
    found = {} if exact else {_key(name, entry): entry for entry in have or ()}
    for entry in want:
        key = _key(name, entry)
        found[key] = {**found.get(key, {}), **entry}
    return list(found.values())


def _key(name: str, entry: Row) -> tuple[Any, ...]:
    return tuple(entry.get(part) for part in _KEYS[name])


class LampServer:
    """Lamps: POST, PATCH that sets what it names, events, DELETE."""

    def __init__(self, *rows: Row) -> None:
        self.rows: dict[int, Row] = {row["lampId"]: row for row in rows}

    def read(self, request: Request) -> Json:
        """One lamp, None for one that is not there, or all."""
        id_ = request.path.removeprefix("/lamps").strip("/")
        return self.rows.get(int(id_)) if id_ else list(self.rows.values())

    def write(self, request: Request) -> Json:
        """The effect of one write, and its answer."""
        parts = request.path.strip("/").split("/")
        if len(parts) == 1:
            id_ = max(self.rows, default=0) + 1
            self.rows[id_] = {"lampId": id_, "power": "OFF", **request.body}
            return self.rows[id_]
        id_ = int(parts[1])
        if request.method == "DELETE":
            return self.rows.pop(id_, None)
        change = {"power": request.body["to"]} if parts[2:] else request.body
        self.rows[id_].update(change)
        return self.rows[id_]


def row(id_: int = 12101, name: str = "a", **said: Any) -> Row:
    """A live release."""
    return {"releaseId": id_, "releaseName": name, "releaseStatus": "NOTSTARTED", **said}


def desk(**said: Any) -> Row:
    """A live lamp."""
    return {"lampId": 1, "title": "a", "power": "OFF", **said}
