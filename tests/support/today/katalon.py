"""Katalon's newer platform: the same search, with a bearer token and three headers; pages of Spring.

An update of a release replaces it: what the body does not say is gone, the link to Jira too. The gateway
answers the first search of a day with 502 and bare text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .call import Call, Refused

if TYPE_CHECKING:
    from .frame import Today

PREFIXES = ("/api/v1/",)
PROJECT = 4711
HEADERS = {"x-organization-id": "42", "x-project-id": "4711", "x-account-id": "7"}
_KEPT = {"id", "projectId", "createdAt", "closed", "builds", "releaseStatus"}


def answer(today: Today, call: Call) -> tuple[int, Any]:
    """Return the answer to one request."""
    if call.bearer != "platform-token":
        raise Refused(401, {"status": 401, "error": "Unauthorized", "path": call.path})
    for name, value in HEADERS.items():
        if call.headers.get(name) != value:
            raise Refused(403, {"status": 403, "error": "Forbidden", "message": f"{name} is missing"})
    what, *rest = call.path.removeprefix(PREFIXES[0]).split("/")
    match call.method, what, rest:
        case "GET", "projects", []:
            return 200, _page([{"id": PROJECT, "name": "Bank"}], 0, 30)
        case "POST", "search", []:
            return _searched(today, call)
        case (("POST" | "PUT"), "releases", []):
            return 200, _stored(today, call)
        case "POST", "releases", [id_, "active"]:
            today.test_releases[int(id_)]["closed"] = call.query["closed"].lower() == "true"
            return 200, today.test_releases[int(id_)]
        case "POST", "run-configurations", [id_, "link-release"]:
            return 200, _linked(today, int(id_), int(call.query["releaseId"]))
        case "POST", "run-configurations", [id_, "unlink-release"]:
            return 200, _linked(today, int(id_), None)
    raise Refused(404, {"status": 404, "error": "Not Found", "path": call.path})


def _searched(today: Today, call: Call) -> tuple[int, Any]:
    if sum(line.endswith("/search") for line in today.log) == 1:
        return 502, "Bad Gateway"
    conditions = {each["key"]: str(each["value"]) for each in call.body["conditions"]}
    if conditions.pop("Project.id", None) != str(PROJECT):
        raise Refused(400, {"status": 400, "message": "Project.id is required"})
    lists = {"Release": today.test_releases, "RunConfiguration": today.configurations}
    rows = [*lists[call.body["type"]].values()]
    rows = [row for row in rows if all(str(row.get(key)) == value for key, value in conditions.items())]
    asked = call.body["pagination"]
    return 200, _page(sorted(rows, key=lambda row: -row["id"]), asked["page"], asked["size"])


def _page(rows: list[Any], number: int, size: int) -> dict[str, Any]:
    content = rows[number * size : (number + 1) * size]
    pages = -(-len(rows) // size)
    return {
        "content": content,
        "totalPages": pages,
        "totalElements": len(rows),
        "number": number,
        "size": size,
        "numberOfElements": len(content),
        "first": number == 0,
        "last": number + 1 >= pages,
        "empty": not content,
    }


def _stored(today: Today, call: Call) -> dict[str, Any]:
    said = {name: value for name, value in call.body.items() if name not in _KEPT}
    if call.method == "PUT":
        row = today.test_releases[call.body["id"]]
        kept = {name: value for name, value in row.items() if name in _KEPT}
        row.clear()
        row.update(kept | said)
        return row
    id_ = max(today.test_releases, default=77000) + 1
    row = {"id": id_, "projectId": PROJECT, "closed": False, "createdAt": "2026-11-29T08:00:00Z", **said}
    today.test_releases[id_] = row
    return row


def _linked(today: Today, id_: int, release: int | None) -> dict[str, Any]:
    row = today.configurations[id_]
    row["releaseId"] = release
    row["release"] = None if release is None else today.test_releases[release]
    return row
