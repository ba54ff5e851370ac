"""All executions of a lock at a remote within bounds: never two writers, and no create before it is safe."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest

from reconcile.execution.lease import Terms

from .figures import Pace, counted, figure, replayable, seeds
from .leases import TERMS, Machine, Tape, World, tapes

FAULTS = figure(test=1, mutants=1, deep=2)
"""Faults that strike in one execution: each in every place, with each other one."""

SAMPLED = figure(test=1_500, mutants=1_500, deep=200_000)
WALLS = (0.0, 600.0, -600.0)


HASTY = Terms(stale=3.0, timeout=0.2, settle=0.2)
"""Terms by which less of a holder is in doubt than of the one before it."""


def lived(tape: Tape, walls: tuple[float, float], third: Terms | None = None) -> World:
    world = World(tape)
    first = Machine(world, "A", wall=walls[0])
    second = Machine(world, "B", wall=walls[1], writes=4, terms=third or TERMS)
    world.start(first.applies(1), 0.0, first)
    world.start(second.applies(60), 1.0, second)
    if third:
        other = Machine(world, "C", wall=-walls[1], writes=4)
        world.start(other.applies(60), 1.01, other)
    world.run()
    return world


def broken(world: World) -> list[str]:
    """What of the promises an execution breaks."""
    found = []
    tenures: dict[str, list[float]] = {}
    for wrote in world.wrote:
        tenures.setdefault(wrote.tenure, []).append(wrote.at)
    for one, other in combinations(tenures, 2):
        mine, yours = tenures[one], tenures[other]
        if not (max(mine) < min(yours) or max(yours) < min(mine)):
            found.append(f"{one} and {other} write at once: {mine} {yours}")
    for wrote in world.wrote:
        if not wrote.kind.startswith("create"):
            continue
        for before in world.wrote:
            other = before.tenure != wrote.tenure and before.at < wrote.at
            if other and not before.kind.endswith("answered") and before.arrives > wrote.at:
                found.append(f"{wrote.tenure} creates at {wrote.at}, {before.tenure} began at {before.at}")
    return found


@pytest.mark.parametrize("walls", [(0.0, 600.0), (600.0, 0.0)])
def test_within_bounds_no_execution_has_two_writers_at_once(walls: tuple[float, float]) -> None:
    pace, executions = Pace(), 0
    worlds: dict[str, World] = {}

    def run(tape: Tape) -> None:
        worlds["last"] = lived(tape, walls)

    for choices in tapes(run, FAULTS):
        assert broken(worlds["last"]) == [], choices
        executions += 1
    counted("leases enumerated", executions=executions, faults=FAULTS, seconds=pace.seconds)
    assert executions > 200


def test_beyond_the_bounds_no_sampled_execution_has_two_writers_at_once() -> None:
    """Three machines, up to six faults, clocks that differ by ten minutes."""
    pace, taken_over = Pace(), 0
    for seed in seeds(SAMPLED):
        with replayable(seed, "test_leases.py"):
            rng = Random(f"leases {seed}")
            points = [rng.randrange(400) for _ in range(rng.randrange(1, 7))]
            tape = Tape({point: rng.randrange(1, 8) for point in points})
            world = lived(tape, (rng.choice(WALLS), rng.choice(WALLS)), rng.choice((TERMS, HASTY)))
            assert broken(world) == []
            taken_over += len({wrote.tenure[0] for wrote in world.wrote}) > 1
    counted("leases sampled", executions=len(seeds(SAMPLED)), seconds=pace.seconds)
    assert taken_over or len(seeds(SAMPLED)) == 1


def test_what_a_killed_holder_leaves_is_taken_over_by_exactly_one() -> None:
    """Both watch it for the same time; one replaces just what it saw, and the other finds it taken."""
    world = World(Tape({}))
    dead, *heirs = (Machine(world, name, writes=3) for name in "ABC")
    world.start(dead.applies(1), 0.0, dead)
    for machine in heirs:
        world.start(machine.applies(1), 2.0 * TERMS.stale, machine)
    world.start(_killed(dead), 0.8, None)
    world.run()
    writers = {wrote.tenure for wrote in world.wrote if wrote.tenure[0] != "A"}
    assert len(writers) == 1


def _killed(machine: Machine):  # type: ignore[no-untyped-def]
    machine.dead = True
    return
    yield


def test_who_is_not_in_the_way_takes_it_and_gives_it_back() -> None:
    world = lived(Tape({}), (0.0, 0.0))
    assert {wrote.tenure for wrote in world.wrote} == {"A1", "B1"}
    assert world.remote.id is None
