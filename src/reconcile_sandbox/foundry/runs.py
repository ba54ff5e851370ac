"""Answers what is asked of runs and builds, which advance when somebody looks at them."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from ..system import Answer, Call, Fields, Refused
from . import shown, stamps
from .access import caller
from .errors import bad, named
from .schedules import schedule_of

_DEFAULT_PAGE = 100
_NO_BACKOFF: Fields = {"value": 0, "unit": "SECONDS"}


def run(call: Call) -> Answer:
    """Start one more run of a schedule, and answer with it."""
    schedule = schedule_of(call)
    if schedule["paused"] and call.switches["paused_run"] == "reject":
        raise bad("The schedule is paused.")
    if call.switches["running"] == "conflict" and _is_running(call, schedule["rid"]):
        rid = call.params["scheduleRid"]
        raise named(409, "ScheduleAlreadyRunning", "The schedule is running.", scheduleRid=rid)
    row = _new_run(call, schedule)
    if call.switches["run_answer_result"] == "present":
        _resolve(call, row)
    return shown.answer(call, shown.run(call, row))


def runs(call: Call) -> Answer:
    """Answer with a page of a schedule's runs, the newest first; each run on the page advances."""
    rid = schedule_of(call)["rid"]
    rows = _newest_first(call, rid)
    start, size = _start(call, rid, rows), _page_size(call)
    page = rows[start : start + size]
    for row in page:
        _look_at(call, row)
    told: Fields = {"data": [shown.run(call, row) for row in page]}
    if start + size < len(rows):
        told["nextPageToken"] = _page_token(call, rid, page[-1], start + size)
    return shown.answer(call, told)


def get_build(call: Call) -> Answer:
    """Answer with one build, which advances."""
    rid = call.params["buildRid"]
    row = stamps.found(call.state["builds"], rid)
    if row is None or _is_late(call, row):
        raise named(404, "BuildNotFound", "There is no such build.", buildRid=rid)
    _look_at_build(call, row)
    return shown.answer(call, shown.build(call, row))


def _is_late(call: Call, row: Fields) -> bool:
    """Count a read of a build, and tell whether it comes before the build is shown."""
    row["lag"] = row.get("lag", 0) + 1
    return bool(row["lag"] <= int(call.switches["build_lag"]))


def _new_run(call: Call, schedule: Fields) -> Fields:
    row: Fields = {
        "rid": stamps.new_rid(call, "runs"),
        "scheduleRid": schedule["rid"],
        "scheduleVersionRid": schedule["currentVersionRid"],
        "createdTime": stamps.now(call),
        "createdBy": caller(call.headers).principal,
        "result": None,
        "reads": 0,
    }
    call.state["runs"].append(row)
    return row


def _is_running(call: Call, schedule_rid: str) -> bool:
    rows = [row for row in call.state["runs"] if row["scheduleRid"] == schedule_rid]
    busy = {row["rid"] for row in call.state["builds"] if row["status"] == "RUNNING"}
    return any(row["result"] is None or row["result"].get("buildRid") in busy for row in rows)


def _newest_first(call: Call, schedule_rid: str) -> list[Fields]:
    rows = [row for row in reversed(call.state["runs"]) if row["scheduleRid"] == schedule_rid]
    return sorted(rows, key=lambda row: str(row["createdTime"]), reverse=True)


def _page_size(call: Call) -> int:
    asked, most = int(call.query.get("pageSize", _DEFAULT_PAGE)), int(call.switches["page_size_max"])
    if asked < 1 or (asked > most and call.switches["page_size_over"] == "reject"):
        raise named(400, "InvalidPageSize", "There is no page of this size.", pageSize=asked)
    return max(1, min(asked, most))


def _page_token(call: Call, rid: str, last: Fields, position: int) -> str:
    after = last["rid"] if call.switches["page_anchor"] == "run" else position
    return base64.urlsafe_b64encode(json.dumps([rid, after]).encode()).decode().rstrip("=")


def _start(call: Call, rid: str, rows: list[Fields]) -> int:
    text = call.query.get("pageToken")
    if text is None:
        return 0
    match _read_token(text):
        case [str(own), int(position)] if own == rid and 0 < position <= 10**9:
            return position
        case [str(own), str(after)] if own == rid and any(row["rid"] == after for row in rows):
            return next(place for place, row in enumerate(rows, 1) if row["rid"] == after)
    raise named(400, "InvalidPageToken", "That token was not given here.", pageToken=text)


def _read_token(text: str) -> Any:
    try:
        return json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None


def _look_at(call: Call, row: Fields) -> None:
    if row["result"] is not None:
        build = stamps.found(call.state["builds"], row["result"].get("buildRid", ""))
        if build is not None:
            _look_at_build(call, build)
    elif row["reads"] >= int(call.switches["result_after_reads"]):
        _resolve(call, row)
    else:
        row["reads"] += 1


def _resolve(call: Call, row: Fields) -> None:
    kind = call.switches["result"]
    result: Fields = {"type": kind}
    if kind == "submitted":
        result["buildRid"] = _submit(call, row)["rid"]
    if kind == "error":
        name = call.switches["error_name"]
        result |= {"errorName": name, "description": f"The run ended with {name}."}
    row["result"] = result


def _submit(call: Call, row: Fields) -> Fields:
    version = stamps.found(call.state["versions"], row["scheduleVersionRid"])
    if version is None:
        raise Refused(500, "the version of a run is gone")
    build = new_build(row, version["action"], stamps.new_rid(call, "builds"), version["createdBy"])
    build["createdTime"] = stamps.now(call)
    call.state["builds"].append(build)
    return build


def new_build(row: Fields, action: Fields, rid: str, owner: str) -> Fields:
    """Return the build that a run submits; a run that started by itself has the version's creator."""
    return {
        "rid": rid,
        "branchName": action["branchName"],
        "createdTime": row["createdTime"],
        "createdBy": row["createdBy"] or owner,
        "fallbackBranches": list(action["fallbackBranches"]),
        "jobRids": [],
        "retryCount": action.get("retryCount", 0),
        "retryBackoffDuration": dict(action.get("retryBackoffDuration", _NO_BACKOFF)),
        "abortOnFailure": action["abortOnFailure"],
        "status": "RUNNING",
        "finishedTime": None,
        "scheduleRid": row["scheduleRid"],
        "reads": 0,
    }


def _look_at_build(call: Call, row: Fields) -> None:
    if row["status"] != "RUNNING":
        return
    if row["reads"] < int(call.switches["build_after_reads"]):
        row["reads"] += 1
    elif call.switches["build_status"] != "RUNNING":
        row["status"] = call.switches["build_status"]
        row["finishedTime"] = stamps.now(call)
