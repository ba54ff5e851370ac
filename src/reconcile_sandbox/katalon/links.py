"""Decides what linking and unlinking does to a run configuration, and which of it is refused."""

from __future__ import annotations

from ..system import Call, Fields, Json
from .fields import LINK_BUILD, LINK_RELEASE
from .rows import bad, in_path, known, number_of, require_known_keys, timestamp


def release_linked(call: Call) -> Fields:
    """Return the run configuration, linked to the release that the request names."""
    require_known_keys(call, LINK_RELEASE)
    row = in_path(call, "runConfigurations")
    number = _asked(call, "releaseId")
    _require_project(call, row)
    set_release(call, row, known(call, "releases", number))
    return row


def build_linked(call: Call) -> Fields:
    """Return the run configuration, linked to the build that the request names."""
    require_known_keys(call, LINK_BUILD)
    row = in_path(call, "runConfigurations")
    build = known(call, "builds", _asked(call, "buildId"))
    _require_project(call, row)
    require_same_project(call, row, build)
    release = build["releaseId"] if call.switches["build_sets_release"] == "true" else None
    row.update(buildId=build["id"], releaseId=release, updatedAt=timestamp(call))
    return row


def unlinked(call: Call) -> Fields:
    """Return the run configuration, linked to nothing."""
    row = in_path(call, "runConfigurations")
    nothing = row["releaseId"] is None and row["buildId"] is None
    if nothing and call.switches["unlink_nothing"] == "400":
        raise bad("The run configuration is not linked.")
    row.update(releaseId=None, buildId=None, updatedAt=timestamp(call))
    return row


def set_release(call: Call, row: Fields, release: Fields) -> None:
    """Link a run configuration to a release, with all that comes of it."""
    require_same_project(call, row, release)
    _require_open(call, release)
    _require_free(call, row, release)
    row.update(releaseId=release["id"], updatedAt=timestamp(call))
    if call.switches["link_clears_build"] == "true":
        row["buildId"] = None
    if call.switches["link_scheduler"] == "pause":
        _pause(call, row)


def require_same_project(call: Call, row: Fields, target: Fields) -> None:
    """Refuse to link objects of different projects, where the switch says so."""
    if call.switches["other_project"] == "reject" and target["projectId"] not in (None, row["projectId"]):
        raise bad("The run configuration belongs to another project.")


def _asked(call: Call, key: str) -> int:
    body = call.body or {}
    sent: dict[str, Json] = {"query": call.query.get(key), "body": body.get(key)}
    for place in call.switches["link_reads"].split("_then_"):
        number = number_of(sent[place])
        if number is not None:
            return number
    raise bad(f"Required parameter '{key}' is not present.")


def _require_project(call: Call, row: Fields) -> None:
    number = number_of(call.query.get("projectId"))
    if number is None and call.switches["link_project"] == "required":
        raise bad("Required parameter 'projectId' is not present.")
    if number is not None and known(call, "projects", number)["id"] != row["projectId"]:
        raise bad("The run configuration belongs to another project.")


def _require_open(call: Call, release: Fields) -> None:
    if release["closed"] and call.switches["closed_releases"] == "reject":
        raise bad("The release is closed.")


def _require_free(call: Call, row: Fields, release: Fields) -> None:
    if call.switches["relink"] == "reject" and row["releaseId"] not in (None, release["id"]):
        raise bad("The run configuration is linked to another release.")


def _pause(call: Call, row: Fields) -> None:
    for scheduler in call.state["schedulers"]:
        if scheduler["runConfigurationId"] == row["id"]:
            scheduler["active"] = False
