"""Machines that share a lock at a remote, in simulated time: the shipped steps, every fault by choice.

A tape of choices says what goes wrong at each point: nothing, by default. What the machines wrote, and when,
is what a test holds against the promises.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias, TypeVar

from reconcile.execution.lease import Holder, Lease, Note, Seen, Terms
from reconcile.execution.lock_protocol import (
    Enough,
    LockAnswer,
    LockEffect,
    LockSteps,
    Look,
    Make,
    NotTaken,
    Own,
    Pause,
    Push,
    TakenByOther,
    Unreached,
    keep,
    let_go,
    take,
    unlock,
)

TERMS = Terms(stale=8.0, timeout=2.0, settle=18.0)
LATENCY = 1 / 16
LONG = 3 * TERMS.stale
CUT = 1.5 * TERMS.stale
"""Seconds for which a machine does not reach the remote, and reaches the systems all the same."""

EVERY = 1.0
"""Seconds between two writes of a holder."""

AGAIN = TERMS.stale / 16
"""Seconds after which who found it taken tries again."""

Sleep: TypeAlias = float
_Found = TypeVar("_Found")
Process: TypeAlias = Generator[Sleep, None, None]


class Tape:
    """What goes wrong: a number at each point where something may, 0 for nothing."""

    def __init__(self, choices: dict[int, int]) -> None:
        self._choices = choices
        self.points: list[int] = []
        """How many ways there were at each point."""

    def pick(self, ways: int) -> int:
        """The choice at the next point."""
        self.points.append(ways)
        return self._choices.get(len(self.points) - 1, 0)


@dataclass
class Wrote:
    """One write: whose tenure, of what kind, when it was begun, and until when it may have its effect."""

    tenure: str
    kind: str
    at: float
    arrives: float


class Killed(Exception):
    """A machine is no more."""


@dataclass
class Remote:
    """A ref, the notes of all objects, and pushes that are still on their way."""

    id: str | None = None
    notes: dict[str, Note] = field(default_factory=dict)
    late: list[tuple[float, str | None, str | None]] = field(default_factory=list)
    changes: list[tuple[float, str | None]] = field(default_factory=list)

    def swap(self, old: str | None, new: str | None, now: float) -> bool:
        """Puts one object in the place of just another one."""
        if self.id != old:
            return False
        self.id = new
        self.changes.append((now, new))
        return True

    def arrive(self, now: float) -> None:
        """Lets what was on its way arrive, in its order."""
        if not self.late:
            return
        due = sorted(each for each in self.late if each[0] <= now)
        self.late = [each for each in self.late if each[0] > now]
        for at, old, new in due:
            self.swap(old, new, at)


class World:
    """Simulated time, a remote, and the machines' processes, each of which sleeps until it is its turn."""

    def __init__(self, tape: Tape) -> None:
        self.tape, self.now = tape, 0.0
        self.remote = Remote()
        self.wrote: list[Wrote] = []
        self._queue: list[tuple[float, int, Machine | None, Process]] = []
        self._order = count()

    def start(self, process: Process, at: float, machine: Machine | None = None) -> None:
        """Lets a process run from then on."""
        heapq.heappush(self._queue, (at, next(self._order), machine, process))

    def run(self) -> None:
        """Lets time pass until every process has ended."""
        while self._queue:
            at, _, machine, process = heapq.heappop(self._queue)
            if machine is not None and machine.dead:
                continue
            if machine is not None and at < machine.stopped_until:
                self.start(process, machine.stopped_until, machine)
                continue
            self.now = max(self.now, at)
            self.arrive()
            try:
                until = next(process)
            except (StopIteration, Killed):
                continue
            self.start(process, until, machine)

    def arrive(self) -> None:
        """Lets what is due by now arrive."""
        self.remote.arrive(self.now)


class Machine:
    """One that applies, again and again until it could: with a wall clock of its own."""

    def __init__(
        self, world: World, name: str, *, wall: float = 0.0, writes: int = 16, terms: Terms = TERMS
    ) -> None:
        self.world, self.name, self.writes = world, name, writes
        self.dead = False
        self.stopped_until = self.cut_until = 0.0
        self.over = False
        self.lost = ""
        self.lease: Lease | None = None
        self.tenures = 0
        self.again = AGAIN
        numbers = count()
        self.holder = Holder(
            name,
            "here",
            terms,
            clock=lambda: world.now,
            wall=lambda: 1e9 + wall + world.now,
            number=lambda: f"{name}{next(numbers)}",
        )

    def applies(self, tries: int) -> Process:
        """Takes the lock, writes, gives it back; tries again later where somebody has it."""
        for _ in range(tries):
            self.tries()
            try:
                self.lease = yield from self._performed(take(self.holder))
            except (TakenByOther, NotTaken, Unreached):
                yield self.world.now + self.again
                continue
            self.tenures, self.over, self.lost = self.tenures + 1, False, ""
            self.world.start(self._keeps(), self.world.now, self)
            yield from self._writes()
            return

    def tries(self) -> None:
        """Is about to try to take the lock."""

    def _writes(self) -> Process:
        lease = self.lease
        assert lease is not None
        yield max(self.world.now, lease.before.quiet_at)
        for number in range(self.writes):
            kind = "update" if number < self.writes / 2 else "create"
            if kind == "create":
                yield max(self.world.now, lease.before.sure_at)
            self._stopped(0)
            if not self.may_write():
                break
            now, terms = self.world.now, self.holder.terms
            arrives = now + terms.timeout + terms.settle
            self.world.wrote.append(Wrote(f"{self.name}{self.tenures}", kind, now, arrives))
            yield self.world.now + EVERY
        self.over = True
        last = max((each.arrives for each in self.world.wrote if each.tenure[0] == self.name), default=0.0)
        unanswered = self.world.tape.pick(2) == 1
        sure_at = last if unanswered else 0.0
        if not unanswered:
            self._all_arrived()
        with suppress(NotTaken, Unreached):
            yield from self._performed(let_go(self.holder, self.lease or lease, sure_at))

    def _all_arrived(self) -> None:
        """Every write was answered: nothing of them can arrive any more."""
        for each in self.world.wrote:
            if each.tenure == f"{self.name}{self.tenures}":
                each.kind += " answered"

    def _keeps(self) -> Process:
        assert self.lease is not None
        try:
            self.lost = yield from self._performed(keep(self.holder, self.lease), until_over=True)
        except Enough:
            return

    def may_write(self) -> bool:
        """Whether a write may be begun: once lost, never again."""
        if not self.lost and not (self.lease and self.lease.may_write(self.world.now)):
            self.lost = "too late"
        return not self.lost

    def _performed(
        self, steps: LockSteps[_Found], *, until_over: bool = False
    ) -> Generator[Sleep, None, _Found]:
        """Performs the steps one by one, each with what goes wrong at it; a pause ends where it is over."""
        told: LockAnswer = None
        error: Unreached | Enough | None = None
        while True:
            try:
                effect = steps.send(told) if error is None else steps.throw(error)
            except StopIteration as done:
                found: _Found = done.value
                return found
            told, error = None, None
            try:
                told = yield from self._answered(effect, until_over=until_over)
            except (Unreached, Enough) as raised:
                error = raised

    def _answered(self, effect: LockEffect, *, until_over: bool) -> Generator[Sleep, None, LockAnswer]:
        world = self.world
        match effect:
            case Look():
                fault = self._stopped(1)
                yield world.now + LATENCY
                if fault or world.now < self.cut_until:
                    raise Unreached("no answer")
                seen = Seen(world.remote.id, world.remote.notes.get(world.remote.id or ""))
                yield world.now + LATENCY
                return seen
            case Make(note, _):
                world.remote.notes[note.number] = note
                return note.number
            case Push(old, new):
                fault = self._stopped(3)
                yield world.now + LATENCY
                if world.now < self.cut_until:
                    fault = 1
                if fault == 3:
                    world.remote.late.append((world.now + 0.75 * self.holder.terms.stale, old, new))
                elif fault != 1:
                    world.remote.swap(old, new, world.now)
                yield world.now + LATENCY
                return "no answer" if fault else ""
            case Pause(until):
                while world.now < until:
                    if self.over and until_over:
                        raise Enough
                    yield min(until, world.now + EVERY)
                    self._stopped(0)
                if self.over and until_over:
                    raise Enough
            case Own(lease):
                self.lease = lease
        return None

    def _stopped(self, faults: int) -> int:
        """Lets the machine be killed, stopped or cut off here, or somebody unlock; else return the fault."""
        choice = self.world.tape.pick(faults + 5)
        match choice - faults:
            case 1:
                self.dead = True
                raise Killed
            case 2:
                self.stopped_until = self.world.now + LONG
            case 3:
                _unlocked(self.world)
            case 4:
                self.cut_until = self.world.now + CUT
        return choice if choice <= faults else 0


def _unlocked(world: World) -> None:
    """Somebody gives back the lock that stands there, at once."""
    somebody = Machine(world, "U")
    seen = Seen(world.remote.id, world.remote.notes.get(world.remote.id or ""))
    if seen.note is None or seen.note.free:
        return
    steps = unlock(somebody.holder, seen)
    made = next(steps)
    assert isinstance(made, Make)
    world.remote.notes[made.note.number] = made.note
    world.remote.swap(seen.id, made.note.number, world.now)


def tapes(runs: Callable[[Tape], object], most: int) -> Iterator[dict[int, int]]:
    """Every choice of at most so many faults, each of which was run; the shortest first."""
    found: list[dict[int, int]] = [{}]
    while found:
        longer: list[dict[int, int]] = []
        for choices in found:
            tape = Tape(choices)
            runs(tape)
            yield choices
            if len(choices) < most:
                after = max(choices, default=-1) + 1
                longer += [
                    {**choices, point: way}
                    for point in range(after, len(tape.points))
                    for way in range(1, tape.points[point])
                ]
        found = longer
