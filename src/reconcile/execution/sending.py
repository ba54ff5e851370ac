"""Sends one write of an operation, and tells the journal what it has to know before and after."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import suppress

from reconcile.errors import ApiError, TooLate, Withheld
from reconcile.execution.attempt import LOOK_LASTS, Attempt, EndedEarly
from reconcile.execution.effects import Effect, Record, Unrecorded, Write
from reconcile.live.pages import sealed
from reconcile.model import Json, Request, Response
from reconcile.planning.digest import digest
from reconcile.provider.cases import BadAnswer
from reconcile.provider.kinds import Kind

Sending = Generator[Effect, Response | None, None]


def send(course: Attempt, request: Request) -> Sending:
    """Record the intent, write, and record what the answer says.

    Raises EndedEarly where the intent could not be recorded, TooLate, Withheld and ApiError.
    """
    entry = entry_of(course, request)
    if entry != course.meant:
        try:
            yield Record({"event": "intent", **entry}, begins=not course.sent)
        except Unrecorded as error:
            raise EndedEarly("failed", f"not sent, {error}") from error
    course.meant = entry
    try:
        response = yield Write(request, course.seen + LOOK_LASTS, entry)
    except (TooLate, Withheld):
        raise
    except ApiError as error:
        _left(course)
        yield Record({"event": "outcome", **entry, "effect": error.effect, "status": error.status})
        raise
    _left(course)
    course.taken, made = True, {}
    if course.id is None and course.wanted.kind.identified and response is not None:
        course.id = _created_id(course, request, response)
        made = {"id": course.id}
    if course.wanted.kind.pick is not None and response is not None:
        course.started_id = _created_id(course, request, response)
    status = response.status if response else None
    yield Record({"event": "outcome", **entry, "effect": "taken", "status": status, **made})


def entry_of(course: Attempt, request: Request) -> Mapping[str, Json]:
    """Return what the journal says of a request: which object it is about, and digests."""
    sent = {"method": request.method, "path": request.path, "body": digest(request.body)}
    return {**course.identity._asdict(), **sent}


def _left(course: Attempt) -> None:
    """Note that a write has left, or was refused on its way, so that its look cannot be too old any more."""
    course.sent, course.late, course.meant = course.sent + 1, 0, None


def withdrawn(course: Attempt) -> Sending:
    """Tell the journal that the intended write has not left; failing that, the next apply waits in vain."""
    if course.meant is not None:
        with suppress(Unrecorded):
            yield Record({"event": "outcome", **course.meant, "effect": "none", "status": None})
    course.meant = None


def settled(course: Attempt) -> Record:
    """Return the entry that says that no write about the object is in doubt.

    Until that entry is there, the next apply looks for the effect of such a write.
    """
    return Record({"event": "settled", **course.identity._asdict()})


def _created_id(course: Attempt, request: Request, response: Response) -> Json:
    """Return the id in the answer to a create; None where it names none: the key finds the object then."""
    kind = course.wanted.kind
    try:
        return sealed(kind, kind.read(_row(kind, request, response))).id
    except BadAnswer:
        return kind.rest.located(response) if kind.rest else None


def _row(kind: Kind, request: Request, response: Response) -> Json:
    """Return the row that the answer to a write holds: as the kind finds it there, else all of the answer."""
    try:
        rows = kind.page(request, response).rows
    except BadAnswer:
        rows = ()
    return rows[0] if len(rows) == 1 else response.body
