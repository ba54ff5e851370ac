"""Each switch on what BRPM does, at the values that are not its default."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox

NEW = {"name": "UAT", "owner_id": 1, "plan_id": 1, "plan_stage_id": 2, "requestor_id": 2}


def _put(brpm: httpx.Client, **own: Any) -> httpx.Response:
    return brpm.put("/runs/1", json={"run": own})


def _ids(brpm: httpx.Client, **params: str) -> list[int]:
    reply = brpm.get("/runs", params=params)
    return [row["id"] for row in reply.json()] if reply.status_code == 200 else []


def test_an_empty_list_can_be_a_list(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.set_options("brpm.empty_list=200")
    for path in ("/runs", "/plans", "/users"):
        reply = brpm.get(path, params={"filters[name]": "none", "filters[login]": "none"})
        assert (path, reply.status_code, reply.json()) == (path, 200, [])


@pytest.mark.parametrize("path", ["/runs", "/plans", "/plan_stages", "/users"])
def test_a_filter_that_a_list_does_not_know_can_be_refused(
    sandbox: Sandbox, brpm: httpx.Client, path: str
) -> None:
    sandbox.set_options("brpm.unknown_filters=refuse")
    reply = brpm.get(path, params={"filters[unheard_of]": "x"})
    assert (reply.status_code, reply.json()) == (422, {"unheard_of": ["is not a filter"]})


def test_requests_can_have_the_numbers_of_another_database(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.set_options("brpm.request_numbers=10000")
    assert brpm.get("/plans/1").json()["members"][0]["request"]["number"] == 10003


def test_attributes_can_stand_beside_the_wrapper(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.set_options("brpm.wrapper=optional")
    assert brpm.post("/runs", json=NEW).json()["name"] == "UAT"
    assert brpm.put("/runs/1", json={"description": "x"}).json()["description"] == "x"
    assert brpm.put("/runs/1", json={"name": 7}).json() == {"name": ["is not a text"]}
    assert brpm.put("/runs/1", json={"owner_id": [1]}).json() == {"owner_id": ["is not a number"]}


def test_attributes_beside_the_wrapper_can_be_lost_in_silence(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.set_options("brpm.wrapper=ignored")
    assert brpm.post("/runs", json=NEW).json() == {key: ["can't be blank"] for key in NEW}
    reply = brpm.put("/runs/1", json={"description": "x"})
    assert (reply.status_code, reply.json()["description"]) == (202, None)


def test_unknown_attributes_can_be_refused(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.set_options("brpm.unknown_keys=reject")
    told = {"x": ["is not known here"], "aasm_state": ["is not known here"]}
    assert _put(brpm, x=1, aasm_state="started").json() == told
    assert brpm.post("/runs", json={"run": {**NEW, "aasm_event": "start"}}).status_code == 422
    assert _put(brpm, aasm_event="plan_it").status_code == 202


def test_names_can_be_unique(sandbox: Sandbox, brpm: httpx.Client) -> None:
    taken = {**NEW, "name": "Sample Run"}
    assert brpm.post("/runs", json={"run": taken}).status_code == 201
    sandbox.set_options("brpm.unique_names=reject")
    reply = brpm.post("/runs", json={"run": taken})
    assert (reply.status_code, reply.json()) == (422, {"name": ["has already been taken"]})
    brpm.delete("/runs/4")
    assert _put(brpm, name="Sample Run", description="x").status_code == 202


@pytest.mark.parametrize(
    ("choice", "asked", "found"),
    [
        ("exact", "sample", []),
        ("substring", "sample", [1]),
        ("substring", "none", []),
        ("ignored", "none", [1]),
    ],
)
def test_the_name_filter_reads_as_told(
    sandbox: Sandbox, brpm: httpx.Client, choice: str, asked: str, found: list[int]
) -> None:
    sandbox.set_options(f"brpm.name_filter={choice}")
    assert _ids(brpm, **{"filters[name]": asked}) == found


@pytest.mark.parametrize(
    ("choice", "listed", "by_id"), [("hidden", [1], 200), ("listed", [1, 2], 200), ("gone", [1], 404)]
)
def test_deleted_runs_are_seen_as_told(
    sandbox: Sandbox, brpm: httpx.Client, choice: str, listed: list[int], by_id: int
) -> None:
    sandbox.set_options(f"brpm.deleted={choice}")
    assert _ids(brpm) == listed
    assert brpm.get("/runs/2").status_code == by_id
    assert brpm.delete("/runs/2").status_code == 404


def test_deleted_runs_can_keep_their_name(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.set_options("brpm.rename_deleted=false", "brpm.delete_body=run")
    reply = brpm.delete("/runs/1").json()
    assert (reply["name"], reply["aasm_state"]) == ("Sample Run", "deleted")


def test_archived_runs_can_be_listed(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.set_options("brpm.archived=listed")
    assert _ids(brpm) == [1, 3]


def test_an_instant_without_offset_is_in_the_servers_zone(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.set_options("brpm.zone=+05:30")
    assert _put(brpm, start_at="2026-12-01T09:30:00").json()["start_at"] == "2026-12-01T09:30:00+05:30"
    assert _put(brpm, start_at_date="2026-12-02").json()["start_at"] == "2026-12-02T09:30:00+05:30"


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("start_at", "2026-12-01T09:00:00-05:00"),
        ("alternates", "2026-12-02T00:00:00-05:00"),
        ("reject", None),
    ],
)
def test_both_forms_of_a_start_count_as_told(
    sandbox: Sandbox, brpm: httpx.Client, choice: str, expected: str | None
) -> None:
    sandbox.set_options(f"brpm.start_both_forms={choice}")
    reply = _put(brpm, start_at="2026-12-01T09:00:00-05:00", start_at_date="2026-12-02")
    if expected is None:
        assert (reply.status_code, reply.json()) == (422, {"start_at": ["cannot be sent with its parts"]})
    else:
        assert reply.json()["start_at"] == expected


def test_a_duration_can_be_derived(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.set_options("brpm.duration=derived")
    assert _put(brpm, start_at="2026-12-01T09:00:00Z", duration=5).json()["duration"] == 5
    assert _put(brpm, end_at="2026-12-01T10:30:00Z", duration=5).json()["duration"] == 90


def test_reads_can_be_stale(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.set_options("brpm.stale_reads=1")
    _put(brpm, description="new")
    assert [brpm.get("/runs/1").json()["description"] for _ in range(2)] == [None, "new"]
