"""One apply of one operation by the shipped generator, which may meet each fault at each place of its course.

What performs the effects is here: a server whose handlers are the sandbox's, a journal in memory, a clock.
Reads take no time, so that a process that dies before a read has died as it would after the one before.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeAlias

from reconcile.errors import ApiError, LockLost, TooLate
from reconcile.execution.attempt import Timing
from reconcile.execution.effects import Effect, Keep, Read, Record, Wait, Write
from reconcile.execution.memory import Doubt, past_of
from reconcile.execution.operation import carry_out
from reconcile.live.observe import observe
from reconcile.live.pages import Line
from reconcile.live.trampoline import run_generator
from reconcile.model import Json, Request, Response
from reconcile.planning.build import Planned, plan
from reconcile.planning.contents import Outcome
from reconcile.session.recall import made_by
from reconcile.session.timing import timing_after
from reconcile.transport.body import Answer
from reconcile_sandbox.system import Answer as Told
from reconcile_sandbox.world import Request as Sent
from reconcile_sandbox.world import World as Server

from .choosing import CRASH, EARLY, LOST, NONE, READ, Chooser, Faults
from .journal_rules import event_of
from .life_state import Entry, Fate, Killed, Late, Lived, Memory, State, Violated
from .life_wire import HEADERS, answer_of, judged, sent_of
from .shapes import Shape
from .standing_still import stands

SETTLE = 5.0
"""Seconds; each time of a course is a number of quarters, so that sums of them are exact."""

PAUSE = 1.0
"""Seconds from the plan to its first look."""

NEVER = float("inf")
LATENESS = (NEVER, 0.0, 0.5, 0.95)
"""Of settle: how late the effect comes of a write whose answer nobody saw."""

DIES = ((NONE, False), (CRASH, True))
FAILS = ((NONE, False), (READ, True))
Plans: TypeAlias = dict[Any, tuple[Planned, str]]
"""The plan by what is live and known of it, with what the server shows after it was made."""


@dataclass
class Life:
    """One apply under way."""

    shape: Shape
    state: State
    chooser: Chooser
    lateness: Sequence[float]
    server: Server
    plans: Plans
    now: float = 0.0
    events: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    shown: dict[str, Answer] = field(default_factory=dict)
    """What was asked since the last write had its effect, and the answer."""

    stirred: bool = False
    """Whether anything has changed since the process could last have died."""

    def __post_init__(self) -> None:
        self.history = self.chooser.history
        self.stand = self.state.stand
        self.coming = [*self.state.coming]
        self.shape.put(self.server, self.state.rows)
        self.journal = Memory(self.state.journal, lambda: self.now)

    def led(self) -> Lived:
        """Leads the apply to its end, or until it is killed."""
        outcome: Outcome | None = None
        planned: Planned | None = None
        try:
            self._opened()
            planned = self._planned()
            self.pass_time(PAUSE)
            if planned.steps:
                outcome = self._carried_out(planned)
                self._came_to(outcome)
            else:
                self._note("ended")
        except Killed:
            self._note("crash")
        nothing = planned is not None and not planned.steps
        status = outcome.status if outcome else "nothing to do" if nothing else "killed"
        return Lived(f"the apply ends: {status}", self._left(), nothing, tuple(self.events))

    def _opened(self) -> None:
        before = len(self.journal.lines)
        self.journal.stamp()
        for line in self.journal.lines[before:]:
            self._note(event_of(line))
            self.stirred = True

    def _planned(self) -> Planned:
        """The plan: the same for all that begin where the same is live and known."""
        key = self.state.rows, tuple(sorted(self.journal.past.made.items()))
        if key not in self.plans:
            found = self._seen_and_planned()
            self.plans[key] = found, self.shape.rows(self.server)
        planned, rows = self.plans[key]
        if self.shape.reading_counts:
            self.shape.put(self.server, rows)
        return planned

    def _seen_and_planned(self) -> Planned:
        past, here = self.journal.past, self.shape.here
        seen = observe(
            self.shape.wanted,
            Line(self._asked, lambda secrets: None),
            1,
            lambda item: made_by(past, here, item),
        )
        if seen.problems:
            raise Violated(f"live state cannot be told: {'; '.join(map(str, seen.problems))}")
        found = plan(self.shape.wanted, lambda address: True, seen, prune=True)
        if found.plan.blocked:
            raise Violated(f"it is blocked: {found.plan.blocked[0].reason}")
        return found

    def _terms(self) -> Timing:
        terms = timing_after(self.journal, SETTLE, self.shape.here, clock=lambda: self.now)
        return replace(terms, made=self.journal.past.made)

    def _carried_out(self, planned: Planned) -> Outcome:
        (step,) = planned.steps
        effects = carry_out(step, planned.facts, self._terms())
        return run_generator(effects, partial(self._answered, effects), ApiError)

    def _answered(
        self, course: Generator[Effect, Response | None, Outcome], effect: Effect
    ) -> Response | None:
        self._may_die()
        if isinstance(effect, Wait):
            self.chooser.at(lambda: (stands(course), effect, self._around()))
        return self._performed(effect)

    def _around(self) -> Any:
        """All around the operation that its course reads, or the rules do."""
        past = past_of(self.journal.lines, known=True)
        made, sent = tuple(sorted(past.made.items())), tuple(sorted(self.sent))
        rows, late = self.shape.rows(self.server), tuple(sorted(self.coming))
        return self.now, rows, late, past.doubts, made, sent, self.stand

    def _may_die(self, words: str = "") -> None:
        """The process dies here, or goes on: where nothing has changed, it has died before."""
        if self.stirred and self.chooser.choose(DIES):
            self.history.append(words or f"killed after {self.now:g} s, after {self._last_event()}")
            raise Killed
        self.stirred = False

    def _last_event(self) -> str:
        return self.events[-1] if self.events else "nothing"

    def _performed(self, effect: Effect) -> Response | None:
        match effect:
            case Read(request):
                return self._read(request)
            case Write():
                return self._written(effect)
            case Record(entry):
                self.journal.append(entry)
                self._note(event_of(entry))
            case Wait(seconds):
                self.pass_time(seconds)
            case Keep():
                pass
        return None

    def _note(self, event: str) -> None:
        """An entry of the journal, or the end of the apply: the rules say whether it may come now."""
        self.events.append(event)
        self.stirred = True
        try:
            self.stand = self.stand.after(event)
        except ValueError as error:
            raise Violated(f"the journal's rules: {error}") from error

    def _read(self, request: Request) -> Response:
        if self.chooser.choose(FAILS):
            self.history.append(f"a read fails after {self.now:g} s")
            raise ApiError("503 the server is down", status=503)
        before = self.shape.rows(self.server) if self.shape.reading_counts else ""
        found = self._asked(request)
        if self.shape.reading_counts and self.shape.rows(self.server) != before:
            self.stirred = True
        return found

    def _asked(self, request: Request) -> Response:
        """What the server shows: until somebody writes, the same to the same question."""
        line = f"{request.method} {request.path} {request.query} {request.body}"
        if line not in self.shown or self.shape.reading_counts:
            self.shown[line] = answer_of(self.server.handle(sent_of(request)))
        return judged(request, self.shown[line])

    def _written(self, write: Write) -> Response:
        if self.now > write.leave_by:
            raise TooLate("the look is too old")
        if words := self.state.lock.why_lost():
            raise LockLost(words)
        if [line["event"] for line in self.journal.lines[-1:]] != ["intent"]:
            raise Violated("a write leaves without an intent in the journal")
        self._counted(write.request)
        fate = self.chooser.choose([*self._fates()])
        sent, what = sent_of(write.request), f"{write.request.method} sent after {self.now:g} s"
        if fate.dies:
            if fate.noted:
                self._noted_left(write)
            self._late(sent, fate.lateness)
            self.history.append(f"killed with the {what} under way{_noted(fate)}, {_when(fate.lateness)}")
            raise Killed
        self._noted_left(write)
        if fate.loses:
            self.history.append(f"the answer of the {what} is lost, {_when(fate.lateness)}")
            self._late(sent, fate.lateness)
            self.stirred = True
            raise ApiError("the connection broke", effect="unknown")
        answer = self._foretold(sent) if fate.early else self._effect(sent)
        if fate.early:
            self.history.append(f"the {what} is answered, {_when(fate.lateness)}")
            self._late(sent, fate.lateness)
        self.stirred = True
        return judged(write.request, answer_of(answer))

    def _foretold(self, sent: Sent) -> Told:
        """What the server will answer, which has not acted yet."""
        rows = self.shape.rows(self.server)
        answer = self.server.handle(sent)
        self.shape.put(self.server, rows)
        return answer

    def _noted_left(self, write: Write) -> None:
        self.journal.append({"event": "left", **write.entry})
        self._note("left")

    def _fates(self) -> Iterator[tuple[Faults, Fate]]:
        yield NONE, Fate()
        for late in self.lateness:
            yield LOST, Fate(loses=True, lateness=late)
            if late:
                yield EARLY, Fate(early=True, lateness=late)
        for noted in (False, True):
            for late in self.lateness:
                yield CRASH, Fate(dies=True, noted=noted, lateness=late)

    def _counted(self, request: Request) -> None:
        """How often one apply sends one write: what must not go out twice does so once."""
        line = f"{request.method} {request.path} {request.body}"
        self.sent.append(line)
        times = self.sent.count(line)
        if times > (1 if request.at_most_once else 2):
            raise Violated(f"{line} is sent {times} times by one apply")

    def _late(self, sent: Sent, lateness: float) -> None:
        """The write acts later, at once, or (infinity) never."""
        if lateness == 0:
            self._effect(sent)
        elif lateness < NEVER:
            self.coming.append(
                Late(self.now + lateness * SETTLE, (sent.method, sent.path, sent.query, sent.body))
            )

    def _effect(self, sent: Sent) -> Told:
        answer = self.server.handle(sent)
        self.shown.clear()
        if words := self.shape.wrong(self.server.state):
            raise Violated(words)
        return answer

    def pass_time(self, seconds: float) -> None:
        """Time passes, and what is due in it has its effect."""
        ends = self.now + seconds
        for late in sorted(self.coming):
            if late.due <= ends:
                self.coming.remove(late)
                self._effect(Sent(*late.sent[:3], HEADERS, late.sent[3]))
        self.now, self.stirred = ends, True

    def _came_to(self, outcome: Outcome) -> None:
        """What is said of the operation is so."""
        if "fault of reconcile" in outcome.detail:
            raise Violated(outcome.detail)
        if outcome.status in {"done", "unchanged"} and (left := self.shape.unmet(self.server.state)):
            raise Violated(f"it is called {outcome.status}, and {left}")
        self._note("done" if outcome.status == "done" else "ended")

    def _left(self) -> State:
        return State(
            self.shape.rows(self.server),
            tuple(sorted(Late(late.due - self.now, late.sent) for late in self.coming)),
            tuple(_moved(line, self.now) for line in self.journal.lines),
            self.stand,
            self.state.lock,
        )


def _moved(line: Mapping[str, Json], now: float) -> Entry:
    said = {name: value for name, value in line.items() if name not in {"at", "up"}}
    return Entry(line["at"] - now, said)


def journal_key(journal: Sequence[Entry]) -> Any:
    """All that what follows reads of a journal: what its lines come to.

    Of a doubt that is only how long ago its write left, once that is noted; longer ago than settle is over.
    """
    lines = [dict(line.said, at=line.at, up=line.at) for line in journal]
    past = past_of(lines, known=bool(lines))
    doubts = tuple((each.identity, _ago(each)) for each in past.doubts)
    return doubts, tuple(sorted(past.made.items())), past.known


def _ago(doubt: Doubt) -> float | None:
    return None if doubt.left is None else max(doubt.left.wall, -SETTLE)


def _noted(fate: Fate) -> str:
    return "" if fate.noted else ", before that was noted"


def _when(lateness: float) -> str:
    if lateness == NEVER:
        return "and it never acts"
    return "and it acts at once" if not lateness else f"and it acts {lateness * SETTLE:g} s later"
