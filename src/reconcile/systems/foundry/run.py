"""That a Foundry schedule has run since a moment: asked for once, and answered by any run created since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, NamedTuple

from reconcile.provider import (
    AtLeast,
    BadAnswer,
    Case,
    Change,
    Decision,
    Fields,
    Finding,
    Form,
    Json,
    Kind,
    Live,
    Options,
    Page,
    Ref,
    RefersTo,
    Request,
    Resource,
    Response,
    Spec,
    doc,
    forms,
    is_id,
)
from reconcile.systems.foundry import routes
from reconcile.systems.foundry.unions import SCHEDULE_RID, is_rid, no_rid, rid

PAGE_SIZE = 100
_BUILT = frozenset({"SUCCEEDED", "FAILED", "CANCELED"})
"""The statuses of a build that is over."""

_NESTED = ("ignored", "submitted", "error")


class ScheduleRun(Fields):
    """A run of a schedule."""

    scheduleRid: Annotated[
        str,
        doc("string", "The schedule.", SCHEDULE_RID),
        RefersTo("Schedule"),
        Form(rid),
    ]
    requestedAt: Annotated[
        str,
        doc(
            "datetime",
            "A run created at or after it is the one asked for; bump it to ask again.",
            "2026-12-01T08:00:00Z",
        ),
        Form(forms.instant),
        AtLeast(),
    ]
    waitForBuild: Annotated[
        bool | None,
        doc(
            "boolean",
            "Wait, within --wait, for the build of the run, and fail with it; default: false.",
            True,
        ),
        Form(lambda value: None),
    ] = None


def lookup(system: str, resources: Sequence[Resource], options: Options) -> Sequence[Request]:
    """The runs of each wanted schedule, newest first, back to the moment asked about."""
    since: dict[str, Json] = {}
    waits: set[str] = set()
    for resource in resources:
        schedule, asked = resource.spec["scheduleRid"], _moment(resource)
        if not isinstance(schedule, Ref):
            since[schedule] = min(since.get(schedule, asked), asked)
            waits |= {schedule} if resource.spec.get("waitForBuild") else set()
    return [
        _runs(system, schedule, options, _Asked(asked, schedule in waits))
        for schedule, asked in sorted(since.items())
    ]


class _Asked(NamedTuple):
    """Hold what is asked of a schedule's runs: since when (None: the newest), and whether of their build."""

    since: Json = None
    build: bool = False
    run: Json = None
    """The run whose build is asked for, as the listing has it."""


def _moment(resource: Resource | None) -> Json:
    """The moment asked about; of a tombstone, which may name none, and of nothing: ever."""
    return forms.instant(resource.spec.get("requestedAt", 0)) if resource else 0


def fetch(system: str, id_: Json, options: Options) -> Request:
    """The newest runs of the schedule with this rid."""
    return _runs(system, id_, options, _Asked())


def _runs(system: str, schedule: Json, options: Options, of: _Asked) -> Request:
    asked = routes.RUNS(system, query=routes.flagged(options, pageSize=PAGE_SIZE), scheduleRid=schedule)
    return asked._replace(context=of)


def page(request: Request, response: Response) -> Page:
    """One page of runs; older pages are asked for only while they may still hold a run since the moment."""
    body, asked = response.body, request.context
    if asked.run is not None:
        return Page([{**asked.run, "build": _status(body)}])
    rows = body.get("data") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(rows, list):
        raise BadAnswer("the answer has no list `data`")
    token = body.get("nextPageToken")
    newest = _newest(rows) if asked.build else None
    if newest is not None and _created(newest) >= asked.since:
        rest = [row for row in rows if row is not newest]
        build = routes.BUILD(request.system, buildRid=_build(newest))
        return Page(rest, build._replace(context=asked._replace(run=newest)))
    if not isinstance(token, str) or not token or not _reaches(rows, asked.since):
        return Page(rows)
    query = (*((name, value) for name, value in request.query if name != "pageToken"), ("pageToken", token))
    return Page(rows, request._replace(query=query))


def _newest(rows: Sequence[Json]) -> Json:
    """Return the newest run that did not end in an error, where it has started a build; else None."""
    lives = [(read(row), row) for row in rows]
    well = [(_age(live), row) for live, row in lives if not _failed(live)]
    newest = max(well, key=lambda each: each[0])[1] if well else None
    return newest if newest is not None and _build(newest) else None


def _age(run: Live) -> tuple[int, str]:
    """Return by what runs are put in order, the newest last."""
    return _created({"createdTime": run.fields["requestedAt"]}), str(run.id)


def _build(row: Mapping[str, Json]) -> Json:
    """Return the rid of the build that a run has started; None where it has started none."""
    rid_ = (_result(row) or {}).get("buildRid")
    return rid_ if isinstance(rid_, str) and is_id(rid_) else None


def _status(build: Json) -> str:
    status = build.get("status") if isinstance(build, dict) else None
    if not isinstance(status, str) or not status:
        raise BadAnswer("a build has no status")
    return status.upper()


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
        "result": _result(row),
        "rid": row["rid"],
        **({"build": row["build"]} if "build" in row else {}),
    }
    return Live(row["rid"], row["scheduleRid"], said)


def _result(row: Mapping[str, Json]) -> Mapping[str, Json] | None:
    """What came of a run: a union tagged by `type`, or nested under its branch's name."""
    given = row.get("result")
    if not isinstance(given, dict) or not given:
        return None
    if isinstance(given.get("type"), str):
        return {**given, "type": given["type"].lower()}
    branch = next((name for name in _NESTED if name in given), None)
    inner = given.get(branch) if branch else None
    return {"type": branch, **(inner if isinstance(inner, dict) else {})} if branch else None


def pick(resource: Resource | None, runs: Sequence[Live]) -> Live | None:
    """Of the runs since the moment (or ever), one that did not fail; else one that did; else none."""
    asked = _moment(resource)
    since = [run for run in runs if forms.instant(run.fields["requestedAt"]) >= asked]
    well = [run for run in since if not _failed(run)]
    return max(well or since, key=_age, default=None)


def _failed(run: Live) -> bool:
    result = run.fields.get("result")
    return result is not None and result["type"] == "error"


def decide(case: Case) -> Decision:
    """POST the run where there was none since; a run that failed stays blocked until the moment is bumped."""
    if case.live is not None:
        return _over(case, case.live)
    asked = case.want["requestedAt"]
    moment = next(change for change in case.changes if change.path == ("requestedAt",))
    if case.now is not None and forms.instant(asked) > case.now:
        now = datetime.fromtimestamp(case.now, UTC).isoformat(timespec="seconds")
        return Decision(blocked=((moment, f"{asked} is ahead of the server's clock ({now})"),), action="run")
    run = routes.RUN(case.system, query=routes.flagged(case.options), scheduleRid=case.want["scheduleRid"])
    return Decision((run,), action="run")


def _over(case: Case, live: Live) -> Decision:
    waits = _still_builds(live) if case.want.get("waitForBuild") else None
    if waits:
        return Decision(waits=waits, action="run")
    ended = _ended_badly(case, live)
    if not ended:
        return Decision()
    reason = f"{ended}: bump requestedAt to ask for another"
    change = Change(("requestedAt",), live.fields["requestedAt"], case.want["requestedAt"], case.origin)
    return Decision(blocked=((change, reason),), action="run")


def _still_builds(live: Live) -> str | None:
    """Return, in words, what a run has still to come to before its build is over; None where it is."""
    result, build = live.fields.get("result"), live.fields.get("build")
    if result is None:
        return f"run {live.id} has no result yet"
    if result["type"] != "submitted" or build in _BUILT:
        return None
    return f"build {result.get('buildRid')} of run {live.id} is {build or 'of unknown status'}"


def _ended_badly(case: Case, live: Live) -> str | None:
    """Return, in words, how a run failed, or its build where that is waited for; else None."""
    result, build = live.fields.get("result") or {}, live.fields.get("build")
    if _failed(live):
        return f"run {live.id} ended in {_error(result)}"
    if case.want.get("waitForBuild") and build in _BUILT and build != "SUCCEEDED":
        return f"build {result.get('buildRid')} of run {live.id} ended in {build}"
    return None


def _error(result: Mapping[str, Json]) -> str:
    named = str(result.get("errorName") or "an error")
    described = str(result.get("description") or "")
    return f"{named}: {described}" if described else named


def names_a_schedule(spec: Spec) -> Iterator[Finding]:
    """A schedule is named by its rid."""
    named = spec.get("scheduleRid")
    if isinstance(named, str) and is_id(named) and not is_rid(named):
        yield Finding(("scheduleRid",), "bad-id", no_rid("scheduleRid", named))


def outcome(live: Live) -> Mapping[str, Json]:
    """The run's rid, and its build or its error, as far as the system has said."""
    result = live.fields.get("result") or {}
    build = {"buildRid": result["buildRid"]} if result.get("buildRid") else {}
    if live.fields.get("build"):
        build["buildStatus"] = live.fields["build"]
    ended = {"result": result["type"]} if result.get("type") else {}
    return {"rid": live.id, **ended, **build, **({"error": _error(result)} if _failed(live) else {})}


RUN = Kind(
    name="ScheduleRun",
    api_version="foundry/v2",
    summary="That a schedule has run since a moment; the schedule is found by its rid alone.",
    model=ScheduleRun,
    key=("scheduleRid",),
    lookup=lookup,
    fetch=fetch,
    read=read,
    id_field="rid",
    decide=decide,
    identified=False,
    pick=pick,
    settled=lambda live: live.fields.get("result") is not None,
    result=outcome,
    listed=False,
    page=page,
    in_paths=("scheduleRid",),
    rules=(names_a_schedule,),
)
