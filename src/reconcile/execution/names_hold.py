"""Looks whether the names of a manifest still stand for the ids that were shown, before its write leaves."""

from __future__ import annotations

from collections.abc import Generator

from reconcile.desired import Meant
from reconcile.errors import ApiError
from reconcile.execution.attempt import Attempt, EndedEarly, without_leave
from reconcile.execution.effects import Effect
from reconcile.execution.readback import sight
from reconcile.execution.sending import withdrawn
from reconcile.live.name_queries import having
from reconcile.model import Response
from reconcile.provider.lookups import Sought, told_apart


def names_hold(course: Attempt) -> Generator[Effect, Response | None, None]:
    """Look up each name of the manifest once more, until a write of the operation was taken.

    Raises EndedEarly where a name stands for another object by now, for none or several, and where that
    cannot be told.
    """
    for meant in () if course.taken else course.wanted.names:
        try:
            moved = yield from _moved(course, meant)
        except ApiError as error:
            yield from withdrawn(course)
            words = f"not sent, the name `{meant.query.text}` could not be looked up: {error}"
            raise EndedEarly("unknown" if course.resent else "failed", words) from error
        if moved:
            yield from withdrawn(course)
            raise EndedEarly(without_leave(course), moved)


def _moved(course: Attempt, meant: Meant) -> Generator[Effect, Response | None, str]:
    """Return what a name stands for by now, as words; nothing where that is what was shown."""
    query, id_ = meant
    request = query.lookup.ask(Sought(query.system, query.within, query.text))
    found = having(query, (yield from sight(course, query.lookup, request)).lives)
    if [str(live.id) for live in found] == [str(id_)]:
        return ""
    now = told_apart(found) or "nothing"
    words = f"the {query.lookup.name} named `{query.text}` was {id_} in what was shown"
    return f"{words}, and by now that is the name of {now}; plan again"
