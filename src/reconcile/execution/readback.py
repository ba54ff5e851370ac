"""Looks at the live object of one operation, once, or again and again until a write shows; writes nothing."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import partial

from reconcile.errors import ApiError
from reconcile.execution.attempt import Attempt, EndedEarly, decided
from reconcile.execution.effects import Effect, Read, Wait
from reconcile.live.match import matched
from reconcile.live.pages import Asking, Reading, Sight, reading
from reconcile.live.readable import Readable
from reconcile.live.sealed import sealed_by_base
from reconcile.model import Live, Problem, Request, Response
from reconcile.planning.decide import Verdict


def glance(course: Attempt) -> Generator[Effect, Response | None, tuple[Verdict | None, str]]:
    """Look once and return what is left to do after it; None where the look failed, with the reason."""
    try:
        yield from fresh_look(course)
    except ApiError as error:
        return None, str(error)
    return course.decide(), ""


def watch(
    course: Attempt, left: tuple[Request, ...], seconds: float, *, lost: bool = False
) -> Generator[Effect, Response | None, tuple[Verdict | None, str]]:
    """Look again and again, ever less often, until some of `left` has taken effect or the time is over.

    The last look comes when all the time has passed. Returns what is left to do, or None and the reason where
    that last look failed.
    """
    ends, pause = course.terms.clock() + seconds, 0.25
    again = " again" if course.resent else ""
    why = f"the effect of a request whose answer was lost{again}" if lost else "what was written to show"
    if lost:
        yield Wait(min(pause, seconds), why, seconds)
    while True:
        last = course.terms.clock() >= ends
        verdict, unread = yield from glance(course)
        if verdict is not None and decided(course, verdict, left):
            return verdict, ""
        if last:
            return verdict, unread
        rest = max(0.0, ends - course.terms.clock())
        yield Wait(min(pause, rest), why, rest)
        pause *= 2


def fresh_look(course: Attempt) -> Generator[Effect, Response | None, None]:
    """Read the live object anew, sealed by the base: by its id where it is known, else by its natural key.

    Raises ApiError, or Ended where several objects match before anything was sent.
    """
    if course.id is None:
        course.live = yield from _by_key(course)
        return
    live = yield from by_id(course)
    course.live = None if live is None else sealed_by_base(course.wanted, live)


def by_id(course: Attempt) -> Generator[Effect, Response | None, Live | None]:
    """Return the object with the attempt's id as it was read; raise ApiError for an answer about another."""
    wanted = course.wanted
    system = wanted.resource.address.system
    asked = wanted.kind.fetch(system, course.id, wanted.options)
    found = yield from _seen(course, (asked,))
    live = next((live for live in found if str(live.id) == str(course.id)), None)
    if found and live is None:
        raise ApiError(f"{system}: {asked.method} {asked.path}: the answer is about id {found[0].id}")
    return live


def _by_key(course: Attempt) -> Generator[Effect, Response | None, Live | None]:
    wanted, resource, own = course.wanted, course.wanted.resource, course.started_id
    sought = resource if own is None else resource._replace(id=own)
    requests = wanted.kind.lookup(resource.address.system, [sought], wanted.options)
    found = yield from _seen(course, requests)
    if own is not None:
        found = [live for live in found if str(live.id) == str(own)]
    live = None
    for _, match in matched([wanted], found):
        if isinstance(match, Problem):
            raise ApiError(match.message) if course.sent else EndedEarly("failed", match.message)
        live = match
    return live


def _seen(course: Attempt, requests: Sequence[Request]) -> Generator[Effect, Response | None, list[Live]]:
    """Return what the requests show, and keep since when it is known."""
    found: list[Live] = []
    begun = course.terms.clock()
    for request in requests:
        found += (yield from sight(course, course.wanted.kind, request)).lives
    course.seen = course.terms.clock() if course.terms.ran_since(begun) else begun
    return found


def sight(course: Attempt, kind: Readable, request: Request) -> Generator[Effect, Response | None, Sight]:
    """Return what the pages from `request` on show, and keep the system's clock for decisions."""
    pages = reading(kind, request, course.terms.hear)
    answer = partial(next, pages)
    while True:
        try:
            asked = answer().request
        except StopIteration as done:
            shown: Sight = done.value
            break
        answer = yield from _answer(pages, asked)
    if shown.now is not None:
        clocks = {**course.facts.clocks, request.system: shown.now}
        course.facts = course.facts._replace(clocks=clocks)
    return shown


def _answer(pages: Reading, asked: Request) -> Generator[Effect, Response | None, partial[Asking]]:
    """Return how the reading goes on: with the answer to the request that it asked for, or with the error."""
    try:
        response = yield Read(asked)
    except ApiError as error:
        return partial(pages.throw, error)
    if response is None:
        raise ValueError("a read was answered with nothing")
    return partial(pages.send, response)
