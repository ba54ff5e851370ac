"""Carries one operation out: a generator of effects that ends in its outcome; the driver performs them."""

from __future__ import annotations

from collections.abc import Generator, Mapping

from reconcile.errors import ApiError, TooLate, Withheld
from reconcile.execution.attempt import (
    LOOK_LASTS,
    Attempt,
    Ended,
    Timing,
    agreed,
    decided,
    obstacle,
    unsettled,
    what_moved,
)
from reconcile.execution.effects import Effect, Effects, Interrupted, Keep, Unrecorded, Wait
from reconcile.execution.first_look import earlier_writes, first_look, patience
from reconcile.execution.readback import glance, watch
from reconcile.execution.sending import entry_of, send, settled, withdrawn
from reconcile.live.observe import with_ids
from reconcile.model import Json, Outcome, Request, Response, Status, spell
from reconcile.planning.build import Step
from reconcile.planning.decide import Facts

MAYBE_OVERTAKEN = frozenset({400, 404, 409, 410, 412, 422})
"""Refusals by which a server may say that what is asked is there already, or gone."""


def carry_out(step: Step, facts: Facts, terms: Timing) -> Effects:
    """Looks, compares with what was planned, writes, reads back; never writes what it did not see wanted.

    A write whose answer was lost is looked for, adopted if it took effect, and sent once more only when
    `terms.settle` seconds have passed and a fresh read shows that it did not.
    """
    wanted = step.wanted._replace(resource=with_ids(step.wanted.resource, facts.ids))
    known = step.operation.id if wanted.kind.identified else None
    course = Attempt(step, wanted, facts, terms, known, started=terms.clock())
    try:
        status, detail = yield from _carried(course)
    except Ended as ended:
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


def _result(course: Attempt) -> Mapping[str, Json]:
    """What a next step can use: the id of the live object, whoever made it, or what the kind says of it."""
    kind, live = course.wanted.kind, course.live
    if live is None:
        return {}
    return {kind.id_field: live.id} if kind.result is None else kind.result(live)


def _carried(course: Attempt) -> Generator[Effect, Response | None, tuple[Status, str]]:
    yield from first_look(course)
    yield from earlier_writes(course)
    left = agreed(course)
    while left:
        left = yield from _one(course, left)
    if course.sent > course.overtaken:
        word = yield from _last_word(course)
        _nothing_else_is_open(course)
        return "done", word
    who = ": somebody else was quicker" if course.overtaken else ""
    return "unchanged", course.decide().finished or f"already as wanted{who}"


def _last_word(course: Attempt) -> Generator[Effect, Response | None, str]:
    """Waits, within the settle time, until the system has said what came of it; what there is to add."""
    ends, pause = course.terms.clock() + course.terms.settle, 0.5
    while course.live is not None and not course.wanted.kind.settled(course.live):
        if course.terms.clock() >= ends:
            return f"the system has not said within {course.terms.settle:g} s what came of it"
        yield Wait(min(pause, max(0.0, ends - course.terms.clock())))
        pause = min(2 * pause, 5.0)
        yield from glance(course)
    failed = obstacle(course, course.decide()) if course.step.operation.action == "run" else None
    if failed:
        raise Ended("failed", failed)
    return ""


def _nothing_else_is_open(course: Attempt) -> None:
    """What was well before, and is now what no request of ours can close, was lost by the write."""
    for change, why in course.decide().blocked:
        if change.path not in course.step.held:
            raise Ended("unsettled", f"the server took the write, and now {spell(change.path)}: {why}")


def _one(
    course: Attempt, left: tuple[Request, ...]
) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    """Sends the first of the requests and finds out what is left."""
    before = course.precondition()
    try:
        yield from send(course, left[0])
    except TooLate as error:
        return (yield from _looked_again(course, error))
    except Withheld as error:
        yield from withdrawn(course)
        raise Ended(_without_leave(course), f"not sent, {error}") from error
    except ApiError as error:
        if error.effect == "none" and error.status in MAYBE_OVERTAKEN:
            return (yield from _overtaken(course, left, error))
        if error.effect == "none":
            return (yield from _not_taken(course, error))
        return (yield from _lost(course, left, before, error))
    return (yield from _taken(course, left))


def _looked_again(course: Attempt, error: TooLate) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    """Looks again before a write that could not leave in time; its turn is kept, so that none comes between.

    The intent in the journal stands for the same request; of any other one it says that it never left.
    """
    course.late += 1
    try:
        _still_in_time(course, error)
        yield Keep(course.step.operation.address.system)
        yield from first_look(course)
        left = agreed(course)
    except Ended:
        yield from withdrawn(course)
        raise
    if not left or entry_of(course, left[0]) != course.meant:
        yield from withdrawn(course)
    return left


def _still_in_time(course: Attempt, error: TooLate) -> None:
    """Ends an operation whose write could not leave in time again and again."""
    if course.late <= course.terms.looks_at_most:
        return
    words = (
        f"{error}: {course.late} times in a row more than {LOOK_LASTS:g} s passed between the look at live "
        "state and its write (a slow disk under the journal, a slow connection or token, or a process that "
        "was stopped), and a change of that time would be overwritten unseen: apply again when that is over"
    )
    raise Ended("unknown" if course.resent else "failed", words)


def _without_leave(course: Attempt) -> Status:
    """Return what an operation is whose next write may not be sent any more."""
    if course.resent:
        return "unknown"
    return "failed" if course.sent else "refused"


def _overtaken(
    course: Attempt, left: tuple[Request, ...], error: ApiError
) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    """Looks once whether a refusal means that somebody else was quicker, and goes on with what is left."""
    try:
        verdict, _ = yield from glance(course)
    except Ended:  # there are several by now: what the server said is said
        verdict = None
    if verdict is not None and decided(course, verdict, left):
        course.overtaken += 1
        return verdict.requests
    if patience(course, error) is not None:
        return (yield from _not_taken(course, error))
    words = str(error)
    if verdict is not None and course.live is not None and course.step.operation.action == "create":
        moved = obstacle(course, verdict) or what_moved(course.step.operation, verdict)
        words += f"; somebody else made it meanwhile, and not as it is wanted ({moved}): plan again"
    raise Ended("unknown" if course.resent else "failed", words) from error


def _not_taken(course: Attempt, error: ApiError) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    pause = patience(course, error)
    if pause is None:
        course.waited += 1
        pause = error.retry_after if course.waited <= course.terms.waits_at_most else None
    if pause is None:
        raise Ended("failed", str(error)) from error
    try:
        yield Wait(pause)
    except Interrupted:
        status: Status = "unknown" if course.resent else "failed"
        raise Ended(status, f"{error}; interrupted before it was sent again") from error
    yield from first_look(course)
    return agreed(course)


def _taken(
    course: Attempt, left: tuple[Request, ...]
) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    """Reads back until the write shows; past `shows_within` seconds it is unsettled.

    What was created, and is not shown at all, is waited for until the settle time is over.
    """
    verdict, unread = yield from watch(course, left, course.terms.shows_within)
    if course.is_new and (verdict is None or (course.live is None and not decided(course, verdict, left))):
        longer = max(0.0, course.terms.settle - course.terms.shows_within)
        verdict, unread = yield from watch(course, left, longer)
    if verdict is None:
        raise Ended("unknown", f"written, but it could not be read back: {unread}")
    if decided(course, verdict, left) or _harmless_again(course, left[0]):
        yield settled(course)
    if not decided(course, verdict, left):
        raise Ended("unsettled", unsettled(course, verdict))
    return verdict.requests


def _harmless_again(course: Attempt, request: Request) -> bool:
    """Whether the next apply need not look for the effect of an answered write before it sends it again:
    the object is there, so that it makes no second one, and nothing is started by it."""
    return course.live is not None and not request.at_most_once


def _lost(
    course: Attempt, left: tuple[Request, ...], before: str, error: ApiError
) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    """Looks for the effect of a write whose answer was lost, until it shows or the settle time is over."""
    verdict, unread = yield from watch(course, left, course.terms.settle, lost=True)
    if verdict is None:
        raise Ended("unknown", f"{error}; and live state could not be read since: {unread}")
    if decided(course, verdict, left):
        yield settled(course)
        return verdict.requests
    if verdict.requests != left or course.precondition() != before:
        moved = obstacle(course, verdict) or what_moved(course.step.operation, verdict)
        raise Ended("unknown", f"{error}; live has changed since in another way: {moved}")
    if left[0].at_most_once:
        raise Ended("unknown", f"{error}; {_sent_once(course)}")
    if course.resent:
        raise Ended(
            "unknown", f"{error}; sent twice, and no effect was seen within {course.terms.settle:g} s"
        )
    course.resent = True
    return left


def _sent_once(course: Attempt) -> str:
    """What is known of a request that never goes out again in one apply, and what happens next."""
    what = "ran" if course.step.operation.action == "run" else "took effect"
    return (
        f"no effect was seen within {course.terms.settle:g} s, and it goes out once: not known whether it "
        f"{what}; the next apply looks again before it sends; `reconcile plan` shows what is live"
    )
