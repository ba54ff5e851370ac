"""Listens to a run for the command line: progress on a terminal, the plan before it is begun, warnings."""

from __future__ import annotations

import os
from types import TracebackType
from typing import TYPE_CHECKING, Self

from reconcile.cli.console import SINK, Unwritten, say, tell
from reconcile.cli.gc_off import collector_on
from reconcile.cli.output import options_of
from reconcile.cli.problems import complain
from reconcile.cli.progress import Counter, Progress, reading
from reconcile.cli.signals import Signals
from reconcile.reports import text
from reconcile.session import events
from reconcile.session.run_options import Surroundings
from reconcile.session.stop import Stop

if TYPE_CHECKING:
    from reconcile.cli.flags import Flags
    from reconcile.session.events import Event


class Listener:
    """Show what a run tells while it works, and let signals end it in order once it writes."""

    def __init__(self, flags: Flags) -> None:
        self.stop = Stop()
        self.signals = Signals(self.stop)
        self.planned = False
        """Whether live state was read and a plan made of it."""

        self.shown = False
        """Whether the plan was printed before it was begun."""

        self._flags = flags
        self._progress = Progress(flags, os.environ)
        self._counter: Counter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()
        self.signals.leave()

    def clear(self) -> None:
        """Take the progress line away, so that a result may be printed."""
        self._progress.clear()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case events.ReadingLive(systems):
                self._progress.show(reading(systems))
            case events.PlanMade():
                self._plan(event)
            case events.Applying(to_do):
                collector_on()
                self.signals.watch()
                self._counter = Counter(self._progress, to_do)
            case events.Ended(outcome) if self._counter is not None:
                self._counter.count(outcome)
            case _:
                self._tell(_words(event))

    def _tell(self, words: str) -> None:
        self.clear()
        if words:
            tell(words)

    def _plan(self, event: events.PlanMade) -> None:
        self.clear()
        self.planned = True
        complain(event.plan.problems)
        if event.to_do and not event.refusals and self._flags.output == "text":
            self.shown = True
            say("\n".join(text.plan_lines(event.plan, options_of(self._flags))))
            if SINK.unread:  # nothing is begun that nobody has seen
                raise Unwritten


def _words(event: Event) -> str:
    """Return the lines that an event is told in."""
    match event:
        case events.InDoubt(warnings):
            return "\n".join(map(SINK.inert, warnings))
        case events.Forced(reason):
            return f"Forced: {SINK.inert(reason)}"
        case events.NotBelieved(reason):
            return SINK.inert(reason)
        case events.NoBaseYet(ref, doubt):
            words = f"no base yet: git has no {SINK.inert(ref)}; differences have no labels"
            return f"{words}\nwarning: {SINK.inert(doubt)} [no-base-yet]" if doubt else words
        case events.Unlisted(what):
            return f"{what}: there is no list of them; name one by its id"
    return ""


def surroundings(flags: Flags, listener: Listener | None = None) -> Surroundings:
    """Return the surroundings of a command: this process, and standard error for what a run tells."""
    heard = listener or Listener(flags)
    log = tell if flags.verbose else None
    return Surroundings(dict(os.environ), SINK, heard, log, heard.stop)
