"""Somebody edits what is being written, before any of the requests: what a look showed is not undone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from .drawing import ENTRIES, Drawn, Fields, drawn
from .faults import CATALOGUE, Blow
from .figures import figure
from .hands import Edit
from .worlds import World

POINTS = range(6)
LATER = range(1, 9, figure(test=3, mutants=2, deep=1))
RUN = {"name": "UAT", "plan_id": 1, "plan_stage_id": 1, "owner_id": 1, "requestor_id": 1}
LIVE: dict[str, dict[str, list[Fields]]] = {
    "flexdeploy": {
        "releases": [
            {
                "releaseId": 500,
                "releaseName": "Train",
                "pipelineId": 10004,
                "description": "live",
                "scheduleBuildExpression": "0 0 2 * * ?",
                "projects": [dict(entry) for entry in ENTRIES],
            }
        ]
    },
    "brpm": {"runs": [{"id": 70, "description": "live", "duration": 7, **RUN}]},
    "katalon": {"runConfigurations": [{"id": 12345, "name": "Smoke", "projectId": 4711, "releaseId": 67890}]},
}
PATCH = ("flexdeploy/v1", "Release", {"releaseName": "Train", "description": "wanted"})
PUT = ("flexdeploy/v1", "Release", {"releaseName": "Train", "projects": [ENTRIES[0]]})
CLEAR = ("flexdeploy/v1", "Release", {"releaseName": "Train", "description": None})
CHANGE = ("brpm/v1", "Run", {**RUN, "description": "wanted", "state": "started"})
LINK = ("katalon/v1", "ScheduleLink", {"runConfigurationId": 12345, "releaseId": 67891})
DESCRIPTION = Edit(0.0, "releases", "500", "description", "by hand")
CRON = Edit(0.0, "releases", "500", "scheduleBuildExpression", "0 7 7 7 7 ?")
TOLD = Edit(0.0, "runs", "70", "description", "by hand")
DURATION = Edit(0.0, "runs", "70", "duration", 99)
LINKED = Edit(0.0, "links", "12345", "releaseId", 67889)
CASES = [
    (PATCH, DESCRIPTION, True),
    (PATCH, CRON, False),
    (PUT, DESCRIPTION, False),
    (PUT, CRON, False),
    (CLEAR, DESCRIPTION, True),
    (CLEAR, CRON, False),
    (CHANGE, TOLD, True),
    (CHANGE, DURATION, False),
    (LINK, LINKED, True),
]


def world_of(folder: Path, wanted: tuple[str, str, Fields]) -> World:
    version, kind, spec = wanted
    manifest = {"apiVersion": version, "kind": kind, "metadata": {"name": "one"}, "spec": spec}
    like: Drawn = drawn(1, faulty=False)
    return World(folder, replace(like, manifests=(manifest,), state=LIVE, switches=(), settle=8.0))


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize(("wanted", "edit", "owned"), CASES)
def test_an_edit_that_was_seen_is_not_undone(
    tmp_path: Path, wanted: Any, edit: Edit, point: int, *, owned: bool
) -> None:
    """Before the look at what is written, an edit of it makes the plan stale; the watcher holds the rest."""
    world = world_of(tmp_path, wanted)
    _edited_at(world, edit, point)
    lived = world.apply()
    if point == 0 and owned:
        assert [outcome.status for outcome in lived.outcomes or ()] == ["refused"]
        assert not [wire for wire in world.simulation.wires if not wire.safe]
    if point == 0 and not owned:
        assert [outcome.status for outcome in lived.outcomes or ()] == ["done"]


LOST = [blow for blow in CATALOGUE if blow.name in ("lost before", "502 before", "lost after", "late")]


@pytest.mark.parametrize("point", LATER)
@pytest.mark.parametrize("blow", LOST, ids=lambda blow: blow.name)
@pytest.mark.parametrize(("wanted", "edit", "owned"), [case for case in CASES if case[2]])
def test_an_edit_while_an_answer_is_lost_is_not_undone(
    tmp_path: Path, wanted: Any, edit: Edit, blow: Blow, point: int, *, owned: bool
) -> None:
    world = world_of(tmp_path, wanted)
    world.simulation.script = range(1), blow
    _edited_at(world, edit, point)
    world.apply()


def _edited_at(world: World, edit: Edit, point: int) -> None:
    simulation = world.simulation
    simulation.at[point] = lambda: simulation.hands.put(simulation.now, simulation.server.state, edit)
