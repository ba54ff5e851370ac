"""Looks at the live object of one operation, once, or again and again until a write shows; writes nothing."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import partial

from reconcile.errors import ApiError
from reconcile.execution.attempt import Attempt, Ended, decided
from reconcile.execution.effects import Effect, Read, Wait
from reconcile.live.observe import matched
from reconcile.live.pages import Asking, Reading, Sight, reading
from reconcile.model import Live, Problem, Request, Response
from reconcile.planning.decide import Verdict


def glance(course: Attempt) -> Generator[Effect, Response | None, tuple[Verdict | None, str]]:
    """Look once and return what is left to do after it; None where the look failed, with the reason."""
    try:
        yield from look(course)
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
    if lost:
        yield Wait(min(pause, seconds))
    while True:
        last = course.terms.clock() >= ends
        verdict, unread = yield from glance(course)
        if verdict is not None and decided(course, verdict, left):
            return verdict, ""
        if last:
            return verdict, unread
        yield Wait(max(0.0, min(pause, ends - course.terms.clock())))
        pause *= 2


def look(course: Attempt) -> Generator[Effect, Response | None, None]:
    """Read the live object anew: by its id where it is known, else by its natural key.

    Raises ApiError, or Ended where several objects match before anything was sent.
    """
    wanted = course.wanted
    kind, resource = wanted.kind, wanted.resource
    system = resource.address.system
    if course.id is not None:
        requests: Sequence[Request] = (kind.fetch(system, course.id, wanted.options),)
    else:
        requests = kind.lookup(system, [resource], wanted.options)
    found: list[Live] = []
    begun = course.terms.clock()
    for request in requests:
        found += yield from _sight(course, request)
    course.seen = course.terms.clock() if course.terms.ran_since(begun) else begun
    if course.id is not None:
        course.live = _with_id(found, course)
        return
    live = None
    for match in matched([wanted], found):
        if isinstance(match, Problem):
            raise ApiError(match.message) if course.sent else Ended("failed", match.message)
        live = match[1]
    course.live = live


def _with_id(found: Sequence[Live], course: Attempt) -> Live | None:
    """Return the object with the id that was asked for; raise ApiError for an answer about another one."""
    if not found:
        return None
    system = course.wanted.resource.address.system
    live = next((live for live in found if str(live.id) == str(course.id)), None)
    if live is None:
        asked = course.wanted.kind.fetch(system, course.id, course.wanted.options)
        raise ApiError(f"{system}: {asked.method} {asked.path}: the answer is about id {found[0].id}")
    return live


def _sight(course: Attempt, request: Request) -> Generator[Effect, Response | None, tuple[Live, ...]]:
    """Return what the pages from `request` on show, and keep the system's clock for decisions."""
    pages = reading(course.wanted.kind, request, course.terms.hear)
    answer = partial(next, pages)
    while True:
        try:
            asked = answer().request
        except StopIteration as done:
            sight: Sight = done.value
            break
        answer = yield from _answer(pages, asked)
    if sight.now is not None:
        clocks = {**course.facts.clocks, request.system: sight.now}
        course.facts = course.facts._replace(clocks=clocks)
    return sight.lives


def _answer(pages: Reading, asked: Request) -> Generator[Effect, Response | None, partial[Asking]]:
    """Return how the reading goes on: with the answer to the request that it asked for, or with the error."""
    try:
        response = yield Read(asked)
    except ApiError as error:
        return partial(pages.throw, error)
    if response is None:
        raise ValueError("a read was answered with nothing")
    return partial(pages.send, response)
