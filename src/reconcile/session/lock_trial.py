"""Tries whether a lock can be taken, renewed and given back at its remote, beside the project's own."""

from __future__ import annotations

from reconcile.execution.lease import Holder, Note
from reconcile.execution.lock_protocol import (
    LockSteps,
    NoLock,
    NotTaken,
    TakenByOther,
    Unreached,
    let_go,
    renewed,
    take,
)
from reconcile.git.remote_ref import NoRemote, RemoteRef
from reconcile.project.values import LockPlace
from reconcile.session.locks import holder_here, lock_place
from reconcile.session.remote_lock import LockDriver, given_up
from reconcile.session.session import Session
from reconcile.session.unlocking import lock_found_at

BESIDE = ".doctor"
"""What the name of the ref ends with that is tried, so that no apply finds the project's own taken."""


class Untried(Exception):
    """Say why a lock cannot be had."""


def lock_tried(session: Session, wanted: LockPlace) -> str:
    """Return what came of it, and who has the project's own lock; Untried where it cannot be had."""
    try:
        place = lock_place(session, wanted)
        found = lock_found_at(session, wanted, place)
        beside, holder = place._replace(ref=place.ref + BESIDE), holder_here(session)
        note = _tried(LockDriver(RemoteRef(beside), holder), holder)
    except TakenByOther as error:
        raise Untried(f"another doctor is at it: {error}") from error
    except NoLock as error:
        raise Untried(f"{beside} holds something that is no lock of this version: remove it") from error
    except (NoRemote, NotTaken, Unreached) as error:
        raise Untried(str(error)) from error
    if found.seen.id is not None and found.seen.note is None:
        raise Untried(f"{found.words}: name another ref")
    stays = "" if note is None else f"; the remote lets nobody delete, so that {beside.ref} stays"
    return f"may be taken, renewed and given back; {found.words}{stays}"


def _tried(driver: LockDriver, holder: Holder) -> Note | None:
    try:
        return driver.run(_once(holder))
    except BaseException:  # nobody knows what stands there
        given_up(driver, holder)
        raise


def _once(holder: Holder) -> LockSteps[Note | None]:
    """Take a lock, renew it and give it back."""
    lease = yield from take(holder)
    tried = yield from renewed(holder, lease)
    note = yield from let_go(holder, tried.lease or tried.still, 0.0)
    if tried.lease is None:
        raise NotTaken(f"it was taken, and could not be renewed: {tried.words}")
    return note
