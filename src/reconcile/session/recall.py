"""Reads from the journal of earlier applies what a run that only reads needs, where there is a journal."""

from __future__ import annotations

import os

from reconcile.desired import Wanted
from reconcile.endpoint import origin_of
from reconcile.execution.memory import Past, RunPlace
from reconcile.live.observe import Made
from reconcile.planning.build import Planned
from reconcile.session.session import Session


def where(session: Session) -> RunPlace:
    """Return the environment and the origins that a run works on."""
    origins = {name: origin_of(config.url) for name, config in session.project.systems.items()}
    return RunPlace(session.project.environment or "", origins)


def made_by(past: Past, here: RunPlace, item: Wanted) -> Made:
    """Return the ids that an apply got for what it created for a resource here."""
    identity = here.identity(item)
    return Made(past.made.get(identity.place), past.made.get(identity.declared)) if identity.key else Made()


class Recall:
    """Hold what the project's journal says, read when it is first needed, and only where there is one."""

    def __init__(self, session: Session) -> None:
        self._session, self._where = session, where(session)
        self._past: Past | None = None

    def made(self, item: Wanted) -> Made:
        """Return the ids that an earlier apply got for what it created for a resource."""
        return made_by(self._believed(), self._where, item)

    def doubts(self, planned: Planned) -> tuple[str, ...]:
        """Return a warning for each operation that is in doubt; the plan is the same without it."""
        if not planned.steps or not self._believed().doubts:
            return ()
        from reconcile.session.in_doubt import doubt_warnings

        return doubt_warnings(planned, self._believed(), self._where)

    def _believed(self) -> Past:
        if self._past is None:
            self._past = self._read()
        return self._past

    def _read(self) -> Past:
        root = self._session.project.root
        if not os.path.lexists(root / ".reconcile"):
            return Past()
        from reconcile.session.in_doubt import past_for_readers

        return past_for_readers(root, self._session.memory(), self._session.around.on_event)
