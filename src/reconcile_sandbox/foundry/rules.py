"""Decides which definitions of schedules Foundry takes, and what it makes of what they leave out."""

from __future__ import annotations

import functools
import re
import zoneinfo
from collections.abc import Iterator
from typing import NoReturn

from ..system import Call, Fields, Switches
from .cron import is_cron
from .errors import bad, named
from .fields import SCHEDULE, SENT_ACTION, SENT_SCHEDULE
from .stamps import found
from .unions import SCOPE, SENT_TARGET, TRIGGER, kinds, problem, stripped

_PLAIN: Fields = {
    "branchName": "master",
    "fallbackBranches": [],
    "forceBuild": False,
    "abortOnFailure": False,
    "notificationsEnabled": True,
}
_OTHER: Fields = {
    "branchName": "main",
    "fallbackBranches": ["develop", "master"],
    "forceBuild": False,
    "abortOnFailure": True,
    "notificationsEnabled": False,
    "retryCount": 2,
    "retryBackoffDuration": {"value": 30, "unit": "SECONDS"},
}
_OFFSET = re.compile(r"Z|(?:UTC|GMT|UT)?[+-](?:0?[0-9]|1[0-8])(?::?[0-5][0-9])?")
_ROLES = {
    "target": ("BuildTargetsNotFound", "BuildTargetsPermissionDenied"),
    "input": ("BuildInputsNotFound", "BuildInputsPermissionDenied"),
    "trigger": ("ScheduleTriggerResourcesNotFound", "ScheduleTriggerResourcesPermissionDenied"),
}


def definition(call: Call, before: Fields | None = None) -> Fields:
    """Return what a schedule is after a write: all that a caller may say, and a default for the rest.

    `before` is what the schedule was, which may have fields that the page does not.
    """
    body: Fields = call.body
    had = before or {"action": {}}
    _require_known_keys(call, body, had)
    _require_texts(call, body)
    trigger = _trigger(call, body.get("trigger"))
    action = complete_action(_action(call, body["action"]), call.switches)
    action |= {key: body["action"].get(key) for key in had["action"] if key not in SENT_ACTION["properties"]}
    more = {key: body.get(key) for key in had if key not in {*SCHEDULE["properties"], "denied"}}
    return {
        **more,
        "displayName": body.get("displayName"),
        "description": body.get("description"),
        "trigger": trigger,
        "action": action,
        "scopeMode": _scope(body.get("scopeMode")),
    }


def default_branch(switches: Switches) -> str:
    """Return the branch that is meant where a caller names none."""
    filled = _PLAIN if switches["action_defaults"] == "plain" else _OTHER
    return str(filled["branchName"])


def complete_action(action: Fields, switches: Switches) -> Fields:
    """Return an action with a value for each field that the server never leaves out."""
    filled = _PLAIN if switches["action_defaults"] == "plain" else _OTHER
    said = {key: value for key, value in action.items() if value is not None}
    return {**filled, **said, "target": complete_target(action["target"])}


def complete_target(target: Fields) -> Fields:
    """Return a target with the list of what to ignore, if such a target can have one."""
    return target if target["type"] == "manual" else {"ignoredRids": [], **target}


def _require_known_keys(call: Call, body: Fields, had: Fields) -> None:
    if call.switches["unknown_keys"] == "ignore":
        return
    unknown = sorted({*body} - {*SENT_SCHEDULE["properties"], *had})
    unknown += sorted({*body["action"]} - {*SENT_ACTION["properties"], *had["action"]})
    if unknown:
        raise bad(f"{unknown[0][:40]} is not known here")


def _require_texts(call: Call, body: Fields) -> None:
    for key, switch, name in (
        ("displayName", "name_max", "InvalidScheduleName"),
        ("description", "description_max", "InvalidScheduleDescription"),
    ):
        if len(body.get(key) or "") > int(call.switches[switch]):
            raise named(400, name, f"{key} is too long.")


def _scope(sent: Fields | None) -> Fields:
    if sent is None:
        return {"type": "user"}
    told = problem(SCOPE, sent, "scopeMode")
    if told is not None:
        raise bad(told)
    return stripped(SCOPE, sent)


def _action(call: Call, sent: Fields) -> Fields:
    kept = {key: value for key, value in sent.items() if key in SENT_ACTION["properties"]}
    return {**kept, "target": _target(call, sent["target"])}


def _target(call: Call, sent: Fields) -> Fields:
    told = problem(SENT_TARGET, sent, "action.target")
    if told is not None:
        raise bad(told) if sent.get("type") in kinds(SENT_TARGET) else _not_supported(call, told)
    if not sent["targetRids"]:
        raise named(400, "MissingBuildTargets", "The target has no dataset.")
    if sent["type"] == "connecting" and not sent["inputRids"]:
        raise named(400, "MissingConnectingBuildInputs", "The connecting target has no input.")
    _require_resources(call, "target", sent["targetRids"])
    _require_resources(call, "input", sent.get("inputRids", []))
    _require_job_specs(call, sent["targetRids"])
    return stripped(SENT_TARGET, sent)


def _not_supported(call: Call, told: str) -> Exception:
    return named(400, "TargetNotSupported", told, **call.params)


def _require_resources(call: Call, role: str, rids: list[str]) -> None:
    missing, denied = _ROLES[role]
    rows = {rid: _resource(call, rid) for rid in rids}
    unknown = [rid for rid, row in rows.items() if row is None]
    if unknown and call.switches["unknown_refs"] == "reject":
        raise named(404, missing, f"{unknown[0]} is not there.", resourceRids=unknown)
    closed = [rid for rid, row in rows.items() if row is not None and row.get("denied") is True]
    if closed:
        raise named(403, denied, f"{closed[0]} is not for this user.", resourceRids=closed)


def _require_job_specs(call: Call, rids: list[str]) -> None:
    rows = {rid: _resource(call, rid) or {} for rid in rids}
    raw = [rid for rid, row in rows.items() if row.get("jobSpec") is False]
    if raw:
        raise named(400, "BuildTargetsMissingJobSpecs", f"Nothing builds {raw[0]}.", resourceRids=raw)


def _resource(call: Call, rid: str) -> Fields | None:
    return found(call.state["resources"], rid) or found(call.state["schedules"], rid)


def _trigger(call: Call, sent: Fields | None) -> Fields | None:
    if sent is None:
        if call.switches["trigger_omitted"] == "accept":
            return None
        raise named(400, "MissingTrigger", "A schedule needs a trigger.")
    told = problem(TRIGGER, sent, "trigger")
    if told is not None:
        raise bad(told)
    rids = [rid for part in _parts(sent) for rid in _checked_part(call, part)]
    _require_resources(call, "trigger", rids)
    return stripped(TRIGGER, sent)


def _parts(trigger: Fields) -> Iterator[Fields]:
    yield trigger
    for inner in trigger.get("triggers", ()):
        yield from _parts(inner)


def _checked_part(call: Call, part: Fields) -> list[str]:
    match part["type"]:
        case "and" | "or" if not part["triggers"]:
            _refuse_empty(part["type"])
        case "time":
            _require_time(call, part)
        case "mediaSetUpdated" if ".media-set." not in part["mediaSetRid"]:
            rid = part["mediaSetRid"]
            raise named(400, "InvalidMediaSetTrigger", "That is no media set.", mediaSetRid=rid)
    return [value for key, value in part.items() if key.endswith("Rid")]


def _refuse_empty(kind: str) -> NoReturn:
    raise named(400, f"Invalid{kind.title()}Trigger", f"The {kind} trigger is empty.")


def _require_time(call: Call, part: Fields) -> None:
    cron, zone = part["cronExpression"], part["timeZone"]
    if not is_cron(cron, wraps=call.switches["cron_wraps"] == "accept"):
        raise named(
            400, "InvalidTimeTrigger", "That is no cron expression of five fields.", cronExpression=cron
        )
    if not is_zone(zone):
        raise named(400, "InvalidTimeZone", "That is no time zone.", timeZone=zone)


def is_zone(text: str) -> bool:
    """Tell whether `text` is a zone, as Java has them; a machine without a list of zones takes any name."""
    known = _zones()
    if not known:
        return re.fullmatch(r"[A-Za-z][A-Za-z0-9~/._+-]*", text) is not None
    return text in known or _OFFSET.fullmatch(text) is not None


@functools.cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
