"""How the hand-made server shows the objects of each kind, and what is played against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from tests.integration.tool import Ran, run
from tests.support.today import Today
from tests.support.today.projects import ENVIRONMENT, declare

from reconcile.provider import Kind
from reconcile.systems import Installed

KINDS = {(type_, kind.name): kind for type_, system in Installed().items() for kind in system.kinds}
DATASET = "ri.foundry.main.dataset.3d4f8a85-4c3b-4f88-9d88-5d4c9c3a4e04"
SCHEDULE = "ri.scheduler.main.schedule.00000000-0000-4000-8000-{:012}"
TRAIN: dict[str, Any] = {
    "releaseStatus": "STARTED",
    "description": "kept",
    "pipelineId": 10005,
    "pipelineName": "Simple Pipeline",
    "scheduleBuildExpression": "0 0 2 ? * MON-FRI",
    "projects": [
        {"projectId": 10000, "projectName": "Payments", "projectStreamId": 13900, "priority": 2},
        {"projectId": 10000, "projectStreamId": 13900, "packageName": "core", "requestAllFiles": False},
    ],
    "cmsDetails": {
        "cmsInstanceId": 7,
        "overrideSettings": True,
        "overriddenDefaultConfigurations": {"requireChangeTicketForDeployment": True},
        "overriddenEnvironmentConfigurations": [{"environmentId": 1}, {"environmentId": 2}],
    },
    "properties": [
        {"propertyName": "REGION", "propertyValue": "eu"},
        {"propertyName": "NOTIFY", "propertyValue": "3"},
    ],
}
BUILDS: dict[str, Any] = {
    "description": "kept",
    "action": {
        "target": {"type": "manual", "targetRids": [DATASET]},
        "branchName": "master",
        "fallbackBranches": ["develop"],
        "forceBuild": False,
        "retryCount": 2,
        "retryBackoffDuration": {"value": 30, "unit": "SECONDS"},
    },
    "trigger": {"type": "time", "cronExpression": "0 6 * * *", "timeZone": "UTC"},
    "paused": False,
    "scopeMode": {"type": "user"},
}
SPRING: dict[str, Any] = {"startTime": "2026-12-01", "endTime": "2026-12-24", "description": "kept"}
ROLL_OUT: dict[str, Any] = {
    "plan_id": 1,
    "plan_stage_id": 2,
    "owner_id": 3,
    "requestor_id": 4,
    "description": "kept",
    "duration": 60,
    "start_at": "2036-12-01T09:00:00-05:00",
    "end_at": "2036-12-01T10:00:00-05:00",
    "aasm_state": "planned",
}
Row = dict[str, Any]


class Shown(NamedTuple):
    """Says how a server shows the objects of a kind."""

    kind: Kind
    system: str
    row: Callable[[int], Row]
    """The row with this number that is like any other."""

    keep: Callable[[Today, list[Row]], None]
    spelled: Mapping[str, str] = MappingProxyType({})
    """The names in an answer of fields that a manifest calls otherwise."""

    @property
    def what(self) -> str:
        return f"{self.system}/{self.kind.name}"


def _kept(rows: list[Row], id_: str) -> dict[Any, Row]:
    return {row[id_]: row for row in rows}


def _link(number: int) -> Row:
    return {"id": number, "name": f"Daily {number}", "projectId": 4711, "releaseId": 67890}


def schedule(number: int) -> Row:
    return {"rid": SCHEDULE.format(number), "displayName": f"Daily {number}", **BUILDS}


EVERY = (
    Shown(
        KINDS["flexdeploy", "Release"],
        "flexdeploy",
        lambda number: {"releaseId": number, "releaseName": f"Train {number}", **TRAIN},
        lambda today, rows: today.releases.update(_kept(rows, "releaseId")),
    ),
    Shown(
        KINDS["katalon", "Release"],
        "katalon",
        lambda number: {"id": number, "name": f"Spring {number}", "projectId": 4711, **SPRING},
        lambda today, rows: today.test_releases.update(_kept(rows, "id")),
    ),
    Shown(
        KINDS["katalon", "ScheduleLink"],
        "katalon",
        _link,
        lambda today, rows: today.configurations.update(_kept(rows, "id")),
    ),
    Shown(
        KINDS["brpm", "Run"],
        "brpm",
        lambda number: {"id": number, "name": f"Roll out {number}", **ROLL_OUT},
        lambda today, rows: today.brpm_runs.update(_kept(rows, "id")),
        {"state": "aasm_state"},
    ),
    Shown(
        KINDS["foundry", "Schedule"],
        "foundry",
        schedule,
        lambda today, rows: today.schedules.update(_kept(rows, "rid")),
    ),
)


def train(number: int, **said: Any) -> Row:
    return {"releaseId": number, "releaseName": f"Train {number}", **TRAIN, **said}


def reconcile(folder: Path, *words: str, **more: str) -> Ran:
    return run("-C", str(folder), *words, environment={**ENVIRONMENT, **more})


def accepted(folder: Path, text: str, **more: str) -> None:
    """What was exported is the only manifest, and is taken as it is."""
    declare(folder, text)
    validated = reconcile(folder, "validate")
    assert validated.code == 0, validated.err
    planned = reconcile(folder, "plan", "--detailed-exitcode", **more)
    assert (planned.code, planned.told) == (0, "No changes.\n"), planned.out + planned.err
