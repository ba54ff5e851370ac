"""Decides who may hold a lock that other machines can reach, until when its holder begins writes, and what
the next one waits for; how it is kept at a remote is left to others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reconcile.named_tuple import NamedTuple

CLOCKS_DIFFER = 3600.0
"""Seconds by which the wall clocks of two machines may differ; what is longer ago by them surely is past."""


class Terms(NamedTuple):
    """Hold what a holder promised: seconds, as its `--lock-stale`, `--timeout` and `--settle` say."""

    stale: float
    timeout: float
    settle: float

    @property
    def renews(self) -> float:
        """Return how long after a renewal its holder renews it again."""
        return self.stale / 4

    @property
    def begins(self) -> float:
        """Return for how long after a renewal its holder may begin a write."""
        return self.stale / 2

    @property
    def arrives(self) -> float:
        """Return how long after a renewal a write of its holder may still have its effect."""
        return self.begins + self.timeout + self.settle


class Note(NamedTuple):
    """Hold what stands at the remote: who has the lock, or that nobody has, and what is in doubt since."""

    number: str
    """Random, so that no two notes are the same, whoever makes them and in whichever second."""

    free: bool
    who: str
    where: str
    since: float
    """When its holder took it, in seconds since the epoch, by its holder's wall clock."""

    stamp: float
    """When the note was made, by the same clock."""

    terms: Terms
    begins_in: float = 0.0
    """Seconds after the note in which a write may still be begun by who had the lock before."""

    arrives_in: float = 0.0
    """Seconds after the note in which a write may still have its effect that somebody began before."""

    @property
    def may_begin(self) -> float:
        """Return for how many seconds after the note somebody may begin a write."""
        return self.begins_in if self.free else max(self.begins_in, self.terms.begins)

    @property
    def may_arrive(self) -> float:
        """Return for how many seconds after the note a write may still have its effect."""
        return self.arrives_in if self.free else max(self.arrives_in, self.terms.arrives)

    @property
    def in_doubt_until(self) -> float:
        """Return when all that was begun has its effect, in seconds since the epoch by the maker's clock."""
        return self.stamp + self.may_arrive


class Seen(NamedTuple):
    """Hold what a look at the remote showed; `note` is None where no lock stands there."""

    id: str | None = None
    """The object that the ref names; None where there is no such ref."""

    note: Note | None = None


class Aftermath(NamedTuple):
    """Say, on the clock of who comes next, what those who had the lock before may still do."""

    quiet_at: float = 0.0
    """From then on none of them begins a write."""

    sure_at: float = 0.0
    """From then on no write of theirs can still have its effect."""


def aftermath(note: Note | None, first_seen: float, wall: float) -> Aftermath:
    """Return what has to be waited for, given when a note was first seen, by the clock of who saw it.

    The note may have been made just before. By the wall clock, which another machine has otherwise, it is
    believed to be old only once more time has passed than two clocks differ by.
    """
    if note is None or wall - note.in_doubt_until > CLOCKS_DIFFER:
        return Aftermath()
    return Aftermath(first_seen + note.may_begin, first_seen + note.may_arrive)


def may_be_stale(note: Note, wall: float) -> bool:
    """Tell whether a lock is worth watching: its note is older than its holder renews it, or from ahead.

    That is by two wall clocks, so that it is no proof that nobody has it.
    """
    return abs(wall - note.stamp) > note.terms.stale


class Lease(NamedTuple):
    """Hold a lock that is ours."""

    id: str
    """The object that the ref names, which is ours alone."""

    note: Note
    confirmed: float
    """When the last renewal was begun of which the remote showed that it took it, on the holder's clock."""

    before: Aftermath = Aftermath()
    """What those who had it before may still do."""

    pending: tuple[Lease, ...] = ()
    """What the lock is instead where a renewal arrives whose answer was lost."""

    @property
    def renew_at(self) -> float:
        """Return when it is to be renewed."""
        return self.confirmed + self.note.terms.renews

    @property
    def writes_until(self) -> float:
        """Return until when a write may be begun: half of the time after which somebody else may take it."""
        return self.confirmed + self.note.terms.begins

    def may_write(self, now: float) -> bool:
        """Tell whether a write may be begun now."""
        return now <= self.writes_until

    def shown(self, seen: Seen) -> Lease | None:
        """Return the lease as the remote has it; None where what stands there is none of ours."""
        return next((lease for lease in (self, *self.pending) if lease.id == seen.id), None)


@dataclass(frozen=True, slots=True)
class Holder:
    """Make the notes of one holder."""

    who: str
    where: str
    terms: Terms
    clock: Callable[[], float]
    """Counts sleep, and means nothing on another machine."""

    wall: Callable[[], float]
    number: Callable[[], str]
    """Gives another random number at each call."""

    def taken(self, before: Aftermath) -> Note:
        """Return the note of who takes the lock now."""
        now = self.wall()
        return Note(self.number(), False, self.who, self.where, now, now, self.terms, *self._left(before))

    def renewed(self, lease: Lease) -> Note:
        """Return the note that renews a lease."""
        begins, arrives = self._left(lease.before)
        return lease.note._replace(
            number=self.number(), stamp=self.wall(), begins_in=begins, arrives_in=arrives
        )

    def freed(self, doubt: Aftermath) -> Note:
        """Return the note that nobody has the lock any more."""
        now = self.wall()
        return Note(self.number(), True, self.who, self.where, now, now, self.terms, *self._left(doubt))

    def freed_for(self, seen: Seen, now: float) -> Note:
        """Return the note that gives back a lock in the place of its holder, who may be at work still."""
        return self.freed(aftermath(seen.note, now, self.wall()))

    def _left(self, until: Aftermath) -> tuple[float, float]:
        now = self.clock()
        return max(0.0, until.quiet_at - now), max(0.0, until.sure_at - now)
