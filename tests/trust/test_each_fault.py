"""Every fault of the catalogue on every write that creates or runs, and apply again at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconcile.sandbox.system import Answer

from .drawing import one_of_each
from .faults import CATALOGUE, Blow
from .figures import figure
from .wires import Wire
from .worlds import World

WRITES = 4
STRUCK = [blow for blow in CATALOGUE if blow.writes and not blow.twice and not blow.unsent]
EACH = figure(test=1, mutants=2, deep=WRITES)
"""On how many of the writes each fault is tried."""

STEP = figure(test=4, mutants=3, deep=1)
"""Of the points of an apply, one in so many is where it is killed."""


@pytest.mark.parametrize("blow", STRUCK, ids=lambda blow: blow.name)
def test_a_create_that_is_struck_is_neither_lost_nor_repeated(tmp_path: Path, blow: Blow) -> None:
    index = STRUCK.index(blow)
    for number in range(index, index + EACH):
        world = World(tmp_path / str(number), one_of_each())
        world.simulation.script = number % WRITES, blow
        world.apply()
        world.apply()
        world.settle_down()
        assert world.simulation.struck.faults[blow.name] == 1


def test_a_create_killed_in_flight_is_waited_for_without_its_journal(tmp_path: Path) -> None:
    """The next attempt knows that there was one; and where that dies too, so does the one after it."""
    whole = World(tmp_path / "whole", one_of_each())
    whole.apply()
    for point in range(0, whole.simulation.points, STEP):
        world = World(tmp_path / str(point), one_of_each(), whole)
        world.simulation.script = -1, STRUCK[0]
        world.simulation.rng.seed(point)
        world.apply(kill_at=point)
        world.project.lose_the_journal()
        world.project.again = True
        world.apply(kill_at=14)
        world.settle_down()


@pytest.mark.parametrize("number", range(WRITES))
def test_a_create_in_doubt_is_not_repeated_while_nothing_can_be_read(tmp_path: Path, number: int) -> None:
    world = World(tmp_path, one_of_each())
    simulation = world.simulation
    simulation.script = number, next(blow for blow in STRUCK if blow.name == "late")

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
