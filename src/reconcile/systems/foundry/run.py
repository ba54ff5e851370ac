"""That a Foundry schedule has run since a moment: asked for once, and answered by any run created since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

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


def lookup(system: str, resources: Sequence[Resource], options: Options) -> Sequence[Request]:
    """The runs of each wanted schedule, newest first, back to the moment asked about."""
    since: dict[str, Json] = {}
    for resource in resources:
        schedule, asked = resource.spec["scheduleRid"], _moment(resource)
        if not isinstance(schedule, Ref):
            since[schedule] = min(since.get(schedule, asked), asked)
    return [_runs(system, schedule, options, asked) for schedule, asked in sorted(since.items())]


def _moment(resource: Resource | None) -> Json:
    """The moment asked about; of a tombstone, which may name none, and of nothing: ever."""
    return forms.instant(resource.spec.get("requestedAt", 0)) if resource else 0


def fetch(system: str, id_: Json, options: Options) -> Request:
    """The newest runs of the schedule with this rid."""
    return _runs(system, id_, options, None)


def _runs(system: str, schedule: Json, options: Options, since: Json) -> Request:
    asked = routes.RUNS(system, query=routes.flagged(options, pageSize=PAGE_SIZE), scheduleRid=schedule)
    return asked._replace(context=since)


def page(request: Request, response: Response) -> Page:
    """One page of runs; older pages are asked for only while they may still hold a run since the moment."""
    body = response.body
    rows = body.get("data") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(rows, list):
        raise BadAnswer("the answer has no list `data`")
    token = body.get("nextPageToken")
    if not isinstance(token, str) or not token or not _reaches(rows, request.context):
        return Page(rows)
    query = (*((name, value) for name, value in request.query if name != "pageToken"), ("pageToken", token))
    return Page(rows, request._replace(query=query))


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
    return max(
        well or since, key=lambda run: (forms.instant(run.fields["requestedAt"]), str(run.id)), default=None
    )


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
    if not _failed(live):
        return Decision()
    result = live.fields["result"]
    reason = f"run {live.id} ended in {_error(result)}: bump requestedAt to ask for another"
    change = Change(("requestedAt",), live.fields["requestedAt"], case.want["requestedAt"], case.origin)
    return Decision(blocked=((change, reason),), action="run")


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
