"""Performs an apply's effects with threads, the writing client, the journal and real waiting; decides no
effect itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue
from typing import Protocol

from reconcile.errors import ApiError, LockLost, Withheld
from reconcile.execution.account import account, every
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
from reconcile.execution.operation import carry_out, own_fault
from reconcile.execution.scheduler import Scheduler
from reconcile.execution.unanswered import Unanswered
from reconcile.live.trampoline import run_generator
from reconcile.model import Address, Json, Request, Response
from reconcile.planning.build import Planned, Step
from reconcile.planning.contents import Outcome
from reconcile.planning.decide import Facts

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
    """Tell whether a run is to end, end its waiting, and make it end."""

    def is_set(self) -> bool: ...
    def wait(self, seconds: float, /) -> bool: ...
    def ask(self) -> None: ...


class CutShort(Exception):
    """Say that an apply ended before its time, since `by` was raised; `outcomes` say what became of all."""

    def __init__(self, outcomes: list[Outcome], by: BaseException) -> None:
        super().__init__("the apply ended before its time")
        self.outcomes = outcomes
        self.by = by


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

    why_over: Callable[[], str] = lambda: ""
    """Returns why this apply has its lock no more, or the empty text; called as an operation begins, too."""

    unanswered: Unanswered = field(default_factory=Unanswered)

    why_refused: Callable[[Step], str] = lambda step: ""
    """Returns why an operation may not begin now, or the empty text; called as it begins."""

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
                self.unanswered.hear(entry)
                self._kept(entry)
            case Wait(seconds):
                if self.stop.wait(seconds):
                    raise Interrupted
        return None

    def _written(self, write: Write) -> Response:
        entry = write.entry
        try:
            with self.unanswered.sending(entry) as begins:
                before, after = partial(self._allowed, begins), partial(self._left, entry)
                return self.client.write(write.request, write.leave_by, before, after)
        finally:
            self.client.give_back()

    def _allowed(self, begins: Callable[[], None]) -> None:
        if lost := self.why_lost():
            raise Withheld(lost)
        if over := self.why_over():
            raise LockLost(over)
        begins()

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

    What is `refused` is not begun, nor is what needs it. A stop lets what is under way end. Raises CutShort
    where this thread is interrupted, or whoever is told raises: that is a stop too.
    """
    schedule = Scheduler(planned.plan.operations, planned.plan.blocked, refused)
    workers = _Workers(terms, means)
    try:
        _carried_out(planned, schedule, workers)
        workers.end()
    except BaseException as error:
        workers.stop()
        outcomes = {outcome.address: outcome for outcome in schedule.outcomes} | workers.outcomes
        raise CutShort(account(planned, every(planned.plan, outcomes)), error) from error
    schedule.abandon()
    return account(planned, schedule.outcomes)


class _Workers:
    """Hold the threads that carry operations out, and each outcome from the moment on that it is one."""

    def __init__(self, terms: Timing, means: Executor) -> None:
        self.means = means
        self.outcomes: dict[Address, Outcome] = {}
        self._terms = terms
        self._pool = ThreadPoolExecutor(max(1, means.threads))
        self._ended: SimpleQueue[Future[Outcome]] = SimpleQueue()

    def begin(self, step: Step, facts: Facts) -> None:
        """Carry out one operation in a thread."""
        self._pool.submit(self._run, step, facts).add_done_callback(self._ended.put)

    def next(self) -> Outcome:
        """Return the next outcome that there is, and wait for it."""
        return self._ended.get().result()

    def end(self) -> None:
        """Begin nothing more, and wait for what is under way."""
        self._pool.shutdown(cancel_futures=True)

    def stop(self) -> None:
        """Begin nothing more, and wait for what is under way."""
        self.means.stop.ask()
        self.end()

    def _run(self, step: Step, facts: Facts) -> Outcome:
        address = step.operation.address
        self.outcomes[address] = Outcome(address, "unknown", "it was under way when the apply was broken off")
        self.outcomes[address] = outcome = _run(step, facts, self._terms, self.means)
        return outcome


def _carried_out(planned: Planned, schedule: Scheduler, workers: _Workers) -> None:
    steps = {step.operation.address: step for step in planned.steps}
    known, means, running = Known(planned.facts), workers.means, 0
    while True:
        begun = [] if means.stop.is_set() else schedule.ready()
        for operation in begun:
            workers.begin(steps[operation.address], known.facts)
        running += len(begun)
        if not running:
            return
        outcome = workers.next()
        running -= 1
        known.learn(steps[outcome.address], outcome)
        schedule.finish(outcome)
        means.told(outcome)


def _run(step: Step, facts: Facts, terms: Timing, means: Executor) -> Outcome:
    if means.stop.is_set():
        return Outcome(step.operation.address, "not_begun")
    if over := means.why_over():
        return Outcome(step.operation.address, "not_begun", over)
    if reason := means.why_refused(step):
        return Outcome(step.operation.address, "refused", reason)
    means.begun(step.operation.address)
    try:
        return drive(carry_out(step, facts, terms), _telling(step.operation.address, means))
    except Exception as error:  # one broken operation must not hide what became of the others
        return Outcome(step.operation.address, "unknown", own_fault(error))
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
