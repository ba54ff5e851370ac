"""A schedule of a deployment: when it runs by itself, and with which parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from reconcile.provider import (
    Atomic,
    ByOffset,
    Case,
    Decision,
    Default,
    Fields,
    Finding,
    Form,
    FromName,
    Json,
    Kind,
    LastWrite,
    Nameable,
    Parents,
    Rest,
    Route,
    ServerDefault,
    Spec,
    creation_of,
    doc,
    forms,
    is_zone,
    nearest_zone,
    no_zone,
    overlay,
    patch_of,
    table_of,
)

from reconcile_prefect.deployments import DEPLOYMENTS, LOOKUPS, SIZE

VARIANTS = {"cron": ("day_or",), "interval": ("anchor_date",), "rrule": ()}
"""The three ways to say when, one of them alone, each with what goes with it alone."""

_STARTS = "DTSTART:20200101T000000\n"
"""What the server puts before a rule that does not say when it starts."""


def rule(value: Json) -> Json:
    """Return a recurrence rule without what the server adds to it."""
    found = forms.text(value)
    return found.removeprefix(_STARTS).removeprefix("RRULE:") if isinstance(found, str) else found


class When(Fields):
    """When a schedule fires: by cron, by an interval, or by a recurrence rule."""

    cron: Annotated[str | None, doc("string", "A cron expression.", "0 2 * * *")] = None
    interval: Annotated[float | None, doc("number", "Seconds from one run to the next.", 3600)] = None
    rrule: Annotated[str | None, doc("string", "A rule of RFC 5545.", "FREQ=DAILY"), Form(rule)] = None
    timezone: Annotated[
        str | None, doc("string", "The zone that it is in.", "Europe/Berlin"), Default("UTC")
    ] = None
    day_or: Annotated[
        bool | None,
        doc("boolean", "Whether a day of month or of week is enough, as in cron.", False),
        Default(True),
    ] = None
    anchor_date: Annotated[
        str | None,
        doc("date-time", "What an interval is counted from.", "2026-12-01T00:00:00Z"),
        Form(forms.instant),
        ServerDefault(),
    ] = None


class DeploymentSchedule(Fields):
    """A schedule of a deployment."""

    deployment_id: Annotated[
        str,
        doc("uuid", "The deployment, which is made with its code.", "c27dbb27-d037-4ff4-9357-b4158ebc572e"),
        Nameable("deployment"),
    ]
    slug: Annotated[str, doc("string", "Its name in the deployment.", "nightly"), FromName()]
    schedule: Annotated[When, doc("object", "When it fires.", {"cron": "0 2 * * *"})]
    active: Annotated[bool | None, doc("boolean", "Whether it fires at all.", False), Default(True)] = None
    max_scheduled_runs: Annotated[
        int | None, doc("integer", "How many runs are put on the calendar ahead; null: the server's.", 3)
    ] = None
    parameters: Annotated[
        dict[str, Any] | None,
        doc("object", "What the flow is called with, over the deployment's own.", {"day": "today"}),
        Atomic(),
    ] = None


TABLE = table_of(DeploymentSchedule)
REST = Rest(
    id="id",
    name="slug",
    list=Route("GET /deployments/{deployment_id}/schedules"),
    create=Route("POST /deployments/{deployment_id}/schedules"),
    update=Route("PATCH /deployments/{deployment_id}/schedules/{schedule_id}"),
    delete=Route("DELETE /deployments/{deployment_id}/schedules/{schedule_id}"),
    in_paths=("deployment_id",),
    parents=Parents(DEPLOYMENTS, "deployment_id", pages=ByOffset(size=SIZE)),
    has_text_id=True,
    may_be_nameless=True,  # those that are made by hand have no slug
)


def decide(case: Case) -> Decision:
    """POST one in a list; PATCH what changes, of the schedule itself the way that is wanted alone.

    A PATCH that is silent about the parameters clears them (Prefect 3.9), so that each one says them.
    """
    if case.live is None:
        made = creation_of(case, "deployment_id")
        return Decision((REST.creation(case, [made]),), action="create")
    if not case.changes:
        return Decision()
    parameters = case.want.get("parameters", case.live.fields.get("parameters"))
    body = {**patch_of(case, "deployment_id"), "parameters": parameters or {}}
    if "schedule" in body:
        whole = overlay(TABLE, case.live.fields, case.want)["schedule"]
        body["schedule"] = _of_one_way(whole, case.want["schedule"])
    return Decision((REST.change(case, body),))


def _of_one_way(whole: Spec, want: Spec) -> Spec:
    """Return a schedule without what goes with another way than the wanted one."""
    wanted = next((way for way in VARIANTS if want.get(way) is not None), None)
    if wanted is None:
        return whole
    others = {name for way, more in VARIANTS.items() if way != wanted for name in (way, *more)}
    return {name: value for name, value in whole.items() if name not in others and value is not None}


def one_way(spec: Spec) -> Iterator[Finding]:
    """Say when in one way alone, with what goes with it."""
    when = spec.get("schedule")
    if not isinstance(when, dict):
        return
    ways = [way for way in VARIANTS if when.get(way) is not None]
    if len(ways) != 1:
        told = "one of them" if ways else "one of them, and this has none"
        yield Finding(("schedule",), "union", f"`schedule` takes cron, interval or rrule, {told}")
        return
    for way, more in VARIANTS.items():
        for name in more:
            if way != ways[0] and when.get(name) is not None:
                yield Finding(("schedule", name), "union", f"`{name}` goes with `{way}` alone")
    zone = when.get("timezone")
    if isinstance(zone, str) and not is_zone(zone):
        yield Finding(("schedule", "timezone"), "time-zone", f"{no_zone(zone)}{nearest_zone(zone)}")


SCHEDULE = Kind(
    name="DeploymentSchedule",
    api_version="prefect/v3",
    summary="A schedule of a deployment: when it runs by itself, with which parameters.",
    model=DeploymentSchedule,
    key=("deployment_id", "slug"),
    rest=REST,
    decide=decide,
    rules=(one_way,),
    lookups=LOOKUPS,
    last_write=LastWrite("updated"),
)
