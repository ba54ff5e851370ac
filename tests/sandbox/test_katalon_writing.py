"""Creating, updating, closing and deleting releases and run configurations in Katalon."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("sandbox")

_NEW: dict[str, Any] = {
    "name": "Release 2.0",
    "projectId": 4711,
    "startTime": "2026-01-05",
    "endTime": "2026-01-16T00:00:00Z",
    "description": "big",
}


def _releases(katalon: httpx.Client) -> dict[int, Any]:
    body = {"type": "Release", "conditions": [{"key": "Project.id", "operator": "=", "value": "4711"}]}
    return {row["id"]: row for row in katalon.post("/search", json=body).json()["content"]}


def _put(katalon: httpx.Client, **own: Any) -> httpx.Response:
    return katalon.put("/releases", json={"id": 67891, "name": "Release 1.3", **own})


def test_a_release_is_created_with_two_hundred(katalon: httpx.Client) -> None:
    reply = katalon.post("/releases", json=_NEW)
    made = reply.json()
    assert (reply.status_code, made["endTime"], made["closed"]) == (200, "2026-01-16", False)
    assert (made["releaseStatus"], _releases(katalon)[made["id"]]) == ("EMPTY", made)


@pytest.mark.parametrize(
    ("own", "status", "reason"),
    [
        ({"name": None}, 400, "name is required"),
        ({"name": " "}, 400, "name must not be blank"),
        ({"projectId": None}, 400, "projectId is required"),
        ({"projectId": 1}, 404, "There is no project 1"),
        ({"startTime": "soon"}, 400, "startTime must be a date"),
        ({"startTime": "2026-02-30"}, 400, "startTime is not a date"),
        ({"id": 1}, 404, "There is no release 1"),
    ],
)
def test_a_release_that_cannot_be_is_refused(
    katalon: httpx.Client, own: dict[str, Any], status: int, reason: str
) -> None:
    before = _releases(katalon)
    reply = katalon.post("/releases", json={**_NEW, **own})
    assert (reply.status_code, reason in reply.json()["message"]) == (status, True), reply.text
    assert _releases(katalon) == before


def test_a_put_resets_what_it_leaves_out_or_keeps_it(sandbox: Sandbox, katalon: httpx.Client) -> None:
    assert _put(katalon, description="new").json().get("startTime") is None
    sandbox.set_options("katalon.put_omitted=keep")
    assert _put(katalon, endTime="2025-02-22").json()["description"] == "new"
    assert "description" not in _put(katalon, description=None).json()
    assert _releases(katalon)[67891]["endTime"] == "2025-02-22"


def test_a_put_names_its_release_in_the_body(katalon: httpx.Client) -> None:
    assert katalon.put("/releases", json={"name": "x"}).status_code == 400
    assert katalon.put("/releases", json={"id": 1, "name": "x"}).status_code == 404
    assert katalon.put("/releases", json={"id": "67891", "name": "x"}).json()["id"] == 67891
    assert katalon.put("/releases", json={"id": 67891}).status_code == 400


def test_a_post_with_an_id_updates_or_creates(sandbox: Sandbox, katalon: httpx.Client) -> None:
    body = {**_NEW, "id": 67891}
    assert katalon.post("/releases", json=body).json()["id"] == 67891
    sandbox.set_options("katalon.release_post=create")
    assert katalon.post("/releases", json=body).json()["id"] == 77002


@pytest.mark.parametrize(("closed", "expected"), [("True", True), ("true", True), ("FALSE", False)])
def test_a_release_is_closed_by_a_boolean_in_any_case(
    katalon: httpx.Client, closed: str, expected: bool
) -> None:
    reply = katalon.post("/releases/67891/active", params={"closed": closed})
    assert (reply.status_code, reply.json()["closed"]) == (200, expected)


@pytest.mark.parametrize("query", ["", "?closed=", "?closed=yes"])
def test_closing_needs_a_boolean(katalon: httpx.Client, query: str) -> None:
    assert katalon.post(f"/releases/67891/active{query}").status_code == 400


def test_closed_in_a_body_does_nothing_or_closes(sandbox: Sandbox, katalon: httpx.Client) -> None:
    assert _put(katalon, closed=True).json()["closed"] is False
    sandbox.set_options("katalon.closed_in_body=apply")
    assert _put(katalon, closed=True).json()["closed"] is True


@pytest.mark.parametrize(("choice", "expected"), [("ignore", 4711), ("apply", 4712), ("reject", None)])
def test_a_release_moves_as_told(
    sandbox: Sandbox, katalon: httpx.Client, choice: str, expected: int | None
) -> None:
    sandbox.set_options(f"katalon.move_release={choice}")
    assert _put(katalon, projectId=4711).status_code == 200
    reply = _put(katalon, projectId=4712)
    assert (reply.status_code == 200, reply.json().get("projectId")) == (expected is not None, expected)


def test_names_can_be_unique_in_a_project(sandbox: Sandbox, katalon: httpx.Client) -> None:
    assert katalon.post("/releases", json={**_NEW, "name": "Release 1.2"}).status_code == 200
    sandbox.reset(options=["katalon.duplicate_names=reject"])
    assert katalon.post("/releases", json={**_NEW, "name": "Release 1.2"}).status_code == 400
    assert _put(katalon, name="Release 1.2").status_code == 400
    assert _put(katalon).status_code == 200


def test_a_deleted_release_is_linked_nowhere(sandbox: Sandbox, katalon: httpx.Client) -> None:
    assert katalon.delete("/releases/67890").json()["name"] == "Release 1.2"
    assert katalon.delete("/releases/67890").status_code == 404
    live = katalon.get("/smart-scheduler/12346").json()["runConfiguration"]
    assert ("releaseId" in live, "releaseId" in live["build"]) == (False, False)
    sandbox.reset(options=["katalon.delete_linked=reject"])
    assert katalon.delete("/releases/67890").status_code == 400
    assert katalon.delete("/releases/67891").status_code == 200


def test_a_run_configuration_is_created_updated_and_deleted(katalon: httpx.Client) -> None:
    body = {"name": "mine", "projectId": 4711, "configType": "TSC", "testProjectId": "8001"}
    made = katalon.post("/run-configurations", params={"verifyRunConfiguration": "False"}, json=body).json()
    assert (made["testProjectId"], "releaseId" in made) == (8001, False)
    change = {"id": made["id"], "name": "mine", "releaseId": 67890}
    changed = katalon.post("/run-configurations", json=change).json()
    assert (changed["release"]["id"], changed["projectId"], "configType" in changed) == (67890, 4711, False)
    cleared = katalon.post("/run-configurations", json={**change, "releaseId": None}).json()
    assert "releaseId" not in cleared
    assert katalon.delete(f"/run-configurations/{made['id']}").json() == cleared
    assert katalon.get(f"/smart-scheduler/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"projectId": 4711}, 400),
        ({"name": "x"}, 400),
        ({"name": "x", "projectId": 1}, 404),
        ({"id": 1, "name": "x"}, 404),
        ({"name": "x", "projectId": 4711, "releaseId": 77001}, 400),
        ({"name": "x", "projectId": 4711, "configType": "OTHER"}, 400),
    ],
)
def test_a_run_configuration_that_cannot_be_is_refused(
    katalon: httpx.Client, body: dict[str, Any], status: int
) -> None:
    assert katalon.post("/run-configurations", json=body).status_code == status


def test_unknown_keys_of_a_release_can_be_refused(sandbox: Sandbox, katalon: httpx.Client) -> None:
    assert katalon.post("/releases", json={**_NEW, "builds": []}).status_code == 200
    sandbox.set_options("katalon.unknown_fields=reject")
    assert katalon.post("/releases", json={**_NEW, "builds": []}).status_code == 400
    assert _put(katalon, releaseStatus="READY").status_code == 400
