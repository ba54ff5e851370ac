"""Memory is about an identity on a server, and the lock is the file that was locked, on bad days too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconcile.session.timing import BuildAttempt as Attempt

from .drawing import one_of_each
from .test_each_fault import LATE, WRITES, killed_in_flight
from .test_hands import PATCH, world_of
from .worlds import World, elsewhere

NUMBERS = range(WRITES)
AFTER = 6
"""Points from the one at which a write is in flight to one at which its effect is looked for."""


@pytest.mark.parametrize("number", NUMBERS)
def test_a_create_in_flight_is_waited_for_though_its_manifest_has_another_name(
    tmp_path: Path, number: int
) -> None:
    world = killed_in_flight(tmp_path, number)
    world.project.rename()
    world.settle_down()


@pytest.mark.parametrize("number", NUMBERS)
def test_an_apply_to_another_environment_takes_no_doubt_away(tmp_path: Path, number: int) -> None:
    world = killed_in_flight(tmp_path, number)
    elsewhere(world)
    world.settle_down()


@pytest.mark.parametrize("number", NUMBERS)
def test_an_older_journal_in_the_place_of_a_lost_one_is_known_to_be_older(
    tmp_path: Path, number: int
) -> None:
    """A cache brings the journal of an earlier run: this attempt knows of one that it says nothing of."""
    earlier = World(tmp_path / "earlier", one_of_each())
    earlier.project.attempt = Attempt("the run before", 1)
    earlier.apply()
    world = killed_in_flight(tmp_path, number)
    world.project.restore(earlier.project.kept())
    world.project.attempt = Attempt("run", 2)
    world.settle_down()


def _killed_while_looking(folder: Path, number: int, nap: float = 0.0) -> World:
    """A world whose process died as it looked for a write whose answer was lost: it will act almost too late.

    The write left so long after its intent was written down.
    """
    whole = World(folder / "whole", one_of_each())
    whole.apply()
    world = World(folder / "killed", one_of_each(), whole)
    simulation, naps = world.simulation, [nap]
    simulation.script = range(number, number + 1), LATE

    def turn(place: str) -> float:
        meant = world.project.kept().count(b'"intent"') == number + 1
        return naps.pop() if place == "turn" and meant and naps else 0.0

    simulation.nap = turn
    assert world.apply(kill_at=whole.simulation.in_flight[number] + AFTER).killed
    simulation.nap = None
    assert b'"left"' in world.project.kept()
    return world


@pytest.mark.parametrize("number", NUMBERS)
def test_the_wait_counts_from_when_the_request_left_and_not_from_its_intent(
    tmp_path: Path, number: int
) -> None:
    _killed_while_looking(tmp_path, number, 1.4).settle_down()


@pytest.mark.parametrize("number", NUMBERS)
def test_a_clock_that_is_set_forward_shortens_no_wait(tmp_path: Path, number: int) -> None:
    world = _killed_while_looking(tmp_path, number)
    world.simulation.clock_is_off = 3600.0
    world.settle_down()


def test_an_update_in_doubt_is_waited_for(tmp_path: Path) -> None:
    """Its effect comes late: another request, sent meanwhile, would be a second one for the same."""
    whole = world_of(tmp_path / "whole", PATCH)
    whole.apply()
    world = world_of(tmp_path / "killed", PATCH)
    world.simulation.script, world.simulation.fate = (range(0), LATE), 0.5
    assert world.apply(kill_at=whole.simulation.in_flight[0]).killed
    (outcome,) = world.apply().outcomes or ()
    assert outcome.status == "unchanged"
    assert sum(not wire.safe for wire in world.simulation.wires) == 1


@pytest.mark.parametrize("point", range(0, 14, 2))
def test_no_write_leaves_once_the_lock_is_not_at_its_name(tmp_path: Path, point: int) -> None:
    world = World(tmp_path, one_of_each())
    simulation, gone = world.simulation, list[float]()

    def clean() -> None:
        world.project.lose_the_folder()
        gone.append(simulation.now)

    simulation.at[point] = clean
    outcomes = world.apply().outcomes or ()
    assert not [wire for wire in simulation.wires if not wire.safe and gone and wire.begun > gone[0]]
    refused = [outcome for outcome in outcomes if outcome.status == "refused"]
    assert refused or not gone
    assert all("git clean" in outcome.detail for outcome in refused)
    world.settle_down()


@pytest.mark.parametrize("made_anew", [False, True])
def test_what_was_in_doubt_is_remembered_though_the_folder_went_meanwhile(
    tmp_path: Path, *, made_anew: bool
) -> None:
    """The answer is lost and the folder removed: what the apply still writes down says it all again."""
    world = World(tmp_path, one_of_each())
    simulation = world.simulation
    simulation.script = range(1), LATE

    def clean(wire: object) -> None:
        simulation.on_sent.clear()
        world.project.lose_the_folder()
        if made_anew:
            world.project.journal.parent.mkdir()

    simulation.on_sent.append(clean)
    world.apply()
    events = [json.loads(line)["event"] for line in world.project.kept().splitlines()]
    assert events[:3] == ["intent", "left", "outcome"]
    world.settle_down()
