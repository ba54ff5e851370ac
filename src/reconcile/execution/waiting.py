"""Waits for what an operation started, as long as a manifest or the system says; nothing is sent here."""

from __future__ import annotations

from collections.abc import Generator

from reconcile.execution.attempt import Attempt, EndedEarly
from reconcile.execution.effects import Effect, Interrupted, Wait
from reconcile.execution.readback import glance
from reconcile.model import Response


def last_word(course: Attempt) -> Generator[Effect, Response | None, str]:
    """Wait until the system has said what came of the operation, and return what there is to add to it.

    That takes at most the settle time; what the manifest itself waits for, at most the time of `--wait`.
    A look that does not show what was seen before says nothing of its end. Raises EndedEarly where a run has
    failed, or where what it started still runs.
    """
    begun, pause = course.terms.clock(), 0.5
    while (waits := _waits(course)) is not None:
        seconds = course.terms.wait if waits else course.terms.settle
        left = begun + seconds - course.terms.clock()
        if left <= 0 and waits:
            raise EndedEarly("running", f"{waits} after {seconds:g} s: apply again, which looks again")
        if left <= 0:
            return f"the system has not said within {seconds:g} s what came of it"
        why = waits or "the system to say what came of it"
        yield from _rest(Wait(min(pause, left), why, left), waits)
        pause, shown = min(2 * pause, 5.0), course.live
        yield from glance(course)
        course.live = course.live or shown
    if course.step.operation.action == "run":
        for _, reason in course.decide().blocked:
            raise EndedEarly("failed" if _is_told(course) else "unknown", reason)
    return ""


def _waits(course: Attempt) -> str | None:
    """Return what is waited for: the words of the manifest's wait, "" for the system's answer; else None."""
    verdict = course.decide()
    return verdict.waits or (None if verdict.blocked or _is_told(course) else "")


def _is_told(course: Attempt) -> bool:
    """Tell whether the system has said what came of the live object, where there is one."""
    return course.live is None or course.wanted.kind.settled(course.live)


def _rest(wait: Wait, waits: str) -> Generator[Effect, Response | None, None]:
    """Let time pass; raise EndedEarly where a stop cuts short what the manifest waits for."""
    try:
        yield wait
    except Interrupted:
        if not waits:
            raise
        raise EndedEarly("running", f"{waits}; interrupted while it was waited for") from None
