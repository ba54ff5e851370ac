"""The field table of a Foundry schedule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from reconcile.provider import Atomic, Default, Fields, Fires, Form, FromName, Json, doc, forms, is_id
from reconcile.systems.foundry.trigger_times import trigger_times
from reconcile.systems.foundry.unions import union

_MILLISECONDS = {
    "MILLISECONDS": 1,
    "SECONDS": 1000,
    "MINUTES": 60_000,
    "HOURS": 3_600_000,
    "DAYS": 86_400_000,
    "WEEKS": 604_800_000,
}
"""The units that are as long as each other always; a month and a year are not."""


def duration(value: Json) -> Json:
    """Return one text for a duration, whichever unit it is counted in."""
    if not isinstance(value, dict):
        return forms.whole(value)
    count, unit = forms.integer(value.get("value")), value.get("unit")
    if type(count) is not int or unit not in _MILLISECONDS:
        return forms.whole({"value": count, "unit": unit})
    return forms.whole({"milliseconds": count * _MILLISECONDS[unit]})


class RetryBackoff(Fields):
    """How long a retry waits."""

    value: Annotated[int, doc("integer", "How many units.", 30)]
    unit: Annotated[str, doc("string", "The unit of `value`.", "SECONDS")]


class Action(Fields):
    """What a schedule builds, and how."""

    target: Annotated[
        dict[str, Any],
        doc(
            "BuildTarget",
            "What is built; compared as a whole.",
            {"type": "manual", "targetRids": ["ri.foundry.main.dataset.a"]},
        ),
        Atomic(),
        Form(union),
    ]
    branchName: Annotated[str | None, doc("string", "The branch.", "master")] = None
    fallbackBranches: Annotated[
        list[str] | None,
        doc("List<string>", "Branches to fall back to, in order.", ["master"]),
        Atomic(),
        Form(forms.whole),
    ] = None
    forceBuild: Annotated[bool | None, doc("boolean", "Build what is up to date, too.", False)] = None
    abortOnFailure: Annotated[bool | None, doc("boolean", "Stop at the first failure.", False)] = None
    notificationsEnabled: Annotated[bool | None, doc("boolean", "Tell the schedule's owner.", True)] = None
    retryCount: Annotated[int | None, doc("integer", "How often a failed job is tried again.", 2)] = None
    retryBackoffDuration: Annotated[
        RetryBackoff | None,
        doc(
            "Duration",
            "How long a retry waits: `value` and `unit`; 60 SECONDS and 1 MINUTES are one duration.",
            {"value": 30, "unit": "SECONDS"},
        ),
        Atomic(),
        Form(duration),
    ] = None


class Schedule(Fields):
    """A schedule."""

    server_own = ("rid", "currentVersionRid", "createdTime", "createdBy", "updatedTime", "updatedBy")

    displayName: Annotated[
        str | None, doc("string", "Its name; the manifest's name where it is silent.", "Numbers"), FromName()
    ]
    description: Annotated[
        str | None, doc("string", "What it is for.", "Refreshes the numbers."), Form(forms.prose)
    ] = None
    action: Annotated[
        Action,
        doc(
            "Action",
            "What it builds.",
            {"target": {"type": "manual", "targetRids": ["ri.foundry.main.dataset.a"]}},
        ),
    ]
    trigger: Annotated[
        dict[str, Any] | None,
        doc(
            "Trigger",
            "When it runs; cron has 5 fields. Compared as a whole.",
            {"type": "time", "cronExpression": "0 6 * * *", "timeZone": "UTC"},
        ),
        Atomic(),
        Form(union),
        Fires(trigger_times),
    ] = None
    paused: Annotated[bool | None, doc("boolean", "Whether it is paused.", False), Default(False)] = None
    scopeMode: Annotated[
        dict[str, Any] | None,
        doc("ScopeMode", "As whom it runs; compared as a whole.", {"type": "user"}),
        Atomic(),
        Form(union),
    ] = None


TARGETS = ("targetRids", "inputRids")


def branch(spec: Mapping[str, Json]) -> str:
    """Return the branch that a schedule's action names; empty: the default branch, whatever its name."""
    action = spec.get("action")
    named = action.get("branchName") if isinstance(action, dict) else None
    return named if isinstance(named, str) else ""


def datasets(spec: Mapping[str, Json]) -> list[str]:
    """The datasets of a schedule's target, by which it can be found."""
    action = spec.get("action")
    target = action.get("target") if isinstance(action, dict) else None
    listed = [target.get(name) for name in TARGETS] if isinstance(target, dict) else []
    found = [rid for rids in listed if isinstance(rids, list) for rid in rids if isinstance(rid, str)]
    return sorted({rid for rid in found if ".dataset." in rid and is_id(rid)})
