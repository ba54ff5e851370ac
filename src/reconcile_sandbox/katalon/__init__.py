"""Declares Katalon TestOps as its pages and its published client tell it, with the routes and the users."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping

from ..system import Answer, Call, Fields, Refused, Route, Schema, System, json_answer
from . import fields, links, search, writes
from .options import SWITCHES
from .paging import asked_in_query, page_answer
from .rows import in_path, known
from .view import View, refusal
from .world import complete, world

_TOKENS = {"demo": True, "reader": False}
_USERS = {
    ("demo", "demo"): True,
    ("reader", "demo"): False,
    **{("", key): may for key, may in _TOKENS.items()},
}


def _admit(headers: Mapping[str, str], _query: Mapping[str, str]) -> bool:
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    rights = _RIGHTS.get(scheme.lower())
    may_write = rights(credentials.strip()) if rights is not None else None
    if may_write is None:
        raise Refused(401, "Full authentication is required to access this resource.")
    return may_write


def _of_basic(credentials: str) -> bool | None:
    try:
        user, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return _USERS.get((user, password))


_RIGHTS: Mapping[str, Callable[[str], bool | None]] = {"basic": _of_basic, "bearer": _TOKENS.get}


def _changed(
    change: Callable[[Call], Fields], show: Callable[[View, Fields], Fields]
) -> Callable[[Call], Answer]:
    def answer(call: Call) -> Answer:
        row = change(call)
        return json_answer(200, show(View(call), row))

    return answer


def _release(change: Callable[[Call], Fields]) -> Callable[[Call], Answer]:
    return _changed(change, View.release)


def _configuration(change: Callable[[Call], Fields]) -> Callable[[Call], Answer]:
    return _changed(change, View.configuration)


def _smart_scheduler(call: Call) -> Answer:
    if call.switches["smart_scheduler_id"] == "scheduler":
        timer = in_path(call, "schedulers")
        return _pair(call, known(call, "runConfigurations", timer["runConfigurationId"]), timer)
    row = in_path(call, "runConfigurations")
    timers = (it for it in call.state["schedulers"] if it["runConfigurationId"] == row["id"])
    return _pair(call, row, next(timers, None))


def _pair(call: Call, row: Fields, timer: Fields | None) -> Answer:
    return json_answer(200, View(call).smart_scheduler(row, timer))


def _projects(call: Call) -> Answer:
    team = call.query.get("teamId")
    rows = [row for row in call.state["projects"] if team is None or row["teamId"] == int(team)]
    return page_answer(call, rows, asked_in_query(call.query), search.columns_of("Project"), View(call).plain)


def _teams(call: Call) -> Answer:
    rows = call.state["teams"]
    return page_answer(call, rows, asked_in_query(call.query), search.columns_of("Team"), View(call).plain)


def _one(collection: str) -> Callable[[Call], Answer]:
    return lambda call: json_answer(200, View(call).plain(in_path(call, collection)))


_ID = {"id": fields.ID}
_PAGED: Mapping[str, Schema] = {
    "page": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
    "size": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
    "sort": {
        "type": "string",
        "pattern": "^(id|name)(, ?(asc|desc))?$",
        "x-message": "must be id or name, with asc or desc",
    },
}
_LINK_RELEASE = {"projectId": fields.ID, "releaseId": fields.ID}
_LINK_BUILD = {"projectId": fields.ID, "buildId": fields.ID}
_CONFIGURATION = {200: fields.CONFIGURATION}
_RELEASE = {200: fields.RELEASE}
_PROJECTS = {200: fields.page("PageProjectResource", fields.PROJECT)}
_TEAMS = {200: fields.page("PageTeamResource", fields.TEAM)}
_FOUND = {200: fields.page("PageBaseResource", {"type": "object"})}


def _link(
    path: str, about: str, change: Callable[[Call], Fields], query: Fields, body: Schema | None
) -> Route:
    return Route(
        "POST", f"/run-configurations/{{id}}/{path}", about, _changed(change, View.linked), _CONFIGURATION,
        (400,), params=_ID, query=query, body=body, body_required=False,
    )  # fmt: skip


_LINKS = (
    _link("link-release", "Link to a release", links.release_linked, _LINK_RELEASE, fields.LINK_RELEASE),
    _link("link-build", "Link to a build", links.build_linked, _LINK_BUILD, fields.LINK_BUILD),
    _link("unlink-release", "Unlink from release and build", links.unlinked, {}, None),
)
_RUN_CONFIGURATIONS = (
    Route(
        "POST", "/run-configurations", "Create or update a run configuration",
        _configuration(writes.configuration_posted), _CONFIGURATION, (404,),
        query={"verifyRunConfiguration": {"type": "boolean"}}, body=fields.SENT_CONFIGURATION,
    ),
    Route(
        "DELETE", "/run-configurations/{id}", "Delete a run configuration",
        _configuration(writes.configuration_deleted), _CONFIGURATION, params=_ID,
    ),
    Route(
        "GET", "/smart-scheduler/{id}", "Get a run configuration with its scheduler", _smart_scheduler,
        {200: fields.SMART_SCHEDULER}, params=_ID,
    ),
)  # fmt: skip
_RELEASES = (
    Route(
        "POST", "/releases", "Create or update a release", _release(writes.release_posted), _RELEASE, (404,),
        body=fields.SENT_RELEASE,
    ),
    Route(
        "PUT", "/releases", "Update a release", _release(writes.release_put), _RELEASE, (404,),
        body=fields.CHANGED_RELEASE,
    ),
    Route(
        "POST", "/releases/{id}/active", "Open or close a release", _release(writes.release_switched),
        _RELEASE, params=_ID, query={"closed": {"type": "boolean"}}, required=("closed",),
    ),
    Route(
        "DELETE", "/releases/{id}", "Delete a release", _release(writes.release_deleted), _RELEASE, (400,),
        params=_ID,
    ),
)  # fmt: skip
_READS = (
    Route(
        "POST", "/search", "Search", search.in_body, _FOUND, body=fields.SEARCH, safe=True, lag="search_lag"
    ),
    Route(
        "GET", "/search", "Search, with the request in the query", search.in_query, _FOUND,
        query={"q": {"type": "string"}}, required=("q",), lag="search_lag",
    ),
    Route(
        "GET", "/projects", "List projects", _projects, _PROJECTS, query={"teamId": fields.ID, **_PAGED}
    ),
    Route("GET", "/projects/{id}", "Get a project", _one("projects"), {200: fields.PROJECT}, params=_ID),
    Route("GET", "/teams", "List teams", _teams, _TEAMS, query=_PAGED),
    Route("GET", "/teams/{id}", "Get a team", _one("teams"), {200: fields.TEAM}, params=_ID),
)  # fmt: skip

SYSTEM = System(
    name="katalon",
    mount="/api/v1",
    about="Katalon TestOps: schedules and releases. API key or token: demo, or reader who may only read.",
    routes=(*_LINKS, *_RUN_CONFIGURATIONS, *_RELEASES, *_READS),
    seed=fields.SEED,
    world=world,
    complete=complete,
    switches=SWITCHES,
    admit=_admit,
    refusal=refusal,
    error=fields.ERROR,
    security={
        "katalon": {"type": "http", "scheme": "basic"},
        "katalonToken": {"type": "http", "scheme": "bearer"},
    },
    id_key="id",
    rows_key="content",
)
