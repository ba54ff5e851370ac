"""Decides how far one operation has come: what is left, what moved, what has taken effect; sends nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from reconcile.cleaning import Clean, shown_clean
from reconcile.desired import Resolved
from reconcile.execution.memory import DoubtMark, Identity, ObjectPlace, RunPlace
from reconcile.fields.walk import deferred_values, replaced
from reconcile.live.pages import Hear, unheard
from reconcile.model import Change, Json, Live, Ref, Request, spell
from reconcile.planning.build import Step
from reconcile.planning.contents import Operation, Status
from reconcile.planning.decide import Facts, Verdict, decide
from reconcile.planning.digest import digest, digest_value, precondition
from reconcile.provider.routes import path_steps


@dataclass(frozen=True, slots=True)
class Timing:
    """Hold how long to wait and to look, what time it is, and what earlier applies left behind.

    `settle` is how many seconds a lost answer is looked for, `wait` how many what a run started may take,
    where a manifest waits for it, `shows_within` how many a taken write may take to show.
    """

    clock: Callable[[], float]
    settle: float
    wait: float
    shows_within: float = 5.0
    waits_at_most: int = 5
    """How often a write that was answered "later" (429, or 503 with Retry-After) is sent again."""

    where: RunPlace = field(default_factory=RunPlace)
    """The environment and the origins that this apply works on."""

    in_doubt: Mapping[DoubtMark, float] = field(default_factory=dict)
    """The time on `clock` until which a write of an earlier apply may still show, by mark of its object."""

    doubtful_until: float = 0.0
    """The same for whatever creates or runs, where nobody knows what an earlier apply sent."""

    made: Mapping[ObjectPlace, Json] = field(default_factory=dict)
    """The id that an earlier apply got for what it created, where a listing may lag."""

    hear: Hear = unheard
    """Hears of the secrets that live answers show."""

    clean: Clean = str
    """Takes secrets out of what is said of a value, before it is cut."""

    ran_since: Callable[[float], bool] = lambda moment: True
    """Whether this process has run ever since a moment of `clock`; else an answer may have waited unread."""

    looks_at_most: int = 5
    """How often in a row a write that could not leave in time is preceded by another look."""


LOOK_LASTS = 1.5
"""Seconds that a look may be old when its write leaves: two, less what a stop of this process can hide."""


class EndedEarly(Exception):
    """Say that the operation cannot go on: its status and why."""

    def __init__(self, status: Status, detail: str) -> None:
        super().__init__(detail)
        self.status: Status = status
        self.detail = detail


@dataclass(slots=True)
class Attempt:
    """Hold how far one operation has come."""

    step: Step
    wanted: Resolved
    facts: Facts
    terms: Timing
    id: Json
    live: Live | None = None
    started_id: Json = None
    """The id in the answer to a run: of all that its key shows, only that one is this attempt's."""

    sent: int = 0
    taken: bool = False
    """Whether the system has taken a write of this operation."""

    waited: int = 0
    resent: bool = False
    started: float = field(default=0.0)
    patient_until: float | None = None
    """Until when an object that this apply created is waited for, counted from when it was first missed."""

    looked: float = 0.0
    """When the first look began, on the clock of `terms`: what it shows may be as old as that."""

    seen: float = 0.0
    """When the last look was answered; when it began, where this process was stopped since."""

    overtaken: int = 0
    """How many writes were refused because somebody else had already done what they were for."""

    late: int = 0
    """How often in a row a write did not leave because its look was too old."""

    meant: Mapping[str, Json] | None = None
    """The journal's entry for a write that did not leave: the intent is in the journal already."""

    def decide(self) -> Verdict:
        """Return what is left to do, seen against live.

        Where all that is left is what the plan held back, nothing is left: that belongs to the next plan.
        """
        verdict = decide(self.wanted, self.live, self.facts._replace(written=self.sent > 0))
        if verdict.changes and all(change.path in self.step.held for change in verdict.changes):
            return verdict._replace(requests=(), changes=())
        return verdict

    @property
    def identity(self) -> Identity:
        """Return which object on which server this attempt is about."""
        live_id = self.step.operation.id if self.id is None else self.id
        return self.terms.where.identity(self.wanted, live_id)

    @property
    def is_new(self) -> bool:
        """Tell whether the object, or one that it refers to, was created by this apply."""
        if self.taken and self.step.operation.action in {"create", "run"}:
            return True
        refers = (
            value.address
            for _, value in deferred_values(self.step.wanted.resource.spec)
            if isinstance(value, Ref)
        )
        return any(address in self.facts.fresh for address in refers)

    def precondition(self) -> str:
        """Return the precondition that a plan made from what is live now would have."""
        return precondition(self.wanted.kind.table, self.step.wanted.resource, self.live)


def agreed(course: Attempt) -> tuple[Request, ...]:
    """Return the requests to send: those that were approved, or the last of them.

    None are returned where nothing is left to do. Raises EndedEarly where live changed since the plan.
    """
    operation, verdict = course.step.operation, course.decide()
    left, hindrance = verdict.requests, obstacle(course, verdict)
    if not left and (verdict.finished or not hindrance):
        return ()
    if left and not hindrance and course.precondition() == operation.precondition:
        return left
    if left and is_tail(left, operation.requests):
        return left
    moved = hindrance or what_moved(operation, verdict)
    raise EndedEarly("refused", f"live changed since the plan: {moved}; plan again")


def obstacle(course: Attempt, verdict: Verdict) -> str | None:
    """Return why something that was approved can now be neither done nor shown; None where nothing is so."""
    approved = {change.path for change in course.step.operation.changes}
    held = (f"{spell(change.path)}: {why}" for change, why in verdict.blocked if change.path in approved)
    other = (
        f"{spell(path)} is no longer what --only asks for" for path in verdict.passed if path in approved
    )
    return verdict.finished or next(held, None) or next(other, None)


def _shows(course: Attempt, verdict: Verdict, left: Sequence[Request]) -> bool:
    """Tell whether some of `left` has taken effect, and live shows it."""
    return is_tail(verdict.requests, left) and not obstacle(course, verdict)


def decided(course: Attempt, verdict: Verdict, left: Sequence[Request]) -> bool:
    """Tell whether there is nothing more to wait for: some of `left` shows, or what was run has failed."""
    if course.step.operation.action == "run" and is_tail(verdict.requests, left):
        return True
    return _shows(course, verdict, left)


def is_tail(left: Sequence[Request], of: Sequence[Request]) -> bool:
    """Tell whether `left` are the last of the requests `of`, and fewer."""
    rest = of[len(of) - len(left) :]
    return len(left) < len(of) and all(map(_alike, left, rest))


def _alike(one: Request, other: Request) -> bool:
    """Tell whether two requests are the same, but for an id that is known only to one of them."""
    if (one.method, one.query, one.body) != (other.method, other.query, other.body):
        return False
    if one.path == other.path:
        return True
    steps, others = path_steps(one.path), path_steps(other.path)
    return len(steps) == len(others) and all(map(_may_be_one, steps, others))


def _may_be_one(step: Json, other: Json) -> bool:
    """Tell whether two steps of paths are equal, or one of them is an id to come that the other may be."""
    return bool(step == other) or isinstance(step, dict) is not isinstance(other, dict)


def what_moved(operation: Operation, verdict: Verdict) -> str:
    """Return the fields in which what was approved and what would be done now differ, as text."""
    planned = {change.path: _said(change) for change in operation.changes}
    now = {
        change.path: _said(change) for change in (*verdict.changes, *(held for held, _ in verdict.blocked))
    }
    moved = [path for path in {**planned, **now} if planned.get(path) != now.get(path)]
    return ", ".join(sorted(map(spell, moved))) or "another object has its place"


def _said(change: Change) -> str:
    return digest([change.before, change.after])


def unsettled(course: Attempt, verdict: Verdict) -> str:
    """Return, as text, each field that was not kept, with both values.

    Where the server's answer lacks the field, the text says what to do about that.
    """
    if course.live is None:
        return "the server took the write, and no such object can be read"
    parts = [_not_kept(course, course.live, change) for change in verdict.changes]
    if parts:
        return "the server took the write and did not keep " + "; ".join(parts)
    return f"the server took the write, and now {obstacle(course, verdict) or 'nothing of it can be seen'}"


def _not_kept(course: Attempt, live: Live, change: Change) -> str:
    before, after = (_brief(course, value) for value in (change.before, change.after))
    values = "" if change.sensitive else f": {before}, wanted {after}"
    words = f"{spell(change.path)}{values}"
    if change.path[0] in live.fields:
        return words
    return f"{words} (its answer lacks {change.path[0]}: options.hidden names fields never shown)"


def _brief(course: Attempt, value: Json) -> str:
    told = shown_clean(replaced(value, digest_value), course.terms.clean)
    return "none" if value is None else json.dumps(told, ensure_ascii=False)[:120]


def without_leave(course: Attempt) -> Status:
    """Return the status of an operation whose next write may not be sent any more."""
    if course.resent:
        return "unknown"
    return "failed" if course.sent else "refused"
