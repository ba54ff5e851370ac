"""Foundry as SDK 1.111.0 and the pages of 2026 have it: rights by request, branches, cron of five fields.

`preview=true` is needed to read, create and replace a schedule, and nowhere else. A replacement is the whole
schedule. A token of an application has the scopes that were asked for, and no more.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from .call import Call, Refused

if TYPE_CHECKING:
    from .frame import Today

PREFIXES = ("/api/v2/", "/multipass/")
READ, WRITE, DATASETS = "api:orchestration-read", "api:orchestration-write", "api:datasets-read"
_BASE = "/api/v2/orchestration/"
_DEFAULTS = {
    "branchName": "master",
    "fallbackBranches": [],
    "forceBuild": False,
    "abortOnFailure": False,
    "notificationsEnabled": True,
}
BUILD = "ri.foundry.main.build.5e5e5e5e-0000-4000-8000-000000000001"


def answer(today: Today, call: Call) -> tuple[int, Any]:
    """Return the answer to one request."""
    if call.path == "/multipass/api/oauth2/token":
        return _token(today, call)
    if call.path.startswith("/api/v2/datasets/"):
        _needs(call, READ, DATASETS)
        return _of_dataset(today, call)
    match call.method, call.path.removeprefix(_BASE).split("/"):
        case "POST", ["schedules", "getBatch"]:
            _needs(call, READ, preview=True)
            known = [each["scheduleRid"] for each in call.body]
            return 200, {"data": {rid: today.schedules[rid] for rid in known if rid in today.schedules}}
        case "GET", ["builds", rid]:
            _needs(call, READ)
            return 200, {"rid": rid, "status": "SUCCEEDED"}
        case "POST", ["schedules"]:
            _needs(call, WRITE, preview=True)
            return 200, _stored(today, f"ri.scheduler.main.schedule.{uuid.uuid4()}", call.body)
        case method, ["schedules", rid, *rest]:
            return _of_one(today, call, method, [rid, *rest])
    raise Refused(404, None)


def _of_one(today: Today, call: Call, method: str, steps: list[str]) -> tuple[int, Any]:
    rid, rest = steps[0], steps[1:]
    _needs(call, READ if method == "GET" else WRITE, preview=not rest and method != "DELETE")
    if rid not in today.schedules:
        raise _error(404, "NOT_FOUND", "ScheduleNotFound", scheduleRid=rid)
    match method, rest:
        case "GET", []:
            return 200, today.schedules[rid]
        case "PUT", []:
            return 200, _stored(today, rid, call.body)
        case "POST", ["pause" | "unpause"]:
            today.schedules[rid]["paused"] = rest == ["pause"]
            return 204, None
        case "POST", ["run"]:
            today.runs.insert(0, _run(rid))
            return 200, {name: value for name, value in today.runs[0].items() if name != "result"}
        case "GET", ["runs"]:
            return 200, {"data": [run for run in today.runs if run["scheduleRid"] == rid]}
    raise Refused(404, None)


def _token(today: Today, call: Call) -> tuple[int, Any]:
    if (call.body.get("client_id"), call.body.get("client_secret")) != ("app", "app-secret"):
        raise Refused(401, {"error": "invalid_client"})
    today.grants.append(call.body.get("scope", ""))
    granted = {READ, WRITE, DATASETS} & {*call.body.get("scope", "").split()}
    return 200, {"access_token": "+".join(sorted(granted)), "token_type": "bearer", "expires_in": 3600}


def _needs(call: Call, *scopes: str, preview: bool = False) -> None:
    if not call.bearer:
        raise _error(401, "UNAUTHORIZED", "Default:Unauthorized")
    if not {*scopes} <= {*call.bearer.split("+")}:
        raise _error(403, "PERMISSION_DENIED", "ApiUsageDenied", missingScope=" ".join(scopes))
    if preview and call.query.get("preview") != "true":
        raise _error(400, "INVALID_ARGUMENT", "ApiFeaturePreviewUsageOnly")


def _error(status: int, code: str, name: str, **parameters: str) -> Refused:
    identity = str(uuid.uuid4())
    body = {"errorCode": code, "errorName": name, "errorInstanceId": identity, "parameters": parameters}
    return Refused(status, body)


def _of_dataset(today: Today, call: Call) -> tuple[int, Any]:
    dataset, branch = call.path.split("/")[4], call.query.get("branchName", "master")
    on_branch = [row for row in today.schedules.values() if row["action"]["branchName"] == branch]
    if not on_branch and branch != "master":
        raise _error(404, "NOT_FOUND", "BranchNotFound", branchName=branch)
    return 200, {"data": [row["rid"] for row in on_branch if dataset in str(row["action"]["target"])]}


def _stored(today: Today, rid: str, said: dict[str, Any]) -> dict[str, Any]:
    trigger = said.get("trigger")
    if trigger is None:
        raise _error(400, "INVALID_ARGUMENT", "MissingTrigger")
    if trigger["type"] == "time" and len(trigger["cronExpression"].split()) != 5:
        raise _error(400, "INVALID_ARGUMENT", "InvalidTimeTrigger", cronExpression=trigger["cronExpression"])
    before = today.schedules.get(rid, {})
    today.schedules[rid] = {
        **said,
        "rid": rid,
        "action": {**_DEFAULTS, **said["action"]},
        "scopeMode": said.get("scopeMode", {"type": "user"}),
        "createdTime": before.get("createdTime", "2026-11-01T08:00:00.000Z"),
        "paused": before.get("paused", False),
        "currentVersionRid": f"ri.scheduler.main.schedule-version.{uuid.uuid4()}",
        "updatedTime": "2026-11-29T08:00:00.000Z",
        "updatedBy": str(uuid.UUID(int=7)),
    }
    return today.schedules[rid]


def _run(rid: str) -> dict[str, Any]:
    return {
        "rid": f"ri.scheduler.main.run.{uuid.uuid4()}",
        "scheduleRid": rid,
        "scheduleVersionRid": f"ri.scheduler.main.schedule-version.{uuid.uuid4()}",
        "createdTime": "2026-11-29T08:00:00.000Z",
        "createdBy": str(uuid.UUID(int=7)),
        "result": {"type": "submitted", "buildRid": BUILD},
    }
