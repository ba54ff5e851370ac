"""Carries one operation out: a generator of effects that ends in its outcome; the driver performs them."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import suppress

from reconcile.course import (
    LOOK_LASTS,
    Course,
    Ended,
    Terms,
    agreed,
    decided,
    obstacle,
    unsettled,
    what_moved,
)
from reconcile.digest import digest
from reconcile.effects import Effect, Effects, Interrupted, Keep, Record, Unrecorded, Wait, Write
from reconcile.errors import ApiError, TooLate
from reconcile.kinds import BadAnswer
from reconcile.looking import glance, look, watch
from reconcile.model import Json, Outcome, Request, Response, Status, spell
from reconcile.observe import with_ids
from reconcile.pages import sealed
from reconcile.plan import Step
from reconcile.verdict import Facts

MAYBE_OVERTAKEN = frozenset({400, 404, 409, 410, 412, 422})
"""Refusals by which a server may say that what is asked is there already, or gone."""


def carry_out(step: Step, facts: Facts, terms: Terms) -> Effects:
    """Looks, compares with what was planned, writes, reads back; never writes what it did not see wanted.

    A write whose answer was lost is looked for, adopted if it took effect, and sent once more only when
    `terms.settle` seconds have passed and a fresh read shows that it did not.
    """
    wanted = step.wanted._replace(resource=with_ids(step.wanted.resource, facts.ids))
    known = step.operation.id if wanted.kind.identified else None
    course = Course(step, wanted, facts, terms, known, started=terms.clock())
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


def _result(course: Course) -> Mapping[str, Json]:
    """What a next step can use: the id of the live object, whoever made it, or what the kind says of it."""
    kind, live = course.wanted.kind, course.live
    if live is None:
        return {}
    return {kind.id_field: live.id} if kind.result is None else kind.result(live)


def _carried(course: Course) -> Generator[Effect, Response | None, tuple[Status, str]]:
    yield from _first_look(course)
    yield from _earlier_writes(course)
    left = agreed(course)
    while left:
        left = yield from _one(course, left)
    if course.sent > course.overtaken:
        word = yield from _last_word(course)
        _nothing_else_is_open(course)
        return "done", word
    who = ": somebody else was quicker" if course.overtaken else ""
    return "unchanged", course.decide().finished or f"already as wanted{who}"


def _last_word(course: Course) -> Generator[Effect, Response | None, str]:
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


def _nothing_else_is_open(course: Course) -> None:
    """What was well before, and is now what no request of ours can close, was lost by the write."""
    for change, why in course.decide().blocked:
        if change.path not in course.step.held:
            raise Ended("unsettled", f"the server took the write, and now {spell(change.path)}: {why}")


def _first_look(course: Course) -> Generator[Effect, Response | None, None]:
    course.looked = course.terms.clock()
    try:
        yield from look(course)
        if course.live is None:
            yield from _look_by_made_id(course)
    except ApiError as error:
        raise Ended("failed", f"not sent, live state could not be read: {error}") from error


def _look_by_made_id(course: Course) -> Generator[Effect, Response | None, None]:
    """Looks for what an earlier apply created, by its id: a listing may not show it yet."""
    kind, made = course.wanted.kind, course.terms.made.get(str(course.step.operation.address))
    if made is None or not kind.identified:
        return
    course.id = made
    yield from look(course)
    if course.live is None or kind.key_of(course.live.said) != kind.key_of(course.wanted.resource.spec):
        course.id = course.live = None


def _earlier_writes(course: Course) -> Generator[Effect, Response | None, None]:
    """Waits for the effect of a write that an earlier apply sent, and whose outcome nobody saw."""
    operation, terms = course.step.operation, course.terms
    until = terms.in_doubt.get(str(operation.address), 0.0)
    if operation.action in {"create", "run"}:
        until = max(until, terms.doubtful_until)
    left = course.decide().requests
    if left and until > course.looked:
        verdict, unread = yield from watch(course, left, max(0.0, until - terms.clock()), lost=True)
        if verdict is None:
            raise Ended("failed", f"not sent, what came of an earlier apply could not be read: {unread}")


def _one(
    course: Course, left: tuple[Request, ...]
) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    """Sends the first of the requests and finds out what is left."""
    before = course.precondition()
    try:
        yield from _write(course, left[0])
    except TooLate as error:
        return (yield from _looked_again(course, error))
    except ApiError as error:
        if error.effect == "none" and error.status in MAYBE_OVERTAKEN:
            return (yield from _overtaken(course, left, error))
        if error.effect == "none":
            return (yield from _not_taken(course, error))
        return (yield from _lost(course, left, before, error))
    return (yield from _taken(course, left))


def _write(course: Course, request: Request) -> Generator[Effect, Response | None, None]:
    entry = _entry(course, request)
    if entry != course.meant:
        try:
            yield Record({"event": "intent", **entry}, begins=not course.sent)
        except Unrecorded as error:
            raise Ended("failed", f"not sent, {error}") from error
    course.meant = entry
    try:
        response = yield Write(request, course.seen + LOOK_LASTS)
    except TooLate:
        raise
    except ApiError as error:
        _left(course)
        yield Record({"event": "outcome", **entry, "effect": error.effect, "status": error.status})
        raise
    _left(course)
    made = {}
    if course.id is None and course.wanted.kind.identified and response is not None:
        course.id = _created_id(course, response)
        made = {"id": course.id}
    status = response.status if response else None
    yield Record({"event": "outcome", **entry, "effect": "taken", "status": status, **made})


def _entry(course: Course, request: Request) -> Mapping[str, Json]:
    """What the journal says of a request."""
    name = str(course.step.operation.address)
    return {"address": name, "method": request.method, "path": request.path, "body": digest(request.body)}


def _left(course: Course) -> None:
    """A write has left, or was refused on its way: no look is held against it any more."""
    course.sent, course.late, course.meant = course.sent + 1, 0, None


def _looked_again(course: Course, error: TooLate) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    """Looks again before a write that could not leave in time; its turn is kept, so that none comes between.

    The intent in the journal stands for the same request; of any other one it says that it never left.
    """
    course.late += 1
    try:
        _still_in_time(course, error)
        yield Keep(course.step.operation.address.system)
        yield from _first_look(course)
        left = agreed(course)
    except Ended:
        yield from _withdrawn(course)
        raise
    if not left or _entry(course, left[0]) != course.meant:
        yield from _withdrawn(course)
    return left


def _withdrawn(course: Course) -> Generator[Effect, Response | None, None]:
    """Tells the journal that what was meant has not left; where it cannot, the next apply waits in vain."""
    if course.meant is not None:
        with suppress(Unrecorded):
            yield Record({"event": "outcome", **course.meant, "effect": "none", "status": None})
    course.meant = None


def _still_in_time(course: Course, error: TooLate) -> None:
    """Ends an operation whose write could not leave in time again and again."""
    if course.late <= course.terms.looks_at_most:
        return
    words = (
        f"{error}: {course.late} times in a row more than {LOOK_LASTS:g} s passed between the look at live "
        "state and its write (a slow disk under the journal, a slow connection or token, or a process that "
        "was stopped), and a change of that time would be overwritten unseen: apply again when that is over"
    )
    raise Ended("unknown" if course.resent else "failed", words)


def _created_id(course: Course, response: Response) -> Json:
    """The id in the answer to a create; None where it names none, and the object is found by its key."""
    try:
        return sealed(course.wanted.kind, course.wanted.kind.read(response.body)).id
    except BadAnswer:
        return None


def _overtaken(
    course: Course, left: tuple[Request, ...], error: ApiError
) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    """Looks once whether a refusal means that somebody else was quicker, and goes on with what is left."""
    try:
        verdict, _ = yield from glance(course)
    except Ended:  # there are several by now: what the server said is said
        verdict = None
    if verdict is not None and decided(course, verdict, left):
        course.overtaken += 1
        return verdict.requests
    words = str(error)
    if verdict is not None and course.live is not None and course.step.operation.action == "create":
        moved = obstacle(course, verdict) or what_moved(course.step.operation, verdict)
        words += f"; somebody else made it meanwhile, and not as it is wanted ({moved}): plan again"
    raise Ended("unknown" if course.resent else "failed", words) from error


def _not_taken(course: Course, error: ApiError) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    course.waited += 1
    if error.retry_after is None or course.waited > course.terms.waits_at_most:
        raise Ended("failed", str(error)) from error
    try:
        yield Wait(error.retry_after)
    except Interrupted:
        status: Status = "unknown" if course.resent else "failed"
        raise Ended(status, f"{error}; interrupted before it was sent again") from error
    yield from _first_look(course)
    return agreed(course)


def _taken(
    course: Course, left: tuple[Request, ...]
) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    """Reads back until the write shows; past `shows_within` seconds it is unsettled."""
    verdict, unread = yield from watch(course, left, course.terms.shows_within)
    if verdict is None:
        raise Ended("unknown", f"written, but it could not be read back: {unread}")
    if decided(course, verdict, left) or _harmless_again(course, left[0]):
        yield _settled(course)
    if not decided(course, verdict, left):
        raise Ended("unsettled", unsettled(course, verdict))
    return verdict.requests


def _harmless_again(course: Course, request: Request) -> bool:
    """Whether the next apply need not look for the effect of an answered write before it sends it again:
    the object is there, so that it makes no second one, and nothing is started by it."""
    return course.live is not None and not request.once


def _settled(course: Course) -> Record:
    """That no write of the operation is in doubt: until then, the next apply looks for its effect."""
    return Record({"event": "settled", "address": str(course.step.operation.address)})


def _lost(
    course: Course, left: tuple[Request, ...], before: str, error: ApiError
) -> Generator[Effect, Response | None, tuple[Request, ...]]:
    """Looks for the effect of a write whose answer was lost, until it shows or the settle time is over."""
    verdict, unread = yield from watch(course, left, course.terms.settle, lost=True)
    if verdict is None:
        raise Ended("unknown", f"{error}; and live state could not be read since: {unread}")
    if decided(course, verdict, left):
        yield _settled(course)
        return verdict.requests
    if verdict.requests != left or course.precondition() != before:
        moved = obstacle(course, verdict) or what_moved(course.step.operation, verdict)
        raise Ended("unknown", f"{error}; live has changed since in another way: {moved}")
    if left[0].once:
        raise Ended("unknown", f"{error}; {_sent_once(course)}")
    if course.resent:
        raise Ended(
            "unknown", f"{error}; sent twice, and no effect was seen within {course.terms.settle:g} s"
        )
    course.resent = True
    return left


def _sent_once(course: Course) -> str:
    """What is known of a request that never goes out again in one apply, and what happens next."""
    what = "ran" if course.step.operation.action == "run" else "took effect"
    return (
        f"no effect was seen within {course.terms.settle:g} s, and it goes out once: not known whether it "
        f"{what}; the next apply looks again before it sends; `reconcile plan` shows what is live"
    )
