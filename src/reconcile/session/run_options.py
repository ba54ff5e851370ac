"""Holds what a caller asks of a run and what surrounds it; a command line, a library and a test fill both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from reconcile.cleaning import Cleaner
from reconcile.clock import now
from reconcile.model import EMPTY, Json, Label
from reconcile.session.events import Event
from reconcile.session.stop import Stop

if TYPE_CHECKING:
    from reconcile.endpoint import Endpoint
    from reconcile.execution.journal import Journal
    from reconcile.transport import Reader, Settings

    Connect = Callable[[type[Reader], Mapping[str, Endpoint], Settings], Reader]

Said = TypeVar("Said")


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
    prune: bool = False
    parallelism: int = 4
    """Requests in flight to one system."""

    timeout: float = 30.0
    """Seconds, the deadline of one request."""

    retries: int = 4
    """How often a read is tried again."""

    settle: float = 30.0
    """Seconds that a write whose answer was lost is looked for before it may be sent again."""

    wait: float = 600.0
    """Seconds that what a run started may take, where a manifest waits for it."""

    caches: bool = True
    """Whether what was kept of unchanged manifests may be believed."""


def _ignored(said: object) -> None:
    """Take what nobody listens to."""


class Surroundings(NamedTuple):
    """Hold what a run takes from outside, so that a test can give it another world."""

    environ: Mapping[str, str]
    cleaner: Cleaner
    on_event: Callable[[Event], None] = _ignored
    log: Callable[[str], None] | None = None
    """Is given a line for each request."""

    stop: Stop = Stop()
    connect: Connect | None = None
    """Makes the client of a run; None for the real one."""

    clock: Callable[[], float] = now
    open_journal: Callable[[Path], Journal] | None = None
    """Makes the journal of an apply; None for the real one."""

    ran_since: Callable[[float], bool] | None = None
    """Tells whether this process was not stopped since a moment of the clock; None to look for it."""

    threads: int | None = None
    """Operations under way at once; None for as many as the parallelism allows."""
