"""A world without threads or real time: a server of releases or lamps, a clock, and a script of faults."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from tests.support.servers import Server

from reconcile.desired import Wanted
from reconcile.errors import ApiError, TooLate
from reconcile.execution.attempt import Timing
from reconcile.execution.effects import Effect, Interrupted, Keep, Read, Record, Wait, Write
from reconcile.execution.executor import Known, drive
from reconcile.execution.operation import carry_out
from reconcile.execution.scheduler import Scheduler, in_order
from reconcile.fields.walk import replaced
from reconcile.live.match import matched
from reconcile.live.observation import Observation
from reconcile.live.pages import Line, look
from reconcile.model import Address, Json, Live, Request, Response, Secret
from reconcile.planning.build import Planned, plan
from reconcile.planning.contents import Outcome

TAKES = 0.01
"""Seconds that every request takes."""


@dataclass(frozen=True)
class Fault:
    """What befalls one write: it is refused, put off, lost before or after its effect, or shows late."""

    kind: Literal[
        "none", "refuse", "overtaken", "later", "lost_before", "lost_after", "shows_late", "ignored"
    ]
    seconds: float = 0.0
    """How late the effect comes; for `later`, what the server asks to wait."""
    status: int = 400
    """With which status it is refused; where it was `overtaken`, somebody else has just done the same."""


FINE = Fault("none")
Entry: TypeAlias = tuple[str, Any]


@dataclass
class World:
    """Performs effects on a server; what happened stands in `seen`, in order."""

    server: Server
    faults: list[Fault] = field(default_factory=list)
    unreadable: set[int] = field(default_factory=set)
    """The reads that fail, by their number from 0."""
    interrupt_at: int = -1
    """The wait that is interrupted, by its number from 0."""
    now: float = 1000.0
    reads_take: float = TAKES
    """Seconds that a read takes."""
    records_take: list[float] = field(default_factory=list)
    """Seconds that the journal takes for its next entries; nothing where the list is over."""
    seen: list[Entry] = field(default_factory=list)
    meddle: Mapping[int, Callable[[Server], None]] = field(default_factory=dict)
    """What other hands do on the server just before a read, by the number of the read."""
    shown: list[Json] = field(default_factory=list)
    """What each read showed, None where it failed."""
    times: list[float] = field(default_factory=list)
    """When each thing in `seen` began."""
    _coming: list[tuple[float, Request]] = field(default_factory=list)

    def note(self, kind: str, what: Any) -> None:
        """Something begins now."""
        self.seen.append((kind, what))
        self.times.append(self.now)

    def clock(self) -> float:
        """Simulated seconds."""
        return self.now

    def terms(self, **given: Any) -> Timing:
        """Terms on this world's clock."""
        return Timing(self.clock, **{"settle": 30.0, "wait": 600.0, **given})

    def count(self, kind: str) -> int:
        """How often something happened."""
        return sum(name == kind for name, _ in self.seen)

    def of(self, kind: str) -> list[Any]:
        """What happened of one sort."""
        return [what for name, what in self.seen if name == kind]

    def perform(self, effect: Effect) -> Response | None:
        """Performs one effect, as the driver asks."""
        match effect:
            case Record(entry):
                self.note("record", dict(entry))
                self.pass_time(self.records_take.pop(0) if self.records_take else 0.0)
            case Keep(system):
                self.note("keep", system)
            case Wait(seconds):
                return self._wait(seconds)
            case Read(request):
                return self._read(request)
            case Write(request, leave_by):
                if self.now > leave_by:
                    raise TooLate(f"{request.system}: not sent: too late")
                return self._write(request)
        return None

    def answer(self, request: Request) -> Response:
        """What the server shows now, without any time passing or any trace."""
        shown = copy.deepcopy(self.server.read(request))
        return Response(404 if shown is None else 200, shown)

    def pass_time(self, seconds: float) -> None:
        """Lets time pass; effects that are due take place in it."""
        ends = self.now + seconds
        for due, request in sorted(self._coming, key=lambda item: item[0]):
            if due <= ends:
                self._coming.remove((due, request))
                self.server.write(request)
        self.now = ends

    def _wait(self, seconds: float) -> None:
        self.note("wait", seconds)
        if self.count("wait") - 1 == self.interrupt_at:
            raise Interrupted
        self.pass_time(seconds)

    def _read(self, request: Request) -> Response:
        number = self.count("read")
        self.meddle.get(number, lambda server: None)(self.server)
        self.note("read", request)
        self.pass_time(self.reads_take)
        self.shown.append(None)
        if number in self.unreadable:
            raise ApiError(f"{request.system}: {request.method} {request.path}: 502 Bad Gateway", status=502)
        answer = self.answer(request)
        self.shown[-1] = answer.body
        return answer

    def _write(self, request: Request) -> Response:
        request = request._replace(body=replaced(request.body, _on_the_wire))
        fault = self.faults.pop(0) if self.faults else FINE
        self.note("write", request)
        self.pass_time(TAKES)
        place = f"{request.system}: {request.method} {request.path}"
        match fault.kind:
            case "refuse":
                raise ApiError(f"{place}: {fault.status} Bad Request: no", status=fault.status, effect="none")
            case "overtaken":
                self.server.write(request)
                raise ApiError(f"{place}: {fault.status} Taken", status=fault.status, effect="none")
            case "later":
                raise ApiError(
                    f"{place}: 429 Too Many Requests", status=429, effect="none", retry_after=fault.seconds
                )
            case "lost_before":
                raise ApiError(f"{place}: the connection was lost", effect="unknown")
            case "lost_after":
                self._coming.append((self.now + fault.seconds, request))
                self.pass_time(0.0)
                raise ApiError(f"{place}: the connection was lost", effect="unknown")
            case "shows_late":
                self._coming.append((self.now + fault.seconds, request))
                return Response(200, None)
            case "ignored":
                return Response(200, None)
        return Response(200, copy.deepcopy(self.server.write(request)))


def planned(world: World, *items: Wanted, prune: bool = False) -> Planned:
    """The plan for all of these, against what the world's server shows at once."""
    live: dict[Address, Live] = {}
    for item in items:
        request = item.kind.lookup("", [item.resource], {})[0]
        sight = look(item.kind, request, Line(world.answer))
        live |= dict(match for match in matched([item], sight.lives) if isinstance(match[1], Live))
    return plan(items, lambda address: True, Observation(live), prune=prune)


def carried(planned: Planned, world: World, **terms: Any) -> list[Outcome]:
    """Carries a plan out, one operation after the other."""
    schedule = Scheduler(planned.plan.operations, planned.plan.blocked, {})
    steps = {step.operation.address: step for step in planned.steps}
    known = Known(planned.facts)
    while begun := schedule.ready():
        for operation in begun:
            step = steps[operation.address]
            outcome = drive(carry_out(step, known.facts, world.terms(**terms)), world.perform)
            known.learn(step, outcome)
            schedule.finish(outcome)
    return in_order(schedule.outcomes, planned.plan.operations, planned.plan.blocked)


def _on_the_wire(value: Json) -> Json:
    """A leaf of a body as the transport sends it; late values but secrets cannot travel."""
    if isinstance(value, Secret):
        return value.open()
    if value is not None and not isinstance(value, str | int | float):
        raise ValueError(f"not JSON: {value!r}")
    return value


def applied(world: World, item: Wanted, *, prune: bool = False, **terms: Any) -> Outcome:
    """What becomes of the only operation of the plan made now."""
    (outcome,) = carried(planned(world, item, prune=prune), world, **terms)
    return outcome
