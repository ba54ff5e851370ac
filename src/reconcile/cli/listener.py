"""Listens to a run for the command line: progress on a terminal, the plan before it is begun, warnings."""

from __future__ import annotations

import os
from types import TracebackType
from typing import TYPE_CHECKING, Self

from reconcile.cli.console import SINK, Unwritten, tell
from reconcile.cli.event_stream import EventStream, later
from reconcile.cli.gc_off import collector_off, collector_on
from reconcile.cli.output import printed_options, say_report
from reconcile.cli.problems import complain
from reconcile.cli.progress import Counter, Progress, reading
from reconcile.cli.signals import Signals
from reconcile.cli.terminal import one_terminal
from reconcile.cli.under_way import Heartbeat, UnderWay
from reconcile.planfile.stream_lines import (
    OperationBegun,
    OperationEnded,
    OperationWaits,
    RunLives,
    RunPlanned,
)
from reconcile.planfile.write import document_outcome
from reconcile.reports import text
from reconcile.reports.common.outcome_rows import outcome_row
from reconcile.session import events
from reconcile.session.run_options import Surroundings
from reconcile.session.stop import Stop

if TYPE_CHECKING:
    from reconcile.cli.flags import Flags
    from reconcile.planning.contents import Outcome
    from reconcile.session.events import Event


class Listener:
    """Show what a run tells while it works, and let signals end it in order once it writes."""

    def __init__(self, flags: Flags, stream: EventStream | None = None) -> None:
        self.stop = Stop()
        self.signals = Signals(self.stop, self._finished_first)
        self.planned = False
        """Whether live state was read and a plan made of it."""

        self.shown = False
        """Whether the plan was printed before it was begun."""

        self.told: set[str] = set()
        """The addresses whose outcomes were said as they came, where the report goes to the same terminal."""

        self._flags = flags
        self._progress = Progress(flags, os.environ)
        self._counter: Counter | None = None
        self._stream = stream or EventStream(None)
        self._under_way = UnderWay()
        self._beating = Heartbeat(self._beat)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._beating.stop()
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
                self._apply(Counter(to_do), to_do)
            case events.Begun(address):
                self._under_way.begin(str(address))
                self._stream.write(OperationBegun(str(address)))
            case events.Waiting(address, why, seconds):
                self._under_way.wait(str(address), why, seconds)
                self._stream.write(OperationWaits(later(seconds), why, str(address)))
            case events.LockWaits(why, seconds):
                self._stream.write(OperationWaits(later(seconds), why))
                self._tell(_words(event))
            case events.Ended(outcome) if self._counter is not None:
                self._end(self._counter, outcome)
            case _:
                self._tell(_words(event))

    def _apply(self, counter: Counter, to_do: int) -> None:
        collector_on()
        self.signals.watch()
        self._counter = counter
        self._beating.start()
        if to_do:
            self._progress.show(lambda: counter.words(self._under_way.words()))

    def _end(self, counter: Counter, outcome: Outcome) -> None:
        """Count an outcome, and say it at once where no progress line shows the count."""
        said = document_outcome(outcome)
        counter.count(outcome)
        if counter.is_over:
            collector_off()  # the record, which is made now, lives until the end
        self._under_way.end(said.address)
        self._stream.write(OperationEnded(said.address, said))
        if not self._progress.visible and not self._flags.quiet:
            tell(outcome_row(said).left)
            if one_terminal():
                self.told.add(said.address)

    def _beat(self) -> None:
        """Say what is under way: every ten seconds, where nobody sees it otherwise."""
        self._stream.write(RunLives())
        words = self._under_way.words()
        if words and not self._progress.visible and not self._flags.quiet:
            tell(f"Waiting for {SINK.inert(words)}")

    def _finished_first(self) -> str:
        """Return what a run that was told to stop waits for, and for how long at most."""
        words = self._under_way.words()
        seconds = 2 * self._flags.timeout
        return f"That is {SINK.inert(words)}: at most {seconds:.0f} s." if words else ""

    def _tell(self, words: str) -> None:
        self.clear()
        if words:
            tell(words)

    def _plan(self, event: events.PlanMade) -> None:
        self.clear()
        self.planned = True
        self._stream.write(RunPlanned(event.plan.summary, event.to_do))
        complain(event.plan.problems)
        if event.to_do and not event.refusals and self._flags.output == "text":
            self.shown = True
            say_report(self._flags, "\n".join(text.plan_lines(event.plan, printed_options(self._flags))))
            if SINK.unread:  # nothing is begun that nobody has seen
                raise Unwritten


def _words(event: Event) -> str:
    """Return the lines that an event is told in."""
    match event:
        case events.InDoubt(warnings):
            return "\n".join(map(SINK.inert, warnings))
        case events.Forced(reason):
            return f"Forced: {SINK.inert(reason)}"
        case events.LockWaits(why, seconds):
            return f"Waiting for {SINK.inert(why)}, for {seconds:.0f} s."
        case events.LockLeft(reason):
            return f"warning: {SINK.inert(reason)} [lock]"
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
