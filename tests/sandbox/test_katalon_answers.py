"""How Katalon shows a schedule, a release and an error, at the switches' other values."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox

_LINK = "/run-configurations/12345/link-release"


def _live(katalon: httpx.Client, number: int = 12347) -> Any:
    return katalon.get(f"/smart-scheduler/{number}").json()["runConfiguration"]


@pytest.mark.parametrize(
    ("evidence", "told"),
    [
        ("both", {"releaseId", "release"}),
        ("releaseId", {"releaseId"}),
        ("release", {"release"}),
        ("build", {"build"}),
    ],
)
def test_the_release_can_be_told_in_three_places(
    sandbox: Sandbox, katalon: httpx.Client, evidence: str, told: set[str]
) -> None:
    sandbox.set_options(f"katalon.release_evidence={evidence}")
    assert {"releaseId", "release", "build"} & set(_live(katalon)) == told
    sandbox.set_options("katalon.unlinked=null")
    unlinked = _live(katalon, 12345)
    assert {key for key in ("releaseId", "release", "build") if key in unlinked} == told | {"build"}
    assert [unlinked[key] for key in told] == [None] * len(told)


def test_the_release_can_stand_inside_the_build_alone(sandbox: Sandbox, katalon: httpx.Client) -> None:
    sandbox.set_options("katalon.release_evidence=build")
    inside = _live(katalon)["build"]
    assert (inside.get("id"), inside["releaseId"], inside["release"]["id"]) == (None, 67890, 67890)
    with_build = _live(katalon, 12346)["build"]
    assert (with_build["id"], with_build["releaseId"]) == (67890, 67890)


def test_what_is_not_linked_can_be_null(sandbox: Sandbox, katalon: httpx.Client) -> None:
    keys = ("releaseId", "release", "build")
    assert not any(key in _live(katalon, 12345) for key in keys)
    sandbox.set_options("katalon.unlinked=null")
    assert [_live(katalon, 12345)[key] for key in keys] == [None, None, None]


def test_empty_fields_can_be_null(sandbox: Sandbox, katalon: httpx.Client) -> None:
    assert "command" not in _live(katalon)
    sandbox.set_options("katalon.empty_fields=null")
    live = _live(katalon)
    assert (live["command"], live["release"]["description"], "build" in live) == (None, None, False)
    assert katalon.get("/smart-scheduler/12348").json()["scheduler"] is None


def test_ids_can_be_strings_everywhere(sandbox: Sandbox, katalon: httpx.Client) -> None:
    sandbox.set_options("katalon.ids=string")
    live = _live(katalon, 12346)
    assert (live["id"], live["projectId"], live["releaseId"]) == ("12346", "4711", "67890")
    assert (live["release"]["id"], live["build"]["releaseId"]) == ("67890", "67890")
    assert katalon.get("/teams").json()["content"][0]["id"] == "100"


def test_answers_can_have_fields_that_nobody_knows(sandbox: Sandbox, katalon: httpx.Client) -> None:
    sandbox.set_options("katalon.extra_fields=true")
    assert {"uuid", "audit"} <= set(_live(katalon))
    assert "uuid" in katalon.post(_LINK, json={"releaseId": "67890"}).json()


def test_an_error_is_spring_s(sandbox: Sandbox, katalon: httpx.Client) -> None:
    sandbox.set_options("sandbox.clock=2025-01-17T12:00:00Z")
    assert katalon.post(_LINK, json={"releaseId": "1"}).json() == {
        "timestamp": "2025-01-17T12:00:00.000+00:00",
        "status": 404,
        "error": "Not Found",
        "message": "There is no release 1.",
        "path": "/api/v1/run-configurations/12345/link-release",
    }


def test_an_error_can_be_bare_words_or_a_page(sandbox: Sandbox, katalon: httpx.Client) -> None:
    sandbox.set_options("katalon.error_body=plain")
    plain = katalon.post(_LINK)
    assert (plain.text, plain.headers["content-type"]) == ("Bad Request", "text/plain; charset=utf-8")
    sandbox.set_options("katalon.error_body=html")
    page = katalon.post(_LINK)
    assert (page.status_code, page.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "&#x27;releaseId&#x27;" in page.text


def test_wrong_credentials_are_told_which_kind_is_right(client: httpx.Client) -> None:
    assert client.get("/api/v1/teams").headers["www-authenticate"].startswith("Basic ")


def test_faults_in_lists_reach_the_rows_of_a_page(sandbox: Sandbox, katalon: httpx.Client) -> None:
    actions = ("partial_list", "duplicate_rows", "wrong_id")
    sandbox.plan_faults(*({"action": action, "path": "/api/v1/projects"} for action in actions))
    pages = [[row["id"] for row in katalon.get("/projects").json()["content"]] for _ in actions]
    assert pages == [[4711], [4711, 4712, 4711, 4712], [4712, 4713]]


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ({"releases": [{"id": 1, "name": "x", "projectId": 2}] * 2}, "has the id 1 twice"),
        ({"releases": [{"id": 1, "name": "x"}]}, "projectId is required"),
        (
            {"runConfigurations": [{"id": 1, "name": "x", "projectId": 2, "releaseid": 3}]},
            "is not known here",
        ),
        ({"schedules": []}, "is not known here"),
    ],
)
def test_a_state_that_cannot_be_is_refused(sandbox: Sandbox, part: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        sandbox.state = {"katalon": part}


def test_a_state_may_leave_out_what_it_does_not_care_for(sandbox: Sandbox, katalon: httpx.Client) -> None:
    row = {"id": 7, "name": "only", "projectId": 4711, "releaseId": 99, "buildId": 98}
    sandbox.state = {"katalon": {"runConfigurations": [row]}}
    live = _live(katalon, 7)
    assert (live["release"], live["build"]) == ({"id": 99}, {"id": 98})
    sandbox.state = sandbox.state
    assert _live(katalon, 7) == live
