"""Decides what POST, PUT and PATCH make of a release; what is refused is decided in `rules`."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import TypeAlias

from .. import newer
from ..system import Call, Fields, Json
from . import rules
from .catalogue import pipeline
from .entries import Entries, entry_key
from .fields import normal_status
from .world import BLANK_CMS_DETAILS, blank_release

_Key: TypeAlias = tuple[int, str | None]
_NEVER_REPLACED = ("releaseStatus", "startDate", "endDate", "runningExecutions")
_KEYS = {
    "projects": ("projectId", "packageName"),
    "properties": ("propertyName",),
    "overriddenEnvironmentConfigurations": ("environmentId",),
}
_TEXTS = ("releaseName", "description")
_RESETTABLE = (
    "description",
    "pipelineId",
    "pipelineName",
    "scheduleBuildExpression",
    "projects",
    "cmsDetails",
    "properties",
)


def created(call: Call) -> Fields:
    """Return the release that a POST makes, stored."""
    number = max((row["releaseId"] for row in call.state["releases"]), default=10000) + 1
    release = _written(call, blank_release(number), None, dict(call.body))
    call.state["releases"].append(release)
    return release


def replaced(call: Call, before: Fields) -> Fields:
    """Return the release that a PUT leaves, stored: a field that the request leaves out is at its default."""
    rules.require_writable(call, before)
    omitted = [key for key in ("properties", "cmsDetails") if key not in call.body]
    kept = (*_NEVER_REPLACED, *(omitted if call.switches["put_omitted"] == "keep" else ()))
    old = {key: copy.deepcopy(before[key]) for key in kept if key in before}
    release = {**blank_release(before["releaseId"]), **old}
    release = _written(call, release, before, dict(call.body))
    return _stored(call, newer.replaced(release, before, call.body, _KEYS))


def patched(call: Call, before: Fields) -> Fields:
    """Return the release that a PATCH leaves, stored: a PATCH adds and updates, and removes nothing."""
    rules.require_writable(call, before)
    body = dict(call.body) if call.switches["patch_null"] == "clear" else _without_nulls(call.body)
    return _stored(call, _written(call, copy.deepcopy(before), before, body))


def _written(call: Call, release: Fields, before: Fields | None, body: Fields) -> Fields:
    rules.require_keys(call, body, before)
    rules.require_status(body, before)
    rules.require_pipeline_for_properties(body)
    for key in (key for key in _RESETTABLE if key in body and body[key] is None):
        release[key] = blank_release(0)[key]
    _write_texts(call, release, body)
    rules.require_name(call, release["releaseName"], release["releaseId"])
    _write_pipeline(call, release, body)
    _write_properties(release, body.get("properties") or [])
    _write_cms_details(release, body.get("cmsDetails"))
    Entries(call, before).write(release, body.get("projects") or [])
    rules.require_property_values(call, release, _added(release, before))
    _advance(call, release, body.get("releaseStatus"))
    return release


def _stored(call: Call, release: Fields) -> Fields:
    rows = call.state["releases"]
    place = next(index for index, row in enumerate(rows) if row["releaseId"] == release["releaseId"])
    rows[place] = release
    return release


def _added(release: Fields, before: Fields | None) -> set[_Key]:
    had = {entry_key(row) for row in before["projects"]} if before is not None else set()
    return {entry_key(row) for row in release["projects"]} - had


def _write_texts(call: Call, release: Fields, body: Fields) -> None:
    for key in (key for key in _TEXTS if body.get(key) is not None):
        release[key] = body[key].strip() if call.switches["trim_text"] == "true" else body[key]
    cron = (body.get("scheduleBuildExpression") or "").strip()
    if not cron:
        return
    rules.require_cron(call, cron)
    release["scheduleBuildExpression"] = cron.upper() if call.switches["cron_case"] == "upper" else cron


def _write_pipeline(call: Call, release: Fields, body: Fields) -> None:
    number, name = body.get("pipelineId"), body.get("pipelineName")
    if number is not None or name is not None:
        release["pipelineId"], release["pipelineName"] = pipeline(call, number, name)


def _write_properties(release: Fields, rows: list[Fields]) -> None:
    rules.require_once("property", [row["propertyName"] for row in rows])
    have = {row["propertyName"]: row for row in release["properties"]}
    for row in rows:
        kept = have.setdefault(
            row["propertyName"], {"propertyName": row["propertyName"], "propertyValue": None}
        )
        kept["propertyValue"] = _as_text(row.get("propertyValue", kept["propertyValue"]))
    release["properties"] = list(have.values())


def _as_text(value: Json) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _write_cms_details(release: Fields, sent: Fields | None) -> None:
    if sent is None:
        return
    have = release["cmsDetails"] or dict(BLANK_CMS_DETAILS)
    told = {key: value for key, value in sent.items() if key in BLANK_CMS_DETAILS}
    merged = {**have, **told}
    if told.get("overriddenDefaultConfigurations") is not None:
        old = have["overriddenDefaultConfigurations"] or {"requireChangeTicketForDeployment": None}
        merged["overriddenDefaultConfigurations"] = _update(old, told["overriddenDefaultConfigurations"])
    if told.get("overriddenEnvironmentConfigurations") is not None:
        old = have["overriddenEnvironmentConfigurations"] or []
        merged["overriddenEnvironmentConfigurations"] = list(
            _overrides(old, told["overriddenEnvironmentConfigurations"])
        )
    merged["overrideSettings"] = bool(merged["overrideSettings"])
    release["cmsDetails"] = merged


def _overrides(have: list[Fields], sent: list[Fields]) -> Iterator[Fields]:
    rules.require_once("environmentId", [row["environmentId"] for row in sent])
    new = {row["environmentId"]: row for row in sent}
    for row in have:
        yield _update(row, new.pop(row["environmentId"], {}))
    for number, row in new.items():
        yield _update({"environmentId": number, "requireChangeTicketForDeployment": None}, row)


def _update(have: Fields, sent: Fields) -> Fields:
    return {key: sent.get(key, value) for key, value in have.items()}


def _advance(call: Call, release: Fields, asked: str | None) -> None:
    if asked is None or normal_status(asked) != "STARTED":
        return
    match release["releaseStatus"]:
        case "NOTSTARTED":
            _start(call, release)
        case ("SUSPENDED" | "COMPLETED") as status:
            _start_again(call, release, status)


def _start_again(call: Call, release: Fields, status: str) -> None:
    match call.switches[f"{status.lower()}_start"]:
        case "reject":
            raise rules.bad(f"A release that is {status} cannot be started.")
        case "start":
            _start(call, release)


def _start(call: Call, release: Fields) -> None:
    rules.require_projects_to_start(call, release)
    release["releaseStatus"] = "STARTED"
    release["startDate"] = release["startDate"] or call.now.date().isoformat()


def _without_nulls(value: Json) -> Json:
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return value
