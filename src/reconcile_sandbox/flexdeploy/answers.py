"""Decides how FlexDeploy shows a release, a project and an error; no other module reads these switches."""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Callable, Iterable

from ..system import Answer, Call, Fields, Json, Refused, Switches, json_answer
from .catalogue import names_of
from .fields import EXTRAS, EXTRAS_OF_PROJECT, FOLDER_KEYS, TOP_FOLDER

_TITLES = {"NOTSTARTED": "NotStarted", "NOT STARTED": "Not Started"}


def release_answer(call: Call, status: int, release: Fields) -> Answer:
    """Answer with one release."""
    return json_answer(status, _shown(call, [release])[0])


def releases_answer(call: Call, releases: Iterable[Fields]) -> Answer:
    """Answer with a bare list of releases."""
    return json_answer(200, _ordered(call, _shown(call, releases), "releaseName"))


def project_shown(project: Fields) -> Fields:
    """Return a project of the catalogue as answers show it."""
    kept = {
        key: project[key]
        for key in ("projectId", "projectName", "applicationId", "isActive", "partialDeployment")
    }
    return {**kept, "projectPath": project["applicationPath"]}


def refusal(refused: Refused, switches: Switches) -> Answer:
    """Return the answer of an error, with the message in the shape that the switch asks for."""
    message, headers = refused.message, refused.headers
    if refused.status == 401:
        headers = (*headers, ("www-authenticate", 'Basic realm="FlexDeploy"'))
    match switches["error_body"]:
        case "plain":
            return Answer(refused.status, message.encode(), "text/plain; charset=utf-8", headers)
        case "html":
            page = f"<html><body><h1>Error {refused.status}</h1><p>{html.escape(message)}</p></body></html>"
            return Answer(refused.status, page.encode(), "text/html; charset=utf-8", headers)
        case _:
            return Answer(refused.status, json.dumps({"message": message}).encode(), headers=headers)


def _shown(call: Call, releases: Iterable[Fields]) -> list[Fields]:
    names = names_of(call.state)
    changes = list(_changes(call.switches))
    shown = [_plainly_shown(call, release, names) for release in releases]
    for change in changes:
        shown = [change(release) for release in shown]
    return shown


def _plainly_shown(call: Call, release: Fields, names: dict[int, tuple[Json, Json]]) -> Fields:
    projects = [
        {**entry, "projectName": names.get(entry["projectId"], (None, None))[0],
         "applicationPath": names.get(entry["projectId"], (None, None))[1]}
        for entry in release["projects"]
    ]  # fmt: skip
    shown = {**release, "projects": _ordered(call, projects, "projectName")}
    shown["properties"] = _ordered(call, release["properties"], "propertyName")
    shown.pop("runningExecutions", None)
    if call.method == "POST":
        shown["startDate"] = None
    for key, switch in (("properties", "show_properties"), ("cmsDetails", "show_cms_details")):
        if call.method == "GET" and call.switches[switch] == "false":
            del shown[key]
    return shown


def _ordered(call: Call, rows: list[Fields], name: str) -> list[Fields]:
    match call.switches["list_order"]:
        case "by_name":
            return sorted(rows, key=lambda row: str(row.get(name)))
        case "shuffled":
            return sorted(rows, key=lambda row: _lot(call, row))
        case _:
            return rows


def _lot(call: Call, row: Fields) -> bytes:
    drawn = f"{call.ordinal} {json.dumps(row, sort_keys=True)}"
    return hashlib.blake2b(drawn.encode(), digest_size=8).digest()


def _changes(switches: Switches) -> Iterable[Callable[[Fields], Fields]]:
    if switches["status_spelling"] == "spaced" or switches["status_case"] != "upper":
        yield lambda release: {**release, "releaseStatus": _status(release["releaseStatus"], switches)}
    if switches["empty_description"] != "stored":
        empty = None if switches["empty_description"] == "null" else ""
        yield lambda release: {**release, "description": release["description"] or empty}
    if switches["folders"] != "none":
        told = {key: TOP_FOLDER[key] for key in FOLDER_KEYS[switches["folders"]]}
        yield lambda release: {**told, **release}
    if switches["extra_fields"] == "true":
        yield _with_extras
    if switches["ids"] == "string":
        yield lambda release: _with_text_ids(release)
    if switches["empty_lists"] != "list" or switches["empty_fields"] == "omit":
        yield lambda release: _pruned(release, switches)


def _status(status: str, switches: Switches) -> str:
    spelled = "NOT STARTED" if status == "NOTSTARTED" and switches["status_spelling"] == "spaced" else status
    match switches["status_case"]:
        case "lower":
            return spelled.lower()
        case "title":
            return _TITLES.get(spelled, spelled.title())
        case _:
            return spelled


def _with_extras(release: Fields) -> Fields:
    projects = [{**row, **EXTRAS_OF_PROJECT} for row in release["projects"]]
    return {**release, "projects": projects, **EXTRAS}


def _with_text_ids(value: Json) -> Json:
    if isinstance(value, list):
        return [_with_text_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: str(item) if key.endswith("Id") and isinstance(item, int) else _with_text_ids(item)
            for key, item in value.items()}  # fmt: skip


def _pruned(value: Json, switches: Switches) -> Json:
    if isinstance(value, list):
        return [_pruned(item, switches) for item in value]
    if not isinstance(value, dict):
        return value
    lists, fields = switches["empty_lists"], switches["empty_fields"]
    kept = {key: item for key, item in value.items() if not (item == [] and lists == "omit")}
    nulled = {
        key: None if item == [] and lists == "null" else _pruned(item, switches) for key, item in kept.items()
    }
    return {key: item for key, item in nulled.items() if not (item is None and fields == "omit")}
