"""What a definition of a Foundry schedule may not say, each with the error's own name."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox
from reconcile_sandbox.foundry.cron import is_cron
from reconcile_sandbox.foundry.rules import is_zone

SAMPLE = "ri.scheduler.main.schedule.8843955e-37d1-4363-85eb-539833e10a41"
DATASET = "ri.foundry.main.dataset."
RAW = f"{DATASET}0a1c5d52-1f0e-4c55-8a55-2a1f6f0d1b01"
ORDERS = f"{DATASET}1b2d6e63-2a1f-4d66-9b66-3b2a7a1e2c02"
CLEAN = f"{DATASET}2c3e7f74-3b2a-4e77-8c77-4c3b8b2f3d03"
MEDIA = "ri.mio.main.media-set.5f6baca7-6e5d-4baa-9faa-7f6ebe5c6a06"
NOWHERE = f"{DATASET}nowhere"
TIME = {"type": "time", "cronExpression": "0 3 * * *", "timeZone": "UTC"}
TARGET: dict[str, Any] = {"type": "manual", "targetRids": [ORDERS]}
UPDATED = {"type": "datasetUpdated", "datasetRid": RAW, "branchName": "master"}

pytestmark = pytest.mark.usefixtures("sandbox")


def _post(foundry: httpx.Client, **own: Any) -> httpx.Response:
    body = {"action": {"target": TARGET}, "trigger": TIME, **own}
    return foundry.post("/schedules", json={key: value for key, value in body.items() if value != "omitted"})


def _told(reply: httpx.Response) -> tuple[int, str, Any]:
    body = reply.json()
    return reply.status_code, body["errorName"], body["parameters"]


@pytest.mark.parametrize(
    ("trigger", "status", "name", "parameters"),
    [
        ("omitted", 400, "MissingTrigger", {}),
        (
            {**TIME, "cronExpression": "0 0 3 * * ?"},
            400, "InvalidTimeTrigger", {"cronExpression": "0 0 3 * * ?"},
        ),
        ({**TIME, "timeZone": "Mars/Base"}, 400, "InvalidTimeZone", {"timeZone": "Mars/Base"}),
        ({"type": "and", "triggers": []}, 400, "InvalidAndTrigger", {}),
        ({"type": "or", "triggers": []}, 400, "InvalidOrTrigger", {}),
        ({"type": "or", "triggers": [TIME, {"type": "and", "triggers": []}]}, 400, "InvalidAndTrigger", {}),
        (
            {"type": "mediaSetUpdated", "mediaSetRid": RAW, "branchName": "x"},
            400, "InvalidMediaSetTrigger", {"mediaSetRid": RAW},
        ),
        (
            {"type": "and", "triggers": [UPDATED, {**UPDATED, "datasetRid": NOWHERE}]},
            404, "ScheduleTriggerResourcesNotFound", {"resourceRids": [NOWHERE]},
        ),
        (
            {"type": "scheduleFailed", "scheduleRid": NOWHERE},
            404, "ScheduleTriggerResourcesNotFound", {"resourceRids": [NOWHERE]},
        ),
    ],
)  # fmt: skip
def test_a_wrong_trigger_is_refused_by_name(
    foundry: httpx.Client, trigger: Any, status: int, name: str, parameters: dict[str, Any]
) -> None:
    assert _told(_post(foundry, trigger=trigger)) == (status, name, parameters)


@pytest.mark.parametrize(
    ("target", "status", "name", "parameters"),
    [
        ({**TARGET, "targetRids": []}, 400, "MissingBuildTargets", {}),
        (
            {"type": "connecting", "inputRids": [], "targetRids": [ORDERS]},
            400, "MissingConnectingBuildInputs", {},
        ),
        ({"type": "everything"}, 400, "TargetNotSupported", {}),
        ({}, 400, "TargetNotSupported", {}),
        ({**TARGET, "targetRids": [RAW, NOWHERE]}, 404, "BuildTargetsNotFound", {"resourceRids": [NOWHERE]}),
        (
            {"type": "connecting", "inputRids": [NOWHERE], "targetRids": [ORDERS]},
            404, "BuildInputsNotFound", {"resourceRids": [NOWHERE]},
        ),
        ({**TARGET, "targetRids": [RAW]}, 400, "BuildTargetsMissingJobSpecs", {"resourceRids": [RAW]}),
    ],
)  # fmt: skip
def test_a_wrong_target_is_refused_by_name(
    foundry: httpx.Client, target: Any, status: int, name: str, parameters: dict[str, Any]
) -> None:
    assert _told(_post(foundry, action={"target": target})) == (status, name, parameters)


@pytest.mark.parametrize(
    "own",
    [
        {"trigger": {"type": "sometimes"}},
        {"trigger": {}},
        {"trigger": None},
        {"trigger": {"type": ["time"]}},
        {"trigger": {**TIME, "cronExpression": 5}},
        {"trigger": {"type": "time", "cronExpression": "0 3 * * *"}},
        {"trigger": {"type": "and", "triggers": [TIME, "manual"]}},
        {"trigger": {"type": "and", "triggers": [{"type": "or", "triggers": [{"type": "x"}]}]}},
        {"trigger": {**UPDATED, "datasetRid": "RAW"}},
        {"scopeMode": {"type": "project"}},
        {"scopeMode": {"type": "world"}},
        {"action": {}},
        {"action": {"target": {**TARGET, "targetRids": ORDERS}}},
        {"action": {"target": TARGET, "forceBuild": "yes"}},
        {"action": {"target": TARGET, "retryCount": -1}},
        {"action": {"target": TARGET, "retryBackoffDuration": {"value": 1, "unit": "AGES"}}},
        {"displayName": 7},
    ],
)
def test_what_is_no_definition_is_an_invalid_argument(foundry: httpx.Client, own: dict[str, Any]) -> None:
    reply = _post(foundry, **own)
    assert (reply.status_code, reply.json()["errorName"]) == (400, "Default:InvalidArgument")
    assert reply.json()["parameters"]["reason"]


@pytest.mark.parametrize(
    ("key", "switch", "name"),
    [("displayName", "name_max", "InvalidScheduleName"),
     ("description", "description_max", "InvalidScheduleDescription")],
)  # fmt: skip
def test_texts_have_a_largest_length(
    sandbox: Sandbox, foundry: httpx.Client, key: str, switch: str, name: str
) -> None:
    sandbox.set_options(f"foundry.{switch}=3")
    assert _post(foundry, **{key: "abc"}).status_code == 200
    assert _told(_post(foundry, **{key: "abcd"})) == (400, name, {})


@pytest.mark.parametrize(
    ("own", "name"),
    [
        ({"trigger": {**UPDATED, "datasetRid": ORDERS}}, "ScheduleTriggerResourcesPermissionDenied"),
        ({}, "BuildTargetsPermissionDenied"),
        (
            {"action": {"target": {"type": "connecting", "inputRids": [ORDERS], "targetRids": [CLEAN]}}},
            "BuildInputsPermissionDenied",
        ),
    ],
)  # fmt: skip
def test_resources_can_be_closed_to_the_caller(
    sandbox: Sandbox, foundry: httpx.Client, own: dict[str, Any], name: str
) -> None:
    with sandbox.editing() as state:
        state["foundry"]["resources"][1]["denied"] = True
    assert _told(_post(foundry, **own)) == (403, name, {"resourceRids": [ORDERS]})


def test_unknown_resources_can_be_accepted(sandbox: Sandbox, foundry: httpx.Client) -> None:
    sandbox.set_options("foundry.unknown_refs=accept")
    target = {"type": "connecting", "inputRids": [NOWHERE], "targetRids": [NOWHERE], "ignoredRids": []}
    assert _post(foundry, action={"target": target}).json()["action"]["target"] == target


def test_a_replace_is_held_to_the_same_rules_and_changes_nothing_when_refused(
    sandbox: Sandbox, foundry: httpx.Client
) -> None:
    before = sandbox.state
    path = f"/schedules/{SAMPLE}"
    assert _told(foundry.put(path, json={"action": {"target": TARGET}}))[1] == "MissingTrigger"
    wrong = foundry.put(path, json={"action": {"target": {"type": "x"}}, "trigger": TIME})
    assert _told(wrong) == (400, "TargetNotSupported", {"scheduleRid": SAMPLE})
    assert sandbox.state == before


def test_unknown_keys_are_ignored_or_refused(sandbox: Sandbox, foundry: httpx.Client) -> None:
    own: dict[str, Any] = {
        "action": {"target": {**TARGET, "x": 1}, "y": 2},
        "trigger": {**TIME, "z": 3},
        "rid": "a",
    }
    row = _post(foundry, **own).json()
    assert (row["action"]["target"], "y" in row["action"], row["trigger"]) == (TARGET, False, TIME)
    sandbox.set_options("foundry.unknown_keys=reject")
    assert _post(foundry, **own).status_code == 400
    assert _post(foundry, action={"target": TARGET, "y": 2}).status_code == 400
    assert _post(foundry).status_code == 200


@pytest.mark.parametrize(
    "trigger",
    [
        {"type": "manual"},
        {"type": "scheduleSucceeded", "scheduleRid": SAMPLE},
        {"type": "mediaSetUpdated", "mediaSetRid": MEDIA, "branchName": "master"},
        {"type": "tableUpdated", "tableRid": ORDERS, "branchName": "master"},
        {"type": "and", "triggers": [UPDATED, {"type": "or", "triggers": [TIME, {"type": "manual"}]}]},
    ],
)
def test_triggers_of_all_kinds_come_back_as_sent(foundry: httpx.Client, trigger: dict[str, Any]) -> None:
    assert _post(foundry, trigger=trigger).json()["trigger"] == trigger


@pytest.mark.parametrize(
    "text",
    ["* * * * *", "*/5 0-6/2 1,15 JAN-MAR MON-FRI", "0 3 31 12 7", "59 23 * * sun", "5/10 * * * *"],
)  # fmt: skip
def test_five_fields_are_a_cron_expression(text: str) -> None:
    assert is_cron(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "0 3 * *", "0 0 3 * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
        "*/0 * * * *", "5-1 * * * *", "0 3 ? * *", "0 3 L-3 * *", "a * * * *", "1,, * * * *", "-1 * * * *",
        "@daily", "\N{ARABIC-INDIC DIGIT ONE} * * * *", "* * * MON *",
    ],
)  # fmt: skip
def test_anything_else_is_none(text: str) -> None:
    assert not is_cron(text)


@pytest.mark.parametrize("text", ["UTC", "Europe/Berlin", "Z", "+02:00", "UTC+2", "GMT-11:30"])
def test_zones_are_those_of_java(text: str) -> None:
    assert is_zone(text)


@pytest.mark.parametrize("text", ["", "Mars/Base", "+25:00", "../../etc/passwd", "utc+", "Europe"])
def test_what_is_no_zone_is_none(text: str) -> None:
    assert not is_zone(text)
