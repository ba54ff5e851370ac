"""What the switches of Foundry change in the answers on schedules, and what its seeds may say."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox, running

SAMPLE = "ri.scheduler.main.schedule.8843955e-37d1-4363-85eb-539833e10a41"
PAUSED = "ri.scheduler.main.schedule.d4a2b3c5-6e7f-4a81-9ba2-c3d4e5f6a718"
DATASET = "ri.foundry.main.dataset."
RAW = f"{DATASET}0a1c5d52-1f0e-4c55-8a55-2a1f6f0d1b01"
ORDERS = f"{DATASET}1b2d6e63-2a1f-4d66-9b66-3b2a7a1e2c02"
CLEAN = f"{DATASET}2c3e7f74-3b2a-4e77-8c77-4c3b8b2f3d03"

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.mark.parametrize(
    ("era", "read", "run"), [("strict", 400, 400), ("marked", 400, 200), ("ga", 200, 200)]
)
def test_each_era_needs_preview_for_its_own_calls(
    sandbox: Sandbox, client: httpx.Client, era: str, read: int, run: int
) -> None:
    sandbox.set_options(f"foundry.preview={era}")
    path, headers = f"/api/v2/orchestration/schedules/{SAMPLE}", {"authorization": "Bearer demo"}
    assert client.get(path, headers=headers).status_code == read
    assert client.post(f"{path}/run", headers=headers).status_code == run
    assert client.get(f"{path}/runs", headers=headers, params={"preview": "false"}).status_code == run
    assert client.get(path, headers=headers, params={"preview": "true"}).status_code == 200


def test_a_missing_preview_has_a_name_of_its_own(client: httpx.Client) -> None:
    path = f"/api/v2/orchestration/schedules/{SAMPLE}"
    body = client.get(path, headers={"authorization": "Bearer demo"}).json()
    assert (body["errorCode"], body["errorName"], body["parameters"]) == (
        "INVALID_ARGUMENT",
        "ApiFeaturePreviewUsageOnly",
        {},
    )


def test_preview_may_be_refused_where_nothing_needs_it(sandbox: Sandbox, foundry: httpx.Client) -> None:
    sandbox.set_options("foundry.preview=ga", "foundry.preview_when_ga=reject")
    assert foundry.get(f"/schedules/{SAMPLE}").status_code == 400


def test_triggers_can_be_hidden_and_then_a_replace_must_not_lose_them(
    sandbox: Sandbox, foundry: httpx.Client
) -> None:
    sandbox.set_options("foundry.trigger_visible=false")
    row = foundry.get(f"/schedules/{SAMPLE}").json()
    assert "trigger" not in row
    assert "trigger" not in foundry.get(f"/scheduleVersions/{row['currentVersionRid']}").json()
    assert foundry.put(f"/schedules/{SAMPLE}", json=row).json()["errorName"] == "MissingTrigger"
    sandbox.set_options("foundry.trigger_omitted=accept")
    assert foundry.put(f"/schedules/{SAMPLE}", json=row).status_code == 200
    sandbox.set_options("foundry.trigger_visible=true")
    assert "trigger" not in foundry.get(f"/schedules/{SAMPLE}").json()


def test_rids_can_come_in_upper_case_and_are_found_in_either(sandbox: Sandbox, foundry: httpx.Client) -> None:
    sandbox.set_options("foundry.rid_case=upper")
    row = foundry.get(f"/schedules/{SAMPLE}").json()
    assert row["rid"] == "ri.scheduler.main.schedule.8843955E-37D1-4363-85EB-539833E10A41"
    assert foundry.get(f"/schedules/{row['rid']}").json() == row
    assert foundry.put(f"/schedules/{row['rid']}", json=row).status_code == 200
    data = foundry.post("/schedules/getBatch", json=[{"scheduleRid": SAMPLE}]).json()["data"]
    assert list(data) == [row["rid"]]


def test_empty_fields_can_be_null_and_unknown_ones_be_there(sandbox: Sandbox, foundry: httpx.Client) -> None:
    sandbox.set_options("foundry.empty_fields=null", "foundry.extra_fields=true")
    row = foundry.get(f"/schedules/{PAUSED}").json()
    assert (row["description"], row["revision"], "denied" in row) == (None, 7, False)
    run = foundry.post(f"/schedules/{SAMPLE}/run").json()
    assert (run["result"], run["revision"], "reads" in run) == (None, 7, False)


def test_lists_can_come_in_another_order_each_time(sandbox: Sandbox, foundry: httpx.Client) -> None:
    rids = [RAW, ORDERS, CLEAN, SAMPLE, PAUSED]
    sandbox.set_options("foundry.unknown_refs=accept", "foundry.list_order=shuffled")
    with sandbox.editing() as state:
        state["foundry"]["schedules"][2]["action"]["target"]["targetRids"] = rids
    seen = [foundry.get(f"/schedules/{PAUSED}").json() for _ in range(6)]
    orders = {tuple(row["action"]["target"]["targetRids"]) for row in seen}
    assert (len(orders) > 1, {frozenset(order) for order in orders}) == (True, {frozenset(rids)})
    assert {len(row["trigger"]["triggers"]) for row in seen} == {2}


def test_a_seed_may_leave_out_what_it_does_not_care_for(sandbox: Sandbox, foundry: httpx.Client) -> None:
    rid = "ri.scheduler.main.schedule.mine"
    action = {"target": {"type": "manual", "targetRids": [ORDERS]}}
    run = {
        "rid": "ri.scheduler.main.run.mine",
        "scheduleRid": rid,
        "createdTime": "2026-11-01T10:00:00+02:00",
    }
    sandbox.state = {"foundry": {"schedules": [{"rid": rid, "action": action}], "runs": [run]}}
    row = foundry.get(f"/schedules/{rid}").json()
    assert (row["paused"], row["action"]["branchName"]) == (False, "master")
    assert foundry.get(f"/scheduleVersions/{row['currentVersionRid']}").status_code == 200
    (seen,) = foundry.get(f"/schedules/{rid}/runs").json()["data"]
    assert (seen["createdTime"], seen["scheduleVersionRid"]) == (
        "2026-11-01T08:00:00.000Z",
        row["currentVersionRid"],
    )
    assert foundry.get(f"/schedules/{SAMPLE}").status_code == 404


def test_the_state_is_read_and_written_whole(sandbox: Sandbox, foundry: httpx.Client) -> None:
    foundry.post(f"/schedules/{SAMPLE}/run")
    state = sandbox.state
    sandbox.state = state
    assert sandbox.state == state
    assert foundry.post(f"/schedules/{SAMPLE}/run").status_code == 200
    assert len({row["rid"] for row in sandbox.state["foundry"]["runs"]}) == 7


_ACTION = {"target": {"type": "manual", "targetRids": [ORDERS]}}


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"schedules": [{"rid": "x", "action": _ACTION}]}, "must be a rid"),
        ({"schedules": [{"rid": SAMPLE, "action": _ACTION}] * 2}, "twice"),
        (
            {"schedules": [{"rid": SAMPLE, "action": {"target": {"type": "all"}}}]},
            "target.type must be one of",
        ),
        ({"schedules": [{"rid": SAMPLE, "action": _ACTION, "trigger": {"type": "time"}}]}, "is required"),
        ({"runs": [{"rid": SAMPLE, "scheduleRid": SAMPLE, "createdTime": "2026-11-01T10:00:00"}]}, "offset"),
        ({"runs": [{"rid": SAMPLE, "scheduleRid": SAMPLE, "createdTime": "soon"}]}, "soon"),
        ({"runs": [{"rid": SAMPLE, "scheduleRid": SAMPLE, "result": {"type": "done"}}]}, "result.type"),
    ],
)
def test_a_wrong_state_is_refused_with_its_place(part: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told), running(state={"foundry": part}):
        pass
