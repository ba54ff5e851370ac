"""Thousands of worlds with every fault of the catalogue: all of it converges, and nothing is made twice."""

from __future__ import annotations

from pathlib import Path
from random import Random

from .drawing import drawn
from .faults import Struck
from .figures import SEED, Pace, counted, figure, replayable, seeds
from .worlds import World, lived_through

WORLDS = figure(test=200, mutants=60, deep=20_000)


def test_every_world_converges_and_nothing_is_made_twice(tmp_path: Path) -> None:
    struck, pace, unseen, wires = Struck(), Pace(), 0, 0
    numbers = seeds(WORLDS)
    for seed in numbers:
        with replayable(seed, "test_worlds.py"):
            world = World(tmp_path / str(seed), drawn(seed))
            lived_through(world, Random(f"course {seed}"))
        struck.add(world.simulation.struck)
        unseen += world.watcher.unseen
        wires += len(world.simulation.wires)
    counted(
        "worlds",
        worlds=len(numbers),
        requests=wires,
        faults=struck.faults.total(),
        unseen=unseen,
        seconds=pace.seconds,
        struck=dict(struck.faults),
        phases=dict(struck.phases),
    )
    print(struck.table())  # noqa: T201
    if SEED is None and WORLDS >= 1_000:
        assert not struck.missing(), f"never struck: {struck.missing()}\n{struck.table()}"
