"""Declares FlexDeploy's release API as its vendor's page tells it, with routes and the answers to reads."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from ..system import Answer, Call, Fields, Refused, Route, System, json_answer
from . import fields
from .answers import project_shown, refusal, release_answer, releases_answer
from .options import SWITCHES
from .world import complete, world
from .writes import created, patched, replaced

_USERS = {("demo", "demo"): True, ("reader", "demo"): False}


def _admit(headers: Mapping[str, str], _query: Mapping[str, str]) -> bool:
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        user = password = ""
    may_write = _USERS.get((user, password))
    if scheme.lower() != "basic" or may_write is None:
        raise Refused(401, "Login failure: the user name or the password is wrong.")
    return may_write


def _list(call: Call) -> Answer:
    name = call.query.get("releaseName", "").casefold()
    status = fields.normal_status(call.query.get("releaseStatus", ""))
    rows = (row for row in call.state["releases"] if name in row["releaseName"].casefold())
    return releases_answer(call, (row for row in rows if status in ("", row["releaseStatus"])))


def _get(call: Call) -> Answer:
    return release_answer(call, 200, _release(call, 404))


def _post(call: Call) -> Answer:
    return release_answer(call, 201, created(call))


def _put(call: Call) -> Answer:
    return release_answer(call, 200, replaced(call, _release(call, int(call.switches["unknown_id"]))))


def _patch(call: Call) -> Answer:
    return release_answer(call, 200, patched(call, _release(call, int(call.switches["unknown_id"]))))


def _release(call: Call, unknown: int) -> Fields:
    number = int(call.params["releaseId"])
    for row in call.state["releases"]:
        if row["releaseId"] == number:
            return dict(row)
    raise Refused(unknown, "Release not found.")


def _projects(call: Call) -> Answer:
    rows = [row for row in call.state["projects"] if _project_fits(row, call.query)]
    return json_answer(200, [project_shown(row) for row in rows])


def _project_fits(row: Fields, query: Mapping[str, str]) -> bool:
    active, application = query.get("isActive"), query.get("applicationId")
    return (
        query.get("projectName", "").casefold() in row["projectName"].casefold()
        and (active is None or row["isActive"] == (active.lower() == "true"))
        and (application is None or row["applicationId"] == int(application))
        and f"{_folder(row['applicationPath'])}/".startswith(_folder(query.get("folderPath", "")))
    )


def _folder(path: str) -> str:
    parts = [part for part in path.replace("\\", "/").casefold().split("/") if part]
    return "".join(f"{part}/" for part in (parts[1:] if parts[:1] == ["flexdeploy"] else parts))


def _project(call: Call) -> Answer:
    return json_answer(200, project_shown(_known_project(call)))


def _streams(call: Call) -> Answer:
    name = call.query.get("streamName", "").casefold()
    return json_answer(
        200, [row for row in _known_project(call)["streams"] if name in row["streamName"].casefold()]
    )


def _stream(call: Call) -> Answer:
    number = int(call.params["streamId"])
    for row in _known_project(call)["streams"]:
        if row["streamId"] == number:
            return json_answer(200, row)
    raise Refused(404, "Stream not found.")


def _environments(call: Call) -> Answer:
    code = call.query.get("environmentCode", "").casefold()
    rows = {row["environmentId"]: row for each in call.state["projects"] for row in each["buildEnvironments"]}
    return json_answer(200, [row for row in rows.values() if code in row["environmentCode"].casefold()])


def _known_project(call: Call) -> Fields:
    number = int(call.params["projectId"])
    for row in call.state["projects"]:
        if row["projectId"] == number:
            return dict(row)
    raise Refused(404, "Project not found.")


_TEXT = {"type": "string"}
_RELEASE_ID = {"releaseId": fields.ID}
_PROJECT_ID = {"projectId": fields.ID}
_PROJECT_QUERY = {
    "projectName": _TEXT,
    "applicationId": fields.ID,
    "folderPath": _TEXT,
    "isActive": {"type": "boolean"},
}
_RELEASE_QUERY = {"releaseName": _TEXT, "releaseStatus": fields.status_schema(fields.STATUSES)}
_SENT, _ONE, _MANY = fields.SENT_RELEASE, fields.RELEASE, fields.RELEASES

SYSTEM = System(
    name="flexdeploy",
    mount="/flexdeploy/rest/v1",
    about="FlexDeploy releases, versions 5.2 to 5.4. Users: demo/demo, and reader/demo who may only read.",
    routes=(
        Route("GET", "/releases", "Find releases", _list, {200: _MANY}, query=_RELEASE_QUERY),
        Route("POST", "/releases", "Create a release", _post, {201: _ONE}, body=_SENT),
        Route("GET", "/releases/{releaseId}", "Get a release", _get, {200: _ONE}, params=_RELEASE_ID),
        Route(
            "PUT",
            "/releases/{releaseId}",
            "Replace a release",
            _put,
            {200: _ONE},
            params=_RELEASE_ID,
            body=_SENT,
        ),
        Route(
            "PATCH",
            "/releases/{releaseId}",
            "Add to a release",
            _patch,
            {200: _ONE},
            params=_RELEASE_ID,
            body=_SENT,
        ),
        Route("GET", "/project", "Find projects", _projects, {200: fields.PROJECTS}, query=_PROJECT_QUERY),
        Route(
            "GET",
            "/project/{projectId}",
            "Get a project",
            _project,
            {200: fields.PROJECT},
            params=_PROJECT_ID,
        ),
        Route(
            "GET",
            "/project/{projectId}/stream",
            "Find streams",
            _streams,
            {200: fields.STREAMS},
            params=_PROJECT_ID,
            query={"streamName": _TEXT},
        ),
        Route(
            "GET",
            "/topology/environment",
            "Find environments",
            _environments,
            {200: fields.ENVIRONMENTS},
            query={"environmentCode": _TEXT},
        ),
        Route(
            "GET",
            "/project/{projectId}/stream/{streamId}",
            "Get a stream",
            _stream,
            {200: fields.STREAM},
            params={**_PROJECT_ID, "streamId": fields.ID},
        ),
    ),
    seed=fields.SEED,
    world=world,
    complete=complete,
    switches=SWITCHES,
    admit=_admit,
    refusal=refusal,
    error=fields.ERROR,
    security={"flexdeploy": {"type": "http", "scheme": "basic"}},
    id_key="releaseId",
)
