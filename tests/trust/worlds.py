"""Lives worlds through: faulty applies, then quiet ones, with every property held against each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

from reconcile.session.timing import BuildAttempt as Attempt
from reconcile_sandbox.registry import SYSTEMS
from reconcile_sandbox.world import World as Server

from . import properties
from .drawing import Drawn
from .oracle import unmet
from .process import SITE, Lived, Project
from .simulation import Simulation
from .watcher import Watcher

QUIET_AT_MOST = 3


class World:
    """One world, its project and its watcher."""

    def __init__(self, folder: Path, drawn: Drawn, like: World | None = None, site: str = SITE) -> None:
        self.simulation = Simulation(drawn, like.simulation.server if like else Server(SYSTEMS))
        loaded = like.project.ready if like else None
        self.project = Project(folder, self.simulation, loaded=loaded, site=site)
        self.watcher = Watcher(self.project)

    def apply(self, *, kill_at: int = -1) -> Lived:
        """One apply, and what must hold after each."""
        lived = self.project.apply(kill_at=kill_at)
        assert not self.simulation.violations, "\n".join(self.simulation.violations)
        properties.accounted(lived)
        properties.done_is_done(self.project, lived)
        properties.creates_are_apart(self.simulation)
        properties.once_per_apply(self.simulation)
        properties.at_most_twice_per_apply(self.simulation)
        properties.needs_came_first(lived)
        properties.nothing_twice(self.simulation)
        return lived

    def settle_down(self) -> int:
        """Without faults: so many applies until one finds nothing to do; then all is as it should be."""
        self.simulation.faulty = False
        applies = self._until_quiet()
        self.simulation.pass_time(self.simulation.drawn.settle)
        properties.nothing_twice(self.simulation)
        properties.journal_tells_nothing(self.project)
        assert self.apply().converged, "late effects changed what had converged"
        left = list(unmet(self.simulation.drawn, self.simulation.server.state))
        assert not left, f"the plan is empty, and {left}"
        return applies

    def _until_quiet(self) -> int:
        for number in range(QUIET_AT_MOST + 1):
            lived = self.apply()
            if lived.converged:
                return number
        outcomes = [f"{it.address} {it.status}: {it.detail}" for it in lived.outcomes or ()]
        raise AssertionError(f"not converged after {number} quiet applies: {outcomes} {lived.unreadable}")


def bad_day(world: World, rng: Random) -> None:
    """What befalls the memory of a project before an apply, or while it runs."""
    day, simulation = rng.random(), world.simulation
    if day < 0.15:
        world.project.rename()
    elif day < 0.3:
        simulation.at[rng.randrange(20)] = world.project.lose_the_folder
    elif day < 0.4:
        elsewhere(world)


def elsewhere(world: World) -> None:
    """The same project is applied to another environment, whose systems are others; the journal is one."""
    drawn = replace(world.simulation.drawn, rate=0.0, create_rate=0.0, hands=0.0, naps=0.0, settle=1.0)
    other = World(world.project.folder, drawn, site="http://127.0.0.1:8")
    other.simulation.faulty, other.simulation.now = False, world.simulation.now
    other.apply()


def lived_through(world: World, rng: Random) -> int:
    """One to three faulty applies, with edits between them, then quiet ones; how many of those it took.

    Each is an attempt of a build server, and now and then its memory meets a bad day.
    """
    bad = Random(f"bad days {world.simulation.drawn.seed}")
    for number in range(rng.choice((1, 1, 2, 3))):
        world.project.attempt = Attempt("run", number + 1)
        bad_day(world, bad)
        kept = world.project.kept()
        world.apply()
        if bad.random() < 0.2:
            world.project.restore(kept)
        world.project.attempt = Attempt("run", number + 2)
        world.simulation.pass_time(rng.choice((0.0, 1.0, 5.0, 60.0)))
        if world.simulation.drawn.hands and rng.random() < 0.5:
            world.simulation.edit()
    return world.settle_down()
