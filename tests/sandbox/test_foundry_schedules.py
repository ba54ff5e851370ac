"""Foundry's schedules: read, created, replaced, paused, deleted."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox

SAMPLE = "ri.scheduler.main.schedule.8843955e-37d1-4363-85eb-539833e10a41"
NESTED = "ri.scheduler.main.schedule.c3f1a2b4-5d6e-4f70-8a91-b2c3d4e5f607"
PAUSED = "ri.scheduler.main.schedule.d4a2b3c5-6e7f-4a81-9ba2-c3d4e5f6a718"
DATASET = "ri.foundry.main.dataset."
ORDERS = f"{DATASET}1b2d6e63-2a1f-4d66-9b66-3b2a7a1e2c02"
CLEAN = f"{DATASET}2c3e7f74-3b2a-4e77-8c77-4c3b8b2f3d03"
NUMBERS = f"{DATASET}3d4f8a85-4c3b-4f88-9d88-5d4c9c3a4e04"
REPORT = f"{DATASET}4e5a9b96-5d4c-4a99-8e99-6e5dad4b5f05"
DEMO_USER = "f05f8da4-b84c-4fca-9c77-8af0b13d11de"
TRIGGER = {"type": "time", "cronExpression": "0 3 * * *", "timeZone": "UTC"}
BODY: dict[str, Any] = {
    "displayName": "mine",
    "description": "told",
    "trigger": TRIGGER,
    "action": {"target": {"type": "upstream", "targetRids": [CLEAN]}},
}

pytestmark = pytest.mark.usefixtures("sandbox")


def _created(foundry: httpx.Client, **own: Any) -> dict[str, Any]:
    reply = foundry.post("/schedules", json={**BODY, **own})
    assert reply.status_code == 200, reply.text
    row: dict[str, Any] = reply.json()
    return row


def test_a_schedule_shows_all_that_is_required_and_no_empty_text(foundry: httpx.Client) -> None:
    row = foundry.get(f"/schedules/{PAUSED}").json()
    assert set(row) == {
        "rid", "displayName", "currentVersionRid", "createdTime", "createdBy", "updatedTime", "updatedBy",
        "paused", "trigger", "action", "scopeMode",
    }  # fmt: skip
    assert row["paused"] is True


def test_a_new_schedule_gets_the_defaults_of_what_it_leaves_out(
    sandbox: Sandbox, foundry: httpx.Client
) -> None:
    sandbox.set_options("sandbox.clock=2026-12-01T08:00:00Z")
    row = _created(foundry)
    assert row["action"] == {
        "target": {"type": "upstream", "targetRids": [CLEAN], "ignoredRids": []},
        "branchName": "master", "fallbackBranches": [], "forceBuild": False, "abortOnFailure": False,
        "notificationsEnabled": True,
    }  # fmt: skip
    assert (row["paused"], row["scopeMode"], row["trigger"]) == (False, {"type": "user"}, TRIGGER)
    assert (row["createdTime"], row["createdBy"]) == ("2026-12-01T08:00:00.000Z", DEMO_USER)
    assert foundry.get(f"/schedules/{row['rid']}").json() == row


def test_defaults_can_be_others(sandbox: Sandbox, foundry: httpx.Client) -> None:
    sandbox.set_options("foundry.action_defaults=other")
    action = {**BODY["action"], "forceBuild": True, "branchName": None}
    row = _created(foundry, action=action)["action"]
    assert (row["branchName"], row["forceBuild"], row["notificationsEnabled"]) == ("main", True, False)
    assert row["retryBackoffDuration"] == {"value": 30, "unit": "SECONDS"}


def test_replacing_clears_what_is_not_said_and_makes_a_version(
    sandbox: Sandbox, foundry: httpx.Client
) -> None:
    first = foundry.get(f"/schedules/{NESTED}").json()
    sandbox.set_options("sandbox.clock=2026-12-01T08:00:00Z")
    reply = foundry.put(f"/schedules/{NESTED}", json={"trigger": TRIGGER, "action": BODY["action"]})
    row = reply.json()
    assert not {*row, *row["action"]} & {"displayName", "description", "retryCount", "retryBackoffDuration"}
    assert row["scopeMode"] == {"type": "user"}
    assert row["currentVersionRid"] != first["currentVersionRid"]
    assert (row["createdTime"], row["updatedTime"]) == (first["createdTime"], "2026-12-01T08:00:00.000Z")
    assert foundry.get(f"/schedules/{NESTED}").json() == row


def test_saying_all_back_changes_only_the_version(foundry: httpx.Client) -> None:
    before = foundry.get(f"/schedules/{NESTED}").json()
    after = foundry.put(f"/schedules/{NESTED}", json=before).json()
    own = ("displayName", "trigger", "action", "scopeMode", "paused", "rid", "createdTime")
    assert {key: after[key] for key in own} == {key: before[key] for key in own}


def test_a_replace_that_changes_nothing_but_texts_may_keep_the_version(
    sandbox: Sandbox, foundry: httpx.Client
) -> None:
    sandbox.set_options("foundry.replace_version=same")
    before = foundry.get(f"/schedules/{NESTED}").json()
    after = foundry.put(f"/schedules/{NESTED}", json={**before, "displayName": "other"}).json()
    assert after["currentVersionRid"] == before["currentVersionRid"]
    changed = foundry.put(f"/schedules/{NESTED}", json={**before, "trigger": TRIGGER}).json()
    assert changed["currentVersionRid"] != before["currentVersionRid"]


def test_a_paused_schedule_stays_paused_when_replaced(foundry: httpx.Client) -> None:
    assert foundry.put(f"/schedules/{PAUSED}", json=BODY).json()["paused"] is True


def test_pause_and_unpause_can_be_said_again(sandbox: Sandbox, foundry: httpx.Client) -> None:
    path = f"/schedules/{SAMPLE}"
    version = foundry.get(path).json()["currentVersionRid"]
    for _ in range(2):
        reply = foundry.post(f"{path}/pause")
        assert (reply.status_code, reply.content) == (204, b"")
    assert foundry.get(path).json()["paused"] is True
    sandbox.set_options("foundry.pause=200", "foundry.pause_again=conflict")
    assert foundry.post(f"{path}/unpause").status_code == 200
    assert foundry.post(f"{path}/unpause").status_code == 409
    assert (foundry.get(path).json()["paused"], foundry.get(path).json()["currentVersionRid"]) == (
        False,
        version,
    )


def test_pausing_can_make_a_version(sandbox: Sandbox, foundry: httpx.Client) -> None:
    sandbox.set_options("foundry.pause_version=new")
    version = foundry.get(f"/schedules/{SAMPLE}").json()["currentVersionRid"]
    foundry.post(f"/schedules/{SAMPLE}/pause")
    assert foundry.get(f"/schedules/{SAMPLE}").json()["currentVersionRid"] != version


def test_a_deleted_schedule_is_gone_with_its_runs(foundry: httpx.Client) -> None:
    assert foundry.delete(f"/schedules/{SAMPLE}").status_code == 204
    for reply in (
        foundry.get(f"/schedules/{SAMPLE}"),
        foundry.get(f"/schedules/{SAMPLE}/runs"),
        foundry.delete(f"/schedules/{SAMPLE}"),
        foundry.put(f"/schedules/{SAMPLE}", json=BODY),
        foundry.post(f"/schedules/{SAMPLE}/pause"),
        foundry.post(f"/schedules/{SAMPLE}/getAffectedResources"),
    ):
        assert (reply.status_code, reply.json()["errorName"]) == (404, "ScheduleNotFound")
        assert reply.json()["parameters"] == {"scheduleRid": SAMPLE}


def test_versions_are_kept_and_lead_to_their_schedule(foundry: httpx.Client) -> None:
    first = foundry.get(f"/schedules/{SAMPLE}").json()
    foundry.put(f"/schedules/{SAMPLE}", json=BODY)
    path = f"/scheduleVersions/{first['currentVersionRid']}"
    version = foundry.get(path).json()
    assert (version["scheduleRid"], version["trigger"], version["action"]) == (
        SAMPLE,
        first["trigger"],
        first["action"],
    )
    assert "displayName" not in version
    assert foundry.get(f"{path}/schedule").json()["displayName"] == "mine"


def test_an_unknown_version_is_not_found(foundry: httpx.Client) -> None:
    for path in ("/scheduleVersions/none", "/scheduleVersions/none/schedule"):
        reply = foundry.get(path)
        assert (reply.status_code, reply.json()["errorName"]) == (404, "ScheduleVersionNotFound")


def test_a_batch_leaves_out_what_it_does_not_find(sandbox: Sandbox, foundry: httpx.Client) -> None:
    with sandbox.editing() as state:
        state["foundry"]["schedules"][2]["denied"] = ["Get"]
    unknown = "ri.scheduler.main.schedule.none"
    asked = [{"scheduleRid": rid} for rid in (SAMPLE, unknown, NESTED, PAUSED, SAMPLE)]
    data = foundry.post("/schedules/getBatch", json=asked).json()["data"]
    assert set(data) == {SAMPLE, NESTED}
    assert data[SAMPLE] == foundry.get(f"/schedules/{SAMPLE}").json()


@pytest.mark.parametrize(
    ("count", "name", "parameters"),
    [
        (0, "MissingBatchRequest", {}),
        (1001, "BatchRequestSizeExceededLimit", {"maximumBatchSize": 1000, "providedBatchSize": 1001}),
    ],
)
def test_a_batch_has_one_to_a_thousand(
    foundry: httpx.Client, count: int, name: str, parameters: dict[str, int]
) -> None:
    reply = foundry.post("/schedules/getBatch", json=[{"scheduleRid": SAMPLE}] * count)
    assert (reply.status_code, reply.json()["errorName"], reply.json()["parameters"]) == (
        400,
        name,
        parameters,
    )


@pytest.mark.parametrize(
    ("rid", "built"),
    [(SAMPLE, {NUMBERS, CLEAN, ORDERS}), (NESTED, {REPORT, NUMBERS, CLEAN}), (PAUSED, {ORDERS, CLEAN})],
)
def test_what_a_schedule_builds_follows_from_its_target(
    foundry: httpx.Client, rid: str, built: set[str]
) -> None:
    assert set(foundry.post(f"/schedules/{rid}/getAffectedResources").json()["datasets"]) == built
