"""Each switch on BRPM at the values that are not its default."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconcile.sandbox import Sandbox

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


@pytest.mark.parametrize("path", ["/runs/9", "/nowhere", "/runs?filters[name]=none"])
@pytest.mark.parametrize(
    ("shape", "kind", "start"),
    [
        ("html", "text/html; charset=utf-8", b"<!DOCTYPE html>"),
        ("empty", None, b""),
        ("json", "application/json;charset=utf-8", b'{"error":'),
    ],
)
def test_a_404_has_the_body_that_is_asked_for(
    sandbox: Sandbox, client: httpx.Client, path: str, shape: str, kind: str | None, start: bytes
) -> None:
    sandbox.set_options(f"brpm.not_found_body={shape}")
    reply = client.get(f"/brpm/v1{path}{'&' if '?' in path else '?'}token=demo")
    assert (reply.status_code, reply.headers.get("content-type")) == (404, kind)
    assert reply.content.startswith(start)
    assert bool(reply.content) == (shape != "empty")


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


@pytest.mark.parametrize(
    ("choice", "accept", "suffix", "status"),
    [
        ("needs_accept", "*/*", "", 406),
        ("needs_accept", "text/html, application/json;q=0.5", "", 200),
        ("needs_accept", "*/*", ".json", 200),
        ("needs_suffix", "application/json", "", 406),
        ("needs_suffix", "*/*", ".json", 200),
        ("needs_suffix", "application/json", ".xml", 406),
    ],
)
def test_json_can_have_to_be_asked_for(
    sandbox: Sandbox, brpm: httpx.Client, choice: str, accept: str, suffix: str, status: int
) -> None:
    sandbox.set_options(f"brpm.format={choice}")
    headers = {"accept": accept}
    assert brpm.get(f"/runs/1{suffix}", headers=headers).status_code == status
    reply = brpm.put(f"/runs/1{suffix}", headers=headers, json={"run": {"description": "x"}})
    assert reply.status_code == (202 if status == 200 else status)
    assert sandbox.state["brpm"]["runs"][0]["description"] == ("x" if status == 200 else None)


@pytest.mark.parametrize(
    ("switch", "before", "shown"),
    [
        ("completed_spelling=complete", "completed", "complete"),
        ("cancelled_spelling=canceled", "cancelled", "canceled"),
    ],
)
def test_states_can_be_spelled_in_two_ways(
    sandbox: Sandbox, brpm: httpx.Client, switch: str, before: str, shown: str
) -> None:
    sandbox.set_options(f"brpm.{switch}")
    sandbox.state = {"brpm": {"runs": [{"id": 1, "name": "x", "aasm_state": shown}]}}
    assert brpm.get("/runs/1").json()["aasm_state"] == shown
    assert [_ids(brpm, **{"filters[aasm_state]": word}) for word in (before, shown)] == [[1], [1]]
    assert sandbox.state["brpm"]["runs"][0]["aasm_state"] == before


@pytest.mark.parametrize(
    ("options", "written"),
    [
        (["zone=Z"], "2026-12-01T09:30:15Z"),
        (["zone=+05:30"], "2026-12-01T15:00:15+05:30"),
        (["zone=+14:00"], "2026-12-01T23:30:15+14:00"),
        (["instants=utc"], "2026-12-01T09:30:15Z"),
        (["instants=fraction"], "2026-12-01T04:30:15.000-05:00"),
        (["dates_precision=minute"], "2026-12-01T04:30:00-05:00"),
        (["dates_precision=day"], "2026-12-01T00:00:00-05:00"),
    ],
)
def test_instants_are_written_as_told(
    sandbox: Sandbox, brpm: httpx.Client, options: list[str], written: str
) -> None:
    sandbox.set_options(*(f"brpm.{option}" for option in options))
    assert _put(brpm, start_at="2026-12-01T09:30:15Z").json()["start_at"] == written


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


def test_an_etag_can_be_missing(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.set_options("brpm.etag=false")
    assert "etag" not in brpm.get("/runs/1").headers


def test_ids_can_be_texts(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.set_options("brpm.ids=string")
    run = brpm.get("/runs/1").json()
    assert (run["id"], run["plan_stage_id"], run["plan"]["id"], run["duration"]) == ("1", "1", "1", None)
    assert run["plan_members"][0]["request"]["id"] == "3"
    assert run["plan_members"][0]["position"] == 1


def test_fields_without_a_value_can_be_left_out(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.set_options("brpm.empty_fields=omit")
    assert set(brpm.get("/runs/1").json()) & {"description", "duration", "start_at", "end_at"} == set()


@pytest.mark.parametrize(
    ("choice", "shown"), [("stored", ["", None]), ("null", [None, None]), ("blank", ["", ""])]
)
def test_an_empty_description_is_shown_as_told(
    sandbox: Sandbox, brpm: httpx.Client, choice: str, shown: list[str | None]
) -> None:
    sandbox.set_options(f"brpm.empty_description={choice}")
    assert [_put(brpm, description=text).json()["description"] for text in ("", None)] == shown


def test_answers_can_have_more_fields(sandbox: Sandbox, brpm: httpx.Client) -> None:
    before = brpm.get("/runs/1").json()
    sandbox.set_options("brpm.extra_fields=true")
    after = brpm.get("/runs/1").json()
    assert len(after) > 16
    assert {key: after[key] for key in before} == before


def test_lists_can_be_in_another_order(sandbox: Sandbox, brpm: httpx.Client) -> None:
    rows = [{"id": number, "name": f"run {9 - number}"} for number in range(1, 8)]
    sandbox.state = {"brpm": {"runs": rows}}
    orders = {}
    for choice in ("stored", "reversed", "by_name", "shuffled"):
        sandbox.set_options(f"brpm.order={choice}")
        orders[choice] = _ids(brpm)
    assert orders["stored"] == [*range(1, 8)]
    assert orders["reversed"] == orders["by_name"] == [*range(7, 0, -1)]
    assert (sorted(orders["shuffled"]), orders["shuffled"] != _ids(brpm)) == ([*range(1, 8)], True)


def test_reads_can_be_stale(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.set_options("brpm.stale_reads=1")
    _put(brpm, description="new")
    assert [brpm.get("/runs/1").json()["description"] for _ in range(2)] == [None, "new"]
