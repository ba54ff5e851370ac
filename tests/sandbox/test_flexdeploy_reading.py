"""FlexDeploy's two GETs of releases and its lookups of projects and streams."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("sandbox")


def _ids(reply: httpx.Response) -> list[int]:
    return [row["releaseId"] for row in reply.json()]


def test_the_list_is_a_bare_array_of_all_releases(flexdeploy: httpx.Client) -> None:
    assert _ids(flexdeploy.get("/releases")) == [12101, 12104]


def test_a_name_filter_finds_what_contains_it_in_any_case(flexdeploy: httpx.Client) -> None:
    assert _ids(flexdeploy.get("/releases", params={"releaseName": "rest release"})) == [12101, 12104]
    assert _ids(flexdeploy.get("/releases", params={"releaseName": "EASE 2"})) == [12104]


def test_no_match_is_an_empty_array(flexdeploy: httpx.Client) -> None:
    reply = flexdeploy.get("/releases", params={"releaseName": "nothing like it"})
    assert (reply.status_code, reply.json()) == (200, [])


@pytest.mark.parametrize("spelled", ["NOTSTARTED", "NOT STARTED", "not started", "NotStarted"])
def test_a_status_filter_takes_both_spellings_in_any_case(
    sandbox: Sandbox, flexdeploy: httpx.Client, spelled: str
) -> None:
    with sandbox.editing() as state:
        state["flexdeploy"]["releases"][1]["releaseStatus"] = "NOTSTARTED"
    assert _ids(flexdeploy.get("/releases", params={"releaseStatus": spelled})) == [12104]


def test_both_filters_hold_at_once(flexdeploy: httpx.Client) -> None:
    query = {"releaseStatus": "started", "releaseName": "2"}
    assert _ids(flexdeploy.get("/releases", params=query)) == [12104]


@pytest.mark.parametrize("wrong", ["RUNNING", "", "NOT  STARTED"])
def test_an_unknown_status_is_a_bad_request(flexdeploy: httpx.Client, wrong: str) -> None:
    reply = flexdeploy.get("/releases", params={"releaseStatus": wrong})
    assert reply.status_code == 400
    assert "releaseStatus must be one of" in reply.json()["message"]


@pytest.mark.parametrize(
    "path", ["/releases/1", "/releases/abc", "/releases/99999999999999999999", "/nothing"]
)
def test_what_is_not_there_is_not_found(flexdeploy: httpx.Client, path: str) -> None:
    assert flexdeploy.get(path).status_code == 404


def test_full_projects_show_no_package_and_not_all_files(flexdeploy: httpx.Client) -> None:
    full = flexdeploy.get("/releases/12101").json()["projects"][0]
    assert (full["projectId"], full["packageName"], full["requestAllFiles"]) == (13903, None, False)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {13903, 13921, 10000, 10001, 33442, 6789}),
        ({"projectName": "restdeploy"}, {13903, 13921}),
        ({"applicationId": "11001"}, {13903, 13921}),
        ({"folderPath": "FlexDeploy/RESTTests"}, {13903, 13921}),
        ({"folderPath": "resttests"}, {13903, 13921}),
        ({"folderPath": "FlexDeploy\\REST"}, {10000, 10001, 33442, 6789}),
        ({"folderPath": "FlexDeploy"}, {13903, 13921, 10000, 10001, 33442, 6789}),
        ({"isActive": "false"}, set()),
    ],
)
def test_projects_are_found_by_name_application_folder_and_activity(
    flexdeploy: httpx.Client, query: dict[str, str], found: set[int]
) -> None:
    assert {row["projectId"] for row in flexdeploy.get("/project", params=query).json()} == found


@pytest.mark.parametrize("query", [{"applicationId": "x"}, {"isActive": "maybe"}])
def test_an_unreadable_project_filter_is_a_bad_request(
    flexdeploy: httpx.Client, query: dict[str, str]
) -> None:
    assert flexdeploy.get("/project", params=query).status_code == 400


def test_a_project_says_whether_it_is_deployed_in_parts(flexdeploy: httpx.Client) -> None:
    expected: dict[str, Any] = {
        "projectId": 13921,
        "projectName": "RESTDeployPartialProject",
        "applicationId": 11001,
        "projectPath": "FlexDeploy/RESTTests",
        "isActive": True,
        "partialDeployment": True,
    }
    assert flexdeploy.get("/project/13921").json() == expected


def test_streams_are_listed_and_shown(flexdeploy: httpx.Client) -> None:
    stream = {"streamId": 13922, "streamName": "trunk", "isActive": True}
    assert flexdeploy.get("/project/13921/stream", params={"streamName": "TRU"}).json() == [stream]
    assert flexdeploy.get("/project/13921/stream/13922").json() == stream
    assert flexdeploy.get("/project/13921/stream/1").status_code == 404
    assert flexdeploy.get("/project/1/stream").status_code == 404
