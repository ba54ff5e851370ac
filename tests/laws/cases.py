"""The table that the laws rest on: for every kind what is declared, what is live, and what an apply moves.

`moves` is exact: whatever else of the system's state an apply changed would be somebody else's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Fields = dict[str, Any]

RUN = "ri.scheduler.main.run"
SCHEDULE = "ri.scheduler.main.schedule.8843955e-37d1-4363-85eb-539833e10a41"
PAUSED = "ri.scheduler.main.schedule.d4a2b3c5-6e7f-4a81-9ba2-c3d4e5f6a718"
DATASET = "ri.foundry.main.dataset."
ORDERS, CLEAN = (
    f"{DATASET}1b2d6e63-2a1f-4d66-9b66-3b2a7a1e2c02",
    f"{DATASET}2c3e7f74-3b2a-4e77-8c77-4c3b8b2f3d03",
)
NUMBERS, RAW = (
    f"{DATASET}3d4f8a85-4c3b-4f88-9d88-5d4c9c3a4e04",
    f"{DATASET}0a1c5d52-1f0e-4c55-8a55-2a1f6f0d1b01",
)


@dataclass(frozen=True)
class Case:
    """One manifest over one live state."""

    title: str
    system: str
    version: str
    kind: str
    action: str
    spec: Fields
    moves: frozenset[str]
    metadata: Fields = field(default_factory=dict)
    state: Fields = field(default_factory=dict)
    writes: tuple[str, ...] = ()

    @property
    def manifest(self) -> Fields:
        return {
            "apiVersion": f"{self.system}/{self.version}",
            "kind": self.kind,
            "metadata": {"name": "law", **self.metadata},
            "spec": self.spec,
        }

    @property
    def address(self) -> str:
        return f"{self.system}/{self.kind}/law"


TRAIN: Fields = {
    "releaseId": 500,
    "releaseName": "Law Train",
    "releaseStatus": "STARTED",
    "description": "kept as it is",
    "pipelineId": 10005,
    "scheduleBuildExpression": "0 0 2 ? * MON-FRI",
    "properties": [
        {"propertyName": "APPROVER", "propertyValue": "ops"},
        {"propertyName": "NOTIFY", "propertyValue": "3"},
    ],
    "cmsDetails": {"cmsInstanceId": 7, "overrideSettings": True},
    "projects": [
        {"projectId": 13903, "projectStreamId": 13904, "buildEnvironmentId": 10956, "projectGroups": "web"},
        {
            "projectId": 13921,
            "projectStreamId": 13922,
            "packageName": "Package1",
            "priority": 2,
            "buildEnvironmentId": 10956,
        },
        {
            "projectId": 13921,
            "projectStreamId": 13922,
            "packageName": "Package2",
            "buildEnvironmentId": 10956,
        },
    ],
}
TRAINS = {
    "flexdeploy": {
        "releases": [
            {"releaseId": 40, "releaseName": "law train", "description": "in another case"},
            TRAIN,
            {
                "releaseId": 600,
                "releaseName": "Law Train 2",
                "releaseStatus": "STARTED",
                "description": "longer",
            },
        ]
    }
}
LINKS = {
    "katalon": {
        "runConfigurations": [
            {"id": 1, "name": "Free", "projectId": 4711},
            {"id": 2, "name": "Linked", "projectId": 4711, "releaseId": 67890},
            {"id": 3, "name": "Beside", "projectId": 4711, "releaseId": 67890, "buildId": 67890},
        ]
    }
}
HELD = {"id": 9, "name": "Law Run", "aasm_state": "held", "plan_id": 1, "plan_stage_id": 2, "owner_id": 2}
PLANNED: Fields = {
    "id": 9,
    "name": "Law Run",
    "aasm_state": "planned",
    "description": "kept as it is",
    "duration": 90,
    "plan_id": 1,
    "plan_stage_id": 2,
    "owner_id": 2,
    "requestor_id": 3,
    "start_at": "2036-12-01T09:00:00Z",
    "end_at": "2036-12-01T10:30:00Z",
    "plan_members": [{"id": 1, "request": {"id": 3, "name": "Roll out"}}],
}
NEIGHBOURS = [
    {"id": 7, "name": "Law Run", "aasm_state": "deleted", "plan_id": 1, "plan_stage_id": 2},
    {"id": 8, "name": "Law Run", "aasm_state": "started", "plan_id": 1, "plan_stage_id": 1},
    {"id": 10, "name": "law run", "aasm_state": "created", "plan_id": 1, "plan_stage_id": 2},
]
PLACE = {"name": "Law Run", "plan_id": 1, "plan_stage_id": 2, "owner_id": 2}
VERSION = f"schedules/{PAUSED}"

CASES = (
    Case(
        title="created with everything and started",
        system="flexdeploy",
        version="v1",
        kind="Release",
        action="create",
        spec={
            "releaseName": "Law",
            "releaseStatus": "STARTED",
            "description": "All of it.\n",
            "pipelineName": "Simple Pipeline",
            "scheduleBuildExpression": "0 0 2 ? * MON-FRI",
            "projects": [
                {"projectId": 13921, "projectStreamId": 13922, "packageName": "Package1", "priority": 2},
                {"projectId": 13903, "projectStreamId": 13904},
            ],
            "properties": [
                {"propertyName": "APPROVER", "propertyValue": "ops"},
                {"propertyName": "NOTIFY", "propertyValue": "3"},
            ],
            "cmsDetails": {"cmsInstanceId": 7, "overrideSettings": True},
        },
        state=TRAINS,
        moves=frozenset({"+releases/601"}),
        writes=("POST /flexdeploy/rest/v1/releases",),
    ),
    Case(
        title="added to and changed",
        system="flexdeploy",
        version="v1",
        kind="Release",
        action="update",
        spec={
            "releaseName": "Law Train",
            "releaseStatus": "STARTED",
            "scheduleBuildExpression": "0 0 3 ? * MON-FRI",
            "properties": [
                {"propertyName": "APPROVER", "propertyValue": "jane"},
                {"propertyName": "NOTIFY", "propertyValue": 3},
            ],
            "projects": [
                {"projectId": 13921, "packageName": "Package2", "priority": 4},
                {"projectId": 13921, "packageName": "Package1"},
                {"projectId": 13903, "projectGroups": "web"},
            ],
        },
        state=TRAINS,
        moves=frozenset(
            {
                "releases/500/scheduleBuildExpression",
                "releases/500/properties[0].propertyValue",
                "releases/500/projects[2].priority",
            }
        ),
        writes=("PATCH /flexdeploy/rest/v1/releases/500",),
    ),
    Case(
        title="cleared in part",
        system="flexdeploy",
        version="v1",
        kind="Release",
        action="update",
        spec={
            "releaseName": "Law Train",
            "scheduleBuildExpression": None,
            "cmsDetails": {"overrideSettings": False},
            "properties": [{"propertyName": "APPROVER", "propertyValue": "ops"}],
        },
        state=TRAINS,
        moves=frozenset(
            {
                "releases/500/scheduleBuildExpression",
                "releases/500/properties",
                "releases/500/cmsDetails.overrideSettings",
            }
        ),
        writes=("PUT /flexdeploy/rest/v1/releases/500",),
    ),
    Case(
        title="put into a release that nobody declares",
        system="flexdeploy",
        version="v1",
        kind="Project",
        action="update",
        spec={
            "release": "Law Train",
            "projectId": 10001,
            "projectStreamId": 15986,
            "buildEnvironmentId": 10056,
        },
        state=TRAINS,
        moves=frozenset({"releases/500/projects"}),
        writes=("PATCH /flexdeploy/rest/v1/releases/500",),
    ),
    Case(
        title="moved within a release that nobody declares",
        system="flexdeploy",
        version="v1",
        kind="Project",
        action="update",
        spec={"release": "Law Train", "projectId": 13921, "packageName": "Package1", "priority": 7},
        state=TRAINS,
        moves=frozenset({"releases/500/projects[1].priority"}),
        writes=("PATCH /flexdeploy/rest/v1/releases/500",),
    ),
    Case(
        title="created and closed",
        system="katalon",
        version="v1",
        kind="Release",
        action="create",
        spec={
            "name": "Law",
            "startTime": "2026-12-01",
            "endTime": "2026-12-24",
            "description": "All of it.\n",
            "closed": True,
        },
        moves=frozenset({"+releases/77002"}),
        writes=("POST /api/v1/releases", "POST /api/v1/releases/77002/active"),
    ),
    Case(
        title="moved, described and opened",
        system="katalon",
        version="v1",
        kind="Release",
        action="update",
        spec={"name": "Release 1.1", "endTime": "2024-12-20", "description": "Longer.", "closed": False},
        moves=frozenset({"releases/67889/endTime", "releases/67889/description", "releases/67889/closed"}),
        writes=("PUT /api/v1/releases", "POST /api/v1/releases/67889/active"),
    ),
    Case(
        title="linked",
        system="katalon",
        version="v1",
        kind="ScheduleLink",
        action="update",
        spec={"runConfigurationId": 1, "releaseId": 67891},
        state=LINKS,
        moves=frozenset({"runConfigurations/1/releaseId", "runConfigurations/1/updatedAt"}),
        writes=("POST /api/v1/run-configurations/1/link-release",),
    ),
    Case(
        title="linked to another",
        system="katalon",
        version="v1",
        kind="ScheduleLink",
        action="update",
        spec={"runConfigurationId": 2, "releaseId": 67891},
        state=LINKS,
        moves=frozenset({"runConfigurations/2/releaseId", "runConfigurations/2/updatedAt"}),
        writes=("POST /api/v1/run-configurations/2/link-release",),
    ),
    Case(
        title="unlinked",
        system="katalon",
        version="v1",
        kind="ScheduleLink",
        action="update",
        spec={"runConfigurationId": 2, "releaseId": None},
        state=LINKS,
        moves=frozenset({"runConfigurations/2/releaseId", "runConfigurations/2/updatedAt"}),
        writes=("POST /api/v1/run-configurations/2/unlink-release",),
    ),
    Case(
        title="created and started",
        system="brpm",
        version="v1",
        kind="Run",
        action="create",
        spec={
            **PLACE,
            "requestor_id": 3,
            "description": "All of it.\n",
            "duration": 60,
            "start_at": "2036-12-01T09:00:00+01:00",
            "end_at": "2036-12-01T09:00:00Z",
            "state": "started",
        },
        state={"brpm": {"runs": NEIGHBOURS}},
        moves=frozenset({"+runs/11"}),
        writes=("POST /brpm/v1/runs", *("PUT /brpm/v1/runs/11",) * 2),
    ),
    Case(
        title="changed and completed",
        system="brpm",
        version="v1",
        kind="Run",
        action="update",
        spec={
            **PLACE,
            "requestor_id": 1,
            "end_at": "2036-12-01T11:00:00Z",
            "duration": None,
            "state": "completed",
        },
        state={"brpm": {"runs": [*NEIGHBOURS, PLANNED]}},
        moves=frozenset(
            {
                "runs/9/requestor_id",
                "runs/9/end_at",
                "runs/9/duration",
                "runs/9/aasm_state",
                "runs/9/updated_at",
                "runs/9/plan_members[0].request.aasm_state",
            }
        ),
        writes=("PUT /brpm/v1/runs/9",) * 3,
    ),
    Case(
        title="let go from where it was held",
        system="brpm",
        version="v1",
        kind="Run",
        action="update",
        spec={**PLACE, "requestor_id": 1, "state": "started"},
        state={"brpm": {"runs": [*NEIGHBOURS, HELD]}},
        moves=frozenset({"runs/9/aasm_state", "runs/9/updated_at"}),
        writes=("PUT /brpm/v1/runs/9",),
    ),
    Case(
        title="created and paused",
        system="foundry",
        version="v2",
        kind="Schedule",
        action="create",
        spec={
            "displayName": "Law",
            "description": "All of it.\n",
            "action": {
                "target": {"type": "upstream", "targetRids": [NUMBERS, CLEAN], "ignoredRids": [RAW]},
                "branchName": "main",
                "fallbackBranches": ["develop", "master"],
                "abortOnFailure": True,
                "retryCount": 2,
                "retryBackoffDuration": {"value": 30, "unit": "SECONDS"},
            },
            "trigger": {
                "type": "or",
                "triggers": [
                    {"type": "time", "cronExpression": "0 6 * * *", "timeZone": "UTC"},
                    {"type": "scheduleSucceeded", "scheduleRid": SCHEDULE},
                ],
            },
            "scopeMode": {"type": "user"},
            "paused": True,
        },
        moves=frozenset({"+schedules/NEW", "+versions/NEW", "minted"}),
        writes=("POST /api/v2/orchestration/schedules", "POST /api/v2/orchestration/schedules/NEW/pause"),
    ),
    Case(
        title="replaced with everything said back, and let run",
        system="foundry",
        version="v2",
        kind="Schedule",
        action="update",
        metadata={"id": PAUSED},
        spec={
            "displayName": "Orders by hand",
            "description": "New.",
            "action": {"target": {"type": "manual", "targetRids": [CLEAN]}, "forceBuild": True},
            "paused": False,
        },
        moves=frozenset(
            {
                f"{VERSION}/description",
                f"{VERSION}/action.target.targetRids",
                f"{VERSION}/action.forceBuild",
                f"{VERSION}/paused",
                f"{VERSION}/currentVersionRid",
                f"{VERSION}/updatedTime",
                "+versions/NEW",
                "minted",
            }
        ),
        writes=(
            f"PUT /api/v2/orchestration/schedules/{PAUSED}",
            f"POST /api/v2/orchestration/schedules/{PAUSED}/unpause",
        ),
    ),
    Case(
        title="asked for",
        system="foundry",
        version="v2",
        kind="ScheduleRun",
        action="run",
        spec={"scheduleRid": SCHEDULE, "requestedAt": "2026-12-01T08:00:00Z"},
        moves=frozenset({"+runs/NEW", "+builds/NEW", "minted"}),
        writes=(f"POST /api/v2/orchestration/schedules/{SCHEDULE}/run",),
    ),
    Case(
        title="asked for, and its build waited for",
        system="foundry",
        version="v2",
        kind="ScheduleRun",
        action="run",
        spec={"scheduleRid": SCHEDULE, "requestedAt": "2026-12-01T08:00:00Z", "waitForBuild": True},
        moves=frozenset({"+runs/NEW", "+builds/NEW", "minted"}),
        writes=(f"POST /api/v2/orchestration/schedules/{SCHEDULE}/run",),
    ),
    Case(
        title="asked for again",
        system="foundry",
        version="v2",
        kind="ScheduleRun",
        action="run",
        spec={"scheduleRid": SCHEDULE, "requestedAt": "2026-12-01T13:00:00+02:00"},
        state={
            "foundry": {
                "runs": [
                    {
                        "rid": f"{RUN}.0b3f",
                        "scheduleRid": SCHEDULE,
                        "createdTime": "2026-12-01T10:59:59Z",
                        "result": {"type": "ignored"},
                    }
                ]
            }
        },
        moves=frozenset({"+runs/NEW", "+builds/NEW", "minted"}),
        writes=(f"POST /api/v2/orchestration/schedules/{SCHEDULE}/run",),
    ),
    Case(
        title="deleted",
        system="katalon",
        version="v1",
        kind="Release",
        action="delete",
        metadata={"absent": True},
        spec={"name": "Release 1.1"},
        moves=frozenset({"-releases/67889"}),
        writes=("DELETE /api/v1/releases/67889",),
    ),
    Case(
        title="deleted",
        system="brpm",
        version="v1",
        kind="Run",
        action="delete",
        metadata={"absent": True},
        spec={name: PLACE[name] for name in ("name", "plan_id", "plan_stage_id")},
        state={"brpm": {"runs": [*NEIGHBOURS, PLANNED]}},
        moves=frozenset({"runs/9/aasm_state", "runs/9/name", "runs/9/updated_at"}),
        writes=("DELETE /brpm/v1/runs/9",),
    ),
    Case(
        title="deleted",
        system="foundry",
        version="v2",
        kind="Schedule",
        action="delete",
        metadata={"absent": True, "id": PAUSED},
        spec={"displayName": "Orders by hand"},
        moves=frozenset({f"-schedules/{PAUSED}", "-versions/NEW"}),
        writes=(f"DELETE /api/v2/orchestration/schedules/{PAUSED}",),
    ),
)
