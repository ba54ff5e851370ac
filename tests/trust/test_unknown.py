"""What is not ours stays: a replacing request says back what no table knows, and the plan says so before."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from reconcile.desired import Wanted
from reconcile.live.observation import Observation
from reconcile.model import Address, Live, Origin, Resource, Spec, spell
from reconcile.planning.build import plan
from reconcile.planning.contents import Operation
from reconcile.provider import Kind
from reconcile.systems import flexdeploy, foundry, katalon

HERE = Origin("m.yaml", 1)
LATER: dict[str, Any] = {"laterText": "by the board", "laterNull": None, "laterTree": {"a": [{"b": 1}]}}
RID = "ri.scheduler.main.schedule.8843955e-37d1-4363-85eb-539833e10a41"
TARGET = {"type": "manual", "targetRids": ["ri.foundry.main.dataset.a"]}
OWN = {
    "flexdeploy": {"startDate": "2026-01-01", "endDate": None},
    "katalon": {
        "createdAt": "2025-01-10T09:00:00Z",
        "builds": [],
        "releaseStatistics": {},
        "releaseStatus": "EMPTY",
    },
    "foundry": {
        "rid": RID,
        "currentVersionRid": RID,
        "createdTime": "x",
        "createdBy": "x",
        "updatedTime": "x",
        "updatedBy": "x",
    },
}
LIVE: dict[str, Spec] = {
    "flexdeploy": {
        "releaseId": 7,
        "releaseName": "a",
        "releaseStatus": "NOTSTARTED",
        "pipelineId": 3,
        "description": "old",
        "projects": [
            {"projectId": 1, "projectStreamId": 2, "projectName": "one", "applicationPath": "x", **LATER},
            {"projectId": 5, "projectStreamId": 6, **LATER},
        ],
        "properties": [{"propertyName": "A", "propertyValue": "1", **LATER}],
        "cmsDetails": {"cmsInstanceId": 7, **LATER},
    },
    "katalon": {"id": 7, "name": "a", "description": "old", "projectId": 4711},
    "foundry": {
        "displayName": "a",
        "description": "old",
        "action": {"target": {**TARGET, **LATER}, **LATER},
        "trigger": None,
    },
}
WANT: dict[str, Spec] = {
    "flexdeploy": {"releaseName": "a", "description": None, "projects": [{"projectId": 1, "priority": 3}]},
    "katalon": {"name": "a", "projectId": 4711, "description": "new"},
    "foundry": {"displayName": "a", "description": "new", "action": {"target": TARGET}},
}
KINDS: dict[str, Kind] = {
    "flexdeploy": flexdeploy.RELEASE,
    "katalon": katalon.RELEASE,
    "foundry": next(kind for kind in foundry.SYSTEM.kinds if kind.name == "Schedule"),
}
SAID_BACK = {
    "flexdeploy": {"", "projects[1].", "properties[A].", "cmsDetails."},
    "katalon": {""},
    "foundry": {"", "action."},
}
"""Where unknown fields are left by the replacement: in front of their names."""


def _operation(system: str) -> Operation:
    address, kind = Address(system, KINDS[system].name, "a"), KINDS[system]
    resource = Resource(address, kind.api_version, WANT[system], HERE, lambda path: HERE)
    said = {**copy.deepcopy(LIVE[system]), **OWN[system], **LATER}
    seen = Observation({address: Live(said.get("releaseId") or said.get("id") or RID, "a", said)})
    (operation,) = plan([Wanted(resource, kind, {})], lambda where: True, seen).plan.operations
    return operation


@pytest.mark.parametrize("system", KINDS)
def test_a_replacement_says_back_what_no_table_knows_at_every_depth(system: str) -> None:
    (request,) = _operation(system).requests
    assert request.method == "PUT"
    assert {name: request.body[name] for name in LATER} == LATER
    held = {
        "flexdeploy": lambda body: [*body["projects"], *body["properties"], body["cmsDetails"]],
        "katalon": lambda body: [],
        "foundry": lambda body: [body["action"], body["action"]["target"]],
    }[system](request.body)
    assert all({name: each[name] for name in LATER} == LATER for each in held)
    assert len(request.body.get("projects", [0])) == 1


@pytest.mark.parametrize("system", KINDS)
def test_nothing_that_is_the_servers_own_is_said_back(system: str) -> None:
    (request,) = _operation(system).requests
    assert OWN[system].keys() & request.body.keys() == set()
    assert not any(
        {"projectName", "applicationPath"} & each.keys() for each in request.body.get("projects", ())
    )


@pytest.mark.parametrize("system", KINDS)
def test_a_plan_says_beforehand_what_is_said_back(system: str) -> None:
    told = {spell(path) for path in _operation(system).said_back}
    assert told == {f"{place}{name}" for place in SAID_BACK[system] for name in LATER}
