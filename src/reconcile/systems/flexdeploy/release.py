"""A FlexDeploy release: how it is found, read, and which of POST, PATCH and PUT closes a difference."""

from __future__ import annotations

from reconcile.provider import IN_SYNC, BadAnswer, Case, Decision, Json, Kind, Live, Rest, Route, forms
from reconcile.systems.flexdeploy import bodies, hazards
from reconcile.systems.flexdeploy.fields import Release
from reconcile.systems.flexdeploy.lookups import LOOKUPS
from reconcile.systems.flexdeploy.rules import RULES

LIST = Route("GET /releases")
REPLACE = Route("PUT /releases/{releaseId}")
REST = Rest(
    id="releaseId",
    name="releaseName",
    list=LIST,
    get=Route("GET /releases/{releaseId}"),
    create=Route("POST /releases"),
    update=Route("PATCH /releases/{releaseId}"),
    filter="releaseName",  # which matches by substring
)
_read = REST.reader("release", Release)


def read(row: Json) -> Live:
    """Return a release as the list and the GET by id show it; the manifest uses the same vocabulary."""
    if not isinstance(row, dict):
        raise BadAnswer("a release is no object")
    return _read(row)


def decide(case: Case) -> Decision:
    """POST to create; PATCH where everything only adds or updates; PUT where something goes.

    The vendor: PATCH "does not support removing data", PUT "will delete or reset" what is null. What a
    server would refuse, and a PUT that could wipe what the read did not show, is blocked instead.
    """
    if case.live is None:
        return _create(case)
    status = forms.enumerated(case.live.fields.get("releaseStatus"))
    if status == "COMPLETED":
        return _completed(case)
    if not case.changes:
        return IN_SYNC
    blocked = tuple(hazards.blocked(case, str(status)))
    held = {change.path for change, _ in blocked}
    sent = tuple(change for change in case.changes if change.path not in held)
    if not sent:
        return Decision(blocked=blocked)
    if any(bodies.removes(change) for change in sent):
        body = bodies.replacement(case, sent, str(status))
        return Decision((REPLACE(case.system, body, releaseId=case.live.id),), blocked)
    return Decision((REST.change(case, bodies.addition(case, sent)),), blocked)


def _completed(case: Case) -> Decision:
    """Return that a completed release is finished; where its server takes one back by hand, each change is
    blocked until somebody has done that."""
    if case.options.get("completed") != "drift":
        return Decision(finished="the release is COMPLETED")
    reason = "the release is COMPLETED, and no request leads back: revert it in FlexDeploy"
    return Decision(blocked=tuple((change, reason) for change in case.changes))


def folder(live: Live) -> str:
    """Return in which folder a release is, where the answer says so: newer servers have folders."""
    place = live.fields.get("folderPath") or live.fields.get("folderId")
    return f"folder {place}" if isinstance(place, str | int) else ""


def _create(case: Case) -> Decision:
    refused = hazards.uncreatable(case)
    if refused is not None:
        field, reason = refused
        named = [change for change in case.changes if change.path == (field,)] or case.changes
        return Decision(blocked=((named[0], reason),), action="create")
    return Decision((REST.creation(case, bodies.creation(case)),), action="create")


RELEASE = Kind(
    name="Release",
    api_version="flexdeploy/v1",
    summary="A release: its status, pipeline, schedule, projects, properties and change management system.",
    model=Release,
    rest=REST,
    read=read,
    decide=decide,
    rules=RULES,
    exported=lambda live: forms.enumerated(live.fields.get("releaseStatus")) != "COMPLETED",
    lookups=LOOKUPS,
    told_apart=folder,
)
