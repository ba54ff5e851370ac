"""FlexDeploy 9: releases in folders, no change management system, no `requestAllFiles`; v1 of REST as ever.

An API token is the password. PATCH adds and updates, PUT replaces: what it does not say is null afterwards,
of an entry too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .call import Call, Refused

if TYPE_CHECKING:
    from .frame import Today

PREFIXES = ("/flexdeploy/rest/v1/",)
FIELDS = (
    "releaseName", "releaseStatus", "description", "pipelineId", "pipelineName", "startDate", "endDate",
    "scheduleBuildExpression", "projects", "properties", "folderId", "snapshotRetention",
)  # fmt: skip
ENTRY = (
    "projectId", "packageName", "projectStreamId", "buildEnvironmentId", "priority", "projectGroups",
    "webhookTriggered",
)  # fmt: skip
PROJECTS = [
    {"projectId": 10000, "projectName": "Payments", "projectPath": "FlexDeploy/Bank", "isActive": True},
    {"projectId": 10001, "projectName": "Payments API", "projectPath": "FlexDeploy/Bank", "isActive": True},
]
_STREAMS = [{"streamId": 13900, "streamName": "main"}, {"streamId": 13901, "streamName": "main-old"}]


def answer(today: Today, call: Call) -> tuple[int, Any]:
    """Return the answer to one request."""
    if call.basic != "ci:api-token":
        raise Refused(401, {"message": "Login failure"})
    what, *rest = call.path.removeprefix(PREFIXES[0]).split("/")
    if what == "project":
        rows, name = (_STREAMS, "streamName") if rest else (today.projects, "projectName")
        part = call.query.get(name, "").lower()
        return 200, [row for row in rows if part in str(row[name]).lower()]
    if what != "releases":
        raise Refused(404, {"message": "no such resource"})
    if rest:
        return _of_one(today, call, int(rest[0]))
    if call.method == "POST":
        return _post(today, call)
    part = call.query.get("releaseName", "").lower()
    return 200, [row for row in today.releases.values() if part in str(row.get("releaseName")).lower()]


def _of_one(today: Today, call: Call, id_: int) -> tuple[int, Any]:
    row = today.releases.get(id_)
    if row is None:
        raise Refused(404, {"message": "no such release"})
    if call.method == "GET":
        return 200, row
    if call.body.get("releaseName") is None:
        raise Refused(400, {"message": "releaseName is required"})
    if call.body.get("releaseStatus") not in (None, "NOTSTARTED", "STARTED"):
        raise Refused(400, {"message": f"releaseStatus cannot be {call.body['releaseStatus']}"})
    if call.method == "PUT":
        row.update({**dict.fromkeys(FIELDS), "releaseStatus": row["releaseStatus"], "projects": []})
    _put(row, call.body, exact=call.method == "PUT")
    return 200, row


def _post(today: Today, call: Call) -> tuple[int, Any]:
    id_ = max(today.releases, default=14000) + 1
    row = {"releaseId": id_, **dict.fromkeys(FIELDS), "releaseStatus": "NOTSTARTED", "projects": []}
    today.releases[id_] = {**row, "properties": [], "folderId": 99}
    _put(today.releases[id_], call.body, exact=True)
    return 201, today.releases[id_]


def _put(row: dict[str, Any], said: dict[str, Any], *, exact: bool) -> None:
    for name, value in said.items():
        if name == "projects" and value is not None:
            row[name] = _entries(row[name], value, ("projectId", "packageName"), exact=exact)
        elif name == "properties" and value is not None:
            row[name] = _entries(row[name] or [], value, ("propertyName",), exact=exact)
        elif name in FIELDS and value is not None and (name, value) != ("releaseStatus", "NOTSTARTED"):
            row[name] = value


def _entries(have: list[Any], said: list[Any], key: tuple[str, ...], *, exact: bool) -> list[Any]:
    by_key = {} if exact else {tuple(entry.get(part) for part in key): entry for entry in have}
    for entry in said:
        place = tuple(entry.get(part) for part in key)
        new = {**dict.fromkeys(ENTRY), "priority": 1} if "projectId" in key else {}
        given = {name: value for name, value in entry.items() if name in ENTRY or "projectId" not in key}
        by_key[place] = {**new, **by_key.get(place, {}), **given}
    return list(by_key.values())
