"""Each note of the vendor's page as the 400 that it asks for, with a message of its own."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("sandbox")

_FULL = {"projectId": 6789, "projectStreamId": 6790}
_PARTIAL = {"projectId": 13921, "projectStreamId": 13922}


def _refused(reply: httpx.Response) -> str:
    assert reply.status_code == 400
    return str(reply.json()["message"])


def _posted(flexdeploy: httpx.Client, **own: Any) -> httpx.Response:
    return flexdeploy.post("/releases", json={"releaseName": "new", **own})


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("body", [{}, {"releaseName": None}, {"releaseName": " "}, {"releaseName": 5}])
def test_a_name_is_required_in_every_write(
    flexdeploy: httpx.Client, method: str, body: dict[str, Any]
) -> None:
    path = "/releases" if method == "POST" else "/releases/12101"
    assert "releaseName" in _refused(flexdeploy.request(method, path, json=body))


def test_a_release_does_not_start_without_a_project(flexdeploy: httpx.Client) -> None:
    assert "at least one project" in _refused(_posted(flexdeploy, releaseStatus="STARTED"))


def test_a_started_release_may_lose_its_projects(flexdeploy: httpx.Client) -> None:
    reply = flexdeploy.put("/releases/12101", json={"releaseName": "x", "releaseStatus": "STARTED"})
    assert (reply.status_code, reply.json()["projects"]) == (200, [])


def test_a_project_needs_all_required_property_values(flexdeploy: httpx.Client) -> None:
    message = _refused(_posted(flexdeploy, pipelineId=10005, projects=[_FULL]))
    assert "Cannot add a project without all required property values" in message
    assert "APPROVER" in message
    values = [{"propertyName": "APPROVER", "propertyValue": "ada"}]
    assert _posted(flexdeploy, pipelineId=10005, projects=[_FULL], properties=values).status_code == 201


def test_required_values_may_have_come_earlier(flexdeploy: httpx.Client) -> None:
    values = [{"propertyName": "APPROVER", "propertyValue": "ada"}]
    number = _posted(flexdeploy, pipelineId=10005, properties=values).json()["releaseId"]
    body = {"releaseName": "new", "projects": [_FULL]}
    assert flexdeploy.patch(f"/releases/{number}", json=body).status_code == 200


def test_a_release_with_running_executions_does_not_end(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    with sandbox.editing() as state:
        state["flexdeploy"]["releases"][0]["runningExecutions"] = 1
    body = {"releaseName": "x", "releaseStatus": "COMPLETED"}
    assert "running pipeline executions" in _refused(flexdeploy.patch("/releases/12101", json=body))


@pytest.mark.parametrize("status", ["SUSPENDED", "COMPLETED"])
def test_a_request_asks_for_no_status_but_two(flexdeploy: httpx.Client, status: str) -> None:
    assert "must be NOTSTARTED or STARTED" in _refused(_posted(flexdeploy, releaseStatus=status))


def test_name_and_id_of_the_pipeline_must_agree(flexdeploy: httpx.Client) -> None:
    message = _refused(_posted(flexdeploy, pipelineId=12345, pipelineName="Test Pipeline"))
    assert "must both point to the same Pipeline" in message


@pytest.mark.parametrize("own", [{"pipelineId": 1}, {"pipelineName": "pipeline 1"}])
def test_a_pipeline_must_exist(flexdeploy: httpx.Client, own: dict[str, Any]) -> None:
    assert "There is no pipeline" in _refused(_posted(flexdeploy, **own))


@pytest.mark.parametrize("own", [{"pipelineId": 12345}, {"pipelineName": "Pipeline 1"}])
def test_either_name_or_id_brings_the_other(flexdeploy: httpx.Client, own: dict[str, Any]) -> None:
    release = _posted(flexdeploy, **own).json()
    assert (release["pipelineId"], release["pipelineName"]) == (12345, "Pipeline 1")


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_properties_need_the_pipeline_in_the_same_request(flexdeploy: httpx.Client, method: str) -> None:
    body = {"releaseName": "x", "properties": [{"propertyName": "A", "propertyValue": "1"}]}
    message = _refused(flexdeploy.request(method, "/releases/12101", json=body))
    assert "must be provided to set Pipeline Properties" in message


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_adding_a_project_needs_its_stream(flexdeploy: httpx.Client, method: str) -> None:
    body = {"releaseName": "x", "projects": [{"projectId": 6789}]}
    assert "requires a Project ID and Project Stream ID" in _refused(
        flexdeploy.request(method, "/releases/12101", json=body)
    )


def test_a_post_fills_the_stream_of_a_project_that_has_one(flexdeploy: httpx.Client) -> None:
    entry = _posted(flexdeploy, projects=[{"projectId": 6789}]).json()["projects"][0]
    assert entry["projectStreamId"] == 6790


def test_a_post_does_not_choose_among_streams(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    with sandbox.editing() as state:
        state["flexdeploy"]["projects"][5]["streams"].append(
            {"streamId": 1, "streamName": "b", "isActive": True}
        )
    assert "Project Stream ID" in _refused(_posted(flexdeploy, projects=[{"projectId": 6789}]))


@pytest.mark.parametrize(
    ("project_id", "stream", "filled"), [(6789, 6790, 22478), (10001, 15986, None)], ids=["one", "several"]
)
def test_the_build_environment_is_filled_where_there_is_one(
    flexdeploy: httpx.Client, project_id: int, stream: int, filled: int | None
) -> None:
    entry = _posted(flexdeploy, projects=[{"projectId": project_id, "projectStreamId": stream}]).json()[
        "projects"
    ][0]
    assert entry["buildEnvironmentId"] == filled


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"buildEnvironmentId": 10956}, "is not a build environment of the project"),
        ({"projectStreamId": 13922}, "has no stream"),
        ({"projectId": 1}, "There is no project"),
        ({"packageName": "p"}, "Cannot provide packageName or requestAllFiles"),
        ({"requestAllFiles": True}, "Cannot provide packageName or requestAllFiles"),
        ({"requestAllFiles": False}, "Cannot provide packageName or requestAllFiles"),
    ],
)
def test_a_full_project_is_refused(flexdeploy: httpx.Client, own: dict[str, Any], told: str) -> None:
    assert told in _refused(_posted(flexdeploy, projects=[{**_FULL, **own}]))


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({}, "Must provide packageName"),
        ({"requestAllFiles": False}, "Must provide packageName"),
        (
            {"packageName": "Package1", "requestAllFiles": True},
            "Cannot provide packageName if requestAllFiles",
        ),
        ({"packageName": "Package9"}, "has no package with this name"),
    ],
)
def test_a_partial_project_is_refused(flexdeploy: httpx.Client, own: dict[str, Any], told: str) -> None:
    assert told in _refused(_posted(flexdeploy, projects=[{**_PARTIAL, **own}]))


@pytest.mark.parametrize(
    "own", [{"requestAllFiles": True}, {"packageName": "Package1", "requestAllFiles": False}]
)
def test_a_partial_project_is_taken_in_parts_or_whole(flexdeploy: httpx.Client, own: dict[str, Any]) -> None:
    entry = _posted(flexdeploy, projects=[{**_PARTIAL, **own}]).json()["projects"][0]
    assert {key: entry[key] for key in own} == own


def test_nothing_stands_twice_in_a_request(flexdeploy: httpx.Client) -> None:
    assert "same project twice" in _refused(_posted(flexdeploy, projects=[_FULL, _FULL]))
    twice = [{"propertyName": "A", "propertyValue": "1"}] * 2
    assert "same property twice" in _refused(_posted(flexdeploy, pipelineId=12345, properties=twice))


def test_a_cron_expression_must_be_one(flexdeploy: httpx.Client) -> None:
    message = _refused(_posted(flexdeploy, scheduleBuildExpression="0 2 * * *"))
    assert message == "scheduleBuildExpression has 5 fields, not 6 or 7."


@pytest.mark.parametrize(
    "own",
    [
        {"description": 5},
        {"pipelineId": "12345"},
        {"pipelineId": 1.5},
        {"pipelineId": True},
        {"pipelineId": 2**63},
        {"projects": {}},
        {"projects": [None]},
        {"projects": [{"priority": 1}]},
        {"projects": [{"projectId": None}]},
        {"projects": [{**_FULL, "priority": 2**31}]},
        {"properties": "x"},
        {"properties": [{"propertyValue": "1"}]},
        {"properties": [{"propertyName": "A", "propertyValue": []}]},
        {"cmsDetails": []},
        {"cmsDetails": {"overrideSettings": 1}},
        {"releaseStatus": "GO"},
        {"cmsDetails": {"overriddenEnvironmentConfigurations": [{}]}},
    ],
)
def test_wrong_types_are_bad_requests(flexdeploy: httpx.Client, own: dict[str, Any]) -> None:
    assert " " in _refused(_posted(flexdeploy, **own))


def test_a_refused_write_changes_nothing(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    before = sandbox.state
    body = {
        "releaseName": "renamed",
        "projects": [_FULL, {"projectId": 13903, "priority": 9}, {"projectId": 1}],
    }
    _refused(flexdeploy.patch("/releases/12101", json=body))
    _refused(flexdeploy.put("/releases/12101", json=body))
    _refused(flexdeploy.post("/releases", json=body))
    assert sandbox.state == before
