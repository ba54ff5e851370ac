"""What is refused before anything is sent: too much removed, and an address at which nothing is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reconcile.guards import refusals
from reconcile.project import Guards

from .drawing import ENTRIES, Fields, drawn
from .worlds import World


def _world(folder: Path, *, releases: list[Fields], runs: list[Fields], manifests: list[Fields]) -> World:
    state = {"flexdeploy": {"releases": releases}, "brpm": {"runs": runs}}
    like = drawn(1, faulty=False)
    return World(folder, replace(like, manifests=tuple(manifests), state=state, switches=()))


def _train(spec: Fields) -> Fields:
    whole = {"releaseName": "Train", **spec}
    return {"apiVersion": "flexdeploy/v1", "kind": "Release", "metadata": {"name": "train"}, "spec": whole}


def _uat() -> Fields:
    spec = {"name": "UAT", "plan_id": 1, "plan_stage_id": 1, "owner_id": 1, "requestor_id": 1}
    return {"apiVersion": "brpm/v1", "kind": "Run", "metadata": {"name": "uat"}, "spec": spec}


@pytest.mark.parametrize("removed", range(len(ENTRIES) + 1))
def test_entries_that_go_count_as_deletes(tmp_path: Path, removed: int) -> None:
    live = {"releaseId": 500, "releaseName": "Train", "projects": [dict(entry) for entry in ENTRIES]}
    world = _world(tmp_path, releases=[live], runs=[], manifests=[_train({"projects": list(ENTRIES[removed:])})])
    planned = world.apply().planned
    assert planned is not None
    for limit in range(len(ENTRIES) + 2):
        refused = list(refusals(planned.plan, Guards(max_deletes=limit)))
        assert bool(refused) is (removed > limit)


@pytest.mark.parametrize(
    ("path", "body"),
    [("/brpm", b'{"error": "none"}'), ("/flexdeploy", b"[]"), ("/brpm/v1/runs", b"<html>Not found</html>")],
)
def test_a_path_at_which_nothing_is_never_reads_as_an_empty_list(
    tmp_path: Path, path: str, body: bytes
) -> None:
    run = {"id": 70, "name": "UAT", "plan_id": 1, "plan_stage_id": 1}
    train = {"releaseId": 500, "releaseName": "Train"}
    world = _world(tmp_path, releases=[train], runs=[run], manifests=[_train({}), _uat()])
    world.simulation.outage, world.simulation.outage_body = path, body
    lived = world.project.apply()
    assert lived.unreadable
    assert not [wire for wire in world.simulation.wires if not wire.safe]
