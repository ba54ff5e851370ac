"""Two machines that apply one object under a lock at a remote, in simulated time.

The lock's steps are the shipped ones; the server is one, and so is the remote, which compares and swaps. What
one does while it has the lock is in `turn`.
"""

from __future__ import annotations

from collections.abc import Generator, Hashable, Sequence
from typing import Any, NoReturn

from reconcile.execution.lease import Note
from reconcile.execution.lock_protocol import (
    LockAnswer,
    LockEffect,
    Look,
    NotTaken,
    Push,
    Unreached,
    let_go,
)
from reconcile_sandbox.world import Request as Sent
from reconcile_sandbox.world import World as Server

from . import leases
from .choosing import CRASH, NONE, PUSH, STOP, Chooser, unstruck
from .journal_rules import Stand
from .leases import LATENCY, Process, Tape
from .life_state import Entry, Late, Violated
from .life_wire import HEADERS
from .one_life import NEVER, Plans, journal_key
from .shapes import Shape
from .turn import TERMS, Turn

STOPS = (0.75 * TERMS.stale, TERMS.stale + TERMS.arrives / 2, 2 * TERMS.arrives)
"""Seconds for which a machine is suspended: it wakes while its lock is watched, taken, and given back."""

AGAIN = 1.0
"""Seconds after which who found the lock taken tries again."""

TRIES = 24
"""As often is it tried."""

ROUNDS = 3
"""Applies of each machine, one after the other and without a fault, after which nothing is left to do."""

_PUSHES = ((NONE, 0), (PUSH, 1), (PUSH, 2), (PUSH, 3))
_PUSHED = ("", "does not arrive", "arrives, and its answer is lost", "arrives later")
_LOOKS = ((NONE, 0), (PUSH, 1))
_STRUCK: Sequence[tuple[Any, float]] = ((NONE, 0.0), (CRASH, NEVER), *((STOP, stop) for stop in STOPS))
"""What may strike a machine: it dies, or is suspended for so many seconds."""


class Together(leases.World):
    """The server, the remote and the time that the machines share."""

    def __init__(self, shape: Shape, server: Server, plans: Plans, chooser: Chooser) -> None:
        super().__init__(Tape({}))
        self.shape, self.server, self.plans, self.chooser = shape, server, plans, chooser
        self.coming: list[Late] = []
        self.machines: dict[str, Applying] = {}
        self._turns: list[str] = []
        shape.put(server, shape.begin)

    def arrive(self) -> None:
        """Lets what is due by now arrive: pushes, and writes."""
        super().arrive()
        due = sorted(late for late in self.coming if late.due <= self.now) if self.coming else ()
        for late in due:
            self.coming.remove(late)
            self.server.handle(Sent(*late.sent[:3], HEADERS, late.sent[3]))
            if words := self.shape.wrong(self.server.state):
                raise Violated(words)

    def begins(self, tenure: str) -> None:
        """A machine that has the lock begins its apply."""
        self._turns.append(tenure)

    def writes(self, tenure: str) -> None:
        """A write leaves: only who was the last to begin may write."""
        if tenure != self._turns[-1]:
            raise Violated(f"{tenure} writes, and {self._turns[-1]} has the lock and has begun")

    def key(self) -> Hashable:
        """All that what follows reads, while one machine is about to take the lock and the other is over."""
        remote, base = self.remote, self.now
        pushes = tuple((at - base, old == remote.id, self._note(new)) for at, old, new in remote.late)
        late = tuple(sorted(Late(late.due - base, late.sent) for late in self.coming))
        rows = self.shape.rows(self.server)
        each = tuple(machine.key() for machine in self.machines.values())
        return rows, late, self._note(remote.id), pushes, each

    def _note(self, number: str | None) -> Hashable:
        note: Note | None = None if number is None else self.remote.notes[number]
        if note is None:
            return None
        return note._replace(number="", since=0.0, stamp=note.stamp - self.now)


class Applying(leases.Machine):
    """One machine, which applies the shape once it has the lock; its journal is its own."""

    def __init__(self, world: Together, name: str, lateness: Sequence[float], *, wall: float = 0.0) -> None:
        super().__init__(world, name, wall=wall, terms=TERMS)
        self.again = AGAIN
        self.shared, self.lateness, self.chooser = world, lateness, world.chooser
        self.wall = wall
        self.journal: tuple[Entry, ...] = ()
        """Its lines, by the world's clock."""

        self.stand = Stand()
        self.turn: Turn | None = None
        self.is_over = False
        self.had_nothing_to_do = False
        self._pushed = self._keeping = False
        world.machines[name] = self

    @property
    def tenure(self) -> str:
        """Which time it is that this machine has the lock."""
        return f"{self.name}{self.tenures}"

    def key(self) -> Hashable:
        """All of it that what follows reads, while it holds no lock."""
        journal = journal_key([Entry(line.at - self.shared.now, line.said) for line in self.journal])
        over = self.dead or self.is_over
        return over, self.wall, journal, self.stand, () if over else self.stopped_until - self.shared.now

    def again_unstruck(self) -> Applying:
        """The same machine with another process, which nothing strikes any more."""
        other = Applying(self.shared, self.name, (), wall=self.wall)
        other.chooser = unstruck()
        other.journal, other.stand, other.tenures = self.journal, self.stand, self.tenures
        return other

    def tries(self) -> None:
        """Is about to take the lock: where the other one is over, that is a moment of the course."""
        others = (other for other in self.shared.machines.values() if other is not self)
        if all(other.dead or other.is_over for other in others):
            self.chooser.at(self.shared.key)

    def why_lost(self) -> str:
        """Why no write may begin any more, or the empty text."""
        return "" if self.may_write() else self.lost

    def applies(self, tries: int) -> Process:
        """Applies once, as soon as it has the lock."""
        yield from super().applies(tries)
        self.is_over = True

    def _writes(self) -> Process:
        lease = self.lease
        assert lease is not None
        yield max(self.shared.now, lease.before.quiet_at)
        self.turn = turn = Turn.of(self)
        yield from turn.course()
        self._ends_turn()
        self.over = True
        while self._keeping:
            yield self.shared.now + LATENCY
        last = turn.unanswered.last()
        sure_at = 0.0 if last is None else last + TERMS.timeout + TERMS.settle
        try:
            yield from self._performed(let_go(self.holder, self.lease or lease, sure_at))
        except (NotTaken, Unreached):
            return

    def _ends_turn(self) -> None:
        if self.turn is not None:
            self.journal, self.stand, self.turn = self.turn.kept(), self.turn.stand, None

    def dies(self) -> NoReturn:
        """Is no more: what its journal says by now is all that stays."""
        self.dead = True
        if self.turn is not None:
            self.turn.crashes()
        self._ends_turn()
        raise leases.Killed

    def _keeps(self) -> Process:
        self._keeping = True
        yield from super()._keeps()
        self._keeping = False

    def _answered(self, effect: LockEffect, *, until_over: bool) -> Generator[float, None, LockAnswer]:
        if isinstance(effect, Push) or (self._pushed and isinstance(effect, Look)):
            self.struck(f"before a {'push' if isinstance(effect, Push) else 'look after a push'}")
        found = yield from super()._answered(effect, until_over=until_over)
        if isinstance(effect, Push | Look):
            self._pushed = isinstance(effect, Push)
        return found

    def _stopped(self, faults: int) -> int:
        if faults == len(_PUSHES) - 1:
            fault = self.chooser.choose(_PUSHES)
            return self._said(fault, f"a push of {self.name} {_PUSHED[fault]}")
        if faults and self._pushed:
            fault = self.chooser.choose(_LOOKS)
            return self._said(fault, f"a look of {self.name} at the lock fails")
        return 0

    def _said(self, fault: int, words: str) -> int:
        if fault:
            self.chooser.history.append(words)
        return fault

    def struck(self, where: str) -> None:
        """Lets the machine die here, or be suspended."""
        stop = self.chooser.choose(_STRUCK)
        if stop == NEVER:
            self.chooser.history.append(f"{self.name} is killed {where}")
            self.dies()
        if stop:
            self.chooser.history.append(f"{self.name} is suspended {where}, for {stop:g} s")
            self.stopped_until = self.shared.now + stop
