"""Takes, renews and gives back a lock at a remote, as generators of effects; who performs them has git and
clocks.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from reconcile.execution.lease import Aftermath, Holder, Lease, Note, Seen, aftermath, may_be_stale

TRIES = 64
"""As many times in `--lock-stale` is a remote asked that does not answer."""

LOOKS = 16
"""As often is a lock looked at while it is watched."""


@dataclass(frozen=True, slots=True)
class Look:
    """Ask what stands at the remote; Seen comes back, or Unreached."""


@dataclass(frozen=True, slots=True)
class Make:
    """Ask for an object that holds a note and follows the one that it replaces; its id comes back."""

    note: Note
    follows: str | None


@dataclass(frozen=True, slots=True)
class Push:
    """Ask the remote to put one object in the place of just that other, or of none.

    Why it did not comes back in words, empty where it answered that it did: only a look shows what stands
    there.
    """

    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Pause:
    """Ask for time to pass until a moment of the holder's clock."""

    until: float


@dataclass(frozen=True, slots=True)
class Tell:
    """Say why it takes a while, and until when at most, on the holder's clock."""

    why: str
    until: float


@dataclass(frozen=True, slots=True)
class Own:
    """Say which lease is the present one, before anything is asked of the remote that could change that."""

    lease: Lease


LockEffect: TypeAlias = Look | Make | Push | Pause | Tell | Own
LockAnswer: TypeAlias = Seen | str | None
_Found = TypeVar("_Found")
LockSteps: TypeAlias = Generator[LockEffect, LockAnswer, _Found]


class Unreached(Exception):
    """Say that the remote does not show what stands there, in its own words; thrown into the generator."""


class Enough(Exception):
    """Say that the lock is needed no more; thrown into the generator where it would pause."""


class TakenByOther(Exception):
    """Say that somebody else has the lock."""

    def __init__(self, note: Note) -> None:
        super().__init__(f"held by {note.who}")
        self.note = note


class NoLock(Exception):
    """Say that what stands at the remote is none of ours, so that nothing is put in its place."""


class NotTaken(Exception):
    """Say that the remote did not take what was pushed, in its own words."""


def take(holder: Holder) -> LockSteps[Lease]:
    """Take the lock where nobody has it; return the lease once the remote shows it.

    Raises TakenByOther where somebody has it, NoLock, NotTaken, and Unreached where the remote does not say.
    """
    while True:
        seen, before = yield from _vacant(holder)
        note, begun = holder.taken(before), holder.clock()
        new = yield from _made(note, seen.id)
        lease = Lease(new, note, begun, before)
        yield Own(lease)
        words = yield from _pushed(seen.id, new)
        now = yield from _looked_until(holder, begun + note.terms.begins)
        if now.id == new:
            return lease
        if now.id == seen.id:
            raise NotTaken(words or "it took the push, and does not show it")


def _vacant(holder: Holder) -> LockSteps[tuple[Seen, Aftermath]]:
    """Wait until nobody has the lock, where that may be; return what stands there, and what is in doubt."""
    while True:
        seen = yield from _looked()
        at = holder.clock()
        note = _note_of(seen)
        if note is None or note.free:
            return seen, aftermath(note, at, holder.wall())
        if not may_be_stale(note, holder.wall()):
            raise TakenByOther(note)
        last = yield from _watched(holder, seen, at)
        if last.id == seen.id:
            return seen, aftermath(note, at, holder.wall())
        if last.note is not None and not last.note.free:
            raise TakenByOther(last.note)


def _note_of(seen: Seen) -> Note | None:
    if seen.id is not None and seen.note is None:
        raise NoLock(seen.id)
    return seen.note


def _watched(holder: Holder, seen: Seen, at: float) -> LockSteps[Seen]:
    """Watch a lock for as long as its holder would at most leave it as it is; return what stands there then.

    The last look begins when that time has passed since the answer to the first one, or shows a change.
    """
    stale = seen.note.terms.stale if seen.note else 0.0
    until, last, begun = at + stale, seen, at
    yield Tell(f"{_held(seen.note)}, and it was not renewed for long: it is watched", until)
    while begun < until and last.id == seen.id:
        yield Pause(min(until, begun + stale / LOOKS))
        begun = holder.clock()
        last = yield from _looked()
    return last


def _held(note: Note | None) -> str:
    return f"{note.who} ({note.where}) has the lock" if note else "somebody has the lock"


def keep(holder: Holder, lease: Lease) -> LockSteps[str]:
    """Renew a lease again and again; return, once it is lost, why.

    Enough is raised on where it is needed no more.
    """
    words = ""
    while True:
        yield Pause(lease.renew_at)
        while (found := (yield from renewed(holder, lease))).lease is None:
            if found.by is not None:
                return _by_now(found.by.note)
            words, lease = found.words, found.still
            if not lease.may_write(holder.clock()):
                return f"the remote did not confirm that it is ours any more: {words}"
            yield Pause(holder.clock() + _pause(holder))
        lease = found.lease
        yield Own(lease)


def _by_now(note: Note | None) -> str:
    if note is None:
        return "nothing stands there any more, or what stands there is no lock"
    return f"{note.who} ({note.where}) gave it back in our place" if note.free else f"{_held(note)} now"


@dataclass(frozen=True, slots=True)
class Renewal:
    """Hold what came of one try to renew: a lease, or who has the lock, or why nobody knows."""

    still: Lease
    lease: Lease | None = None
    by: Seen | None = None
    words: str = ""


def renewed(holder: Holder, lease: Lease) -> LockSteps[Renewal]:
    """Try once to renew a lease; return what came of it."""
    note, begun = holder.renewed(lease), holder.clock()
    try:
        new = yield from _made(note, lease.id)
        candidate = Lease(new, note, begun, lease.before)
        lease = lease._replace(pending=(*lease.pending, candidate))
        yield Own(lease)
        words = yield from _pushed(lease.id, new)
        seen = yield from _looked()
    except Unreached as error:
        return Renewal(lease, words=str(error))
    shown = lease.shown(seen)
    if shown is None:
        return Renewal(lease, by=seen)
    if shown.id == lease.id:
        return Renewal(lease, words=words or "it took the push, and does not show it")
    return Renewal(lease, lease=shown)


def let_go(holder: Holder, lease: Lease, sure_at: float) -> LockSteps[Note | None]:
    """Give the lock back; return the note that it is free, or None where nothing of ours stands there.

    The note is left where a write of ours, or of who had it before, may still have its effect until
    `sure_at`, or where the remote lets nobody delete. A remote that does not answer is asked for as long as
    between two renewals. Raises NotTaken and Unreached.
    """
    until = holder.clock() + lease.note.terms.renews
    doubt = Aftermath(lease.before.quiet_at, max(sure_at, lease.before.sure_at))
    words, note = "", holder.freed(doubt) if max(doubt) > holder.clock() else None
    for _ in range(2 + len(lease.pending)):
        new = None if note is None else (yield from _made(note, lease.id))
        words = yield from _pushed(lease.id, new)
        seen = yield from _looked_until(holder, until)
        shown = lease.shown(seen)
        if shown is None:
            return note if seen.id == new else None
        if shown.id == lease.id:
            note = holder.freed(doubt)
        lease = shown._replace(pending=lease.pending)
    raise NotTaken(words or "it took the push, and does not show it")


def unlock(holder: Holder, seen: Seen) -> LockSteps[Seen]:
    """Give back a lock in the place of its holder, who may be at work still; return what stands there then.

    Raises NotTaken where the remote did not take that, and Unreached.
    """
    new = yield from _made(holder.freed_for(seen, holder.clock()), seen.id)
    words = yield from _pushed(seen.id, new)
    now = yield from _looked()
    if now.id == seen.id:
        raise NotTaken(words or "it took the push, and does not show it")
    return now


def _looked_until(holder: Holder, until: float) -> LockSteps[Seen]:
    """Look, again and again where the remote does not answer; Unreached where it does not until then."""
    told = False
    while True:
        try:
            return (yield from _looked())
        except Unreached:
            if holder.clock() + _pause(holder) > until:
                raise
        if not told:
            told = True
            yield Tell("the remote does not show what stands there, and is asked again", until)
        yield Pause(holder.clock() + _pause(holder))


def _pause(holder: Holder) -> float:
    """Return the seconds between two questions to a remote that does not answer."""
    return min(5.0, max(0.1, holder.terms.stale / TRIES))


def _looked() -> LockSteps[Seen]:
    seen = yield Look()
    if not isinstance(seen, Seen):
        raise TypeError("a look is answered with what was seen")
    return seen


def _made(note: Note, follows: str | None) -> LockSteps[str]:
    return _text((yield Make(note, follows)))


def _pushed(old: str | None, new: str | None) -> LockSteps[str]:
    return _text((yield Push(old, new)))


def _text(answer: LockAnswer) -> str:
    if not isinstance(answer, str):
        raise TypeError("an object is answered with its id, a push with words")
    return answer
