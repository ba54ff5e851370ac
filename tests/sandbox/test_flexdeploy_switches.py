"""Each switch on what FlexDeploy does with a request, at the value that is not its default."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox

_FULL = {"projectId": 6789, "projectStreamId": 6790}
_POSTED: dict[str, Any] = {
    "releaseName": "mine",
    "pipelineId": 12345,
    "projects": [_FULL],
    "properties": [{"propertyName": "A", "propertyValue": "1"}],
    "cmsDetails": {"cmsInstanceId": 7},
}
_PATH = "/releases/12105"


@pytest.fixture
def posted(sandbox: Sandbox, flexdeploy: httpx.Client) -> Sandbox:
    """A sandbox with a release of every field, at `_PATH`."""
    assert flexdeploy.post("/releases", json=_POSTED).status_code == 201
    return sandbox


def _set_status(sandbox: Sandbox, status: str) -> None:
    with sandbox.editing() as state:
        state["flexdeploy"]["releases"][-1]["releaseStatus"] = status


def _patch(flexdeploy: httpx.Client, **own: Any) -> httpx.Response:
    return flexdeploy.patch(_PATH, json={"releaseName": "mine", **own})


def test_put_can_keep_what_it_leaves_out(posted: Sandbox, flexdeploy: httpx.Client) -> None:
    posted.set_options("flexdeploy.put_omitted=keep")
    kept = flexdeploy.put(_PATH, json={"releaseName": "mine"}).json()
    assert (kept["properties"], kept["cmsDetails"]["cmsInstanceId"]) == (_POSTED["properties"], 7)
    reset = flexdeploy.put(_PATH, json={"releaseName": "mine", "properties": None, "cmsDetails": None}).json()
    assert (reset["properties"], reset["cmsDetails"]) == ([], None)


@pytest.mark.parametrize(("choice", "expected"), [("fill", 22478), ("keep", 5), ("null", None)])
def test_put_of_a_known_project_treats_its_environment_as_told(
    posted: Sandbox, flexdeploy: httpx.Client, choice: str, expected: int | None
) -> None:
    posted.set_options(f"flexdeploy.put_build_environment={choice}")
    with posted.editing() as state:
        state["flexdeploy"]["releases"][-1]["projects"][0]["buildEnvironmentId"] = 5
    entry = flexdeploy.put(_PATH, json={"releaseName": "mine", "projects": [_FULL]}).json()["projects"][0]
    assert entry["buildEnvironmentId"] == expected


def test_an_unknown_id_can_be_a_bad_request(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.set_options("flexdeploy.unknown_id=400")
    assert flexdeploy.put("/releases/1", json={"releaseName": "x"}).status_code == 400
    assert flexdeploy.get("/releases/1").status_code == 404


def test_unknown_references_can_be_accepted(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.set_options("flexdeploy.unknown_refs=accept")
    rows: list[dict[str, Any]] = [
        {"projectId": 1, "projectStreamId": 2, "buildEnvironmentId": 3},
        {"projectId": 4, "projectStreamId": 2, "packageName": "p"},
        {"projectId": 5, "projectStreamId": 2, "requestAllFiles": True},
        {**_FULL, "projectStreamId": 9, "buildEnvironmentId": 9},
    ]
    body = {"releaseName": "x", "pipelineId": 77, "projects": rows, "releaseStatus": "STARTED"}
    reply = flexdeploy.post("/releases", json=body)
    assert (reply.status_code, reply.json()["pipelineName"]) == (201, None)
    patched = flexdeploy.patch(
        _PATH, json={"releaseName": "x", "projects": [{"projectId": 1, "priority": 4}]}
    )
    assert (patched.status_code, patched.json()["projects"][0]["priority"]) == (200, 4)
    assert flexdeploy.put(_PATH, json=body).status_code == 200


@pytest.mark.parametrize(
    ("switch", "own"),
    [
        ("unknown_keys", {"unheardOf": 1}),
        ("unknown_keys", {"projects": [{**_FULL, "unheardOf": 1}]}),
        ("read_only_fields", {"startDate": None}),
        ("read_only_fields", {"projects": [{**_FULL, "projectName": "x"}]}),
    ],
)
def test_keys_that_do_not_belong_can_be_refused(
    sandbox: Sandbox, flexdeploy: httpx.Client, switch: str, own: dict[str, Any]
) -> None:
    assert flexdeploy.post("/releases", json={"releaseName": "x", **own}).status_code == 201
    sandbox.set_options(f"flexdeploy.{switch}=reject")
    assert flexdeploy.post("/releases", json={"releaseName": "x", **own}).status_code == 400
    assert flexdeploy.post("/releases", json={"releaseName": "x", "releaseId": 3}).status_code == 201


def test_names_can_be_unique(posted: Sandbox, flexdeploy: httpx.Client) -> None:
    assert flexdeploy.post("/releases", json={"releaseName": "mine"}).status_code == 201
    posted.set_options("flexdeploy.duplicate_names=reject")
    assert flexdeploy.post("/releases", json={"releaseName": "mine"}).status_code == 400
    assert flexdeploy.patch("/releases/12101", json={"releaseName": "mine"}).status_code == 400
    assert flexdeploy.patch("/releases/12101", json={"releaseName": "REST Release 1"}).status_code == 200


def test_patch_can_match_projects_by_id_alone(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.set_options("flexdeploy.patch_match=project")
    row = {"projectId": 13921, "packageName": "Package1", "priority": 8}
    rows = flexdeploy.patch("/releases/12101", json={"releaseName": "x", "projects": [row]}).json()[
        "projects"
    ]
    assert [(row["packageName"], row["priority"]) for row in rows] == [
        (None, 1),
        ("Package1", 8),
        ("Package1", 1),
    ]


def test_null_in_patch_can_clear(posted: Sandbox, flexdeploy: httpx.Client) -> None:
    posted.set_options("flexdeploy.patch_null=clear")
    cleared = _patch(flexdeploy, properties=None, cmsDetails=None, pipelineId=None, pipelineName=None).json()
    assert (cleared["properties"], cleared["cmsDetails"], cleared["pipelineName"]) == ([], None, None)
    row = {"projectId": 6789, "buildEnvironmentId": None}
    assert _patch(flexdeploy, projects=[row]).json()["projects"][0]["buildEnvironmentId"] is None


@pytest.mark.parametrize(
    ("status", "switch"), [("COMPLETED", "completed_writes"), ("SUSPENDED", "suspended_writes")]
)
def test_releases_out_of_use_can_be_closed_to_writes_or_open(
    posted: Sandbox, flexdeploy: httpx.Client, status: str, switch: str
) -> None:
    _set_status(posted, status)
    posted.set_options(f"flexdeploy.{switch}=reject")
    refused = _patch(flexdeploy, description="x")
    assert (refused.status_code, status in refused.json()["message"]) == (400, True)
    posted.set_options(f"flexdeploy.{switch}=accept")
    assert _patch(flexdeploy, releaseStatus="STARTED").json()["releaseStatus"] == status


@pytest.mark.parametrize("status", ["SUSPENDED", "COMPLETED"])
def test_a_release_out_of_use_can_start_or_refuse_to(
    posted: Sandbox, flexdeploy: httpx.Client, status: str
) -> None:
    _set_status(posted, status)
    switch = f"flexdeploy.{status.lower()}_start"
    posted.set_options("flexdeploy.completed_writes=accept", f"{switch}=reject")
    assert _patch(flexdeploy, releaseStatus="STARTED").status_code == 400
    posted.set_options(f"{switch}=start")
    assert _patch(flexdeploy, releaseStatus="STARTED").json()["releaseStatus"] == "STARTED"


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ("none", [{}, {"folderId": 7}]),
        ("id", [{"folderId": 99}, {"folderId": 7}]),
        (
            "path",
            [{"folderId": 99, "folderPath": "FlexDeploy"}, {"folderId": 7, "folderPath": "FlexDeploy"}],
        ),
    ],
)
def test_answers_can_say_in_which_folder_a_release_is(
    posted: Sandbox, flexdeploy: httpx.Client, choice: str, told: list[dict[str, Any]]
) -> None:
    posted.set_options(f"flexdeploy.folders={choice}")
    with posted.editing() as state:
        state["flexdeploy"]["releases"][-1]["folderId"] = 7
    rows = [flexdeploy.get(path).json() for path in ("/releases/12101", _PATH)]
    assert [{key: row[key] for key in row if key.startswith("folder")} for row in rows] == told


def test_a_release_can_start_without_projects(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.set_options("flexdeploy.start_without_projects=true")
    body = {"releaseName": "x", "releaseStatus": "STARTED"}
    assert flexdeploy.post("/releases", json=body).json()["releaseStatus"] == "STARTED"


def test_several_cron_expressions_can_be_allowed(posted: Sandbox, flexdeploy: httpx.Client) -> None:
    two = "0 0 2 * * ?; 0 0 4 ? * MON"
    assert _patch(flexdeploy, scheduleBuildExpression=two).status_code == 400
    posted.set_options("flexdeploy.cron_list=semicolon")
    assert _patch(flexdeploy, scheduleBuildExpression=two).json()["scheduleBuildExpression"] == two
    assert _patch(flexdeploy, scheduleBuildExpression=f"{two};x").status_code == 400


def test_cron_expressions_can_come_back_in_upper_case(posted: Sandbox, flexdeploy: httpx.Client) -> None:
    posted.set_options("flexdeploy.cron_case=upper")
    assert (
        _patch(flexdeploy, scheduleBuildExpression="0 0 4 ? * mon").json()["scheduleBuildExpression"]
        == "0 0 4 ? * MON"
    )


def test_texts_can_be_trimmed(posted: Sandbox, flexdeploy: httpx.Client) -> None:
    assert _patch(flexdeploy, description=" a ").json()["description"] == " a "
    posted.set_options("flexdeploy.trim_text=true")
    assert _patch(flexdeploy, description=" a ").json()["description"] == "a"


def test_reads_can_be_stale_for_a_while(posted: Sandbox, flexdeploy: httpx.Client) -> None:
    posted.set_options("flexdeploy.stale_reads=2")
    _patch(flexdeploy, description="new")
    assert [flexdeploy.get(_PATH).json()["description"] for _ in range(3)] == [None, None, "new"]


def test_a_refused_write_makes_no_read_stale(posted: Sandbox, flexdeploy: httpx.Client) -> None:
    posted.set_options("flexdeploy.stale_reads=5")
    flexdeploy.patch(_PATH, json={})
    with posted.editing() as state:
        state["flexdeploy"]["releases"][-1]["description"] = "by hand"
    assert flexdeploy.get(_PATH).json()["description"] == "by hand"


def test_answers_can_take_their_time(sandbox: Sandbox, flexdeploy: httpx.Client) -> None:
    sandbox.set_options("flexdeploy.delay=0.05")
    assert flexdeploy.get("/releases").elapsed.total_seconds() >= 0.05
