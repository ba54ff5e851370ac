"""Refuses what the notes of FlexDeploy's page forbid, each with its own message; changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ..system import Call, Fields, Refused
from .cron import cron_problem
from .fields import (
    EXTRAS,
    EXTRAS_OF_PROJECT,
    FOLDER_KEYS,
    SENT_RELEASE,
    SENT_STATUSES,
    SERVER_OWNED,
    SERVER_OWNED_OF_PROJECT,
    normal_status,
)


def bad(message: str) -> Refused:
    """Return a 400 with its reason."""
    return Refused(400, message)


def require_keys(call: Call, body: Fields, before: Fields | None) -> None:
    """Refuse unknown and server-owned keys, where the switches say so; a key that answers have is known."""
    shown = call.switches["extra_fields"] == "true"
    had, extras = before or {}, EXTRAS if shown else {}
    known, folder = SENT_RELEASE["properties"], FOLDER_KEYS[call.switches["folders"]]
    _require_known(call, body, {*known, *had, *extras, *folder}, (*SERVER_OWNED, "releaseId"))
    for name, own in (("projects", SERVER_OWNED_OF_PROJECT), ("properties", ())):
        more = {key for row in had.get(name) or () for key in row} | {*(EXTRAS_OF_PROJECT if shown else ())}
        for row in body.get(name) or ():
            _require_known(call, row, {*known[name]["items"]["properties"], *more}, own)


def require_status(body: Fields, before: Fields | None) -> None:
    """Refuse a request for a status other than NOTSTARTED and STARTED."""
    status = body.get("releaseStatus")
    if status is None or normal_status(status) in SENT_STATUSES:
        return
    if normal_status(status) == "COMPLETED" and before is not None and before.get("runningExecutions"):
        raise bad("Cannot end a release if there are running pipeline executions.")
    raise bad("releaseStatus in a request must be NOTSTARTED or STARTED.")


def require_writable(call: Call, release: Fields) -> None:
    """Refuse to change a finished or suspended release, where the switches say so."""
    status = release["releaseStatus"]
    switch = {"COMPLETED": "completed_writes", "SUSPENDED": "suspended_writes"}.get(status)
    if switch is not None and call.switches[switch] == "reject":
        raise bad(f"A release that is {status} cannot be changed.")


def require_name(call: Call, name: str, release_id: int) -> None:
    """Refuse a name that another release has, where the switch says so."""
    if call.switches["duplicate_names"] == "allow":
        return
    if any(row["releaseName"] == name and row["releaseId"] != release_id for row in call.state["releases"]):
        raise bad("A release with this name already exists.")


def require_cron(call: Call, text: str) -> None:
    """Refuse what is no Quartz expression, and several of them except where the switch allows it."""
    several = call.switches["cron_list"] == "semicolon"
    for expression in text.split(";") if several else (text,):
        problem = cron_problem(expression)
        if problem is not None:
            raise bad(f"scheduleBuildExpression {problem}.")


def require_pipeline_for_properties(body: Fields) -> None:
    """Refuse properties in a request that does not name the pipeline to which they belong."""
    if body.get("properties") and body.get("pipelineId") is None and body.get("pipelineName") is None:
        raise bad("PipelineName or PipelineId must be provided to set Pipeline Properties.")


def require_once(what: str, keys: Sequence[object]) -> None:
    """Refuse a request in which something stands twice."""
    if len(set(keys)) != len(keys):
        raise bad(f"The request has the same {what} twice.")


def require_property_values(call: Call, release: Fields, added: Iterable[object]) -> None:
    """Refuse to add projects to a release before all its pipeline's required properties have values."""
    if not any(True for _ in added):
        return
    pipelines = (row for row in call.state["pipelines"] if row["pipelineId"] == release["pipelineId"])
    required = {
        row["propertyName"] for pipeline in pipelines for row in pipeline["properties"] if row["required"]
    }
    required -= {row["propertyName"] for row in release["properties"] if row["propertyValue"]}
    if required:
        missing = ", ".join(sorted(required))
        raise bad(
            f"Cannot add a project without all required property values for that property set: {missing}."
        )


def require_projects_to_start(call: Call, release: Fields) -> None:
    """Refuse to start a release without a project, except where the switch allows it."""
    if not release["projects"] and call.switches["start_without_projects"] == "false":
        raise bad("Cannot start a release without at least one project.")


def require_package_rules(row: Fields, *, partial: bool | None) -> None:
    """Refuse what may not be said of packages for a full, a partial, or (None) an unknown project."""
    if partial is not False and row.get("requestAllFiles") and row.get("packageName") is not None:
        raise bad("Cannot provide packageName if requestAllFiles is true.")
    if partial and not row.get("requestAllFiles") and row.get("packageName") is None:
        raise bad("Must provide packageName if requestAllFiles is false.")
    if partial is False and _says_packages(row):
        raise bad("Cannot provide packageName or requestAllFiles for a full deployment project.")


def _says_packages(row: Fields) -> bool:
    return row.get("packageName") is not None or row.get("requestAllFiles") is not None


def _require_known(call: Call, row: Fields, known: Collection[str], server_owned: Sequence[str]) -> None:
    for key in row:
        if key == "releaseId" or (key in known and key not in server_owned):
            continue
        if key in server_owned and call.switches["read_only_fields"] == "reject":
            raise bad(f"{key} is set by the server.")
        if key not in server_owned and call.switches["unknown_keys"] == "reject":
            raise bad(f"{key[:40]} is not a known attribute.")
