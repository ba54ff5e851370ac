"""Decides how Foundry shows schedules, versions, runs and builds; no other module reads these switches."""

from __future__ import annotations

import hashlib
import json

from ..system import Answer, Call, Fields, Json, json_answer
from .stamps import rid, shouted, shown_time

_TIMES = ("createdTime", "updatedTime", "finishedTime")
_OWN = ("denied", "reads", "lag")
_UNORDERED = ("targetRids", "ignoredRids", "inputRids", "projectRids", "triggers", "datasets")
_EXTRA: Fields = {"revision": 7, "audit": {"origin": None}, "tags": []}


def answer(call: Call, value: Json) -> Answer:
    """Return a success, with the changes that the switches make to any value."""
    if call.switches["list_order"] == "shuffled":
        value = _shuffled(call, value)
    if call.switches["rid_case"] == "upper":
        value = shouted(value)
    return json_answer(200, value)


def schedule(call: Call, row: Fields) -> Fields:
    """Return a schedule as it is shown; or a version, which has fewer fields."""
    hidden = ("trigger",) if call.switches["trigger_visible"] == "false" else ()
    return _finished(call, {key: value for key, value in row.items() if key not in hidden})


def run(call: Call, row: Fields) -> Fields:
    """Return a run as it is shown; a run without a result has no key for it."""
    told = dict(row)
    for key, switch in (("createdTime", "created_time"), ("createdBy", "created_by")):
        if call.switches[switch] == "absent":
            del told[key]
    if row["result"] is not None:
        told["result"] = _result(call, dict(row["result"]))
    return _finished(call, told)


def build(call: Call, row: Fields) -> Fields:
    """Return a build as it is shown."""
    told = dict(row)
    if call.switches["build_answered"] == "another":
        told["rid"] = rid("builds", f"another than {row['rid']}")
    if told["status"] == "CANCELED":
        told["status"] = call.switches["canceled"]
    return _finished(call, told)


def _result(call: Call, result: Fields) -> Fields:
    if call.switches["result_type"] != "known":
        result = {"type": call.switches["result_type"]}
    if call.switches["submitted_build"] == "unnamed":
        result.pop("buildRid", None)
    if "errorName" in result and call.switches["error_case"] == "upper":
        result["errorName"] = result["errorName"].upper()
    if call.switches["result_shape"] == "tagged":
        return result
    return {result.pop("type"): result}


def _finished(call: Call, row: Fields) -> Fields:
    told = {
        key: shown_time(value, call.switches) if value and key in _TIMES else value
        for key, value in row.items()
        if key not in _OWN and (value is not None or call.switches["empty_fields"] == "null")
    }
    return {**told, **_EXTRA} if call.switches["extra_fields"] == "true" else told


def _shuffled(call: Call, value: Json) -> Json:
    if isinstance(value, list):
        return [_shuffled(call, item) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {key: _shuffled(call, item) for key, item in value.items()}
    return {
        key: sorted(item, key=lambda it: _lot(call, it)) if key in _UNORDERED else item
        for key, item in inner.items()
    }


def _lot(call: Call, item: Json) -> bytes:
    drawn = f"{call.ordinal} {json.dumps(item, sort_keys=True)}"
    return hashlib.blake2b(drawn.encode(), digest_size=8).digest()
