"""What PUT replaces, what PATCH adds, and what only the server sets."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("sandbox")

FULL: dict[str, Any] = {
    "releaseName": "full",
    "description": "all of it",
    "pipelineId": 12345,
    "scheduleBuildExpression": "0 0 2 * * ?",
    "projects": [
        {"projectId": 13921, "projectStreamId": 13922, "packageName": "Package1", "priority": 3},
        {"projectId": 13921, "projectStreamId": 13922, "packageName": "Package2", "projectGroups": "web"},
    ],
    "cmsDetails": {
        "cmsInstanceId": 7,
        "overrideSettings": True,
        "overriddenDefaultConfigurations": {"requireChangeTicketForDeployment": True},
        "overriddenEnvironmentConfigurations": [
            {"environmentId": 1, "requireChangeTicketForDeployment": True}
        ],
    },
    "properties": [{"propertyName": "A", "propertyValue": "1"}, {"propertyName": "B", "propertyValue": "2"}],
}


@pytest.fixture
def path(sandbox: Sandbox, flexdeploy: httpx.Client) -> str:
    return f"/releases/{flexdeploy.post('/releases', json=FULL).json()['releaseId']}"


def _properties(release: dict[str, Any]) -> dict[str, str]:
    return {row["propertyName"]: row["propertyValue"] for row in release["properties"]}


def test_a_new_release_has_the_next_id_and_the_defaults(flexdeploy: httpx.Client) -> None:
    reply = flexdeploy.post("/releases", json={"releaseName": "new", "releaseId": 5})
    assert reply.status_code == 201
    assert reply.json() == {
        "releaseId": 12105, "releaseName": "new", "releaseStatus": "NOTSTARTED", "description": None,
        "pipelineId": None, "pipelineName": None, "startDate": None, "endDate": None,
        "scheduleBuildExpression": None, "projects": [], "cmsDetails": None, "properties": [],
    }  # fmt: skip


def test_an_entry_has_the_first_priority_unless_told(flexdeploy: httpx.Client, path: str) -> None:
    assert [row["priority"] for row in flexdeploy.get(path).json()["projects"]] == [3, 1]


@pytest.mark.parametrize("nulls", [False, True], ids=["left out", "null"])
def test_put_resets_what_it_does_not_say(flexdeploy: httpx.Client, path: str, *, nulls: bool) -> None:
    body = {key: None for key in FULL if nulls} | {"releaseName": "full"}
    reset = flexdeploy.put(path, json=body).json()
    assert (reset["projects"], reset["properties"], reset["cmsDetails"]) == ([], [], None)
    assert (reset["description"], reset["pipelineId"], reset["scheduleBuildExpression"]) == (None, None, None)
    assert flexdeploy.get(path).json() == reset


def test_put_removes_the_projects_that_it_does_not_name(flexdeploy: httpx.Client, path: str) -> None:
    body = {**FULL, "projects": FULL["projects"][:1]}
    assert [row["packageName"] for row in flexdeploy.put(path, json=body).json()["projects"]] == ["Package1"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("own", [{}, {"releaseStatus": "NOTSTARTED"}, {"releaseStatus": None}])
def test_a_started_release_stays_started(flexdeploy: httpx.Client, method: str, own: dict[str, Any]) -> None:
    reply = flexdeploy.request(method, "/releases/12101", json={"releaseName": "x", **own})
    assert (reply.json()["releaseStatus"], reply.json()["startDate"]) == ("STARTED", "2019-02-05")


def test_starting_sets_the_date_which_the_post_does_not_show(
    sandbox: Sandbox, flexdeploy: httpx.Client
) -> None:
    sandbox.set_options("sandbox.clock=2026-12-01T23:30:00-05:00")
    posted = flexdeploy.post("/releases", json={**FULL, "releaseStatus": "STARTED"}).json()
    assert (posted["releaseStatus"], posted["startDate"]) == ("STARTED", None)
    assert flexdeploy.get(f"/releases/{posted['releaseId']}").json()["startDate"] == "2026-12-02"


def test_patch_starts_a_release(flexdeploy: httpx.Client, path: str) -> None:
    body = {"releaseName": "full", "releaseStatus": "STARTED"}
    assert flexdeploy.patch(path, json=body).json()["releaseStatus"] == "STARTED"


def test_patch_changes_only_what_it_says(flexdeploy: httpx.Client, path: str) -> None:
    before = flexdeploy.get(path).json()
    after = flexdeploy.patch(path, json={"releaseName": "renamed"}).json()
    assert after == {**before, "releaseName": "renamed"}


def test_patch_removes_nothing(flexdeploy: httpx.Client, path: str) -> None:
    before = flexdeploy.get(path).json()
    nothing: dict[str, Any] = {key: None for key in FULL} | {"releaseName": "full"}
    assert flexdeploy.patch(path, json=nothing).json() == before
    empty = {"releaseName": "full", "projects": [], "properties": [], "cmsDetails": {}}
    assert flexdeploy.patch(path, json=empty).json() == before


def test_patch_finds_a_project_by_id_and_package(flexdeploy: httpx.Client, path: str) -> None:
    entry = {"projectId": 13921, "packageName": "Package2", "priority": 9}
    after = flexdeploy.patch(path, json={"releaseName": "full", "projects": [entry]}).json()["projects"]
    assert [(row["packageName"], row["priority"], row["projectGroups"]) for row in after] == [
        ("Package1", 3, None),
        ("Package2", 9, "web"),
    ]


def test_patch_adds_a_project_that_is_not_there(flexdeploy: httpx.Client, path: str) -> None:
    entry = {"projectId": 6789, "projectStreamId": 6790}
    after = flexdeploy.patch(path, json={"releaseName": "full", "projects": [entry]}).json()["projects"]
    assert [row["projectId"] for row in after] == [13921, 13921, 6789]
    assert after[-1]["buildEnvironmentId"] == 22478


def test_patch_merges_properties_by_name(flexdeploy: httpx.Client, path: str) -> None:
    rows = [{"propertyName": "B", "propertyValue": 3}, {"propertyName": "C", "propertyValue": True}]
    body = {"releaseName": "full", "pipelineId": 12345, "properties": rows}
    assert _properties(flexdeploy.patch(path, json=body).json()) == {"A": "1", "B": "3", "C": "true"}


def test_patch_merges_cms_details_to_the_bottom(flexdeploy: httpx.Client, path: str) -> None:
    override = {"environmentId": 2, "requireChangeTicketForDeployment": False}
    details = {"overriddenEnvironmentConfigurations": [override], "overriddenDefaultConfigurations": {}}
    after = flexdeploy.patch(path, json={"releaseName": "full", "cmsDetails": details}).json()["cmsDetails"]
    first = {"environmentId": 1, "requireChangeTicketForDeployment": True}
    assert after == {**FULL["cmsDetails"], "overriddenEnvironmentConfigurations": [first, override]}


def test_put_replaces_cms_details(flexdeploy: httpx.Client, path: str) -> None:
    after = flexdeploy.put(path, json={"releaseName": "full", "cmsDetails": {"cmsInstanceId": 8}}).json()[
        "cmsDetails"
    ]
    assert after == {
        "cmsInstanceId": 8,
        "overrideSettings": False,
        "overriddenDefaultConfigurations": None,
        "overriddenEnvironmentConfigurations": None,
    }


@pytest.mark.parametrize(
    ("sent", "shown"),
    [(3, "3"), (2.5, "2.5"), (True, "true"), (False, "false"), ("3", "3"), ("", ""), (None, None)],
)
def test_property_values_come_back_as_texts(flexdeploy: httpx.Client, sent: Any, shown: str | None) -> None:
    body = {
        "releaseName": "n",
        "pipelineId": 12345,
        "properties": [{"propertyName": "P", "propertyValue": sent}],
    }
    assert _properties(flexdeploy.post("/releases", json=body).json()) == {"P": shown}


def test_what_only_the_server_sets_is_ignored(flexdeploy: httpx.Client, path: str) -> None:
    before = flexdeploy.get(path).json()
    entry = {"projectId": 13921, "packageName": "Package1", "projectName": "mine", "applicationPath": "mine"}
    dates = {"startDate": "2001-01-01", "endDate": "2001-01-01", "releaseId": 12101}
    body = {"releaseName": "full", **dates, "projects": [entry], "unheardOf": 1}
    assert flexdeploy.patch(path, json=body).json() == before


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_unknown_id_is_not_found(flexdeploy: httpx.Client, method: str) -> None:
    assert flexdeploy.request(method, "/releases/1", json={"releaseName": "x"}).status_code == 404


def test_a_release_cannot_be_deleted(flexdeploy: httpx.Client) -> None:
    reply = flexdeploy.delete("/releases/12101")
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, PATCH, PUT")


def test_a_blank_schedule_is_none(flexdeploy: httpx.Client, path: str) -> None:
    assert (
        flexdeploy.put(path, json={**FULL, "scheduleBuildExpression": " "}).json()["scheduleBuildExpression"]
        is None
    )
