"""Which release a Katalon schedule (run configuration) is linked to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from reconcile.provider import (
    BadAnswer,
    Case,
    Decision,
    Fields,
    FromOption,
    Json,
    Kind,
    Live,
    LookupOnly,
    Nameable,
    NamedBy,
    Options,
    Ref,
    RefersTo,
    Request,
    Resource,
    Route,
    doc,
    forms,
)
from reconcile.systems.katalon.lookups import LOOKUPS
from reconcile.systems.katalon.search import SMART, by_project, page, search

LINK_RELEASE = Route("POST /api/v1/run-configurations/{id}/link-release")
UNLINK = Route("POST /api/v1/run-configurations/{id}/unlink-release")


class ScheduleLink(Fields):
    """A schedule's link to a release."""

    runConfigurationId: Annotated[
        int,
        doc("int64", "The schedule, which TestOps calls a run configuration.", 12345),
        NamedBy("name"),
        Nameable("schedule", within="projectId"),
    ]
    releaseId: Annotated[
        int | None,
        doc("int64", "The release that it is linked to; null: none.", 67890),
        RefersTo("Release"),
        NamedBy("releaseName"),
        Nameable("release", within="projectId"),
    ]
    projectId: Annotated[
        int,
        doc("int64", "The project that both are in; default: the system's option.", 4711),
        LookupOnly(),
        FromOption(),
    ]


def lookup(system: str, resources: Sequence[Resource], options: Options) -> Sequence[Request]:
    """One search a project for all wanted schedules; the smart scheduler of each where search is refused."""
    specs = [resource.spec for resource in resources] or [{"projectId": options.get("projectId")}]
    return [_asked(system, project, group) for project, group in by_project(specs)]


def _asked(system: str, project: Json, specs: Sequence[Mapping[str, Json]]) -> Request:
    ids = sorted({spec["runConfigurationId"] for spec in specs if "runConfigurationId" in spec})
    one = {"id": ids[0]} if len(ids) == 1 else {}
    asked = search(system, "RunConfiguration", {**one, "Project.id": project})
    instead = tuple(SMART(system, id=id_)._replace(context=forms.integer(project)) for id_ in ids)
    return Request(asked.system, asked.method, asked.path, body=asked.body, safe=True, fallbacks=instead)


def fetch(system: str, id_: Json, options: Options) -> Request:
    """The schedule with this id, in the system's own project."""
    return _asked(system, options.get("projectId"), [{"runConfigurationId": forms.integer(id_)}])


def read(row: Json) -> Live:
    """A schedule and what it is linked to: `releaseId`, else `release.id`, else the build's release.

    A build without an id is not linked: some servers show a release inside one.
    """
    if not isinstance(row, dict):
        raise BadAnswer("a run configuration is no object")
    id_ = forms.integer(row.get("id"))
    if not isinstance(id_, int):
        raise BadAnswer("a run configuration has no usable id")
    release, build = _object(row, "release"), _object(row, "build")
    linked = (
        row.get("releaseId"),
        release.get("id"),
        build.get("releaseId"),
        _object(build, "release").get("id"),
    )
    said = {
        "runConfigurationId": id_,
        "name": row.get("name"),
        "releaseId": next((forms.integer(value) for value in linked if value is not None), None),
        "releaseName": release.get("name"),
        "projectId": row.get("projectId"),
        "build": None if build.get("id") is None else build.get("name") or build["id"],
    }
    return Live(id_, str(row.get("name") or id_), said)


def _object(row: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def decide(case: Case) -> Decision:
    """Link, relink or unlink by one request; never past a build that the manifest does not know.

    The vendor's answer shows `build` and a `status` outside its own list: it is never believed.
    """
    if not case.changes or case.live is None:
        return Decision()
    build = case.live.fields.get("build")
    if build is not None:
        wanted = case.want["releaseId"]
        step = "unlinking" if wanted is None else f"linking {_shown(wanted)}"
        reason = f"build `{build}` is linked, and {step} would clear it: unlink it in TestOps first"
        return Decision(blocked=tuple((change, reason) for change in case.changes))
    return Decision((_linking(case, case.want["releaseId"]),))


def _shown(release: Json) -> Json:
    return release.address if isinstance(release, Ref) else release


def _linking(case: Case, release: Json) -> Request:
    if release is None:
        return UNLINK(case.system, id=case.live.id if case.live else None)
    style = case.options.get("paramStyle") or "both"
    query = {"projectId": case.want["projectId"], "releaseId": release} if style != "body" else {}
    body = {"releaseId": release if isinstance(release, Ref) else str(release)} if style != "query" else None
    return LINK_RELEASE(case.system, body, query, id=case.live.id if case.live else None)


LINK = Kind(
    name="ScheduleLink",
    api_version="katalon/v1",
    summary="Which release a schedule (run configuration) is linked to; the schedule itself must exist.",
    model=ScheduleLink,
    key=("runConfigurationId",),
    lookup=lookup,
    list_needs="projectId",
    fetch=fetch,
    read=read,
    id_field="runConfigurationId",
    decide=decide,
    must_exist=True,
    identified=False,
    page=page,
    in_paths=("runConfigurationId",),
    exported=lambda live: live.fields.get("releaseId") is not None,
    aside=lambda live: "is linked to no release",
    lookups=LOOKUPS,
)
