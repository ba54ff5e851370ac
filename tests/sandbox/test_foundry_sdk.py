"""The sandbox under Foundry's own Python SDK, its oldest and its newest version, each in its own venv."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconcile_sandbox import Sandbox, running

pytestmark = pytest.mark.slow

OLDEST, NEWEST = "1.0.0", "1.111.0"
SAMPLE = "ri.scheduler.main.schedule.8843955e-37d1-4363-85eb-539833e10a41"
NESTED = "ri.scheduler.main.schedule.c3f1a2b4-5d6e-4f70-8a91-b2c3d4e5f607"
PAUSED = "ri.scheduler.main.schedule.d4a2b3c5-6e7f-4a81-9ba2-c3d4e5f6a718"
ORDERS = "ri.foundry.main.dataset.1b2d6e63-2a1f-4d66-9b66-3b2a7a1e2c02"
ERAS = {
    OLDEST: ("foundry.era=seed",),
    NEWEST: ("foundry.era=2026",),
}
# The SDK takes a local host over http by `Config(scheme="http")`, which both versions document.
DRIVER = """
import json, sys
from foundry_sdk import ConfidentialClientAuth, Config, FoundryClient, UserTokenAuth

asked = json.load(sys.stdin)
config = Config(scheme="http", timeout=10)
if hasattr(config, "backoff_slot_size_ms"):
    config.backoff_slot_size_ms = 1
if "token" in asked:
    auth = UserTokenAuth(asked["token"])
else:
    auth = ConfidentialClientAuth("demo", "demo", scopes=asked["scopes"], should_refresh=False)
client = FoundryClient(auth=auth, hostname=asked["host"], config=config)

def shown(value):
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    if value is None or isinstance(value, str):
        return value
    return [shown(item) for item in value]

def parts(resource):
    return client.datasets if resource == "Dataset" else client.orchestration

def called(resource, name, *args, **named):
    try:
        return {"value": shown(getattr(getattr(parts(resource), resource), name)(*args, **named))}
    except Exception as error:
        told = {"raised": type(error).__name__, "parameters": getattr(error, "parameters", None)}
        return {**told, "name": getattr(error, "name", None)}

print(json.dumps([called(resource, name, *args, **named) for resource, name, args, named in asked["calls"]]))
"""


@dataclass(frozen=True)
class Sdk:
    """One version of the SDK, and a sandbox for it."""

    version: str
    python: Path
    sandbox: Sandbox

    def call(self, *calls: tuple[Any, ...], **auth: Any) -> list[dict[str, Any]]:
        """What each `(resource, method, arguments, named ones)` returned or raised."""
        asked = {
            "host": self.sandbox.url.removeprefix("http://"),
            "calls": calls,
            **(auth or {"token": "demo"}),
        }
        run = subprocess.run(
            [self.python, "-W", "ignore", "-c", DRIVER],
            input=json.dumps(asked), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr[-4000:]
        told: list[dict[str, Any]] = json.loads(run.stdout)
        return told

    def schedule(self, name: str, *args: Any, **named: Any) -> tuple[Any, ...]:
        """A call on schedules, with `preview` where this version asks for it."""
        marked = name in ("get", "create", "replace", "get_affected_resources", "get_batch")
        return ("Schedule", name, args, {**named, **({"preview": True} if marked or self.is_oldest else {})})

    @property
    def is_oldest(self) -> bool:
        return self.version == OLDEST


@pytest.fixture(scope="module")
def sandbox_of_its_own() -> Iterator[Sandbox]:
    with running() as sandbox:
        yield sandbox


@pytest.fixture(scope="module", params=[OLDEST, NEWEST])
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A version with the interpreter of a new venv that has it, and nothing of ours."""
    folder = tmp_path_factory.mktemp("sdk")
    python = folder / "bin" / "python"
    wanted = f"foundry-platform-sdk=={request.param}"
    for command in (
        [sys.executable, "-m", "venv", "--without-pip", folder],
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", wanted],
    ):
        run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert run.returncode == 0, run.stderr[-4000:]
    return request.param, python


@pytest.fixture
def sdk(installed: tuple[str, Path], sandbox_of_its_own: Sandbox) -> Sdk:
    version, python = installed
    sandbox_of_its_own.reset(options=ERAS[version])
    return Sdk(version, python, sandbox_of_its_own)


def test_schedules_are_read_created_replaced_paused_and_deleted(sdk: Sdk) -> None:
    own = {"action": {"target": {"type": "manual", "target_rids": [ORDERS]}}}
    trigger = {"type": "time", "cron_expression": "0 4 * * 1-5", "time_zone": "Europe/Berlin"}
    seen, _, paused, _, created = sdk.call(
        sdk.schedule("get", SAMPLE),
        sdk.schedule("pause", SAMPLE),
        sdk.schedule("get", SAMPLE),
        sdk.schedule("unpause", SAMPLE),
        sdk.schedule("create", **own, trigger=trigger, display_name="mine", description="told"),
    )
    assert (seen["value"]["paused"], paused["value"]["paused"]) == (False, True)
    first = created["value"]
    assert first["trigger"] == {"type": "time", "cronExpression": "0 4 * * 1-5", "timeZone": "Europe/Berlin"}
    other = {"type": "or", "triggers": [trigger, {"type": "scheduleSucceeded", "schedule_rid": SAMPLE}]}
    replaced, again, deleted, gone = sdk.call(
        sdk.schedule("replace", first["rid"], **own, trigger=other, display_name="mine"),
        sdk.schedule("get", first["rid"]),
        sdk.schedule("delete", first["rid"]),
        sdk.schedule("get", first["rid"]),
    )
    assert replaced == again
    assert "description" not in again["value"]
    assert again["value"]["currentVersionRid"] != first["currentVersionRid"]
    assert [it["type"] for it in again["value"]["trigger"]["triggers"]] == ["time", "scheduleSucceeded"]
    assert (deleted["value"], gone["raised"]) == (None, "ScheduleNotFound")


def test_every_schedule_of_the_default_world_is_read_and_so_is_a_build(sdk: Sdk) -> None:
    *seen, runs = sdk.call(
        *(sdk.schedule("get", rid) for rid in (SAMPLE, NESTED, PAUSED)), sdk.schedule("runs", SAMPLE)
    )
    assert [it["value"]["action"]["target"]["type"] for it in seen] == ["upstream", "connecting", "manual"]
    rid = runs["value"][0]["result"]["buildRid"]
    (build,) = sdk.call(("Build", "get", [rid], {}))
    assert (build["value"]["rid"], build["value"]["status"]) == (rid, "SUCCEEDED")


def test_runs_are_started_and_listed_in_pages_the_newest_first(sdk: Sdk) -> None:
    started, listed, again = sdk.call(
        sdk.schedule("run", SAMPLE),
        sdk.schedule("runs", SAMPLE, page_size=2),
        sdk.schedule("runs", SAMPLE, page_size=2),
    )
    assert "result" not in started["value"]
    assert listed["value"][0] == started["value"]
    assert [row["createdTime"] for row in again["value"]] == sorted(
        (row["createdTime"] for row in again["value"]), reverse=True
    )
    kinds = [row["result"]["type"] for row in again["value"]]
    assert kinds == ["submitted", "submitted", "error", "submitted", "ignored", "submitted"]
    assert ["createdBy" in row for row in again["value"]] == [True, False, False, True, False, False]
    pages = [entry for entry in sdk.sandbox.log if entry.path.endswith("/runs")]
    assert len(pages) == 6


@pytest.mark.parametrize(
    ("option", "refused_by"),
    [
        ("foundry.error_case=camel", (NEWEST,)),
        ("foundry.error_case=upper", (OLDEST,)),
        ("foundry.result_shape=nested", (OLDEST, NEWEST)),
        ("foundry.created_time=absent", (OLDEST, NEWEST)),
        ("foundry.created_by=absent", ()),
        ("foundry.time_format=offset", ()),
        ("foundry.time_format=nanos", ()),
        ("foundry.rid_case=upper", ()),
        ("foundry.empty_fields=null", ()),
        ("foundry.extra_fields=true", ()),
    ],
)
def test_switches_of_answers_are_read_by_the_versions_that_should(
    sdk: Sdk, option: str, refused_by: tuple[str, ...]
) -> None:
    sdk.sandbox.set_options(option)
    schedule, runs = sdk.call(sdk.schedule("get", NESTED), sdk.schedule("runs", SAMPLE))
    assert schedule["value"]["displayName"] == "Report after the numbers"
    assert runs.get("raised") == ("ValidationError" if sdk.version in refused_by else None), runs


def test_errors_are_raised_as_what_they_are(sdk: Sdk) -> None:
    unknown = SAMPLE.replace("8843955e", "00000000")
    action = {"target": {"type": "manual", "target_rids": [ORDERS]}}
    wrong = {"type": "time", "cron_expression": "0 0 4 * * *", "time_zone": "UTC"}
    missing, lost, cron = sdk.call(
        sdk.schedule("replace", SAMPLE, action=action),
        sdk.schedule("get", unknown),
        sdk.schedule("create", action=action, trigger=wrong),
    )
    assert (missing["raised"], missing["name"]) == ("BadRequestError", "MissingTrigger")
    assert (lost["raised"], lost["parameters"]) == ("ScheduleNotFound", {"scheduleRid": unknown})
    assert cron["name"] == "InvalidTimeTrigger"
    assert cron["parameters"] == {"cronExpression": "0 0 4 * * *"}
    (denied,) = sdk.call(sdk.schedule("run", SAMPLE), token="reader")
    assert (denied["raised"], denied["parameters"]) == (
        "RunSchedulePermissionDenied",
        {"scheduleRid": SAMPLE},
    )
    (stranger,) = sdk.call(sdk.schedule("run", SAMPLE), token="wrong")
    assert (stranger["raised"], stranger["name"]) == ("UnauthorizedError", "Default:Unauthorized")


def test_every_operation_of_ours_is_served_in_the_era_of_its_version(sdk: Sdk) -> None:
    """By the one switch of the era: each request that a plan, an apply or a wait for a build sends."""
    action = {"target": {"type": "manual", "target_rids": [ORDERS]}, "branch_name": "develop"}
    trigger = {"type": "time", "cron_expression": "0 6 L * 2#4", "time_zone": "Europe/Berlin"}
    (created,) = sdk.call(sdk.schedule("create", action=action, trigger=trigger, display_name="ours"))
    rid = created["value"]["rid"]
    told = sdk.call(
        sdk.schedule("get", rid),
        sdk.schedule("replace", rid, action=action, trigger=trigger, display_name="ours anew"),
        sdk.schedule("pause", rid),
        sdk.schedule("unpause", rid),
        sdk.schedule("run", rid),
        sdk.schedule("runs", rid),
        sdk.schedule("runs", rid),
    )
    assert [answer.get("raised") for answer in told] == [None] * len(told)
    (build,) = sdk.call(("Build", "get", [told[-1]["value"][0]["result"]["buildRid"]], {}))
    assert build["value"]["branchName"] == "develop"
    if not sdk.is_oldest:
        batch, found = sdk.call(
            sdk.schedule("get_batch", [{"schedule_rid": rid}]),
            ("Dataset", "get_schedules", [ORDERS], {"branch_name": "develop"}),
        )
        assert found["value"] == [rid]
        assert batch["value"]["data"][rid]["displayName"] == "ours anew"
    (deleted,) = sdk.call(sdk.schedule("delete", rid))
    assert deleted == {"value": None}


def test_a_feature_in_preview_is_refused_without_the_flag(sdk: Sdk) -> None:
    (refused,) = sdk.call(("Schedule", "get", [SAMPLE], {}))
    assert (refused["raised"], refused["name"]) == ("BadRequestError", "ApiFeaturePreviewUsageOnly")
    sdk.sandbox.set_options("foundry.preview=ga")
    (taken,) = sdk.call(("Schedule", "get", [SAMPLE], {}))
    assert taken["value"]["rid"] == SAMPLE


def test_an_application_gets_tokens_with_scopes(sdk: Sdk) -> None:
    (ran,) = sdk.call(sdk.schedule("run", SAMPLE), scopes=["api:orchestration-write"])
    assert re.fullmatch(r"[0-9a-f-]{36}", ran["value"]["createdBy"])
    (denied,) = sdk.call(sdk.schedule("run", SAMPLE), scopes=["api:orchestration-read"])
    assert (denied["name"], denied["parameters"]) == (
        "ApiUsageDenied",
        {"missingScope": "api:orchestration-write"},
    )
    assert "value" in sdk.call(sdk.schedule("run", SAMPLE), scopes=None)[0]


@pytest.mark.parametrize(("hint", "tries"), [("absent", 4), ("do-not-retry", 1)])
def test_the_newest_version_asks_a_busy_server_again_even_to_run(sdk: Sdk, hint: str, tries: int) -> None:
    sdk.sandbox.set_options("foundry.busy=429", f"foundry.qos_hint={hint}")
    sdk.sandbox.clear_log()
    (refused,) = sdk.call(sdk.schedule("run", SAMPLE))
    assert "raised" in refused
    assert len(sdk.sandbox.log) == (1 if sdk.is_oldest else tries)
