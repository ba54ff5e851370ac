"""Looks before an operation writes: at what is live, at what earlier applies left open, at what is new."""

from __future__ import annotations

from collections.abc import Generator

from reconcile.errors import ApiError
from reconcile.execution.attempt import Attempt, EndedEarly
from reconcile.execution.effects import Effect, Wait
from reconcile.execution.readback import by_id, fresh_look, watch
from reconcile.execution.sending import settled
from reconcile.live.sealed import sealed_by_base
from reconcile.model import Response

_NOT_FOUND = 404
Looks = Generator[Effect, Response | None, None]


def first_look(course: Attempt) -> Looks:
    """Look at the live object before anything is sent.

    What refers to something that this apply created may be shown late, and is waited for.
    Raises EndedEarly where live state could not be read.
    """
    while True:
        course.looked = course.terms.clock()
        try:
            yield from fresh_look(course)
            if course.live is None:
                yield from _look_by_made_id(course)
        except ApiError as error:
            pause = patience(course, error)
            if pause is None:
                raise EndedEarly("failed", f"not sent, live state could not be read: {error}") from error
        else:
            return
        yield Wait(pause, "what this apply created to be shown", course.terms.settle)


def patience(course: Attempt, error: ApiError) -> float | None:
    """Return how many seconds to wait before an object that this apply created is asked for again.

    None is returned where the error is another one, or the settle time is over.
    """
    if error.status != _NOT_FOUND or error.effect != "none" or not course.is_new:
        return None
    now, settle = course.terms.clock(), course.terms.settle
    if course.patient_until is None:
        course.patient_until = now + settle
    left = course.patient_until - now
    return min(left, max(0.25, 0.2 * (settle - left))) if left > 0 else None


def _look_by_made_id(course: Attempt) -> Looks:
    """Look for an object that an earlier apply created, by its id: a listing may not show it yet."""
    kind, identity = course.wanted.kind, course.identity
    made = course.terms.made.get(identity.place) if identity.key else None
    if made is None or not kind.identified:
        return
    course.id = made
    live = yield from by_id(course)
    if live is None or kind.key_of(live.fields) != kind.key_of(course.wanted.resource.spec):
        course.id = None
    else:
        course.live = sealed_by_base(course.wanted, live)


def earlier_writes(course: Attempt) -> Looks:
    """Wait for the effect of a write that an earlier apply sent, and whose outcome nobody saw."""
    until, left = _doubtful_until(course), course.decide().requests
    if not left or until <= course.looked:
        return
    verdict, unread = yield from watch(course, left, max(0.0, until - course.terms.clock()), lost=True)
    if verdict is None:
        raise EndedEarly("failed", f"not sent, what came of an earlier apply could not be read: {unread}")
    if verdict.requests != left:
        yield settled(course)


def _doubtful_until(course: Attempt) -> float:
    """Return until when some earlier write may still have its effect on this object; 0 where none may."""
    terms, operation = course.terms, course.step.operation
    marks = (*course.identity.marks(), ("address", "", str(operation.address)))
    until = max(terms.in_doubt.get(mark, 0.0) for mark in marks)
    return max(until, terms.doubtful_until) if operation.action in {"create", "run"} else until
