"""Each sample of the vendor's page, repaired where it is not JSON, answered as the page shows it."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox

GET_BY_ID: dict[str, Any] = {
    "releaseId": 14321,
    "releaseName": "Test Release 1",
    "description": "",
    "pipelineId": 10004,
    "pipelineName": "Simple Pipeline",
    "startDate": "2019-02-13",
    "endDate": None,
    "scheduleBuildExpression": None,
    "releaseStatus": "STARTED",
    "projects": [
        {
            "priority": 1, "projectId": 10000, "packageName": "package1", "projectName": "REST Project 1",
            "requestAllFiles": False, "applicationPath": "FlexDeploy/REST", "buildEnvironmentId": 21212,
            "projectStreamId": 13900, "projectGroups": None,
        },
        {
            "priority": 2, "projectId": 10001, "packageName": None, "projectName": "REST Project 2",
            "requestAllFiles": False, "applicationPath": "FlexDeploy/REST", "buildEnvironmentId": 10056,
            "projectStreamId": 15986, "projectGroups": None,
        },
    ],
}  # fmt: skip


def _listed(
    project_id: int, name: str, stream: int, package: str | None, *, all_files: bool
) -> dict[str, Any]:
    return {
        "priority": 1, "packageName": package, "projectGroups": None, "projectName": name,
        "projectId": project_id,
        "requestAllFiles": all_files, "projectStreamId": stream, "buildEnvironmentId": 10956,
        "applicationPath": "FlexDeploy/RESTTests",
    }  # fmt: skip


_FULL = _listed(13903, "RESTDeployProject1", 13904, None, all_files=False)


def _partial(package: str | None, *, all_files: bool = False) -> dict[str, Any]:
    return _listed(13921, "RESTDeployPartialProject", 13922, package, all_files=all_files)


def _release(number: int, name: str, projects: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "description": None, "endDate": None, "startDate": "2019-02-05", "projects": projects,
        "pipelineId": 10004,
        "scheduleBuildExpression": None, "releaseStatus": "STARTED", "releaseId": number, "releaseName": name,
        "pipelineName": "Test Pipeline",
    }  # fmt: skip


GET_LIST = [
    _release(12101, "REST Release 1", [_FULL, _partial("Package2"), _partial("Package1")]),
    _release(12104, "REST Release 2", [_partial(None, all_files=True), _FULL]),
]
CMS_DETAILS = {
    "cmsInstanceId": 1010,
    "overriddenDefaultConfigurations": None,
    "overriddenEnvironmentConfigurations": None,
    "overrideSettings": False,
}
PACKAGE_ENTRY = {
    "buildEnvironmentId": None,
    "projectGroups": None,
    "packageName": "Package 1",
    "projectId": 33442,
    "projectStreamId": 3502,
    "requestAllFiles": False,
    "priority": 1,
}
NAME = "Release Created From REST API"


def _answered(status: str, **own: Any) -> dict[str, Any]:
    return {
        "startDate": None, "endDate": None, "scheduleBuildExpression": None, "pipelineId": 12345,
        "releaseStatus": status, "cmsDetails": CMS_DETAILS, "description": None, "releaseName": NAME,
        "pipelineName": "Pipeline 1", "properties": [{"propertyValue": "3", "propertyName": "TESTPROPERTY"}],
        **own,
    }  # fmt: skip


def _without_names(release: dict[str, Any]) -> dict[str, Any]:
    names = ("projectName", "applicationPath")
    projects = [{key: value for key, value in row.items() if key not in names} for row in release["projects"]]
    return {**release, "projects": projects}


@pytest.fixture
def started(sandbox: Sandbox) -> Sandbox:
    """The state that the page's PUT and PATCH samples start from."""
    before = {"releaseId": 11101, "releaseName": NAME, "releaseStatus": "STARTED"}
    sandbox.state = {"flexdeploy": {"releases": [before]}}
    return sandbox


def test_get_by_id(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    pipelines = [{"pipelineId": 10004, "pipelineName": "Simple Pipeline"}]
    sandbox.state = {"flexdeploy": {"releases": [GET_BY_ID], "pipelines": pipelines}}
    sandbox.set_options("flexdeploy.show_properties=false", "flexdeploy.show_cms_details=false")
    assert flexdeploy.get("/releases/14321").json() == GET_BY_ID


def test_get_list(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.set_options("flexdeploy.show_properties=false", "flexdeploy.show_cms_details=false")
    reply = flexdeploy.get("/releases", params={"releaseStatus": "STARTED", "releaseName": "Rest"})
    assert reply.json() == GET_LIST


def test_post(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.state = {"flexdeploy": {"releases": [{"releaseId": 13606, "releaseName": "the one before"}]}}
    body = {
        "releaseName": NAME,
        "releaseStatus": "STARTED",
        "pipelineId": 12345,
        "properties": [{"propertyName": "TESTPROPERTY", "propertyValue": 3}],
        "projects": [{"projectId": 33442, "packageName": "Package 1"}],
        "cmsDetails": {"cmsInstanceId": 1010},
    }
    reply = flexdeploy.post("/releases", json=body)
    assert reply.status_code == 201
    assert _without_names(reply.json()) == _answered("STARTED", releaseId=13607, projects=[PACKAGE_ENTRY])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", flexdeploy.get("/releases/13607").json()["startDate"])


def test_put(started: Sandbox, flexdeploy: httpx.Client) -> None:
    with started.editing() as state:
        state["flexdeploy"]["releases"][0]["projects"].append(dict(PACKAGE_ENTRY))
    body = {
        "projects": [{"projectId": 6789, "projectStreamId": 6790}],
        "startDate": None,
        "endDate": None,
        "scheduleBuildExpression": None,
        "pipelineId": 12345,
        "releaseStatus": "NOTSTARTED",
        "cmsDetails": {"cmsInstanceId": 1010},
        "description": "This is the updated Release",
        "releaseName": NAME,
        "pipelineName": "Pipeline 1",
        "properties": [{"propertyValue": "3", "propertyName": "TESTPROPERTY"}],
    }
    entry = {
        **PACKAGE_ENTRY,
        "projectId": 6789,
        "projectStreamId": 6790,
        "packageName": None,
        "buildEnvironmentId": 22478,
    }
    expected = _answered(
        "STARTED", releaseId=11101, projects=[entry], description="This is the updated Release"
    )
    assert _without_names(flexdeploy.put("/releases/11101", json=body).json()) == expected


def test_patch(started: Sandbox, flexdeploy: httpx.Client) -> None:
    """The page's answer shows a package and a description that nobody sent; here the package is sent."""
    body = {
        "projects": [{"projectId": 33442, "projectStreamId": 3502, "packageName": "Package 1"}],
        "pipelineId": 12345,
        "releaseStatus": "NOTSTARTED",
        "cmsDetails": {"cmsInstanceId": 1010},
        "releaseName": NAME,
        "pipelineName": "Pipeline 1",
        "properties": [{"propertyValue": "3", "propertyName": "TESTPROPERTY"}],
    }
    expected = _answered("STARTED", releaseId=11101, projects=[PACKAGE_ENTRY])
    assert _without_names(flexdeploy.patch("/releases/11101", json=body).json()) == expected


def test_the_samples_as_printed_are_bad_requests(started: Sandbox, flexdeploy: httpx.Client) -> None:
    headers = {"content-type": "application/json"}
    for text in (
        '{"cmsDetails": {"cmsInstanceId": 01010}}',
        '{"pipelineId": null\n"releaseStatus": "STARTED"}',
    ):
        reply = flexdeploy.put("/releases/11101", content=text, headers=headers)
        assert reply.status_code == 400
        assert "not JSON" in reply.json()["message"]
