"""Reads when a release builds: its Quartz expressions, in the zone of its server."""

from __future__ import annotations

from reconcile.provider import Json, Options, Spec, Timetable, ZoneFrom, quartz, quartz_times, timetable


def build_times(value: Json, release: Spec, options: Options) -> Timetable:
    """Return when a `scheduleBuildExpression` fires; unknown where some Quartz may read it otherwise."""
    said = options.get("timeZone")
    zone, zone_from = _zone(said)
    if not isinstance(value, str) or not value.strip():
        return Timetable((), zone, zone_from)
    verdict = quartz.assess(value)
    if verdict.errors or verdict.unknown:
        return Timetable((), zone, zone_from, is_known=False)
    return timetable(quartz_times(value), zone, zone_from)


def _zone(said: Json) -> tuple[str, ZoneFrom]:
    return (said, "option") if isinstance(said, str) and said else ("UTC", "default")
