"""Reads when a trigger starts a schedule: its time triggers, each in its own zone."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.provider import Json, Options, Spec, Timetable, ZoneFrom, timetable
from reconcile.systems.foundry.cron import judge
from reconcile.systems.foundry.cron_times import wall_times
from reconcile.systems.foundry.unions import TRIGGERS


def trigger_times(value: Json, schedule: Spec, options: Options) -> Timetable:
    """Return when a trigger fires by the clock; a paused schedule fires never.

    Unknown where a time is one of several conditions, where the grammar does not read the expression, or
    where the trigger is of a type that is not known.
    """
    found = [] if schedule.get("paused") is True else [*_parts(value)]
    if not found:
        return Timetable()
    first = found[0]
    return Timetable(
        tuple(times for part in found for times in part.times),
        first.zone,
        first.zone_from,
        is_known=all(part.is_known for part in found),
    )


def _parts(trigger: Json) -> Iterator[Timetable]:
    """Yield the timetable of each time trigger, and an unknown one for what cannot be told."""
    if not isinstance(trigger, dict):
        return
    kind, inner = trigger.get("type"), trigger.get("triggers")
    inside = [part for each in (inner if isinstance(inner, list) else ()) for part in _parts(each)]
    if kind == "time":
        yield _time(trigger)
    elif kind == "or":
        yield from inside
    elif inside or kind not in TRIGGERS:
        yield Timetable(is_known=False)


def _time(trigger: Spec) -> Timetable:
    text, said = trigger.get("cronExpression"), trigger.get("timeZone")
    named = isinstance(said, str) and bool(said)
    zone, zone_from = (str(said) if named else "UTC"), _whose(named=named)
    if not isinstance(text, str) or any(judge(text)):
        return Timetable((), zone, zone_from, is_known=False)
    return timetable((wall_times(text),), zone, zone_from)


def _whose(*, named: bool) -> ZoneFrom:
    return "system" if named else "default"
