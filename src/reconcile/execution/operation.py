"""Carries one operation out, as a generator of effects that ends in its outcome; the executor performs the
effects.
"""

from __future__ import annotations

import traceback
from collections.abc import Generator, Mapping

from reconcile.desired import resolved
from reconcile.errors import ApiError, LockLost, TooLate, Withheld
from reconcile.execution.attempt import (
    LOOK_LASTS,
    Attempt,
    EndedEarly,
    Timing,
    agreed,
    decided,
    obstacle,
    unsettled,
    what_moved,
    without_leave,
)
from reconcile.execution.effects import Effect, Effects, Interrupted, Keep, Unrecorded, Wait
from reconcile.execution.first_look import earlier_writes, first_look, patience
from reconcile.execution.names_hold import names_hold
from reconcile.execution.readback import glance, watch
from reconcile.execution.sending import entry_of, send, settled, withdrawn
from reconcile.execution.waiting import last_word
from reconcile.model import Json, Request, Response, spell
from reconcile.planning.build import Step
from reconcile.planning.contents import Outcome, Status
from reconcile.planning.decide import Facts
from reconcile.provider.cases import PackageFault

MAYBE_OVERTAKEN = frozenset({400, 404, 409, 410, 412, 422})
"""Refusals by which a server may say that what is asked is there already, or gone."""


def carry_out(step: Step, facts: Facts, terms: Timing) -> Effects:
    """Look, compare with what was planned, write, and read back; return the outcome.

    Nothing is written that a look did not show as still wanted. A write whose answer was lost is looked for,
    adopted if it took effect, and sent once more only when `terms.settle` seconds have passed and a fresh
    read shows that it did not.
    """
    known = step.operation.id if step.wanted.kind.identified else None
    course = Attempt(step, resolved(step.wanted, facts.ids), facts, terms, known, started=terms.clock())
    try:
        status, detail = yield from _carried(course)
    except EndedEarly as ended:
        status, detail = ended.status, ended.detail
    except Interrupted:
        status, detail = (
            ("unknown", "interrupted while looking for the outcome") if course.sent else ("not_begun", "")
        )
    except Unrecorded as error:
        status, detail = "unknown", f"sent, and {error}"
    except PackageFault as fault:
        status, detail = ("unknown" if course.sent else "failed"), str(fault)
    except Exception as error:  # what was sent is counted, whosever fault it is
        status, detail = "unknown", own_fault(error)
    result, more = _told(course, status)
    return Outcome(
        address=step.operation.address,
        status=status,
        detail="; ".join(filter(None, (detail, more))),
        requests_sent=course.sent,
        seconds=round(terms.clock() - course.started, 3),
        result=result,
        live=course.live,
    )


def own_fault(error: Exception) -> str:
    """Return the words that say where the engine itself failed."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"a fault of reconcile itself, {type(error).__name__} in {where.name}: please report it"


def _told(course: Attempt, status: Status) -> tuple[Mapping[str, Json], str]:
    """Return what a next step can use of the outcome, and why that cannot be told."""
    if not (course.sent or status == "unchanged" or _only_waits(course)):
        return {}, ""
    try:
        return _result(course), ""
    except PackageFault as fault:
        return {}, str(fault)


def _only_waits(course: Attempt) -> bool:
    """Tell whether the operation sends nothing, and waits for what an earlier apply started."""
    return not course.step.operation.requests


def _result(course: Attempt) -> Mapping[str, Json]:
    """Return what a next step can use: what the kind tells of the live object, or the id of it."""
    kind, live = course.wanted.kind, course.live
    if live is None:
        return {}
    return {kind.id_field: live.id} if kind.result is None else kind.result(live)


def _carried(course: Attempt) -> Generator[Effect, Response | None, tuple[Status, str]]:
    yield from first_look(course)
    yield from earlier_writes(course)
    left = agreed(course)
    while left:
        yield from names_hold(course)
        left = yield from _one(course, left)
    if course.decide().waits and course.sent == 0:
        yield from last_word(course)
    if course.sent > course.overtaken:
        word = yield from last_word(course)
        _nothing_else_is_open(course)
        return "done", word or _pin(course)
    who = ": somebody else was quicker" if course.overtaken else ""
    return "unchanged", course.decide().finished or f"already as wanted{who}"


def _pin(course: Attempt) -> str:
    """Return the line that pins what was created, where no list shows it; else nothing."""
    kind, resource, live = course.wanted.kind, course.wanted.resource, course.live
    created = course.step.operation.action == "create" and resource.id is None
    if live is None or not created or kind.listed or kind.found_by_key:
        return ""
    where = course.terms.where.environment
    only = f", environments: [{where}]" if where else ""
    also = "; other environments have another: give them a manifest of their own" if where else ""
    return f"no list shows it: pin it in {resource.origin.file} by metadata: {{id: {live.id}{only}}}{also}"


def _nothing_else_is_open(course: Attempt) -> None:
    """Raise EndedEarly where a field that was well before the write is now one that no request can close.

    The write lost the value of such a field.
    """
    for change, why in course.decide().blocked:
        if change.path not in course.step.held:
            raise EndedEarly("unsettled", f"the server took the write, and now {spell(change.path)}: {why}")


def _one(
    course: Attempt, left: tuple[Request, ...]
) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    """Send the first of the requests and return those that are left."""
    before = course.precondition()
    try:
        yield from send(course, left[0])
    except TooLate as error:
        return (yield from _looked_again(course, error))
    except Withheld as error:
        yield from withdrawn(course)
        begun = course.sent or not isinstance(error, LockLost)
        raise EndedEarly(without_leave(course) if begun else "not_begun", f"not sent, {error}") from error
    except ApiError as error:
        if error.effect == "none" and error.status in MAYBE_OVERTAKEN:
            return (yield from _overtaken(course, left, error))
        if error.effect == "none":
            return (yield from _not_taken(course, error))
        return (yield from _lost(course, left, before, error))
    return (yield from _taken(course, left))


def _looked_again(course: Attempt, error: TooLate) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    """Look again before a write that could not leave in time, and return the requests that are left.

    The turn to the system is kept, so that no other request comes between look and write. The intent in the
    journal stands for the same request; of any other request the journal is told that it never left. Where
    nothing is left to do, what was sent before is in no doubt either: it has been waited for.
    """
    course.late += 1
    try:
        _still_in_time(course, error)
        yield Keep(course.step.operation.address.system)
        yield from first_look(course)
        left = agreed(course)
    except EndedEarly:
        yield from withdrawn(course)
        raise
    if not left or entry_of(course, left[0]) != course.meant:
        yield from withdrawn(course)
    if not left and course.resent:
        yield settled(course)
    return left


def _still_in_time(course: Attempt, error: TooLate) -> None:
    """Raise EndedEarly for an operation whose write could not leave in time again and again."""
    if course.late <= course.terms.looks_at_most:
        return
    words = (
        f"{error}: {course.late} times in a row more than {LOOK_LASTS:g} s passed between the look at live "
        "state and its write (a slow disk under the journal, a slow connection or token, or a process that "
        "was stopped), and a change of that time would be overwritten unseen: apply again when that is over"
    )
    raise EndedEarly("unknown" if course.resent else "failed", words)


def _overtaken(
    course: Attempt, left: tuple[Request, ...], error: ApiError
) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    """Look once whether a refusal means that somebody else was quicker; return the requests left.

    Raises EndedEarly where it does not.
    """
    try:
        verdict, _ = yield from glance(course)
    except EndedEarly:  # there are several by now: what the server said is said
        verdict = None
    if verdict is not None and decided(course, verdict, left):
        course.overtaken += 1
        if not verdict.requests and course.resent:
            yield settled(course)
        return verdict.requests
    if patience(course, error) is not None:
        return (yield from _not_taken(course, error))
    words = str(error)
    if verdict is not None and course.live is not None and course.step.operation.action == "create":
        moved = obstacle(course, verdict) or what_moved(course.step.operation, verdict)
        words += f"; somebody else made it meanwhile, and not as it is wanted ({moved}): plan again"
    raise EndedEarly("unknown" if course.resent else "failed", words) from error


def _not_taken(course: Attempt, error: ApiError) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    pause = patience(course, error)
    if pause is None:
        course.waited += 1
        pause = error.retry_after if course.waited <= course.terms.waits_at_most else None
    if pause is None:
        raise EndedEarly("failed", str(error)) from error
    try:
        yield Wait(pause, "the time that the system asked for", pause)
    except Interrupted:
        status: Status = "unknown" if course.resent else "failed"
        raise EndedEarly(status, f"{error}; interrupted before it was sent again") from error
    yield from first_look(course)
    return agreed(course)


def _taken(
    course: Attempt, left: tuple[Request, ...]
) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    """Read back until the write shows, and return the requests that are left.

    Raises EndedEarly as unsettled where the write does not show within `shows_within` seconds. What was
    created, and is not shown at all, is waited for until the settle time is over.
    """
    verdict, unread = yield from watch(course, left, course.terms.shows_within)
    if course.is_new and (verdict is None or (course.live is None and not decided(course, verdict, left))):
        longer = max(0.0, course.terms.settle - course.terms.shows_within)
        verdict, unread = yield from watch(course, left, longer)
    if verdict is None:
        raise EndedEarly("unknown", f"written, but it could not be read back: {unread}")
    if decided(course, verdict, left) or _harmless_again(course, left[0]):
        yield settled(course)
    if not decided(course, verdict, left):
        raise EndedEarly("unsettled", unsettled(course, verdict))
    return verdict.requests


def _harmless_again(course: Attempt, request: Request) -> bool:
    """Tell whether the next apply may send an answered write again without looking for its effect.

    It may where the object is there, so that no second one is made, and the write starts nothing.
    """
    return course.live is not None and not request.at_most_once


def _lost(
    course: Attempt, left: tuple[Request, ...], before: str, error: ApiError
) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    """Look for the effect of a write whose answer was lost, until it shows or the settle time is over.

    Returns the requests that are left: the same once more, where nothing took effect.
    """
    verdict, unread = yield from watch(course, left, course.terms.settle, lost=True)
    if verdict is None:
        raise EndedEarly("unknown", f"{error}; and live state could not be read since: {unread}")
    if decided(course, verdict, left):
        yield settled(course)
        return verdict.requests
    if verdict.requests != left or course.precondition() != before:
        moved = obstacle(course, verdict) or what_moved(course.step.operation, verdict)
        raise EndedEarly("unknown", f"{error}; live has changed since in another way: {moved}")
    if left[0].at_most_once:
        raise EndedEarly("unknown", f"{error}; {_sent_once(course)}")
    if course.resent:
        raise EndedEarly(
            "unknown", f"{error}; sent twice, and no effect was seen within {course.terms.settle:g} s"
        )
    course.resent = True
    return left


def _sent_once(course: Attempt) -> str:
    """Say what is known of a request that never goes out again in one apply, and what happens next."""
    what = "ran" if course.step.operation.action == "run" else "took effect"
    return (
        f"no effect was seen within {course.terms.settle:g} s, and it goes out once: not known whether it "
        f"{what}; the next apply looks again before it sends; `reconcile plan` shows what is live"
    )
