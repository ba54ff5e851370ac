"""Decides what ids and names in a request stand for among FlexDeploy's pipelines and projects."""

from __future__ import annotations

from ..system import Call, Fields, Json
from .rules import bad


def accepts_unknown(call: Call) -> bool:
    """Tell whether ids that the state does not have are taken as they come."""
    return call.switches["unknown_refs"] == "accept"


def pipeline(call: Call, number: int | None, name: str | None) -> tuple[int | None, str | None]:
    """Return the id and name of the pipeline that a request names by either or both.

    Raises Refused where the id and the name mean different pipelines.
    """
    if number is None and name is None:
        return None, None
    rows = call.state["pipelines"]
    found = _first(rows, "pipelineId", number) if number is not None else _first(rows, "pipelineName", name)
    if found is None:
        return _unknown_pipeline(call, number, name)
    if name is not None and name != found["pipelineName"]:
        raise bad("PipelineName and PipelineId must both point to the same Pipeline.")
    return found["pipelineId"], found["pipelineName"]


def project(call: Call, row: Fields) -> Fields:
    """Return the project that an entry names; one without any facts where the project is not known."""
    found = _first(call.state["projects"], "projectId", row["projectId"])
    if found is not None:
        return found
    if not accepts_unknown(call):
        raise bad(f"There is no project with the id {row['projectId']}.")
    return {"partialDeployment": None, "streams": [], "buildEnvironments": [], "packages": None}


def names_of(state: Fields) -> dict[int, tuple[Json, Json]]:
    """Return name and path of every project by id."""
    return {row["projectId"]: (row["projectName"], row["applicationPath"]) for row in state["projects"]}


def require_own(call: Call, found: Fields, row: Fields) -> None:
    """Raise Refused where an entry's stream, build environment or package is not the project's own."""
    if accepts_unknown(call):
        return
    stream, environment, package = (
        row.get("projectStreamId"),
        row.get("buildEnvironmentId"),
        row.get("packageName"),
    )
    if stream is not None and _first(found["streams"], "streamId", stream) is None:
        raise bad(f"The project {row['projectId']} has no stream {stream}.")
    if environment is not None and _first(found["buildEnvironments"], "environmentId", environment) is None:
        raise bad(
            f"BuildEnvironmentId {environment} is not a build environment of the project {row['projectId']}."
        )
    if package is not None and found["packages"] is not None and package not in found["packages"]:
        raise bad(f"The project {row['projectId']} has no package with this name.")


def only(rows: list[Fields], key: str) -> Json:
    """Return the one row's `key`, and None where there are none or several."""
    return rows[0][key] if len(rows) == 1 else None


def _unknown_pipeline(call: Call, number: int | None, name: str | None) -> tuple[int | None, str | None]:
    if accepts_unknown(call):
        return number, name
    raise bad(
        f"There is no pipeline with the id {number}."
        if number is not None
        else "There is no pipeline with this name."
    )


def _first(rows: list[Fields], key: str, value: Json) -> Fields | None:
    return next((row for row in rows if row[key] == value), None)
