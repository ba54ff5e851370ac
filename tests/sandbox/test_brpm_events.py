"""BRPM's state machine: every state and event, what moves with a run, and what a site may change."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox

STATES = ("created", "planned", "started", "held", "blocked", "completed", "cancelled", "deleted")
LEGAL = {
    "plan_it": {"created": "planned"},
    "start": {"planned": "started", "held": "started", "blocked": "started"},
    "hold": {"planned": "held", "started": "held"},
    "block": {"planned": "blocked", "started": "blocked", "held": "blocked"},
    "cancel": {state: "cancelled" for state in STATES[:5]},
    "complete": {"started": "completed"},
    "delete": {state: "deleted" for state in STATES if state not in ("started", "deleted")},
}


def _set_state(sandbox: Sandbox, state: str) -> None:
    with sandbox.editing() as world:
        world["brpm"]["runs"][0]["aasm_state"] = state


def _send(brpm: httpx.Client, event: str) -> httpx.Response:
    return brpm.put("/runs/1", json={"run": {"aasm_event": event}})


@pytest.mark.parametrize("state", STATES)
def test_each_event_from_each_state(sandbox: Sandbox, brpm: httpx.Client, state: str) -> None:
    for event, edges in LEGAL.items():
        _set_state(sandbox, state)
        reply = _send(brpm, event)
        if state in edges:
            assert (event, reply.status_code, reply.json().get("aasm_state")) == (event, 202, edges[state])
        else:
            told = {"aasm_event": [f"{event} cannot transition from {state}"]}
            assert (event, reply.status_code, reply.json()) == (event, 422, told)
            assert sandbox.state["brpm"]["runs"][0]["aasm_state"] == state


@pytest.mark.parametrize("event", ["fly", "started", "PLAN_IT"])
@pytest.mark.usefixtures("sandbox")
def test_what_is_no_event_is_422(brpm: httpx.Client, event: str) -> None:
    reply = _send(brpm, event)
    assert (reply.status_code, reply.json()) == (422, {"aasm_event": ["is not an event of a run"]})


def test_no_event_is_no_change(sandbox: Sandbox, brpm: httpx.Client) -> None:
    before = sandbox.state
    assert brpm.put("/runs/1", json={"run": {"aasm_event": None}}).status_code == 202
    assert brpm.put("/runs/1", json={"run": {"aasm_event": ""}}).status_code == 202
    assert sandbox.state == before


def test_the_table_can_be_a_sites_own(sandbox: Sandbox, brpm: httpx.Client) -> None:
    own = {"start": {"created": "started"}, "delete": {"started": "deleted"}, "hold": {}}
    sandbox.state = {"brpm": {"transitions": own}}
    assert _send(brpm, "hold").status_code == 422
    assert _send(brpm, "start").json()["aasm_state"] == "started"
    assert brpm.delete("/runs/1").status_code == 202
    assert sandbox.state["brpm"]["transitions"]["cancel"] == LEGAL["cancel"]


def test_delete_follows_the_table(sandbox: Sandbox, brpm: httpx.Client) -> None:
    _set_state(sandbox, "started")
    reply = brpm.delete("/runs/1")
    assert (reply.status_code, reply.json()) == (
        422,
        {"aasm_event": ["delete cannot transition from started"]},
    )


@pytest.mark.parametrize(
    ("cascades", "expected"),
    [
        ("requests", [("planned", "created"), ("started", "created"), ("complete", "created")]),
        ("all", [("planned", "created"), ("started", "started"), ("complete", "started")]),
        ("none", [("created", "created")] * 3),
    ],
)
def test_requests_and_plan_move_with_a_run(
    sandbox: Sandbox, brpm: httpx.Client, cascades: str, expected: list[Any]
) -> None:
    sandbox.set_options(f"brpm.cascades={cascades}")
    seen = []
    for event in ("plan_it", "start", "complete"):
        run = _send(brpm, event).json()
        seen.append((run["plan_members"][0]["request"]["aasm_state"], run["plan"]["aasm_state"]))
    assert seen == expected


@pytest.mark.parametrize(
    ("event", "request_state"), [("hold", "hold"), ("cancel", "cancelled"), ("block", "started")]
)
def test_requests_follow_a_run_that_stops(
    sandbox: Sandbox, brpm: httpx.Client, event: str, request_state: str
) -> None:
    for before in ("plan_it", "start"):
        _send(brpm, before)
    assert _send(brpm, event).json()["plan_members"][0]["request"]["aasm_state"] == request_state
    if event != "cancel":
        assert _send(brpm, "start").json()["plan_members"][0]["request"]["aasm_state"] == "started"
    assert sandbox.state["brpm"]["plans"][0]["aasm_state"] == "created"


def test_a_started_run_can_complete_by_itself(sandbox: Sandbox, brpm: httpx.Client) -> None:
    sandbox.set_options("brpm.auto_progress=2")
    for event in ("plan_it", "start"):
        _send(brpm, event)
    seen = [brpm.get("/runs/1").json(), brpm.get("/runs").json()[0], brpm.get("/runs/1").json()]
    assert [run["aasm_state"] for run in seen] == ["started", "started", "completed"]
    assert seen[2]["plan_members"][0]["request"]["aasm_state"] == "complete"


def _both(brpm: httpx.Client) -> httpx.Response:
    return brpm.put("/runs/1", json={"run": {"description": "x", "aasm_event": "plan_it"}})


@pytest.mark.parametrize(
    ("order", "edits", "status"),
    [
        ("attributes_first", "accept", 202),
        ("event_first", "accept", 202),
        ("reject", "accept", 422),
        ("attributes_first", "reject", 202),
        ("event_first", "reject", 422),
    ],
)
def test_attributes_and_an_event_in_one_put(
    sandbox: Sandbox, brpm: httpx.Client, order: str, edits: str, status: int
) -> None:
    sandbox.set_options(f"brpm.attributes_and_event={order}", f"brpm.started_edits={edits}")
    reply = _both(brpm)
    after = brpm.get("/runs/1").json()
    assert reply.status_code == status
    expected = ("x", "planned") if status == 202 else (None, "created")
    assert (after["description"], after["aasm_state"]) == expected


@pytest.mark.parametrize("state", ["planned", "started"])
def test_planned_and_started_runs_can_refuse_edits(sandbox: Sandbox, brpm: httpx.Client, state: str) -> None:
    _set_state(sandbox, state)
    assert brpm.put("/runs/1", json={"run": {"description": "x"}}).status_code == 202
    sandbox.set_options("brpm.started_edits=reject")
    reply = brpm.put("/runs/1", json={"run": {"description": "y"}})
    assert (reply.status_code, reply.json()) == (422, {"description": [f"cannot be changed while {state}"]})
    assert _send(brpm, "hold").status_code == 202


@pytest.mark.parametrize(
    ("events", "wrapper", "inside", "beside"),
    [
        ("wrapped", "required", "planned", 422),
        ("wrapped", "optional", "planned", "planned"),
        ("wrapped", "ignored", "planned", "created"),
        ("top_level", "required", "created", "planned"),
        ("either", "required", "planned", "planned"),
        ("either", "ignored", "planned", "planned"),
    ],
)
def test_where_an_event_is_obeyed(
    sandbox: Sandbox, brpm: httpx.Client, events: str, wrapper: str, inside: str, beside: str | int
) -> None:
    sandbox.set_options(f"brpm.events={events}", f"brpm.wrapper={wrapper}")
    assert _send(brpm, "plan_it").json()["aasm_state"] == inside
    _set_state(sandbox, "created")
    reply = brpm.put("/runs/1", json={"aasm_event": "plan_it"})
    assert beside in (reply.status_code, reply.json().get("aasm_state"))
