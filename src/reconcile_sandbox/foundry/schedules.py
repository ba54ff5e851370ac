"""Answers what is asked of schedules and their versions; what a definition may say is decided in `rules`."""

from __future__ import annotations

from typing import Any

from ..system import Answer, Call, Fields, Refused
from . import shown, stamps
from .access import caller
from .errors import named
from .fields import LARGEST_BATCH
from .rules import default_branch, definition

_OF_VERSION = ("trigger", "action", "scopeMode")


def schedule_of(call: Call) -> Fields:
    """Return the schedule that a call names; raise Refused where the caller can see none."""
    rid = call.params["scheduleRid"]
    row = _readable(call, rid)
    if row is None:
        raise named(404, "ScheduleNotFound", "There is no such schedule.", scheduleRid=rid)
    return row


def get(call: Call) -> Answer:
    """Answer with one schedule."""
    return _told(call, schedule_of(call))


def get_batch(call: Call) -> Answer:
    """Answer with many schedules; those that are missing, or not for this caller, are left out."""
    if not call.body:
        raise named(400, "MissingBatchRequest", "The batch is empty.")
    if len(call.body) > LARGEST_BATCH:
        sizes = {"maximumBatchSize": LARGEST_BATCH, "providedBatchSize": len(call.body)}
        raise named(400, "BatchRequestSizeExceededLimit", "The batch is too large.", **sizes)
    rows = (_readable(call, element["scheduleRid"]) for element in call.body)
    data = {row["rid"]: shown.schedule(call, row) for row in rows if row is not None}
    return shown.answer(call, {"data": data})


def create(call: Call) -> Answer:
    """Create a schedule, with its first version, and answer with it."""
    own = definition(call)
    row = {"rid": stamps.new_rid(call, "schedules"), **own, "paused": False, "denied": []}
    row |= {"createdTime": stamps.now(call), "createdBy": caller(call.headers).principal}
    _touch(call, row)
    _make_version(call, row)
    call.state["schedules"].append(row)
    return _told(call, row)


def replace(call: Call) -> Answer:
    """Define a schedule anew, and answer with it: what the request leaves out is gone, or at its default."""
    row = schedule_of(call)
    own = definition(call, row)
    same = all(row[key] == own[key] for key in _OF_VERSION)
    row |= own
    _touch(call, row)
    if not (same and call.switches["replace_version"] == "same"):
        _make_version(call, row)
    return _told(call, row)


def delete(call: Call) -> Answer:
    """Delete a schedule with its versions and runs."""
    row = schedule_of(call)
    call.state["schedules"].remove(row)
    for collection in ("versions", "runs"):
        rows = call.state[collection]
        rows[:] = [it for it in rows if it["scheduleRid"] != row["rid"]]
    return _done("204")


def pause(call: Call) -> Answer:
    """Keep a schedule from running by itself."""
    return _set_paused(call, paused=True)


def unpause(call: Call) -> Answer:
    """Let a schedule run by itself again."""
    return _set_paused(call, paused=False)


def affected(call: Call) -> Answer:
    """Answer with the datasets that a run of the schedule would build."""
    target = schedule_of(call)["action"]["target"]
    upstream = {row["rid"]: row["upstream"] for row in call.state["resources"]}
    return shown.answer(call, {"datasets": _built(target, upstream)})


def of_dataset(call: Call) -> Answer:
    """Answer with the rids of the schedules that target a dataset on a branch, the default one where none is
    named; with none where nothing targets it.
    """
    rid = call.params["datasetRid"]
    default = default_branch(call.switches)
    branch = call.query.get("branchName", default)
    if branch not in {default, *_branches(call, rid)} and call.switches["unknown_branch"] == "reject":
        parameters = {"datasetRid": rid, "branchName": branch}
        raise named(404, "BranchNotFound", "There is no such branch.", **parameters)
    rows = (row for row in call.state["schedules"] if _targets(row, rid) and "Get" not in row["denied"])
    return shown.answer(call, {"data": [row["rid"] for row in rows if row["action"]["branchName"] == branch]})


def _branches(call: Call, rid: str) -> set[str]:
    """Return the branches of a dataset: those that it is seeded with, and those that schedules build on."""
    dataset = stamps.found(call.state["resources"], rid) or {}
    built = (row["action"]["branchName"] for row in call.state["schedules"] if _targets(row, rid))
    return {*dataset.get("branches", ()), *built}


def _targets(row: Fields, rid: str) -> bool:
    return rid.lower() in (target.lower() for target in row["action"]["target"]["targetRids"])


def version(call: Call) -> Answer:
    """Answer with one version."""
    return shown.answer(call, shown.schedule(call, _version_of(call)))


def schedule_of_version(call: Call) -> Answer:
    """Answer with the schedule that a version belongs or belonged to."""
    row = _readable(call, _version_of(call)["scheduleRid"])
    if row is None:
        raise _no_version(call)
    return _told(call, row)


def _told(call: Call, row: Fields) -> Answer:
    return shown.answer(call, shown.schedule(call, row))


def _readable(call: Call, rid: str) -> Fields | None:
    row = stamps.found(call.state["schedules"], rid)
    return None if row is None or "Get" in row["denied"] else row


def _version_of(call: Call) -> Fields:
    row = stamps.found(call.state["versions"], call.params["scheduleVersionRid"])
    if row is None:
        raise _no_version(call)
    return row


def _no_version(call: Call) -> Refused:
    rid = call.params["scheduleVersionRid"]
    return named(404, "ScheduleVersionNotFound", "There is no such version.", scheduleVersionRid=rid)


def _touch(call: Call, row: Fields) -> None:
    row["updatedTime"] = stamps.now(call)
    row["updatedBy"] = caller(call.headers).principal


def _make_version(call: Call, row: Fields) -> None:
    rid = stamps.new_rid(call, "versions")
    made = {"createdTime": row["updatedTime"], "createdBy": row["updatedBy"]}
    own = {key: row[key] for key in _OF_VERSION}
    call.state["versions"].append({"rid": rid, "scheduleRid": row["rid"], **made, **own})
    row["currentVersionRid"] = rid


def _set_paused(call: Call, *, paused: bool) -> Answer:
    row = schedule_of(call)
    if row["paused"] is paused and call.switches["pause_again"] == "conflict":
        raise Refused(409, "The schedule is paused." if paused else "The schedule is not paused.")
    row["paused"] = paused
    _touch(call, row)
    if call.switches["pause_version"] == "new":
        _make_version(call, row)
    return _done(call.switches["pause"])


def _done(status: str) -> Answer:
    return Answer(int(status), b"", "")


def _built(target: Fields, upstream: dict[str, list[str]]) -> list[str]:
    if target["type"] == "manual":
        return list(target["targetRids"])
    inputs = set(target.get("inputRids", ()))
    above = _reached(target["targetRids"], upstream, inputs)
    if target["type"] == "connecting":
        below = _below(inputs, upstream)
        above = [rid for rid in above if rid in below or rid in target["targetRids"]]
    return [rid for rid in above if rid not in target["ignoredRids"]]


def _reached(start: list[str], upstream: dict[str, list[str]], ends: set[str]) -> list[str]:
    seen: dict[str, Any] = {}
    left = list(start)
    while left:
        rid = left.pop()
        if rid not in seen and rid not in ends:
            seen[rid] = None
            left += upstream.get(rid, [])
    return list(seen)


def _below(inputs: set[str], upstream: dict[str, list[str]]) -> set[str]:
    return {rid for rid in upstream if any(it in inputs for it in _ancestors(rid, upstream))}


def _ancestors(rid: str, upstream: dict[str, list[str]]) -> list[str]:
    return _reached(list(upstream[rid]), upstream, set())
