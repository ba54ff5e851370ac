"""Plan, apply, drift and export against a server that answers as the vendors' newest versions are said to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.today import Today, serving
from tests.support.today.projects import ENVIRONMENT, begin, declare

from .tool import Ran, run

NUMBERS = "ri.foundry.main.dataset.3d4f8a85-4c3b-4f88-9d88-5d4c9c3a4e04"
SCHEDULE = "ri.scheduler.main.schedule.00000000-0000-4000-8000-000000000001"
READ, WRITE, DATASETS = "api:orchestration-read", "api:orchestration-write", "api:datasets-read"


def manifest(system: str, kind: str, name: str, spec: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    version = "v2" if system == "foundry" else "v1"
    around = {"apiVersion": f"{system}/{version}", "kind": kind, "metadata": {"name": name, **metadata}}
    return {**around, "spec": spec}


@pytest.fixture
def today() -> Iterator[Today]:
    with serving() as found:
        yield found


class Way:
    """Plays commands in one folder against the server."""

    def __init__(self, folder: Path, today: Today) -> None:
        self.folder, self.today = folder, today

    def __call__(self, *words: str) -> Ran:
        return run("-C", str(self.folder), *words, environment=ENVIRONMENT)

    def declare(self, *manifests: dict[str, Any]) -> None:
        begin(self.folder, self.today, *manifests)

    def applied(self, done: int) -> None:
        """What is declared is applied by so many operations, and then nothing is left."""
        ran = self("apply", "--yes")
        assert f"Apply: {done} done, 0 failed" in ran.out, ran
        assert self("plan", "--detailed-exitcode").told == "No changes.\n"
        assert self("drift").code == 0

    def drifts(self, *told: str) -> None:
        """Somebody's change is told, and nothing is sent for it."""
        before = len(self.today.writes)
        ran = self("drift")
        assert ran.code == 2, ran
        assert [part for part in told if part not in ran.out] == []
        assert len(self.today.writes) == before

    def exported(self, *what: str) -> str:
        """What export writes, which is accepted as the only manifest, and in sync."""
        ran = self("export", *what)
        assert (ran.code, ran.err) == (0, "")
        declare(self.folder, ran.out)
        assert self("validate").code == 0
        planned = self("plan", "--detailed-exitcode")
        assert (planned.code, planned.told) == (0, "No changes.\n"), planned
        return ran.out


@pytest.fixture
def way(tmp_path: Path, today: Today) -> Way:
    return Way(tmp_path, today)


def test_flexdeploy_9(way: Way, today: Today) -> None:
    today.releases[14001] = {
        "releaseId": 14001,
        "releaseName": "Nightly",
        "releaseStatus": "PAUSED",
        "folderId": 7,
        "scheduleBuildExpression": "0 0/10 * 1/1 * ? *",
        "projects": [],
    }
    payments = {"projectId": {"named": "Bank/Payments"}, "projectStreamId": {"named": "main"}}
    train = {
        "releaseName": "Spring Train",
        "releaseStatus": "STARTED",
        "scheduleBuildExpression": "0 0 2 ? * MON-FRI;0 0/10 * 1/1 * ? *",
        "projects": [{**payments, "packageName": "(All Files)"}, {**payments, "packageName": "core"}],
    }
    way.declare(manifest("flexdeploy", "Release", "spring-train", train))
    assert "Plan: 1 to create" in way("plan").out
    way.applied(1)
    live = today.releases[14002]
    live |= {"description": "by hand", "folderId": 12, "snapshotRetention": {"days": 30}}
    live["projects"][1] |= {"webhookTriggered": True, "priority": 4}
    train |= {"description": "ours"}
    way.declare(manifest("flexdeploy", "Release", "spring-train", train))
    way.drifts('"by hand"', '"ours"')
    way.applied(1)
    assert today.writes[-1] == "PATCH /flexdeploy/rest/v1/releases/14002"
    del train["projects"][0]
    train["cmsDetails"] = None  # which this version has no more, and does not show
    way.declare(manifest("flexdeploy", "Release", "spring-train", train))
    assert "said back as read" in way("plan").out
    way.applied(1)
    assert today.writes[-1] == "PUT /flexdeploy/rest/v1/releases/14002"
    kept = (live["folderId"], live["snapshotRetention"], live["projects"][0]["webhookTriggered"])
    assert kept == (12, {"days": 30}, True)
    told = way.exported("flexdeploy", "--names")
    assert '"PAUSED"' not in told
    assert (
        "  # releaseStatus: its live value is none that a manifest can want: `releaseStatus` is `PAUSED`"
        in told
    )
    assert "projectId: {named: Payments}  # 10000" in told


def test_katalon_s_newer_platform(way: Way, today: Today) -> None:
    today.configurations[12345] = {"id": 12345, "name": "Daily Smoke", "projectId": 4711}
    today.test_releases[67889] = {
        "id": 67889,
        "name": "Winter",
        "projectId": 4711,
        "description": "old",
        "externalRelease": {"provider": "jira", "id": "10010"},
        "closed": False,
    }
    spring = manifest("katalon", "Release", "spring", {"name": "Spring", "startTime": "2026-12-01"})
    winter = manifest("katalon", "Release", "winter", {"name": "Winter", "description": "new"})
    link = {"runConfigurationId": {"named": "Daily Smoke"}, "releaseId": {"ref": "katalon/Release/spring"}}
    way.declare(spring, winter, manifest("katalon", "ScheduleLink", "smoke", link))
    assert "Plan: 1 to create, 2 to change" in way("plan").out
    way.applied(3)
    assert today.test_releases[67889]["externalRelease"] == {"provider": "jira", "id": "10010"}
    assert today.configurations[12345]["releaseId"] == 67890
    today.configurations[12345] |= {"releaseId": 67889, "release": today.test_releases[67889]}
    way.drifts("releaseId", "67889")
    way.applied(1)
    told = way.exported("katalon")
    assert "releaseId: {ref: katalon/Release/spring}  # 67890, Spring" in told


def test_a_request_without_the_platform_s_headers_is_refused(way: Way, today: Today) -> None:
    way.declare(manifest("katalon", "Release", "spring", {"name": "Spring"}))
    project = way.folder / "reconcile.yaml"
    project.write_text(re.sub(r'"x-account-id": "7"', '"x-account-id": "8"', project.read_text()))
    ran = way("plan")
    assert (ran.code, "403" in ran.err) == (1, True)


def test_foundry_of_2026(way: Way, today: Today) -> None:
    target = {"type": "manual", "targetRids": [NUMBERS]}
    daily = {
        "displayName": "Daily",
        "action": {"target": target, "branchName": "master", "retryCount": 1},
        "trigger": {"type": "time", "cronExpression": "0 6 * * 2#4,MON", "timeZone": "Europe/Berlin"},
    }
    way.declare(manifest("foundry", "Schedule", "daily", daily))
    assert "Plan: 1 to create" in way("plan").out
    assert not any(WRITE in grant for grant in today.grants)
    way.applied(1)
    assert len(today.schedules) == 1
    ((rid, live),) = today.schedules.items()
    live["action"] |= {"retryPolicy": {"kind": "later"}}
    live |= {"paused": True, "owner": "team", "description": "by hand"}
    asked = {"scheduleRid": rid, "requestedAt": "2026-11-29T07:00:00Z", "waitForBuild": True}
    daily |= {"description": "ours", "paused": False}
    way.declare(
        manifest("foundry", "Schedule", "daily", daily, id=rid),
        manifest("foundry", "ScheduleRun", "once", asked, dependsOn=["foundry/Schedule/daily"]),
    )
    way.drifts('"by hand"', '"ours"', "paused")
    way.applied(2)
    live = today.schedules[rid]
    assert (live["owner"], live["action"]["retryPolicy"], live["paused"]) == (
        "team",
        {"kind": "later"},
        False,
    )
    assert len(today.runs) == 1
    live["trigger"] = {"type": "or", "triggers": [{"type": "streamUpdated", "streamRid": "ri.a.b.c.d"}]}
    told = way.exported(f"foundry/Schedule/{rid}", f"foundry/ScheduleRun/{rid}")
    assert (
        "# trigger: its live value is none that a manifest can want: there is no trigger of the type" in told
    )
    assert {*" ".join(today.grants).split()} == {READ, WRITE, DATASETS}
