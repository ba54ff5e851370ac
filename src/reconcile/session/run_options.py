"""Holds what a caller asks of a run and what surrounds it; a command line, a library and a test fill both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reconcile.cleaning import Cleaner
from reconcile.clock import now
from reconcile.model import EMPTY, Json, Label
from reconcile.moments import stamp, utc_now
from reconcile.named_tuple import NamedTuple
from reconcile.session.events import Event
from reconcile.session.limits import LOCK_STALE, PARALLELISM, RETRIES, SETTLE, TIMEOUT, WAIT
from reconcile.session.stop import Stop

if TYPE_CHECKING:
    from reconcile.endpoint import Endpoint
    from reconcile.execution.journal import Journal
    from reconcile.transport import Reader, Settings

    Connect = Callable[[type[Reader], Mapping[str, Endpoint], Settings], Reader]


class RunOptions(NamedTuple):
    """Hold what is asked for: which project, which part of it, and how live state is read."""

    folder: Path = Path()
    environment: str | None = None
    variables: Mapping[str, Json] = EMPTY
    paths: tuple[str, ...] = ()
    started: Path | None = None
    """The folder that `paths` are relative to; None for the project's."""

    targets: tuple[str, ...] = ()
    base: str | None = None
    base_or_none: str | None = None
    """A base that need not be there yet."""

    only: Label | None = None
    changed: bool = False
    """Whether only what the manifests changed since the base is compared, with what needs that."""

    prune: bool = False
    names: bool = True
    """Whether it is told who wrote what is live."""

    parallelism: int = PARALLELISM.default
    timeout: float = TIMEOUT.default
    retries: int = RETRIES.default
    settle: float = SETTLE.default
    wait: float = WAIT.default
    lock_stale: float = LOCK_STALE.default
    caches: bool = True
    """Whether what was kept of unchanged manifests may be believed."""


def _ignored(said: object) -> None:
    """Take what nobody listens to."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Hold what a run takes from outside, so that a test can give it another world."""

    environ: Mapping[str, str] = field(repr=False)
    """The variables, secrets among them, which nothing that is shown may hold."""

    cleaner: Cleaner
    on_event: Callable[[Event], None] = _ignored
    log: Callable[[str], None] | None = None
    """Is given a line for each request."""

    stop: Stop = field(default_factory=Stop)
    connect: Connect | None = None
    """Makes the client of a run; None for the real one."""

    clock: Callable[[], float] = now
    open_journal: Callable[[Path], Journal] | None = None
    """Makes the journal of an apply; None for the real one."""

    ran_since: Callable[[float], bool] | None = None
    """Tells whether this process was not stopped since a moment of the clock; None to look for it."""

    threads: int | None = None
    """Operations under way at once; None for as many as the parallelism allows."""

    begun: str = field(default_factory=stamp)
    """When the run began, as every document of it says."""

    today: Callable[[], datetime] = utc_now
    """The wall clock, by which a freeze is in force."""
