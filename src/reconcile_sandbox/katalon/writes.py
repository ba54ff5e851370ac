"""Decides what writing and deleting makes of releases and of run configurations."""

from __future__ import annotations

from datetime import date

from ..system import Call, Fields, Json
from .fields import CHANGED_RELEASE, SENT_CONFIGURATION, SENT_RELEASE, SETTINGS
from .links import set_release
from .rows import bad, find, in_path, known, next_id, number_of, require_known_keys, timestamp
from .world import blank

_RELEASE_KEYS = ("name", "startTime", "endTime", "description")
_CONFIGURATION_KEYS = ("name", *SETTINGS)


def release_posted(call: Call) -> Fields:
    """Return the release that a POST creates or, with an id, updates."""
    require_known_keys(call, SENT_RELEASE)
    number = number_of(call.body.get("id"))
    if number is not None and call.switches["release_post"] == "create_or_update":
        return _release_changed(call, number)
    row = blank("releases", next_id(call, "releases"))
    row.update(projectId=_project_of(call), createdAt=timestamp(call))
    row.update(_release_told(call, row))
    call.state["releases"].append(row)
    return row


def release_put(call: Call) -> Fields:
    """Return the release that a PUT leaves."""
    number = int(call.body["id"])
    require_known_keys(call, CHANGED_RELEASE, find(call, "releases", number) or ())
    row = _release_changed(call, number)
    for key in row.keys() - blank("releases", 0).keys():
        if key in call.body or call.switches["put_omitted"] == "reset":
            row[key] = call.body.get(key)
    return row


def release_switched(call: Call) -> Fields:
    """Return the release, opened or closed."""
    row = in_path(call, "releases")
    row["closed"] = call.query["closed"].lower() == "true"
    return row


def release_deleted(call: Call) -> Fields:
    """Return the release, which is deleted; what was linked to it is linked to none."""
    row = in_path(call, "releases")
    holders = [it for it in call.state["runConfigurations"] if it["releaseId"] == row["id"]]
    if holders and call.switches["delete_linked"] == "reject":
        raise bad("The release is linked to a run configuration.")
    builds = [it for it in call.state["builds"] if it["releaseId"] == row["id"]]
    for holder in (*holders, *builds):
        holder["releaseId"] = None
    call.state["releases"].remove(row)
    return row


def configuration_posted(call: Call) -> Fields:
    """Return the run configuration that a POST creates or, with an id, updates."""
    require_known_keys(call, SENT_CONFIGURATION)
    number = number_of(call.body.get("id"))
    before = known(call, "runConfigurations", number) if number is not None else None
    row = dict(before or blank("runConfigurations", next_id(call, "runConfigurations")))
    row["projectId"] = row["projectId"] or _project_of(call)
    row.update(_told(call, before, _CONFIGURATION_KEYS), updatedAt=timestamp(call))
    _require_name(row)
    _link_as_told(call, row)
    if before is None:
        call.state["runConfigurations"].append(row)
        return row
    before.update(row)
    return before


def configuration_deleted(call: Call) -> Fields:
    """Return the run configuration, which is deleted with its timer."""
    row = in_path(call, "runConfigurations")
    call.state["runConfigurations"].remove(row)
    call.state["schedulers"] = [
        it for it in call.state["schedulers"] if it["runConfigurationId"] != row["id"]
    ]
    return row


def _release_changed(call: Call, number: int) -> Fields:
    row = known(call, "releases", number)
    moved = {**row, "projectId": _moved(call, row)}
    row.update({**moved, **_release_told(call, moved)})
    return row


def _release_told(call: Call, row: Fields) -> Fields:
    told = _told(call, row, _RELEASE_KEYS)
    for key in ("startTime", "endTime"):
        told[key] = _day(key, told.get(key, row[key]))
    if call.switches["closed_in_body"] == "apply" and call.body.get("closed") is not None:
        told["closed"] = call.body["closed"]
    after = {**row, **told}
    _require_name(after)
    _require_free_name(call, after)
    return told


def _told(call: Call, before: Fields | None, keys: tuple[str, ...]) -> Fields:
    reset = before is not None and call.switches["put_omitted"] == "reset"
    return {key: _value(key, call.body.get(key)) for key in keys if reset or key in call.body}


def _value(key: str, value: Json) -> Json:
    return number_of(value) if key.endswith("Id") or key == "timeOut" else value


def _moved(call: Call, row: Fields) -> int:
    number = number_of(call.body.get("projectId"))
    if number in (None, row["projectId"]) or call.switches["move_release"] == "ignore":
        return int(row["projectId"])
    if call.switches["move_release"] == "reject":
        raise bad("A release cannot move to another project.")
    return int(known(call, "projects", number)["id"])


def _project_of(call: Call) -> int:
    number = number_of(call.body.get("projectId"))
    if number is None:
        raise bad("projectId is required.")
    return int(known(call, "projects", number)["id"])


def _link_as_told(call: Call, row: Fields) -> None:
    if "releaseId" not in call.body:
        return
    number = number_of(call.body["releaseId"])
    if number is None:
        row["releaseId"] = None
    else:
        set_release(call, row, known(call, "releases", number))


def _day(key: str, text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise bad(f"{key} is not a date.") from None


def _require_name(row: Fields) -> None:
    if not row["name"]:
        raise bad("name is required.")


def _require_free_name(call: Call, row: Fields) -> None:
    if call.switches["duplicate_names"] == "allow":
        return
    for other in call.state["releases"]:
        same = (other["name"], other["projectId"]) == (row["name"], row["projectId"])
        if same and other["id"] != row["id"]:
            raise bad("A release with this name already exists.")
