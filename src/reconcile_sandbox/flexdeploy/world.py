"""Makes the world that FlexDeploy shows where none is seeded, and fills what a seed leaves out."""

from __future__ import annotations

from collections.abc import Iterable

from ..system import Fields
from .fields import normal_status

BLANK_CMS_DETAILS: Fields = {
    "cmsInstanceId": None,
    "overrideSettings": False,
    "overriddenDefaultConfigurations": None,
    "overriddenEnvironmentConfigurations": None,
}


def world() -> Fields:
    """Return the pipelines, projects and releases of the vendor's page; one pipeline requires a property."""
    return {
        "pipelines": [
            _pipeline(10004, "Test Pipeline"),
            _pipeline(10005, "Simple Pipeline", APPROVER=True, NOTIFY=False),
            _pipeline(12345, "Pipeline 1", TESTPROPERTY=False),
        ],
        "projects": [
            _under_test(_project(13903, "RESTDeployProject1", 13904, 10956)),
            _under_test(
                _partial(_project(13921, "RESTDeployPartialProject", 13922, 10956), "Package1", "Package2")
            ),
            _partial(_project(10000, "REST Project 1", 13900, 21212), "package1", "package2"),
            _project(10001, "REST Project 2", 15986, 10056, 10057),
            _partial(_project(33442, "REST Package Project", 3502, 22478, 22479), "Package 1"),
            _project(6789, "REST Project 3", 6790, 22478),
        ],
        "releases": [_first(), _second()],
    }


def complete(state: Fields) -> None:
    """Fill what a seed left out; raise ValueError for an id that stands twice."""
    for pipeline in state["pipelines"]:
        pipeline["properties"] = [{"required": False, **row} for row in pipeline.get("properties", [])]
    for project in state["projects"]:
        _complete_project(project)
    for release in state["releases"]:
        _complete_release(release, state["pipelines"])
    for collection, key in (
        ("pipelines", "pipelineId"),
        ("projects", "projectId"),
        ("releases", "releaseId"),
    ):
        _require_unique(collection, [row[key] for row in state[collection]])


def blank_release(release_id: int) -> Fields:
    """Return a release with nothing but its id: every other field is at its default."""
    return {
        "releaseId": release_id, "releaseName": None, "releaseStatus": "NOTSTARTED", "description": None,
        "pipelineId": None, "pipelineName": None, "startDate": None, "endDate": None,
        "scheduleBuildExpression": None, "projects": [], "cmsDetails": None, "properties": [],
    }  # fmt: skip


def blank_entry(project_id: int) -> Fields:
    """Return a project of a release with every other field at its default."""
    return {
        "priority": 1, "projectId": project_id, "packageName": None, "requestAllFiles": False,
        "buildEnvironmentId": None, "projectStreamId": None, "projectGroups": None,
    }  # fmt: skip


def _complete_project(project: Fields) -> None:
    for key, default in (
        ("applicationId", None), ("applicationPath", "FlexDeploy"), ("partialDeployment", False),
        ("isActive", True), ("streams", []), ("buildEnvironments", []), ("packages", None),
    ):  # fmt: skip
        project.setdefault(key, default)
    project["buildEnvironments"] = [_environment(row) for row in project["buildEnvironments"]]
    project["streams"] = [{"streamName": "trunk", "isActive": True, **row} for row in project["streams"]]


def _environment(row: Fields) -> Fields:
    """Return a build environment with a name and a code, which are alike where one of them is left out."""
    name = row.get("environmentName") or row.get("environmentCode") or f"BUILD{row['environmentId']}"
    return {"environmentCode": name, "environmentName": name, **row}


def _complete_release(release: Fields, pipelines: list[Fields]) -> None:
    given = {key: value for key, value in release.items() if value is not None}
    release.update({**blank_release(release["releaseId"]), **given})
    release["releaseStatus"] = normal_status(release["releaseStatus"])
    release["projects"] = [
        {**blank_entry(row["projectId"]), **{key: value for key, value in row.items() if value is not None}}
        for row in release["projects"]
    ]
    if release["cmsDetails"] is not None:
        release["cmsDetails"] = {**BLANK_CMS_DETAILS, **release["cmsDetails"]}
    known = {row["pipelineId"]: row["pipelineName"] for row in pipelines}
    release["pipelineName"] = known.get(release["pipelineId"], release["pipelineName"])


def _require_unique(collection: str, ids: Iterable[int]) -> None:
    seen: set[int] = set()
    for number in ids:
        if number in seen:
            raise ValueError(f"the state does not fit: flexdeploy.{collection} has the id {number} twice")
        seen.add(number)


def _pipeline(number: int, name: str, **required: bool) -> Fields:
    properties = [{"propertyName": key, "required": value} for key, value in required.items()]
    return {"pipelineId": number, "pipelineName": name, "properties": properties}


def _project(number: int, name: str, stream: int, *environments: int) -> Fields:
    return {
        "projectId": number,
        "projectName": name,
        "applicationId": 11002,
        "applicationPath": "FlexDeploy/REST",
        "streams": [{"streamId": stream, "streamName": "trunk"}],
        "buildEnvironments": [{"environmentId": it, "environmentName": f"BUILD{it}"} for it in environments],
    }


def _partial(project: Fields, *packages: str) -> Fields:
    return {**project, "partialDeployment": True, "packages": list(packages)}


def _under_test(project: Fields) -> Fields:
    return {**project, "applicationId": 11001, "applicationPath": "FlexDeploy/RESTTests"}


def _entry(project_id: int, stream: int, package: str | None = None, *, all_files: bool = False) -> Fields:
    own = {
        "packageName": package,
        "requestAllFiles": all_files,
        "projectStreamId": stream,
        "buildEnvironmentId": 10956,
    }
    return {**blank_entry(project_id), **own}


def _started(number: int, name: str, projects: list[Fields]) -> Fields:
    own = {"releaseName": name, "releaseStatus": "STARTED", "startDate": "2019-02-05", "pipelineId": 10004}
    return {**blank_release(number), **own, "pipelineName": "Test Pipeline", "projects": projects}


def _first() -> Fields:
    packages = [_entry(13921, 13922, "Package2"), _entry(13921, 13922, "Package1")]
    return _started(12101, "REST Release 1", [_entry(13903, 13904), *packages])


def _second() -> Fields:
    return _started(12104, "REST Release 2", [_entry(13921, 13922, all_files=True), _entry(13903, 13904)])
