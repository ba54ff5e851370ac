"""A FlexDeploy release: how it is found, read, and which of POST, PATCH and PUT closes a difference."""

from __future__ import annotations

from collections.abc import Sequence

from reconcile.fields.forms import enumerated, integer
from reconcile.model import Json, Live, Request, Resource
from reconcile.provider.kinds import IN_SYNC, BadAnswer, Case, Decision, Kind, Options, Route
from reconcile.systems.flexdeploy import bodies, hazards
from reconcile.systems.flexdeploy.fields import Release
from reconcile.systems.flexdeploy.rules import RULES

LIST = Route("GET /releases")
GET = Route("GET /releases/{releaseId}")
POST = Route("POST /releases")
PUT = Route("PUT /releases/{releaseId}")
PATCH = Route("PATCH /releases/{releaseId}")

BY_NAME_AT_MOST = 8
"""More wanted releases than this are read by one list: it has no pages, and a request each costs more."""


def lookup(system: str, resources: Sequence[Resource], options: Options) -> Sequence[Request]:
    """One request for each wanted release, or one list; the server matches names by substring."""
    if not 0 < len(resources) <= BY_NAME_AT_MOST:
        return (LIST(system),)
    pinned = [fetch(system, resource.id, options) for resource in resources if resource.id is not None]
    names = sorted({resource.spec["releaseName"] for resource in resources if resource.id is None})
    return (*pinned, *(LIST(system, query={"releaseName": name}) for name in names))


def fetch(system: str, id_: Json, options: Options) -> Request:
    """The one release with this id; a 404 says that there is none."""
    return GET(system, releaseId=id_)._replace(absent_on=(404,))


def read(row: Json) -> Live:
    """A release as the list and the GET by id show it; the manifest uses the same vocabulary."""
    if not isinstance(row, dict):
        raise BadAnswer("a release is no object")
    id_, name = integer(row.get("releaseId")), row.get("releaseName")
    if not isinstance(id_, int) or isinstance(id_, bool):
        raise BadAnswer("a release has no usable releaseId")
    if not isinstance(name, str):
        raise BadAnswer(f"release {id_} has no releaseName")
    return Live(id_, name, row)


def decide(case: Case) -> Decision:
    """POST to create; PATCH where everything only adds or updates; PUT where something goes.

    The vendor: PATCH "does not support removing data", PUT "will delete or reset" what is null. What a
    server would refuse, and a PUT that could wipe what the read did not show, is blocked instead.
    """
    if case.live is None:
        return _create(case)
    status = enumerated(case.live.fields.get("releaseStatus"))
    if status == "COMPLETED":
        return Decision(finished="the release is COMPLETED")
    if not case.changes:
        return IN_SYNC
    blocked = tuple(hazards.blocked(case, str(status)))
    held = {change.path for change, _ in blocked}
    sent = tuple(change for change in case.changes if change.path not in held)
    if not sent:
        return Decision(blocked=blocked)
    if any(bodies.removes(change) for change in sent):
        body = bodies.replacement(case, sent, str(status))
        return Decision((PUT(case.system, body, releaseId=case.live.id),), blocked)
    return Decision((PATCH(case.system, bodies.addition(case, sent), releaseId=case.live.id),), blocked)


def _create(case: Case) -> Decision:
    refused = hazards.uncreatable(case)
    if refused is not None:
        field, reason = refused
        named = [change for change in case.changes if change.path == (field,)] or case.changes
        return Decision(blocked=((named[0], reason),), action="create")
    return Decision((POST(case.system, bodies.creation(case)),), action="create")


RELEASE = Kind(
    name="Release",
    api_version="flexdeploy/v1",
    summary="A release: its status, pipeline, schedule, projects, properties and change management system.",
    model=Release,
    key=("releaseName",),
    lookup=lookup,
    fetch=fetch,
    read=read,
    id_field="releaseId",
    decide=decide,
    many_by_list=True,
    rules=RULES,
    exported=lambda live: enumerated(live.fields.get("releaseStatus")) != "COMPLETED",
)
