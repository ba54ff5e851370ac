"""Performs an apply's effects with threads, the writing client, the journal and real waiting; decides no
effect itself.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Protocol

from reconcile.errors import ApiError, Withheld
from reconcile.execution.attempt import Timing
from reconcile.execution.effects import (
    Effect,
    Effects,
    Interrupted,
    Keep,
    Read,
    Record,
    Unrecorded,
    Wait,
    Write,
)
from reconcile.execution.operation import carry_out
from reconcile.execution.scheduler import Scheduler, in_order
from reconcile.model import Address, Json, Outcome, Request, Response
from reconcile.planning.build import Planned, Step
from reconcile.planning.decide import Facts
from reconcile.trampoline import run_generator

_NONE: Mapping[Address, str] = {}


class Client(Protocol):
    """Describe what an apply needs of the transport."""

    def read(self, request: Request) -> Response: ...
    def write(
        self,
        request: Request,
        leave_by: float = ...,
        before: Callable[[], None] = ...,
        after: Callable[[], None] = ...,
    ) -> Response: ...
    def keep_turn(self, system: str) -> None: ...
    def give_back(self) -> None: ...


class Stops(Protocol):
    """Tell whether a run is to end, and end its waiting."""

    def is_set(self) -> bool: ...
    def wait(self, seconds: float, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Executor:
    """Perform effects, with a client, a journal, and a stop that ends all waiting."""

    client: Client
    record: Callable[[Mapping[str, Json]], None]
    stop: Stops
    threads: int = 4
    told: Callable[[Outcome], None] = lambda outcome: None
    """Called with each outcome as it comes."""

    begun: Callable[[Address], None] = lambda address: None
    """Called by the thread that carries an operation out, as it begins."""

    waits: Callable[[Address, Wait], None] = lambda address, wait: None
    """Called by that thread before it waits, once for all waits of an operation for one thing."""

    why_lost: Callable[[], str] = lambda: ""
    """Returns why this apply may send no more writes, or the empty text; called before each write leaves."""

    def perform(self, effect: Effect) -> Response | None:
        """Perform one effect and return its response, if it has one.

        Raises Interrupted where the effect would wait, or begin an operation, and a stop was asked for.
        """
        match effect:
            case Read(request):
                return self.client.read(request)
            case Write():
                return self._written(effect)
            case Keep(system):
                self.client.keep_turn(system)
            case Record(entry, begins):
                if begins and self.stop.is_set():
                    raise Interrupted
                self._kept(entry)
            case Wait(seconds):
                if self.stop.wait(seconds):
                    raise Interrupted
        return None

    def _written(self, write: Write) -> Response:
        try:
            return self.client.write(
                write.request, write.leave_by, self._allowed, lambda: self._left(write.entry)
            )
        finally:
            self.client.give_back()

    def _allowed(self) -> None:
        lost = self.why_lost()
        if lost:
            raise Withheld(lost)

    def _left(self, entry: Mapping[str, Json]) -> None:
        """Note in the journal that a write left; failing that, the next apply counts from its own start."""
        with suppress(OSError):
            self.record({"event": "left", **entry})

    def _kept(self, entry: Mapping[str, Json]) -> None:
        try:
            self.record(entry)
        except OSError as error:
            raise Unrecorded(f"the journal cannot be written: {error.strerror}") from error


class Known:
    """Hold what an apply knows and learns by its outcomes: ids, and what it has created itself."""

    def __init__(self, facts: Facts) -> None:
        self._ids, self._fresh = dict(facts.ids), set(facts.fresh)
        self.facts = facts._replace(ids=self._ids, fresh=self._fresh)  # which grow as operations end

    def learn(self, step: Step, outcome: Outcome) -> None:
        """Take in the outcome of an operation."""
        field = step.wanted.kind.id_field
        if field in outcome.result:
            self._ids[outcome.address] = outcome.result[field]
        if step.operation.action == "create" and outcome.requests_sent:
            self._fresh.add(outcome.address)


def drive(effects: Effects, perform: Callable[[Effect], Response | None]) -> Outcome:
    """Perform each effect that the generator yields, and return its outcome."""
    return run_generator(effects, perform, ApiError, Interrupted, Unrecorded)


def execute(
    planned: Planned, terms: Timing, means: Executor, refused: Mapping[Address, str] = _NONE
) -> list[Outcome]:
    """Carry the plan out in dependency order, independent operations side by side; return the outcomes.

    What is `refused` is not begun, nor is what needs it. A stop lets what is under way end.
    """
    plan = planned.plan
    steps = {step.operation.address: step for step in planned.steps}
    schedule, known = Scheduler(plan.operations, plan.blocked, refused), Known(planned.facts)
    ended: SimpleQueue[Future[Outcome]] = SimpleQueue()
    running = 0
    with ThreadPoolExecutor(max(1, means.threads)) as pool:
        while True:
            begun = [] if means.stop.is_set() else schedule.ready()
            for operation in begun:
                future = pool.submit(_run, steps[operation.address], known.facts, terms, means)
                future.add_done_callback(ended.put)
            running += len(begun)
            if not running:
                break
            outcome = ended.get().result()
            running -= 1
            known.learn(steps[outcome.address], outcome)
            schedule.finish(outcome)
            means.told(outcome)
    schedule.abandon()
    return _account(planned, schedule.outcomes)


def begun_nothing(planned: Planned, refused: Mapping[Address, str]) -> list[Outcome]:
    """Return the outcomes of an apply that is refused as a whole, given why each operation is."""
    return _account(planned, [Outcome(address, "refused", reason) for address, reason in refused.items()])


def _account(planned: Planned, outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return an outcome for each operation and each blocked resource, in the plan's order."""
    plan, steps = planned.plan, {step.operation.address: step for step in planned.steps}
    stuck = {item.address for item in plan.blocked}
    ordered = in_order(outcomes, plan.operations, plan.blocked)
    return [each for outcome in ordered for each in _carried(outcome, steps, stuck)]


def _carried(outcome: Outcome, steps: Mapping[Address, Step], stuck: set[Address]) -> list[Outcome]:
    """Return the outcome, or one like it for each unblocked resource that the operation carries."""
    step = steps.get(outcome.address)
    resource = step.wanted.resource if step else None
    if outcome.status == "blocked" or resource is None or resource.address not in resource.carries:
        return [outcome]
    return [outcome._replace(address=address) for address in resource.carries if address not in stuck]


def _run(step: Step, facts: Facts, terms: Timing, means: Executor) -> Outcome:
    if means.stop.is_set():
        return Outcome(step.operation.address, "not_begun")
    means.begun(step.operation.address)
    try:
        return drive(carry_out(step, facts, terms), _telling(step.operation.address, means))
    except Exception as error:  # one broken operation must not hide what became of the others
        where = traceback.extract_tb(error.__traceback__)[-1]
        fault = f"a fault of reconcile itself, {type(error).__name__} in {where.name}: please report it"
        return Outcome(step.operation.address, "unknown", fault)
    finally:
        means.client.give_back()


def _telling(address: Address, means: Executor) -> Callable[[Effect], Response | None]:
    """Return what performs the effects of one operation, and tells once of each thing that it waits for."""
    told = set[str]()

    def perform(effect: Effect) -> Response | None:
        if isinstance(effect, Wait) and effect.why and effect.why not in told:
            told.add(effect.why)
            means.waits(address, effect)
        return means.perform(effect)

    return perform
