"""Carries one operation out: a generator of effects that ends in its outcome; the driver performs them."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias

from reconcile.digest import digest, precondition, shown
from reconcile.errors import ApiError
from reconcile.fields.walk import replaced
from reconcile.kinds import BadAnswer
from reconcile.model import (
    Change,
    Json,
    Live,
    Operation,
    Outcome,
    Problem,
    Request,
    Response,
    Status,
    spell,
)
from reconcile.observe import Sight, Wanted, matched, reading, sealed, with_ids
from reconcile.plan import Step
from reconcile.verdict import Facts, Verdict, decide


@dataclass(frozen=True, slots=True)
class Read:
    """Send a request that changes nothing; its response comes back, or ApiError."""

    request: Request


@dataclass(frozen=True, slots=True)
class Write:
    """Send a request once; its response comes back, or ApiError."""

    request: Request


@dataclass(frozen=True, slots=True)
class Wait:
    """Let this many seconds pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Record:
    """Put an entry into the journal, durably, before anything else happens."""

    entry: Mapping[str, Json]


Effect: TypeAlias = Read | Write | Wait | Record
Effects: TypeAlias = Generator[Effect, Response | None, Outcome]


class Interrupted(Exception):
    """Thrown into the generator where it would wait: it ends with what it knows."""


class Unrecorded(Exception):
    """Thrown into the generator where an entry could not be made durable; the message says why."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a lost answer is looked for, how long a taken write may take to show, and what time it is."""

    clock: Callable[[], float]
    settle: float = 30.0
    shows_within: float = 5.0
    waits_at_most: int = 5
    """How often a write that was answered "later" (429, or 503 with Retry-After) is sent again."""

    in_doubt: Mapping[str, float] = field(default_factory=dict)
    """Address to the time, on `clock`, until which a write of an earlier apply may still show."""

    doubtful_until: float = 0.0
    """The same for whatever creates or runs: an earlier attempt left no journal."""

    made: Mapping[str, Json] = field(default_factory=dict)
    """Address to the id that an earlier apply got for what it created, where a listing may lag."""


class _Ended(Exception):
    """The operation cannot go on: its status and why."""

    def __init__(self, status: Status, detail: str) -> None:
        super().__init__(detail)
        self.status: Status = status
        self.detail = detail


@dataclass(slots=True)
class _Course:
    """How far one operation has come."""

    step: Step
    wanted: Wanted
    facts: Facts
    terms: Terms
    id: Json
    live: Live | None = None
    sent: int = 0
    waited: int = 0
    resent: bool = False
    started: float = field(default=0.0)

    def decide(self) -> Verdict:
        """What is left to do, seen against live; what the plan held back is the next plan's."""
        verdict = decide(self.wanted, self.live, replace(self.facts, written=self.sent > 0))
        if verdict.changes and all(change.path in self.step.held for change in verdict.changes):
            return replace(verdict, requests=(), changes=())
        return verdict


def carry_out(step: Step, facts: Facts, terms: Terms) -> Effects:
    """Looks, compares with what was planned, writes, reads back; never writes what it did not see wanted.

    A write whose answer was lost is looked for, adopted if it took effect, and sent once more only when
    `terms.settle` seconds have passed and a fresh read shows that it did not.
    """
    wanted = replace(step.wanted, resource=with_ids(step.wanted.resource, facts.ids))
    known = step.operation.id if wanted.kind.identified else None
    course = _Course(step, wanted, facts, terms, known, started=terms.clock())
    try:
        status, detail = yield from _carried(course)
    except _Ended as ended:
        status, detail = ended.status, ended.detail
    except Interrupted:
        status, detail = (
            ("unknown", "interrupted while looking for the outcome") if course.sent else ("not_begun", "")
        )
    except Unrecorded as error:
        status, detail = "unknown", f"sent, and {error}"
    return Outcome(
        address=step.operation.address,
        status=status,
        detail=detail,
        requests_sent=course.sent,
        seconds=round(terms.clock() - course.started, 3),
        result=_result(course) if course.sent or status == "unchanged" else {},
    )


def _result(course: _Course) -> Mapping[str, Json]:
    """What a next step can use: the id of the live object, whoever made it, or what the kind says of it."""
    kind, live = course.wanted.kind, course.live
    if live is None:
        return {}
    return {kind.id_field: live.id} if kind.result is None else kind.result(live)


def _carried(course: _Course) -> Generator[Effect, Response | None, tuple[Status, str]]:
    yield from _first_look(course)
    yield from _earlier_writes(course)
    left = _agreed(course)
    while left:
        left = yield from _one(course, left)
    if course.sent:
        word = yield from _last_word(course)
        _nothing_else_is_open(course)
        return "done", word
    return "unchanged", course.decide().finished or "already as wanted"


def _last_word(course: _Course) -> Generator[Effect, Response | None, str]:
    """Waits, within the settle time, until the system has said what came of it; what there is to add."""
    ends, pause = course.terms.clock() + course.terms.settle, 0.5
    while course.live is not None and not course.wanted.kind.settled(course.live):
        if course.terms.clock() >= ends:
            return f"the system has not said within {course.terms.settle:g} s what came of it"
        yield Wait(min(pause, max(0.0, ends - course.terms.clock())))
        pause = min(2 * pause, 5.0)
        yield from _glance(course)
    failed = _hindrance(course, course.decide()) if course.step.operation.action == "run" else None
    if failed:
        raise _Ended("failed", failed)
    return ""


def _nothing_else_is_open(course: _Course) -> None:
    """What was well before, and is now what no request of ours can close, was lost by the write."""
    for change, why in course.decide().blocked:
        if change.path not in course.step.held:
            raise _Ended("unsettled", f"the server took the write, and now {spell(change.path)}: {why}")


def _first_look(course: _Course) -> Generator[Effect, Response | None, None]:
    try:
        yield from _look(course)
        if course.live is None:
            yield from _look_by_made_id(course)
    except ApiError as error:
        raise _Ended("failed", f"not sent, live state could not be read: {error}") from error


def _look_by_made_id(course: _Course) -> Generator[Effect, Response | None, None]:
    """Looks for what an earlier apply created, by its id: a listing may not show it yet."""
    kind, made = course.wanted.kind, course.terms.made.get(str(course.step.operation.address))
    if made is None or not kind.identified:
        return
    course.id = made
    yield from _look(course)
    if course.live is None or kind.key_of(course.live.said) != kind.key_of(course.wanted.resource.spec):
        course.id = course.live = None


def _earlier_writes(course: _Course) -> Generator[Effect, Response | None, None]:
    """Waits for the effect of a write that an earlier apply sent, and whose outcome nobody saw."""
    operation, terms = course.step.operation, course.terms
    until = terms.in_doubt.get(str(operation.address), 0.0)
    if operation.action in {"create", "run"}:
        until = max(until, terms.doubtful_until)
    left = course.decide().requests
    if left and until > terms.clock():
        verdict, unread = yield from _watch(course, left, until - terms.clock(), lost=True)
        if verdict is None:
            raise _Ended("failed", f"not sent, what came of an earlier apply could not be read: {unread}")


def _agreed(course: _Course) -> tuple[Request, ...]:
    """The requests to send, where they are those that were approved, or the tail of them."""
    operation, verdict = course.step.operation, course.decide()
    left, hindrance = verdict.requests, _hindrance(course, verdict)
    if not left and (verdict.finished or not hindrance):
        return ()
    if left and not hindrance and _precondition(course) == operation.precondition:
        return left
    if left and _is_tail(left, operation.requests):
        return left
    moved = hindrance or _moved(operation, verdict)
    raise _Ended("refused", f"live changed since the plan: {moved}; plan again")


def _precondition(course: _Course) -> str:
    return precondition(course.wanted.kind.table, course.step.wanted.resource, course.live)


def _hindrance(course: _Course, verdict: Verdict) -> str | None:
    """Why something that was approved can be neither done nor shown by now; None where nothing is so."""
    approved = {change.path for change in course.step.operation.changes}
    held = (f"{spell(change.path)}: {why}" for change, why in verdict.blocked if change.path in approved)
    return verdict.finished or next(held, None)


def _shows(course: _Course, verdict: Verdict, left: Sequence[Request]) -> bool:
    """Whether some of `left` has taken effect, and live shows it."""
    return _is_tail(verdict.requests, left) and not _hindrance(course, verdict)


def _decided(course: _Course, verdict: Verdict, left: Sequence[Request]) -> bool:
    """Whether there is nothing more to wait for: some of `left` shows, or what was run has failed."""
    if course.step.operation.action == "run" and _is_tail(verdict.requests, left):
        return True
    return _shows(course, verdict, left)


def _is_tail(left: Sequence[Request], of: Sequence[Request]) -> bool:
    rest = of[len(of) - len(left) :]
    return len(left) < len(of) and all(map(_alike, left, rest))


def _alike(one: Request, other: Request) -> bool:
    """Whether two requests are the same, but for an id that is known only to one of them."""
    if (one.method, one.query, one.body) != (other.method, other.query, other.body):
        return False
    return one.path == other.path or "{" in one.path or "{" in other.path


def _moved(operation: Operation, verdict: Verdict) -> str:
    """The fields by which what was approved and what would be done now differ."""
    planned = {change.path: _said(change) for change in operation.changes}
    now = {
        change.path: _said(change) for change in (*verdict.changes, *(held for held, _ in verdict.blocked))
    }
    moved = [path for path in {**planned, **now} if planned.get(path) != now.get(path)]
    return ", ".join(sorted(map(spell, moved))) or "another object has its place"


def _said(change: Change) -> str:
    return digest([change.before, change.after])


def _one(
    course: _Course, left: tuple[Request, ...]
) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    """Sends the first of the requests and finds out what is left."""
    before = _precondition(course)
    try:
        yield from _write(course, left[0])
    except ApiError as error:
        if error.effect == "none":
            return (yield from _not_taken(course, error))
        return (yield from _lost(course, left, before, error))
    return (yield from _taken(course, left))


def _write(course: _Course, request: Request) -> Generator[Effect, Response | None, None]:
    name = str(course.step.operation.address)
    entry = {"address": name, "method": request.method, "path": request.path, "body": digest(request.body)}
    try:
        yield Record({"event": "intent", **entry})
    except Unrecorded as error:
        raise _Ended("failed", f"not sent, {error}") from error
    course.sent += 1
    try:
        response = yield Write(request)
    except ApiError as error:
        yield Record({"event": "outcome", **entry, "effect": error.effect, "status": error.status})
        raise
    made = {}
    if course.id is None and course.wanted.kind.identified and response is not None:
        course.id = _created_id(course, response)
        made = {"id": course.id}
    status = response.status if response else None
    yield Record({"event": "outcome", **entry, "effect": "taken", "status": status, **made})


def _created_id(course: _Course, response: Response) -> Json:
    """The id in the answer to a create; None where it names none, and the object is found by its key."""
    try:
        return sealed(course.wanted.kind, course.wanted.kind.read(response.body)).id
    except BadAnswer:
        return None


def _not_taken(course: _Course, error: ApiError) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    course.waited += 1
    if error.retry_after is None or course.waited > course.terms.waits_at_most:
        raise _Ended("failed", str(error)) from error
    try:
        yield Wait(error.retry_after)
    except Interrupted:
        status: Status = "unknown" if course.resent else "failed"
        raise _Ended(status, f"{error}; interrupted before it was sent again") from error
    yield from _first_look(course)
    return _agreed(course)


def _taken(
    course: _Course, left: tuple[Request, ...]
) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    """Reads back until the write shows; past `shows_within` seconds it is unsettled."""
    verdict, unread = yield from _watch(course, left, course.terms.shows_within)
    if verdict is None:
        raise _Ended("unknown", f"written, but it could not be read back: {unread}")
    if not _decided(course, verdict, left):
        raise _Ended("unsettled", _unsettled(course, verdict))
    yield _seen(course)
    return verdict.requests


def _seen(course: _Course) -> Record:
    """That the write was seen to have taken effect: until then, the next apply looks for it again."""
    return Record({"event": "settled", "address": str(course.step.operation.address)})


def _lost(
    course: _Course, left: tuple[Request, ...], before: str, error: ApiError
) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    """Looks for the effect of a write whose answer was lost, until it shows or the settle time is over."""
    verdict, unread = yield from _watch(course, left, course.terms.settle, lost=True)
    if verdict is None:
        raise _Ended("unknown", f"{error}; and live state could not be read since: {unread}")
    if _decided(course, verdict, left):
        yield _seen(course)
        return verdict.requests
    if verdict.requests != left or _precondition(course) != before:
        moved = _hindrance(course, verdict) or _moved(course.step.operation, verdict)
        raise _Ended("unknown", f"{error}; live has changed since in another way: {moved}")
    if left[0].once:
        raise _Ended(
            "unknown", f"{error}; no effect was seen within {course.terms.settle:g} s, and it goes out once"
        )
    if course.resent:
        raise _Ended(
            "unknown", f"{error}; sent twice, and no effect was seen within {course.terms.settle:g} s"
        )
    course.resent = True
    return left


def _watch(
    course: _Course, left: tuple[Request, ...], seconds: float, *, lost: bool = False
) -> Generator[Effect, Response | None, tuple[Verdict | None, str]]:
    """Looks again and again, ever less often, until some of `left` has taken effect or the time is over.

    The last look comes when all the time has passed. None where that one failed, with the reason.
    """
    ends, pause = course.terms.clock() + seconds, 0.25
    if lost:
        yield Wait(min(pause, seconds))
    while True:
        last = course.terms.clock() >= ends
        verdict, unread = yield from _glance(course)
        if verdict is not None and _decided(course, verdict, left):
            return verdict, ""
        if last:
            return verdict, unread
        yield Wait(max(0.0, min(pause, ends - course.terms.clock())))
        pause *= 2


def _glance(course: _Course) -> Generator[Effect, Response | None, tuple[Verdict | None, str]]:
    try:
        yield from _look(course)
    except ApiError as error:
        return None, str(error)
    return course.decide(), ""


def _look(course: _Course) -> Generator[Effect, Response | None, None]:
    """Reads the live object afresh: by its id where it is known, else by its natural key."""
    wanted = course.wanted
    kind, resource = wanted.kind, wanted.resource
    system = resource.address.system
    if course.id is not None:
        requests: Sequence[Request] = (kind.fetch(system, course.id, wanted.options),)
    else:
        requests = kind.lookup(system, [resource], wanted.options)
    found: list[Live] = []
    for request in requests:
        found += yield from _sight(course, request)
    if course.id is not None:
        course.live = _with_id(found, course)
        return
    live = None
    for match in matched([wanted], found):
        if isinstance(match, Problem):
            raise ApiError(match.message) if course.sent else _Ended("failed", match.message)
        live = match[1]
    course.live = live


def _with_id(found: Sequence[Live], course: _Course) -> Live | None:
    """The object that was asked for; an answer about another one is no answer."""
    if not found:
        return None
    system = course.wanted.resource.address.system
    live = next((live for live in found if str(live.id) == str(course.id)), None)
    if live is None:
        asked = course.wanted.kind.fetch(system, course.id, course.wanted.options)
        raise ApiError(f"{system}: {asked.method} {asked.path}: the answer is about id {found[0].id}")
    return live


def _sight(course: _Course, request: Request) -> Generator[Effect, Response | None, tuple[Live, ...]]:
    """What the pages from `request` on show; the system's clock is kept for decisions."""
    pages = reading(course.wanted.kind, request)
    answer = partial(next, pages)
    while True:
        try:
            asked = answer()
        except StopIteration as done:
            sight: Sight = done.value
            break
        answer = yield from _answer(pages, asked)
    if sight.now is not None:
        clocks = {**course.facts.clocks, request.system: sight.now}
        course.facts = replace(course.facts, clocks=clocks)
    return sight.lives


def _answer(
    pages: Generator[Request, Response, Sight], asked: Request
) -> Generator[Effect, Response | None, partial[Request]]:
    """How the reading goes on: with the answer to what it asked, or with the error."""
    try:
        response = yield Read(asked)
    except ApiError as error:
        return partial(pages.throw, error)
    if response is None:
        raise ValueError("a read was answered with nothing")
    return partial(pages.send, response)


def _unsettled(course: _Course, verdict: Verdict) -> str:
    """Each field that was not kept, with both values, and what to do where the reply lacks it."""
    if course.live is None:
        return "the server took the write, and no such object can be read"
    parts = [_not_kept(course.live, change) for change in verdict.changes]
    if parts:
        return "the server took the write and did not keep " + "; ".join(parts)
    return f"the server took the write, and now {_hindrance(course, verdict) or 'nothing of it can be seen'}"


def _not_kept(live: Live, change: Change) -> str:
    values = "" if change.sensitive else f": {_brief(change.before)}, wanted {_brief(change.after)}"
    words = f"{spell(change.path)}{values}"
    if change.path[0] in live.said:
        return words
    return f"{words} (its answer lacks {change.path[0]}: options.hidden names fields never shown)"


def _brief(value: Json) -> str:
    return "none" if value is None else json.dumps(replaced(value, shown), ensure_ascii=False)[:120]
