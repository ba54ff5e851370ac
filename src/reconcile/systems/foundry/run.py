"""That a Foundry schedule has run since a moment: asked for once, and answered by any run created since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

from reconcile.provider import (
    AtLeast,
    Case,
    Change,
    Dated,
    Decision,
    Fields,
    Finding,
    Form,
    Json,
    Kind,
    Live,
    RefersTo,
    Resource,
    Spec,
    doc,
    forms,
    is_id,
)
from reconcile.systems.foundry import routes
from reconcile.systems.foundry.ends import (
    End,
    end_of,
    error_of,
    has_failed,
    is_settled,
    told,
)
from reconcile.systems.foundry.runs import age_of, fetch, lookup, moment_of, page, read
from reconcile.systems.foundry.unions import SCHEDULE_RID, is_rid, no_rid, rid

SHOWN_WITHIN = 60
"""Seconds within which a new run's build may not be shown yet."""

_UNCLEAR = (
    "whether it succeeded cannot be told: look there, and bump requestedAt to ask for another, "
    "or take waitForBuild away"
)


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


_RANK: Mapping[End, int] = {"well": 0, "open": 1, "unclear": 2, "failed": 3}


def pick(resource: Resource | None, runs: Sequence[Live]) -> Live | None:
    """Of the runs since the moment one that ended well, else one that still may; of several the oldest.

    Without a resource, or for a tombstone, it is the newest that did not fail.
    """
    if resource is None or resource.absent:
        well = [run for run in runs if not has_failed(run)]
        return max(well or runs, key=age_of, default=None)
    asked, by_build = moment_of(resource), bool(resource.spec.get("waitForBuild"))
    since = [run for run in runs if forms.instant(run.fields["requestedAt"]) >= asked]
    return min(since, key=lambda run: (_RANK[end_of(run, by_build=by_build)], age_of(run)), default=None)


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
    end = end_of(live, by_build=bool(case.want.get("waitForBuild")))
    if end == "well":
        return Decision()
    if end == "open" or (end == "unclear" and _is_young(case, live)):
        return Decision(waits=told(live), action="run")
    todo = _UNCLEAR if end == "unclear" else "bump requestedAt to ask for another"
    change = Change(("requestedAt",), live.fields["requestedAt"], case.want["requestedAt"], case.origin)
    return Decision(blocked=((change, f"{told(live)}: {todo}"),), action="run")


def _is_young(case: Case, run: Live) -> bool:
    """Tell whether a run is so new that its build may be shown later, for all that is known."""
    return case.now is None or case.now - age_of(run)[0] < SHOWN_WITHIN


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
    return {"rid": live.id, **ended, **build, **({"error": error_of(result)} if has_failed(live) else {})}


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
    settled=is_settled,
    result=outcome,
    listed=False,
    found_by_key=True,
    page=page,
    in_paths=("scheduleRid",),
    rules=(names_a_schedule,),
    dated=Dated("requested", "requestedAt"),
)
