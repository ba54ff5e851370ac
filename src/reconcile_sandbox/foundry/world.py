"""Makes the world that Foundry shows where none is seeded, and fills what a seed leaves out."""

from __future__ import annotations

from ..system import Fields
from . import stamps
from .access import DEMO_USER
from .rules import complete_action
from .runs import new_build
from .unions import RESULT, SCOPE, SENT_TARGET, TRIGGER, problem

_DATASET = "ri.foundry.main.dataset."
RAW = f"{_DATASET}0a1c5d52-1f0e-4c55-8a55-2a1f6f0d1b01"
ORDERS = f"{_DATASET}1b2d6e63-2a1f-4d66-9b66-3b2a7a1e2c02"
CLEAN = f"{_DATASET}2c3e7f74-3b2a-4e77-8c77-4c3b8b2f3d03"
NUMBERS = f"{_DATASET}3d4f8a85-4c3b-4f88-9d88-5d4c9c3a4e04"
REPORT = f"{_DATASET}4e5a9b96-5d4c-4a99-8e99-6e5dad4b5f05"
MEDIA = "ri.mio.main.media-set.5f6baca7-6e5d-4baa-9faa-7f6ebe5c6a06"
SAMPLE = "ri.scheduler.main.schedule.8843955e-37d1-4363-85eb-539833e10a41"
_SAMPLE_VERSION = "ri.scheduler.main.schedule-version.4d1eb55f-6c13-411c-a911-5d84e08d8017"
_NESTED = "ri.scheduler.main.schedule.c3f1a2b4-5d6e-4f70-8a91-b2c3d4e5f607"
_PAUSED = "ri.scheduler.main.schedule.d4a2b3c5-6e7f-4a81-9ba2-c3d4e5f6a718"
_PROJECT = "ri.compass.main.folder.6a7cbdb8-7f6e-4cbb-8abb-8a7fcf6d7b07"
_LONG_AGO = "2024-11-05T09:30:00.000000Z"
_DEFAULTS = {"action_defaults": "plain"}
_UNIONS = (("trigger", TRIGGER), ("scopeMode", SCOPE))


def world() -> Fields:
    """Return the page's schedule with older runs, one whose triggers nest, a paused one, and the datasets."""
    return {
        "resources": [
            {"rid": RAW, "jobSpec": False},
            {"rid": ORDERS, "upstream": [RAW]},
            {"rid": CLEAN, "upstream": [ORDERS]},
            {"rid": NUMBERS, "upstream": [CLEAN]},
            {"rid": REPORT, "upstream": [NUMBERS, CLEAN]},
            {"rid": MEDIA, "jobSpec": False},
        ],
        "schedules": [_sample(), _nested(), _paused()],
        "versions": [],
        "runs": [
            _run("1", "2024-11-06T03:00:00.412Z", "submitted"),
            _run("2", "2024-11-07T03:00:00.388Z", "ignored"),
            _run("3", "2024-11-07T14:22:51.097Z", "submitted", by=DEMO_USER),
            _run("4", "2024-11-08T03:00:00.501Z", "error"),
            _run("5", "2024-11-09T03:00:00.467Z", "submitted"),
        ],
        "builds": [],
        "minted": 0,
    }


def complete(state: Fields) -> None:
    """Fill what a seed left out; raise ValueError for a rid that stands twice and a value of no union."""
    for resource in state["resources"]:
        resource.setdefault("upstream", [])
    for schedule in state["schedules"]:
        _complete_schedule(schedule)
    _add_versions(state)
    schedules = {row["rid"]: row for row in state["schedules"]}
    for run in state["runs"]:
        _complete_run(run, schedules.get(run["scheduleRid"]))
    _add_builds(state)
    for collection in ("resources", "schedules", "versions", "runs", "builds"):
        _require_unique(collection, [row["rid"].lower() for row in state[collection]])


def _complete_schedule(row: Fields) -> None:
    for key, union in _UNIONS:
        _require(problem(union, row[key], key) if row.get(key) is not None else None)
    _require(problem(SENT_TARGET, row["action"]["target"], "target"))
    for key, default in (
        ("displayName", None), ("description", None), ("paused", False), ("trigger", None),
        ("scopeMode", {"type": "user"}), ("denied", []), ("createdTime", _LONG_AGO), ("createdBy", DEMO_USER),
        ("currentVersionRid", stamps.rid("versions", row["rid"])),
    ):  # fmt: skip
        row.setdefault(key, default)
    row.setdefault("updatedTime", row["createdTime"])
    row.setdefault("updatedBy", row["createdBy"])
    row["action"] = complete_action(row["action"], _DEFAULTS)
    _normalize_times(row)


def _add_versions(state: Fields) -> None:
    known = {row["rid"] for row in state["versions"]}
    for row in state["schedules"]:
        if row["currentVersionRid"] not in known:
            made = {"createdTime": row["updatedTime"], "createdBy": row["updatedBy"]}
            own = {key: row[key] for key in ("trigger", "action", "scopeMode")}
            version = {"rid": row["currentVersionRid"], "scheduleRid": row["rid"], **made, **own}
            state["versions"].append(version)
    for row in state["versions"]:
        row.setdefault("trigger", None)
        _normalize_times(row)


def _complete_run(run: Fields, schedule: Fields | None) -> None:
    version = schedule["currentVersionRid"] if schedule else _SAMPLE_VERSION
    for key, default in (
        ("scheduleVersionRid", version), ("createdTime", _LONG_AGO), ("createdBy", None), ("result", None),
        ("reads", 0),
    ):  # fmt: skip
        run.setdefault(key, default)
    _require(problem(RESULT, run["result"], "result") if run["result"] is not None else None)
    _normalize_times(run)


def _add_builds(state: Fields) -> None:
    known = {row["rid"] for row in state["builds"]}
    actions = {row["rid"]: row["action"] for row in state["versions"]}
    for run in state["runs"]:
        rid = (run["result"] or {}).get("buildRid")
        action = actions.get(run["scheduleVersionRid"])
        if rid and action and rid not in known:
            build = new_build(run, action, rid, DEMO_USER)
            state["builds"].append(build | {"status": "SUCCEEDED", "finishedTime": run["createdTime"]})
    for row in state["builds"]:
        blank = new_build(
            {"createdTime": _LONG_AGO, "createdBy": None, "scheduleRid": None}, _ANY, "", DEMO_USER
        )
        row.update({**blank, **row})
        _normalize_times(row)


def _normalize_times(row: Fields) -> None:
    for key in ("createdTime", "updatedTime", "finishedTime"):
        if row.get(key) is not None:
            row[key] = stamps.stored(stamps.parsed(row[key]))


def _require(told: str | None) -> None:
    if told is not None:
        raise ValueError(f"the state does not fit: foundry: {told}")


def _require_unique(collection: str, rids: list[str]) -> None:
    seen: set[str] = set()
    for rid in rids:
        if rid in seen:
            raise ValueError(f"the state does not fit: foundry.{collection} has the rid {rid} twice")
        seen.add(rid)


_ANY: Fields = {"branchName": "master", "fallbackBranches": [], "abortOnFailure": False}


def _run(name: str, time: str, kind: str, by: str | None = None) -> Fields:
    result: Fields = {"type": kind}
    if kind == "submitted":
        result["buildRid"] = stamps.rid("builds", f"old {name}")
    if kind == "error":
        result |= {"errorName": "JobSpecNotFound", "description": "A target has no job spec."}
    return {
        "rid": stamps.rid("runs", f"old {name}"), "scheduleRid": SAMPLE,
        "scheduleVersionRid": _SAMPLE_VERSION, "createdTime": time, "createdBy": by, "result": result,
    }  # fmt: skip


def _sample() -> Fields:
    return {
        "rid": SAMPLE,
        "displayName": "Refresh the numbers",
        "description": "Builds the numbers and all that they are made of.",
        "currentVersionRid": _SAMPLE_VERSION,
        "trigger": {"type": "time", "cronExpression": "0 3 * * *", "timeZone": "UTC"},
        "action": {"target": {"type": "upstream", "targetRids": [NUMBERS], "ignoredRids": [RAW]}},
    }


def _nested() -> Fields:
    either = [
        {"type": "newLogic", "datasetRid": CLEAN, "branchName": "master"},
        {"type": "scheduleSucceeded", "scheduleRid": SAMPLE},
    ]
    both = [
        {"type": "datasetUpdated", "datasetRid": RAW, "branchName": "master"},
        {"type": "or", "triggers": either},
    ]
    retries = {"retryCount": 2, "retryBackoffDuration": {"value": 30, "unit": "SECONDS"}}
    return {
        "rid": _NESTED,
        "displayName": "Report after the numbers",
        "trigger": {"type": "and", "triggers": both},
        "action": {
            "target": {
                "type": "connecting", "inputRids": [RAW], "targetRids": [REPORT], "ignoredRids": [ORDERS],
            },
            "fallbackBranches": ["develop"], "abortOnFailure": True, **retries,
        },
        "scopeMode": {"type": "project", "projectRids": [_PROJECT]},
    }  # fmt: skip


def _paused() -> Fields:
    either = [
        {"type": "mediaSetUpdated", "mediaSetRid": MEDIA, "branchName": "master"},
        {"type": "jobSucceeded", "datasetRid": ORDERS, "branchName": "master"},
    ]
    return {
        "rid": _PAUSED,
        "displayName": "Orders by hand",
        "paused": True,
        "trigger": {"type": "or", "triggers": either},
        "action": {
            "target": {"type": "manual", "targetRids": [ORDERS, CLEAN]},
            "notificationsEnabled": False,
        },
    }
