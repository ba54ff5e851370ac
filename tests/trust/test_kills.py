"""Killed before and after every effect, in this process and as a real one: then nothing is made twice."""

from __future__ import annotations

import os
import pickle
import signal
import warnings
from pathlib import Path
from random import Random
from typing import Any, NoReturn

from .drawing import drawn
from .figures import Pace, counted, figure, replayable, seeds
from .simulation import Simulation
from .worlds import World

WORLDS = figure(test=4, mutants=3, deep=500)
FORKS = figure(test=25, mutants=8, deep=200)


def test_killed_at_every_effect_and_applied_again_nothing_is_made_twice(tmp_path: Path) -> None:
    pace, kills, numbers = Pace(), 0, seeds(WORLDS)
    for seed in numbers:
        with replayable(seed, "test_kills.py"):
            kills += _killed_everywhere(tmp_path / str(seed), seed)
    counted("kills", worlds=len(numbers), kills=kills, seconds=pace.seconds)


def _killed_everywhere(folder: Path, seed: int) -> int:
    whole = World(folder / "whole", drawn(seed, small=True, faulty=seed % 2 == 0))
    whole.apply()
    points = whole.simulation.points
    for point in range(points):
        _killed(folder / str(point), seed, point, whole)
    return points


def _killed(folder: Path, seed: int, point: int, like: World) -> None:
    """Killed there, then again somewhere; the next machine may lack the journal, and then knows of it."""
    world = World(folder, like.simulation.drawn, like)
    rng = Random(f"{seed} {point}")
    assert world.apply(kill_at=point).killed
    if rng.random() < 0.3:
        world.apply(kill_at=rng.randrange(30))
    if rng.random() < 0.3:
        world.project.lose_the_journal()
    world.settle_down()


def test_a_real_process_killed_at_any_effect_leaves_what_the_next_one_needs(tmp_path: Path) -> None:
    pace, numbers = Pace(), seeds(FORKS)
    for seed in numbers:
        with replayable(seed, "test_kills.py"):
            _forked(tmp_path / str(seed), seed)
    counted("forks", kills=len(numbers), seconds=pace.seconds)


def _forked(folder: Path, seed: int) -> None:
    world = World(folder, drawn(seed, small=True, faulty=seed % 2 == 0))
    kill_at = Random(f"fork {seed}").randrange(8, 60)
    for _ in range(20):
        if not _died(world, kill_at):
            break
        world.simulation.faulty = False
        kill_at += 1
    world.settle_down()


def _died(world: World, kill_at: int) -> bool:
    """Whether a child that applied was killed; the world goes on where it left it."""
    left = world.project.folder / "world.pickle"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _child(world, kill_at, left)
    _, status = os.waitpid(child, 0)
    world.simulation.run += 1
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed or os.WEXITSTATUS(status) in (0, 1), f"the child ended with {status}"
    _go_on(world.simulation, pickle.loads(left.read_bytes()))  # noqa: S301  # written by our own child
    return killed


def _child(world: World, kill_at: int, left: Path) -> NoReturn:
    def leave() -> None:
        left.write_bytes(pickle.dumps(_rest(world.simulation)))

    def end() -> NoReturn:
        leave()
        os.kill(os.getpid(), signal.SIGKILL)
        os._exit(9)

    code = 3
    try:
        world.simulation.end = end
        code = 0 if world.apply(kill_at=kill_at).converged else 1
        leave()
    finally:
        os._exit(code)


REST = ("now", "wires", "struck", "points", "asked", "coming", "rng")


def _rest(simulation: Simulation) -> dict[str, Any]:
    """Everything but the process: what goes on when that is killed."""
    kept = {name: getattr(simulation, name) for name in REST}
    return {"state": simulation.server.state, "edits": simulation.hands.edits, **kept}


def _go_on(simulation: Simulation, rest: dict[str, Any]) -> None:
    """The world goes on where another process left it."""
    simulation.server.state.update(rest.pop("state"))
    simulation.hands.edits = rest.pop("edits")
    for name, value in rest.items():
        setattr(simulation, name, value)
