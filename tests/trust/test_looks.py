"""Whatever passes between a look and its write: a write rests on a look of the last two seconds, or waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconcile.execution.journal import remembered

from .drawing import drawn, one_of_each
from .figures import figure
from .test_hands import CASES, Edit, world_of
from .worlds import World

PLACES = ("turn", "disk", "answer")
"""Where time passes: before a request leaves, while the journal is written, while an answer lies unread."""

CREATES = 4
TIMES = range(figure(test=3, mutants=3, deep=8))


def once(place: str, number: int, seconds: float, then: Callable[[], object]) -> Callable[[str], float]:
    """So many seconds pass the first time after `number` others at that place, and then something happens."""
    seen: list[str] = []

    def nap(where: str) -> float:
        seen.append(where)
        if where != place or seen.count(place) != number + 1:
            return 0.0
        then()
        return seconds

    return nap


@pytest.mark.parametrize("number", TIMES)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("wanted", "edit", "owned"), CASES)
def test_what_somebody_changed_while_the_client_did_nothing_is_not_undone(
    tmp_path: Path, wanted: Any, edit: Edit, place: str, number: int, *, owned: bool
) -> None:
    """The watcher holds each write against its look; an edit of what is written makes the plan stale."""
    world = world_of(tmp_path, wanted)
    simulation = world.simulation

    def edited() -> None:
        simulation.pass_time(4.0)
        simulation.hands.put(simulation.now, simulation.server.state, edit)

    simulation.nap = once(place, number, 5.0, edited)
    (outcome,) = world.apply().outcomes or ()
    written = [wire for wire in simulation.wires if not wire.safe]
    if not written:
        assert (outcome.status, owned) == ("refused", True)


@pytest.mark.parametrize("seconds", [1.0, 3.0, 9.0])
@pytest.mark.parametrize("place", PLACES)
def test_what_is_looked_at_again_is_written_once_and_for_all(
    tmp_path: Path, place: str, seconds: float
) -> None:
    """Time that passes once at each place costs a look, and neither an operation nor a second create."""
    for number in TIMES:
        world = World(tmp_path / str(number), one_of_each())
        world.simulation.nap = once(place, number, seconds, lambda: None)
        outcomes = world.apply().outcomes or ()
        assert [outcome.status for outcome in outcomes] == ["done"] * CREATES
        assert sum(wire.creates for wire in world.simulation.wires) == CREATES


@pytest.mark.parametrize("place", PLACES)
def test_what_is_always_too_late_ends_in_words_and_leaves_no_doubt(tmp_path: Path, place: str) -> None:
    world = World(tmp_path, one_of_each())
    simulation, always = world.simulation, {place: 3.0}
    simulation.nap = lambda where: always.get(where, 0.0)
    outcomes = world.apply().outcomes or ()
    if place == "disk":  # the intent stands in the journal when the second look begins
        assert {outcome.status for outcome in outcomes} == {"done"}
        return
    assert {outcome.status for outcome in outcomes} == {"failed"}
    assert all("too late" in outcome.detail and "apply again" in outcome.detail for outcome in outcomes)
    assert not [wire for wire in simulation.wires if not wire.safe]
    assert not remembered(world.project.journal.read_bytes()).in_doubt, "what never left is in doubt"
    simulation.nap = None
    assert {outcome.status for outcome in world.apply().outcomes or ()} == {"done"}


def test_nothing_is_made_on_the_strength_of_a_list_that_moves_in_its_second_reading_too(
    tmp_path: Path,
) -> None:
    releases = [{"id": number, "name": f"R{number}", "projectId": 4711} for number in range(1, 6)]
    manifest = {
        "apiVersion": "katalon/v1",
        "kind": "Release",
        "metadata": {"name": "r"},
        "spec": {"name": "R5"},
    }
    world = World(
        tmp_path,
        replace(
            drawn(1, faulty=False),
            manifests=(manifest,),
            state={"katalon": {"releases": releases, "builds": []}},
            switches=("katalon.busy=true", "katalon.max_page_size=2"),
        ),
    )
    for _ in range(4):
        lived = world.apply()
        assert lived.converged or "try again when it is quiet" in lived.unreadable[0]
    assert not [wire for wire in world.simulation.wires if not wire.safe]


def _manifest(version: str, kind: str, metadata: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "one", **metadata}, "spec": spec}


PLACE = {"name": "UAT", "plan_id": 1, "plan_stage_id": 2}
WRONG_PLACES = [
    ("/api/v1/projects", _manifest("katalon/v1", "Release", {}, {"name": "New"})),
    ("/api/v1/projects", _manifest("katalon/v1", "Release", {"absent": True}, {"name": "Old"})),
    ("/", _manifest("flexdeploy/v1", "Release", {"id": 12101, "absent": True}, {})),
    ("/", _manifest("brpm/v1", "Run", {"id": 1, "absent": True}, PLACE)),
]
"""What answers 404 there, and what is asked for: created if it is not found, or taken to be gone."""


@pytest.mark.parametrize(("path", "manifest"), WRONG_PLACES)
def test_what_is_not_found_where_the_probe_is_not_found_either_is_neither_new_nor_gone(
    tmp_path: Path, path: str, manifest: Any
) -> None:
    empty: dict[str, Any] = {
        "katalon": {"releases": [], "builds": []},
        "brpm": {"runs": []},
        "flexdeploy": {"releases": []},
    }
    world = World(tmp_path, replace(drawn(1, faulty=False), manifests=(manifest,), state=empty, switches=()))
    simulation = world.simulation
    simulation.outage = path
    lived = world.project.apply()
    assert "so it cannot be told" in lived.unreadable[0]
    assert not [wire for wire in simulation.wires if not wire.safe]
    simulation.outage = ""
    assert not world.project.apply().unreadable, "where the probe answers, nothing there is believed"
