"""Keeps the record of an apply: from before its first write on, so that a crash leaves one too."""

from __future__ import annotations

from collections.abc import Sequence

from reconcile.errors import ProblemsFound
from reconcile.model import Problem
from reconcile.planfile.document import Document
from reconcile.planfile.kept import kept_before, kept_of
from reconcile.planfile.sealing import Written
from reconcile.planning.contents import Outcome
from reconcile.session.consent import Work
from reconcile.session.events import NotBelieved
from reconcile.session.records import RECORDS, Shelf


class Keeper:
    """Hold the record of one apply while it runs; ProblemsFound where none can be kept, and nothing is sent.

    Until the apply has ended, its record says of each operation that nobody knows what became of it.
    """

    def __init__(self, work: Work) -> None:
        self._work, self._shelf = work, None
        if not any(operation.requests for operation in work.begun):
            return
        project = work.session.project
        try:
            self._shelf = Shelf(project.root, project.environment)
            self._shelf.keep(self._unknown().said, indent=None)  # sooner there, and soon replaced
        except OSError as error:
            words = f"{RECORDS} cannot be written ({error.strerror}), and nothing is sent without a record"
            raise ProblemsFound((Problem("no-record", words),)) from error

    def _unknown(self) -> Written:
        outcomes = [Outcome(operation.address, "unknown") for operation in self._work.begun]
        kept, begun = kept_before(self._work.planned), {outcome.address for outcome in outcomes}
        return self._work.record(outcomes, {at: each for at, each in kept.items() if at in begun})

    def ended(self, outcomes: Sequence[Outcome]) -> Document:
        """Return the record of what became of each operation; it is kept where a write was sent."""
        kept = kept_of(self._work.planned, outcomes)
        record = self._work.record(outcomes, kept)
        if self._shelf is None:
            return record.document
        try:
            if kept:
                self._shelf.keep(record.said)
            else:
                self._shelf.drop()
        except OSError as error:
            words = f"{RECORDS}/{self._shelf.name} says of this apply only that it began ({error.strerror})"
            self._work.session.around.on_event(NotBelieved(f"warning: {words} [no-record]"))
        finally:
            self._shelf.close()
        return record.document
