"""One process after the other: each reads the journal, plans and applies, as `reconcile apply` does."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, cast

from reconcile.cli.flags import Flags
from reconcile.errors import ProblemsFound
from reconcile.execution.executor import Executor, apply
from reconcile.execution.journal import Journal
from reconcile.live.pages import unheard
from reconcile.model import Address, Json, Outcome
from reconcile.planning.build import Planned
from reconcile.session.prepare import Ready, live_plan, ready
from reconcile.session.recall import made_by, where
from reconcile.session.session import begin
from reconcile.session.timing import BuildAttempt as Attempt
from reconcile.session.timing import timing_after
from reconcile.transport import Settings, Writer

from .drawing import BASES, Drawn, renamed
from .simulation import Simulation
from .wires import Killed

Refusing = Callable[[Planned], Mapping[Address, str]]
SITE = "http://127.0.0.1:9"
_AUTH = {
    "flexdeploy": {"basic": {"username": "demo", "password": {"file": "SECRET"}}},
    "katalon": {"apiKey": {"file": "SECRET"}},
    "foundry": {"bearer": {"file": "SECRET"}},
    "brpm": {"token": {"file": "SECRET"}},
}


def project(folder: Path, drawn: Drawn, site: str = SITE) -> None:
    """Writes the project of a world: `reconcile.yaml`, the manifests, the credentials."""
    (folder / "manifests").mkdir(parents=True, exist_ok=True)
    secret = folder / "secret"
    secret.write_text("demo")
    auth = json.loads(json.dumps(_AUTH).replace("SECRET", str(secret)))
    systems = {name: {"url": site + base, "auth": auth[name]} for name, base in BASES.items()}
    systems["katalon"]["options"] = {"projectId": 4711}
    whole = {"version": 1, "systems": systems}
    (folder / "reconcile.yaml").write_text(json.dumps(whole))
    for number, manifest in enumerate(drawn.manifests):
        (folder / "manifests" / f"{number}.yaml").write_text(json.dumps(manifest))


def prepared(folder: Path) -> Ready:
    """The project with its manifests and endpoints, as `apply` loads it."""
    return ready(begin(Flags(chdir=folder, parallelism=1), (), live=True))


@dataclass
class Lived:
    """What one process left behind: its plan and outcomes, as far as it came."""

    planned: Planned | None = None
    outcomes: list[Outcome] | None = None
    killed: bool = False
    unreadable: tuple[str, ...] = ()
    begun: float = 0.0
    ended: float = 0.0

    @property
    def converged(self) -> bool:
        """Whether it found nothing to do."""
        return self.planned is not None and not self.planned.plan.differs


@dataclass
class Project:
    """The folder in which one process after the other runs, and what it lost in between."""

    folder: Path
    simulation: Simulation
    lives: list[Lived] = field(default_factory=list)
    attempt: Attempt | None = None
    """What the operator's CI says of this attempt."""

    loaded: Ready | None = None
    """The same project as another folder has it."""

    site: str = SITE
    """Where the systems of its environment are."""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.loaded is None:
            project(self.folder, self.simulation.drawn, self.site)
        self.ready = self.loaded or prepared(self.folder)

    def rename(self) -> None:
        """Somebody gives each manifest another name; what it declares is the same."""
        simulation = self.simulation
        simulation.drawn = renamed(simulation.drawn)
        project(self.folder, simulation.drawn, self.site)
        self.ready = prepared(self.folder)

    @property
    def journal(self) -> Path:
        """Where the journal lies."""
        return self.folder / ".reconcile" / "journal.jsonl"

    def kept(self) -> bytes:
        """The journal as a build server keeps it."""
        return self.journal.read_bytes() if self.journal.exists() else b""

    def restore(self, kept: bytes) -> None:
        """The build is started again elsewhere, with an older journal."""
        self.lose_the_folder()
        if kept:
            self.journal.parent.mkdir(mode=0o700)
            self.journal.write_bytes(kept)

    def lose_the_folder(self) -> None:
        """Somebody cleans the checkout."""
        shutil.rmtree(self.journal.parent, ignore_errors=True)

    def lose_the_journal(self) -> None:
        """Another machine takes over, which has never seen this journal."""
        self.journal.unlink(missing_ok=True)
        self.attempt = Attempt("run", 2)

    def apply(self, *, kill_at: int = -1, refused: Refusing | None = None) -> Lived:
        """One process from its start to its end, or until it is killed at that point."""
        simulation, lived = self.simulation, Lived()
        self.lives.append(lived)
        simulation.run += 1
        simulation.planning, simulation.kill_at, simulation.points, simulation.dead = True, kill_at, 0, False
        lived.begun = simulation.now
        try:
            self._live(lived, refused or _nothing)
        except Killed:
            lived.killed = True
        except ProblemsFound as error:
            lived.unreadable = tuple(str(problem) for problem in error.problems)
        lived.ended = simulation.now
        return lived

    def _live(self, lived: Lived, refused: Refusing) -> None:
        simulation = self.simulation
        with Journal(self.folder, simulation.moment) as journal, self.client() as client:
            simulation.alive()
            made = partial(made_by, journal.past, where(self.ready.session))
            lived.planned = live_plan(self.ready, client, unheard, made)
            simulation.pass_time(1.0)
            simulation.planning = False
            settle, here = simulation.drawn.settle, where(self.ready.session)
            terms = timing_after(journal, settle, here, self.attempt, clock=simulation.clock)
            terms = replace(terms, ran_since=simulation.ran_since)
            stop = cast(Any, simulation)
            means = Executor(client, self._recording(journal), stop, threads=1, why_lost=journal.why_lost)
            lived.outcomes = apply(lived.planned, terms, means, refused(lived.planned))

    def client(self) -> Writer:
        """The real client over the simulated network."""
        simulation = self.simulation
        return Writer(
            self.ready.endpoints,
            Settings(),
            environment={},
            clock=simulation.clock,
            sleep=lambda seconds: None if simulation.planning else simulation.wait(seconds),
            random=Random(simulation.drawn.seed).random,
            lanes=cast(Any, simulation),
        )

    def _recording(self, journal: Journal) -> Any:
        def record(entry: Mapping[str, Json]) -> None:
            if self.simulation.point():
                self.simulation.end()
            journal.append(entry)
            self.simulation.sleep_at("disk")
            if self.simulation.point():
                self._tear()
                self.simulation.end()

        return record

    def _tear(self) -> None:
        """The machine lost power while it wrote: of the last line, only so much is on the disk."""
        data = self.journal.read_bytes()
        last = len(data.rstrip(b"\n").rsplit(b"\n", 1)[-1]) + 1
        os.truncate(self.journal, len(data) - self.simulation.rng.randint(1, last))


def _nothing(planned: Planned) -> Mapping[Address, str]:
    return {}
