"""Warns of what fires, or begins, inside a freeze of the project file; it asks no system."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import Final

from reconcile.fields.table import Row
from reconcile.manifests import Loaded
from reconcile.manifests.references import kind_of
from reconcile.model import Problem, Resource
from reconcile.project import Project
from reconcile.project.freezes import Freeze, unmatched
from reconcile.provider.cases import PackageFault
from reconcile.session.catalogue import CATALOGUE
from reconcile.timetables.covered import Covered, covered
from reconcile.timetables.spans import Span
from reconcile.timetables.timetable import Timetable

IN_FREEZE: Final = "fires-in-freeze"
"""The code of the warning."""

_AHEAD: Final = timedelta(days=400)


def freeze_warnings(project: Project, loaded: Loaded, now: datetime) -> Iterator[Problem]:
    """Yield a warning for each schedule and each run that a freeze covers, and for a glob without any use."""
    declared = [address for r in loaded.resources for address in (r.address, *r.carries)]
    yield from unmatched(project.freezes, declared)
    for resource in loaded.resources:
        for freeze in project.freezes:
            if not resource.absent and any(map(freeze.covers, (resource.address, *resource.carries))):
                yield from _told(resource, project, freeze, now)


def _told(resource: Resource, project: Project, freeze: Freeze, now: datetime) -> Sequence[Problem]:
    """Return the warnings on a resource; that of a package which cannot say when it fires is one of them."""
    try:
        return [*_of_resource(resource, project, freeze, now)]
    except PackageFault as fault:
        return [Problem("package-fault", str(fault), resource.origin, "warning")]


def _of_resource(resource: Resource, project: Project, freeze: Freeze, now: datetime) -> Iterator[Problem]:
    options = project.systems[resource.address.system].options
    for row in kind_of(resource, CATALOGUE).table.rows.values():
        value = resource.spec.get(row.name)
        if value is not None and row.fires is not None:
            words = _fires(row.fires(value, resource.spec, options), freeze, now)
        else:
            words = _begins(row, value, freeze, now)
        if words:
            inside = f"inside the freeze `{freeze.name}` ({freeze.reason})"
            told = f"{resource.address} {words.format(inside=inside)}"
            yield Problem(IN_FREEZE, told, resource.locate((row.name,)), "warning")


def _fires(times: Timetable, freeze: Freeze, now: datetime) -> str:
    number, first = _inside(times, freeze, now)
    times_ = "once" if number == 1 else f"{number:,} times"
    return f"fires {times_} {{inside}}, first at {first.isoformat()}" if first else ""


def _begins(row: Row, value: object, freeze: Freeze, now: datetime) -> str:
    moment = row.form(value) if row.begins and isinstance(value, str) else None
    if not isinstance(moment, int):
        return ""
    at = datetime.fromtimestamp(moment, UTC)
    last = bisect_right(_ahead(freeze, now), at, key=lambda span: span.start)
    held = at >= now and last > 0 and _ahead(freeze, now)[last - 1].holds(at)
    return f"begins {{inside}}, at {value}" if held else ""


@lru_cache(maxsize=1024)
def _inside(times: Timetable, freeze: Freeze, now: datetime) -> tuple[int, datetime | None]:
    """Return how many firings to come lie inside the freeze, and the first of them."""
    return _covered(freeze, now).firings(times)


@lru_cache(maxsize=64)
def _covered(freeze: Freeze, now: datetime) -> Covered:
    return covered(_ahead(freeze, now), now, now + _AHEAD)


@lru_cache(maxsize=64)
def _ahead(freeze: Freeze, now: datetime) -> tuple[Span, ...]:
    """Return the spans of a freeze that begin soon enough to be told of, and are not over."""
    return tuple(takewhile(lambda span: span.start <= now + _AHEAD, freeze.spans(now)))
