"""A simulated world: the sandbox's own handlers behind a network, a clock and hands that obey one seed.

The client, its reading of answers and its retries are the real ones; only the connection is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from threading import RLock
from typing import Any, NoReturn
from urllib.parse import parse_qsl

import httpx

from reconcile.clock import UNNOTICED
from reconcile.moments import Moment
from reconcile.transport.body import Answer
from reconcile.transport.deadlines import InFlight
from reconcile.transport.failures import ConnectionFailed
from reconcile_sandbox.registry import SYSTEMS
from reconcile_sandbox.strikes import damaged, rewritten
from reconcile_sandbox.system import Answer as Told
from reconcile_sandbox.world import Request as Sent
from reconcile_sandbox.world import World as Server

from .drawing import Drawn
from .faults import Asked, Blow, Struck
from .faults import drawn as drawn_blow
from .hands import Edit, Hands
from .wires import Killed, Wire, answer_of, ended, harmless_twice, json_in, names_one, sent_of

BEGIN = datetime(2026, 12, 1, 9, 0, tzinfo=UTC).timestamp()
TAKES = 0.02
"""Seconds that every request takes."""


@dataclass
class Simulation:
    """The network, the clock and the systems of one world."""

    drawn: Drawn
    server: Server = field(default_factory=lambda: Server(SYSTEMS))
    now: float = BEGIN
    run: int = 0
    planning: bool = True
    faulty: bool = True
    kill_at: int = -1
    points: int = 0
    dead: bool = False
    wires: list[Wire] = field(default_factory=list)
    struck: Struck = field(default_factory=Struck)
    on_write: list[Any] = field(default_factory=list)
    """Called with each write just before it is sent, and with each effect of one: what may not be raises."""

    violations: list[str] = field(default_factory=list)
    on_sent: list[Any] = field(default_factory=list)
    """Called with each write that left, before anything comes of it."""

    on_due: list[Any] = field(default_factory=list)
    """Called just before a write has its effect."""

    on_effect: list[Any] = field(default_factory=list)
    outage: str = ""
    """Whatever lies under this path is answered by `nothing`."""

    nothing: Told = field(default_factory=lambda: Told(404, b'{"error": "none"}'))

    script: tuple[range, Blow] | None = None
    """The writes that are struck, by their numbers from 0, and how: then no other fault strikes."""

    fate: float | None = None
    """What becomes of a request in flight at a death: below 0.4 it acts, below 0.8 it acts late."""

    in_flight: list[int] = field(default_factory=list)
    """The points at which a write was in flight."""

    at: dict[int, Callable[[], object]] = field(default_factory=dict)
    """What somebody does just before a request of the apply itself, by the request's number from 0."""

    asked: Counter[str] = field(default_factory=Counter)
    coming: list[tuple[float, Sent, Wire]] = field(default_factory=list)
    lock: Any = field(default_factory=RLock)
    end: Callable[[], NoReturn] = ended
    nap: Callable[[str], float] | None = None
    """How long the client does nothing at a place (turn, disk, answer); None: as the seed says."""

    clock_is_off: float = 0.0
    """By how much somebody set the wall clock forward."""

    woke: float = 0.0
    """When the process last ran on after it was stopped, on its clock."""

    def __post_init__(self) -> None:
        self.drowsy = Random(f"drowsy {self.drawn.seed}")
        self.server.reset(self.drawn.state, self.drawn.switches)
        self.hands = Hands(self.drawn, self.server.state)
        self.rng = Random(f"events {self.drawn.seed}")

    def wall(self) -> float:
        """Seconds since the epoch."""
        return self.now

    def moment(self) -> Moment:
        """What the journal keeps of now; every process of a world runs in one boot of one machine."""
        return Moment(self.now + self.clock_is_off, "boot", self.now - BEGIN)

    def clock(self) -> float:
        """The monotonic clock of this boot."""
        return self.now - BEGIN + 1000.0 * (self.run + 1)

    def watch(self, client: object) -> None:
        """Nobody asks a simulated run to end."""

    def ask(self) -> None:
        """What is killed ends of itself."""

    def is_set(self) -> bool:
        return False

    def wait(self, seconds: float) -> bool:
        """Lets simulated time pass, as the driver's stop event would."""
        self.alive()
        self.pass_time(seconds)
        return False

    def alive(self) -> None:
        """Raises Killed where the process is no more."""
        if self.dead:
            raise Killed

    def point(self) -> bool:
        """Whether the process dies here; the caller says what is left of what it was doing."""
        self.alive()
        self.points += 1
        self.dead = self.points - 1 == self.kill_at
        return self.dead

    def pass_time(self, seconds: float) -> None:
        """Time passes, and what is due in it has its effect."""
        with self.lock:
            ends = self.now + seconds
            for item in sorted(self.coming, key=lambda item: item[0]):
                if item[0] <= ends:
                    self.coming.remove(item)
                    self.now = max(self.now, item[0])
                    self.have_effect(item[1], item[2])
            self.now = max(self.now, ends)

    def have_effect(self, sent: Sent, wire: Wire) -> Told:
        """The system acts on the request."""
        moment = datetime.fromtimestamp(self.now, UTC).isoformat()
        self.server.options.put("sandbox.clock", moment)
        self._hold(self.on_due, wire)
        told = self.server.handle(sent)
        wire.effect = told.status
        self._hold(self.on_effect, wire)
        return told

    def _hold(self, checks: list[Any], wire: Wire) -> None:
        """Calls the checks of a write; what they find is kept, since the driver takes it for a fault."""
        for check in checks if not wire.safe else ():
            try:
                check(wire)
            except Exception as error:
                self.violations.append(f"{type(error).__name__}: {error}")
                raise

    def later(self, sent: Sent, wire: Wire, delay: float) -> None:
        """The system will act on the request so long after it was sent."""
        self.coming.append((wire.begun + delay, sent, wire))

    def pending(self) -> bool:
        """Whether a write is still to have its effect."""
        return any(not wire.safe for _, _, wire in self.coming)

    def edit(self) -> Edit | None:
        """Somebody else changes something, as the seed says."""
        return self.hands.edit(self.rng, self.now, self.server.state)

    def ran_since(self, moment: float) -> bool:
        """Whether the process was not stopped since, so far as it can notice."""
        return self.woke <= moment

    def sleep_at(self, place: str) -> None:
        """Time passes while the client does nothing: it is stopped, or waits for a turn or a disk."""
        if self.planning:
            return
        seconds = self._drawn_nap() if self.nap is None else self.nap(place)
        if seconds:
            self.pass_time(seconds)
            self.woke = self.clock() if seconds > UNNOTICED else self.woke

    def _drawn_nap(self) -> float:
        if not self.faulty or self.drowsy.random() >= self.drawn.naps:
            return 0.0
        return self.drowsy.choice((0.4, 1.0, 3.0, 9.0))

    def lane(self, origin: str) -> Simulation:
        """The way to every origin."""
        self.sleep_at("turn")
        return self

    def secrets(self, origin: str) -> tuple[str, ...]:
        return ()

    def close(self) -> None:
        pass

    def exchange(self, request: httpx.Request, flight: InFlight, limit: int) -> Answer:
        """One request over the simulated network."""
        with self.lock:
            return self._exchange(request, flight)

    def _exchange(self, request: httpx.Request, flight: InFlight) -> Answer:
        sent = sent_of(request)
        wire = self._wire(sent)
        if self.point():
            self.end()
        self._meddle(wire)
        flight.leave()
        wire.begun = self.now
        self._hold(self.on_write, wire)
        blow = self._blow(wire)
        if blow is not None and blow.unsent:
            flight.sent = False
            raise ConnectionFailed("cannot connect: refused")
        self.wires.append(wire)
        if not wire.safe:
            self.in_flight.append(self.points)
            if self.point():
                self._die_in_flight(sent, wire)
            self._has_left(flight, sent, wire)
        if not self.planning:
            self.pass_time(TAKES)
        if self.outage and wire.path.startswith(self.outage):
            answer = answer_of(self.now, self.nothing)
        else:
            self._hold(self.on_sent, wire)
            answer = self._answered(sent, wire, blow)
        wire.ended, wire.status = self.now, answer.status
        wire.answer = json_in(answer.body)
        self.sleep_at("answer")
        return answer

    def _wire(self, sent: Sent) -> Wire:
        query = {name: value for name, value in parse_qsl(sent.query) if name != "token"}
        safe = sent.method == "GET" or sent.path.endswith("/search")
        body = json_in(sent.body)
        return Wire(self.run, self.now, sent.method, sent.path, query, body, safe, self.planning)

    def _meddle(self, wire: Wire) -> None:
        if not self.planning:
            number = sum(not it.planning and it.run == self.run for it in self.wires)
            self.at.pop(number, lambda: None)()
        if self.faulty and not self.planning and self.rng.random() < self.drawn.hands:
            self.edit()

    def _blow(self, wire: Wire) -> Blow | None:
        """The fault that strikes; the same for the same request, whatever else is under way."""
        if self.script is not None:
            return self._scripted(wire, *self.script)
        line = f"{self.drawn.seed} {wire.run} {wire.method} {wire.path} {wire.query} {wire.body}"
        self.asked[line] += 1
        rng = Random(f"{line} {self.asked[line]}")
        rate = self.drawn.create_rate if wire.creates else self.drawn.rate
        if not self.faulty or rng.random() >= rate * (0.3 if self.planning else 1.0):
            return None
        asked = Asked(wire.safe, harmless_twice=harmless_twice(wire), one=wire.safe and names_one(wire))
        blow = drawn_blow(rng, asked)
        self.struck.count(blow, safe=wire.safe)
        wire.fault = blow.name
        return blow

    def _scripted(self, wire: Wire, numbers: range, blow: Blow) -> Blow | None:
        if wire.safe or sum(not it.safe for it in self.wires) not in numbers:
            return None
        self.struck.count(blow, safe=False)
        wire.fault = blow.name
        return blow

    def _has_left(self, flight: InFlight, sent: Sent, wire: Wire) -> None:
        """All of the request is under way; the process may die while it notes that."""
        try:
            flight.has_left()
        except Killed:
            self._die_in_flight(sent, wire)

    def _die_in_flight(self, sent: Sent, wire: Wire) -> NoReturn:
        choice = self.rng.random() if self.fate is None else self.fate
        if choice < 0.4:
            self.have_effect(sent, wire)
        elif choice < 0.8:
            self.later(sent, wire, self._delay())
        wire.fault = "killed"
        self.end()

    def _delay(self) -> float:
        """How late an effect comes, under the settle time; where what is written shows late, sooner."""
        if self.script is not None:
            return 0.95 * self.drawn.settle
        shown_late = any("lag=" in switch for switch in self.drawn.switches)
        return (
            self.rng.choice((0.0, 0.3, 0.3) if shown_late else (0.0, 0.3, 0.6, 0.9, 0.95)) * self.drawn.settle
        )

    def _answered(self, sent: Sent, wire: Wire, blow: Blow | None) -> Answer:
        if blow is None:
            return answer_of(self.now, self.have_effect(sent, wire))
        told = Told(200)
        if blow.phase == "after":
            told = self.have_effect(sent, wire)
            told = self.have_effect(sent, wire) if blow.twice else told
        elif blow.phase == "late":
            self.later(sent, wire, self._delay())
        if blow.seconds and not self.planning:
            self.pass_time(blow.seconds)
        if blow.strike is None and not blow.twice:
            raise ConnectionFailed("the connection broke")
        system = self.server.system(sent.path)
        if blow.strike is None or system is None:
            return answer_of(self.now, told)
        return answer_of(
            self.now, damaged(blow.strike, rewritten(blow.strike, told, system.id_key, system.rows_key))
        )
