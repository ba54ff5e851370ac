"""The laws that packages are given hold for built-in kinds too, on the sandbox, which knows no table."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import ClassVar

import pytest
from tests.laws.cases import ORDERS

from reconcile.provider.testing import Laws, Sample
from reconcile.systems import Installed
from reconcile_sandbox import running

BUILT_IN = Installed()


class OnTheSandbox(Laws):
    """A built-in system, at its place in a sandbox of its own."""

    environ = MappingProxyType({"LAW_CREDENTIAL": "demo"})
    place: ClassVar[str] = ""

    @pytest.fixture
    def server(self) -> Iterator[str]:
        with running() as sandbox:
            yield sandbox.url + self.place


class TestFlexDeploy(OnTheSandbox):
    system = BUILT_IN["flexdeploy"]
    place = "/flexdeploy/rest/v1"
    samples = (
        Sample(
            "Release",
            {
                "pipelineName": "Simple Pipeline",
                "description": "Once.",
                "scheduleBuildExpression": "0 0 2 ? * MON-FRI",
                "properties": [{"propertyName": "APPROVER", "propertyValue": "ops"}],
                "projects": [{"projectId": 13921, "projectStreamId": 13922, "packageName": "Package1"}],
            },
            {
                "description": "Twice.",
                "scheduleBuildExpression": None,
                "properties": [{"propertyName": "NOTIFY", "propertyValue": "3"}],
                "releaseStatus": "STARTED",
            },
        ),
    )


class TestKatalon(OnTheSandbox):
    system = BUILT_IN["katalon"]
    options = MappingProxyType({"projectId": 4711})
    samples = (
        Sample(
            "Release",
            {"startTime": "2026-12-01", "endTime": "2026-12-24", "description": "Once."},
            {"description": "Twice.", "endTime": "2026-12-31", "closed": True},
        ),
        Sample("ScheduleLink", {"runConfigurationId": 12345, "releaseId": 67890}, {"releaseId": 67891}),
    )


class TestFoundry(OnTheSandbox):
    system = BUILT_IN["foundry"]
    samples = (
        Sample(
            "Schedule",
            {
                "description": "Once.",
                "action": {"target": {"type": "manual", "targetRids": [ORDERS]}, "branchName": "master"},
                "trigger": {"type": "time", "cronExpression": "0 6 * * *", "timeZone": "UTC"},
            },
            {
                "description": "Twice.",
                "paused": True,
                "trigger": {"type": "time", "cronExpression": "0 7 * * *", "timeZone": "UTC"},
            },
        ),
    )


class TestBrpm(OnTheSandbox):
    system = BUILT_IN["brpm"]
    place = "/brpm"
    samples = (
        Sample(
            "Run",
            {"plan_id": 1, "plan_stage_id": 2, "owner_id": 1, "requestor_id": 1, "description": "Once."},
            {"description": "Twice.", "duration": 60, "state": "planned"},
        ),
    )
