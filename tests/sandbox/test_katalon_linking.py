"""Linking, relinking and unlinking a schedule, as Katalon's page and its published client have it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("sandbox")

_LINK = "/run-configurations/12345/link-release"
_UNLINK = "/run-configurations/12345/unlink-release"
SAMPLE = {
    "id": 12345,
    "name": "Daily Smoke Test",
    "build": {"id": "67890", "name": "Build 1.2.3"},
    "status": "linked",
    "updatedAt": "2025-01-17T12:00:00Z",
}


def _live(katalon: httpx.Client, number: int = 12345) -> Any:
    return katalon.get(f"/smart-scheduler/{number}").json()["runConfiguration"]


def _links(row: Any) -> tuple[Any, Any, Any]:
    release, build = row.get("release") or {}, row.get("build") or {}
    return row.get("releaseId"), release.get("id"), build.get("id")


def _message(reply: httpx.Response, status: int = 400) -> str:
    assert reply.status_code == status
    return str(reply.json()["message"])


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"releaseId": "67890"}},
        {"json": {"releaseId": 67890}},
        {"params": {"projectId": 4711, "releaseId": 67890}},
        {"params": {"projectId": 4711, "releaseId": 67890}, "json": {"releaseId": "67890"}},
    ],
)
def test_a_link_is_made_by_either_reading_of_the_page(katalon: httpx.Client, sent: dict[str, Any]) -> None:
    reply = katalon.post(_LINK, **sent)
    assert (reply.status_code, _links(reply.json())) == (200, (67890, 67890, None))
    assert _links(_live(katalon)) == (67890, 67890, None)


def test_the_sample_of_the_page_comes_back_and_lies(sandbox: Sandbox, katalon: httpx.Client) -> None:
    sandbox.set_options("katalon.shape=seed_literal", "sandbox.clock=2025-01-17T12:00:00Z")
    assert katalon.post(_LINK, json={"releaseId": "67890"}).json() == SAMPLE
    assert _links(_live(katalon)) == (67890, 67890, None)
    assert katalon.post(_UNLINK).json()["status"] == "unlinked"
    named = katalon.post("/run-configurations/12345/link-build", params={"buildId": 67895}).json()["build"]
    assert named == {"id": "67895", "name": "Build 1.3.0"}
    bare = katalon.post(_LINK, json={"releaseId": 67889}).json()["build"]
    assert bare == {"id": "67889", "name": "Release 1.1"}


def test_the_table_of_the_page_can_be_had_as_well(sandbox: Sandbox, katalon: httpx.Client) -> None:
    sandbox.set_options("katalon.shape=seed", "sandbox.clock=2025-01-17T12:00:00Z")
    told = katalon.post(_LINK, json={"releaseId": "67890"}).json()
    assert (told["release"]["name"], told["status"]) == ("Release 1.2", "SUCCESS")
    assert told["updatedAt"] == SAMPLE["updatedAt"]


def test_a_link_overwrites_another_and_can_be_repeated(katalon: httpx.Client) -> None:
    for number in (67890, 67891, 67891):
        assert katalon.post(_LINK, params={"releaseId": number}).status_code == 200
    assert _links(_live(katalon)) == (67891, 67891, None)


def test_a_link_clears_the_build(katalon: httpx.Client) -> None:
    assert _links(_live(katalon, 12346)) == (67890, 67890, 67890)
    katalon.post("/run-configurations/12346/link-release", json={"releaseId": "67891"})
    assert _links(_live(katalon, 12346)) == (67891, 67891, None)


def test_a_linked_build_brings_its_release(katalon: httpx.Client) -> None:
    reply = katalon.post("/run-configurations/12345/link-build", json={"buildId": "67895"})
    assert (reply.status_code, _links(reply.json())) == (200, (67891, 67891, 67895))


def test_unlinking_clears_release_and_build_and_can_be_repeated(katalon: httpx.Client) -> None:
    for _ in range(2):
        reply = katalon.post("/run-configurations/12346/unlink-release")
        assert (reply.status_code, _links(reply.json())) == (200, (None, None, None))
    assert _links(_live(katalon, 12346)) == (None, None, None)


@pytest.mark.parametrize(
    "path",
    [
        "/run-configurations/1/link-release?releaseId=67890",
        "/run-configurations/1/unlink-release",
        "/run-configurations/12345/link-release?releaseId=1",
        "/run-configurations/12345/link-release?releaseId=67890&projectId=1",
        "/run-configurations/12345/link-build?buildId=1",
    ],
)
def test_what_does_not_exist_is_not_found(sandbox: Sandbox, katalon: httpx.Client, path: str) -> None:
    assert "There is no" in _message(katalon.post(path), 404)
    sandbox.set_options("katalon.unknown_id=400")
    assert "There is no" in _message(katalon.post(path))
    assert _links(_live(katalon)) == (None, None, None)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({}, "'releaseId' is not present"),
        ({"json": {}}, "'releaseId' is not present"),
        ({"json": {"releaseId": "soon"}}, "releaseId must be a whole number"),
        ({"json": {"releaseId": None}}, "releaseId must be integer or string"),
        ({"params": {"releaseId": "67890a"}}, "releaseId must be a whole number"),
        ({"json": {"releaseId": 77001}}, "belongs to another project"),
        ({"json": {"releaseId": 67890}, "params": {"projectId": 4712}}, "belongs to another project"),
    ],
)
def test_a_link_that_cannot_be_is_a_bad_request(
    katalon: httpx.Client, sent: dict[str, Any], reason: str
) -> None:
    assert reason in _message(katalon.post(_LINK, **sent))
    assert _links(_live(katalon)) == (None, None, None)


def test_a_build_of_another_project_cannot_be_linked(katalon: httpx.Client) -> None:
    path = "/run-configurations/22345/link-build"
    assert "another project" in _message(katalon.post(path, params={"buildId": 67895}))


@pytest.mark.parametrize(
    ("choice", "asked", "body", "expected"),
    [
        ("query_then_body", 67890, 67891, 67890),
        ("query_then_body", None, 67891, 67891),
        ("body_then_query", 67890, 67891, 67891),
        ("body_then_query", 67890, None, 67890),
        ("query", 67890, 67891, 67890),
        ("query", None, 67891, None),
        ("body", 67890, 67891, 67891),
        ("body", 67890, None, None),
    ],
)
def test_query_and_body_are_believed_as_told(
    sandbox: Sandbox, katalon: httpx.Client, choice: str, asked: int | None, body: int | None, expected: int
) -> None:
    sandbox.set_options(f"katalon.link_reads={choice}")
    params = {} if asked is None else {"releaseId": asked}
    reply = katalon.post(_LINK, params=params, json={} if body is None else {"releaseId": body})
    assert reply.status_code == (400 if expected is None else 200)
    assert _live(katalon).get("releaseId") == expected


def test_the_project_can_be_required(sandbox: Sandbox, katalon: httpx.Client) -> None:
    sandbox.set_options("katalon.link_project=required")
    assert "'projectId'" in _message(katalon.post(_LINK, json={"releaseId": "67890"}))
    assert katalon.post(_LINK, params={"projectId": 4711}, json={"releaseId": "67890"}).status_code == 200


@pytest.mark.parametrize(
    ("option", "number", "release"),
    [
        ("closed_releases=reject", 12345, 67889),
        ("relink=reject", 12347, 67891),
    ],
)
def test_a_link_can_be_refused(
    sandbox: Sandbox, katalon: httpx.Client, option: str, number: int, release: int
) -> None:
    path = f"/run-configurations/{number}/link-release"
    before = _live(katalon, number)
    sandbox.set_options(f"katalon.{option}")
    assert katalon.post(path, params={"releaseId": release}).status_code == 400
    assert _live(katalon, number) == before
    assert katalon.post(path, params={"releaseId": 67890}).status_code == 200
    sandbox.reset()
    assert katalon.post(path, params={"releaseId": release}).status_code == 200


def test_other_projects_can_be_accepted(sandbox: Sandbox, katalon: httpx.Client) -> None:
    sandbox.set_options("katalon.other_project=accept")
    assert katalon.post(_LINK, params={"releaseId": 77001}).json()["releaseId"] == 77001


def test_a_link_can_leave_the_build(sandbox: Sandbox, katalon: httpx.Client) -> None:
    sandbox.set_options("katalon.link_clears_build=false")
    katalon.post("/run-configurations/12346/link-release", json={"releaseId": "67891"})
    assert _links(_live(katalon, 12346)) == (67891, 67891, 67890)


def test_a_linked_build_can_come_without_its_release(sandbox: Sandbox, katalon: httpx.Client) -> None:
    sandbox.set_options("katalon.build_sets_release=false")
    katalon.post("/run-configurations/12345/link-build", json={"buildId": "67895"})
    live = _live(katalon)
    assert (_links(live), live["build"]["releaseId"]) == ((None, None, 67895), 67891)


def test_unlinking_nothing_can_be_refused(sandbox: Sandbox, katalon: httpx.Client) -> None:
    sandbox.set_options("katalon.unlink_nothing=400")
    assert "not linked" in _message(katalon.post(_UNLINK))
    assert katalon.post("/run-configurations/12347/unlink-release").status_code == 200


def test_a_link_can_pause_the_timer(sandbox: Sandbox, katalon: httpx.Client) -> None:
    sandbox.set_options("katalon.link_scheduler=pause")
    katalon.post(_LINK, json={"releaseId": "67890"})
    assert katalon.get("/smart-scheduler/12345").json()["scheduler"]["active"] is False
    assert katalon.get("/smart-scheduler/12346").json()["scheduler"]["active"] is True


def test_unknown_keys_can_be_refused(sandbox: Sandbox, katalon: httpx.Client) -> None:
    body = {"releaseId": "67890", "release": 5}
    assert katalon.post(_LINK, json=body).status_code == 200
    sandbox.set_options("katalon.unknown_fields=reject")
    assert "release is not a known field" in _message(katalon.post(_LINK, json=body))
