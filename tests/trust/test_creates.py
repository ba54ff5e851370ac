"""Creates whose answers are lost or late, with a crash here and there: never two of anything."""

from __future__ import annotations

from pathlib import Path
from random import Random

from .drawing import drawn_creates
from .faults import Struck
from .figures import Pace, counted, figure, replayable, seeds
from .worlds import World

CREATES = figure(test=500, mutants=150, deep=50_000)


def test_nothing_is_made_twice_while_delays_are_under_settle(tmp_path: Path) -> None:
    pace, faulted, seed, struck = Pace(), 0, 0, Struck()
    for seed in seeds(CREATES):
        with replayable(seed, "test_creates.py"):
            world = _lived(tmp_path / str(seed), seed)
        faulted += sum(wire.creates and bool(wire.fault) for wire in world.simulation.wires)
        struck.add(world.simulation.struck)
        if faulted >= CREATES:
            break
    counted("creates", creates=faulted, worlds=seed, seconds=pace.seconds, phases=dict(struck.phases))


def _lived(folder: Path, seed: int) -> World:
    """Two faulty applies, of which the first may be killed and the journal then lost; then quiet ones."""
    rng, world = Random(f"course {seed}"), World(folder, drawn_creates(seed))
    killed = world.apply(kill_at=rng.choice((-1, rng.randrange(20, 120)))).killed
    world.simulation.pass_time(rng.choice((0.0, 2.0)))
    if killed and rng.random() < 0.5:
        world.project.lose_the_journal()
    world.apply(kill_at=rng.choice((-1, -1, rng.randrange(20, 60))))
    world.settle_down()
    return world
