"""What is refused before anything is sent: too much removed, and an address at which nothing is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from reconcile.transport.body import UnusableBody, read_json
from reconcile_sandbox.system import Answer

from .drawing import BASES, ENTRIES, Fields, drawn
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
    manifest = _train({"projects": list(ENTRIES[removed:])})
    for limit in range(len(ENTRIES) + 2):
        world = _world(tmp_path / str(limit), releases=[live], runs=[], manifests=[manifest])
        world.project.guard(max_deletes=limit)
        lived = world.apply()
        assert [problem.code for problem in lived.refused] == ["guard"] * (removed > limit)
        assert bool(lived.refused) is not any(not wire.safe for wire in world.simulation.wires) or not removed


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/brpm", 404, b'{"error": "none"}'),
        ("/brpm", 200, b""),
        ("/brpm", 204, b""),
        ("/brpm/v1/runs", 404, b"<html>Not found</html>"),
        ("/brpm/v1/runs", 200, b""),
        ("/flexdeploy", 404, b"[]"),
        ("/flexdeploy", 404, b""),
        ("/flexdeploy", 200, b""),
        ("/flexdeploy", 200, b"null"),
        ("/flexdeploy", 200, b"{}"),
    ],
)
def test_what_is_no_list_never_reads_as_an_empty_one(
    tmp_path: Path, path: str, status: int, body: bytes
) -> None:
    run = {"id": 70, "name": "UAT", "plan_id": 1, "plan_stage_id": 1}
    train = {"releaseId": 500, "releaseName": "Train"}
    world = _world(tmp_path, releases=[train], runs=[run], manifests=[_train({}), _uat()])
    world.simulation.outage, world.simulation.nothing = path, Answer(status, body)
    lived = world.project.apply()
    assert lived.unreadable
    assert not [wire for wire in world.simulation.wires if not wire.safe]


def test_an_answer_about_another_object_is_no_answer(tmp_path: Path) -> None:
    trains = [{"releaseId": number, "releaseName": name} for number, name in ((500, "Train"), (501, "Other"))]
    world = _world(tmp_path, releases=trains, runs=[], manifests=[_train({"description": "new"})])
    world.simulation.outage = f"{BASES['flexdeploy']}/releases/500"
    world.simulation.nothing = Answer(200, json.dumps({**trains[0], "releaseId": 501}).encode())
    lived = world.project.apply()
    assert [outcome.status for outcome in lived.outcomes or ()] == ["failed"]
    assert not [wire for wire in world.simulation.wires if not wire.safe]


@pytest.mark.parametrize("entry", [b'{"a":1},', b"{},", b"[],"])
def test_an_answer_is_limited_by_what_it_becomes_and_not_by_its_bytes(entry: bytes) -> None:
    """Sixty mebibytes became gibibytes: that is told from the bytes, before any of them is read."""
    with pytest.raises(UnusableBody, match="more than 1 GiB of memory"):
        read_json(b"[" + entry * (60 * 2**20 // len(entry)) + b"0]")
