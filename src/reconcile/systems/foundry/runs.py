"""Asks for the runs of schedules and for the builds that are waited for, and reads them page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from reconcile.provider import BadAnswer, Json, Live, Options, Page, Ref, Request, Resource, Response, forms
from reconcile.systems.foundry import routes
from reconcile.systems.foundry.ends import NOT_FOUND, NOT_NAMED, build_of, end_of, result_of, status_of

PAGE_SIZE: Final = 100
_BUILDS: Final = routes.BUILD.spelled.split(" ")[1].partition("{")[0]


def lookup(system: str, resources: Sequence[Resource], options: Options) -> Sequence[Request]:
    """Return the requests for the runs of each wanted schedule, which no two resources share."""
    asked = {resource.spec["scheduleRid"]: _asked(resource) for resource in resources}
    known = {schedule: of for schedule, of in asked.items() if not isinstance(schedule, Ref)}
    return [_runs(system, schedule, options, of) for schedule, of in sorted(known.items())]


class _Asked(NamedTuple):
    """Hold what is asked of a schedule's runs: since when (None: the newest), and of whose builds."""

    since: Json = None
    builds: bool = False
    only: Json = None
    """The run whose build is asked for, where it is known which one is meant."""

    left: tuple[Json, ...] = ()
    """The runs whose builds may be asked for, as the listing has them."""

    def fits(self, row: Json) -> bool:
        """Tell whether the build of a run is asked for."""
        if self.only is not None:
            return bool(row.get("rid") == self.only) and self.builds
        return self.builds and _created(row) >= self.since


def _asked(resource: Resource) -> _Asked:
    return _Asked(moment_of(resource), bool(resource.spec.get("waitForBuild")), resource.id)


def moment_of(resource: Resource | None) -> Json:
    """The moment asked about; of a tombstone, which may name none, and of nothing: ever."""
    return forms.instant(resource.spec.get("requestedAt", 0)) if resource else 0


def fetch(system: str, id_: Json, options: Options) -> Request:
    """The newest runs of the schedule with this rid."""
    return _runs(system, id_, options, _Asked())


def _runs(system: str, schedule: Json, options: Options, of: _Asked) -> Request:
    asked = routes.RUNS(system, query=routes.flagged(options, pageSize=PAGE_SIZE), scheduleRid=schedule)
    return asked._replace(context=of)


def page(request: Request, response: Response) -> Page:
    """Read one page of runs; older pages are asked for only while they may still hold a run since the moment.

    After the last page the builds are asked for, the oldest run's first, until one has succeeded.
    """
    body = response.body
    asked = (
        request.context if isinstance(request.context, _Asked) else _Asked()
    )  # an answer to a write has none
    if request.path.startswith(_BUILDS):
        return _built(request, response)
    rows = body.get("data") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(rows, list) or asked is None:
        raise BadAnswer("the answer has no list `data`")
    if not isinstance(asked, _Asked):  # the answer to what starts a run, which is none of a list
        raise BadAnswer("the answer is a list, where one run was asked for")
    asked = asked._replace(left=(*asked.left, *filter(asked.fits, rows)))
    token = body.get("nextPageToken")
    if not isinstance(token, str) or not token or not _reaches(rows, asked.since):
        return _ended(request.system, asked, rows)
    query = (*((name, value) for name, value in request.query if name != "pageToken"), ("pageToken", token))
    return Page(rows, request._replace(query=query, context=asked))


def _ended(system: str, asked: _Asked, rows: Sequence[Json]) -> Page:
    """Return the last page of runs, with those that name no build, and ask for the first of the builds."""
    if any(_is_well(row) for row in asked.left):
        return Page(rows)
    nameless = ({**row, "build": NOT_NAMED} for row in asked.left if _is_submitted(row) and not build_of(row))
    named = sorted(filter(build_of, asked.left), key=lambda row: age_of(read(row)))
    return Page((*rows, *nameless), _build(system, asked._replace(left=tuple(named))))


def _build(system: str, asked: _Asked) -> Request | None:
    """Return the request for the build of the first run that is left; None where none is."""
    if not asked.left:
        return None
    return routes.BUILD(system, buildRid=build_of(asked.left[0]))._replace(context=asked)


def _built(request: Request, response: Response) -> Page:
    """Return the run whose build was asked for with the build's status, and ask for the next one."""
    asked, run = request.context, request.context.left[0]
    is_there = response.status not in request.absent_on
    build = build_of(run)
    shown = {**run, "build": status_of(response.body, build) if is_there else NOT_FOUND}
    left = () if _is_well(shown) else tuple(row for row in asked.left if build_of(row) != build)
    return Page([shown], _build(request.system, asked._replace(left=left)))


def _is_well(row: Json) -> bool:
    return end_of(read(row), by_build=True) == "well"


def _is_submitted(row: Json) -> bool:
    return (result_of(row) or {}).get("type") == "submitted"


def age_of(run: Live) -> tuple[int, str]:
    """Return by what runs are put in order, the newest last."""
    return _created({"createdTime": run.fields["requestedAt"]}), str(run.id)


def _reaches(rows: Sequence[Json], since: Json) -> bool:
    return bool(rows) and since is not None and _created(rows[-1]) >= since


def _created(row: Json) -> int:
    created = forms.instant(row.get("createdTime")) if isinstance(row, dict) else None
    if not isinstance(created, int):
        raise BadAnswer("a run has no createdTime: whether it is the one asked for cannot be told")
    return created


def read(row: Json) -> Live:
    """A run; its moment is when it was created."""
    _created(row)
    if not isinstance(row.get("rid"), str) or not isinstance(row.get("scheduleRid"), str):
        raise BadAnswer("a run has no rid or no scheduleRid")
    said = {
        "scheduleRid": row["scheduleRid"],
        "requestedAt": row["createdTime"],
        "result": result_of(row),
        "rid": row["rid"],
        **({"build": row["build"]} if "build" in row else {}),
    }
    return Live(row["rid"], row["scheduleRid"], said)
