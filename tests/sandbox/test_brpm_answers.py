"""Each switch on how BRPM answers: formats, spellings, instants, order, and the body of a 404."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox


def _put(brpm: httpx.Client, **own: Any) -> httpx.Response:
    return brpm.put("/runs/1", json={"run": own})


def _ids(brpm: httpx.Client, **params: str) -> list[int]:
    return [row["id"] for row in brpm.get("/runs", params=params).json()]


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
