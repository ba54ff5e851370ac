"""Makes the entries of a calendar out of what a project declares; which project is left to others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice, takewhile
from typing import Final

from reconcile.cleaning import Clean
from reconcile.manifests.references import with_kinds
from reconcile.model import Address, Origin, Problem, Resource
from reconcile.named_tuple import NamedTuple
from reconcile.planfile.calendar_document import MANY, Calendar, CalendarEntry, Collision
from reconcile.planfile.document_parts import Source
from reconcile.project import Project
from reconcile.project.freezes import Freeze
from reconcile.provider.kinds import Catalogue, Kind
from reconcile.session.calendar_collisions import (
    FrozenSpans,
    Links,
    freeze_address,
    frozen,
    frozen_once,
    outside_release,
    same_stage,
    until,
)
from reconcile.session.calendar_window import Window
from reconcile.session.dated_resources import DatedResource, dated_resources, name_of
from reconcile.session.firing_days import TICK, FiringDay, firing_days
from reconcile.timetables.beginnings import begun
from reconcile.timetables.covered import covered
from reconcile.timetables.spans import Span
from reconcile.timetables.timetable import MOST, Timetable

NEVER: Final = "cron-never-fires"
"""The code of the warning that a schedule fires never."""


class CalendarSource(NamedTuple):
    """Hold what a calendar is made of: a project, all that it declares, and which of that is shown."""

    project: Project
    resources: Sequence[Resource]
    shown: frozenset[Address]
    catalogue: Catalogue


def calendar_of(of: CalendarSource, window: Window, clean: Clean) -> Calendar:
    """Return what takes place in a window, in order of start, each with what it collides with."""
    every = [*with_kinds(of.resources, of.catalogue)]
    items = [*dated_resources(every)]
    shown = [(resource, kind) for resource, kind in every if resource.address in of.shown]
    inside = FrozenSpans(of.project.freezes, window.start)
    warnings = [*_untold(items, of.shown)]
    found = [
        *_freezes(of, window, warnings),
        *_once(of, items, window, (inside, Links(items, every))),
        *_firings(of.project, shown, window, (inside, warnings)),
    ]
    entries = sorted((_clean(entry, clean) for entry in found), key=lambda entry: entry.order)
    about = {name for entry in entries for name in entry.systems}
    return Calendar(
        window.start.isoformat(),
        window.until.isoformat(),
        tuple(entries),
        of.project.environment,
        tuple(name for name in of.project.systems if name in about),
        window.most,
        tuple(warnings),
    )


def _freezes(of: CalendarSource, window: Window, warnings: list[Problem]) -> Iterator[CalendarEntry]:
    declared = [address for r in of.resources for address in (r.address, *r.carries)]
    for freeze in of.project.freezes:
        covered = {address.system for address in declared if freeze.covers(address)}
        systems = tuple(name for name in of.project.systems if name in covered)
        spans = takewhile(lambda span: span.start < window.until, freeze.spans(window.start))
        most = MOST if window.most is None else window.most
        for number, span in enumerate(islice(spans, most + 1)):
            if number == 0 and freeze.span is None:  # the others are seen from before they begin
                span = begun(freeze.times, freeze.duration, span)
            if number < most:
                yield _freeze(freeze, span, systems)
            elif window.most is None:
                words = (
                    f"freeze `{freeze.name}` begins more than {MOST:,} times in these days: they are cut off"
                )
                warnings.append(Problem("more-firings", words, freeze.origin, "warning"))


def _freeze(freeze: Freeze, whole: Span, systems: tuple[str, ...]) -> CalendarEntry:
    return CalendarEntry(
        "freeze",
        freeze_address(freeze),
        freeze.name,
        (whole.start if freeze.span else whole.start.astimezone(freeze.zone)).isoformat(),
        None if whole.end is None else whole.end.astimezone(freeze.zone).isoformat(),
        freeze.times.zone if freeze.span is None else None,
        _source(freeze.origin),
        systems=systems,
        reason=freeze.reason,
    )


def _once(
    of: CalendarSource, items: Sequence[DatedResource], window: Window, known: tuple[FrozenSpans, Links]
) -> Iterator[CalendarEntry]:
    """Yield what takes place once: runs, releases, requested runs."""
    inside, links = known
    together, outside = same_stage(items), outside_release(items, links)
    for item in items:
        resource, span = item.resource, item.span
        if span is None or resource.address not in of.shown or not window.shows(*span):
            continue
        here = inside(resource, span) if item.dated.what != "release" else ()
        address = resource.address
        yield CalendarEntry(
            item.dated.what,
            str(address),
            name_of(resource, item.kind),
            _spelled(item.start),
            None if item.end is None else _spelled(item.end),
            None,
            _source(resource.locate((item.dated.begins,))),
            (
                *together.get(address, ()),
                *(told for freeze, spans in here for told in frozen_once(freeze, spans, span)),
                *outside.get(address, ()),
            ),
            (address.system,),
        )


def _untold(items: Iterable[DatedResource], shown: frozenset[Address]) -> Iterator[Problem]:
    """Yield a warning for each whose beginning cannot be told, or that says alone when it ends."""
    for item in items:
        address, spec, dated = item.resource.address, item.resource.spec, item.dated
        if address not in shown or item.start is not None:
            continue
        if spec.get(dated.begins) is not None:
            words = f"{address}: when `{dated.begins}` is cannot be told: it is not in the calendar"
            yield Problem("not-in-calendar", words, item.resource.locate((dated.begins,)), "warning")
        elif dated.ends and spec.get(dated.ends) is not None:
            words = f"{address}: it says `{dated.ends}` and no `{dated.begins}`: it is not in the calendar"
            yield Problem("not-in-calendar", words, item.resource.locate((dated.ends,)), "warning")


def _spelled(moment: date | datetime | None) -> str:
    return "" if moment is None else moment.isoformat()


def _firings(
    project: Project,
    shown: Iterable[tuple[Resource, Kind]],
    window: Window,
    known: tuple[FrozenSpans, list[Problem]],
) -> Iterator[CalendarEntry]:
    inside, warnings = known
    for resource, kind in shown:
        for row in () if resource.absent else kind.table.schedules:
            value = resource.spec.get(row.name)
            if value is None or row.fires is None:
                continue
            options = project.systems[resource.address.system].options
            times, origin = row.fires(value, resource.spec, options), resource.locate((row.name,))
            if not times.is_known or not isinstance(value, str | dict):
                words = f"{resource.address} fires at times that cannot be told: it is not in the calendar"
                warnings.append(Problem("not-in-calendar", words, origin, "warning"))
                continue
            schedule = _Schedule(resource, name_of(resource, kind), times, origin)
            days = [*firing_days(times, window)] if times.times else []
            yield from (entry for day in days for entry in schedule.entries(day, inside))
            if times.times and not days and next(times.firings(window.start - TICK), None) is None:
                words = f"{resource.address} fires never from {window.start.date()} on"
                warnings.append(Problem(NEVER, words, origin, "warning"))
            if any(day.number > len(day.listed) for day in days):
                words = (
                    f"{resource.address} fires more than {MOST:,} times in these days: json lists the first"
                )
                warnings.append(Problem("more-firings", words, origin, "warning"))


class _Schedule(NamedTuple):
    """Hold a schedule with when it fires."""

    resource: Resource
    name: str
    times: Timetable
    origin: Origin

    def entries(self, day: FiringDay, inside: FrozenSpans) -> Iterator[CalendarEntry]:
        """Yield an entry for each firing of a day, or one for many."""
        each = tuple(self._single(instant, inside) for instant in day.listed)
        if day.number <= MANY and day.number == len(each):
            yield from each
        else:
            whole = Span(day.first, day.last + TICK)
            collides = [self._part(day, *found) for found in inside(self.resource, whole)]
            yield self._entry(day.first, tuple(filter(None, collides)))._replace(
                number=day.number, last=day.last.isoformat(), firings=each
            )

    def _single(self, instant: datetime, inside: FrozenSpans) -> CalendarEntry:
        span = Span(instant, instant)
        found = ((freeze, each) for freeze, spans in inside(self.resource, span) for each in spans)
        return self._entry(instant, tuple(frozen(freeze, each, span) for freeze, each in found))

    def _part(self, day: FiringDay, freeze: Freeze, spans: Iterator[Span]) -> Collision | None:
        """Return that some of a day's firings are inside a freeze; None where none is."""
        end, whole = day.last + TICK, [*spans]
        cut = [Span(max(each.start, day.first), min(each.end or end, end)) for each in whole]
        number, _ = covered(cut, day.first - TICK, end).firings(self.times)
        some = f"{number:,} of {day.number:,}"
        over = until(whole[0], freeze) if len(whole) == 1 else ""
        words = f"{some} inside the freeze `{freeze.name}` ({freeze.reason}){over}"
        told = Collision("frozen", freeze_address(freeze), words, f"{some}, {freeze.name}")
        return told if number else None

    def _entry(self, instant: datetime, collides: tuple[Collision, ...]) -> CalendarEntry:
        return CalendarEntry(
            "firing",
            str(self.resource.address),
            self.name,
            instant.isoformat(),
            None,
            getattr(instant.tzinfo, "key", self.times.zone),
            _source(self.origin),
            collides,
            (self.resource.address.system,),
        )


def _source(origin: Origin) -> Source:
    return Source(origin.file, origin.line)


def _clean(entry: CalendarEntry, clean: Clean) -> CalendarEntry:
    """Return an entry without any secret that the run knows."""
    if clean is str:
        return entry
    collides = tuple(
        each._replace(message=clean(each.message), brief=clean(each.brief)) for each in entry.collides
    )
    firings = tuple(_clean(each, clean) for each in entry.firings)
    name, reason = clean(entry.name), clean(entry.reason)
    return entry._replace(name=name, collides=collides, reason=reason, firings=firings)
