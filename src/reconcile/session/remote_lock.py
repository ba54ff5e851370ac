"""Holds one lock at a remote while an apply runs: asks git, lets time pass, renews in a thread of its own.

What may be done when is decided in `execution.lock_protocol`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from threading import Event, Thread
from typing import TypeVar

from reconcile.execution.lease import Holder, Lease, Note, Seen
from reconcile.execution.lock_note import instant_text, note_in, note_text
from reconcile.execution.lock_protocol import (
    Enough,
    LockAnswer,
    LockEffect,
    Look,
    Make,
    NoLock,
    NotTaken,
    Own,
    Pause,
    Push,
    TakenByOther,
    Tell,
    Unreached,
    keep,
    let_go,
    take,
)
from reconcile.git.remote_ref import NoRemote, RemoteRef
from reconcile.live.trampoline import run_generator

_Found = TypeVar("_Found")
_GLANCE = 0.5
"""Seconds between two looks at the clock: one that waits in one piece does not notice that it slept."""


def _untold(why: str, seconds: float) -> None:
    """Take what nobody is told."""


class LockDriver:
    """Perform the effects of a lock's steps: with git, the holder's clock, and a way to end all waiting."""

    def __init__(self, ref: RemoteRef, holder: Holder, tell: Callable[[str, float], None] = _untold) -> None:
        self.lease: Lease | None = None
        self.over = Event()
        self.numbers: set[str] = set()
        """Those of the notes that were made here, each of which may stand there."""

        self._ref, self._holder, self._tell = ref, holder, tell
        self._notes: dict[str, Note | None] = {}

    def run(self, steps: Generator[LockEffect, LockAnswer, _Found]) -> _Found:
        """Return what the steps come to; raises what they raise."""
        return run_generator(steps, self.perform, Unreached, Enough)

    def perform(self, effect: LockEffect) -> LockAnswer:
        """Perform one effect; Unreached where git cannot."""
        try:
            match effect:
                case Look():
                    return self.look()
                case Make(note, follows):
                    made = self._ref.made(note_text(note, self._ref.place.ref), follows)
                    self._notes[made] = note
                    self.numbers.add(note.number)
                    return made
                case Push(old, new):
                    return self._ref.put(old, new)
                case Pause(until):
                    self.rest(until)
                case Tell(why, until):
                    self._tell(why, max(0.0, until - self._holder.clock()))
                case Own(lease):
                    self.lease = lease
        except NoRemote as error:
            raise Unreached(str(error)) from error
        return None

    def rest(self, until: float) -> None:
        """Let time pass until a moment of the holder's clock, which counts sleep; Enough where it is over."""
        while (left := until - self._holder.clock()) > 0 or self.over.is_set():
            if self.over.wait(min(left, _GLANCE)):
                raise Enough

    def look(self) -> Seen:
        """Return what stands at the remote; NoRemote where it does not answer."""
        oid = self._ref.id()
        if oid is None:
            return Seen()
        if oid not in self._notes:
            found = self._ref.message()
            if found is None:
                return Seen()
            oid, message = found
            self._notes[oid] = note_in(message)
        return Seen(oid, self._notes[oid])


class RemoteLock:
    """Hold a lock at a remote from entering to leaving; raises what `take` raises."""

    def __init__(self, driver: LockDriver, holder: Holder) -> None:
        self._driver, self._holder = driver, holder
        self._lost = ""
        self._renewing = Thread(target=self._keep, name="reconcile-lock", daemon=True)

    def take(self) -> Lease:
        """Take the lock, and renew it from now on; give back what stands there where that is broken off."""
        try:
            self._driver.lease = lease = self._driver.run(take(self._holder))
        except (TakenByOther, NotTaken, NoLock):
            raise
        except Unreached as error:
            stays = given_up(self._driver, self._holder)
            raise Unreached(f"{error}; what was pushed {stays}" if stays else str(error)) from error
        except BaseException:  # nobody knows whether it was taken
            given_up(self._driver, self._holder)
            raise
        self._renewing.start()
        return lease

    def made(self, note: Note) -> bool:
        """Tell whether a note is one of this lock's own."""
        return note.number in self._driver.numbers

    def wait_until(self, quiet_at: float) -> None:
        """Let time pass until nobody who had the lock before can begin a write any more."""
        if quiet_at > self._holder.clock():
            why = "it was given back in the place of its holder, who may be at work for so long"
            self._driver.perform(Tell(why, quiet_at))
            self._driver.rest(quiet_at)

    def why_lost(self) -> str:
        """Return why no write may be begun under this lock any more, or the empty text.

        Once it was lost, it stays so, also where the remote turns out to have it still.
        """
        lease = self._driver.lease
        if not self._lost and (lease is None or not lease.may_write(self._holder.clock())):
            self._lost = "the remote did not confirm in time that it is ours"
        return self._lost

    def give_back(self, sure_at: float) -> str:
        """Give the lock back; return what of it stays, and why, or the empty text."""
        self._end_renewing()
        lease = self._driver.lease
        if lease is None:
            return ""
        try:
            note = self._driver.run(let_go(self._holder, lease, sure_at))
        except (NotTaken, Unreached) as error:
            return f"{_stays(lease)}: {error}"
        if note is None or not note.arrives_in:
            return ""
        until = f"in doubt until {instant_text(note.in_doubt_until)}"
        return f"is free, {until}, since a write may still arrive: what creates or runs waits for that"

    def _end_renewing(self) -> None:
        self._driver.over.set()
        if self._renewing.is_alive():
            self._renewing.join()
        self._driver.over.clear()

    def _keep(self) -> None:
        lease = self._driver.lease
        if lease is None:
            return
        try:
            self._lost = self._driver.run(keep(self._holder, lease)) or "lost"
        except Enough:
            return
        except Exception as error:  # whatever it is, the lock is not renewed any more
            self._lost = f"a fault of reconcile itself, {type(error).__name__}: please report it"


def given_up(driver: LockDriver, holder: Holder) -> str:
    """Give back what was pushed last and may stand there; return that it stays, where the remote is away.

    What those who had the lock before may still do stays in doubt.
    """
    lease = driver.lease
    if lease is None:
        return ""
    try:
        if driver.look().id == lease.id:
            driver.run(let_go(holder, lease, 0.0))
    except (NotTaken, Unreached, NoRemote):
        return _stays(lease)
    return ""


def _stays(lease: Lease) -> str:
    """Return what becomes of a lock that could not be given back."""
    how_long = f"each for up to {lease.note.terms.stale:g} s, unless reconcile unlock gives it back"
    return f"may stand there still: the next apply is refused, then watches it, {how_long}"
