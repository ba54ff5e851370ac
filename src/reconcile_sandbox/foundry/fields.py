"""Holds the fields of Foundry's objects as schemas: those of requests, of answers, and of the seed."""

from __future__ import annotations

from ..system import Fields, Schema
from .unions import RESULT, RID, RIDS, SCOPE, SENT_TARGET, TARGET, TEXT, TRIGGER

LARGEST_BATCH = 1000
TIME_UNITS = ("MILLISECONDS", "SECONDS", "MINUTES", "HOURS", "DAYS", "WEEKS", "MONTHS", "YEARS")
BUILD_STATUSES = ("RUNNING", "SUCCEEDED", "FAILED", "CANCELED")

_FLAG: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
_USER: Schema = {"type": "string", "format": "uuid"}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_TEXTS: Schema = {"type": "array", "items": TEXT}


def _object(title: str, properties: Fields, *required: str) -> Schema:
    return {"title": title, "type": "object", "properties": properties, "required": list(required)}


def _all_required(title: str, properties: Fields, *optional: str) -> Schema:
    return _object(title, properties, *(key for key in properties if key not in optional))


def _list_of(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _maybe(schema: Schema) -> Schema:
    kept = {key: value for key, value in schema.items() if key != "title"}
    return {**kept, "type": [schema["type"], "null"]}


_DURATION = _all_required(
    "FoundryDuration", {"value": _COUNT, "unit": {"type": "string", "enum": list(TIME_UNITS)}}
)
_ACTION: Fields = {
    "branchName": TEXT,
    "fallbackBranches": _TEXTS,
    "forceBuild": _FLAG,
    "abortOnFailure": _FLAG,
    "notificationsEnabled": _FLAG,
    "retryCount": _COUNT,
    "retryBackoffDuration": _DURATION,
}
_RETRIES = ("retryCount", "retryBackoffDuration")
ACTION = _all_required("FoundryAction", {"target": TARGET, **_ACTION}, *_RETRIES)
SENT_ACTION = _object(
    "FoundryActionInput",
    {"target": SENT_TARGET, **{key: _maybe(value) for key, value in _ACTION.items()}},
    "target",
)
SENT_SCHEDULE = _object(
    "FoundryScheduleInput",
    {
        "displayName": _maybe(TEXT),
        "description": _maybe(TEXT),
        "action": SENT_ACTION,
        "trigger": TRIGGER,
        "scopeMode": SCOPE,
    },
    "action",
)
_DEFINITION: Fields = {"trigger": TRIGGER, "action": ACTION, "scopeMode": SCOPE}
_STAMPS: Fields = {"createdTime": _MOMENT, "createdBy": _USER, "updatedTime": _MOMENT, "updatedBy": _USER}
SCHEDULE = _all_required(
    "FoundrySchedule",
    {
        "rid": RID,
        "displayName": TEXT,
        "description": TEXT,
        "currentVersionRid": RID,
        **_STAMPS,
        "paused": _FLAG,
        **_DEFINITION,
    },
    "displayName",
    "description",
    "trigger",
)
VERSION = _all_required(
    "FoundryScheduleVersion",
    {"rid": RID, "scheduleRid": RID, "createdTime": _MOMENT, "createdBy": _USER, **_DEFINITION},
    "trigger",
)
_RUN: Fields = {
    "rid": RID,
    "scheduleRid": RID,
    "scheduleVersionRid": RID,
    "createdTime": _MOMENT,
    "createdBy": _USER,
    "result": RESULT,
}
RUN = _all_required("FoundryScheduleRun", _RUN, "createdBy", "result")
RUNS = _object("FoundryScheduleRuns", {"data": _list_of(RUN), "nextPageToken": TEXT}, "data")
_BUILD: Fields = {
    "rid": RID,
    "branchName": TEXT,
    "createdTime": _MOMENT,
    "createdBy": _USER,
    "fallbackBranches": _TEXTS,
    "jobRids": RIDS,
    "retryCount": _COUNT,
    "retryBackoffDuration": _DURATION,
    "abortOnFailure": _FLAG,
    "status": {"type": "string", "enum": list(BUILD_STATUSES)},
    "finishedTime": _MOMENT,
    "scheduleRid": RID,
}
BUILD = _all_required("FoundryBuild", _BUILD, "finishedTime", "scheduleRid")
BATCH_SENT = _list_of(_object("FoundryBatchElement", {"scheduleRid": RID}, "scheduleRid"))
BATCH = _all_required("FoundryBatch", {"data": {"type": "object", "additionalProperties": SCHEDULE}})
AFFECTED = _all_required("FoundryAffectedResources", {"datasets": RIDS})
OF_DATASET = _all_required("FoundrySchedulesOfDataset", {"data": RIDS})

_SEEDED_RESOURCE = _object(
    "", {"rid": RID, "upstream": RIDS, "denied": _FLAG, "jobSpec": _FLAG, "branches": _TEXTS}, "rid"
)
_SEEDED_SCHEDULE = _object(
    "",
    {
        **SCHEDULE["properties"],
        "displayName": _maybe(TEXT),
        "description": _maybe(TEXT),
        "trigger": _maybe(TRIGGER),
        "action": SENT_ACTION,
        "denied": _TEXTS,
    },
    "rid",
    "action",
)
_SEEDED_RUN = _object(
    "",
    {**_RUN, "createdBy": _maybe(_USER), "result": _maybe(RESULT), "reads": _COUNT},
    "rid",
    "scheduleRid",
)
SEED: Schema = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "resources": _list_of(_SEEDED_RESOURCE),
        "schedules": _list_of(_SEEDED_SCHEDULE),
        "versions": _list_of(
            _object("", {**VERSION["properties"], "trigger": _maybe(TRIGGER)}, *VERSION["required"])
        ),
        "runs": _list_of(_SEEDED_RUN),
        "builds": _list_of(
            _object("", {**_BUILD, "finishedTime": _maybe(_MOMENT), "reads": _COUNT, "lag": _COUNT}, "rid")
        ),
        "minted": _COUNT,
    },
}
