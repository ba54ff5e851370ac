"""Takes the locks that keep applies on several machines apart, those of the project and of its base, and says
in words who has one; how one is taken and kept is left to `remote_lock`.
"""

from __future__ import annotations

import getpass
import os
import secrets
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Self

from reconcile.errors import ProblemsFound
from reconcile.execution.journal import Busy
from reconcile.execution.lease import Holder, Note, Terms
from reconcile.execution.lock_note import instant_text
from reconcile.execution.lock_protocol import NoLock, NotTaken, TakenByOther, Unreached
from reconcile.execution.unanswered import Unanswered
from reconcile.git.checkout import Checkout
from reconcile.git.ref_names import project_ref_name
from reconcile.git.remote_ref import NoRemote, RemotePlace, RemoteRef, remote_place
from reconcile.model import Problem
from reconcile.project.values import LockPlace
from reconcile.session.events import LockLeft, LockWaits
from reconcile.session.remote_lock import LockDriver, RemoteLock
from reconcile.session.session import Session

LOCK_REFS = "refs/reconcile/lock/"
_TEXT_AT_MOST = 200
_ACTORS = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_USER_ID", "BUILD_REQUESTEDFOR")


class Locks:
    """Hold the locks of a run; without any, nothing is contacted and nothing is ever lost."""

    def __init__(self, session: Session) -> None:
        self.unanswered = Unanswered(session.around.clock)
        self.sure_at = 0.0
        """Until then a write may have its effect that somebody began who had a lock before."""

        self._session = session
        self._held: list[tuple[RemotePlace, RemoteLock]] = []

    def __enter__(self) -> Self:
        try:
            for wanted, place in [*lock_places(self._session)]:
                self._take(wanted, place)
        except BaseException:
            self._give_back()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._give_back()

    def why_lost(self) -> str:
        """Return why no write may be begun any more, or the empty text."""
        for place, lock in self._held:
            if lost := lock.why_lost():
                return f"the lock {place} is lost: {lost}; plan and apply again"
        return ""

    def _take(self, wanted: LockPlace, place: RemotePlace) -> None:
        session = self._session
        lock = _lock(session, place, holder_here(session))
        try:
            lease = lock.take()
        except TakenByOther as error:
            if any(held.made(error.note) for _, held in self._held):
                return  # the same repository by another url
            who = words_of(error.note, place)
            raise Busy(f"{who}; {_unlock(session, wanted)}, if nobody runs it any more") from error
        except NoLock as error:
            words = f"{place} holds something that is no lock of this version: name another ref, or remove it"
            raise unusable(wanted, words) from error
        except (NotTaken, Unreached) as error:
            words = f"{place} cannot be taken: {error} (reconcile doctor tries it)"
            raise unusable(wanted, words) from error
        self._held.append((place, lock))
        self.sure_at = max(self.sure_at, lease.before.sure_at)
        lock.wait_until(lease.before.quiet_at)

    def _give_back(self) -> None:
        options = self._session.options
        last = self.unanswered.last()
        sure_at = 0.0 if last is None else last + options.timeout + options.settle
        while self._held:
            place, lock = self._held.pop()
            left = lock.give_back(sure_at)
            if left:
                self._session.around.on_event(LockLeft(f"the lock {place} {left}"))


def lock_places(session: Session) -> Iterator[tuple[LockPlace, RemotePlace]]:
    """Yield the lock of the project, then that of its base where it is another one, however each is spelled.

    Raises ProblemsFound where the checkout does not know a remote.
    """
    found: list[RemotePlace] = []
    for wanted in filter(None, (session.project.lock, session.base.lock if session.base else None)):
        try:
            place = lock_place(session, wanted)
        except NoRemote as error:
            raise unusable(wanted, str(error)) from error
        if not any(map(place.same, found)):
            yield wanted, place
        found.append(place)


def lock_place(session: Session, wanted: LockPlace) -> RemotePlace:
    """Return where a lock stands; NoRemote where the checkout does not know its remote."""
    where = session.where()
    inside = where.inside if isinstance(where, Checkout) else ""
    ref = wanted.ref or LOCK_REFS + project_ref_name(session.project.environment, inside)
    return remote_place(where, wanted.remote, ref)


def holder_here(session: Session) -> Holder:
    """Return who this run is to others."""
    options, environ = session.options, session.around.environ
    terms = Terms(options.lock_stale, options.timeout, options.settle)
    return Holder(_who(environ), _where(environ), terms, session.around.clock, time.time, _number)


def _number() -> str:
    return secrets.token_hex(16)


def _who(environ: Mapping[str, str]) -> str:
    found = next((environ[name] for name in _ACTORS if environ.get(name)), "")
    with suppress(OSError, KeyError, ImportError):
        found = found or getpass.getuser()
    return _text(found) or "somebody"


def _where(environ: Mapping[str, str]) -> str:
    build = environ.get("CI_JOB_URL") or environ.get("BUILD_URL") or _github(environ)
    place = f"{_text(socket.gethostname())}, process {os.getpid()}"
    return f"{place}, {_text(build)}" if build else place


def _text(given: str) -> str:
    """Return the beginning of what the environment says; what of it is no UTF-8 is a question mark."""
    return given[:_TEXT_AT_MOST].encode(errors="replace").decode()


def _github(environ: Mapping[str, str]) -> str:
    parts = [environ.get(name, "") for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")]
    return "{}/{}/actions/runs/{}".format(*parts) if all(parts) else ""


def _lock(session: Session, place: RemotePlace, holder: Holder) -> RemoteLock:
    def tell(why: str, seconds: float) -> None:
        session.around.on_event(LockWaits(f"the lock {place}: {why}", seconds))

    return RemoteLock(LockDriver(RemoteRef(place), holder, tell), holder)


def unusable(wanted: LockPlace, words: str) -> ProblemsFound:
    """Return the exception that says why a lock cannot be used."""
    return ProblemsFound((Problem("lock", words, wanted.origin),))


def words_of(note: Note, place: RemotePlace) -> str:
    """Return who has a lock, where, since when, and when it was last heard of."""
    ago = time.time() - note.stamp
    heard = f"renewed {ago:.0f} s ago" if ago >= 0 else f"renewed {-ago:.0f} s ahead of the clock here"
    words = f"{note.who} ({note.where}) has the lock {place} since {instant_text(note.since)}, {heard}"
    return f"{words}: wait until that apply is over"


def _unlock(session: Session, wanted: LockPlace) -> str:
    """Return what gives a lock back; that of the base stands in no project file here."""
    base = session.base
    if base is None or wanted is not base.lock:
        return "reconcile unlock"
    return f"it is the lock of the base: reconcile unlock in a checkout of {base.name}"
