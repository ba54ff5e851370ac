"""Every fault of the catalogue on every write that creates or runs, and apply again at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconcile_sandbox.system import Answer

from .drawing import one_of_each
from .faults import CATALOGUE, Blow
from .figures import figure
from .wires import Wire
from .worlds import World

WRITES = 4
STRUCK = [blow for blow in CATALOGUE if blow.writes and not blow.twice and not blow.unsent]
EACH = figure(test=1, mutants=2, deep=WRITES)
"""On how many of the writes each fault is tried."""

LATE = next(blow for blow in STRUCK if blow.name == "late")
NEVER = range(0), LATE


@pytest.mark.parametrize("blow", STRUCK, ids=lambda blow: blow.name)
def test_a_create_that_is_struck_is_neither_lost_nor_repeated(tmp_path: Path, blow: Blow) -> None:
    index = STRUCK.index(blow)
    for number in range(index, index + EACH):
        world = World(tmp_path / str(number), one_of_each())
        world.simulation.script = range(number % WRITES, number % WRITES + 1), blow
        world.apply()
        world.apply()
        world.settle_down()
        assert world.simulation.struck.faults[blow.name] == 1


def killed_in_flight(folder: Path, number: int) -> World:
    """A world whose first process died with that write in flight; it will act almost too late."""
    whole = World(folder / "whole", one_of_each())
    whole.apply()
    world = World(folder / "killed", one_of_each(), whole)
    points, world.simulation.script, world.simulation.fate = whole.simulation.in_flight, NEVER, 0.5
    assert world.apply(kill_at=points[number]).killed
    return world


@pytest.mark.parametrize("number", range(WRITES))
def test_a_createkilled_in_flight_is_waited_for(tmp_path: Path, number: int) -> None:
    killed_in_flight(tmp_path, number).settle_down()


@pytest.mark.parametrize("number", range(WRITES))
def test_a_createkilled_in_flight_is_waited_for_without_its_journal(tmp_path: Path, number: int) -> None:
    """The next attempt knows that there was one; and where that dies too, so does the one after it."""
    world = killed_in_flight(tmp_path, number)
    world.project.lose_the_journal()
    assert world.apply(kill_at=7).killed
    world.settle_down()


@pytest.mark.parametrize("point", range(2, 6))
@pytest.mark.parametrize("number", range(WRITES))
def test_a_createkilled_in_flight_is_not_repeated_while_nothing_can_be_read(
    tmp_path: Path, number: int, point: int
) -> None:
    world = killed_in_flight(tmp_path, number)
    simulation = world.simulation

    def fall_silent() -> None:
        simulation.outage, simulation.nothing = "/", Answer(503, b"later")

    simulation.at[point] = fall_silent
    world.apply()
    simulation.outage = ""
    world.settle_down()


@pytest.mark.parametrize("point", range(1, 8))
@pytest.mark.parametrize("number", range(WRITES))
def test_a_look_that_began_too_early_is_not_the_last_however_long_it_takes(
    tmp_path: Path, number: int, point: int
) -> None:
    """One page of a look was read before the write acted, and the next one comes when settle is over."""
    world = killed_in_flight(tmp_path, number)
    simulation = world.simulation
    simulation.at[point] = lambda: simulation.pass_time(simulation.drawn.settle)
    world.apply()
    world.settle_down()


def test_a_create_that_is_lost_again_and_again_goes_out_twice(tmp_path: Path) -> None:
    world = World(tmp_path, one_of_each())
    lost = next(blow for blow in STRUCK if blow.name == "lost before")
    world.simulation.script = range(5), lost
    assert "unknown" in {outcome.status for outcome in world.apply().outcomes or ()}
    world.settle_down()


@pytest.mark.parametrize("number", range(WRITES))
def test_a_create_in_doubt_is_not_repeated_while_nothing_can_be_read(tmp_path: Path, number: int) -> None:
    world = World(tmp_path, one_of_each())
    simulation = world.simulation
    simulation.script = range(number, number + 1), LATE

    def fall_silent(wire: Wire) -> None:
        if sum(not it.safe for it in simulation.wires) == number + 1:
            simulation.outage, simulation.nothing = "/", Answer(503, b"later")

    simulation.on_sent.append(fall_silent)
    struck = world.apply()
    assert "unknown" in {outcome.status for outcome in struck.outcomes or ()}
    assert sum(not wire.safe for wire in simulation.wires) == number + 1
    simulation.on_sent.clear()
    simulation.outage = ""
    world.settle_down()
