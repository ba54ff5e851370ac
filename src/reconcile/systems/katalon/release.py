"""A Katalon release: its name, dates and description, and whether it is closed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated

from reconcile.provider import (
    Case,
    Dated,
    Decision,
    Default,
    Fields,
    Finding,
    Form,
    FromName,
    FromOption,
    Json,
    Kind,
    LookupOnly,
    Options,
    Request,
    Resource,
    Rest,
    Route,
    Spec,
    creation_of,
    doc,
    forms,
    overlay,
    table_of,
)
from reconcile.systems.katalon.search import by_project, page, search

UPDATE = Route("PUT /api/v1/releases")
ACTIVE = Route("POST /api/v1/releases/{id}/active")
REST = Rest(
    id="id",
    name="name",
    create=Route("POST /api/v1/releases"),
    delete=Route("DELETE /api/v1/releases/{id}", at_most_once=True),
    may_be_nameless=True,
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?")


def day(value: Json) -> Json:
    """The day of a date, however much of a time of day stands behind it."""
    return value[:10] or None if isinstance(value, str) else value


class Release(Fields):
    """A release of TestOps."""

    server_own = ("id", "createdAt", "builds", "releaseStatistics", "releaseStatus")

    name: Annotated[
        str, doc("String", "Its name; the manifest's name where it is silent.", "Spring"), FromName()
    ]
    startTime: Annotated[str | None, doc("date", "Its first day.", "2026-12-01"), Form(day)] = None
    endTime: Annotated[str | None, doc("date", "Its last day.", "2026-12-24"), Form(day)] = None
    description: Annotated[str | None, doc("String", "What it is.", "All of spring."), Form(forms.prose)] = (
        None
    )
    closed: Annotated[bool | None, doc("Boolean", "Whether it is closed.", False), Default(False)] = None
    projectId: Annotated[
        int,
        doc("int64", "The project that it is in; default: the system's option.", 4711),
        LookupOnly(),
        FromOption(),
    ]


TABLE = table_of(Release)


def known_days(spec: Spec) -> Iterator[Finding]:
    """The first and the last day are days that there are."""
    for name in ("startTime", "endTime"):
        written = spec.get(name)
        if isinstance(written, str) and written and not _is_day(written):
            yield Finding(
                (name,), "wrong-value", f"`{name}` is `{written[:40]}`: write a day such as 2026-12-01"
            )


def in_their_order(spec: Spec) -> Iterator[Finding]:
    """The last day is not before the first."""
    first, last = (str(spec.get(name) or "")[:10] for name in ("startTime", "endTime"))
    if _is_day(first) and _is_day(last) and last < first:
        words = f"`endTime` {last} is before `startTime` {first}: turn them round"
        yield Finding(("endTime",), "end-before-start", words, "warning")


def _is_day(written: str) -> bool:
    try:
        return _DAY.fullmatch(written) is not None and bool(date.fromisoformat(written[:10]))
    except ValueError:
        return False


def lookup(system: str, resources: Sequence[Resource], options: Options) -> Sequence[Request]:
    """One search a project for all its releases: TestOps has no way to get one."""
    specs = [resource.spec for resource in resources] or [{"projectId": options.get("projectId")}]
    return [search(system, "Release", {"Project.id": project}) for project, _ in by_project(specs)]


def fetch(system: str, id_: Json, options: Options) -> Request:
    """The release with this id, in the system's own project."""
    return search(system, "Release", {"id": id_, "Project.id": options.get("projectId")})


def decide(case: Case) -> Decision:
    """POST to create, PUT with all that is live said back to update, and one request to open or close."""
    if case.live is None:
        create = REST.creation(case, creation_of(case, "closed"))
        closing = (_active(case, True, case.itself),) if case.want.get("closed") else ()
        return Decision((create, *closing), action="create")
    requests: list[Request] = []
    if any(change.path != ("closed",) for change in case.changes):
        whole = overlay(TABLE, case.live.fields, case.want)
        requests.append(UPDATE(case.system, {"id": case.live.id, **whole}))
    if any(change.path == ("closed",) for change in case.changes):
        requests.append(_active(case, bool(case.want["closed"]), case.live.id))
    return Decision(tuple(requests))


def _active(case: Case, closed: bool, id_: Json) -> Request:
    return ACTIVE(case.system, query={"closed": closed}, id=id_)


RELEASE = Kind(
    name="Release",
    api_version="katalon/v1",
    summary="A release of TestOps, to which schedules are linked.",
    model=Release,
    key=("projectId", "name"),
    rest=REST,
    lookup=lookup,
    list_needs="projectId",
    fetch=fetch,
    decide=decide,
    identified=False,
    page=page,
    rules=(known_days, in_their_order),
    dated=Dated("release", "startTime", "endTime"),
)
