"""One process after the other: each reads the journal, plans and applies, as `reconcile apply` does."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, cast

from tests.support.settings import SETTINGS

from reconcile.cleaning import Cleaner
from reconcile.endpoint import Endpoint
from reconcile.errors import ProblemsFound
from reconcile.execution.journal import Journal
from reconcile.git.checkout import OURS
from reconcile.model import Json, Problem
from reconcile.planfile.document import Document, DocumentOutcome
from reconcile.session.apply import apply
from reconcile.session.consent import ALL, Approve
from reconcile.session.events import Event, PlanMade, ReadingLive
from reconcile.session.refusal import Declined, Refused
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import Session, begin
from reconcile.session.timing import BuildAttempt
from reconcile.transport import Reader, Settings

from .drawing import BASES, Drawn, renamed
from .simulation import Simulation
from .wires import Killed

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
    whole = {"version": 1, "systems": systems, "guards": {"max_deletes": 1_000, "max_runs": 1_000}}
    (folder / "reconcile.yaml").write_text(json.dumps(whole))
    for number, manifest in enumerate(drawn.manifests):
        (folder / "manifests" / f"{number}.yaml").write_text(json.dumps(manifest))


def prepared(folder: Path) -> Session:
    """The project with its manifests, as `apply` loads it; what lies in `.reconcile` is its own."""
    options = RunOptions(folder, parallelism=1, caches=False)
    session = begin(options, Surroundings({}, Cleaner()))
    session.where()  # a child that is forked while a thread still asks git would wait for it for ever
    return session._replace(memory=lambda: OURS)


@dataclass
class Lived:
    """What one process left behind: its plan and outcomes, as far as it came."""

    planned: Document | None = None
    outcomes: tuple[DocumentOutcome, ...] | None = None
    killed: bool = False
    unreadable: tuple[str, ...] = ()
    refused: tuple[Problem, ...] = ()
    """Why it was refused, where refusals are all that is missing."""

    begun: float = 0.0
    ended: float = 0.0

    @property
    def converged(self) -> bool:
        """Whether it found nothing to do."""
        return self.planned is not None and not self.planned.differs


@dataclass
class Project:
    """The folder in which one process after the other runs, and what it lost in between."""

    folder: Path
    simulation: Simulation
    lives: list[Lived] = field(default_factory=list)
    attempt: BuildAttempt | None = None
    """What the operator's CI says of this attempt."""

    loaded: Session | None = None
    """The same project as another folder has it."""

    site: str = SITE
    """Where the systems of its environment are."""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.loaded is None:
            project(self.folder, self.simulation.drawn, self.site)
        self.session = self.loaded or prepared(self.folder)

    def rename(self) -> None:
        """Somebody gives each manifest another name; what it declares is the same."""
        simulation = self.simulation
        simulation.drawn = renamed(simulation.drawn)
        project(self.folder, simulation.drawn, self.site)
        self.session = prepared(self.folder)

    def guard(self, **limits: int) -> None:
        """The project file limits what one apply may do."""
        file = self.folder / "reconcile.yaml"
        file.write_text(json.dumps({**json.loads(file.read_text()), "guards": limits}))
        self.session = prepared(self.folder)

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
        self.attempt = BuildAttempt("run", 2)

    def apply(self, *, kill_at: int = -1, approve: Approve = ALL) -> Lived:
        """One process from its start to its end, or until it is killed at that point."""
        simulation, lived = self.simulation, Lived()
        self.lives.append(lived)
        simulation.run += 1
        simulation.planning, simulation.kill_at, simulation.points, simulation.dead = True, kill_at, 0, False
        lived.begun = simulation.now
        try:
            lived.outcomes = apply(self._alive(lived), approve).outcomes
        except Killed:
            lived.killed = True
        except Refused as error:
            lived.outcomes, lived.refused = error.record.outcomes, error.problems
        except Declined:
            pass
        except ProblemsFound as error:
            lived.unreadable = tuple(str(problem) for problem in error.problems)
        lived.ended = simulation.now
        return lived

    def _alive(self, lived: Lived) -> Session:
        """The session of one process: the project in this folder, and a simulated world around it."""
        simulation, session = self.simulation, self.session
        around = Surroundings(
            self._environ(),
            Cleaner(),
            partial(self._hear, lived),
            stop=cast(Any, simulation),
            connect=self._connected,
            clock=simulation.clock,
            open_journal=self._journal,
            ran_since=simulation.ran_since,
            threads=1,
        )
        return session._replace(
            around=around,
            options=session.options._replace(settle=simulation.drawn.settle),
            project=session.project._replace(root=self.folder),
        )

    def _environ(self) -> dict[str, str]:
        if self.attempt is None:
            return {}
        return {"GITHUB_RUN_ID": self.attempt.run, "GITHUB_RUN_ATTEMPT": str(self.attempt.number)}

    def _hear(self, lived: Lived, event: Event) -> None:
        """What is sent while live state is read is no part of what is done about it."""
        if isinstance(event, ReadingLive):
            self.simulation.alive()
        if isinstance(event, PlanMade):
            lived.planned = event.plan
            self.simulation.pass_time(1.0)
            self.simulation.planning = False

    def _connected(self, kind: type[Reader], endpoints: Mapping[str, Endpoint], settings: Settings) -> Reader:
        """The real client over the simulated network."""
        simulation = self.simulation
        return kind(
            endpoints,
            SETTINGS,
            environment={},
            clock=simulation.clock,
            sleep=lambda seconds: None if simulation.planning else simulation.wait(seconds),
            random=Random(simulation.drawn.seed).random,
            lanes=cast(Any, simulation),
        )

    def _journal(self, root: Path) -> Journal:
        return Mortal(root, self)

    def tear(self) -> None:
        """The machine lost power while it wrote: of the last line, only so much is on the disk."""
        data = self.journal.read_bytes()
        last = len(data.rstrip(b"\n").rsplit(b"\n", 1)[-1]) + 1
        os.truncate(self.journal, len(data) - self.simulation.rng.randint(1, last))


class Mortal(Journal):
    """The real journal of a process that may die before and after each entry."""

    def __init__(self, root: Path, project: Project) -> None:
        super().__init__(root, project.simulation.moment)
        self._project = project

    def append(self, entry: Mapping[str, Json]) -> None:
        """Writes one entry, unless the process dies first; its last line may be torn."""
        simulation = self._project.simulation
        if simulation.point():
            simulation.end()
        super().append(entry)
        simulation.sleep_at("disk")
        if simulation.point():
            self._project.tear()
            simulation.end()
