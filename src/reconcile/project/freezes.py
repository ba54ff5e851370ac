"""Reads the freezes of the project file, or what is wrong with them; what they refuse is left to others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from fnmatch import fnmatchcase
from typing import Final

from reconcile.fields.check import ValuePlace, value_at
from reconcile.model import Address, Json, Origin, Problem
from reconcile.named_tuple import NamedTuple
from reconcile.project.layers import Layers
from reconcile.provider.zones import is_zone, nearest_zone, no_zone
from reconcile.suggest import suggestion
from reconcile.timetables import quartz
from reconcile.timetables.quartz_times import quartz_times
from reconcile.timetables.spans import Span, spans
from reconcile.timetables.timetable import DEFAULT_ZONE, Timetable, timetable, zone_of

_DURATION: Final = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
_OFFSET: Final = re.compile(r"(Z|[+-][0-9]{2}:?[0-9]{2})$", re.IGNORECASE)
_ONCE, _AGAIN = {"from", "until"}, {"schedule", "duration", "timeZone"}


class Freeze(NamedTuple):
    """Describe when nothing may be written, and of what; a recurring one has a timetable, another a span."""

    name: str
    reason: str
    origin: Origin
    span: Span | None = None
    times: Timetable = Timetable()
    duration: timedelta = timedelta()
    zone: tzinfo = UTC
    """The zone in which its ends are spelled."""

    told: str = ""
    """What the file says of it, its name apart, in one spelling."""

    systems: tuple[str, ...] = ()
    """The only systems that it is about; none named: all."""

    targets: tuple[str, ...] = ()

    def covers(self, address: Address) -> bool:
        """Tell whether the freeze is about what has this address."""
        here = not self.systems or address.system in self.systems
        return here and (not self.targets or any(fnmatchcase(str(address), glob) for glob in self.targets))

    def spans(self, now: datetime) -> Iterator[Span]:
        """Yield the spans in which it is in force, those that are over apart; those that meet are one."""
        if self.span is None:
            yield from spans(self.times, self.duration, now)
        elif self.span.end is not None and now < self.span.end:
            yield self.span

    def current(self, now: datetime) -> Span | None:
        """Return the span in which it is in force now; None where it is not."""
        first = next(self.spans(now), None)
        return first if first is not None and first.holds(now) else None

    def same(self, other: Freeze) -> bool:
        """Tell whether another freeze says the same, wherever it stands."""
        return self._replace(origin=other.origin) == other


def freezes_of(layers: Layers) -> tuple[Freeze, ...]:
    """Return the freezes of a file that is in order: the top level's, then those of the environment."""
    return tuple(
        freeze for place in layers.places for freeze in _read(layers, place) if isinstance(freeze, Freeze)
    )


def freeze_problems(document_layers: Layers) -> Iterator[Problem]:
    """Yield what is wrong with a freeze, in an environment that is not chosen too."""
    names = document_layers.document.value.get("environments") or {}
    every = [document_layers._replace(environment=name) for name in (None, *names)]
    for layers in every:
        first: dict[str, Origin] = {}
        for place in layers.places:
            for found in _read(layers, place):
                if isinstance(found, Problem):
                    yield found
                elif found.name in first:
                    words = f"stands at {first[found.name]} too: give each a name of its own"
                    yield Problem("freeze", f"freeze `{found.name}` {words}", found.origin)
                else:
                    first[found.name] = found.origin


def unmatched(freezes: Iterable[Freeze], declared: Iterable[Address]) -> Iterator[Problem]:
    """Yield a warning for each glob of a freeze under which nothing is declared."""
    known = [*map(str, declared)]
    for freeze in freezes:
        for glob in freeze.targets:
            if not any(fnmatchcase(name, glob) for name in known):
                words = f"freeze `{freeze.name}`: nothing is declared as `{glob}`, which covers nothing"
                yield Problem("freeze-target", words, freeze.origin, "warning")


def _read(layers: Layers, place: ValuePlace) -> Iterator[Freeze | Problem]:
    """Yield each freeze of a layer, or what is wrong with it, at its entry's line."""
    systems = _systems(layers)
    for index, entry in enumerate(value_at(layers.document.value, (*place, "freezes")) or ()):
        origin = layers.document.locate((*place, "freezes", index))
        try:
            yield _freeze(entry, origin, systems)
        except ValueError as error:
            yield Problem("freeze", f"freeze `{entry['name']}`: {error}", origin)


def _systems(layers: Layers) -> set[str]:
    file = layers.document.value
    every = [file, *((layer or {}) for layer in (file.get("environments") or {}).values())]
    return {name for layer in every for name in layer.get("systems") or ()}


def _freeze(entry: Mapping[str, Json], origin: Origin, systems: set[str]) -> Freeze:
    """Return the freeze of an entry whose types are right; ValueError says what is wrong with it."""
    for name in entry.get("systems") or ():
        if name not in systems:
            raise ValueError(f"there is no system `{name}`{suggestion(name, systems)}")
    for name in ("systems", "targets"):
        if entry.get(name) == []:
            raise ValueError(f"`{name}` names nothing: leave it out where all is meant")
    found = Freeze(
        entry["name"],
        entry["reason"],
        origin,
        told=json.dumps({name: entry[name] for name in sorted(entry) if name != "name"}, default=str),
        systems=tuple(entry.get("systems") or ()),
        targets=tuple(entry.get("targets") or ()),
    )
    given = {name for name in (*_ONCE, *_AGAIN) if entry.get(name) is not None}
    if given == _ONCE:
        return _once(found, entry)
    if {"schedule", "duration"} <= given <= _AGAIN:
        return _again(found, entry)
    raise ValueError("it takes either from and until, or schedule and duration (and timeZone)")


def _once(found: Freeze, entry: Mapping[str, Json]) -> Freeze:
    start, end = (_instant(name, entry[name]) for name in ("from", "until"))
    if start >= end:
        raise ValueError(
            f"it ends before it begins: until {entry['until']} is not after from {entry['from']}"
        )
    return found._replace(span=Span(start, end), zone=end.tzinfo or UTC)


def _instant(name: str, text: str) -> datetime:
    words = f"`{name}` takes a date-time with an offset, such as 2026-12-23T18:00:00+01:00"
    if not _OFFSET.search(text):
        raise ValueError(words)
    try:
        found = datetime.fromisoformat(text.upper())
        found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(words) from None
    if found.tzinfo is None:  # what looks like its offset was its time
        raise ValueError(words)
    return found


def _again(found: Freeze, entry: Mapping[str, Json]) -> Freeze:
    name, text = entry.get("timeZone") or DEFAULT_ZONE, entry["schedule"]
    verdict = quartz.assess(text)
    for words in (*verdict.errors, *verdict.unknown):
        raise ValueError(f"schedule: {words}")
    if not text.strip():
        raise ValueError("schedule: write a Quartz expression, such as `0 0 18 ? * FRI`")
    zone = zone_of(name) if is_zone(name) else None
    if zone is None:
        raise ValueError(f"timeZone: {no_zone(name)}{nearest_zone(name)}")
    length = _DURATION.fullmatch(entry["duration"])
    if length is None:
        raise ValueError("`duration` takes minutes, hours or days, such as 30m, 62h or 2d")
    duration = timedelta(**{_UNITS[length[2]]: int(length[1])})
    return found._replace(times=timetable(quartz_times(text), name, "system"), duration=duration, zone=zone)
