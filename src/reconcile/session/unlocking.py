"""Finds the locks of a project at their remotes, and gives one back in the place of its holder."""

from __future__ import annotations

import time
from collections.abc import Mapping

from reconcile.errors import ProblemsFound
from reconcile.execution.lease import CLOCKS_DIFFER, Seen
from reconcile.execution.lock_note import instant_text
from reconcile.execution.lock_protocol import NotTaken, Unreached, unlock
from reconcile.git.remote_ref import NoRemote, RemotePlace, RemoteRef
from reconcile.model import Json, Problem
from reconcile.named_tuple import NamedTuple
from reconcile.project.values import LockPlace
from reconcile.session.locks import holder_here, lock_place, unusable
from reconcile.session.remote_lock import LockDriver
from reconcile.session.session import Session


class FoundLock(NamedTuple):
    """Hold a lock of the project, and what stands at its remote."""

    wanted: LockPlace
    place: RemotePlace
    seen: Seen

    @property
    def is_held(self) -> bool:
        """Tell whether somebody has it, by what stands there."""
        return self.seen.note is not None and not self.seen.note.free

    @property
    def words(self) -> str:
        """Return which lock it is, and how it stands."""
        return f"{self.place}: {self.state}"

    @property
    def state(self) -> str:
        """Return who has it, where, since when, and when it was last heard of; or that nobody has."""
        note = self.seen.note
        if note is None:
            return "nobody has it" if self.seen.id is None else "what stands there is no lock"
        if note.free:
            past = time.time() - note.in_doubt_until > CLOCKS_DIFFER
            doubt = f", in doubt until {instant_text(note.in_doubt_until)}" if note.arrives_in else ""
            return "nobody has it" if past else f"nobody has it{doubt}"
        ago = f"{time.time() - note.stamp:.0f} s ago by the clock here"
        return f"{note.who} ({note.where}) has it since {instant_text(note.since)}, renewed {ago}"

    @property
    def facts(self) -> Mapping[str, Json]:
        """Return the same for a document."""
        note = self.seen.note
        until = instant_text(note.in_doubt_until) if note and note.may_arrive else None
        held = note if note and not note.free else None
        return {
            "remote": self.place.remote,
            "ref": self.place.ref,
            "held": self.is_held,
            "who": held and held.who,
            "where": held and held.where,
            "since": held and instant_text(held.since),
            "in_doubt_until": until,
        }


def found_lock(session: Session) -> FoundLock:
    """Look at the project's lock; ProblemsFound where it has none, or its remote does not answer."""
    wanted = session.project.lock
    if wanted is None:
        words = "this project has no `lock`: one apply at a time is kept on each machine alone"
        then = "the lock of a base is given back in a checkout of that commit"
        raise ProblemsFound((Problem("lock", f"{words}; {then}", session.project.origins.get(("lock",))),))
    try:
        found = lock_found_at(session, wanted, lock_place(session, wanted))
    except NoRemote as error:
        raise unusable(wanted, f"the lock cannot be looked at: {error}") from error
    if found.seen.id is not None and found.seen.note is None:
        raise unusable(wanted, f"{found.words} of this version: name another ref, or remove it")
    return found


def lock_found_at(session: Session, wanted: LockPlace, place: RemotePlace) -> FoundLock:
    """Look at a lock; NoRemote where its remote does not answer."""
    return FoundLock(wanted, place, _driver(session, place).look())


def _driver(session: Session, place: RemotePlace) -> LockDriver:
    return LockDriver(RemoteRef(place), holder_here(session))


def given_back(session: Session, found: FoundLock) -> FoundLock:
    """Give back the lock that was found; return how it stands then, held by whoever took it since.

    Raises ProblemsFound where the remote does not answer, or refuses.
    """
    try:
        seen = _driver(session, found.place).run(unlock(holder_here(session), found.seen))
    except (NotTaken, Unreached) as error:
        raise unusable(found.wanted, f"{found.place} cannot be given back: {error}") from error
    return found._replace(seen=seen)
